"""Whom an office talks to, and the machines that carry it: contacts, carriers, media servers, features."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from mockcdrs.dataset.endpoints import Endpoint, Home
from mockcdrs.dataset.numbers import (
    EMERGENCY_RATE,
    INTERNATIONAL_RATES,
    LOCAL_RATES,
    ON_NET_RATE,
    PLANS,
    TOLL_FREE_RATE,
    Plan,
    Rate,
    number,
)
from mockcdrs.dataset.pools import Pool
from mockcdrs.dataset.seeding import pick

LINES, CONTACTS, INTERNATIONAL, TOLL_FREE, ON_NET = 5, 300, 40, 20, 6
BILLINGS = ("per_minute", "per_minute", "allotment", "flat_rate")
CARRIERS = (("Northwind", "192.0.2"), ("Basalt", "198.51.100"), ("Halyard", "203.0.113"))
_SERVER = "10.26.0.2"


@dataclass(frozen=True, slots=True)
class World:
    """Draws what surrounds an office; the order of drawing is part of what a seed means."""

    random: Random
    home: Home
    pool: Pool
    plan: Plan
    carriers: list[dict[str, str]] = field(default_factory=list)

    def draw(self) -> dict[str, Any]:
        """The parts of a `Directory` that are neither its people nor their devices, by field name."""
        self.carriers.extend(self._carrier(*carrier) for carrier in CARRIERS)
        emergency = self.home.outside(self.plan.emergency, "Emergency", self.carriers[0], EMERGENCY_RATE, "flat_rate")
        return {
            "carriers": tuple(self.carriers),
            "media_servers": tuple(f"fs{row}.{self.home.account_id[:2]}.example.net" for row in (1, 2, 3)),
            "lines": tuple(self._line() for _ in range(LINES)),
            "contacts": tuple(self._contact() for _ in range(CONTACTS)),
            "international": tuple(self._abroad() for _ in range(INTERNATIONAL)),
            "toll_free": tuple(self._toll_free() for _ in range(TOLL_FREE)),
            "emergency": emergency,
            "on_net": tuple(self._on_net() for _ in range(ON_NET)),
            "voicemail": self.home.feature("*97", "Voicemail", _SERVER),
            "menu": self.home.feature("6000", "Main menu", _SERVER),
            "conferences": self._features(3001, 2),
            "queues": self._features(4001, 2),
            "ring_groups": self._features(5001, 2),
            "parking": tuple(self.home.feature(f"*3{slot}", f"Parking {slot}", _SERVER) for slot in range(101, 105)),
        }

    def _carrier(self, name: str, network: str) -> dict[str, str]:
        return {
            "id": self._id(),
            "name": name,
            "address": f"{network}.{1 + int(self.random.random() * 254)}",
            "agent": f"{name}-SBC/7.2",
            "type": "offnet-termination",
        }

    def _features(self, first: int, count: int) -> tuple[Endpoint, ...]:
        numbers = range(first, first + count)
        return tuple(self.home.feature(str(row), pick(self.random, self.pool.phrases), _SERVER) for row in numbers)

    def _line(self) -> Endpoint:
        return self.home.feature(number(self.random, self.plan.local[0]), self.home.account_name, _SERVER)

    def _contact(self) -> Endpoint:
        person = " ".join(pick(self.random, self.pool.names))
        company, town = pick(self.random, self.pool.companies), pick(self.random, self.pool.towns).upper()
        name = pick(self.random, (person, company, town))
        return self._outside(pick(self.random, self.plan.local), name, pick(self.random, LOCAL_RATES))

    def _abroad(self) -> Endpoint:
        there = pick(self.random, [plan for plan in PLANS.values() if plan.country != self.plan.country])
        rate = INTERNATIONAL_RATES[there.country]
        return self._outside(pick(self.random, there.local), pick(self.random, self.pool.companies), rate)

    def _toll_free(self) -> Endpoint:
        return self._outside(self.plan.toll_free, pick(self.random, self.pool.companies), TOLL_FREE_RATE)

    def _on_net(self) -> Endpoint:
        carrier = {"id": self._id(), "address": "10.26.0.3", "agent": "FreeSWITCH", "type": "onnet-termination"}
        dialled = number(self.random, self.plan.local[-1])
        return self.home.outside(
            dialled, pick(self.random, self.pool.companies), carrier, ON_NET_RATE, "limits_disabled"
        )

    def _outside(self, mask: str, name: str, rate: Rate) -> Endpoint:
        carrier, billing = pick(self.random, self.carriers), pick(self.random, BILLINGS)
        return self.home.outside(number(self.random, mask), name, carrier, rate, billing)

    def _id(self) -> str:
        return f"{self.random.getrandbits(128):032x}"
