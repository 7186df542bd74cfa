"""The office of the recorded login and account exchanges, built again from what they tell of it.

Both recordings are of the same accounts, and the office is built from master's, but for what only one of them shows.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mockcdrs.control.clock import Clock, parse_time
from mockcdrs.control.state import State
from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import KAZOO_4_3, KAZOO_MASTER, Version
from mockcdrs.dataset import files
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.store import LoadedStore

SHARED = Path(__file__).parents[3] / "shared"
GOLDEN = SHARED / "golden"
NOW = "2026-01-20T12:00:00Z"
SEED = 1
MASTER, ALPHA, BETA = (
    "00000000000000000000000000000a01",
    "8f3c1e5a7b9d4c2e8a6f0b1d3e5f7a90",
    "1b2c3d4e5f60718293a4b5c6d7e8f901",
)
_LEAKED = ("id", "wnm_allow_additions", "superduper_admin", "created", "reseller_id", "is_reseller", "billing_mode")

Exchange = dict[str, Any]


@dataclass(frozen=True)
class Recording:
    """What one version of Kazoo answered. `has_nulls`: its store held a null for the owner that a device lacks."""

    version: Version
    path: Path
    has_nulls: bool

    @cache  # noqa: B019 there are two of them
    def exchanges(self) -> dict[str, Exchange]:
        """All exchanges by name, none where the recordings are not beside this checkout."""
        if not self.path.exists():
            return {}
        lines = self.path.read_text(encoding="utf-8").splitlines()
        return {exchange["name"]: exchange for exchange in map(json.loads, lines)}


MASTERS = Recording(KAZOO_MASTER, GOLDEN / "around.jsonl", has_nulls=True)
RECORDINGS = (MASTERS, Recording(KAZOO_4_3, SHARED / "golden-4.3" / "around.jsonl", has_nulls=False))


class RecordedAnswers:
    """What the recorded answers tell."""

    def __init__(self, recorded: Mapping[str, Exchange]) -> None:
        self._recorded = recorded

    def envelope(self, name: str) -> dict[str, Any]:
        envelope: dict[str, Any] = json.loads(self._recorded[name]["response"]["body"])
        return envelope

    def data(self, name: str) -> Any:
        return self.envelope(name)["data"]

    def document(self, name: str) -> dict[str, Any]:
        """A document, with its revision."""
        envelope = self.envelope(name)
        return {**envelope["data"], "_rev": envelope["revision"]}

    def sent(self, name: str) -> dict[str, Any]:
        """The data of a request."""
        data: dict[str, Any] = json.loads(self._recorded[name]["request"]["body"])["data"]
        return data

    def login(self, name: str, **user: Any) -> dict[str, Any]:
        """The user whom a login was about."""
        return {**user, "pvt_md5_auth": self.sent(name)["credentials"]}


def state(recording: Recording) -> State:
    """A mock of the version that was recorded, holding that office, at its moment."""
    golden = files.load(GOLDEN / "data")
    answers = RecordedAnswers(MASTERS.exchanges())
    accounts = {account.id: account for account in (*golden.accounts, *_others(answers))}
    accounts[MASTER] = accounts[MASTER]._replace(
        users=(answers.login("login-master", id="ad000000000000000000000000000001"),),
        apps=tuple(_apps(answers)),
    )
    accounts[ALPHA] = _alpha(accounts[ALPHA], answers, has_nulls=recording.has_nulls)
    accounts[BETA] = accounts[BETA]._replace(
        users=(answers.login("login-reseller-account", id="b1111111111111111111111111111111"),)
    )
    settings = Settings(kazoo_version="4.0.0", kazoo_node="zSWyes4Y7hdsgJ0-bONIoA")
    store = LoadedStore(accounts.values(), golden.documents)
    return State(store, settings, Clock(parse_time(NOW)), seed=SEED, version=recording.version)


def _alpha(alpha: Account, answers: RecordedAnswers, *, has_nulls: bool) -> Account:
    document = answers.document("account")
    private = {"pvt_created": document["created"], "pvt_api_key": answers.data("api_key")["api_key"]}
    public = {name: value for name, value in document.items() if name not in _LEAKED}
    return alpha._replace(
        numbers=(answers.sent("login-phone")["phone_number"],),
        document={**public, **private},
        users=tuple(_users(answers)),
        devices=tuple(_devices(answers, has_nulls=has_nulls)),
        whitelabel=answers.document("whitelabel-account"),
    )


def _users(answers: RecordedAnswers) -> Iterator[dict[str, Any]]:
    first, second, disabled = answers.data("users")
    sha = answers.sent("login-sha-account_name")["credentials"]
    yield {**answers.login("login-md5-account_name"), "pvt_sha1_auth": sha, **answers.document("user")}
    for row, login in ((second, "login-nonadmin"), (disabled, "login-disabled-user")):
        fields = {name: value for name, value in row.items() if name not in {"features", "flags"}}
        yield {**answers.login(login), **fields, "vm_to_email_enabled": True, "enabled": row is second}
    del first


def _devices(answers: RecordedAnswers, *, has_nulls: bool) -> Iterator[dict[str, Any]]:
    yield answers.document("device")
    yield answers.document("device-cell")
    unowned = answers.data("devices")[0]
    told_only = {"username", "flags"} if has_nulls else {"username", "flags", "owner_id"}
    fields = {name: value for name, value in unowned.items() if name not in told_only}
    yield {**fields, "sip": {"username": unowned["username"]}}


def _apps(answers: RecordedAnswers) -> Iterator[dict[str, Any]]:
    """The store lists two of the three that a login tells of; of one the whole document is told."""
    whole = answers.data("apps_store-id")
    listed = {app["id"]: app for app in answers.data("apps_store")}
    for app in answers.data("login-md5-account_name")["apps"]:
        label = app.pop("label")
        unlisted = {"published": False, "i18n": {"en-US": {"label": label}}}
        yield {**app, **(whole if app["id"] == whole["id"] else listed.get(app["id"], unlisted))}


def _others(answers: RecordedAnswers) -> Iterator[Account]:
    for row in answers.data("descendants"):
        flags = {"flags": row["flags"]} if row["flags"] else {}
        document = {**flags, "_rev": f"3-{row['id']}"}
        users: tuple[dict[str, Any], ...] = ()
        if row["name"] == "Alpha Child":
            users = (answers.login("login-child", id="ca000000000000000000000000000001"),)
        if row["name"] == "alpha 2nd Child":
            document["descendants_count"] = 0  # told by the filter on it
        yield Account(row["id"], row["name"], row["realm"], tuple(row["tree"]), document=document, users=users)
    below: dict[str, Any] = {"tree": (MASTER,)}
    yield Account("0aa10000000000000000000000000001", "twin", **below)
    yield Account(
        "0aa20000000000000000000000000002",
        "twin!",
        users=(answers.login("login-twin-second", id="2a000000000000000000000000000002"),),
        **below,
    )
    disabled = {"pvt_enabled": False, "pvt_api_key": answers.sent("api_auth-disabled-account")["api_key"]}
    yield Account(
        "d15ab1ed000000000000000000000000",
        "Disabled",
        document=disabled,
        users=(answers.login("login-disabled-account", id="d1"),),
        **below,
    )
    expires = answers.data("login-expired-account")["account"]["expired"]["cause"]
    yield Account(
        "e0000000000000000000000000000001",
        "Expired",
        document={"pvt_trial_expires": expires},
        users=(answers.login("login-expired-account", id="e1"),),
        **below,
    )
