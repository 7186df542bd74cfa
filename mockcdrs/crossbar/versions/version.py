"""What a version of Kazoo is to this project: each rule in which releases differ, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any

from mockcdrs.cdr.listing_columns import Column, select_columns
from mockcdrs.crossbar.json_codec import Jiffy
from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.views import LegView, UsersView


def _rule(what: str, source: str) -> Any:
    """A field that says what it rules, and which of Kazoo's functions decide it, for the documents."""
    return field(metadata={"what": what, "source": source})


class DirectoryLoader(Enum):
    """What pages the views of users, devices and accounts."""

    LOAD_VIEW = "crossbar_doc:load_view"
    CROSSBAR_VIEW = "crossbar_view:load"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of Kazoo's Crossbar, as far as a client of the CDR API can tell it from another.

    `name` is what `--kazoo` takes, `release` what envelopes say. Each other field is a rule, told in its metadata.
    """

    name: str
    release: str
    columns: tuple[str, ...] = _rule("columns of a listing row, in order", "cb_cdrs `COLUMNS`")
    reseller_columns: tuple[str, ...] = _rule(
        "columns that only a reseller's token sees, behind all others", "cb_cdrs `COLUMNS_RESELLER`"
    )
    interaction_columns: tuple[str, ...] = _rule(
        "columns of `/cdrs/interaction` alone, not in its CSV, before the reseller's", "cb_cdrs `json_rows`"
    )
    datetime_separator: str = _rule("text between day and time in `datetime`", "cb_cdrs `pretty_print_datetime`")
    owner_interactions: LegView = _rule(
        "leg that stands for an interaction of a user, by the view that lists these",
        "interactions.json `interaction_listing_by_owner`",
    )
    emergency_numbers: tuple[str, ...] = _rule(
        "numbers that the summary counts as `emergency`", "cdrs.json `summarize_cdrs`"
    )
    maximum_range_settings: tuple[str, ...] = _rule(
        "settings that limit a range, the first one that is set holds", "crossbar_view `get_max_range`"
    )
    success_keys: tuple[str, ...] = _rule(
        "keys of a plain answer's envelope behind those of paging, in order", "api_util `do_create_resp_envelope`"
    )
    error_keys: tuple[str, ...] = _rule("keys of an error's envelope, likewise", "api_util `do_create_resp_envelope`")
    tells_everybody_its_version: bool = _rule(
        "whether `version` is told without a good token", "api_util `do_create_resp_envelope`"
    )
    tells_token_as_text: bool = _rule(
        "whether an error tells `auth_token` as text, `undefined` where none came", "api_util `do_create_resp_envelope`"
    )
    always_says_json: bool = _rule(
        "whether every envelope is `application/json`; else errors have the type negotiated by then, if any",
        "api_util `create_resp_content`",
    )
    accepts_parameters: bool = _rule(
        "whether a type in `Accept` may have parameters: `application/json;charset=utf-8` alone is 406 where not",
        "api_resource `content_handlers_to_cowboy_providers`",
    )
    knows_any_subtype: bool = _rule(
        "whether `accept=text/*` as a parameter asks for CSV; else it is a type that is not known, so for nothing",
        "api_resource `accept_matches_provided`",
    )
    decodes_path_twice: bool = _rule(
        "whether escapes in a path are undone twice, so that `%2541` is `A`", "cb_context `path_tokens`"
    )
    serves_v1: bool = _rule("whether `/v1` is served; else it is 410", "api_util `get_req_data`")
    modules_of_v1_and_v2: frozenset[str] = _rule(
        "modules that only `/v1` and `/v2` know; under `/v3` and the like they are no modules",
        "api_util `is_cb_module`",
    )
    refuses_expired_tokens_first: bool = _rule(
        "whether an expired token is refused before all else, even beside a login; else it is like any other bad one",
        "cb_token_auth `validate_auth_token`",
    )
    account_switches: tuple[str, ...] = _rule(
        "keys of an account's document of which none may be false for its users to log in", "kzd_accounts `is_enabled`"
    )
    directory_loader: DirectoryLoader = _rule(
        "what pages users, devices and accounts: `load_view` knows one direction alone, takes the usual page size for "
        "one that is none, and gives each page from its last row on, which all but cb_devices turn again; keys of "
        "accounts are told without the account above",
        "cb_users, cb_devices, cb_accounts",
    )
    users_view: UsersView = _rule(
        "view that lists users, and so what they are ordered and paged by", "users.json `crossbar_listing`"
    )
    ancestor_columns: tuple[str, ...] = _rule(
        "what is told of each account above another, in order", "cb_accounts `format_account_tree_results`"
    )
    lists_parents: bool = _rule(
        "whether `/parents` is a listing of its own, with `page_size` and a digest; else it is what `/tree` is",
        "cb_accounts `load_parents`",
    )
    charges_every_request: bool = _rule(
        "whether each request that comes to authentication is paid from the token bucket of its address and account; "
        "else only one whose token is not good",
        "cb_token_auth `authenticate`",
    )
    compression_varies: bool = _rule(
        "whether a compressed answer's `vary` names `accept-encoding`", "Cowboy's `cowboy_compress_h`"
    )
    ignores_bad_encodings: bool = _rule(
        "whether an `Accept-Encoding` that cannot be read is as none; else the server dies of it before all else",
        "Cowboy's `cowboy_compress_h`",
    )
    jiffy: Jiffy = _rule("the fork of jiffy that reads a body's JSON, and says why not", "`make/deps.mk`")
    sorts_added_errors: bool = _rule(
        "whether what Crossbar's code finds wrong in a request, schemas apart, has its keys from the last to the first",
        "cb_context `add_validation_error`",
    )
    looks_into_values: bool = _rule(
        "whether Latin-1 becomes UTF-8 within lists and objects too, where a value is put into an object",
        "kz_json `set_value`",
    )
    quirks: frozenset[str] = _rule("quirks that it shows", "`mockcdrs/crossbar/quirks.py`")

    def row_columns(
        self, *, is_reseller: bool = False, interactions_of: str = "", is_csv: bool = False
    ) -> Mapping[str, Column]:
        """The columns of a row, in order, each with what makes it. Shared: do not change it.

        `interactions_of` is `account` or `user` where interactions are listed, whose CSV has no columns of its own.
        """
        return _row_columns(self, is_reseller, interactions_of, is_csv)

    def maximum_range(self, settings: Settings) -> int:
        """The widest range that a listing may cover, in seconds."""
        seconds: int = settings.first_set(self.maximum_range_settings)
        return seconds


@cache
def _row_columns(version: Version, is_reseller: bool, interactions_of: str, is_csv: bool) -> dict[str, Column]:
    names = version.columns
    if interactions_of and not is_csv:
        names += version.interaction_columns
    if is_reseller:
        names += version.reseller_columns
    return select_columns(names, version.datetime_separator, of_user=interactions_of == "user")
