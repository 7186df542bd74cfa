"""Secrets out of an exchange: a known token becomes `token-of-{ACCOUNT_ID}`, any other secret a digest.

So a recording gives nothing away, and yet says whose token was sent: replayed, it is that account's again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from mockcdrs.contract.client import Request
from mockcdrs.control import redaction
from mockcdrs.exchanges.exchange import Answer, Exchange


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens that are known, each with the account that it opens."""

    account_of: Mapping[str, str]

    def revealed(self, request: Request) -> Request:
        """A recorded request with real tokens again."""
        return _mapped(request, self._reveal, lambda _name, value: self._reveal(value))

    def hidden(self, exchange: Exchange) -> Exchange:
        """An exchange without secrets. Hiding twice hides the same known tokens in the same way."""
        request = _mapped(exchange.request, lambda text: self._hide(redaction.redact_text(text)), self._header)
        request = replace(request, path=self._hide(redaction.redact_path(request.path)))
        return replace(exchange, request=request, answer=self.hidden_answer(exchange.answer))

    def hidden_answer(self, answer: Answer) -> Answer:
        """An answer without secrets."""
        headers = {name: self._header(name, value) for name, value in answer.headers.items()}
        return replace(answer, headers=headers, body=self._hide(redaction.redact_text(answer.body)))

    def _header(self, name: str, value: str) -> str:
        (shown,) = redaction.redact_headers({name.lower(): value}).values()
        return self._hide(redaction.redact_text(redaction.redact_path(shown)))

    def _hide(self, text: str) -> str:
        for token, account_id in self.account_of.items():
            name = name_of(account_id)
            for shown in (token, redaction.redact(token), redaction.redact(name)):
                text = text.replace(shown, name)
        return text

    def _reveal(self, text: str) -> str:
        for token, account_id in self.account_of.items():
            text = text.replace(name_of(account_id), token)
        return text


def name_of(account_id: str) -> str:
    """What stands for an account's token."""
    return f"token-of-{account_id}"


def _mapped(request: Request, text: Callable[[str], str], header: Callable[[str, str], str]) -> Request:
    return replace(
        request,
        path=text(request.path),
        query=text(request.query),
        headers=tuple((name, header(name, value)) for name, value in request.headers),
        body=None if request.body is None else text(request.body),
    )
