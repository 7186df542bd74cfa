"""The versions of Kazoo that can be stood in for: each rule in which releases differ, as data, and what it is in each.

To add a version, add it below the others, best made of the nearest one with `dataclasses.replace`, and put it into
`VERSIONS`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from enum import Enum
from typing import Any, NamedTuple

from mockcdrs.cdr.listing_columns import RowColumns
from mockcdrs.crossbar import jiffy, quirks, views
from mockcdrs.crossbar.jiffy import Jiffy
from mockcdrs.crossbar.views import UsersView, View

_MANY = 12


class UnknownVersion(ValueError):
    """A name that no version has. The text says what came and what is known."""


def _rule(what: str, source: str) -> Any:
    """A field that says what it rules, and which of Kazoo's functions decide it, for the documents."""
    return field(metadata={"what": what, "source": source})


class DirectoryLoader(Enum):
    """What pages the views of users, devices and accounts."""

    LOAD_VIEW = "crossbar_doc:load_view"
    CROSSBAR_VIEW = "crossbar_view:load"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Version:
    """One version of Kazoo's Crossbar, as far as a client of the CDR API can tell it from another.

    `name` is what `--kazoo` takes, `release` what envelopes say, `sentence` what the version is; `row_columns` gives
    the columns of a row. Each other field is a rule, told in its metadata.
    """

    name: str
    release: str
    sentence: str
    columns: tuple[str, ...] = _rule("columns of a listing row", "cb_cdrs `COLUMNS`")
    reseller_columns: tuple[str, ...] = _rule(
        "last columns of a row, for a reseller's token only", "cb_cdrs `COLUMNS_RESELLER`"
    )
    interaction_columns: tuple[str, ...] = _rule(
        "columns that only `/cdrs/interaction` has, in JSON and not in CSV, before the reseller's",
        "cb_cdrs `json_rows`",
    )
    datetime_separator: str = _rule(
        "what stands between date and time in `datetime`", "cb_cdrs `pretty_print_datetime`"
    )
    owner_interactions: View = _rule(
        "leg that is shown for an interaction in the listing of a user's interactions",
        "interactions.json `interaction_listing_by_owner`",
    )
    emergency_numbers: tuple[str, ...] = _rule(
        "numbers that the summary counts as `emergency`", "cdrs.json `summarize_cdrs`"
    )
    reads_cdrs_maximum_range: bool = _rule(
        "whether `crossbar.cdrs.maximum_range`, where it is set, limits how wide a range may be, and not "
        "`crossbar.maximum_range`",
        "crossbar_view `get_max_range`",
    )
    success_keys: tuple[str, ...] = _rule(
        "keys of the envelope where the answer is not chunked, in order, after those of paging",
        "api_util `do_create_resp_envelope`",
    )
    error_keys: tuple[str, ...] = _rule(
        "keys of the envelope of an error, in order", "api_util `do_create_resp_envelope`"
    )
    tells_everybody_its_version: bool = _rule(
        "whether `version` is in the envelope even if the token is not valid", "api_util `do_create_resp_envelope`"
    )
    tells_token_as_text: bool = _rule(
        "whether every error has an `auth_token`, always text: the one that was sent, or `undefined`",
        "api_util `do_create_resp_envelope`",
    )
    always_says_json: bool = _rule(
        "whether every error is `application/json`; if not, it has the content type negotiated so far, or none",
        "api_util `create_resp_content`",
    )
    accepts_parameters: bool = _rule(
        "whether a type in `Accept` may have parameters; if not, `application/json;charset=utf-8` alone is a 406",
        "api_resource `content_handlers_to_cowboy_providers`",
    )
    knows_any_subtype: bool = _rule(
        "whether `accept=text/*` in the query asks for CSV; if not, it is ignored as an unknown type",
        "api_resource `accept_matches_provided`",
    )
    decodes_path_twice: bool = _rule(
        "whether a path is percent-decoded twice, so that `%2541` is `A`", "cb_context `path_tokens`"
    )
    serves_v1: bool = _rule("whether `/v1` is served; if not, it is a 410", "api_util `get_req_data`")
    modules_of_v1_and_v2: frozenset[str] = _rule(
        "modules that only `/v1` and `/v2` have, and other numbers, such as `/v3`, have not",
        "api_util `is_cb_module`",
    )
    refuses_expired_tokens_first: bool = _rule(
        "whether an expired token is refused before anything else, even with a login; if not, it is as any invalid one",
        "cb_token_auth `validate_auth_token`",
    )
    account_switches: tuple[str, ...] = _rule(
        "keys of an account's document that keep its users from logging in if one of them is false",
        "kzd_accounts `is_enabled`",
    )
    directory_loader: DirectoryLoader = _rule(
        "function that pages users, devices and accounts; `load_view` takes the default for an invalid `page_size`, "
        "sorts each way of listing in one direction only, and reverses every page, which cb_devices does not undo; a "
        "`start_key` of accounts does not hold the parent account",
        "cb_users, cb_devices, cb_accounts",
    )
    users_view: UsersView = _rule("order of users, and so what their `start_key` is", "users.json `crossbar_listing`")
    ancestor_columns: tuple[str, ...] = _rule(
        "keys of each account in `/tree` and `/parents`, in order", "cb_accounts `format_account_tree_results`"
    )
    lists_parents: bool = _rule(
        "whether `/parents` has a `page_size`, and a digest as `revision`; if not, it answers as `/tree` does",
        "cb_accounts `load_parents`",
    )
    charges_every_request: bool = _rule(
        "whether each request that reaches authentication costs a token from the bucket of its address and account; "
        "if not, only those without a valid token do",
        "cb_token_auth `authenticate`",
    )
    compression_varies: bool = _rule(
        "whether the `vary` header of a compressed answer names `accept-encoding`", "Cowboy's `cowboy_compress_h`"
    )
    ignores_bad_encodings: bool = _rule(
        "whether an `Accept-Encoding` that cannot be parsed is ignored; if not, the answer is an empty 500",
        "Cowboy's `cowboy_compress_h`",
    )
    jiffy: Jiffy = _rule("fork of jiffy that parses JSON in a body, and words what is wrong with it", "`make/deps.mk`")
    sorts_added_errors: bool = _rule(
        "whether a validation error that no schema made has its keys in descending order, as `target`, `message`",
        "cb_context `add_validation_error`",
    )
    looks_into_values: bool = _rule(
        "whether Latin-1 in a value becomes UTF-8 inside of lists and objects as well",
        "kz_json `set_value`",
    )
    quirks: frozenset[str] = _rule("quirks that are shown by default", "`mockcdrs/crossbar/quirks.py`")

    row_columns: RowColumns = field(init=False, repr=False)

    def __post_init__(self) -> None:
        columns = self.columns, self.interaction_columns, self.reseller_columns
        object.__setattr__(self, "row_columns", RowColumns(*columns, self.datetime_separator))


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
    reads_cdrs_maximum_range=False,
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
    jiffy=jiffy.LAZEDO,
    sorts_added_errors=True,
    looks_into_values=False,
    quirks=quirks.COMMON | {"big-integer-chunk-lost"},
)  # fmt: skip
"""Kazoo 4.3, the version that people run, as its last release 4.3.142 answers."""

KAZOO_CLASSIC = replace(
    KAZOO_4_3,
    name="classic",
    sentence="2600hz/kazoo-classic, which continues 4.3.",
    reseller_columns=(*KAZOO_4_3.reseller_columns, "reseller_id", "account_id"),
)
"""kazoo-classic, which goes on from Kazoo 4.3 (2600hz/kazoo-classic, `main`)."""

_MASTER_KEYS = ("version", "timestamp", "node", "request_id", "tokens", "auth_token", "data")

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
    reads_cdrs_maximum_range=True,
    success_keys=(*_MASTER_KEYS, "revision", "status"),
    error_keys=(*_MASTER_KEYS, "error", "message", "status"),
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
    jiffy=jiffy.KAZOO,
    sorts_added_errors=False,
    looks_into_values=True,
    quirks=quirks.COMMON,
)  # fmt: skip
"""The `master` branch of 2600hz/kazoo, which was never released."""

VERSIONS: dict[str, Version] = {version.name: version for version in (KAZOO_4_3, KAZOO_MASTER, KAZOO_CLASSIC)}


def version_named(name: str, origin: str = "") -> Version:
    """The version that `--kazoo NAME` asks for; raises `UnknownVersion`, which names the `origin`, if one is given."""
    found = VERSIONS.get(name)
    if found is None:
        expected = f"expected one of {', '.join(VERSIONS)}{_hint(name)}"
        came = f"{name!r}, from {origin}," if origin else f"{name!r}"
        raise UnknownVersion(f"{came} is no version of Kazoo that is known: {expected}")
    return found


def _hint(name: str) -> str:
    import difflib

    near = difflib.get_close_matches(name.lower(), VERSIONS, n=1)
    return f"; did you mean {near[0]}?" if near else ""


class VersionRule(NamedTuple):
    """A rule: what it is about, which of Kazoo's functions decide it, and what it is in each version, by name."""

    name: str
    what: str
    source: str
    values: Mapping[str, str]


def list_differences(versions: Iterable[Version]) -> list[VersionRule]:
    """The rules in which some of the versions differ, in the order of the fields."""
    known = list(versions)
    return [_compare(field, known) for field in fields(Version) if field.metadata and _differ(field, known)]


def _differ(field: Field[Any], versions: list[Version]) -> bool:
    first, *others = (getattr(version, field.name) for version in versions)
    return any(value != first for value in others)


def _compare(field: Field[Any], versions: list[Version]) -> VersionRule:
    values = {version.name: getattr(version, field.name) for version in versions}
    shared = _shared(list(values.values()))
    words = {name: _describe(value, shared) for name, value in values.items()}
    return VersionRule(field.name, field.metadata["what"], field.metadata["source"], words)


def _shared(values: list[Any]) -> frozenset[str]:
    """The names that all of some long lists have, which need not be repeated."""
    if not all(isinstance(value, tuple | frozenset) for value in values) or max(map(len, values)) <= _MANY:
        return frozenset()
    return frozenset.intersection(*map(frozenset, values))


def _describe(value: Any, shared: frozenset[str]) -> str:
    match value:
        case View():
            return value.leg.value
        case UsersView() | Jiffy():
            return value.name
        case bool():
            return "yes" if value else "no"
        case str():
            return f'`"{value}"`'
        case tuple() | frozenset():
            names = [
                f"`{name}`" for name in (value if isinstance(value, tuple) else sorted(value)) if name not in shared
            ]
            if shared:
                return ", and ".join(filter(None, ["those that all versions have", ", ".join(names)]))
            return ", ".join(names) or "none"
        case _:
            return f"`{value.value}`"
