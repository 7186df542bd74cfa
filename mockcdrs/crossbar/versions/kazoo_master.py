"""The `master` branch of 2600hz/kazoo, which was never released."""

from mockcdrs.crossbar import json_codec, quirks, views
from mockcdrs.crossbar.versions.version import DirectoryLoader, Version

_KEYS = ("version", "timestamp", "node", "request_id", "tokens", "auth_token", "data")

KAZOO_MASTER = Version(
    name="master",
    release="4.3.0",
    sentence="The development branch of 2600hz/kazoo, which was never released.",
    columns=(
        "id", "call_id", "caller_id_number", "caller_id_name", "callee_id_number", "callee_id_name",
        "duration_seconds", "billing_seconds", "timestamp", "hangup_cause", "other_leg_call_id", "owner_id", "to",
        "from", "direction", "request", "authorizing_id", "cost", "dialed_number", "calling_from", "datetime",
        "unix_timestamp", "unix_timestamp_micro", "rfc_1036", "iso_8601", "iso_8601_combined", "call_type", "rate",
        "rate_name", "bridge_id", "recording_url", "media_recordings", "media_server", "call_priority",
        "interaction_id",
    ),
    reseller_columns=("reseller_cost", "reseller_call_type"),
    interaction_columns=(),
    datetime_separator="_",
    owner_interactions=views.INTERACTIONS_BY_OWNER_FIRST_MADE,
    emergency_numbers=("911", "933"),
    maximum_range_settings=("crossbar.cdrs.maximum_range", "crossbar.maximum_range"),
    success_keys=(*_KEYS, "revision", "status"),
    error_keys=(*_KEYS, "error", "message", "status"),
    tells_everybody_its_version=False,
    tells_token_as_text=False,
    always_says_json=False,
    accepts_parameters=True,
    knows_any_subtype=False,
    decodes_path_twice=False,
    serves_v1=False,
    modules_of_v1_and_v2=frozenset(),
    refuses_expired_tokens_first=True,
    account_switches=("pvt_enabled",),
    directory_loader=DirectoryLoader.CROSSBAR_VIEW,
    users_view=views.USERS_BY_NAME,
    ancestor_columns=("id", "name"),
    lists_parents=True,
    charges_every_request=False,
    compression_varies=False,
    ignores_bad_encodings=False,
    jiffy=json_codec.KAZOO,
    sorts_added_errors=False,
    looks_into_values=True,
    quirks=quirks.COMMON,
)  # fmt: skip
