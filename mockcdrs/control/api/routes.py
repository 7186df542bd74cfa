"""Every route of the control API: path to method to function."""

from mockcdrs.control.api import about, clock, data, document, faults, journal, truth
from mockcdrs.control.api.exchange import Handler

ROUTES: dict[str, dict[str, Handler]] = {
    "/health": {"GET": about.health},
    "/account": {"GET": about.account},
    "/settings": {"GET": about.settings, "PATCH": about.change_settings},
    "/clock": {"GET": clock.read, "PUT": clock.change},
    "/data": {"GET": data.summary},
    "/data/scenarios": {"GET": data.scenarios},
    "/data/interactions": {"GET": data.interactions},
    "/data/calls": {"POST": data.add_call},
    "/data/cdrs": {"POST": data.add_cdr},
    "/data/cdrs/{cdr_id:path}": {"DELETE": data.remove},
    "/data/clear": {"POST": data.clear},
    "/data/reset": {"POST": data.reset_data},
    "/reset": {"POST": data.reset},
    "/expected": {"GET": truth.expected},
    "/advice": {"GET": truth.advice},
    "/faults": {"GET": faults.listing, "POST": faults.add, "DELETE": faults.clear},
    "/faults/presets": {"GET": faults.presets},
    "/faults/{number}": {"DELETE": faults.remove},
    "/journal": {"GET": journal.read, "DELETE": journal.clear},
    "/journal/events": {"GET": journal.events},
    "/journal/{number}": {"GET": journal.one},
    "/control.json": {"GET": document.read},
    "/openapi.json": {"GET": document.crossbar},
}
OPEN = frozenset({"/health"})  # tells nothing of the state: whoever watches over a container asks without a token
