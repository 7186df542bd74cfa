"""The control API under `/_mockcdrs/`: path to method to function of values; HTTP is the server's."""

from mockcdrs.control_api import account_data, call_data, fault_rules, request_records, server_info
from mockcdrs.control_api.messages import Handler

ROUTES: dict[str, dict[str, Handler]] = {
    "/health": {"GET": server_info.read_health},
    "/account": {"GET": account_data.read_account},
    "/settings": {"GET": server_info.read_settings, "PATCH": server_info.change_settings},
    "/clock": {"GET": server_info.read_clock, "PUT": server_info.change_clock},
    "/data": {"GET": call_data.count_data},
    "/data/scenarios": {"GET": call_data.list_scenarios},
    "/data/interactions": {"GET": call_data.list_interactions},
    "/data/accounts": {"POST": account_data.add_account},
    "/data/users": {"POST": account_data.add_user},
    "/data/devices": {"POST": account_data.add_device},
    "/data/numbers": {"POST": account_data.add_number},
    "/data/calls": {"POST": call_data.add_call},
    "/data/calls/series": {"POST": call_data.add_calls},
    "/data/cdrs": {"POST": call_data.add_cdr},
    "/data/cdrs/{cdr_id:path}": {"DELETE": call_data.remove_cdr},
    "/data/clear": {"POST": call_data.clear_data},
    "/data/reset": {"POST": call_data.reset_data},
    "/reset": {"POST": call_data.reset},
    "/expected": {"GET": call_data.read_expected},
    "/advice": {"GET": request_records.count_advice},
    "/reference": {"GET": server_info.read_reference},
    "/faults": {"GET": fault_rules.list_rules, "POST": fault_rules.add_rule, "DELETE": fault_rules.clear_rules},
    "/faults/presets": {"GET": fault_rules.list_presets},
    "/faults/{number}": {"DELETE": fault_rules.remove_rule},
    "/journal": {"GET": request_records.read_journal, "DELETE": request_records.clear_journal},
    "/journal/events": {"GET": request_records.stream_records},
    "/journal/transcript": {"GET": request_records.read_transcript},
    "/journal/assertions": {"POST": request_records.assert_requests},
    "/journal/{number}": {"GET": request_records.read_record},
    "/control.json": {"GET": server_info.control_document},
    "/openapi.json": {"GET": server_info.crossbar_document},
}
OPEN = frozenset({"/health"})  # tells nothing of the state: whoever watches over a container asks without a token
