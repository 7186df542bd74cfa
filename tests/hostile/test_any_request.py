"""Whatever comes, the answer is one of Crossbar's, and the log keeps its calm."""

import io
import logging
import warnings
from urllib.parse import unquote_to_bytes

import pytest
from falcon.testing import Result, TestClient
from hypothesis import HealthCheck, given, note, settings

from mockcdrs.control.backend import MockBackend
from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER
from mockcdrs.server.app import create_app, make_client
from tests.crossbar.builders import ACCOUNT, calls, leg, state_of
from tests.hostile.asking import ANY, AnyRequest
from tests.hostile.shape import assert_is_crossbars
from tests.profile import examples

pytestmark = pytest.mark.no_cover
_CALLS = [*calls(60), leg('Ünï/ode, "quoted"\r\n@host', caller_id_name="a,b\n"), leg("old@host", 63_934_400_000)]
_QUIRKY, _FIXED = ["trailer-unescaped"], ["all"]
_KINDS = {
    "quirky": (KAZOO_4_3, _QUIRKY),
    "quirky-master": (KAZOO_MASTER, _QUIRKY),
    "fixed": (KAZOO_4_3, _FIXED),
}


@pytest.fixture(scope="module", params=_KINDS)
def app(request: pytest.FixtureRequest) -> TestClient:
    version, fixes = _KINDS[request.param]
    return make_client(create_app(state_of(_CALLS, fixed=fixes, version=version)), "nobody")


def simulate(app: TestClient, request: AnyRequest) -> Result:
    """The request as a server hands it on; nothing is said to its error stream."""
    errors = io.StringIO()
    wsgi = {
        "RAW_URI": f"{request.path}?{request.query}",
        "PATH_INFO": "/" + unquote_to_bytes(request.path.lstrip("/")).decode("latin-1"),
        "QUERY_STRING": request.query,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the test client knows fewer methods than clients do
        response = app.simulate_request(
            request.method, headers=request.headers, body=request.body, extras=wsgi, wsgierrors=errors
        )
    assert errors.getvalue() == ""
    return response


@settings(max_examples=examples(250, 10_000), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(request=ANY)
def test_any_request_gets_an_answer_in_crossbars_shape(
    app: TestClient, request: AnyRequest, caplog: pytest.LogCaptureFixture
) -> None:
    note(f"{request!r:.4000}")
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        response = simulate(app, request)
    records = [record for record in caplog.records if record.name != "mockcdrs.journal"]
    assert all(record.exc_info is None and record.levelno == logging.WARNING for record in records)
    notes = [record.getMessage() for record in records]
    assert_is_crossbars(request.method, response.status_code, {**response.headers}, response.content, notes)


@settings(max_examples=examples(250, 10_000))
@given(request=ANY)
def test_what_is_said_of_any_request_is_printable_and_on_one_line(request: AnyRequest) -> None:
    note(f"{request!r:.4000}")
    state = state_of(_CALLS)
    simulate(make_client(create_app(state, MockBackend(state, ACCOUNT)), "nobody"), request)
    (record,) = state.journal
    for text in (*record.advice, record.reason, record.note):
        assert text.isprintable(), text
