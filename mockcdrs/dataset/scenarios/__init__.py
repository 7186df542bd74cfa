"""What happens in an office: each scenario is a function that yields the legs of one interaction."""

from collections.abc import Callable, Iterable
from itertools import accumulate

from mockcdrs.dataset.scenarios import arriving, fax, inside, leaving, moved
from mockcdrs.dataset.scenarios.call import Call, Document
from mockcdrs.dataset.scenarios.draws import draws_of
from mockcdrs.dataset.scenarios.setting import Setting, setting_of

Scenario = Callable[[Call], Iterable[Document]]

# Shares in a thousand interactions.
SHARES: dict[Scenario, int] = {
    inside.internal_call: 150,
    inside.internal_missed: 55,
    inside.conference: 10,
    inside.on_net: 15,
    inside.loopback: 15,
    arriving.inbound_answered: 165,
    arriving.inbound_missed: 65,
    arriving.voicemail: 55,
    arriving.ring_group: 45,
    arriving.menu: 50,
    arriving.queue: 40,
    arriving.call_forward: 20,
    arriving.recorded_call: 30,
    leaving.outbound_local: 115,
    leaving.outbound_toll_free: 15,
    leaving.outbound_international: 20,
    leaving.outbound_emergency: 5,
    leaving.outbound_missed: 40,
    leaving.outbound_failed: 15,
    leaving.click_to_call: 12,
    moved.blind_transfer: 16,
    moved.attended_transfer: 12,
    moved.park_and_retrieve: 10,
    moved.group_pickup: 8,
    fax.inbound_fax: 10,
    fax.outbound_fax: 7,
}
SCENARIOS: dict[str, Scenario] = {scenario.__name__: scenario for scenario in SHARES}
SCENARIO_NAMES = tuple(SCENARIOS)
CUMULATIVE_SHARES = tuple(accumulate(SHARES.values()))

__all__ = [
    "CUMULATIVE_SHARES",
    "SCENARIOS",
    "SCENARIO_NAMES",
    "SHARES",
    "Call",
    "Document",
    "Scenario",
    "Setting",
    "draws_of",
    "setting_of",
]
