"""The people of an office and the devices on their desks."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from mockcdrs.dataset.endpoints import Endpoint, Home, Party
from mockcdrs.dataset.numbers import Plan
from mockcdrs.dataset.pools import Pool
from mockcdrs.dataset.seeding import pick, sample

DESK_PHONES = (
    ("Yealink SIP-T46S 66.84.0.15", "805ec0"),
    ("Yealink SIP-T54W 96.86.0.70", "805e0c"),
    ("PolycomVVX-VVX_410-UA/5.9.5.0614", "64167f"),
    ("PolyEdge-Edge_E350-UA/8.2.1.1000", "482567"),
    ("Grandstream GXP2170 1.0.11.64", "000b82"),
    ("snomD785/10.1.64.14", "000413"),
    ("Cisco/SPA504G-7.6.2f", "ccef48"),
)
SOFTPHONES = ("Z 5.6.4 v2.10.20.4_1", "Bria 6.7.1", "Telephone 1.6", "LinphoneAndroid/5.2.5")
FIRST_EXTENSION = 1001


@dataclass(frozen=True, slots=True)
class Staff:
    """Users and devices as in `Account`, and the endpoints that call: phones, extensions in their order."""

    users: tuple[Mapping[str, Any], ...]
    devices: tuple[Mapping[str, Any], ...]
    phones: tuple[Endpoint, ...]
    extensions: tuple[str, ...]
    faxes: tuple[Endpoint, ...]


def hire(random: Random, home: Home, pool: Pool, plan: Plan) -> Staff:
    """14 to 25 people, each with a desk phone, half of them with a softphone too, and two fax machines."""
    names = sample(random, pool.names, 14 + int(random.random() * 12))
    users = [_user(random, home, plan, name, FIRST_EXTENSION + row) for row, name in enumerate(names)]
    devices: list[dict[str, Any]] = []
    phones: list[Endpoint] = []
    for row, user in enumerate(users):
        for softphone in (False, True)[: 1 + row % 2]:
            device, agent = _phone(random, user, softphone)
            devices.append(device)
            phones.append(_endpoint(random, home, device, user, agent))
    faxes = [_fax(random, home, row) for row in range(2)]
    return Staff(
        users=tuple(users),
        devices=(*devices, *(device for device, _ in faxes)),
        phones=tuple(phones),
        extensions=tuple(phone.number for phone in phones),
        faxes=tuple(endpoint for _, endpoint in faxes),
    )


def _user(random: Random, home: Home, plan: Plan, name: tuple[str, str], extension: int) -> dict[str, Any]:
    first, last = name
    username = _latin(f"{first}.{last}") or f"user{extension}"
    return {
        "id": _hex(random, 32),
        "first_name": first,
        "last_name": last,
        "username": f"{username}@{home.realm}",
        "email": f"{username}.{extension}@example.com",
        "priv_level": "admin" if extension == FIRST_EXTENSION else "user",
        "presence_id": str(extension),
        "timezone": plan.timezone,
        "enabled": True,
        "caller_id": {"internal": {"name": f"{first} {last}", "number": str(extension)}},
        "vm_to_email_enabled": True,
    }


def _phone(random: Random, user: Mapping[str, Any], softphone: bool) -> tuple[dict[str, Any], str]:
    agent, vendor = (pick(random, SOFTPHONES), "") if softphone else pick(random, DESK_PHONES)
    kind = "softphone" if softphone else "sip_device"
    device = _device(random, f"{user['first_name']} {user['last_name']}, {agent.split(' ')[0]}", kind, user["id"])
    return (device if softphone else {**device, "mac_address": _mac(random, vendor)}), agent


def _endpoint(random: Random, home: Home, device: Mapping[str, Any], user: Mapping[str, Any], agent: str) -> Endpoint:
    name = f"{user['first_name']} {user['last_name']}"
    address = f"10.26.{_octet(random)}.{_octet(random)}"
    suffix = f"@{address}" if agent.startswith(("Yealink", "Grandstream")) else ""
    return home.device(device, Party(user["presence_id"], name, device["sip"]["username"], address, agent, suffix))


def _fax(random: Random, home: Home, row: int) -> tuple[dict[str, Any], Endpoint]:
    device = {**_device(random, f"Fax {row + 1}", "fax", ""), "mac_address": _mac(random, "00908f")}
    party = Party(str(1901 + row), device["name"], device["sip"]["username"], "10.26.0.9", "AudioCodes MP-112/6.60A")
    return device, home.device(device, party)


def _device(random: Random, name: str, kind: str, owner_id: str) -> dict[str, Any]:
    return {
        "id": _hex(random, 32),
        "name": name,
        "device_type": kind,
        **({"owner_id": owner_id} if owner_id else {}),
        "sip": {"username": f"user_{_hex(random, 6)}", "method": "password"},
        "enabled": True,
    }


def _latin(text: str) -> str:
    """The name in plain lower-case letters; empty where its script has none."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "".join(letter for letter in plain if letter.isalnum() or letter == ".").strip(".")


def _hex(random: Random, digits: int) -> str:
    return f"{random.getrandbits(4 * digits):0{digits}x}"


def _mac(random: Random, vendor: str) -> str:
    digits = vendor + _hex(random, 6)
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def _octet(random: Random) -> int:
    return 1 + int(random.random() * 254)
