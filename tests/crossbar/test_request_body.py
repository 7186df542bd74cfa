from typing import Any

import pytest

from mockcdrs.crossbar.context import ParsedRequest
from mockcdrs.crossbar.errors import EmptyResponse, Failure
from mockcdrs.crossbar.request_body import check_schema, max_body_size, read_body
from mockcdrs.crossbar.versions import KAZOO_MASTER
from tests.crossbar.builders import ask, calls, context_of, data_of, json_of, state_of


def read(body: bytes, content_type: str | None = "application/json", limit: int = 100) -> Any:
    context = context_of(state_of(max_upload_size=limit))
    if content_type is not None:
        context.request = ParsedRequest("POST", "/", headers={"content-type": content_type})
    return read_body(context, body)


def refusal(body: bytes, content_type: str | None = "application/json", limit: int = 100) -> Failure:
    with pytest.raises(Failure) as caught:
        read(body, content_type, limit)
    return caught.value


@pytest.mark.parametrize("kind", [None, "application/json", "Application/JSON; charset=x", "application/x-json"])
def test_a_json_body_is_read_whatever_the_charset(kind: str | None) -> None:
    assert read(b'{"data":{"a":1}}', kind) == {"data": {"a": 1}}


MULTIPART = "multipart/form-data; boundary=cut"


def parts(*parts: bytes, end: bytes = b"\r\n--cut--") -> bytes:
    return b"".join(b"\r\n--cut\r\n" + part for part in parts) + end


def test_a_part_of_a_body_is_read_by_its_type() -> None:
    """`api_util:extract_multipart/3`."""
    field = b'content-disposition: form-data; name="x"\r\n\r\n{"data":{"a":1}}'
    file = b'Content-Disposition: form-data; name="f"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\na,b'
    assert read(parts(field, file), MULTIPART) == {"data": {"a": 1}}
    gap = b'content-type: application/json\r\n\r\n{"data":{"a":\r\n\r\n1}}'
    assert read(parts(gap), MULTIPART) == {"data": {"a": 1}}
    assert read(b"before" + parts(file) + b"behind", 'multipart/mixed; boundary="cut"') == {}
    assert refusal(parts(file, b"\r\n1"), MULTIPART).data["json"]["invalid"]["message"] == "All JSON must be valid"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", parts(b"\r\n{}")),
        (MULTIPART, b""),
        (MULTIPART, b"{}"),
        (MULTIPART, parts(b"a: b\r\n\r\nx", end=b"")),
        (MULTIPART, parts(b"no head")),
        (MULTIPART, b"--cut x\r\n\r\n--cut--"),
        ("", b""),
        ("json", b""),
        ("application/json;", b""),
    ],
)
def test_a_body_in_no_parts_and_a_type_that_is_none_kill(kind: str, body: bytes) -> None:
    with pytest.raises(EmptyResponse) as caught:
        read(body, kind)
    assert caught.value.status == 500


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        (MULTIPART, b"{}", "a multipart body without parts or without an end"),
        (MULTIPART, parts(b"no head"), "a part of a multipart body that has no head"),
        ("json", b"", "a content type that is none: 'json'"),
    ],
)
def test_a_body_that_kills_is_described(kind: str, body: bytes, words: str) -> None:
    with pytest.raises(EmptyResponse) as caught:
        read(body, kind)
    assert caught.value.why == words


def test_a_body_in_base64_is_looked_at_and_let_be() -> None:
    """`api_util:decode_base64/4`."""
    assert read(b"aGVs\nbG8=", "application/base64") == {}
    assert refusal(b"!", "application/base64").data == {
        "file": {"encoding": {"message": "failed to decode base64 data"}}
    }


def test_of_a_name_that_comes_twice_the_first_counts_in_the_data_and_the_last_beside_it() -> None:
    body = b'{"page_size":1,"Page-Size":2,"data":{"a":0},"data":{"a":1,"a":2,"b":[{"c":3,"c":4}]}}'
    assert read(body) == {"page_size": 2, "data": {"a": 1, "b": [{"c": 3}]}}


def test_a_name_that_is_null_at_last_is_not_there() -> None:
    """`kz_json:set_value/3` deletes what is set to null."""
    assert list(refusal(b'{"data":{},"data":null}').data["data"]) == ["required"]
    assert read(b'{"data":null,"data":{}}') == {"data": {}}


def test_the_names_of_an_envelope_are_made_small_byte_by_byte() -> None:
    """`kz_json:normalize_key/1`, which takes the bytes of UTF-8 for Latin-1's capitals."""
    assert read('{"data":{"\u00c9":1},"\u00c9-X":2,"\u00d7":3}'.encode()) == {
        "data": {"\u00c9": 1},
        b"\xe3\x89_x".decode("utf-8", "surrogateescape"): 2,
        b"\xe3\x97".decode("utf-8", "surrogateescape"): 3,
    }


def test_no_body_and_a_body_of_another_kind_are_an_empty_one() -> None:
    assert read(b"") == {}
    assert read(b"garbage", "text/plain") == {}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "truncated_json around 2"),
        (b"\xff", "invalid_json around 1"),
        (b'{"data":{}} x', "invalid_trailing_data around 13"),
        (b'{"data":1e400}', "decoder_exit around 0"),
    ],
)
def test_a_body_that_is_no_json_is_400_in_the_words_of_the_one_who_reads_it(body: bytes, message: str) -> None:
    """`kz_json:unsafe_decode/2`, which only knows what is thrown: all else is a `decoder_exit`."""
    failure = refusal(body)
    assert failure.status == 400
    assert failure.data == {"json": {"invalid": {"message": message, "target": "body"}}}
    with pytest.raises(Failure) as caught:
        read_body(context_of(state_of(version=KAZOO_MASTER)), body)
    assert caught.value.data["json"]["invalid"]["message"] == "decoder_exit around 0"


LATIN_1 = b'{"data":{"a":"\xe9"},"b":"\xe9","c":["\xe9"]}'


def test_latin_1_in_a_body_is_taken_and_made_utf_8_as_far_as_the_version_looks() -> None:
    """`kz_json:set_value/3`: of each envelope's field, in 4.3 where it is a text itself."""
    assert read(LATIN_1) == {"data": {"a": "\udce9"}, "b": "é", "c": ["\udce9"]}
    context = context_of(state_of(version=KAZOO_MASTER))
    assert read_body(context, LATIN_1) == {"data": {"a": "é"}, "b": "é", "c": ["é"]}


@pytest.mark.parametrize("body", [b"[]", b"1", b'"x"', b"null"])
def test_json_that_is_no_object_is_400(body: bytes) -> None:
    """`api_util:normalize_envelope_keys/1` folds objects only, and `try_json/4` catches what it raises."""
    failure = refusal(body)
    assert failure.status == 400
    assert failure.data == {"json": {"invalid": {"message": "All JSON must be valid", "target": "body"}}}


def test_an_envelopes_names_are_in_small_letters_and_its_nulls_are_gone() -> None:
    """`api_util:normalize_envelope_keys/1`, of the envelope alone: `data` stays as it is."""
    envelope = read(b'{"DATA":{"Page-Size":null},"Page-Size":3,"verb":null}')
    assert envelope == {"data": {"Page-Size": None}, "page_size": 3}
    assert refusal(b'{"data":null,"A-b":1}').data["data"]["required"]["value"] == {"a_b": 1}


def test_a_body_nested_beyond_reason_is_400() -> None:
    assert refusal(b'{"data":' + b"[" * 100_000, limit=1_000_000).status == 400


def test_a_body_needs_data_and_data_an_object_or_array() -> None:
    assert refusal(b'{"a":1}').data == {
        "data": {"required": {"message": "Field is required but missing", "value": {"a": 1}}}
    }
    words = "Value did not match type(s): object, array"
    expected = {"data": {"type": {"message": words, "target": "object, array", "value": 1}}}
    assert refusal(b'{"data":1}').data == expected
    assert read(b'{"data":[]}') == {"data": []}


def test_a_body_over_the_limit_is_413_and_one_of_the_limit_is_read() -> None:
    """Cowboy reads 8,000,000 bytes at a time; only where it has more the limit is looked at (`get_request_body/2`)."""
    assert [max_body_size(limit) for limit in (0, 10, 8_000_000)] == [8_000_000] * 3
    assert max_body_size(8_000_001) == max_body_size(16_000_000) == 16_000_000
    body = b'{"data":{}}'
    assert read(body.ljust(8_000_000), limit=10) == {"data": {}}
    failure = refusal(body.ljust(8_000_001), limit=10)
    assert (failure.status, failure.message) == (413, "validation error")
    assert failure.data["file"]["maxSize"]["message"] == "Payload or Files must not be more than 10 bytes"


@pytest.mark.parametrize("body", [b'{"data":{}}', b"%"])
def test_a_form_of_one_bare_name_is_json_in_disguise(body: bytes) -> None:
    kind = "application/x-www-form-urlencoded"
    if body == b"%":
        assert refusal(body, kind).status == 400
    else:
        assert read(body, kind) == {"data": {}}


def test_a_forms_fields_are_an_envelope_whose_data_is_no_object() -> None:
    """Those of an empty one too, which is no envelope (`api_util:handle_url_encoded_body/5`)."""
    assert list(refusal(b"", "application/x-www-form-urlencoded").data["data"]) == ["required"]
    assert list(refusal(b"a=1&b=2", "application/x-www-form-urlencoded").data["data"]) == ["required"]
    assert list(refusal(b"data=1&b=2", "application/x-www-form-urlencoded").data["data"]) == ["type"]
    value = refusal(b"b=1&a=2&b=3&c=%E9", "application/x-www-form-urlencoded").data["data"]["required"]["value"]
    assert [*value.items()] == [("b", "1"), ("a", "2"), ("c", "é")]
    assert list(refusal(b"a&a", "application/x-www-form-urlencoded").data["data"]) == ["required"]


@pytest.mark.parametrize("kind", ["nonsense", "a/", "/b", "a/b c", "a/b;", "a/b; c", "a/b, c/d", 'a/b; c="'])
def test_a_content_type_that_cannot_be_read_kills_body_or_none(kind: str) -> None:
    """`api_util:get_content_type/1` asks `cow_http_hd:parse_content_type/1`, before any body is read."""
    for body in (b"", b'{"data":{}}', b"x" * 101):
        with pytest.raises(EmptyResponse) as caught:
            read(body, kind)
        assert caught.value.status == 500


@pytest.mark.parametrize("kind", ["a/b", " a/b\t; c=d ;e=", 'text/plain; charset="utf-8"', "a/b;c=d;e=f"])
def test_a_body_of_another_kind_says_nothing(kind: str) -> None:
    assert read(b'{"data":{"a":1}}', kind) == {}


SCHEMA: dict[str, Any] = {
    "properties": {
        "name": {"minLength": 2, "maxLength": 4, "pattern": "^[a-z]+$"},
        "method": {"enum": ["md5", "sha"]},
        "credentials": {"required": True},
    }
}


def broken(data: Any, schema: dict[str, Any] = SCHEMA) -> Any:
    with pytest.raises(Failure) as refused:
        check_schema(data, schema)
    assert (refused.value.status, refused.value.message) == (400, "validation error")
    return refused.value.data


@pytest.mark.parametrize("data", [{"credentials": "x"}, {"credentials": "", "name": "abc", "method": "sha", "x": 1}])
def test_what_keeps_the_rules_passes(data: Any) -> None:
    check_schema(data, SCHEMA)


def test_a_missing_field_is_named() -> None:
    assert broken({}) == {
        "credentials": {"required": {"message": "Field is required but missing", "value": "credentials"}}
    }


@pytest.mark.parametrize(
    ("name", "rules"), [("a", ["minLength"]), ("abcde", ["maxLength"]), ("A", ["minLength", "pattern"])]
)
def test_every_broken_rule_of_a_text_is_named_with_what_came(name: str, rules: list[str]) -> None:
    broken_rules = broken({"credentials": "x", "name": name})["name"]
    assert list(broken_rules) == rules
    assert all(each["value"] == name for each in broken_rules.values())


@pytest.mark.parametrize(
    ("field", "value", "rule", "error"),
    [
        ("name", "a", "minLength", {"message": "String must be at least 2 characters", "target": 2, "cause": "a"}),
        (
            "name",
            "abcde",
            "maxLength",
            {"message": "String must not be more than 4 characters", "target": 4, "cause": "abcde"},
        ),
        ("name", "A1", "pattern", {"message": "Failed to match pattern '^[a-z]+$'", "target": "^[a-z]+$"}),
        ("method", "x", "enum", {"message": "Value not found in enumerated list of values", "target": ["md5", "sha"]}),
    ],
)
def test_a_broken_rule_is_told_in_kazoos_words(field: str, value: str, rule: str, error: dict[str, Any]) -> None:
    assert broken({"credentials": "x", field: value}) == {field: {rule: {**error, "value": value}}}


def test_every_broken_field_is_named_in_the_schemas_order() -> None:
    assert list(broken({"method": "x", "name": "a"})) == ["name", "method", "credentials"]


@pytest.mark.parametrize("value", [5, None, ["x"], {"a": 1}])
def test_a_field_that_is_no_text_is_of_the_wrong_type(value: Any) -> None:
    wrong = {"message": "Value did not match type(s): string", "target": "string", "value": value}
    assert broken({"credentials": value}) == {"credentials": {"type": wrong}}


def test_data_that_is_no_object_breaks_a_rule_of_no_field() -> None:
    wrong = {"message": "Value did not match type(s): object", "target": "object", "value": []}
    assert broken([]) == {"": {"type": wrong}}


def test_spare_fields_are_refused_where_the_schema_is_strict() -> None:
    strict = {**SCHEMA, "additionalProperties": False}
    data = {"credentials": "x", "y": 1, "z": 2}
    words = "Strict checking of data is enabled; only include schema-defined properties"
    spare = {"additionalProperties": {"message": words, "value": data}}
    assert broken(data, strict) == {"y": spare, "z": spare}


def test_a_form_of_any_bytes_is_read_and_a_length_that_is_announced_counts() -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    refused = json_of(ask(state_of(), headers=form, body=b"a=\xff"))
    assert refused["data"]["data"]["required"]["value"] == {"a": "\xff"}
    assert ask(state_of(), headers={"content-length": "8000000"}).status == 200
    assert ask(state_of(), headers={"content-length": "8000001"}).status == 413


def test_a_part_may_have_a_type_with_parameters() -> None:
    part = b'--x\r\nContent-Type: application/json; charset=utf-8\r\n\r\n{"data":{},"page_size":1}\r\n--x--'
    response = ask(state_of(calls(3)), headers={"content-type": "multipart/mixed; boundary=x"}, body=part)
    assert len(data_of(response)) == 1


def test_bytes_that_are_no_utf_8_stay_in_the_name_of_an_envelopes_field() -> None:
    assert read(b'{"data":{},"A\xff":1}') == {"data": {}, "a\udcff": 1}


def test_the_limit_that_a_body_is_over_is_the_target_of_the_refusal() -> None:
    state = state_of(max_upload_size=10)
    refused = ask(state, headers={"content-length": "8000001"})
    words = "Payload or Files must not be more than 10 bytes"
    assert data_of(refused) == {"file": {"maxSize": {"target": 10, "message": words}}}


def test_only_white_space_is_no_part_of_base64() -> None:
    assert read(b"XX\r\n XX\t", "application/base64") == {}
    assert read(b"abcX", "application/base64") == {}


def test_the_type_of_a_part_ends_at_its_semicolon_whatever_follows() -> None:
    typed = b'content-type: application/json; profile="urn:x"\r\n\r\n{"data":{"a":1}}'
    assert read(parts(typed), MULTIPART) == {"data": {"a": 1}}
    other = b'content-type: text/csv; profile="urn:x"\r\n\r\n{"data":{"a":1}}'
    assert read(parts(other), MULTIPART) == {}
