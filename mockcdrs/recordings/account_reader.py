"""Reads what is behind a recording from its server: the documents of calls, the account, its users and devices."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from mockcdrs.contract.client import Client, ClientError, RawRequest
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.store import Document
from mockcdrs.imports.importer import complete_document, describe_account
from mockcdrs.recordings.exchanges import Exchange

# A token may open the calls of an account, but not its users.
_NOT_FOR_US = frozenset({403, 404})


class AccountReader:
    """Reads one account of a server, a request at a time, at the pace of the client. It only reads.

    Its methods raise `ClientError` for a response that is neither what was asked for nor 403 or 404.
    """

    def __init__(self, client: Client, account_id: str, auth_token: str) -> None:
        self._client = client
        self._account_id = account_id
        self._headers = (("X-Auth-Token", auth_token),)

    def list_cdr_ids(self, exchanges: Iterable[Exchange]) -> list[str]:
        """The ids of all CDRs in the ranges that the requests of `exchanges` are about, the first ones first."""
        names = ("created_from", "created_to")
        ranges = {
            tuple((name, value) for name, value in parse_qsl(each.request.query) if name in names)
            for each in exchanges
            if each.response.status == 200
        }
        listings = (self._get("cdrs", [("paginate", "false"), *range_]) for range_ in sorted(ranges))
        return list(dict.fromkeys(row["id"] for listing in listings for row in _rows(listing)))

    def read_cdr(self, cdr_id: str) -> Document | None:
        """A CDR as its database has it, as far as an answer tells; `None` if there is none of that id."""
        answer = self._get(f"cdrs/{quote(cdr_id, safe='')}")
        if answer is None:
            return None
        public = {name: value for name, value in answer["data"].items() if name != "id"}
        return complete_document(
            {"_id": cdr_id, **_revision(answer), **public}, self._account_id, cdr_id.partition("-")[0]
        )

    def read_account(self) -> Account:
        """The account with its users and devices."""
        answer = self._get("") or {"data": {}}
        data = {**_revision(answer), **answer["data"]}
        return describe_account(Account(self._account_id), data, self._read_each("users"), self._read_each("devices"))

    def _read_each(self, path: str) -> Iterator[Document]:
        for row in _rows(self._get(path, [("paginate", "false")])):
            answer = self._get(f"{path}/{quote(row['id'], safe='')}")
            if answer is not None:
                yield {**answer["data"], **_revision(answer)}

    def _get(self, path: str, query: Iterable[tuple[str, str]] = ()) -> dict[str, Any] | None:
        target = f"/v2/accounts/{self._account_id}/{path}".rstrip("/")
        response = self._client.send(RawRequest("GET", target, urlencode(list(query)), self._headers))
        try:
            answer = json.loads(response.text)
            is_answer = response.status == 200 and isinstance(answer["data"], dict | list)
        except (ValueError, RecursionError, KeyError, TypeError):
            is_answer = False
        if not is_answer and response.status not in _NOT_FOR_US:
            raise ClientError(
                f"{target} got {response.status}; expected 200 with data; is the server well, and the token still good?"
            )
        return answer if is_answer else None


def _rows(answer: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    rows = answer["data"] if answer else []
    return [row for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]


def _revision(answer: Mapping[str, Any]) -> dict[str, str]:
    return {"_rev": answer["revision"]} if isinstance(answer.get("revision"), str) else {}
