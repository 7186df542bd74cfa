"""Each rule in which versions of Kazoo differ is checked: a server that has another version's is found out."""

from collections.abc import Iterator
from dataclasses import fields, replace

import pytest

from mockcdrs.contract.checks import CHECKS
from mockcdrs.contract.target import Detection, TargetServer
from mockcdrs.crossbar.versions import VERSIONS, Version
from mockcdrs.mock import Mock, serving

NO_RULES_OF_CALLS = {  # of users, devices, accounts and logins: the suite is about calls
    *("account_switches", "ancestor_columns", "directory_loader", "lists_parents", "refuses_expired_tokens_first"),
    "users_view",
}
NOT_SEEN = {
    "charges_every_request",  # it takes more requests at once than are gentle
    "reads_cdrs_maximum_range",  # how wide a range may be is seen, not which setting says so
    "quirks",  # whatever a server has of these passes
}
ServerAndVersion = tuple[TargetServer, Version]
RULES = [each.name for each in fields(Version) if each.metadata and each.name not in NO_RULES_OF_CALLS | NOT_SEEN]


@pytest.fixture(scope="module", params=["4.3", "master"])
def server_and_version(request: pytest.FixtureRequest) -> Iterator[ServerAndVersion]:
    """A reseller's server of each version, with what all rules need: its answers are asked for once."""
    with serving(kazoo=request.param, reseller=True) as mock:
        for number in ("911", "933", "988"):
            add_call_to(mock, number)
        add_call_with_two_legs(mock)
        yield TargetServer(mock.url, mock.account_id, mock.auth_token), VERSIONS[request.param]


def add_call_to(mock: Mock, number: str) -> None:
    leg = dict(mock.add_call(at="2026-01-01T01:00:00Z").legs[0])
    variables = {**leg["custom_channel_vars"], "resource_id": "a-carrier"}
    mock.add_cdr({**leg, "call_direction": "outbound", "to": f"{number}@example.com", "custom_channel_vars": variables})


def add_call_with_two_legs(mock: Mock) -> None:
    """A user's phone that nobody answered, then another one that he answered."""
    leg = dict(mock.add_call(at="2026-01-01T02:00:00Z").legs[0])
    leg |= {"interaction_key": "legs", "interaction_id": f"{leg['interaction_time']}-legs"}
    leg["custom_channel_vars"] = {**leg["custom_channel_vars"], "owner_id": mock.user_id}
    for number, (channel, billed) in enumerate(((1, 0), (2, 30))):
        changes = {"_id": f"202601-leg-{number}", "channel_created_time": channel, "billing_seconds": billed}
        mock.add_cdr({**leg, **changes})


def differing(server: TargetServer, version: Version) -> Iterator[str]:
    """The checks that find the server to be no such version."""
    server.detection = Detection(version, "for the test")
    return (check.name for check in CHECKS if check.run(server).differences)


def another(own: Version, rule: str) -> Version:
    """A version like another one, but with what the first of the others has otherwise in one rule."""
    others = (getattr(each, rule) for each in VERSIONS.values())
    return replace(own, **{rule: next(each for each in others if each != getattr(own, rule))})


def test_the_server_is_what_it_was_made_as(server_and_version: ServerAndVersion) -> None:
    assert list(differing(*server_and_version)) == []


@pytest.mark.parametrize("rule", RULES)
def test_a_server_with_another_versions_rule_is_found_out(rule: str, server_and_version: ServerAndVersion) -> None:
    server, own = server_and_version
    assert next(differing(server, another(own, rule)), None)


@pytest.mark.parametrize(
    ("rule", "name"), [("emergency_numbers", "emergency-calls"), ("owner_interactions", "leg-of-a-users-interaction")]
)
def test_a_rule_that_needs_calls_of_its_own_has_a_check_of_its_own(
    rule: str, name: str, server_and_version: ServerAndVersion
) -> None:
    server, own = server_and_version
    assert name in list(differing(server, another(own, rule)))
