"""A check: a behaviour in a sentence, the server's source that it rests on, and the code that looks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mockcdrs.contract.answer import Unusable
from mockcdrs.contract.finding import CannotCheck, Difference, Finding, NotMade, Shown
from mockcdrs.contract.server import Server

Findings = Callable[[Server], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """`findings` looks at a server and yields what it finds; nothing if all is as in Crossbar with no quirk.

    `quirks` are those that it may meet, by name.
    """

    name: str
    sentence: str
    source: str
    quirks: tuple[str, ...]
    findings: Findings


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found out."""

    check: Check
    differences: tuple[Difference, ...]
    quirks: tuple[str, ...]
    not_made: tuple[str, ...]

    @property
    def outcome(self) -> str:
        """`differs`, `passed`, or `not made` where nothing could be looked at or something is left."""
        if self.differences:
            return "differs"
        return "not made" if self.not_made else "passed"


def check(source: str, *quirks: str) -> Callable[[Findings], Check]:
    """Make a check of a function: its name is the check's, its docstring the sentence."""

    def made(findings: Findings) -> Check:
        return Check(
            findings.__name__.replace("_", "-"),
            findings.__doc__ or findings.__name__.replace("_", " "),
            source,
            quirks,
            findings,
        )

    return made


def run(made: Check, server: Server) -> Result:
    """Look at a server, whatever it answers."""
    found = list(_found(made, server))
    return Result(
        made,
        tuple(_redacted(each, server) for each in found if isinstance(each, Difference)),
        tuple(dict.fromkeys(each.quirk for each in found if isinstance(each, Shown))),
        tuple(dict.fromkeys(each.why for each in found if isinstance(each, NotMade))),
    )


def _redacted(difference: Difference, server: Server) -> Difference:
    return Difference(server.redacted(difference.what), difference.request)


def _found(made: Check, server: Server) -> Iterator[Finding]:
    try:
        yield from made.findings(server)
    except CannotCheck as reason:
        yield NotMade(str(reason))
    except Unusable as answer:
        yield answer.difference
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        # answers of a shape that no check expects: a finding about the server, not a reason to stop
        request = server.last.request if server.last else ""
        yield Difference(f"an answer of another shape than Crossbar's: {type(error).__name__}: {error}", request)
