"""What each field of a CDR, listing row, account, user or device holds, and so how it is anonymized.

Names are those of Kazoo 4.3.142: `kapi_call.hrl` and `ecallmgr_call_events.erl` (events, of which CDRs are made),
`cdr_channel_destroy.erl` (what is added to them), `reg_authn_req.erl`, `j5_authz_req.erl`, `ecallmgr_fs_authz.erl`,
`stepswitch_inbound.erl`, `stepswitch_resources.erl`, `cf_*.erl` (channel variables), `cb_cdrs.erl` (rows), the schemas
of accounts, users and devices, Crossbar's envelope and parameters. A field means the same wherever it stands: one table
is enough.
"""

import re
from enum import Enum, auto

from mockcdrs.dataset.accounts import DEMO_APPS


class FieldKind(Enum):
    """What a field holds. From `AMOUNT` on, values stay, but for one that is none of the kind."""

    NAME = auto()
    NUMBER = auto()
    ID = auto()
    CALL_ID = auto()
    REALM = auto()
    URI = auto()
    ADDRESS = auto()
    USER_AGENT = auto()
    SDP = auto()
    TEXT = auto()
    AMOUNT = auto()
    TIME = auto()
    CODE = auto()
    FLAG = auto()
    OBJECT = auto()
    """An object with fields of this table."""
    TALLY = auto()
    """A summary: amounts by realm, class of number and rate."""


def _words(text: str) -> frozenset[str]:
    return frozenset(word.replace("~", " ") for word in text.split())


_NAMES_BY_KIND = {
    FieldKind.NAME: """
        account_name agent_name asserted_identity_name callee_id_name caller_id_name company_name conference
        conference_name effective_caller_id_name fax_identity_name file_name first_name group_name last_name media_name
        menu name org other_leg_callee_id_name other_leg_caller_id_name outbound_callee_id_name outbound_caller_id_name
        owner_name queue queue_name reseller_name ring_group
    """,
    FieldKind.NUMBER: """
        asserted_identity_number call_forward_from callee_id_number caller_caller_id_number caller_destination_number
        caller_id_number calling_from captured_number dialed_number did digits_dialed dtmf_digit e164_destination
        e164_origination effective_caller_id_number extension fax_identity_number fax_local_station_id
        fax_remote_station_id mailbox matched_number number numbers original_number other_leg_callee_id_number
        other_leg_caller_id_number other_leg_destination_number outbound_callee_id_number outbound_caller_id_number
        parking_slot pin rdnis transfer_to voicemail
    """,
    FieldKind.ID: """
        _id _rev account_id acdc_id agent_id app_id applist auth_token authorizing_account_id authorizing_id bowout_id
        callflow_id conference_id device_id directory_id etag fax_doc_db fax_doc_id fetch_id flow_id from_tag
        global_resource_id group_id hotdesk_current_id id inception_account_id interaction_key master_account_id
        media_id media_names media_recording_id media_recordings metaflow_app msg_id owner_id parent_id pvt_account_db
        pvt_account_id pvt_api_key pvt_auth_account_id pvt_auth_user_id pvt_document_hash pvt_md5_auth pvt_owner_id
        pvt_request_id pvt_reseller_id pvt_sha1_auth pvt_signature_secret pvt_tree queue_id request_id reseller_id
        resource_id revision server_id template_id to_tag token tree user_id
    """,
    FieldKind.CALL_ID: """
        bridge_id call_forward_for_uuid call_id call_interaction_id call_session_id channel_loopback_other_leg_id
        interaction_id intercepted_by member_call_id origination_call_id other_leg other_leg_call_id parent_call_id
        replaced_by target_call_id transferee transferer unique_id
    """,
    FieldKind.REALM: """
        account_realm auth_realm custom_domain domain handling_server_name media_server realm sip_invite_domain
        switch_hostname
    """,
    FieldKind.URI: """
        application_node callflow_node channel_name contact control_queue diversion diversions ecallmgr_node email from
        from_uri history_info inception loopback_request_uri media_node node p_asserted_identity p_preferred_identity
        parked_by portal_url presence_id pvt_node recording_url redirected_by referred_by referred_to remote_party_id
        request route static_route switch_nodename switch_uri switch_url to to_uri user username x_kazoo_aor
    """,
    FieldKind.ADDRESS: """
        auth_ip client_ip ip mac_address network_addr proxy_ip remote_ip x_auth_ip x_forwarded_for
    """,
    FieldKind.USER_AGENT: """
        endpoint_brand endpoint_family endpoint_model fax_remote_model fax_remote_vendor user_agent
    """,
    FieldKind.SDP: """
        local_sdp remote_sdp
    """,
    FieldKind.TEXT: """
        description fax_result_text flags icon label note notes outbound_flags password pronounced_name rate_description
        raw_application_data record_name ringback_media tags title transfer_media
    """,
    FieldKind.AMOUNT: """
        base_cost billing_seconds call_priority chunk_size cost count discount_percentage duration duration_seconds
        expire_seconds expires fax_bad_rows fax_file_image_pixel_size fax_image_pixel_size fax_image_size
        fax_longest_bad_row_run fax_total_pages fax_transfer_rate fax_transferred_pages length page_size pvt_cost
        pvt_vsn queue_position rate rate_increment rate_minimum rate_nocharge_time reseller_cost ringing_seconds
        surcharge threshold timeout tokens wait_time x_auth_port x_auth_rport
    """,
    FieldKind.TIME: """
        channel_created_time created created_from created_to date datetime interaction_time iso_8601 iso_8601_combined
        modified modified_from modified_to month months pvt_created pvt_modified rfc_1036 timestamp unix_timestamp
        unix_timestamp_micro utc_offset
    """,
    FieldKind.CODE: """
        accept account_billing account_trunk_usage acdc_type app_name app_version application_event
        application_logical_direction application_name application_response audio auth_method authorizing_type
        billing_mode call_direction call_type caller_screen_bit channel_call_state channel_loopback_leg channel_state
        classifier codecs device_type did_classifier direction disposition encoding error event_category event_name
        fax_encoding fax_encoding_name fax_file_image_resolution fax_image_resolution fax_remote_country fax_result_code
        fax_timezone feature_level features hangup_cause hangup_code inception_direction invite_format language
        media_recorder method notification_preference other_leg_direction outbound_privacy phase priv_level
        privacy_method pusher_application pvt_type rate_name raw_application_name reseller_billing reseller_call_type
        reseller_trunk_usage resource_type status terminator timezone transfer_type type verb version
    """,
    FieldKind.FLAG: """
        ascending auto_answer_loopback call_forward caller_privacy_hide_name caller_privacy_hide_number
        channel_authorized channel_is_loopback channel_loopback_bowout channel_loopback_bowout_execute channel_moving
        click_to_call descending direct_calls_only do_not_disturb emergency_resource enabled exclude_from_queues
        failover fax_ecm_used fax_success fax_t38_used global_resource ignore_completed_elsewhere ignore_display_updates
        ignore_early_media include_api_key is_a_leg is_chunked is_conference is_reseller is_superduper_admin
        keep_caller_id media_encryption_enforce_security media_webrtc mwi_unsolicited_updates paginate pretty_print
        privacy_hide_name privacy_hide_number pvt_deleted pvt_enabled pvt_reseller pvt_superduper_admin
        pvt_wnm_allow_additions register_overwrite_notify require_fail_on_single_reject require_ignore_early_media
        require_keypress require_password_update resource_fax_option retain_cid rtcp_mux show_rate silence_terminated
        soft_limit substitute superduper_admin suppress_unregister_notifications verified vm_to_email_enabled webrtc
        wnm_allow_additions
    """,
    FieldKind.OBJECT: """
        asserted caller_id caller_id_options custom_application_vars custom_channel_vars custom_sip_headers data devices
        document emergency external fax_info hotdesk in internal media music_on_hold myaccount notifications out profile
        provision ringtones sip transfer_history ui_restrictions users whitelabel
    """,
    FieldKind.TALLY: """
        inbound outbound
    """,
}
FIELDS = {name: kind for kind, names in _NAMES_BY_KIND.items() for name in _words(names)}
"""The kind of each field, by its name in lower case with `_` between words."""

_UNIX_SECONDS = re.compile(r"1\d{9}", re.ASCII)


def kind_of(name: str) -> FieldKind | None:
    """The kind of a field, `None` for one that is not known. In `transfer_history` each transfer's name is its time."""
    kind = FIELDS.get(name.lower().replace("-", "_"))
    return FieldKind.OBJECT if kind is None and _UNIX_SECONDS.fullmatch(name) else kind


_AMOUNT = re.compile(r"-?\d{1,9}(\.\d{1,20})?", re.ASCII)
VALUES = {
    FieldKind.AMOUNT: _AMOUNT,
    FieldKind.TALLY: _AMOUNT,
    FieldKind.TIME: re.compile(
        r"-?\d{1,6}|6[34]\d{9}|-?1?\d{9}(\.\d+)?|1\d{15}|\d{4}-\d\d(-\d\d)?([T_ ]\d\d:\d\d:\d\dZ?)?|"
        r'"?\w{3}[,;] \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"?|"\d{4}-\d\d-\d\d"|',
        re.ASCII,
    ),
    FieldKind.CODE: re.compile(
        r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|sip:\d{3}|\d{1,3}(\.\d{1,3}){0,2}|\d{1,4}(/\d{1,4}){1,5}|[a-z]{2}-[A-Za-z]{2}|"
        r"(Africa|America|Antarctica|Asia|Atlantic|Australia|Etc|Europe|Indian|Pacific|US)(/\w+){1,2}|[A-Z]{2}(-\d{1,4})?|",
        re.ASCII,
    ),
    FieldKind.FLAG: re.compile("true|false|yes|no|on|off|0|1|auto|"),
}
"""The values that stay in fields of these kinds; so do `CODES`. Any other is hidden there, too."""

CODES = _words("""
    1npan a account acdc admin allotment ani_ii answer api attended audio auto b blind bridge busy call call_detail
    call_event call_recording callflow callflows cancel caribbean cdr cell click2call clicktocall conference contact
    crash credential crossbar csv delayed~negotiation device did_us disabled e164 early~media ecallmgr emergency
    enterprise error external fail failure fax flat_rate fmc free get gold hangup held hotornot inbound incoming init
    internal international jonny5 json kazoo konami kzc_recording landline limits_disabled limits_only local
    long~distance manual mobile no_classifier none normal notify npan offnet offnet-origination offnet-termination onnet
    onnet-origination onnet-termination opus original origination originator_cancel outbound outbound_fax page park
    parked password per_minute pivot private published regional reporting resource ring_group ringing route sip
    sip_device sip_uri smartphone softphone standard stepswitch success system t38 teletype termination text/csv toll_us
    tollfree tollfree_us toll~free total trunkstore undefined unknown unlimited user username video vm_to_email
    voicemail
""")
"""Codes that Kazoo and FreeSWITCH write beside those in capitals: in lower case, `~` for a blank."""
NOBODY = _words("""
    anonymous private restricted unavailable undefined unknown
""") | {app["id"] for app in DEMO_APPS}
"""Words in place of a name that was withheld, and the apps that stand in for those of each anonymized account."""
PROTOCOL = _words("""
    account anonymous apps conference device ecallmgr external fax fifo freeswitch http https internal kazoo localhost
    loopback mod net null off on park phone pickup sip sips sofia tcp tel tls transport udp unknown urn user valet ws
    wss
""")
"""Words of URIs, and of the names of channels, nodes and hosts."""
MAKERS = _words("""
    3CX Aastra Acrobits Algo Android Asterisk AudioCodes Avaya Basalt Blink Bria Cisco CSipSimple dev Digium Edge
    eyeBeam Fanvil FreeSWITCH Gigaset git Grandstream Groundwire Halyard Htek iOS Jitsi JsSIP Kamailio Kazoo Linksys
    Linphone LinphoneAndroid LinphoneiOS MicroSIP Mitel mod_sofia Northwind OBIHAI Obihai OpenSIPS Oracle Panasonic PBX
    PJSIP PJSUA Poly Polycom PolycomVVX PolyEdge Release release Ribbon Ringotel Sangoma SBC SIP SIP.js SIPp Sipura Snom
    snom sofia Sonus SoundPoint stamp Telephone Twilio UA UAC VVX Yealink Zoiper
""")
"""Makers and products in user agents, and words that come with them."""
HEADERS = _words("""
    accept accept-encoding accept-language allow connection content-encoding content-language content-length
    content-type date expires origin server transfer-encoding vary
""")
"""Headers of which all values stay."""
ERROR_MEMBERS = _words("""
    account account_name account_realm additionalProperties api_key cause credentials data date_range details disabled
    encoding enum expired file invalid json maxLength message method minLength pattern required target type value
""")
"""Members of the data of an error that Crossbar names."""
SDP_WORDS = _words("""
    256 384 512 active actpass aes amr annexb application apt as audio avp avpf bria bundle call candidate capabilities
    ccm cm cname crypto cs ct data end event fb fingerprint fir fmtp framerate freeswitch g722 g7221 g726 g729
    generation goog group gsm h264 hmac host ice id ilbc image in inactive inline ip ip4 ip6 level lite local
    maxplaybackrate maxptime media mid minptime mode msid mux nack network no nse of off options opus passive pcma pcmu
    phone pli poly polycom prflx profile ptime pwd raddr recvonly red relay remb root rport rsize rtcp rtp rtpmap rtx
    savp savpf sdp semantic sendonly sendrecv session setup sha sha1 silencesupp sip sonus speex srflx ssrc stereo
    stream t38 talk tcp telephone tias tls tool transport trickle typ uac udp udptl ufrag ulpfec usedtx useinbandfec vad
    video vp8 webrtc wms yes
""")
"""Words of session descriptions."""
