"""Answers of the test's own: text, bytes, a file, a function of the request, and patterns of paths."""

import requests

from mockcdrs import Reply


def ask(mock, path, method="GET", **options):
    return requests.request(
        method, mock.url_for(path), headers={"X-Auth-Token": mock.auth_token}, timeout=10, **options
    )


def test_a_greeting_is_fetched(mockcdrs, tmp_path):
    recording = tmp_path / "greeting.mp3"
    recording.write_bytes(b"ID3 ...")
    mockcdrs.respond("/media/*/raw", file=recording)
    mockcdrs.respond("/media/*", text="no such greeting", status=404)
    answer = ask(mockcdrs, "/media/a1b2/raw")
    assert (answer.content, answer.headers["Content-Type"]) == (b"ID3 ...", "audio/mpeg")
    assert ask(mockcdrs, "/media/a1b2").text == "no such greeting"


def test_a_device_is_made(mockcdrs):
    def create(request):
        device = {**request.json()["data"], "id": "d1"}
        return Reply({"data": device, "status": "success"}, status=201)

    mockcdrs.respond("/devices", create, method="PUT")
    answer = ask(mockcdrs, "/devices", "PUT", json={"data": {"name": "Reception"}})
    assert (answer.status_code, answer.json()["data"]) == (201, {"name": "Reception", "id": "d1"})
