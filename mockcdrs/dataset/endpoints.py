"""Endpoints of legs, with everything about them that is the same in each of their calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from mockcdrs.dataset.locales import Rate

_CODECS = " RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\n"

# Every key of a generated document, in its order. What is None is filled in for the endpoint or for the leg.
_TEMPLATE: dict[str, Any] = {
    "_id": None,
    "_rev": None,
    "app_name": "ecallmgr",
    "app_version": "4.3.0",
    "billing_seconds": None,
    "call_direction": None,
    "call_id": None,
    "callee_id_name": None,
    "callee_id_number": None,
    "caller_id_name": None,
    "caller_id_number": None,
    "channel_call_state": "HANGUP",
    "channel_created_time": None,
    "channel_name": None,
    "channel_state": "REPORTING",
    "custom_application_vars": None,
    "custom_channel_vars": None,
    "custom_sip_headers": None,
    "disposition": None,
    "duration_seconds": None,
    "from": None,
    "from_tag": None,
    "from_uri": None,
    "hangup_cause": None,
    "hangup_code": None,
    "interaction_id": None,
    "interaction_key": None,
    "interaction_time": None,
    "local_sdp": None,
    "media_server": None,
    "node": "kazoo_apps@apps1.example.net",
    "presence_id": None,
    "remote_sdp": None,
    "request": None,
    "ringing_seconds": None,
    "timestamp": None,
    "to": None,
    "to_tag": None,
    "to_uri": None,
    "user_agent": None,
    "pvt_account_db": None,
    "pvt_account_id": None,
    "pvt_created": None,
    "pvt_modified": None,
    "pvt_type": "cdr",
    "pvt_vsn": "1",
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One party: a device of the office, a feature of it, or a number outside behind a carrier.

    `template` is the document of a leg that is its channel, with every key that all documents have; `sip_headers` and
    `channel_vars` belong into it. Copy all three, never change them. `sdp` is its session description up to the
    session, between session and port, and after the port. `call_id_suffix` is how its equipment ends a Call-ID.
    """

    number: str
    name: str
    uri: str
    call_id_suffix: str
    template: dict[str, Any]
    sip_headers: dict[str, str]
    channel_vars: dict[str, Any]
    sdp: tuple[str, str, str]


class Party(NamedTuple):
    """Who an endpoint is, and its equipment: SIP user, address, user agent, the end of its Call-IDs."""

    number: str
    name: str
    user: str
    address: str
    agent: str
    call_id_suffix: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """What all endpoints of one account share."""

    account_id: str
    account_name: str
    realm: str
    reseller_id: str

    def device(self, device: Mapping[str, Any], party: Party) -> Endpoint:
        """A registered device; `party` holds the extension as number."""
        channel_vars = {
            **self._channel_vars(),
            "authorizing_id": device["id"],
            "authorizing_type": "device",
            "owner_id": device.get("owner_id", ""),
            "username": device["sip"]["username"],
            "realm": self.realm,
            "presence_id": f"{party.number}@{self.realm}",
            "account_billing": "limits_disabled",
            "reseller_billing": "limits_disabled",
            "inception": "on-net",
        }
        return self._endpoint(party, channel_vars, {"x_kazoo_aor": f"sip:{party.user}@{self.realm}"})

    def feature(self, extension: str, name: str, address: str) -> Endpoint:
        """Something on the server itself that answers: voicemail, a menu, a queue, a conference, a parking slot."""
        channel_vars = {**self._channel_vars(), "account_billing": "limits_disabled", "inception": "on-net"}
        return self._endpoint(Party(extension, name, extension, address, "FreeSWITCH"), channel_vars)

    def outside(self, number: str, name: str, carrier: Mapping[str, str], rate: Rate, billing: str) -> Endpoint:
        """A number behind a carrier: the account is billed by `billing`, its reseller by the minute."""
        channel_vars = {
            **self._channel_vars(),
            "authorizing_id": carrier["id"],
            "authorizing_type": "resource",
            "resource_id": carrier["id"],
            "resource_type": carrier["type"],
            "account_billing": billing,
            "reseller_billing": "per_minute",
            "rate": rate.rate,
            "rate_name": rate.name,
            "rate_increment": rate.increment,
            "rate_minimum": rate.minimum,
            "rate_nocharge_time": 0,
            "surcharge": rate.surcharge,
            "inception": f"{number}@{carrier['address']}",
        }
        address = carrier["address"]
        party = Party(number, name, number, address, carrier["agent"], f"@{address}")
        return self._endpoint(party, channel_vars)

    def _channel_vars(self) -> dict[str, Any]:
        return {
            "account_id": self.account_id,
            "account_name": self.account_name,
            "account_realm": self.realm,
            "reseller_id": self.reseller_id,
            "channel_authorized": "true",
        }

    def _endpoint(
        self, party: Party, channel_vars: dict[str, Any], sip_headers: dict[str, str] | None = None
    ) -> Endpoint:
        uri = f"{party.number}@{self.realm}"
        return Endpoint(
            number=party.number,
            name=party.name,
            uri=uri,
            call_id_suffix=party.call_id_suffix,
            template=_TEMPLATE
            | {
                "channel_name": f"sofia/sipinterface_1/{party.user}@{party.address}",
                "presence_id": uri,
                "user_agent": party.agent,
                "pvt_account_id": self.account_id,
            },
            sip_headers=sip_headers or {},
            # The last two are filled in for each call: room for them now spares each copy a resize.
            channel_vars={**channel_vars, "bridge_id": "", "call_interaction_id": ""},
            sdp=sdp_parts(party.address),
        )


def sdp_parts(address: str) -> tuple[str, str, str]:
    """A session description of an audio call at an address, cut where the session and the port belong."""
    middle = f" IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\nm=audio "
    return "v=0\r\no=- ", middle, _CODECS
