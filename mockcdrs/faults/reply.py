"""Replies of the test's own, in the place of Crossbar's answer."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mockcdrs import arguments
from mockcdrs.arguments import Kind
from mockcdrs.crossbar.context import ServerState
from mockcdrs.crossbar.envelope import encode_json
from mockcdrs.crossbar.pipeline import HttpResponse
from mockcdrs.faults.action import AnswerAction, Produce
from mockcdrs.faults.matching import RuleError


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer without Crossbar's envelope. Raises `RuleError`.

    Arguments:
        json: the body, as JSON; `None` is an empty body.
        status: 200 to 599.
        headers: text by name; the headers that the server writes itself are refused.

    """

    json: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            json.loads(encode_json(self.json))
            json.dumps(self.json, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise RuleError(f"json: came {repr(self.json)[:80]}, expected what JSON can hold ({error})") from error
        arguments.check_value("status", self.status, arguments.whole(200, 599), RuleError)
        arguments.check_value("headers", self.headers, arguments.VALUES, RuleError)
        for name, value in self.headers.items():
            if not (name and isinstance(value, str)) or any(end in name + value for end in "\r\n"):
                raise RuleError(f"headers: came {name!r}: {value!r}, expected text on one line")
            if name.lower() in _HEADERS_OF_THE_SERVER:
                raise RuleError(f"headers: came {name!r}, which is the server's to write; leave it out")


_HEADERS_OF_THE_SERVER = frozenset(
    {"connection", "content-length", "date", "keep-alive", "transfer-encoding", "upgrade"}
)


class SendReply(AnswerAction):
    """Send an answer of the test's own."""

    keyword, unset = "reply", None
    kind = Kind(
        "a Reply: json, status, headers",
        lambda value: hasattr(value, "json") and hasattr(value, "status"),
        lambda value: "make it by respond(path, json=..., status=...)" if isinstance(value, Mapping) else "",
    )
    sentence = "The answer is a Reply of the test's own; `respond()` is the shorter way."
    example = Reply({"data": []})

    @classmethod
    def from_json(cls, value: Any) -> Any:
        """The Reply that an object in JSON stands for; any other value as it is."""
        if not isinstance(value, Mapping):
            return value
        arguments.check_names(value, [item.name for item in dataclasses.fields(Reply)], "a reply", RuleError)
        return Reply(**value)

    def to_json(self) -> Any:
        return dataclasses.asdict(self.value)

    def answer(self, server_state: ServerState, produce: Produce) -> HttpResponse:
        del server_state, produce
        headers = {name.lower(): value for name, value in self.value.headers.items()}
        if self.value.json is None:
            return HttpResponse(self.value.status, headers)
        typed = {"content-type": "application/json", **headers}
        return HttpResponse(self.value.status, typed, encode_json(self.value.json))

    def __str__(self) -> str:
        return str(self.value.status)
