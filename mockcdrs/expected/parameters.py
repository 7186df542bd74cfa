"""The keyword arguments of `expected()`, as editors complete and type checkers check them."""

from collections.abc import Sequence
from typing import TypedDict

FilterValue = str | float | bool | Sequence[str | float | bool]
Whole = int | str  # a query is text: digits are taken as well
Switch = bool | str


class _Walk(TypedDict, total=False):
    created_from: Whole
    created_to: Whole
    page_size: Whole
    chunk_size: Whole
    paginate: Switch
    is_chunked: Switch
    ascending: Switch
    descending: Switch
    has_key: str
    key_missing: str
    has_value: str
    value_missing: str
    utc_offset: Whole


class ListingQuery(_Walk, total=False):
    """Range, walk, and a filter for each public field of a CDR. `expected` takes filters of other names, too."""

    filter_app_name: FilterValue
    filter_app_version: FilterValue
    filter_billing_seconds: FilterValue
    filter_call_direction: FilterValue
    filter_call_id: FilterValue
    filter_callee_id_name: FilterValue
    filter_callee_id_number: FilterValue
    filter_caller_id_name: FilterValue
    filter_caller_id_number: FilterValue
    filter_channel_call_state: FilterValue
    filter_channel_created_time: FilterValue
    filter_channel_name: FilterValue
    filter_channel_state: FilterValue
    filter_custom_application_vars: FilterValue
    filter_custom_channel_vars: FilterValue
    filter_custom_sip_headers: FilterValue
    filter_digits_dialed: FilterValue
    filter_disposition: FilterValue
    filter_duration_seconds: FilterValue
    filter_event_category: FilterValue
    filter_event_name: FilterValue
    filter_fax_bad_rows: FilterValue
    filter_fax_ecm_used: FilterValue
    filter_fax_result_code: FilterValue
    filter_fax_result_text: FilterValue
    filter_fax_success: FilterValue
    filter_fax_total_pages: FilterValue
    filter_fax_transfer_rate: FilterValue
    filter_fax_transferred_pages: FilterValue
    filter_from: FilterValue
    filter_from_tag: FilterValue
    filter_from_uri: FilterValue
    filter_hangup_cause: FilterValue
    filter_hangup_code: FilterValue
    filter_interaction_id: FilterValue
    filter_interaction_key: FilterValue
    filter_interaction_time: FilterValue
    filter_local_sdp: FilterValue
    filter_media_server: FilterValue
    filter_msg_id: FilterValue
    filter_node: FilterValue
    filter_other_leg_call_id: FilterValue
    filter_other_leg_caller_id_name: FilterValue
    filter_other_leg_caller_id_number: FilterValue
    filter_other_leg_destination_number: FilterValue
    filter_other_leg_direction: FilterValue
    filter_presence_id: FilterValue
    filter_remote_sdp: FilterValue
    filter_request: FilterValue
    filter_ringing_seconds: FilterValue
    filter_switch_hostname: FilterValue
    filter_switch_nodename: FilterValue
    filter_switch_uri: FilterValue
    filter_switch_url: FilterValue
    filter_timestamp: FilterValue
    filter_to: FilterValue
    filter_to_tag: FilterValue
    filter_to_uri: FilterValue
    filter_user_agent: FilterValue
    filter_not_app_name: FilterValue
    filter_not_app_version: FilterValue
    filter_not_billing_seconds: FilterValue
    filter_not_call_direction: FilterValue
    filter_not_call_id: FilterValue
    filter_not_callee_id_name: FilterValue
    filter_not_callee_id_number: FilterValue
    filter_not_caller_id_name: FilterValue
    filter_not_caller_id_number: FilterValue
    filter_not_channel_call_state: FilterValue
    filter_not_channel_created_time: FilterValue
    filter_not_channel_name: FilterValue
    filter_not_channel_state: FilterValue
    filter_not_custom_application_vars: FilterValue
    filter_not_custom_channel_vars: FilterValue
    filter_not_custom_sip_headers: FilterValue
    filter_not_digits_dialed: FilterValue
    filter_not_disposition: FilterValue
    filter_not_duration_seconds: FilterValue
    filter_not_event_category: FilterValue
    filter_not_event_name: FilterValue
    filter_not_fax_bad_rows: FilterValue
    filter_not_fax_ecm_used: FilterValue
    filter_not_fax_result_code: FilterValue
    filter_not_fax_result_text: FilterValue
    filter_not_fax_success: FilterValue
    filter_not_fax_total_pages: FilterValue
    filter_not_fax_transfer_rate: FilterValue
    filter_not_fax_transferred_pages: FilterValue
    filter_not_from: FilterValue
    filter_not_from_tag: FilterValue
    filter_not_from_uri: FilterValue
    filter_not_hangup_cause: FilterValue
    filter_not_hangup_code: FilterValue
    filter_not_interaction_id: FilterValue
    filter_not_interaction_key: FilterValue
    filter_not_interaction_time: FilterValue
    filter_not_local_sdp: FilterValue
    filter_not_media_server: FilterValue
    filter_not_msg_id: FilterValue
    filter_not_node: FilterValue
    filter_not_other_leg_call_id: FilterValue
    filter_not_other_leg_caller_id_name: FilterValue
    filter_not_other_leg_caller_id_number: FilterValue
    filter_not_other_leg_destination_number: FilterValue
    filter_not_other_leg_direction: FilterValue
    filter_not_presence_id: FilterValue
    filter_not_remote_sdp: FilterValue
    filter_not_request: FilterValue
    filter_not_ringing_seconds: FilterValue
    filter_not_switch_hostname: FilterValue
    filter_not_switch_nodename: FilterValue
    filter_not_switch_uri: FilterValue
    filter_not_switch_url: FilterValue
    filter_not_timestamp: FilterValue
    filter_not_to: FilterValue
    filter_not_to_tag: FilterValue
    filter_not_to_uri: FilterValue
    filter_not_user_agent: FilterValue
