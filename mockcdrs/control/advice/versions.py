"""Advice on the version of the API in a path, and on what some versions of Kazoo do not take."""

from collections.abc import Iterable, Iterator

from mockcdrs.control.advice import asked
from mockcdrs.control.advice.asked import shown
from mockcdrs.control.advice.facts import Advice, Facts
from mockcdrs.control.journal import Record
from mockcdrs.crossbar import negotiation, routing
from mockcdrs.crossbar.errors import BareAnswer
from mockcdrs.crossbar.resources.table import RESOURCES

_FIRST_STEPS = frozenset({*RESOURCES, "account"})


def _wrong_base_url(record: Record, _earlier: Iterable[Record], facts: Facts) -> Iterator[str]:
    wrong = "" if record.fault else _wrong_base(record, facts)
    if wrong:
        right = f"/v2/{'/'.join(_meant(record.path))}"
        yield f"{wrong}, so ask {shown(right)}"


def _wrong_base(record: Record, facts: Facts) -> str:
    """What a base URL did to a path, and what it ought to be; empty where nothing is wrong."""
    path, version = record.path, asked.api_version(record)
    first, *others = routing.tokens(path) or [""]
    if not version:
        slashes = "; this one begins with a slash too many" if path.startswith("//") else ""
        return (
            f"{shown(path)} got the greeting, as every path does that does not begin with /v2, for any method and "
            f"without a token{slashes}: the base URL ends in /v2"
        )
    if others and not first:
        return f"there is a slash too many behind {shown(f'/{version}')}: the base URL ends in /v2, without a slash"
    if asked.VERSION.fullmatch(first):
        return "the API's version is in this path twice: the base URL ends in /v2, once"
    if "." in version:
        return f"the API has no version {shown(version)}, only whole numbers: the base URL ends in /v2"
    if version == "v1" and not facts.version.serves_v1:
        return f"Kazoo {facts.version.name} does not serve /v1, and answers 410: the base URL ends in /v2"
    return ""


def _meant(path: str) -> list[str]:
    """What a path has behind all that a base URL may be: behind the last version, or from the first known step on."""
    steps = [step for step in path.split("/") if step]
    versions = [place for place, step in enumerate(steps) if asked.VERSION.fullmatch(step)]
    known = (place for place, step in enumerate(steps) if step in _FIRST_STEPS)
    return steps[versions[-1] + 1 :] if versions else steps[next(known, 0) :]


def _unpaged_v1(record: Record, _earlier: Iterable[Record], facts: Facts) -> Iterator[str]:
    if asked.api_version(record) == "v1" and facts.version.serves_v1:
        yield (
            f"page_size does nothing under /v1, where Kazoo {facts.version.name} answers all rows of the range at once "
            "and names no next page: ask the same under /v2"
        )


def _accept_parameters(record: Record, _earlier: Iterable[Record], facts: Facts) -> Iterator[str]:
    accept = record.headers.get("accept")
    if accept is None or record.fault or facts.version.accepts_parameters:
        return
    try:
        taken = negotiation.content_type(accept, accepts_parameters=True)
    except BareAnswer:
        return
    yield (
        f"this bare 406 is Accept: {shown(accept)}, of which Kazoo {facts.version.name} takes no type that has a "
        f"parameter: send {taken} alone"
    )


ADVICE: dict[str, Advice] = {
    "wrong-base-url": Advice(
        _wrong_base_url,
        "A path whose version of the API is missing, there twice, a fraction or not served, or with a slash too many.",
        "crossbar_default_handler.erl",
        statuses=frozenset({200, 401, 404, 410}),
        example="GET /accounts/ACCOUNT_ID/cdrs, without /v2 before it",
    ),
    "v1-unpaged": Advice(
        _unpaged_v1,
        "A page_size under /v1, which never pages.",
        "cb_context.erl",
        asked.WALKS,
        names=frozenset({"page_size"}),
        example="GET /v1/accounts/ACCOUNT_ID/cdrs?page_size=10",
    ),
    "accept-parameter": Advice(
        _accept_parameters,
        "A type with a parameter in Accept, as in application/json;charset=utf-8, which some versions do not take.",
        "api_resource.erl",
        statuses=frozenset({406}),
        example="GET /cdrs with the header Accept: application/json;charset=utf-8",
    ),
}
