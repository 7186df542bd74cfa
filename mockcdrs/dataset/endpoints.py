"""Endpoints of legs, with everything about them that is the same in each of their calls.

Which function of Kazoo 4.3 writes what:

- the document: `ecallmgr_call_events.erl`, `specific_call_event_props` and `generic_call_event_props`; then
  `cdr_channel_destroy.erl`, `prepare_and_save`
- `from`, `to`, `request`: `ecallmgr_util.erl`, `get_sip_from`, `get_sip_to`, `get_sip_request`
- channel variables of a device that calls: `reg_authn_req.erl`, `create_ccvs`; of one that is called:
  `kz_endpoint.erl`, `generate_ccvs`
- of a carrier that calls: `stepswitch_inbound.erl`, `set_resource_type` and `add_resource_id`, which leaves
  `authorizing_id` out; of one that registers: `stepswitch_authn_req.erl`, `send_auth_resp`, which does not
- of a carrier that is called: `stepswitch_resources.erl`, `maybe_resource_to_endpoints` and `gateway_to_endpoint`
- rates, all of them text: `hon_rater.erl`, `rate_resp`, set by `ecallmgr_fs_authz.erl`, `get_rating_ccvs`
- who pays: `j5_authz_req.erl`; calls between devices are not asked about (`ecallmgr_fs_authz.erl`)

A Call-ID begins with eight hex digits that tell when the call began (`call.minute_of`), or is their decimal. An
agent's own format follows, in letters that sort alike by code and by CouchDB's collation. Random parts come as text or
bytes, so that a call is the same wherever it is generated.

`e164_origination` and `did_classifier` are of later releases (`stepswitch_resources.erl` in master).
"""

import json
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from string import ascii_letters, ascii_lowercase, digits
from typing import Any, NamedTuple

from mockcdrs.dataset.locales import INBOUND_RATE, NumberingPlan, Rate, rate_of
from mockcdrs.dataset.random_stream import hex_id


def _alphabet(letters: str) -> bytes:
    """A translation of any byte to one of the letters, as `bytes.translate` takes it."""
    return bytes(ord(letters[byte % len(letters)]) for byte in range(256))


_ALPHANUMERIC, _LOWER_CASE = _alphabet(digits + ascii_letters), _alphabet(ascii_lowercase + digits)


def _short_tag(raw: bytes) -> str:
    return raw[:10].translate(_LOWER_CASE).decode()


# How each maker writes a Call-ID, of the eight hex digits that it begins with, 24 random ones and the host; and a tag,
# of 16 random bytes.
_FORMATS: dict[str, tuple[Callable[[str, str, str], str], Callable[[bytes], str]]] = {
    "Yealink": (lambda first, _, host: f"{int(first, 16)}@{host}", lambda raw: str(int.from_bytes(raw[:4], "big"))),
    "Poly": (
        lambda first, rest, host: f"{first}-{rest[:8]}-{rest[8:16]}@{host}",
        lambda raw: f"{raw[:4].hex()}-{raw[4:8].hex()}",
    ),
    "snom": (lambda first, rest, _: f"{first}{rest[:4]}-{rest[4:16]}", _short_tag),
    "Cisco": (lambda first, rest, host: f"{first}-{rest[:8]}@{host}", lambda raw: f"{raw[:8].hex()}o0"),
    "JsSIP": (lambda first, rest, _: f"{first}{rest[:12]}", _short_tag),
    "Zoiper": (lambda first, rest, _: f"{first}{rest[:14].upper()}..", lambda raw: raw[:4].hex()),
    "Bria": (lambda first, rest, _: f"{first}{rest[:18]}", lambda raw: raw[:4].hex()),
    "Sonus": (lambda first, rest, host: f"{first}{rest}@{host}", lambda raw: f"gK0{raw[:4].hex()}"),
    "FreeSWITCH": (
        lambda first, rest, _: f"{first}-{rest[:4]}-4{rest[4:7]}-9{rest[7:10]}-{rest[10:22]}",
        lambda raw: raw[:13].translate(_ALPHANUMERIC).decode(),
    ),
}


class UserAgent(NamedTuple):
    """A make of SIP equipment.

    `name` is its User-Agent header and `vendor` the first half of its MAC addresses. `sdp` is the session description
    with `{host}` in it, and `{session}` (its id and version) and `{port}` where those belong.
    """

    name: str
    vendor: str
    sdp: str
    call_id: Callable[[str, str, str], str]
    tag: Callable[[bytes], str]

    @lru_cache(maxsize=64)  # noqa: B019 the agents are constants; all endpoints behind a carrier share one
    def sdp_parts(self, host: str) -> tuple[str, str, str]:
        """The session description at a host, cut where the session and the port belong."""
        head, _, rest = self.sdp.replace("{host}", host).partition("{session}")
        middle, _, tail = rest.partition("{port}")
        return head, middle, tail


def _load_agents(lines: list[dict[str, Any]]) -> tuple[UserAgent, ...]:
    return tuple(
        UserAgent(each["name"], each["vendor"], "".join(f"{line}\r\n" for line in each["sdp"]), *each_format)
        for each in lines
        for maker, each_format in _FORMATS.items()
        if each["name"].startswith(maker)
    )


DESK_PHONES, SOFTPHONES, (CARRIER, FREESWITCH) = map(
    _load_agents, json.loads(Path(__file__).with_name("user_agents.json").read_bytes()).values()
)
BROWSER = SOFTPHONES[-1]

# Every key that all generated documents have, in their order: None where the endpoint or the call fills it in. And the
# channel variables that legs of each kind have, empty where the call fills them in.
TEMPLATE, _CHANNEL_VARS = json.loads(Path(__file__).with_name("leg_fields.json").read_bytes()).values()


class LegTemplate(NamedTuple):
    """The fields of a leg's document that its endpoint decides, beside `TEMPLATE`. Copy the dicts, never change them.

    `destination` is where a leg that goes out was sent to, empty for one that comes in. `early_media` is the
    disposition of a leg that rang in vain: a carrier plays its ringing, a phone does not.
    """

    document: dict[str, Any]
    channel_vars: dict[str, Any]
    sip_headers: dict[str, str]
    direction: str
    destination: str
    early_media: str
    agent: UserAgent
    host: str
    sdp: tuple[str, str, str]


class Home(NamedTuple):
    """What all endpoints of one account share. `cluster` is the domain of the machines that serve it."""

    account_id: str
    account_name: str
    realm: str
    reseller_id: str
    plan: NumberingPlan
    cluster: str


class Endpoint:
    """One party of calls: its number and name, and what its legs look like when it calls or is called.

    `uri` is how the legs of others show it, `shown_name` the name that its callers see, and `contact` where SIP
    reaches it.
    """

    agent = FREESWITCH
    host = "10.26.0.2"
    early_media = ""

    def __init__(self, home: Home, number: str, name: str, sip_user: str = "", sip_host: str = "") -> None:
        self.home = home
        self.number = number
        self.name = self.shown_name = name
        self.sip_user = sip_user or number
        self.contact = f"{self.sip_user}@{sip_host or home.realm}"
        self.uri = self.from_uri = self.request_uri = f"{number}@{home.realm}"

    @cached_property
    def callflow_id(self) -> str:
        """The id of the callflow that a call to it runs through."""
        return hex_id("callflow", self.home.account_id, self.number)

    @cached_property
    def shown(self) -> dict[str, Any]:
        """Fields of the legs that it calls: who calls."""
        return {"caller_id_name": self.name, "caller_id_number": self.number}

    @cached_property
    def dialled(self) -> dict[str, Any]:
        """Fields of the legs that call it: who is called."""
        return {
            **dict.fromkeys(("request", "to", "to_uri"), self.uri),
            "callee_id_name": self.shown_name,
            "callee_id_number": self.number,
            "caller_destination_number": self.number,
        }

    @cached_property
    def calling(self) -> LegTemplate:
        """Its leg when it calls."""
        fields = {"from": self.from_uri, "from_uri": self.contact, "presence_id": self.from_uri, **self.shown}
        headers = {"x_auth_ip": self.host, "x_auth_port": "5060"}
        channel_vars = {**self._vars("calling"), **self._calling_vars()}
        return self._template("inbound", fields, channel_vars, headers, ("", ""))

    @cached_property
    def called(self) -> LegTemplate:
        """Its leg when it is called."""
        fields = {
            "request": self.request_uri,
            "to": self.uri,
            "to_uri": self.contact,
            "callee_id_name": self.name,
            "callee_id_number": self.number,
            "caller_destination_number": self.sip_user,
            **self._called_fields(),
        }
        ends = self.sip_user, self.early_media
        return self._template("outbound", fields, self._called_vars(), self._called_headers(), ends)

    def _called_fields(self) -> dict[str, Any]:
        return {}

    def _calling_vars(self) -> dict[str, Any]:
        return {}

    def _called_vars(self) -> dict[str, Any]:
        return {}

    def _called_headers(self) -> dict[str, str]:
        return {}

    def _vars(self, *kinds: str) -> dict[str, Any]:
        """Channel variables of some kinds, filled in."""
        return {name: text.format_map(vars(self)) for kind in kinds for name, text in _CHANNEL_VARS[kind].items()}

    def _template(
        self,
        direction: str,
        fields: dict[str, Any],
        channel_vars: dict[str, Any],
        headers: dict[str, str],
        ends: tuple[str, str],
    ) -> LegTemplate:
        document = {
            **fields,
            "call_direction": direction,
            "channel_name": f"sofia/sipinterface_1/{self.contact}",
            "user_agent": self.agent.name,
            "node": f"ecallmgr@{self.home.cluster}",
            "pvt_account_id": self.home.account_id,
        }
        in_order = dict(sorted((self._vars("any") | channel_vars).items()))  # `ecallmgr_util.erl`, `channel_vars_sort`
        sdp = self.agent.sdp_parts(self.host)
        return LegTemplate(document, in_order, headers, direction, *ends, self.agent, self.host, sdp)


class Phone(Endpoint):
    """A registered device of the office, whose number is an extension."""

    def __init__(
        self, home: Home, number: str, name: str, device: Mapping[str, Any], agent: UserAgent, host: str
    ) -> None:
        super().__init__(home, number, name, device["sip"]["username"])
        self.device = device
        self.agent = agent
        self.host = host
        self.request_uri = self.contact

    def _called_fields(self) -> dict[str, Any]:
        return {"presence_id": self.uri}

    def _calling_vars(self) -> dict[str, Any]:
        return self._vars("phone", "phone calling")

    def _called_vars(self) -> dict[str, Any]:
        return self._vars("phone", "phone called", *(["browser called"] if self.agent is BROWSER else []))

    def _called_headers(self) -> dict[str, str]:
        return {"x_kazoo_aor": f"sip:{self.contact}"}


class Outside(Endpoint):
    """A number behind a carrier, which has an `id`, an `address` and a `username` if it registers."""

    agent = CARRIER
    early_media = "EARLY MEDIA"

    def __init__(self, home: Home, number: str, name: str, carrier: Mapping[str, str]) -> None:
        super().__init__(home, number, name, sip_host=carrier["address"])
        self.carrier = carrier
        self.host = carrier["address"]
        self.from_uri = self.contact
        self.shown_name = number

    @cached_property
    def callflow_id(self) -> str:
        """The one of all numbers outside."""
        return hex_id("callflow", self.home.account_id, "no_match")

    @cached_property
    def _class_and_rate(self) -> tuple[str, Rate | None]:
        return rate_of(self.home.plan, self.number)

    def _called_fields(self) -> dict[str, Any]:
        return {"e164_destination": self.number, "e164_origination": None, "did_classifier": self._class_and_rate[0]}

    def _calling_vars(self) -> dict[str, Any]:
        registered = ["gateway calling"] if "username" in self.carrier else []
        return self._vars("carrier", "carrier calling", *registered) | _billing_vars(INBOUND_RATE.billing, INBOUND_RATE)

    def _called_vars(self) -> dict[str, Any]:
        classifier, rate = self._class_and_rate
        billed = _billing_vars("limits_disabled" if rate is None else rate.billing, rate)
        is_emergency = "true" if classifier == "emergency" else "false"
        return self._vars("carrier", "carrier called") | billed | {"emergency_resource": is_emergency}


def _billing_vars(billing: str, rate: Rate | None) -> dict[str, Any]:
    billed = {
        "account_billing": billing,
        "reseller_billing": billing if billing == "limits_disabled" else "per_minute",
    }
    if rate is None:
        return billed
    return billed | {
        "base_cost": str(rate.rate * (rate.minimum // 60) + rate.surcharge),
        "rate": str(rate.rate),
        "rate_increment": str(rate.increment),
        "rate_minimum": str(rate.minimum),
        "rate_name": rate.name,
        "rate_nocharge_time": "0",
        "surcharge": str(rate.surcharge),
    }


class Neighbour(Endpoint):
    """A number of another account of the same cluster (`stepswitch_local_extension.erl`, `build_local_extension`)."""

    def __init__(self, home: Home, number: str, name: str, account_id: str) -> None:
        super().__init__(home, number, name)
        self.account_id = account_id

    def _called_fields(self) -> dict[str, Any]:
        return {"channel_is_loopback": True, "channel_loopback_leg": "A"}

    def _called_vars(self) -> dict[str, Any]:
        return self._vars("neighbour called")
