"""What the OpenAPI document says is what the mock does."""

import copy
import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.internal.conjecture.providers import HypothesisProvider
from schemathesis import checks

from mockcdrs.crossbar.quirks import QUIRKS
from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER, VERSIONS, Version
from mockcdrs.mock import Mock, serving
from mockcdrs.openapi import build_document
from tests.profile import examples

LABELS = [f"{method.upper()} {path}" for path, methods in build_document()["paths"].items() for method in methods]
CALLS = [label for label in LABELS if label.startswith("GET ") and "/cdrs" in label]
PREFLIGHTS = [label for label in LABELS if label.startswith("OPTIONS ")]
OPERATIONS = [label for label in LABELS if label not in PREFLIGHTS]
FEW_EXAMPLES, MOST_IN_FULL = 25, 110
MOST_EXAMPLES = max(FEW_EXAMPLES, examples(MOST_IN_FULL, 500))
NOT_IN_THE_OFFICE = {
    "GET /accounts/{account_id}/siblings",
    "GET /accounts/{account_id}/whitelabel",
    "GET /whitelabel/{domain}",
}
"""It is refused its siblings, and has no pages of its own look."""
checks.load_all_checks()
CHECKS = [
    checks.CHECKS.get_one(name)
    for name in (
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    )
]


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with serving() as mock:
        yield mock


@pytest.fixture(scope="module", params=[KAZOO_4_3.name, KAZOO_MASTER.name])
def fixed(request: pytest.FixtureRequest) -> Iterator[Mock]:
    with serving(kazoo=request.param, fix=("all",)) as mock:
        yield mock


@pytest.fixture(scope="module", params=VERSIONS)
def any_mock(request: pytest.FixtureRequest) -> Iterator[Mock]:
    with serving(kazoo=request.param) as mock:
        yield mock


def ask(mock: Mock, case: Any) -> Any:
    return case.call(app=mock.wsgi_app, headers={"X-Auth-Token": mock.auth_token, "Accept-Encoding": "identity"})


@functools.cache
def operations(mock: Mock) -> dict[str, Any]:
    """The operations by label; their ids are, as often as not, some that the mock has."""
    description = copy.deepcopy(build_document(mock.state.version))
    path = f"/v2/accounts/{mock.account_id}/cdrs"
    rows = mock.client().simulate_get(path, query_string="page_size=5").json["data"]
    ids = [row["id"] for row in rows]
    has = {
        "account_id": [mock.account_id],
        "user_id": [user["id"] for user in mock.state.data.accounts[mock.account_id].users] + ["nosuch"],
        "cdr_id": [*ids, "nosuch", "202601-nosuch", "abcdef-xyz"],
        "interaction_id": [
            *ids,
            *(row["interaction_id"] for row in rows),
            "nosuch",
            "abcdefghijk-xyz",
            "63500000000-a",
        ],
    }
    has |= {"token": [mock.auth_token, "nosuch"], "own_token": [mock.auth_token, "nosuch"]}
    has |= {name: [document["id"], "nosuch"] for name, document in around(mock).items()}
    for name, enumeration in has.items():
        description["components"]["parameters"][name]["schema"] = {"enum": sorted(set(enumeration))}
    login = mock.credentials
    digest = hashlib.md5(f"{login.username}:{login.password}".encode()).hexdigest()
    for name, field, enumeration in (
        ("UserLogin", "credentials", [digest, "nosuch"]),
        ("UserLogin", "method", ["md5"]),
        ("UserLogin", "account_name", [mock.state.data.accounts[mock.account_id].name]),
        ("UserLogin", "account_realm", [mock.state.data.accounts[mock.account_id].realm]),
        ("ApiLogin", "api_key", [login.api_key, "0" * 64]),
        ("TokenInfo", "token", [mock.auth_token, "nosuch"]),
    ):
        description["components"]["schemas"][name]["properties"]["data"]["properties"][field] = {"enum": enumeration}
    schema: Any = schemathesis.openapi.from_dict(description)
    return {operation.label: operation for operation in (result.ok() for result in schema.get_all_operations())}


def around(mock: Mock) -> dict[str, Any]:
    """A device and an app of the office."""
    query = {"device_id": "devices", "app_id": "apps_store"}
    base = f"/v2/accounts/{mock.account_id}"
    return {name: mock.client().simulate_get(f"{base}/{path}").json["data"][0] for name, path in query.items()}


def quirks_of(label: str) -> tuple[str, ...]:
    method, path = label.split()
    return tuple(quirk["name"] for quirk in build_document()["paths"][path][method.lower()]["x-crossbar-quirks"])


def hold_to_the_document(version: Version, case: Any, response: Any) -> None:
    """Schemathesis' checks; it does not know of bodies whose type is not said."""
    described = build_document(version)["components"]["responses"].get(f"Error{response.status_code}", {})
    if described.get("x-crossbar-untyped") and "content-type" not in response.headers:
        case.validate_response(response, checks=CHECKS[:1])
        if response.content:
            assert not version.always_says_json
            fitting(version, "Error", response.json())
    else:
        case.validate_response(response, checks=CHECKS)


def fitting(version: Version, schema: str, value: Any) -> None:
    """Fail where a value is not of one of the schemas."""
    whole = {"$ref": f"#/components/schemas/{schema}", "components": build_document(version)["components"]}
    jsonschema.Draft202012Validator(whole).validate(value)


def generated(version: Version, label: str, case: Any) -> Callable[[Callable[..., None]], Callable[[], None]]:
    test = given(case=case)
    # of other versions a few are enough: the code is the same, and most of what differs shows in each answer
    count = MOST_EXAMPLES if label in CALLS and version == KAZOO_4_3 else FEW_EXAMPLES
    calm = settings(
        max_examples=count, derandomize=True, database=None, deadline=None, suppress_health_check=[*HealthCheck]
    )

    def without_constants(function: Callable[..., None]) -> Callable[[], None]:
        # Hypothesis also tries constants of whatever modules are loaded: what is drawn would depend on the tests before
        run = calm(test(function))

        def run_all() -> None:
            with patch.object(HypothesisProvider, "_maybe_draw_constant", lambda *_, **__: None, create=True):
                run()

        return run_all

    return without_constants


def by_version(versions: Iterable[str]) -> list[Any]:
    """Parameters: an operation and the name of a version. What is generated for others than the default one is slow."""
    return [
        pytest.param(label, name, marks=[] if name == KAZOO_4_3.name else pytest.mark.slow)
        for name in versions
        for label in OPERATIONS
    ]


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("label", "any_mock"),
    # preflights are alike in all versions
    [*by_version(VERSIONS), *(pytest.param(each, KAZOO_4_3.name, marks=pytest.mark.slow) for each in PREFLIGHTS)],
    indirect=["any_mock"],
    scope="module",
)
def test_every_answer_is_as_described_and_every_fault_is_a_quirk_of_the_table(
    label: str, any_mock: Mock, count_case: Callable[[str], None]
) -> None:
    statuses: set[int] = set()
    version = any_mock.state.version
    with serving(kazoo=version.name, fix=quirks_of(label)) as without:

        @generated(version, label, operations(any_mock)[label].as_strategy())
        def hold(case: Any) -> None:
            response = ask(any_mock, case)
            statuses.add(response.status_code)
            hold_to_the_document(version, case, response)
            if response.status_code >= 500:
                assert ask(without, case).status_code < 500, f"a fault that none of {quirks_of(label)} makes"
            count_case("requests of the OpenAPI document")

        hold()
    assert statuses & {200, 201} or label in NOT_IN_THE_OFFICE


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("label", "fixed"), by_version([KAZOO_4_3.name, KAZOO_MASTER.name]), indirect=["fixed"], scope="module"
)
def test_without_quirks_nothing_is_a_fault(label: str, fixed: Mock, count_case: Callable[[str], None]) -> None:
    version = fixed.state.version

    @generated(version, label, operations(fixed)[label].as_strategy())
    def hold(case: Any) -> None:
        response = ask(fixed, case)
        hold_to_the_document(version, case, response)
        assert response.status_code < 500
        count_case("requests of the OpenAPI document")

    hold()


@pytest.mark.parametrize("offset", ["-63935704599000", "-9999999999999"])
def test_an_offset_into_the_time_before_the_year_0_is_a_fault_or_an_empty_column(
    offset: str, mock: Mock, fixed: Mock
) -> None:
    answers = [
        each.client().simulate_get(f"/v2/accounts/{each.account_id}/cdrs", query_string=f"utc_offset={offset}")
        for each in (mock, fixed)
    ]
    assert [answer.status_code for answer in answers] == [503, 200]
    assert {row["datetime"] for row in answers[1].json["data"]} == {""}


def test_an_error_before_the_form_is_chosen_has_a_content_type_where_the_version_always_has_one(any_mock: Mock) -> None:
    version = any_mock.state.version
    response = any_mock.client().simulate_get(
        f"/v2/accounts/{any_mock.account_id}/cdrs", headers={"X-Auth-Token": "no-such-token"}
    )
    described = build_document(version)["components"]["responses"]["Error401"]
    expected = "application/json" if version.always_says_json else ""
    assert (response.status_code, response.headers["content-type"]) == (401, expected)
    assert described["x-crossbar-untyped"] is not version.always_says_json
    fitting(version, "Error", response.json)


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
def test_the_columns_are_the_rows_in_order(version: Version) -> None:
    schemas = build_document(version)["components"]["schemas"]
    for name, interactions_of in (("Row", ""), ("Interaction", "account")):
        row = schemas[name]
        assert [*row["properties"]] == [*version.row_columns(is_reseller=True, interactions_of=interactions_of)]
        assert row["required"] == [*version.row_columns(interactions_of=interactions_of)]
        assert all(column["x-crossbar-source"] and column["description"] for column in row["properties"].values())


@pytest.mark.parametrize(("path", "schema"), [("cdrs", "ChunkedRows"), ("cdrs/interaction", "ChunkedInteractions")])
@pytest.mark.parametrize("kazoo", VERSIONS)
def test_a_resellers_rows_fit_too(kazoo: str, path: str, schema: str) -> None:
    with serving(kazoo=kazoo, reseller=True) as mock:
        response = mock.client().simulate_get(f"/v2/accounts/{mock.account_id}/{path}").json
    fitting(VERSIONS[kazoo], schema, response)
    assert {*VERSIONS[kazoo].reseller_columns} <= response["data"][0].keys()


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
def test_a_row_of_another_version_does_not_fit(version: Version) -> None:
    for other in VERSIONS.values():
        with serving(kazoo=other.name) as mock:
            row = mock.client().simulate_get(f"/v2/accounts/{mock.account_id}/cdrs").json["data"][0]
        if (other.columns, other.datetime_separator) == (version.columns, version.datetime_separator):
            fitting(version, "Row", row)
        else:
            with pytest.raises(jsonschema.ValidationError):
                fitting(version, "Row", row)


def test_view_rows_that_stand_for_interactions_fit(tmp_path: Path) -> None:
    cdr = {"_id": "nomonth", "pvt_type": "cdr", "interaction_time": 63_936_100_000, "interaction_key": "a"}
    line = {"account_id": "a" * 32, "month": "202601", "document": cdr}
    (tmp_path / "cdrs.jsonl").write_text(json.dumps(line), encoding="utf-8")
    with serving(data=tmp_path, now="2026-01-20T12:00:00Z") as mock:
        path = f"/v2/accounts/{mock.account_id}/cdrs/interaction"
        for query, schema in (("is_chunked=true", "ChunkedInteractions"), ("is_chunked=false", "PlainInteractions")):
            response = mock.client().simulate_get(path, query_string=query).json
            assert response["data"][0]["value"]["id"] == "nomonth"
            fitting(KAZOO_4_3, schema, response)


def test_old_api_is_a_server_where_it_is_served_and_else_an_error() -> None:
    assert [each["url"] for each in build_document(KAZOO_4_3)["servers"]] == ["/v2", "/v1"]
    assert [each["url"] for each in build_document(KAZOO_MASTER)["servers"]] == ["/v2"]
    assert "Error410" not in build_document(KAZOO_4_3)["components"]["responses"]
    assert "Error410" in build_document(KAZOO_MASTER)["components"]["responses"]


def test_the_document_served_is_that_of_the_mocks_version(any_mock: Mock) -> None:
    published = any_mock.client().simulate_get("/_mockcdrs/openapi.json", headers={"Host": "localhost"}).json
    assert published == build_document(any_mock.state.version)


@pytest.mark.parametrize(("fix", "name"), [((), "LeakedDocument"), (("legs-chunked-leak",), "Document")])
def test_legs_in_chunks_are_leaked_documents_until_that_is_fixed(fix: tuple[str, ...], name: str) -> None:
    schemas = build_document()["components"]["schemas"]
    with serving(fix=fix) as mock:
        cdrs, client = f"/v2/accounts/{mock.account_id}/cdrs", mock.client()
        cdr_id = client.simulate_get(cdrs, query_string="page_size=1").json["data"][0]["id"]
        response = client.simulate_get(f"{cdrs}/legs/{cdr_id}", query_string="is_chunked=true").json
    every_leg = {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}, "minItems": 1}
    jsonschema.Draft202012Validator({**every_leg, "components": {"schemas": schemas}}).validate(response["data"])
    envelope = {"$ref": "#/components/schemas/ChunkedDocuments", "components": {"schemas": schemas}}
    jsonschema.Draft202012Validator(envelope).validate(response)


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
def test_every_operation_names_its_source_and_its_quirks_by_the_table(version: Version) -> None:
    in_table: set[str] = set()
    for methods in build_document(version)["paths"].values():
        for operation in methods.values():
            assert operation["x-crossbar-source"].endswith(".erl")
            names = [quirk["name"] for quirk in operation["x-crossbar-quirks"]]
            assert len(names) == len(set(names)), operation["operationId"]
            for quirk in operation["x-crossbar-quirks"]:
                assert quirk["sentence"] == QUIRKS[quirk["name"]].sentence
                assert quirk["default"] is (quirk["name"] in version.quirks)
                in_table.add(quirk["name"])
    of_no_described_operation = {"no-account-500", "post-as-get-empty", "utc-offset-500"}
    assert QUIRKS.keys() - in_table == of_no_described_operation


def test_every_reference_leads_somewhere_and_every_part_is_used() -> None:
    text = json.dumps(build_document())
    for kind, parts in build_document()["components"].items():
        if kind != "securitySchemes":
            for name in parts:
                assert f'"#/components/{kind}/{name}"' in text
    assert {*references(build_document())} <= {*parts_of(build_document()["components"])}


def references(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def parts_of(components: Mapping[str, Any]) -> Iterator[str]:
    return (f"#/components/{kind}/{name}" for kind, parts in components.items() for name in parts)
