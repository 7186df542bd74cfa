"""Whatever comes, the answer is one of Crossbar's, and the log keeps its calm."""

import io
import logging
import warnings
from urllib.parse import unquote_to_bytes

import pytest
from falcon.testing import Result, TestClient
from hypothesis import HealthCheck, given, note, settings

from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER
from mockcdrs.server.app import create_app, make_client
from tests.crossbar.builders import calls, leg, state_of
from tests.hostile.asking import ANY, Asked
from tests.hostile.shape import assert_is_crossbars
from tests.profile import examples

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


def simulate(app: TestClient, asked: Asked) -> Result:
    """The request as a server hands it on; nothing is said to its error stream."""
    errors = io.StringIO()
    wsgi = {
        "RAW_URI": f"{asked.path}?{asked.query}",
        "PATH_INFO": "/" + unquote_to_bytes(asked.path.lstrip("/")).decode("latin-1"),
        "QUERY_STRING": asked.query,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the test client knows fewer methods than clients do
        answered = app.simulate_request(
            asked.method, headers=asked.headers, body=asked.body, extras=wsgi, wsgierrors=errors
        )
    assert errors.getvalue() == ""
    return answered


@settings(max_examples=examples(250, 10_000), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=ANY)
def test_any_request_gets_an_answer_in_crossbars_shape(
    app: TestClient, asked: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    note(f"{asked!r:.4000}")
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        answered = simulate(app, asked)
    said = [record for record in caplog.records if record.name != "mockcdrs.journal"]
    assert all(record.exc_info is None and record.levelno == logging.WARNING for record in said)
    notes = [record.getMessage() for record in said]
    assert_is_crossbars(asked.method, answered.status_code, {**answered.headers}, answered.content, notes)
