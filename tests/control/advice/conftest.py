"""A client's requests as the journal keeps them, and what advice says of the last one."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Self

import pytest

from mockcdrs.control.advice import ADVICE, Facts, advise, at_end
from mockcdrs.control.journal import Journal
from mockcdrs.crossbar import quirks
from mockcdrs.crossbar.context import Outcome
from mockcdrs.crossbar.pipeline import HttpRequest

NOW = 63_936_129_600  # 2026-01-20T12:00:00Z
ACCOUNT = "a" * 32


class Talk:
    """Requests one after the other; `tells` and `keeps_silent` look at the last."""

    def __init__(self, **facts: Any) -> None:
        self.seconds = 0.0
        self.journal = Journal(machine_seconds=lambda: self.seconds)
        self.facts = Facts(now=NOW, quirks=quirks.COMMON)
        self.facts = replace(self.facts, **facts)

    def asks(
        self,
        path: str = "/cdrs",
        query: str = "",
        *,
        status: int = 200,
        rows: int = 1,
        next_key: str | None = None,
        message: str = "",
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        fault: str = "",
        is_complete: bool = True,
        at: int = NOW,
        address: str = "127.0.0.1",
        tokens: int = 1,
        has_view_rows: bool = False,
        body: Mapping[str, Any] | None = None,
    ) -> Self:
        full = path if path.startswith(("/v", "//", "*")) else f"/v2/accounts/{ACCOUNT}{path}"
        record = self.journal.open(HttpRequest(method, full, query, headers or {}, peer=address), at)
        record.status, record.fault, record.is_complete = status, fault, is_complete
        record.outcome = Outcome(
            rows, next_key, message, dict(body or {}), tokens, ACCOUNT, has_view_rows=has_view_rows
        )
        record.advised = self.advice()
        return self

    def waits(self, seconds: float) -> Self:
        """Let time go by on the machine's clock."""
        self.seconds += seconds
        return self

    def advice(self) -> list[str]:
        last, *earlier = reversed(list(self.journal))
        return advise(last, earlier, self.facts)

    def at_end(self) -> list[str]:
        return at_end(list(self.journal), self.facts)

    def tells(self, code: str, *parts: str) -> None:
        _assert_told(self.advice(), code, parts)

    def keeps_silent(self, code: str) -> None:
        _assert_silent(self.advice(), code)

    def at_end_tells(self, code: str, *parts: str) -> None:
        _assert_told(self.at_end(), code, parts)

    def at_end_keeps_silent(self, code: str) -> None:
        _assert_silent(self.at_end(), code)


def _assert_told(advice: list[str], code: str, parts: Iterable[str]) -> None:
    found = [text for text in advice if text.startswith(f"{code}: ")]
    assert code in ADVICE
    assert found, f"{code} is not among {advice}"
    assert any(all(part in text for part in parts) for text in found), found


def _assert_silent(advice: list[str], code: str) -> None:
    assert code in ADVICE
    assert [text for text in advice if text.startswith(f"{code}: ")] == []


@pytest.fixture
def talk() -> type[Talk]:
    return Talk
