"""Redaction of secrets in exchanges: known tokens become `token-of-ACCOUNT_ID`, other secrets a digest.

So a recording has no secrets but shows whose token was sent; a replay sends that account's token again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from mockcdrs.contract.client import RawRequest
from mockcdrs.control import redaction
from mockcdrs.recordings.exchanges import Exchange, RecordedResponse


@dataclass(frozen=True, slots=True)
class TokenRedaction:
    """Redacts and restores tokens. `account_by_token` has the known tokens, each with the id of its account."""

    account_by_token: Mapping[str, str]

    def restore(self, request: RawRequest) -> RawRequest:
        """A recorded request with real tokens instead of their placeholders."""
        return _map_request(request, self._insert_tokens, lambda _name, value: self._insert_tokens(value))

    def redact(self, exchange: Exchange) -> Exchange:
        """An exchange without secrets. Known tokens that are redacted already become the same placeholders."""
        request = _map_request(
            exchange.request, lambda text: self._replace_tokens(redaction.redact_text(text)), self._redact_header
        )
        request = replace(request, path=self._replace_tokens(redaction.redact_path(request.path)))
        return replace(exchange, request=request, response=self._redact_response(exchange.response))

    def _redact_response(self, response: RecordedResponse) -> RecordedResponse:
        headers = {name: self._redact_header(name, value) for name, value in response.headers.items()}
        return replace(response, headers=headers, body=self._replace_tokens(redaction.redact_text(response.body)))

    def _redact_header(self, name: str, value: str) -> str:
        (shown,) = redaction.redact_headers({name.lower(): value}).values()
        return self._replace_tokens(redaction.redact_text(redaction.redact_path(shown)))

    def _replace_tokens(self, text: str) -> str:
        for token, account_id in self.account_by_token.items():
            placeholder = token_placeholder(account_id)
            for written in (token, redaction.redact(token), redaction.redact(placeholder)):
                text = text.replace(written, placeholder)
        return text

    def _insert_tokens(self, text: str) -> str:
        for token, account_id in self.account_by_token.items():
            text = text.replace(token_placeholder(account_id), token)
        return text


def token_placeholder(account_id: str) -> str:
    """The text that replaces an account's token in recordings."""
    return f"token-of-{account_id}"


def _map_request(request: RawRequest, text: Callable[[str], str], header: Callable[[str, str], str]) -> RawRequest:
    return replace(
        request,
        path=text(request.path),
        query=text(request.query),
        headers=tuple((name, header(name, value)) for name, value in request.headers),
        body=None if request.body is None else text(request.body),
    )
