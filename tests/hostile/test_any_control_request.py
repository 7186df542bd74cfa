"""Whatever the control API is asked or told, it answers in its own shape, and Crossbar's part lives on."""

import io
import json
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import islice
from typing import Any

import pytest
from falcon.testing import Result, TestClient
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from mockcdrs.control.backend import MockBackend
from mockcdrs.control_api import ROUTES
from mockcdrs.crossbar.errors import SYSTEM_ERRORS
from mockcdrs.crossbar.quirks import QUIRKS
from mockcdrs.crossbar.settings import Settings
from mockcdrs.dataset.scenarios import SCENARIOS
from mockcdrs.faults.rule import Rule
from mockcdrs.server import control_routes
from mockcdrs.server.app import CONTROL, create_app
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN, NOW, calls, state_of
from tests.hostile.asking import HEADER_TEXTS, JSON, METHODS, QUERIES, VALUES, escaped
from tests.profile import examples

pytestmark = pytest.mark.no_cover
_NAMES = [item.name for item in fields(Rule)]
_LEAVES = JSON | st.sampled_from(
    [NOW, "2026-01-20T12:00:00Z", 1, 50, 10**400, 503, True, "/cdrs", "202601-x@y", *SYSTEM_ERRORS, *SCENARIOS, *QUIRKS]
)
_MEMBERS = st.sampled_from(
    [
        *_NAMES, *QUIRKS, *dict(Settings().items()),
        "freeze", "advance", "live", "days", "seconds", "settings", "quirks", "scenario", "at", "caller", "fields",
        "_id", "timestamp", "call_id", "duration_seconds", "custom_channel_vars", "pvt_created", "interaction_id",
    ]
)  # fmt: skip
_OBJECTS = st.dictionaries(_MEMBERS | st.text(max_size=3), _LEAVES, max_size=3)
_BODIES = st.dictionaries(_MEMBERS, _LEAVES | _OBJECTS, max_size=4) | _OBJECTS | JSON
_RAW = _BODIES.map(json.dumps).map(str.encode) | st.binary(max_size=20) | st.sampled_from([b"[" * 100_000, b"NaN"])
_WHERE = st.sampled_from(["1", "0", "202601-call00000@host"]) | VALUES.map(escaped)
_PATHS = st.builds(
    lambda route, where: route.replace("{number}", where).replace("{cdr_id:path}", where),
    st.sampled_from([*ROUTES, "", "/", "/nosuch", "/console.js", "/../v2"]),
    _WHERE,
)
_KNOWN = st.sampled_from(["since", "created_from", "created_to", "limit", "path", "token", "page_size", "filter_x"])
_QUERIES = st.lists(st.builds("{}={}".format, _KNOWN, VALUES.map(escaped)), max_size=3).map("&".join) | QUERIES
_HEADERS = st.fixed_dictionaries(
    {"Content-Type": st.sampled_from(["application/json"] * 8 + ["text/plain", "application/json;charset=x"])},
    optional={"Accept": HEADER_TEXTS, "X-Mockcdrs-Token": HEADER_TEXTS, "Origin": HEADER_TEXTS},
)
_METHODS = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]) | METHODS
ANY = st.tuples(_METHODS, _PATHS, _QUERIES, _HEADERS, _RAW)
_CDRS, _TOKEN = f"/v2/accounts/{ACCOUNT}/cdrs", {"X-Auth-Token": ACCOUNT_TOKEN}
_EVENTS = "/journal/events"
_EVENT = re.compile(rb"(?:(?:[a-z]+: .*|: still here)\n)+\n")
_LOOKS = (
    "/faults",
    "/journal",
    _EVENTS,
    "/data/interactions",
    "/expected",
    "/advice",
    "/settings",
    "/clock",
    "/account",
)


def _of_streams_a_piece(app: Any) -> Any:
    def cut(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = app(environ, start_response)
        return _piece(body) if environ["PATH_INFO"].startswith(CONTROL + _EVENTS) else body

    return cut


def _piece(body: Iterable[bytes]) -> Iterator[bytes]:
    try:
        yield from islice(body, 4)
    finally:
        getattr(body, "close", lambda: None)()


def _simulate(app: TestClient, request: tuple[str, str, str, dict[str, str], bytes]) -> Result:
    method, path, query, headers, body = request
    errors = io.StringIO()
    response = app.simulate_request(
        method,
        "/",
        headers={"Host": "localhost", **headers},
        body=body,
        extras={"PATH_INFO": path, "RAW_URI": f"{path}?{query}", "QUERY_STRING": query},
        wsgierrors=errors,
    )
    assert errors.getvalue() == ""
    return response


def _is_its_own(response: Result, is_head: bool) -> None:
    assert response.status_code < 500, response.text
    if response.status_code >= 400 and not is_head:
        error = response.json["error"]
        assert error.keys() - {"field"} == {"code", "message"}
        assert isinstance(error["message"], str)
    if response.headers.get("content-type") == "text/event-stream":
        assert response.content.startswith(b"retry: 1000\n\n")
        assert _EVENT.sub(b"", response.content) == b""


@pytest.mark.filterwarnings("ignore::wsgiref.validate.WSGIWarning")  # the test client knows fewer methods
@settings(max_examples=examples(500, 10_000), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests=st.lists(ANY, min_size=1, max_size=3))
def test_any_control_request_gets_its_own_shape_and_spoils_nothing(
    requests: list[Any], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control_routes, "HEARTBEAT_SECONDS", 0.0)
    state = state_of(calls(3))
    app = TestClient(_of_streams_a_piece(create_app(state, MockBackend(state, ACCOUNT))))
    note(f"{requests!r:.4000}")
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        _simulate(app, ("GET", _CDRS, f"filter_x={escaped(requests[0][2][:500])}", _TOKEN, b""))
        for method, path, *rest in requests:
            _is_its_own(_simulate(app, (method, CONTROL + path, *rest)), method == "HEAD")
        for path in _LOOKS:
            _is_its_own(_simulate(app, ("GET", CONTROL + path, "", {}, b"")), False)
        for rule in state.faults:
            state.faults.remove(rule)
        for path in ("", "/interaction", "/summary"):
            listing = _simulate(app, ("GET", _CDRS + path, "", _TOKEN, b""))
            assert listing.json["status"] in {"success", "error"}
    assert [record for record in caplog.records if record.exc_info] == []
