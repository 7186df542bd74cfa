"""A project as users of the plugin have it: a sync of CDRs into a CSV file. It knows nothing of mockcdrs."""

import csv
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

COLUMNS = ("id", "datetime", "caller_id_number", "callee_id_number", "billing_seconds", "cost")
PASSING = (429, 502, 503)

Row = dict[str, Any]


class SyncFailed(Exception):
    """The server did not give what was asked for."""


class CdrSync:
    """Fetches an account's CDRs. `sleep` is called between attempts with the seconds to wait."""

    attempts = 4

    def __init__(
        self, url: str, account_id: str, auth_token: str, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self._cdrs = f"{url}/accounts/{account_id}/cdrs"
        self._session = requests.Session()
        self._session.headers["X-Auth-Token"] = auth_token
        self._sleep = sleep

    def close(self) -> None:
        self._session.close()

    def sync(self, start: datetime, end: datetime, out: Path) -> int:
        """Write the calls of a range as CSV; how many they were."""
        rows = {row["id"]: row for row in self.rows(start, end)}
        with out.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows.values())
        return len(rows)

    def rows(self, start: datetime, end: datetime) -> Iterator[Row]:
        """The rows of all pages."""
        query: dict[str, Any] = {"created_from": self.moment(start), "created_to": self.moment(end)}
        while True:
            page = self.asked(query, requests.Response.json)
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
        out.write_bytes(self.asked(query, self.body))

    def asked(self, query: dict[str, Any], read: Callable[[requests.Response], Any]) -> Any:
        """What `read` makes of an answer; what may pass is tried again."""
        trouble = ""
        for attempt in range(self.attempts):
            if attempt:
                self._sleep(2.0**attempt)
            try:
                with self._session.get(self._cdrs, params=query, timeout=10, stream=True) as answer:
                    if answer.status_code == 200:
                        return read(answer)
                    trouble = f"{answer.status_code} {answer.text}"
                    if answer.status_code not in PASSING:
                        break
            except requests.RequestException as error:
                trouble = repr(error)
        raise SyncFailed(trouble)

    def body(self, answer: requests.Response) -> bytes:
        return b"".join(answer.iter_content(4096))

    def moment(self, time: datetime) -> int:
        """Gregorian seconds."""
        return int((time - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) + 62_167_219_200
