"""A project as users of the plugin have it: a sync of CDRs into a CSV file. It knows nothing of mockcdrs."""

import csv
import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

COLUMNS = ("id", "started", "caller_id_number", "callee_id_number", "billing_seconds", "cost", "disposition")
PASSING = (429, 502, 503)

Row = dict[str, Any]


class SyncFailed(Exception):
    """The server did not give what was asked for."""


@dataclass(frozen=True)
class Login:
    """Whose calls to fetch."""

    account_name: str
    username: str
    password: str

    def to_dict(self) -> dict[str, str]:
        pair = f"{self.username}:{self.password}"
        return {"credentials": hashlib.md5(pair.encode()).hexdigest(), "account_name": self.account_name}


class CdrSync:
    """Fetches an account's CDRs. `sleep` is called between attempts with the seconds to wait."""

    attempts = 4
    datetime_format = "%Y-%m-%d %H:%M:%S"  # as Kazoo 4.3 writes it, in UTC

    def __init__(self, url: str, login: Login, sleep: Callable[[float], object] = time.sleep) -> None:
        self._url = url
        self._login = login
        self._session = requests.Session()
        self._sleep = sleep
        self._account_id = ""

    def close(self) -> None:
        self._session.close()

    def log_in(self) -> None:
        """Get a token. The one before must not come along: an expired one would spoil the login."""
        self._session.headers.pop("X-Auth-Token", None)
        answer = self.logged_in()
        if answer.status_code in PASSING:
            raise requests.HTTPError(f"{answer.status_code} {answer.text}")
        if answer.status_code != 201:
            raise SyncFailed(f"{answer.status_code} {answer.text}")
        login = answer.json()
        self._session.headers["X-Auth-Token"] = login["auth_token"]
        self._account_id = login["data"]["account_id"]

    def logged_in(self) -> requests.Response:
        return self._session.put(f"{self._url}/user_auth", json={"data": self._login.to_dict()}, timeout=10)

    def sync(self, start: datetime, end: datetime, out: Path) -> int:
        """Write the calls of a range as CSV; how many they were."""
        rows = {row["id"]: {**row, "started": self.started(row).isoformat()} for row in self.rows(start, end)}
        with out.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows.values())
        return len(rows)

    def started(self, row: Row) -> datetime:
        """When a call began."""
        try:
            return datetime.strptime(row["datetime"], self.datetime_format).replace(tzinfo=UTC)
        except ValueError as error:
            raise SyncFailed(str(error)) from error

    def rows(self, start: datetime, end: datetime) -> Iterator[Row]:
        """The rows of all pages."""
        query: dict[str, Any] = {"created_from": self.moment(start), "created_to": self.moment(end)}
        while True:
            page = self.ask(query, requests.Response.json)
            yield from page["data"]
            if "next_start_key" not in page:
                return
            query = {**query, "start_key": page["next_start_key"]}

    def export(self, start: datetime, end: datetime, out: Path) -> None:
        """Save the server's own CSV of a range."""
        query = {
            "created_from": self.moment(start),
            "created_to": self.moment(end),
            "paginate": "false",
            "accept": "csv",
        }
        out.write_bytes(self.ask(query, self.body))

    def ask(self, query: dict[str, Any], read: Callable[[requests.Response], Any]) -> Any:
        """What `read` makes of an answer; what may pass is tried again."""
        trouble = ""
        for attempt in range(self.attempts):
            if attempt:
                self._sleep(2.0**attempt)
            try:
                if not self._account_id:
                    self.log_in()
                with self._session.get(self.cdrs, params=query, timeout=10, stream=True) as answer:
                    if answer.status_code == 200:
                        return read(answer)
                    trouble = f"{answer.status_code} {answer.text}"
                    if answer.status_code == 401:
                        self.log_in()
                    elif answer.status_code not in PASSING:
                        break
            except requests.RequestException as error:
                trouble = repr(error)
        raise SyncFailed(trouble)

    @property
    def cdrs(self) -> str:
        return f"{self._url}/accounts/{self._account_id}/cdrs"

    def body(self, answer: requests.Response) -> bytes:
        return b"".join(answer.iter_content(4096))

    def moment(self, time: datetime) -> int:
        """Gregorian seconds."""
        return int((time - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) + 62_167_219_200
