"""A client whose requests are recorded in a journal, for assertions about the advice on the last one."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Self

import pytest

from mockcdrs.advice.advice_rule import AdviceContext
from mockcdrs.advice.registry import ADVICE, advise, advise_at_end
from mockcdrs.control.journal import Journal
from mockcdrs.crossbar import quirks
from mockcdrs.crossbar.context import Outcome
from mockcdrs.crossbar.pipeline import HttpRequest

NOW = 63_936_129_600  # 2026-01-20T12:00:00Z
ACCOUNT = "a" * 32


class Client:
    """Sends one request after the other; the assertions are about the last one, or about all at the end."""

    def __init__(self, **context: Any) -> None:
        self.seconds = 0.0
        self.journal = Journal(machine_seconds=lambda: self.seconds)
        self.context = replace(AdviceContext(now=NOW, quirks=quirks.COMMON), **context)

    def sends(
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
        lost: int = 0,
        body: Mapping[str, Any] | None = None,
    ) -> Self:
        full = path if path.startswith(("/v", "//", "*")) else f"/v2/accounts/{ACCOUNT}{path}"
        record = self.journal.open(HttpRequest(method, full, query, headers or {}, peer=address), at)
        record.status, record.fault, record.is_complete = status, fault, is_complete
        record.outcome = Outcome(
            rows, next_key, message, dict(body or {}), tokens, ACCOUNT, has_view_rows=has_view_rows, lost=lost
        )
        record.final_advice = self.advice()
        return self

    def waits(self, seconds: float) -> Self:
        """Let time go by on the machine's clock."""
        self.seconds += seconds
        return self

    def advice(self) -> list[str]:
        last, *earlier = reversed(list(self.journal))
        return advise(last, earlier, self.context)

    def advice_at_end(self) -> list[str]:
        return advise_at_end(list(self.journal), self.context)

    def is_advised(self, code: str, *parts: str) -> None:
        _assert_advised(self.advice(), code, parts)

    def is_not_advised(self, code: str) -> None:
        _assert_not_advised(self.advice(), code)

    def is_advised_at_end(self, code: str, *parts: str) -> None:
        _assert_advised(self.advice_at_end(), code, parts)

    def is_not_advised_at_end(self, code: str) -> None:
        _assert_not_advised(self.advice_at_end(), code)


def _assert_advised(advice: list[str], code: str, parts: Iterable[str]) -> None:
    texts = [text for text in advice if text.startswith(f"{code}: ")]
    assert code in ADVICE
    assert texts, f"{code} is not among {advice}"
    assert any(all(part in text for part in parts) for text in texts), texts


def _assert_not_advised(advice: list[str], code: str) -> None:
    assert code in ADVICE
    assert [text for text in advice if text.startswith(f"{code}: ")] == []


@pytest.fixture
def client() -> type[Client]:
    return Client
