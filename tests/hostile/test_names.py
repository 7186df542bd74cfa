"""A stranger's names get into a header or a script only as names."""

import re
from urllib.parse import quote

from falcon.testing import Result, TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from mockcdrs.server.app import create_app
from mockcdrs.server.without_socket import client
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN, calls, state_of
from tests.hostile.asking import HEADER_TEXTS
from tests.profile import many

_EXAMPLES = settings(max_examples=many(200, 5_000))
_PIECES = st.lists(st.sampled_from(["a", "/", "..", "\\", "\r\n", "\0", '"', ";", "é", "\x85", "\u2028", ".csv"]) | st.text())
_NAMES = _PIECES.map("".join).filter(lambda name: name.isprintable() or True)
_APP = client(create_app(state_of(calls(3))), ACCOUNT_TOKEN)
