"""What differs between the versions of Kazoo, seen in answers; the tables themselves are looked at in one place."""

import ast
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import mockcdrs
from mockcdrs.crossbar import quirks
from mockcdrs.crossbar.pipeline import HttpRequest, HttpResponse, respond
from mockcdrs.crossbar.versions import (
    KAZOO_4_3,
    KAZOO_MASTER,
    VERSIONS,
    UnknownVersion,
    Version,
    version_named,
)
from tests.crossbar.builders import (
    ACCOUNT,
    ACCOUNT_TOKEN,
    NOW,
    OWNER,
    RESELLER_TOKEN,
    ask,
    body_of,
    calls,
    data_of,
    ids_of,
    json_of,
    leg,
    state_of,
    walked,
)

PACKAGE = Path(mockcdrs.__file__).parent
BOTH = pytest.mark.parametrize("version", [KAZOO_4_3, KAZOO_MASTER], ids=lambda version: version.name)


def test_a_version_is_found_by_its_name() -> None:
    assert {name: version_named(name).name for name in VERSIONS} == {name: name for name in VERSIONS}
    with pytest.raises(UnknownVersion, match=r"'5.0' is no version .* expected one of 4\.3, master, classic$"):
        version_named("5.0")
    with pytest.raises(UnknownVersion, match=r"^'5.0', from setup\.cfg, is no version of Kazoo that is known"):
        version_named("5.0", "setup.cfg")
    with pytest.raises(UnknownVersion, match=r"; did you mean master\?$"):
        version_named("Mastr")


def compares_versions(node: ast.AST) -> bool:
    """Whether a piece of code compares a version, or its name, with another."""
    match node:
        case ast.Compare(left=left, comparators=others):
            operands = [left, *others]
        case ast.MatchValue(value=value):
            operands = [value]
        case _:
            return False
    compared = [each for operand in operands for each in getattr(operand, "elts", [operand])]
    return any(
        (isinstance(each, ast.Name) and each.id.startswith("KAZOO_"))
        or (
            isinstance(each, ast.Constant)
            and each.value in (*VERSIONS, *(known.release for known in VERSIONS.values()))
        )
        or (
            isinstance(each, ast.Attribute)
            and each.attr in {"name", "release"}
            and "version" in ast.unparse(each.value)
        )
        for each in compared
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("version == KAZOO_4_3", True),
        ("name in ('4.3', 'classic')", True),
        ("state.version.name != name", True),
        ("match name:\n case 'master': pass", True),
        ("version.serves_v1 and status == 410", False),
    ],
)
def test_a_comparison_of_versions_is_seen(code: str, expected: bool) -> None:
    assert any(map(compares_versions, ast.walk(ast.parse(code)))) is expected


def test_no_code_compares_versions() -> None:
    places = [
        f"{path.relative_to(PACKAGE)}: {ast.unparse(node)}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if compares_versions(node)
    ]
    assert places == []


def test_each_rule_says_what_it_rules_and_who_decides_it() -> None:
    rules = [
        field.metadata for field in fields(Version) if field.name not in {"name", "release", "sentence", "row_columns"}
    ]
    assert all(rule["what"] and rule["source"] for rule in rules)


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
def test_a_version_shows_quirks_that_are_known(version: Version) -> None:
    assert version.quirks <= quirks.QUIRKS.keys()


@pytest.mark.parametrize(("name", "count"), [("4.3", 35), ("master", 35), ("classic", 35)])
def test_a_listing_row_has_the_versions_columns(name: str, count: int) -> None:
    version = VERSIONS[name]
    state = state_of(calls(1), version=version)
    assert [*data_of(ask(state))[0]] == [*version.columns]
    assert len(version.columns) == len(set(version.columns)) == count
    resellers = [*data_of(ask(state, token=RESELLER_TOKEN))[0]]
    assert resellers == [*version.columns, *version.reseller_columns]


def test_4_3_has_a_disposition_and_master_a_time_in_microseconds() -> None:
    assert {*KAZOO_4_3.columns} ^ {*KAZOO_MASTER.columns} == {"disposition", "unix_timestamp_micro"}
    documents = [leg(disposition="ANSWER", channel_created_time=1_768_910_400_000_000)]
    assert data_of(ask(state_of(documents)))[0]["disposition"] == "ANSWER"
    assert data_of(ask(state_of(documents, version=KAZOO_MASTER)))[0]["unix_timestamp_micro"] == "1768910400.0"


def test_classic_tells_a_reseller_whose_call_it_is() -> None:
    documents = [leg(variables={"reseller_id": "r"})]
    row = data_of(ask(state_of(documents, version=VERSIONS["classic"]), token=RESELLER_TOKEN))[0]
    assert [*row.items()][-2:] == [("reseller_id", "r"), ("account_id", ACCOUNT)]


@BOTH
def test_the_day_and_the_time_of_a_datetime_stand_apart(version: Version) -> None:
    row = data_of(ask(state_of([leg(end=NOW)], version=version), query={"utc_offset": "60"}))[0]
    assert row["datetime"] == f"2026-01-20{version.datetime_separator}12:00:00"


PAIR = [
    leg("caller@host", NOW - 100, interaction_id=f"{NOW - 160}-p", interaction_time=NOW - 160, interaction_key="p"),
    leg(
        "callee@host",
        NOW - 90,
        interaction_id=f"{NOW - 160}-p",
        interaction_time=NOW - 160,
        interaction_key="p",
        billing_seconds=58,
        call_direction="outbound",
    ),
]


def test_in_4_3_the_most_billed_leg_stands_for_a_users_interaction() -> None:
    path = f"/users/{OWNER}/cdrs/interaction"
    assert ids_of(ask(state_of(PAIR), path)) == ["202601-callee@host"]
    assert ids_of(ask(state_of(PAIR, version=KAZOO_MASTER), path)) == ["202601-caller@host"]
    assert ids_of(ask(state_of(PAIR), "/cdrs/interaction")) == ["202601-caller@host"]


@pytest.mark.parametrize(("ascending", "first"), [("false", "202601-callee@host"), ("true", "202601-caller@host")])
def test_of_legs_that_tie_the_one_reduced_last_stands_for_the_interaction(ascending: str, first: str) -> None:
    """CouchDB reduces a group's rows against the direction of travel (`couch_btree:reduce_stream_kv_node2`)."""
    tied = [{**document, "billing_seconds": 0} for document in PAIR]
    assert ids_of(ask(state_of(tied), f"/users/{OWNER}/cdrs/interaction", {"ascending": ascending})) == [first]


@pytest.mark.parametrize(
    ("path", "inception"), [("/cdrs/interaction", "origination"), (f"/users/{OWNER}/cdrs/interaction", "termination")]
)
def test_only_the_json_of_4_3s_interactions_has_an_inception_direction(path: str, inception: str) -> None:
    state = state_of(PAIR)
    row = data_of(ask(state, path))[0]
    assert [*row] == [*KAZOO_4_3.columns, "inception_direction"]
    assert row["inception_direction"] == inception
    header = body_of(ask(state, path, headers={"accept": "text/csv"})).decode().partition("\r\n")[0]
    assert header == ",".join(KAZOO_4_3.columns)
    assert "inception_direction" not in data_of(ask(state))[0]
    assert "inception_direction" not in data_of(ask(state_of(PAIR, version=KAZOO_MASTER), path))[0]


@pytest.mark.parametrize(("number", "in_4_3", "in_master"), [("911", 1, 1), ("988", 1, 0)])
def test_988_is_an_emergency_in_4_3(number: str, in_4_3: int, in_master: int) -> None:
    call = leg(call_direction="outbound", variables={"resource_id": "r"}, to=f"{number}@example.com")
    for version, count in ((KAZOO_4_3, in_4_3), (KAZOO_MASTER, in_master)):
        summary = data_of(ask(state_of([call], version=version, months=("202601",)), "/cdrs/summary"))
        assert ("emergency" in summary["outbound"]["example.com"]) is bool(count)


@pytest.mark.parametrize(
    ("settings", "in_4_3", "in_master"),
    [
        ({}, 2_682_000, 2_682_000),
        ({"maximum_range": 60}, 60, 60),
        ({"cdrs_maximum_range": 60}, 2_682_000, 60),
        ({"maximum_range": 50, "cdrs_maximum_range": 60}, 50, 60),
    ],
)
def test_the_widest_range_is_set_under_the_versions_name(settings: dict[str, Any], in_4_3: int, in_master: int) -> None:
    for version, widest in ((KAZOO_4_3, in_4_3), (KAZOO_MASTER, in_master)):
        state = state_of(version=version, **settings)
        assert ask(state, query={"created_from": NOW - widest}).status == 200
        assert ask(state, query={"created_from": NOW - widest - 1}).status == 400


# --- content types


@pytest.mark.parametrize(
    ("accept", "in_master"),
    [
        ({"token": None}, None),
        ({"path": f"/v2/accounts/{'0' * 32}/cdrs"}, None),
        ({"method": "PUT"}, None),
        ({"path": "/cdrs/nosuch", "headers": {"accept": "text/csv"}}, "text/csv"),
        ({"path": "/cdrs/nosuch"}, "application/json"),
    ],
)
def test_errors_are_told_as_json_by_4_3_and_as_negotiated_by_master(accept: Any, in_master: str | None) -> None:
    assert ask(state_of(), **accept).headers["content-type"] == "application/json"
    assert ask(state_of(version=KAZOO_MASTER), **accept).headers.get("content-type") == in_master


@pytest.mark.parametrize(("version", "status"), [(KAZOO_4_3, 406), (KAZOO_MASTER, 200)])
def test_a_type_with_a_charset_is_not_to_be_had_from_4_3(version: Version, status: int) -> None:
    assert ask(state_of(version=version), headers={"accept": "application/json;charset=utf-8"}).status == status


@BOTH
def test_accept_text_of_any_kind_is_csv_in_4_3(version: Version) -> None:
    response = ask(state_of(calls(1), version=version), query="accept=text/*")
    assert body_of(response).startswith(b'"' if version is KAZOO_4_3 else b"{")


@pytest.mark.parametrize("path", ["/cdrs", "/v2/nosuch", "/v1"])
def test_an_accept_encoding_that_cannot_be_read_kills_master(path: str) -> None:
    headers = {"accept-encoding": "gzip;q=2"}
    response = ask(state_of(version=KAZOO_MASTER), path, headers=headers)
    assert (response.status, dict(response.headers), body_of(response)) == (500, {}, b"")
    assert response.note.endswith("it crashes on an Accept-Encoding that cannot be read")
    assert ask(state_of(), path, headers=headers).status == ask(state_of(), path).status
    readable = {"accept-encoding": "gzip;q=1"}
    assert ask(state_of(version=KAZOO_MASTER), path, headers=readable).status != 500


# --- paths


@pytest.mark.parametrize(
    ("path", "in_4_3", "in_master"),
    [("/%2563drs", 200, 404), ("/cdrs/202601-%25zz", 500, 404), ("/cdrs/202601-%zz", 400, 400)],
)
def test_4_3_undoes_the_escapes_of_a_path_twice(path: str, in_4_3: int, in_master: int) -> None:
    assert ask(state_of(), path).status == in_4_3
    assert ask(state_of(version=KAZOO_MASTER), path).status == in_master


@pytest.mark.parametrize(
    ("path", "in_4_3", "in_master"),
    [
        (f"/v3/accounts/{ACCOUNT}/cdrs", 200, 200),
        (f"/v3/accounts/{ACCOUNT}/users/{OWNER}/cdrs", 500, 200),
        (f"/v2/accounts/{ACCOUNT}/nosuch/cdrs", 200, 200),
        (f"/v2/accounts/{ACCOUNT}/nosuch/cdr/cdrs", 500, 500),
    ],
)
def test_users_are_a_module_of_two_api_versions_in_4_3(path: str, in_4_3: int, in_master: int) -> None:
    answers = [ask(state_of(version=version), path) for version in (KAZOO_4_3, KAZOO_MASTER)]
    assert [response.status for response in answers] == [in_4_3, in_master]
    assert all(body_of(response) == b"" for response in answers if response.status == 500)


@pytest.mark.parametrize(("version", "of_user"), [(KAZOO_4_3, 500), (KAZOO_MASTER, 200)])
def test_hooks_are_a_version_that_needs_no_envelope(version: Version, of_user: int) -> None:
    """`crossbar_init:api_version_constraint/2`, `api_util:requires_envelope/1`."""
    state, token = state_of(calls(2), version=version), {"x-auth-token": ACCOUNT_TOKEN}

    def answer_of(path: str, body: bytes = b"") -> HttpResponse:
        incoming = HttpRequest("GET", f"/{path}", headers=token, body=body)
        return respond(incoming, state.server_state(), "request-1")

    assert len(ids_of(answer_of(f"hooks/accounts/{ACCOUNT}/cdrs"))) == 2
    assert answer_of(f"hooks/accounts/{ACCOUNT}/users/{OWNER}/cdrs").status == of_user
    for path, status in ((f"hooks/accounts/{ACCOUNT}/cdrs", 200), (f"v2/accounts/{ACCOUNT}/cdrs", 400)):
        assert [answer_of(path, body).status for body in (b'{"a":1}', b'{"data":1}')] == [status] * 2
        assert answer_of(path, b"[]").status == 400
    assert len(ids_of(answer_of(f"hooks/accounts/{ACCOUNT}/cdrs", b'{"page_size":1}'))) == 1


@BOTH
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/accounts", "/V2/accounts", "//v2/accounts", "/v/accounts", "/vx"])
def test_what_is_none_of_the_apis_paths_is_greeted(version: Version, method: str, path: str) -> None:
    response = respond(HttpRequest(method, path), state_of(version=version).server_state(), "request-1")
    assert (response.status, dict(response.headers)) == (200, {"content-type": "text/plain; charset=UTF-8"})
    assert len(body_of(response)) == 2_611


@BOTH
def test_no_module_hears_of_a_version_with_a_point(version: Version) -> None:
    state, path = state_of(version=version), f"/v2.0/accounts/{ACCOUNT}/cdrs"
    response = ask(state, path)
    assert (response.status, json_of(response)["message"]) == (404, "not_found")
    assert response.headers["access-control-allow-methods"] == "OPTIONS"
    assert ("version" in json_of(response)) is version.tells_everybody_its_version
    preflight = ask(state, path, method="OPTIONS", headers={"access-control-request-method": "GET"})
    assert (preflight.status, preflight.headers["access-control-allow-methods"]) == (200, "GET, OPTIONS")


# --- start keys


@pytest.mark.parametrize(
    ("key", "in_4_3", "in_master"),
    [
        ("g2wAAAABYQFhAg", b"timeout", b""),  # [1 | 2]
        ("g2wAAAABaAFhAWo", b"timeout", b""),  # [{1}]
        ("g2gCYQFhAg", b"timeout", b"timeout"),  # {1, 2}
    ],
)
def test_master_dies_of_terms_that_4_3_hands_on(key: str, in_4_3: bytes, in_master: bytes) -> None:
    for version, cause in ((KAZOO_4_3, in_4_3), (KAZOO_MASTER, in_master)):
        response = ask(state_of(calls(1), version=version), query={"start_key": key})
        assert response.status == 500
        assert cause in body_of(response)
        assert bool(cause) is bool(body_of(response))


# --- version 1 of the API


V1 = f"/v1/accounts/{ACCOUNT}"


def test_master_serves_no_version_1() -> None:
    response = ask(state_of(version=KAZOO_MASTER), f"{V1}/cdrs")
    assert (response.status, json_of(response)["message"]) == (410, "gone")


@pytest.mark.parametrize("query", ["", "page_size=1", "page_size=many", "page_size=0", "paginate=true"])
def test_version_1_never_pages(query: str) -> None:
    state = state_of(calls(60))
    response = json_of(ask(state, f"{V1}/cdrs", query))
    assert len(response["data"]) == 60
    assert not {"page_size", "start_key", "next_start_key"} & response.keys()


@pytest.mark.parametrize("path", ["/cdrs", "/cdrs/summary", "/cdrs/interaction"])
def test_version_1_has_no_paging_keys_in_a_plain_answer_either(path: str) -> None:
    response = json_of(ask(state_of(calls(3)), f"{V1}{path}", "is_chunked=false"))
    assert not {"page_size", "start_key", "next_start_key"} & response.keys()


def test_a_start_key_begins_a_listing_of_version_1_too() -> None:
    state = state_of(calls(3))
    second = json_of(ask(state, query="page_size=1"))["next_start_key"]
    assert len(data_of(ask(state, f"{V1}/cdrs", {"start_key": second}))) == 2
    assert len(walked(state, f"{V1}/cdrs", {"start_key": second})) == 2


@pytest.mark.parametrize(
    ("path", "token", "data"),
    [
        ("/cdrs", None, "invalid credentials"),
        ("/cdrs/202601-nosuch", "token-a", "bad identifier"),
        ("/cdrs/nosuch", "token-a", {}),
        ("/cdrs?chunk_size=0", "token-a", "datastore fatal error"),
        ("/cdrs?start_key=garbage", "token-a", "unknown failure"),
        ("/cdrs?created_from=1", "token-a", {"created_from"}),
    ],
)
def test_version_1_tells_only_the_words_of_a_system_error(path: str, token: str | None, data: Any) -> None:
    path, _, query = path.partition("?")
    answer = data_of(ask(state_of(calls(3)), f"{V1}{path}", query, token=token))
    assert (answer.keys() if isinstance(data, set) else answer) == data
