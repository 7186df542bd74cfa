"""The control API as a client of it meets it."""

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from falcon.testing import TestClient

from mockcdrs.config import ServerConfig
from mockcdrs.control_api import OPEN, ROUTES
from mockcdrs.crossbar import pipeline
from mockcdrs.mock import Mock, serving
from mockcdrs.server import control_routes
from mockcdrs.server.app import create_app
from mockcdrs.server.waitress_server import Server
from tests.certificates import TRUSTED


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as mock:
        yield mock


def ask(mock: Mock, method: str, path: str, **more: Any) -> httpx.Response:
    json = {"json": more.pop("json", {})} if method in {"POST", "PUT", "PATCH", "DELETE"} else {}
    url = mock.url.removesuffix("/v2") + "/_mockcdrs" + path
    return httpx.request(method, url, timeout=10, verify=TRUSTED, **json, **more)


def test_it_is_ready_and_says_that_state_is_per_process(mock: Mock) -> None:
    answer = ask(mock, "GET", "/health").json()
    assert (answer["status"], answer["state"], answer["process"]) == ("ready", "per process", os.getpid())


def test_the_account_is_what_a_client_is_configured_with(mock: Mock) -> None:
    answer = ask(mock, "GET", "/account").json()
    assert (answer["url"], answer["account_id"], answer["auth_token"]) == (mock.url, mock.account_id, mock.auth_token)
    assert (answer["username"], answer["password"]) == (mock.credentials.username, mock.credentials.password)
    assert mock.user_id in {user["id"] for user in answer["users"]}


def test_control_requests_are_in_no_journal_and_no_fault(mock: Mock) -> None:
    mock.fail(status=503)
    assert ask(mock, "GET", "/health").status_code == 200
    assert mock.requests == []


@pytest.mark.parametrize(
    ("method", "path", "json", "status", "code"),
    [
        ("GET", "/nosuch", None, 404, "not-found"),
        ("POST", "/clock", {}, 405, "method-not-allowed"),
        ("TRACE", "/clock", None, 405, "method-not-allowed"),
        ("BREW", "/clock", None, 400, "bad-request"),
        ("PUT", "/clock", {"freeze": "yesterday"}, 400, "bad-value"),
        ("PUT", "/clock", {"frieze": 1}, 400, "unknown-member"),
        ("PUT", "/clock", [], 400, "bad-value"),
        ("PUT", "/clock", {"freeze": 63_936_000_000, "live": True}, 400, "bad-value"),
        ("PUT", "/clock", {"advance": {"days": 9e9}}, 400, "bad-value"),
        ("POST", "/faults", {"status": 5}, 400, "bad-rule"),
        ("POST", "/faults", 5, 400, "bad-value"),
        ("POST", "/data/calls", {"scenario": "no such"}, 400, "unknown-scenario"),
        ("POST", "/data/calls", {"seconds": -1}, 400, "bad-value"),
        ("POST", "/data/calls", {"fields": {"_id": "no month"}}, 400, "bad-value"),
        ("POST", "/data/calls/series", {"count": 2}, 400, "bad-value"),
        ("POST", "/data/cdrs", [], 400, "bad-value"),
        ("POST", "/data/cdrs", {"_id": "no month"}, 400, "bad-value"),
        ("POST", "/data/cdrs", {"timestamp": 10**15}, 400, "bad-value"),
        ("POST", "/data/cdrs", {"timestamp": "1768910400"}, 400, "bad-value"),
        ("POST", "/data/calls", {"at": "0001-01-01"}, 400, "bad-value"),
        ("PUT", "/clock", {"advance": {"days": 10**400}}, 400, "bad-value"),
        ("DELETE", "/data/cdrs/", None, 400, "bad-value"),
        ("DELETE", "/data/cdrs/nosuch", None, 404, "no-such-cdr"),
        ("DELETE", "/faults/7", None, 404, "no-such-fault"),
        ("GET", "/journal/7", None, 404, "no-such-record"),
        ("GET", "/journal?since=x", None, 400, "bad-value"),
        ("GET", "/journal?sinse=1", None, 400, "unknown-parameter"),
        ("GET", "/journal/events?sinse=1", None, 400, "unknown-parameter"),
        ("GET", "/data/interactions?limt=1", None, 400, "unknown-parameter"),
        ("GET", "/data/interactions?created_from=1768910400", None, 400, "bad-value"),
        ("GET", "/expected?path=/users/nobody/cdrs", None, 400, "no-question"),
        ("GET", "/expected?created_from=soon", None, 400, "no-question"),
        ("GET", "/expected?page_size=0", None, 400, "no-question"),
        ("GET", "/expected?page_size", None, 400, "no-question"),
        ("GET", "/expected?hes_key=to", None, 400, "no-question"),
        ("GET", "/expected?path=/summary", None, 400, "no-question"),
        ("PATCH", "/settings", {"quirks": {"no such": True}}, 400, "unknown-quirk"),
        ("PATCH", "/settings", {"quirks": {"stale-next-key": 1}}, 400, "bad-value"),
        ("PATCH", "/settings", {"settings": {"crossbar.cdrs.maximum_bulk": 0}}, 400, "bad-setting"),
    ],
)
def test_every_refusal_has_the_one_error_shape(
    mock: Mock, method: str, path: str, json: Any, status: int, code: str
) -> None:
    refusal = ask(mock, method, path, json=json)
    assert (refusal.status_code, refusal.headers["content-type"]) == (status, "application/json")
    answer = refusal.json()
    assert set(answer) == {"error"}
    assert set(answer["error"]) - {"field"} == {"code", "message"}
    assert answer["error"]["code"] == code


def test_the_console_without_its_slash_is_another_address_and_has_a_content_type_as_wsgi_wants(mock: Mock) -> None:
    response = ask(mock, "GET", "?token=secret")
    assert (response.status_code, response.headers["location"]) == (301, "/_mockcdrs/?token=secret")
    assert response.headers["content-type"] == "application/json"


def test_documents_whose_times_are_no_numbers_are_told_as_well(mock: Mock) -> None:
    mock.clear()
    legs = mock.add_call().legs
    for key in ("timestamp", "duration_seconds", "billing_seconds", "interaction_time", "pvt_created"):
        mock.add_cdr({**legs[0], "_id": f"202601-{key}", key: "soon"})
    summary, interactions = (ask(mock, "GET", f"/expected?path=/cdrs{end}").json() for end in ("", "/interaction"))
    assert set(summary["ids"]) > {each["_id"] for each in legs}
    assert "202601-pvt_created" not in summary["ids"] + summary["unreachable"]
    assert interactions["count"] == 1


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Host": "evil.example"}, "foreign-host"),
        ({"Origin": "http://evil.example"}, "foreign-origin"),
        ({"Origin": "null"}, "foreign-origin"),
        ({"Sec-Fetch-Site": "cross-site"}, "foreign-origin"),
        ({"Sec-Fetch-Site": "same-site"}, "foreign-origin"),
    ],
)
def test_whom_a_foreign_page_sends_is_refused_on_every_route(mock: Mock, headers: dict[str, str], code: str) -> None:
    for path, methods in ROUTES.items():
        for method in methods:
            refusal = ask(mock, method, path, headers=headers)
            assert (refusal.status_code, refusal.json()["error"]["code"]) == (403, code)


def test_beyond_loopback_every_route_that_tells_or_changes_takes_the_token(mock: Mock) -> None:
    with Server(create_app(mock.state, mock, ServerConfig(host="0.0.0.0", control_token="secret"))) as server:

        def status(method: str, path: str, **headers: str) -> int:
            own_headers = {"Host": "mock.example", "Content-Type": "application/json", **headers}
            url = f"{server.url}/_mockcdrs{path}"
            return httpx.request(method, url, headers=own_headers, timeout=10, verify=TRUSTED).status_code

        for path, methods in ROUTES.items():
            for method in methods:
                assert (status(method, path) == 403) == (path not in OPEN)
                assert (status(method, path, **{"X-Mockcdrs-Token": "wrong"}) == 403) == (path not in OPEN)
        assert status("GET", "/clock", **{"X-Mockcdrs-Token": "secret"}) == 200
        assert status("GET", "/clock?token=secret") == 200


def test_requests_that_come_first_at_once_find_one_control_api(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    apis, together = list[int](), threading.Barrier(8)
    create = control_routes.ControlApi

    def create_and_count(*arguments: Any) -> Any:
        apis.append(1)
        time.sleep(0.05)  # time enough for all to come
        return create(*arguments)

    def health(app: TestClient) -> int:
        together.wait(20)
        status: int = app.simulate_get("/_mockcdrs/health", host="localhost").status_code
        return status

    monkeypatch.setattr(control_routes, "ControlApi", create_and_count)
    app = TestClient(create_app(mock.state, mock))
    with ThreadPoolExecutor(8) as askers:
        assert {asking.result(20) for asking in [askers.submit(health, app) for _ in range(8)]} == {200}
    assert len(apis) == 1


def test_a_plain_form_cannot_change_anything(mock: Mock) -> None:
    url = mock.url.removesuffix("/v2") + "/_mockcdrs/reset"
    for content_type in ("text/plain", "application/x-www-form-urlencoded"):
        refusal = httpx.post(url, content=b"{}", headers={"Content-Type": content_type})
        assert (refusal.status_code, refusal.json()["error"]["code"]) == (415, "not-json")


def test_crossbars_part_stays_open_to_foreign_pages(mock: Mock) -> None:
    headers = {"X-Auth-Token": mock.auth_token, "Origin": "http://ui.example", "Host": "crossbar.example"}
    response = httpx.get(mock.url_for("/cdrs"), headers=headers, timeout=10)
    assert (response.status_code, response.headers["access-control-allow-origin"]) == (200, "*")


def test_a_body_has_a_bound_and_has_to_be_json(mock: Mock) -> None:
    for content, status, code in (
        (b"x" * 1_000_001, 413, "too-large"),
        (b"{", 400, "no-json"),
        (b"[" * 9_999, 400, "no-json"),
        (b'{"a": NaN}', 400, "bad-value"),
        (b'{"a":' * 900 + b"{}" + b"}" * 900, 400, "bad-value"),
    ):
        refusal = post_raw(mock, content)
        assert (refusal.status_code, refusal.json()["error"]["code"]) == (status, code)


def test_a_document_is_refused_before_it_is_too_deep_to_be_kept(mock: Mock) -> None:
    deep = b'{"a":' * 600 + b"1" + b"}" * 600
    refusal = post_raw(mock, b'{"fields":' + deep + b"}", "/data/calls")
    assert refusal.json()["error"]["message"].startswith("JSON of more than 100 levels came")


def post_raw(mock: Mock, content: bytes, path: str = "/faults") -> httpx.Response:
    url = f"{mock.url.removesuffix('/v2')}/_mockcdrs{path}"
    return httpx.post(url, content=content, headers={"Content-Type": "application/json"}, timeout=10)


def test_settings_and_quirks_change_while_it_runs_or_not_at_all(mock: Mock) -> None:
    half = {"settings": {"crossbar.pagination_page_size": 3}, "quirks": {"no such": True}}
    assert ask(mock, "PATCH", "/settings", json=half).status_code == 400
    assert mock.state.settings.pagination_page_size == 50
    changes = {"settings": {"crossbar.pagination_page_size": 3}, "quirks": {"stale-next-key": False}}
    answer = ask(mock, "PATCH", "/settings", json=changes).json()
    assert answer["settings"]["crossbar.pagination_page_size"] == 3
    assert [quirk["name"] for quirk in answer["quirks"] if quirk["shown"] != quirk["default"]] == ["stale-next-key"]
    rows = httpx.get(mock.url_for("/cdrs"), headers={"X-Auth-Token": mock.auth_token}, timeout=10).json()["data"]
    assert len(rows) == 3


def test_a_token_is_good_again_when_its_rule_is_gone(mock: Mock) -> None:
    number = ask(mock, "POST", "/faults", json={"token_expired": True}).json()["id"]
    headers = {"X-Auth-Token": mock.auth_token}
    assert httpx.get(mock.url_for("/cdrs"), headers=headers, timeout=10).status_code == 401
    assert ask(mock, "DELETE", f"/faults/{number}").status_code == 204
    assert httpx.get(mock.url_for("/cdrs"), headers=headers, timeout=10).status_code == 200


def test_a_record_says_the_query_in_words_and_as_a_line_for_a_shell(mock: Mock) -> None:
    httpx.get(
        mock.url_for("/cdrs"),
        params={"created_from": 63_936_000_000, "page_size": 2, "filter_hangup_cause": "USER_BUSY"},
        headers={"X-Auth-Token": mock.auth_token},
        timeout=10,
    )
    (summary,) = ask(mock, "GET", "/journal").json()["records"]
    record = ask(mock, "GET", "/journal/1").json()
    assert record["explained"] == [
        "created_from: 2026-01-19 00:00:00 UTC",
        "page_size: 2 rows a page",
        "filter_hangup_cause: only where hangup_cause is USER_BUSY",
    ]
    assert f"-H 'X-Auth-Token: {mock.auth_token}'" in record["curl"]
    assert mock.auth_token not in str(summary)


def test_the_timeline_has_whole_interactions_newest_first(mock: Mock) -> None:
    interactions = ask(mock, "GET", "/data/interactions?limit=20").json()
    ends = [max(leg["timestamp"] for leg in each["legs"]) for each in interactions]
    assert (len(interactions), ends) == (20, sorted(ends, reverse=True))
    for each in interactions:
        legs = mock.client().simulate_get(f"/v2/accounts/{mock.account_id}/cdrs/legs/{each['interaction_id']}").json
        assert {leg["id"] for leg in each["legs"]} == {leg["id"] for leg in legs["data"]}


def test_edge_cases_do_not_break_the_views(mock: Mock) -> None:
    for name in ("no-timestamp", "timestamp-as-string", "no-interaction", "float-duration", "huge-integer", "html"):
        mock.edge(name)
    for path in ("/data/interactions", "/data", "/account"):
        assert ask(mock, "GET", path).status_code == 200


def test_a_fault_of_the_mocks_own_is_a_500_in_the_one_shape_and_its_log_says_more(
    mock: Mock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mock.clock, "now", lambda: 1 // 0)
    broken = ask(mock, "GET", "/clock?token=secret")
    assert (broken.status_code, broken.json()["error"]["code"]) == (500, "internal")
    assert broken.json()["error"]["message"].startswith("ZeroDivisionError: ")
    assert "Traceback" not in broken.text
    assert "GET /_mockcdrs/clock failed" in caplog.text
    assert "1 // 0" in caplog.text
    assert "secret" not in caplog.text + capsys.readouterr().err


@pytest.mark.parametrize(
    ("method", "status", "code"), [("FOO", 400, "bad-request"), ("WEBSOCKET", 405, "method-not-allowed")]
)
def test_a_method_that_falcon_refuses_is_refused_in_the_control_apis_shape(
    mock: Mock, method: str, status: int, code: str
) -> None:
    refusal = httpx.request(method, mock.url.removesuffix("/v2") + "/_mockcdrs/health", timeout=10)
    assert (refusal.status_code, refusal.json()["error"]["code"]) == (status, code)
    assert len(mock.state.journal) == 0


def test_rules_are_changed_and_put_into_another_order(mock: Mock) -> None:
    mock.state.faults.clear()
    ids = [ask(mock, "POST", "/faults", json={"status": status, "times": 1}).json()["id"] for status in (500, 503)]
    rules = ask(mock, "PUT", f"/faults/{ids[0]}", json={"status": 502}).json()
    assert (rules["id"], rules["rule"], rules["spent"]) == (ids[0], {"status": 502}, False)
    assert [each["id"] for each in ask(mock, "PUT", "/faults", json=ids[::-1]).json()] == ids[::-1]
    headers = {"X-Auth-Token": mock.auth_token}
    assert [httpx.get(mock.url_for("/cdrs"), headers=headers, timeout=10).status_code for _ in range(2)] == [503, 502]
    assert [each["spent"] for each in ask(mock, "GET", "/faults").json()] == [True, False]
    assert ask(mock, "PUT", "/faults/77", json={"status": 502}).status_code == 404
    wrong: Any
    for wrong in (ids[:1], "up", [True], {}):
        assert ask(mock, "PUT", "/faults", json=wrong).json()["error"]["code"] == "bad-value"


def test_the_account_lists_whom_and_what_it_has(mock: Mock) -> None:
    accounts = ask(mock, "GET", "/account").json()["accounts"]
    own = next(each for each in accounts if each["id"] == mock.account_id)
    assert own["tokens"] == [mock.auth_token]
    assert [each["id"] for each in own["users"]] == [
        user["id"] for user in mock.state.data.accounts[mock.account_id].users
    ]
    assert [each["id"] for each in own["devices"]] == [
        device["id"] for device in mock.state.data.accounts[mock.account_id].devices
    ]
    assert own["apps"]


def test_the_data_has_another_version_after_each_change(mock: Mock) -> None:
    before = ask(mock, "GET", "/data").json()["version"]
    mock.add_call()
    assert ask(mock, "GET", "/data").json()["version"] != before


def test_the_reference_says_which_endpoints_advice_is_about(mock: Mock) -> None:
    groups = ask(mock, "GET", "/reference").json()
    entries = {(group["kind"], each["name"]): each for group in groups for each in group["entries"]}
    assert entries["advice", "wrong-epoch"]["sentence"].startswith("A Unix time")
    assert "listing" in entries["advice", "wrong-epoch"]["endpoints"]
    assert entries["quirk", "legs-turned"]["endpoints"] == ["legs"]
    assert entries["advice", "ignored-401"]["endpoints"] == []


def test_reset_needs_neither_body_nor_content_type(mock: Mock) -> None:
    mock.fail(status=503)
    url = mock.url.removesuffix("/v2") + "/_mockcdrs/reset"
    assert httpx.post(url, timeout=10, verify=TRUSTED).status_code == 204
    assert ask(mock, "GET", "/faults").json() == []


def panel(mock: Mock, **headers: str) -> TestClient:
    config = ServerConfig(allow_origin=("http://localhost:3000",))
    own_headers = {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-site", "Host": "127.0.0.1"}
    return TestClient(create_app(mock.state, mock, config), headers={**own_headers, **headers})


def test_a_page_of_an_allowed_origin_asks_by_preflight_and_reads_the_answer(mock: Mock) -> None:
    page = panel(mock)
    preflight = page.simulate_options("/_mockcdrs/faults", headers={"Access-Control-Request-Method": "POST"})
    assert (preflight.status_code, preflight.content) == (204, b"")
    assert preflight.headers["access-control-allow-origin"] == "http://localhost:3000"
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "X-Mockcdrs-Token" in preflight.headers["access-control-allow-headers"]
    response = page.simulate_post("/_mockcdrs/faults", json={"status": 503})
    assert (response.status_code, response.headers["access-control-allow-origin"]) == (201, "http://localhost:3000")
    assert response.headers["vary"] == "Origin"


def test_a_page_of_another_origin_is_refused_and_cannot_read_why(mock: Mock) -> None:
    page = panel(mock, Origin="http://evil.example")
    for method in ("GET", "OPTIONS"):
        headers = {"Access-Control-Request-Method": "GET"}
        refusal = page.simulate_request(method, "/_mockcdrs/faults", headers=headers)
        assert refusal.status_code == 403
        assert "access-control-allow-origin" not in refusal.headers


def test_without_allowed_origins_a_preflight_allows_no_page_anything(mock: Mock) -> None:
    response = ask(mock, "OPTIONS", "/faults", headers={"Access-Control-Request-Method": "POST"})
    assert not [name for name in response.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("query", ["", "?token=a%20b"])
def test_a_browser_that_opens_the_root_is_led_to_the_console(mock: Mock, query: str) -> None:
    root = mock.url.removesuffix("/v2")
    led = httpx.get(f"{root}/{query}", headers={"Accept": "text/html,*/*;q=0.8"}, timeout=10, verify=TRUSTED)
    assert (led.status_code, led.headers["location"], led.content) == (302, f"/_mockcdrs/{query}", b"")
    assert led.headers["vary"] == "Accept"
    assert mock.requests == []


@pytest.mark.parametrize(("method", "accept"), [("GET", "*/*"), ("GET", "application/json"), ("POST", "text/html")])
def test_for_any_other_client_the_root_is_crossbars(mock: Mock, method: str, accept: str) -> None:
    root = mock.url.removesuffix("/v2")
    greeted = httpx.request(method, f"{root}/", headers={"Accept": accept}, timeout=10, verify=TRUSTED)
    assert (greeted.status_code, greeted.content) == (200, pipeline.GREETING)
    assert [record.path for record in mock.requests] == ["/"]


def test_without_a_control_api_the_root_is_crossbars_for_a_browser_too(mock: Mock) -> None:
    greeted = TestClient(create_app(mock.state)).simulate_get("/", headers={"Accept": "text/html"})
    assert greeted.content == pipeline.GREETING


@pytest.mark.filterwarnings("ignore:Unknown REQUEST_METHOD")
@pytest.mark.parametrize("method", ["GET", "FETCH"])  # Falcon itself refuses methods that it does not know
def test_without_a_control_api_its_path_is_crossbars_beside_a_mock_that_has_one(mock: Mock, method: str) -> None:
    TestClient(create_app(mock.state, mock)).simulate_request(method, "/_mockcdrs/server")
    assert mock.requests == []
    TestClient(create_app(mock.state)).simulate_request(method, "/_mockcdrs/server")
    assert [record.path for record in mock.requests] == ["/_mockcdrs/server"]


def test_interactions_of_no_range_are_those_of_the_widest_one_that_a_listing_may_have() -> None:
    with serving(kazoo="master", settings={"crossbar.cdrs.maximum_range": 3_600}) as mock:
        mock.clear()
        for minutes in (30, 90):
            mock.add_call(at=mock.clock.now() - minutes * 60, seconds=10)
        rows = ask(mock, "GET", "/data/interactions").json()
    assert len(rows) == 1
