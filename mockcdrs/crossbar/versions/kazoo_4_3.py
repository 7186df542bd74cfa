"""Kazoo 4.3, the version that people run, as its last release 4.3.142 answers."""

from mockcdrs.crossbar import json_codec, quirks, views
from mockcdrs.crossbar.versions.version import DirectoryLoader, Version

KAZOO_4_3 = Version(
    name="4.3",
    release="4.3.142",
    sentence="The last release of the version that people run, and the default.",
    columns=(
        "id", "call_id", "caller_id_number", "caller_id_name", "callee_id_number", "callee_id_name",
        "duration_seconds", "billing_seconds", "timestamp", "hangup_cause", "disposition", "other_leg_call_id",
        "owner_id", "to", "from", "direction", "request", "authorizing_id", "cost", "dialed_number", "calling_from",
        "datetime", "unix_timestamp", "rfc_1036", "iso_8601", "iso_8601_combined", "call_type", "rate", "rate_name",
        "bridge_id", "recording_url", "media_recordings", "media_server", "call_priority", "interaction_id",
    ),
    reseller_columns=("reseller_cost", "reseller_call_type"),
    interaction_columns=("inception_direction",),
    datetime_separator=" ",
    owner_interactions=views.INTERACTIONS_BY_OWNER_MOST_BILLED,
    emergency_numbers=("911", "933", "988"),
    maximum_range_settings=("crossbar.maximum_range",),
    success_keys=(
        "data", "revision", "timestamp", "version", "node", "request_id", "status", "auth_token",
    ),
    error_keys=(
        "data", "error", "message", "status", "timestamp", "version", "node", "request_id", "auth_token",
    ),
    tells_everybody_its_version=True,
    tells_token_as_text=True,
    always_says_json=True,
    accepts_parameters=False,
    knows_any_subtype=True,
    decodes_path_twice=True,
    serves_v1=True,
    modules_of_v1_and_v2=frozenset({"devices", "limits", "phone_numbers", "users"}),
    refuses_expired_tokens_first=False,
    account_switches=("enabled", "pvt_enabled"),
    directory_loader=DirectoryLoader.LOAD_VIEW,
    users_view=views.USERS_BY_ID,
    ancestor_columns=("id", "name", "realm", "flags"),
    lists_parents=False,
    charges_every_request=True,
    compression_varies=True,
    ignores_bad_encodings=True,
    jiffy=json_codec.LAZEDO,
    sorts_added_errors=True,
    looks_into_values=False,
    quirks=quirks.COMMON | {"big-integer-chunk-lost"},
)  # fmt: skip
