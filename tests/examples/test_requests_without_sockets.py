"""requests asks the app itself, through a transport adapter of a few lines."""

import io
from urllib.parse import unquote, urlsplit

import pytest
import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse


class WsgiAdapter(BaseAdapter):
    """Sends requests to a WSGI app. A break on the wire becomes requests' own `ConnectionError`."""

    def __init__(self, app):
        super().__init__()
        self._app = app

    def send(self, request, **_options):
        url, body, head = urlsplit(request.url), request.body or b"", {}
        body = body.encode() if isinstance(body, str) else body
        environ = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(url.path, "latin-1"),
            "RAW_URI": f"{url.path}?{url.query}",
            "QUERY_STRING": url.query,
            "SERVER_NAME": url.hostname,
            "SERVER_PORT": str(url.port or 80),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "wsgi.url_scheme": url.scheme,
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()},
        }
        try:
            parts = self._app(environ, lambda status, headers, _error=None: head.update(status=status, headers=headers))
            raw = io.BytesIO(b"".join(parts))
        except ConnectionError as error:
            raise requests.ConnectionError(error, request=request) from error
        status, headers = int(head["status"][:3]), head["headers"]
        answer = HTTPResponse(raw, headers, status, preload_content=False)
        return requests.adapters.HTTPAdapter().build_response(request, answer)

    def close(self):
        pass


@pytest.fixture
def session(mockcdrs):
    session = requests.Session()
    session.headers["X-Auth-Token"] = mockcdrs.auth_token
    session.mount("http://mock/", WsgiAdapter(mockcdrs.wsgi_app))
    return session


def test_a_listing(mockcdrs, session):
    page = session.get(f"http://mock/v2/accounts/{mockcdrs.account_id}/cdrs", params={"page_size": 5}).json()
    assert len(page["data"]) == 5
    mockcdrs.assert_requested("/cdrs", query={"page_size": 5}, times=1)


def test_an_id_keeps_its_slash(mockcdrs, session):
    mockcdrs.add_cdr({**mockcdrs.add_call().legs[0], "_id": "202601-a/b"})
    url = f"http://mock/v2/accounts/{mockcdrs.account_id}/cdrs/202601-a%2Fb"
    assert session.get(url).json()["data"]["id"] == "202601-a/b"


def test_a_break(mockcdrs, session):
    mockcdrs.fail(cut_after=100)
    with pytest.raises(requests.ConnectionError, match="cut off after 100 bytes"):
        session.get(f"http://mock/v2/accounts/{mockcdrs.account_id}/cdrs")
