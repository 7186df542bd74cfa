"""Rules of all calls that are made up, in three seeds and three locales; each names what of Kazoo it follows.

The short form reads some days of each office; `-m slow` reads 50,000 calls of each.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from mockcdrs.cdr.listing_columns import COLUMNS, start_seconds
from mockcdrs.dataset.generator import Traffic, blocks_of_day, call_plan, office_of
from mockcdrs.dataset.locales import INBOUND_RATE, rate_of
from mockcdrs.dataset.office import Office, main_account_id
from mockcdrs.dataset.scenarios import SCENARIOS
from mockcdrs.dataset.store import Document
from tests.dataset.calls import calls_of_block

MONDAY = date(2026, 1, 19)
OFFICES = [(1, "en_US", 40), (2, "de_DE", 400), (3, "ja_JP", 2_000)]
Calls = list[tuple[str, list[Document]]]


@cache
def office(seed: int, locale: str, calls_per_day: int) -> Office:
    return office_of(seed, main_account_id(seed), locale, Traffic.of(calls_per_day, locale))


@cache
def calls(seed: int, locale: str, calls_per_day: int, count: int) -> Calls:
    """At least so many calls, of whole days."""
    traffic, made = Traffic.of(calls_per_day, locale), list[tuple[str, list[Document]]]()
    day = MONDAY
    while len(made) < count:
        for block in blocks_of_day(traffic, day):
            made += calls_of_block(office(seed, locale, calls_per_day), traffic, block)
        day += timedelta(days=1)
    return made


@pytest.fixture(
    params=[
        *(pytest.param((*each, 700), id=f"{each[0]}-{each[1]}") for each in OFFICES),
        *(pytest.param((*each, 50_000), id=f"{each[0]}-{each[1]}-long", marks=pytest.mark.slow) for each in OFFICES),
    ],
    scope="module",
)
def some(request: pytest.FixtureRequest) -> Iterator[tuple[Office, Calls]]:
    *identity, count = request.param
    yield office(*identity), calls(*identity, count)
    if count > 1_000:
        calls.cache_clear()


def legs(some: tuple[Office, Calls]) -> list[Document]:
    return [leg for _, legs in some[1] for leg in legs]


def variables(leg: Document) -> dict[str, Any]:
    found: dict[str, Any] = leg["custom_channel_vars"]
    return found


def column_of(column: str, leg: Document, start: int = 0) -> Any:
    make: Any = COLUMNS[column]
    return make(leg, start)


def kind(leg: Document) -> str:
    """Whose leg it is and which way it goes, as `Scenario.legs` says it."""
    way, held = {"inbound": "in", "outbound": "out"}[leg["call_direction"]], variables(leg)
    if held.get("resource_type") == "onnet-termination":
        return f"neighbour {way}"
    if "channel_is_loopback" in leg:
        return f"loopback {way}"
    if "resource_id" in held:
        return f"{'gateway' if 'username' in held else 'carrier'} {way}"
    return f"phone {way}"


# 1. Direction (`stepswitch_inbound.erl`, `add_resource_id`; `stepswitch_resources.erl`, `gateway_to_endpoint`)


def test_a_carrier_that_calls_is_offnet_origination_and_authorizes_nothing(some: tuple[Office, Calls]) -> None:
    for name, legs_of_call in some[1]:
        for leg in legs_of_call:
            if kind(leg) in ("carrier in", "gateway in"):
                assert variables(leg)["resource_type"] == "offnet-origination"
                assert variables(leg)["authorizing_type"] == "resource"
                assert ("authorizing_id" in variables(leg)) == (name == "inbound_registered")
            if kind(leg) == "carrier out":
                assert variables(leg)["resource_type"] == "offnet-termination"


def test_inception_says_termination_for_a_call_that_came_in(some: tuple[Office, Calls]) -> None:
    for name, (first, *_) in some[1]:
        says = column_of("inception_direction", first, start_seconds(first))
        if kind(first) == "carrier in":
            assert says == "termination"
        if kind(first) == "phone in" or name == "inbound_registered":
            assert says == "origination"


def test_monster_uis_rule_shows_the_mix_of_the_office(some: tuple[Office, Calls]) -> None:
    """Its call log takes the leg of an interaction's row for outbound where `authorizing_id` is filled."""
    rows = [first for _, (first, *_) in some[1]]
    seems_outbound = sum(bool(column_of("authorizing_id", row)) for row in rows) / len(rows)
    comes_in = sum(each.share for name, each in SCENARIOS.items() if each.legs.startswith("carrier in")) / 1_000
    assert abs(1 - seems_outbound - comes_in) < 0.03
    assert 0.4 < comes_in < 0.6


# 2. Order (the A-leg's channel is there before it rings anybody)


def test_channels_are_created_one_after_the_other(some: tuple[Office, Calls]) -> None:
    for _, legs_of_call in some[1]:
        for legs_of_interaction in by_interaction(legs_of_call).values():
            created = [leg["channel_created_time"] for leg in legs_of_interaction]
            assert min(created) == created[0]
            assert len(set(created)) == len(created)
            for leg in legs_of_interaction:
                began = leg["timestamp"] - leg["duration_seconds"]
                assert leg["channel_created_time"] // 1_000_000 + 62_167_219_200 == began >= leg["interaction_time"]


def by_interaction(legs: list[Document]) -> dict[str, list[Document]]:
    grouped = defaultdict(list)
    for leg in legs:
        grouped[leg["interaction_id"]].append(leg)
    return grouped


# 3. Dialled numbers (`ecallmgr_util.erl`, `get_sip_request`, `get_sip_to`, `get_sip_from`)


def test_who_calls_from_outside_dials_a_number_of_the_office(some: tuple[Office, Calls]) -> None:
    own = set(some[0].account.numbers)
    for leg in legs(some):
        if kind(leg) in ("carrier in", "gateway in"):
            dialled = {leg["request"], leg["to"], leg["to_uri"]}
            assert {uri.partition("@")[0] for uri in dialled} <= own
            assert leg["callee_id_number"] == leg["caller_destination_number"] in own
            assert column_of("dialed_number", leg) in own
            assert variables(leg)["inception"] == leg["request"]


def test_a_called_phone_is_reached_by_its_sip_user_and_shown_by_its_presence_id(some: tuple[Office, Calls]) -> None:
    for leg in legs(some):
        if kind(leg) == "phone out":
            assert leg["to"] == leg["presence_id"] == f"{leg['callee_id_number']}@{some[0].account.realm}"
            assert leg["request"] == leg["to_uri"] != leg["to"]
            assert leg["request"].startswith("user_")
        if kind(leg) == "phone in":
            assert leg["from"] == leg["presence_id"] == f"{leg['caller_id_number']}@{some[0].account.realm}"
            assert leg["from_uri"] == f"{variables(leg)['username']}@{some[0].account.realm}" != leg["from"]


# 4. Rating (`hon_rater.erl`, `rate_resp`; `j5_authz_req.erl`, `maybe_authorize_exception`)


def test_one_number_has_one_rate(some: tuple[Office, Calls]) -> None:
    rates = defaultdict(set)
    for leg in legs(some):
        held = variables(leg)
        if kind(leg) == "carrier out":
            rates[leg["callee_id_number"]].add(tuple(sorted((k, v) for k, v in held.items() if is_of_rating(k))))
            classifier, rate = rate_of(some[0].phones[0].home.plan, leg["callee_id_number"])
            assert leg["did_classifier"] == classifier
            assert held.get("rate_name") == (rate and rate.name)
        elif "rate" in held:
            assert held["rate_name"] == INBOUND_RATE.name
            assert held["resource_type"] == "offnet-origination"
    assert {len(each) for each in rates.values()} == {1}


def is_of_rating(name: str) -> bool:
    return name.startswith(("rate", "surcharge", "base_cost", "account_billing", "reseller_billing"))


def test_emergency_and_toll_free_calls_are_not_limited_and_cost_nothing(some: tuple[Office, Calls]) -> None:
    for leg in legs(some):
        held = variables(leg)
        if kind(leg) == "carrier out":
            is_free = leg["did_classifier"].startswith(("emergency", "tollfree"))
            assert (held["account_billing"] == held["reseller_billing"] == "limits_disabled") == is_free
            assert (held["emergency_resource"] == "true") == (leg["did_classifier"] == "emergency")
            assert ("rate" in held) == (leg["did_classifier"] != "emergency")
            if is_free:
                assert column_of("cost", leg) == "0"


def test_channel_variables_are_text_but_for_lists_of_recordings(some: tuple[Office, Calls]) -> None:
    for leg in legs(some):
        others = {name for name, value in variables(leg).items() if not isinstance(value, str)}
        assert others <= {"media_names", "media_recordings"}


# 5. One device, one call


def test_no_device_is_on_two_calls_but_where_a_scenario_says_so(some: tuple[Office, Calls]) -> None:
    changes: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for name, legs_of_call in some[1]:
        for leg in legs_of_call:
            if kind(leg).startswith("phone"):
                device = str(variables(leg).get("username", leg["caller_destination_number"]))
                begin = leg["timestamp"] - leg["duration_seconds"]
                changes[device] += [(begin, 1, name), (leg["timestamp"], -1, name)]
    for of_device in changes.values():
        busy = Counter[str]()
        for _, change, name in sorted(of_device):
            busy[name] += change
            on = {each: count for each, count in busy.items() if count}
            assert sum(on.values()) <= 1 or on in ({"call_waiting": 2}, {"attended_transfer": 2})


def test_call_waiting_puts_one_device_on_two_calls(some: tuple[Office, Calls]) -> None:
    for name, legs_of_call in some[1]:
        if name == "call_waiting":
            (_, first), (_, second) = by_interaction(legs_of_call).values()
            assert variables(first)["authorizing_id"] == variables(second)["authorizing_id"]
            assert first["timestamp"] - first["duration_seconds"] < second["interaction_time"] < first["timestamp"]


def test_the_phones_of_a_call_are_of_different_users_but_where_those_of_one_ring(some: tuple[Office, Calls]) -> None:
    owners = {device["sip"]["username"]: device["owner_id"] for device in some[0].account.devices}
    for name, legs_of_call in some[1]:
        devices = {
            variables(leg).get("username", leg["caller_destination_number"])
            for leg in legs_of_call
            if kind(leg).startswith("phone")
        }
        users = {owners[device] for device in devices}
        assert len(users) == (1 if SCENARIOS[name].is_one_user else len(devices))


def test_a_busy_office_has_the_phones_that_its_calls_need() -> None:
    counts = [call_plan(1, main_account_id(1), "en_US", Traffic(calls)).phones for calls in (1, 40, 1_000, 100_000)]
    assert counts == sorted(counts)
    assert counts[0] == counts[1] < 40
    assert 1_000 < counts[-1] < 5_000


# 6. Fields (`ecallmgr_call_events.erl`, `create_event`; `cdr_channel_destroy.erl`, `prepare_and_save`)

ALWAYS = {
    "event_name", "event_category", "msg_id", "switch_hostname", "switch_nodename", "switch_uri", "switch_url",
    "caller_destination_number", "interaction_id", "interaction_key", "interaction_time", "hangup_cause",
    "hangup_code", "local_sdp", "remote_sdp", "user_agent", "from_tag", "to_tag",
}  # fmt: skip
ALWAYS_VARIABLES = {"account_id", "bridge_id", "channel_authorized", "ecallmgr_node", "fetch_id"}
CALLER_VARIABLES = {"application_name", "application_node", "callflow_id"}
DEVICE_VARIABLES = {
    "account_name", "account_realm", "privacy_hide_name", "privacy_hide_number", "register_overwrite_notify",
    "suppress_unregister_notifications", "username", "realm", "owner_id",
}  # fmt: skip
CARRIER_VARIABLES = {"global_resource", "resource_id", "ignore_display_updates"}


def test_each_leg_has_the_fields_of_its_kind(some: tuple[Office, Calls]) -> None:
    for leg in legs(some):
        held = variables(leg)
        assert leg.keys() >= ALWAYS
        assert held.keys() >= ALWAYS_VARIABLES
        assert None not in (*leg.values(), *held.values())
        assert list(held) == sorted(held)
        if leg["call_direction"] == "inbound":
            assert held.keys() >= CALLER_VARIABLES
        if kind(leg) == "phone in":
            assert held.keys() >= DEVICE_VARIABLES
            assert leg["custom_sip_headers"].keys() == {"x_auth_ip", "x_auth_port"}
        if kind(leg).startswith("carrier"):
            assert held.keys() >= CARRIER_VARIABLES
        if kind(leg) == "carrier out":
            assert leg["e164_destination"] == held["matched_number"] == held["original_number"]
            assert leg["e164_origination"] == leg["caller_id_number"]


def test_what_no_source_gives_is_not_there(some: tuple[Office, Calls]) -> None:
    for leg in legs(some):
        assert "call_interaction_id" not in variables(leg)
        assert leg["node"] == variables(leg)["ecallmgr_node"]
        assert leg["node"].startswith("ecallmgr@")
        assert leg["pvt_vsn"] == 2
        assert leg.get("disposition") != "CANCEL"


def test_a_disposition_says_what_became_of_the_bridge_or_of_the_answer(some: tuple[Office, Calls]) -> None:
    """`kzd_freeswitch.erl`, `disposition`: `originate_disposition`, else `endpoint_disposition`."""
    for leg in legs(some):
        disposition = leg.get("disposition", "")
        if leg["call_direction"] == "outbound":
            assert (disposition == "ANSWER") == (leg["billing_seconds"] > 0 or leg["hangup_code"] == "sip:200")
            assert disposition in ("ANSWER", "EARLY MEDIA", "")
        else:
            assert disposition in ("SUCCESS", "ANSWER", "NO_ANSWER", leg["hangup_cause"])
            assert (disposition in ("SUCCESS", "ANSWER")) <= (leg["hangup_code"] == "sip:200")


def test_seconds_add_up_and_legs_point_at_each_other(some: tuple[Office, Calls]) -> None:
    """`get_ringing_seconds`: what is left of the duration."""
    for _, legs_of_call in some[1]:
        for of_interaction in by_interaction(legs_of_call).values():
            directions = {leg["call_id"]: leg["call_direction"] for leg in of_interaction}
            for leg in of_interaction:
                assert leg["ringing_seconds"] >= 0
                assert leg["duration_seconds"] == leg["ringing_seconds"] + leg["billing_seconds"]
                assert variables(leg)["bridge_id"] == of_interaction[0]["call_id"]
                assert ("other_leg_call_id" in leg) == (len(of_interaction) > 1)
                if "other_leg_call_id" in leg:
                    assert leg["other_leg_call_id"] != leg["call_id"]
                    assert leg["other_leg_direction"] == directions[leg["other_leg_call_id"]]


def test_call_ids_are_unique(some: tuple[Office, Calls]) -> None:
    ids = [leg["_id"] for leg in legs(some)]
    assert len(set(ids)) == len(ids)


# 7. Formats

SDP = re.compile(
    r"v=0\r\no=\S+ \d+ \d+ IN IP4 \S+\r\ns=.+\r\n(c=IN IP4 \S+\r\n)?t=0 0\r\n(a=.+\r\n)*"
    r"m=audio \d{5} (RTP/AVP|UDP/TLS/RTP/SAVPF) [\d ]+\r\n([ac]=[^\r\n]+\r\n)+"
)
CALL_IDS = {
    "Yealink": r"\d{1,10}@[\d.]+", "Poly": r"[\da-f]{8}-[\da-f]{8}-[\da-f]{8}@[\d.]+",
    "snom": r"[\da-f]{12}-[\da-f]{12}", "Cisco": r"[\da-f]{8}-[\da-f]{8}@[\d.]+", "JsSIP": r"[\da-f]{20}",
    "Zoiper": r"[\da-fA-F]{22}\.\.", "Bria": r"[\da-f]{26}", "Sonus": r"[\da-f]{32}@[\d.]+",
    "FreeSWITCH": r"[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}",
}  # fmt: skip


def test_each_agent_writes_in_its_own_way(some: tuple[Office, Calls]) -> None:
    agents = set()
    for leg in legs(some):
        assert SDP.fullmatch(leg["local_sdp"])
        assert SDP.fullmatch(leg["remote_sdp"])
        assert "o=FreeSWITCH" in leg["local_sdp"]
        agent = next(each for each in CALL_IDS if leg["user_agent"].startswith(each))
        agents.add(agent)
        switch = "to_tag" if leg["call_direction"] == "inbound" else "from_tag"
        assert re.fullmatch(r"[0-9A-Za-z]{13}", leg[switch])
        assert re.fullmatch(CALL_IDS[agent if switch == "to_tag" else "FreeSWITCH"], leg["call_id"]), leg["call_id"]
        assert ("SAVPF" in leg["remote_sdp"]) == (agent == "JsSIP")
    assert agents == CALL_IDS.keys()


# 8. Words


def test_queues_and_their_like_have_the_names_of_an_office(some: tuple[Office, Calls]) -> None:
    plan = some[0].phones[0].home.plan
    names = {"menu": {plan.menu}, "queue": set(plan.queues), "ring_group": set(plan.ring_groups)}
    names["conference"] = set(plan.conferences)
    for name, (first, *_) in some[1]:
        if name in names:
            assert first["callee_id_name"] in names[name]
        if kind(first) == "carrier in":
            assert first["caller_id_name"] == first["caller_id_name"].upper()
            assert len(first["caller_id_name"]) <= 15


# The table of scenarios


def test_each_scenario_has_the_legs_and_marks_of_its_table(some: tuple[Office, Calls]) -> None:
    for name, legs_of_call in some[1]:
        scenario = SCENARIOS[name]
        kinds = [kind(leg) for leg in legs_of_call]
        assert re.fullmatch(", ".join(map(as_pattern, scenario.legs.split(", "))), ", ".join(kinds)), (name, kinds)
        for mark in scenario.marks.split(", "):
            field, _, value = mark.partition("=")
            found = [value_of(leg, field) for leg in legs_of_call]
            assert any(each is not None and (not value or str(each).lower() == value.lower()) for each in found), mark


def as_pattern(described: str) -> str:
    """A regular expression for `phone out x 2-4`."""
    what, _, times = described.partition(" x ")
    least, _, most = times.partition("-")
    more = f"(, {what}){{{int(least) - 1},{int(most or least) - 1}}}" if times else ""
    return f"{what}{more}"


def value_of(leg: Document, name: str) -> Any:
    return leg.get(name, variables(leg).get(name))


def test_every_scenario_takes_place(some: tuple[Office, Calls]) -> None:
    assert {name for name, _ in some[1]} == SCENARIOS.keys()
    assert sum(scenario.share for scenario in SCENARIOS.values()) == 1_000


def test_numbers_of_calls_follow_each_other_in_time(some: tuple[Office, Calls]) -> None:
    starts = [legs_of_call[0]["interaction_time"] for _, legs_of_call in some[1]]
    assert sum(one <= other for one, other in pairwise(starts)) > len(starts) / 2
