"""What a test adds, with a mock in this process and one elsewhere."""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from mockcdrs.arguments import ArgumentError
from mockcdrs.control.account_interface import AccountInterface
from mockcdrs.control.additions import (
    AccountBuilder,
    Device,
    Interaction,
    NotACdr,
    User,
    check_cdr_id,
    check_document,
    known_account,
    read_call,
    spread_ends,
)
from mockcdrs.control.backend import MockBackend
from mockcdrs.control.state import State
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.call_builder import CallRate, UnknownScenario
from mockcdrs.dataset.fixtures import load_edge_cases
from mockcdrs.dataset.store import LoadedStore
from mockcdrs.expected.query import UnsupportedQuery
from mockcdrs.mock import Mock
from mockcdrs.remote_mock import RemoteMock

if TYPE_CHECKING:
    from collections.abc import Callable

Either = Mock | RemoteMock
RANGE: dict[str, Any] = {"created_from": 63_933_000_000, "created_to": 63_936_129_600}


def ask(account: AccountInterface, path: str, token: str) -> httpx.Response:
    return httpx.get(account.url_for(path), headers={"X-Auth-Token": token}, timeout=10)


def ids(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [row["id"] for row in response.json()["data"]]


def test_an_account_is_below_its_parent_and_opened_by_its_own_token_and_those_above(mock: Either) -> None:
    reseller = mock.add_account("Acme", is_reseller=True)
    branch = mock.add_account("Branch", parent=reseller.account_id)
    assert branch.account_id in ids(ask(reseller, "/children", reseller.auth_token))
    call = branch.add_call(seconds=75)
    expected = list(branch.expected().ids)
    assert sorted(expected) == sorted(leg["_id"] for leg in call.legs)
    for token in (branch.auth_token, reseller.auth_token, mock.auth_token):
        assert ids(ask(branch, "/cdrs", token)) == expected
    assert ask(reseller, "/cdrs", branch.auth_token).status_code == 403
    assert call.cdr_id not in mock.expected().ids


def test_a_call_of_an_account_names_it_and_its_reseller(mock: Either) -> None:
    reseller = mock.add_account("Acme", is_reseller=True)
    branch = mock.add_account("Branch", parent=reseller.account_id)
    for leg in branch.add_call().legs:
        variables = leg["custom_channel_vars"]
        assert leg["pvt_account_id"] == variables["account_id"] == branch.account_id
        assert variables["account_name"] == "Branch"
        assert variables["reseller_id"] == reseller.account_id
        assert "owner_id" not in variables  # an account without users has calls of nobody


def test_a_user_owns_calls_and_logs_in(mock: Either) -> None:
    branch = mock.add_account("Branch")
    ann = branch.add_user("Ann Lee", username="ann", email="ann@example.com", extension="7001")
    phone = branch.add_device("Ann's phone", owner=ann, device_type="softphone")
    number = branch.add_number("+14155550123")
    call = branch.add_call(owner=ann, device=phone)
    assert ids(ask(branch, f"/users/{ann.id}/cdrs", branch.auth_token)) == [call.legs[1]["_id"]]
    assert call.legs[1]["callee_id_name"] == "Ann Lee"
    assert call.legs[1]["callee_id_number"] == "7001"
    assert call.legs[1]["custom_channel_vars"]["authorizing_id"] == phone.id
    login = {"credentials": hashlib.md5(b"ann:mockcdrs").hexdigest(), "phone_number": number}
    response = httpx.put(f"{mock.url}/user_auth", json={"data": login}, timeout=10)
    assert response.json()["data"]["owner_id"] == ann.id
    assert branch.user_id == branch.credentials.user_id == ann.id
    assert ids(ask(branch, "/devices", branch.auth_token)) == [phone.id]


def test_what_is_left_out_is_drawn_and_another_one_each_time(mock: Either) -> None:
    branch = mock.add_account()
    first, second = branch.add_user(), branch.add_user()
    assert first.id != second.id
    assert (first.document["priv_level"], second.document["priv_level"]) == ("admin", "user")
    assert " " in first.name
    assert branch.add_device().id != branch.add_device().id
    assert branch.add_number().startswith("+1")
    assert branch.add_user("Cher").document["first_name"] == "Cher"
    mixed = branch.add_user("Bo", fields={"caller_id": {"external": {"number": "+14155550100"}}})
    assert set(mixed.document["caller_id"]) == {"internal", "external"}


def test_what_is_drawn_is_of_the_seed() -> None:
    def draw(seed: int) -> list[str]:
        with Mock(seed=seed) as mock:
            branch = mock.add_account()
            user, device = branch.add_user(), branch.add_device()
            register_name = device.document["sip"]["username"]
            name = mock.state.data.accounts[branch.account_id].name
            ids = [branch.account_id, branch.auth_token, user.id, user.name, device.id]
            return [*ids, register_name, branch.add_number(), name, branch.add_call().legs[0]["caller_id_number"]]

    first, second = draw(1), draw(2)
    # the same from one release to the next: a test may know them
    assert first == [
        *("798a420ad067ae80d4a4e138f035d52f", "19794a90bce9666e4d18d89a43f4c6d9", "8903a48beb45fe4bc3101d870a208f59"),
        *("Curtis Fitzpatrick", "408f78564f18866cbd7a5275078f3e55", "user_52c3ea", "+12125550137"),
        *("Williams, Kim and Rowe", "+14155550148"),
    ]
    assert all(each != other for each, other in zip(first, second, strict=True))


def test_documents_have_what_was_given_and_what_goes_with_it() -> None:
    with Mock(now="2026-01-20T12:00:00Z") as mock:
        branch = mock.add_account("Branch")
        first, second = branch.add_user("Ann Mary Lee"), branch.add_user()
        device, lone = branch.add_device("Desk", owner=first, device_type="softphone"), branch.add_device()
        assert branch.add_number("+14155550123") == "+14155550123"
        account = mock.state.data.accounts[branch.account_id]
    assert account.realm == f"{branch.account_id[:6]}.sip.example.com"
    assert account.document == {
        "language": "en-us",
        "timezone": "America/New_York",
        "enabled": True,
        "pvt_created": 63_936_129_600,
    }
    login = str(first.document["username"])
    assert first.document == {
        "id": first.id,
        "first_name": "Ann Mary",
        "last_name": "Lee",
        "username": login,
        "email": f"{login.partition('@')[0]}@example.com",
        "priv_level": "admin",
        "presence_id": "2001",
        "timezone": "America/New_York",
        "enabled": True,
        "caller_id": {"internal": {"name": "Ann Mary Lee", "number": "2001"}},
        "vm_to_email_enabled": True,
    }
    assert login.endswith(f"@{account.realm}")
    assert len(second.name.split(" ")) == 2
    assert (second.document["presence_id"], second.document["priv_level"]) == ("2002", "user")
    register_name = device.document["sip"]["username"]
    assert device.document == {
        "id": device.id,
        "name": "Desk",
        "device_type": "softphone",
        "owner_id": first.id,
        "sip": {"username": register_name, "method": "password"},
        "enabled": True,
    }
    assert device.name == "Desk"
    assert "owner_id" not in lone.document
    assert (lone.document["name"], lone.document["device_type"]) == (lone.name, "sip_device")


def test_what_is_left_out_is_of_the_mocks_locale() -> None:
    with Mock(locale="de_DE") as mock:
        branch = mock.add_account()
        user, account = branch.add_user("Cher"), mock.state.data.accounts[branch.account_id]
        assert branch.add_number().startswith("+49")
        assert (account.document["language"], account.document["timezone"]) == ("de-de", "Europe/Berlin")
        assert (user.document["first_name"], user.document["last_name"]) == ("Cher", "")
        assert branch.add_user().name == "Rafael Schwital"
        call = mock.add_account().add_call(scenario="outbound_local")
        assert all(leg["callee_id_number"].startswith("+49") for leg in call.legs)


def test_users_without_a_username_take_none_from_others() -> None:
    account = Account("a", users=({"id": "x"},))
    assert AccountBuilder(1, "en_US", 1, 0).user(account, username="None").document["username"] == "None"


def test_calls_of_an_account_are_its_users(mock: Either) -> None:
    branch = mock.add_account()
    users = [branch.add_user() for _ in range(3)]
    owners = {
        leg["custom_channel_vars"].get("owner_id")
        for _ in range(9)
        for leg in branch.add_call(scenario="ring_group").legs
    }
    assert owners == {None, *(user.id for user in users)}


def test_a_user_can_be_added_to_the_mocks_own_account(mock: Either) -> None:
    ann = mock.add_user("Ann Lee")
    assert ann.id in ids(ask(mock, "/users?paginate=false", mock.auth_token))
    mock.add_call(owner=ann)
    assert mock.expected(f"/users/{ann.id}/cdrs").count == 1


def test_a_reset_takes_all_of_it_away(mock: Either) -> None:
    branch = mock.add_account()
    token, user_id = branch.auth_token, mock.user_id
    added = mock.add_user()
    mock.reset()
    assert ask(mock, "/cdrs", token).status_code == 401
    assert added.id not in ids(ask(mock, "/users?paginate=false", mock.auth_token))
    assert mock.user_id == user_id
    assert mock.add_account().account_id == branch.account_id  # the first one again
    with pytest.raises(ArgumentError, match="account_id: came 'nosuch', expected one of "):
        mock.account("nosuch")


def test_an_account_is_found_by_its_id(mock: Either) -> None:
    branch = mock.add_account("Branch")
    branch.add_call()
    same = mock.account(branch.account_id)
    assert same.expected() == branch.expected()
    assert str(same) == same.url == mock.url
    same.clear()
    assert branch.expected().count == 0
    whole = same.add_cdr({"call_id": "a@b", "call_direction": "inbound", "custom_channel_vars": {}})
    assert branch.expected().ids == (whole["_id"],)
    same.remove(whole["_id"])
    assert branch.expected().count == 0


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("add_account", {"parent": "nosuch"}, r"parent: came 'nosuch', expected one of \w+ \("),
    ("add_account", {"parent": 7}, "parent: came 7, expected the id of an account, text$"),
    ("add_account", {"is_reseller": 1}, "is_reseller: came 1, expected True or False"),
    ("add_account", {"title": "x"}, "title: `add_account` has no such argument, expected some of name, parent, is_re"),
    ("add_user", {"name": 7}, "name: came 7, expected text; write it as text: '7'"),
    ("add_user", {"fields": "x"}, "fields: came 'x', expected values by name"),
    ("add_device", {"device_type": "sipdevice"}, "expected one of .*; did you mean sip_device"),
    ("add_number", {"number": 14155550100}, "number: came 14155550100, expected text; write it as text"),
    (
        "add_call",
        {"colour": "red"},
        "colour: a call has no such argument, expected some of ",
    ),
    (
        "add_call",
        {"direction": "inbuond"},
        "direction: came 'inbuond', expected one of .*; did you mean inbound",
    ),
    (
        "add_call",
        {"direction": "inbound", "scenario": "menu"},
        "direction: came 'inbound' beside scenario='menu'",
    ),
    ("add_call", {"billing": "free"}, "billing: came 'free', expected one of per_minute, allotment, flat"),
    ("add_call", {"rate": -1}, "rate: came -1, expected dollars a minute from 0 to 1000000, or some of per_minute, "),
    ("add_call", {"rate": 1e308}, "rate: came 1e.308, expected dollars a minute from 0 to 1000000"),
    ("add_call", {"rate": {"surcharge": 1e308}}, "surcharge: came 1e.308, expected dollars from 0 to 1000000"),
    (
        "add_call",
        {"rate": {"perminute": 1}},
        "perminute: a rate has no such argument.*; did you mean per_minute",
    ),
    ("add_call", {"rate": {"increment": 0}}, "increment: came 0, expected whole seconds from 1 to 86400"),
    ("add_call", {"tags": {"a": 1}}, "tags: came .*, expected texts by name"),
    ("add_call", {"recording": "yes"}, "recording: came 'yes', expected True or False"),
    ("add_call", {"ringing": 4000}, "ringing: came 4000, expected whole seconds from 0 to 3600"),
    (
        "add_call",
        {"scenario": "inbound_missed", "seconds": 5},
        "seconds: came 5, and nobody answers in .* inbound_missed",
    ),
]


@pytest.mark.parametrize(("method", "given", "message"), WRONG)
def test_wrong_arguments_are_refused(mock: Either, method: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message) as caught:
        getattr(mock, method)(**given)
    if isinstance(mock, Mock):
        named = re.match(r"\w+(?=: )", message)
        assert caught.value.name == (named[0] if named else next(iter(given)))


def test_an_account_itself_is_no_id_and_the_message_says_which_is(mock: Either) -> None:
    branch: Any = mock.add_account()
    refused: tuple[Callable[[], object], ...] = (
        lambda: mock.add_account(parent=branch),
        lambda: mock.account(branch),
    )
    for call in refused:
        with pytest.raises(ArgumentError, match=f"give its id: '{branch.account_id}'"):
            call()


TEXT_OF_MONTH = "expected text that starts with the month, as in 202601-a@host; or leave it out"
UNCARRIED = "document: came what no answer could carry ("


@pytest.mark.parametrize(
    ("document", "name", "words"),
    [
        ("x", None, "document: came 'x', expected a CDR's document: an object"),
        *(
            ({"_id": value}, "_id", f"_id: came {value!r}, {TEXT_OF_MONTH}")
            for value in (7, "a@host", "202613-a", "202601-")
        ),
        (
            {"timestamp": 1_768_910_400},
            "timestamp",
            "timestamp: came 1768910400, expected Gregorian seconds; this looks like Unix seconds; ",
        ),
        (
            {"pvt_created": "2026-01-20T12:00:00Z"},
            "pvt_created",
            "pvt_created: came '2026-01-20T12:00:00Z', expected Gregorian seconds; in Gregorian seconds that is ",
        ),
        ({"interaction_time": 1_768_910_400}, "interaction_time", "interaction_time: came 1768910400, expected"),
        ({"pvt_modified": 1_768_910_400}, "pvt_modified", "pvt_modified: came 1768910400, expected"),
        (
            {"a": [{"b": {1: 2}}]},
            "document",
            "document: came {'a': [{'b': {1: 2}}]}, expected text for each key, as JSON has it",
        ),
        ({"to": ...}, "document", f"{UNCARRIED}Object of type ellipsis is not JSON serializable), expected JSON in"),
        ({"to": "\ud800"}, "document", f"{UNCARRIED}'utf-8' codec can't encode character"),
        ({"cost": float("nan")}, "document", f"{UNCARRIED}Out of range float values are not JSON compliant"),
    ],
    ids=str,
)
def test_what_no_database_could_hold_is_refused_by_name(document: Any, name: str | None, words: str) -> None:
    with pytest.raises(NotACdr) as caught:
        check_document(document)
    assert (caught.value.name, str(caught.value)[: len(words)]) == (name, words)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        ({"fields": {"to": ...}}, "fields"),
        ({"fields": {"timestamp": 1_768_910_400}}, "timestamp"),
        ({"tags": {1: "x"}}, "tags"),
        ({"at": "soon"}, "at"),
    ],
    ids=str,
)
def test_a_call_that_no_database_could_hold_is_refused_by_name(call: dict[str, Any], name: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        read_call(call)
    assert caught.value.name == name


def test_a_call_is_read_with_ids_for_users_and_devices_and_without_its_end() -> None:
    assert read_call({"at": 63_936_129_600, "owner": User("u", "Ann", {}), "seconds": 5}) == {
        "owner": "u",
        "seconds": 5,
    }
    assert read_call({"device": Device("d", "Desk", {})}) == {"device": "d"}


@pytest.mark.parametrize(
    ("cdr_id", "hint"),
    [
        (7, ""),
        ("", ""),
        ({"to": "x"}, ""),
        ({"_id": "202601-a"}, "; give its id alone: '202601-a'"),
        (Interaction("i", ({"_id": "202601-a"}, {"_id": "202601-b"})), "; give the id of one of its legs: '202601-a'"),
    ],
    ids=str,
)
def test_what_is_no_id_of_a_cdr_is_refused_and_the_message_says_which_is(cdr_id: object, hint: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        check_cdr_id(cdr_id)
    words = f"cdr_id: came {cdr_id!r}, expected the id of a CDR, text{hint}"
    assert (str(caught.value), caught.value.name) == (words, "cdr_id")


def test_what_a_database_can_hold_is_taken() -> None:
    check_document({"_id": "202612-a\nb", "timestamp": "soon", "pvt_created": 7, "to": "caf\u00e9", "a": [{"b": ()}]})


@pytest.mark.parametrize(
    ("count", "last", "seconds", "ends"),
    [(1, 100, 60, [100]), (3, 100, 60, [60, 80, 100]), (4, 100, 10, [93, 95, 98, 100])],
)
def test_ends_are_spread_evenly_up_to_the_last(count: int, last: int, seconds: float, ends: list[int]) -> None:
    assert spread_ends(last, count, timedelta(seconds=seconds)) == ends


def test_a_username_is_taken_once(mock: Either) -> None:
    mock.add_user(username="ann")
    with pytest.raises(ArgumentError, match="username: came 'Ann', which another user of the account has") as caught:
        mock.add_user(username="Ann")
    assert caught.value.name == ("username" if isinstance(mock, Mock) else None)


def test_an_account_has_urls_below_it_and_edge_cases_of_its_own(mock: Either) -> None:
    branch = mock.add_account()
    for path in ("/X", "X", "//X"):
        assert branch.url_for(path) == f"{branch.url}/accounts/{branch.account_id}/X"
    name, documents = next(iter(load_edge_cases().items()))
    assert [each["pvt_account_id"] for each in branch.edge(name)] == [branch.account_id] * len(documents)
    with pytest.raises(KeyError) as unknown:
        branch.edge("nosuch")
    assert unknown.value.args == (f"'nosuch' is no edge case: expected one of {', '.join(load_edge_cases())}",)
    with pytest.raises(KeyError, match=f"; did you mean {name}"):
        branch.edge(name[:-1])
    wrong: Any = 7
    with pytest.raises(ArgumentError, match=r"^name: came 7, expected text; ") as caught:
        branch.edge(wrong)
    assert caught.value.name == "name"
    with pytest.raises(
        ArgumentError, match=r"^path: came 7, expected a path below the account, as in '/cdrs'$"
    ) as caught:
        branch.url_for(wrong)
    assert caught.value.name == "path"


def test_an_unknown_account_is_refused_with_those_that_there_are() -> None:
    accounts = {name: Account(name, name=name.upper()) for name in ("one", "two")}
    with pytest.raises(ArgumentError, match=r"^parent: came 'x', expected one of one \(ONE\), two \(TWO\)$") as caught:
        known_account(accounts, "x", "parent")
    assert caught.value.name == "parent"
    with pytest.raises(ArgumentError, match=r"^account_id: came 7, expected the id of an account, text"):
        known_account(accounts, 7)  # type: ignore[arg-type]
    assert known_account(accounts, "two").name == "TWO"


def test_a_call_has_the_id_of_its_first_leg(mock: Either) -> None:
    call = mock.add_call(direction="internal")
    assert len(call.legs) == 2
    assert call.cdr_id == call.legs[0]["_id"]


def test_a_raw_cdr_gets_the_fields_that_kazoo_writes_as_far_as_it_has_none() -> None:
    with Mock(now="2026-01-20T12:00:00Z") as mock:
        end = mock.clock.now()
        written = {
            "_rev": "1-0",
            "timestamp": end,
            "pvt_type": "cdr",
            "pvt_created": end,
            "pvt_modified": end,
            "pvt_account_id": mock.account_id,
        }
        assert mock.add_cdr({"call_id": "a@b"}) == {**written, "_id": "202601-a@b", "call_id": "a@b"}
        assert mock.add_cdr({}) == {**written, "_id": "202601-added-1"}
        assert mock.add_cdr({"timestamp": True}) == {**written, "_id": "202601-added-2", "timestamp": True}
        earlier = {"timestamp": end - 86_400 * 20, "pvt_type": "x", "_rev": "2-0"}
        times = dict.fromkeys(("pvt_created", "pvt_modified"), earlier["timestamp"])
        assert mock.add_cdr(earlier) == {**written, **times, **earlier, "_id": "202512-added-3"}
        assert mock.add_cdr({"timestamp": 10**30})["_id"] == "202601-added-4"  # no calendar has a month for it


def test_a_call_ends_days_after_the_calendar_begins(mock: Either) -> None:
    first = 31_622_400 + 2 * 86_400
    assert max(leg["timestamp"] for leg in mock.add_call(at=first).legs) == first
    words = f"^at: came {first - 1}, expected a moment days after the calendar begins, with the year 1$"
    with pytest.raises(ArgumentError, match=words) as caught:
        mock.add_call(at=first - 1)
    assert caught.value.name == ("at" if isinstance(mock, Mock) else None)


def test_of_a_user_that_there_is_not_nothing_is_expected() -> None:
    with Mock() as mock:
        branch = mock.add_account()
        with pytest.raises(UnsupportedQuery) as caught:
            branch.expected("/users/x/cdrs")
        words = "path: came '/users/x/cdrs', expected {}; any other is a 404"
        assert str(caught.value) == words.format("no user: the account has none")
        users = [branch.add_user().id for _ in range(2)]
        with pytest.raises(UnsupportedQuery) as caught:
            branch.expected("/users/x/cdrs")
        assert str(caught.value) == words.format(f"one of the account's users: {', '.join(users)}")
        assert caught.value.name == "path"


def test_a_cdr_that_there_is_not_cannot_be_removed() -> None:
    with Mock() as mock, pytest.raises(KeyError) as caught:
        mock.remove("202601-x")
    words = f"202601-x: account {mock.account_id} has no such CDR, so it cannot be removed"
    assert caught.value.args == (words,)


def test_the_data_says_that_it_was_changed(mock: Either) -> None:
    mock.add_account()
    if isinstance(mock, Mock):
        assert mock.state.data.origin.changed


def test_the_handle_of_an_account_that_a_reset_took_away_says_so() -> None:
    with Mock() as mock:
        branch = mock.add_account()
        mock.reset()
        with pytest.raises(LookupError, match="no account of the mock's any more: a reset takes added ones away"):
            branch.add_call()


def test_a_backend_alone_has_no_url() -> None:
    backend = MockBackend(State(LoadedStore([Account("a")], {})), "a")
    with pytest.raises(RuntimeError, match=r"^came a backend without a server, expected a Mock: only that has a URL$"):
        _ = backend.url


def test_seconds_are_billed_and_ringing_is_not(mock: Either) -> None:
    for leg in mock.add_call(seconds=75, ringing=12).legs:
        assert (leg["billing_seconds"], leg["ringing_seconds"], leg["duration_seconds"]) == (75, 12, 87)


def test_a_rate_makes_the_costs_of_account_and_reseller(mock: Either) -> None:
    rate: CallRate = {"per_minute": 0.02, "increment": 6, "minimum": 30, "surcharge": 0.1, "name": "US"}
    mock.clear()
    mock.add_call(direction="outbound", seconds=61, rate=rate)
    # surcharge 1000, minimum of 30 s at 200 units a minute, then 31 s counted as 36
    assert mock.expected().cost == 1_000 + 100 + 120
    mock.clear()
    mock.add_call(direction="outbound", seconds=61, rate=0.02, billing="flat")
    assert mock.expected().cost == 0


def test_many_calls_are_spread_over_a_stretch_of_time(mock: Either) -> None:
    mock.clear()
    at = datetime(2026, 1, 20, tzinfo=UTC)
    calls = mock.add_calls(50, over=timedelta(days=3), at=at, direction="internal", seconds=60)
    assert len({call.id for call in calls}) == 50
    ends = [max(leg["timestamp"] for leg in call.legs) for call in calls]
    assert ends[-1] == 62_167_219_200 + int(at.timestamp())
    assert {later - earlier for earlier, later in pairwise(ends)} == {3 * 86_400 // 50}
    expected = mock.expected(**RANGE)
    assert (expected.count, expected.seconds) == (100, 100 * 60)


def test_the_same_series_is_the_same_calls() -> None:
    def ids() -> list[str]:
        with Mock() as mock:
            return [call.id for call in mock.add_calls(5, timedelta(hours=1))]

    assert ids() == ids()


def test_a_call_is_described_by_name(mock: Mock | RemoteMock) -> None:
    words = r"came 5 without a name, expected arguments by name, as in add_call\(scenario='inbound_answered'\)"
    with pytest.raises(ArgumentError, match=words):
        mock.add_call(5)  # type: ignore[call-arg]


def test_an_unknown_scenario_is_refused_with_the_nearest(mock: Either) -> None:
    with pytest.raises(UnknownScenario, match="did you mean voicemail"):
        mock.add_call(scenario="voicemial")


@pytest.mark.parametrize(
    ("count", "over", "message"),
    [
        (0, timedelta(hours=1), "count: came 0, expected a whole number from 1 to 100000"),
        (2, 60, "over: came 60, expected a timedelta of at least a second"),
    ],
)
def test_a_series_needs_a_count_and_a_stretch_of_time(mock: Either, count: int, over: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message) as caught:
        mock.add_calls(count, over)
    if isinstance(mock, Mock):
        assert caught.value.name == message.partition(":")[0]
