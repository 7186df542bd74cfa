import pytest

from mockcdrs.crossbar.errors import (
    NO_DATA,
    SYSTEM_ERRORS,
    EmptyResponse,
    Failure,
    ModuleCrash,
    handler_crash,
    merge_reversed,
    module_error,
    reset_between_chunks,
    schema_error,
    system_error,
    validation_error,
)

PAGE = {
    "too_many_requests": (429, "too many requests"),
    "unspecified_fault": (500, "unspecified fault"),
    "not_implemented": (501, "not implemented"),
    "faulty_request": (404, "faulty request"),
    "bad_identifier": (404, "bad identifier"),
    "forbidden": (403, "forbidden"),
    "invalid_credentials": (401, "invalid credentials"),
    "datastore_missing": (503, "data collection missing: database not found"),
    "datastore_missing_view": (503, "datastore missing view"),
    "datastore_conflict": (409, "conflicting documents"),
    "datastore_unreachable": (503, "datastore timeout"),
    "datastore_fault": (503, "datastore fatal error"),
    "parse_error": (400, "failed to parse request body"),
    "invalid_method": (405, "method not allowed"),
    "not_found": (404, "not found"),
    "no_credit": (402, "not enough credit to perform action"),
}


@pytest.mark.parametrize("name", PAGE)
def test_a_system_error_has_its_status_its_name_and_its_words(name: str) -> None:
    failure = system_error(name)
    assert (failure.status, failure.message, failure.data) == (PAGE[name][0], name, {"message": PAGE[name][1]})


def test_the_table_holds_the_server_errors_and_no_others() -> None:
    assert SYSTEM_ERRORS == PAGE


def test_a_detail_replaces_the_words_and_fields_stand_before_them() -> None:
    assert list(system_error("bad_identifier", cause="x").data.items()) == [
        ("cause", "x"),
        ("message", "bad identifier"),
    ]
    assert system_error("faulty_request", "page size must be at least 1").data == {
        "message": "page size must be at least 1"
    }


def test_an_error_in_a_modules_own_words_has_an_empty_object_unless_given() -> None:
    assert module_error(404, "bad identifier").data == {}
    assert module_error(404, "bad identifier", ["garbage"]).data == ["garbage"]
    assert Failure(404, "x").data is NO_DATA


def test_a_broken_rule_names_its_field() -> None:
    failure = validation_error("created_from", "date_range", message="m", cause=1)
    assert (failure.status, failure.message) == (400, "validation error")
    assert failure.data == {"created_from": {"date_range": {"message": "m", "cause": 1}}}


def test_a_rule_of_a_schema_and_one_of_the_code_are_told_apart() -> None:
    assert not schema_error({"data": {"required": {"message": "m"}}}).is_added
    assert validation_error("file", "maxSize", status=413, target=1).status == 413
    assert validation_error("file", "maxSize", status=413, target=1).is_added


def test_the_texts_of_an_error_are_utf_8_where_they_can_be() -> None:
    """`kz_json:from_list/1`, which looks at each value but not into it."""
    assert system_error("bad_identifier", cause="\udce9").data["cause"] == "é"
    assert validation_error("a", "b", message="\udce9").data == {"a": {"b": {"message": "é"}}}
    error = schema_error({"a": {"b": {"message": "\udce9", "value": {"c": "\udce9"}}}})
    assert error.data == {"a": {"b": {"message": "é", "value": {"c": "\udce9"}}}}


def test_merged_objects_have_their_names_from_the_last_to_the_first_and_no_nulls() -> None:
    """`kz_json:merge/2`."""
    merge = merge_reversed({"a": {"b": 1, "é": None, "c": [{"d": 1, "e": None}]}, "b": None, "ab": ""})
    assert repr(merge) == repr({"ab": "", "a": {"c": [{"d": 1, "e": None}], "b": 1}})


def test_a_crash_says_why_to_the_log_alone() -> None:
    crash = ModuleCrash("Unix seconds")
    assert (crash.status, crash.message, crash.data, crash.why) == (500, "init failed", NO_DATA, "Unix seconds")


def test_a_death_is_a_bare_500_without_a_request_id() -> None:
    bare = handler_crash("a PDF")
    assert isinstance(bare, EmptyResponse)
    assert (bare.status, bare.with_request_id, bare.why) == (500, False, "a PDF")


def test_between_chunks_data_is_kept_that_has_a_message() -> None:
    """`api_resource:reset_context_between_chunks/3`."""
    kept = module_error(404, "bad identifier", {"message": "why"})
    assert reset_between_chunks(kept) is kept
    assert reset_between_chunks(module_error(404, "bad identifier", {"cause": "x"})).data == []
    assert reset_between_chunks(system_error("datastore_fault")).data == {"message": "datastore fatal error"}
