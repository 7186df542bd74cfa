"""A client that does not poll: Kazoo posts an event to it when a call ends."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest


@pytest.fixture
def crm():
    """The part of a CRM that Kazoo's webhooks are posted to: it notes the seconds of each call."""
    seconds = {}

    class Calls(BaseHTTPRequestHandler):
        def do_POST(self):
            event = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            seconds[event["call_id"][0]] = int(event["billing_seconds"][0])
            self.send_response(200)  # any other status is a failure, which Kazoo does not try again
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Calls) as server:
        server.url, server.seconds = f"http://127.0.0.1:{server.server_port}/calls", seconds
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_calls_get_into_the_crm_as_they_end(mockcdrs, crm):
    mockcdrs.clear()
    mockcdrs.add_webhook(crm.url)
    call = mockcdrs.add_call(seconds=75)
    mockcdrs.wait_for_webhooks(len(call.legs))
    assert crm.seconds == {leg["call_id"]: 75 for leg in call.legs}


def test_a_call_that_is_still_going_on_is_posted_when_the_clock_comes_to_its_end(mockcdrs, crm):
    mockcdrs.clear()
    mockcdrs.add_webhook(crm.url)
    call = mockcdrs.add_call(at=mockcdrs.clock.now() + 600)
    assert mockcdrs.wait_for_webhooks(0) == []
    mockcdrs.clock.advance(minutes=10)
    mockcdrs.wait_for_webhooks(len(call.legs))
    assert len(crm.seconds) == len(call.legs)
