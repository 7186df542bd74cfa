"""A client's requests as the journal keeps them, and what advice says of the last one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Self

import pytest

from mockcdrs.control.advice import ADVICE, Facts, advise, at_end
from mockcdrs.control.journal import Journal
from mockcdrs.crossbar import quirks
from mockcdrs.crossbar.answer import Incoming
from mockcdrs.crossbar.context import Outcome

NOW = 63_936_129_600  # 2026-01-20T12:00:00Z
ACCOUNT = "a" * 32


class Talk:
    """Requests one after the other; `tells` and `keeps_silent` look at the last."""

    def __init__(self, **facts: Any) -> None:
        self.journal = Journal()
        self.facts = Facts(now=NOW, quirks=quirks.USUAL)
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
    ) -> Self:
        full = path if path.startswith("/v") else f"/v2/accounts/{ACCOUNT}{path}"
        record = self.journal.open(Incoming(method, full, query, headers or {}), at)
        record.status, record.fault, record.is_complete = status, fault, is_complete
        record.outcome = Outcome(rows, next_key, message)
        record.advised = self.advice()
        return self

    def advice(self) -> list[str]:
        last, *earlier = reversed(list(self.journal))
        return advise(last, earlier, self.facts)

    def at_end(self) -> list[str]:
        return at_end(list(self.journal), self.facts)

    def tells(self, code: str, *parts: str) -> None:
        found = [text for text in self.advice() if text.startswith(f"{code}: ")]
        assert code in ADVICE
        assert found, f"{code} is not among {self.advice()}"
        assert any(all(part in text for part in parts) for text in found), found

    def keeps_silent(self, code: str) -> None:
        assert code in ADVICE
        assert [text for text in self.advice() if text.startswith(f"{code}: ")] == []


@pytest.fixture
def talk() -> type[Talk]:
    return Talk
