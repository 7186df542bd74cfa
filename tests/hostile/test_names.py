"""A stranger's names get into a header or a script as names, and as nothing else."""

import json
import re

from falcon.testing import Result
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mockcdrs.server.app import create_app, make_client
from tests.crossbar.builders import ACCOUNT, ACCOUNT_TOKEN, calls, state_of
from tests.hostile.asking import HEADER_TEXTS, escaped
from tests.profile import examples

_EXAMPLES = settings(max_examples=examples(200, 5_000))
_PIECES = ["a", "/", "..", "\\", "\r\n", "\0", '"', ";", "é", "\x85", "\u2028", ".csv", "X-Evil: 1"]
_NAMES = st.lists(st.sampled_from(_PIECES) | st.text(max_size=3), max_size=6).map("".join)
_BYTES = st.binary(max_size=8) | _NAMES.map(lambda name: name.encode("utf-8", "surrogatepass"))
_FUNCTION = re.compile(r"[A-Za-z_$][A-Za-z_$0-9]*(\.[A-Za-z_$][A-Za-z_$0-9]*)*")
_APP = make_client(create_app(state_of(calls(3))), ACCOUNT_TOKEN)
_USUAL = {"content-disposition", "content-language", "content-length", "content-type", "date", "expires", "vary"}


def _asked(query: str, **headers: str) -> Result:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return _APP.simulate_get(f"/v2/accounts/{ACCOUNT}/cdrs", query_string=query, headers=sent)


def _file_name(response: Result) -> str:
    assert set(response.headers) - {"etag"} == _USUAL | {"x-request-id"}
    disposition = response.headers["content-disposition"]
    name: str = disposition.removeprefix('attachment; filename="').removesuffix('"')
    assert disposition == f'attachment; filename="{name}"'
    return name


def _assert_is_no_more_than_a_name(name: str) -> None:
    assert "/" not in name
    assert name.encode("latin-1").decode("utf-8").isprintable()


@_EXAMPLES
@given(name=_BYTES)
def test_a_file_name_of_the_query_cannot_leave_its_place(name: bytes) -> None:
    _assert_is_no_more_than_a_name(_file_name(_asked(f"accept=csv&file_name={escaped(name)}")))


@_EXAMPLES
@given(name=HEADER_TEXTS)
def test_nor_can_one_of_a_header(name: str) -> None:
    _assert_is_no_more_than_a_name(_file_name(_asked("", Accept="text/csv", X_File_Name=name)))


@_EXAMPLES
@given(name=st.text(st.characters(codec="ascii", exclude_characters="/"), min_size=1).filter(str.isprintable))
@example('a"b')
@example("..")
def test_a_usual_name_comes_as_it_is_and_without_its_path(name: str) -> None:
    for sent in (name, f"/etc/{name}", f"../{name}/"):
        assert _file_name(_asked(f"accept=csv&file_name={escaped(sent)}")) == name


@_EXAMPLES
@given(
    name=st.from_regex(_FUNCTION, fullmatch=True) | _NAMES | st.sampled_from(["alert(1)//", "a.b", "a\n", "a b", ".a"])
)
def test_a_function_to_call_is_only_ever_a_name(name: str) -> None:
    body = _asked(f"is_chunked=false&jsonp={escaped(name)}").text
    wrapped = re.fullmatch(r"(.*?)\((\{.*\})\);", body, re.DOTALL)
    assert (wrapped is not None) == bool(_FUNCTION.fullmatch(name))
    assert wrapped is None or wrapped[1] == name
    assert json.loads(body if wrapped is None else wrapped[2])["status"] == "success"
