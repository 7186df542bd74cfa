"""Rows about how fast calls are made up."""

import sys
import time
from collections.abc import Callable, Iterator
from datetime import date

from measuring import Bench, Budget, Line, alternate

from mockcdrs.dataset.call import month_context
from mockcdrs.dataset.call_builder import CallSpec, build_call
from mockcdrs.dataset.generator import Traffic, blocks_of_day, generate_block
from mockcdrs.dataset.office import generate_office, main_account_id
from mockcdrs.dataset.store import Document

NOON = 63_936_129_600  # 2026-01-20T12:00:00Z in Gregorian seconds


def generation(bench: Bench) -> Iterator[Line]:
    """Documents a second of processor time, and as a multiple of what Faker alone makes of the same fields."""
    faker_leg = _faker_leg()
    generated, faked = alternate(bench.rounds, lambda: _made_in(bench.seconds), lambda: _rate(faker_leg, bench.seconds))
    a, b = f"{generated.median:,.0f}/s", f"Faker {faked.median:,.0f}/s"
    ratio, documents = Budget(15, is_least=True), Budget(50_000, is_least=True)
    yield Line(row="generation against Faker alone", a=a, b=b, value=generated.over(faked), budget=ratio)
    yield Line(row="generation, documents/s", a=a, value=generated, unit="/s", budget=documents)


def _made_in(seconds: float) -> float:
    office, load = generate_office(1, main_account_id(1)), Traffic(20_000)
    blocks, count, begun = blocks_of_day(load, date(2026, 1, 19)), 0, time.process_time()
    for number in range(sys.maxsize):
        count += len(generate_block(office, load, blocks[number % len(blocks)]))
        if (spent := time.process_time() - begun) > seconds:
            return count / spent
    return 0.0


def _rate(make: Callable[[], object], seconds: float) -> float:
    """How often something is made in a second of processor time."""
    count, begun = 0, time.process_time()
    while (spent := time.process_time() - begun) < seconds:
        make()
        count += 1
    return count / spent


def _faker_leg() -> Callable[[], Document]:
    """Makes a leg from a carrier with the fields that a generated one has.

    Faker draws what differs from call to call, each value once. What is the same in all calls of an account is there
    before, as the generator has it. Nothing is consistent from leg to leg, nor the same in another process.
    """
    from faker import Faker

    office = generate_office(1, main_account_id(1))
    usual, _ = build_call(office, CallSpec("inbound_answered"), NOON, 1)
    realm, fake, servers = office.account.realm, Faker(), month_context(office, "202601").servers
    fake.seed_instance(1)

    def make() -> Document:
        caller, callee, address = fake.phone_number(), fake.phone_number(), fake.ipv4()
        ringing, talking, micros = fake.random_int(1, 30), fake.random_int(1, 600), fake.random_int(0, 999_999)
        start, name, key = fake.unix_time(), fake.name(), fake.hexify("^^^^^^^^")
        call_id, ports = f"{fake.uuid4()}@{address}", [fake.random_int(16_384, 32_767) for _ in range(2)]
        begin, end = start + 62_167_219_200, start + 62_167_219_200 + ringing + talking
        from_uri, to_uri = f"{caller}@{address}", f"{callee}@{realm}"
        rate = fake.random_element(({"rate": "40", "rate_name": "Inbound"}, {"rate": "60", "rate_name": "Local"}))
        agent, cause = fake.random_element(("Sonus_UAC", "Asterisk")), fake.random_element(("NORMAL_CLEARING",))
        server, _ = fake.random_element(servers)
        return {
            **usual,
            **server,
            **dict.fromkeys(("request", "to", "to_uri"), to_uri),
            **dict.fromkeys(("from", "from_uri", "presence_id"), from_uri),
            **dict.fromkeys(("timestamp", "pvt_created", "pvt_modified"), end),
            "_id": f"202601-{call_id}", "_rev": f"1-{fake.md5()}", "call_id": call_id,
            "remote_sdp": usual["remote_sdp"] + f"o=x {start} {start} IN IP4 {address}\r\nm=audio {ports[0]}",
            "local_sdp": usual["local_sdp"] + f"o=x {start} {start} IN IP4 10.26.1.3\r\nm=audio {ports[1]}",
            "ringing_seconds": ringing, "billing_seconds": talking, "duration_seconds": ringing + talking,
            "caller_id_name": name, "caller_id_number": caller, "callee_id_name": fake.name(),
            "callee_id_number": callee, "caller_destination_number": callee, "user_agent": agent,
            "channel_created_time": start * 1_000_000 + micros, "channel_name": f"sofia/sipinterface_1/{from_uri}",
            "custom_sip_headers": {"x_auth_ip": address, "x_auth_port": "5060"},
            "from_tag": fake.bothify("gK0########"), "to_tag": fake.bothify("?????????????"),
            "hangup_cause": cause, "msg_id": f"{start}{micros:06}", "custom_application_vars": {},
            "custom_channel_vars": {
                **usual["custom_channel_vars"], **rate, "bridge_id": call_id, "callflow_id": fake.uuid4(),
                "fetch_id": fake.uuid4(), "inception": to_uri, "resource_id": fake.uuid4(),
            },
            "interaction_time": begin, "interaction_key": key, "interaction_id": f"{begin}-{key}",
            "other_leg_call_id": fake.uuid4(), "other_leg_caller_id_name": name,
            "other_leg_caller_id_number": caller, "other_leg_destination_number": fake.hexify("user_^^^^^^"),
        }  # fmt: skip

    return make
