"""The checks of the contract suite: how one is defined and run, and how its result is reported.

A check is a generator function that takes a server, sends requests and yields findings. It yields nothing if the server
answers as Crossbar does without any quirk.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mockcdrs.contract.response import CannotCheck, Difference, Finding, MalformedResponse, QuirkObserved, Skipped
from mockcdrs.contract.target import TargetServer
from mockcdrs.crossbar.quirks import QUIRKS

_MAX_DIFFERENCES_REPORTED = 5

Findings = Callable[[TargetServer], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """One behaviour of Crossbar.

    `sentence` describes the behaviour, `source` names the file of Kazoo that implements it, and `quirks` names the
    quirks that the check can observe.
    """

    name: str
    sentence: str
    source: str
    quirks: tuple[str, ...]
    findings: Findings

    def run(self, server: TargetServer) -> "CheckResult":
        """Run the check against a server, whatever the server answers."""
        findings = list(self._findings_or_failure(server))
        differences = [each for each in findings if isinstance(each, Difference)]
        return CheckResult(
            self,
            tuple(Difference(server.redact(each.text), each.request) for each in differences),
            tuple(dict.fromkeys(each.quirk for each in findings if isinstance(each, QuirkObserved))),
            tuple(dict.fromkeys(each.reason for each in findings if isinstance(each, Skipped))),
        )

    def _findings_or_failure(self, server: TargetServer) -> Iterator[Finding]:
        try:
            yield from self.findings(server)
        except CannotCheck as reason:
            yield Skipped(str(reason))
        except MalformedResponse as error:
            yield error.difference
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            # a response of a shape that no check expects is a finding about the server, not a reason to stop
            request = server.last.request if server.last else ""
            yield Difference(f"an answer of another shape than Crossbar's: {type(error).__name__}: {error}", request)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check. `quirks` names the quirks observed, `skipped` says why something was not checked."""

    check: Check
    differences: tuple[Difference, ...]
    quirks: tuple[str, ...]
    skipped: tuple[str, ...]

    @property
    def outcome(self) -> str:
        """`differs`, `passed`, or `skipped` where the server's data did not allow the whole check."""
        if self.differences:
            return "differs"
        return "skipped" if self.skipped else "passed"


def check_of(source: str, *quirks: str) -> Callable[[Findings], Check]:
    """Turn a function into a `Check` with the function's name, and its docstring as the sentence."""

    def decorate(findings: Findings) -> Check:
        sentence = findings.__doc__ or findings.__name__.replace("_", " ")
        return Check(findings.__name__.replace("_", "-"), sentence, source, quirks, findings)

    return decorate


def render_check_result(result: CheckResult) -> str:
    """One line with the check's name, outcome, quirks and source; below it the differences."""
    outcome = ", ".join([result.outcome, *(f"shows {quirk}" for quirk in result.quirks)])
    first = f"{result.check.name:30}  {outcome:42}  {result.check.source}"
    return "\n".join([first, *(f"    {line}" for line in describe_differences(result))])


def describe_differences(result: CheckResult) -> list[str]:
    """The check's sentence, then the first few differences with their requests; empty if nothing differs."""
    if not result.differences:
        return []
    reported = result.differences[:_MAX_DIFFERENCES_REPORTED]
    lines = [line for each in reported for line in (each.text, f"  {each.request}")]
    more = len(result.differences) - len(reported)
    return [result.check.sentence, *lines, *([f"and {more} more"] if more else [])]


def describe_results(results: Sequence[CheckResult], detection: str, request_count: int) -> dict[str, Any]:
    """The results as JSON can hold them; `detection` says which Kazoo the server is, and how that is known."""
    return {
        "detection": detection,
        "requests": request_count,
        "counts": Counter(result.outcome for result in results),
        "checks": [
            {
                "name": result.check.name,
                "sentence": result.check.sentence,
                "source": result.check.source,
                "outcome": result.outcome,
                "differences": [{"text": each.text, "request": each.request} for each in result.differences],
                "quirks": list(result.quirks),
                "skipped": list(result.skipped),
            }
            for result in results
        ],
    }


def render_summary(results: Sequence[CheckResult], request_count: int) -> str:
    """The number of checks by outcome, what could not be checked and why, and the quirks observed."""
    counts = Counter(result.outcome for result in results)
    numbers = ", ".join(f"{counts[outcome]} {outcome}" for outcome in ("passed", "differs", "skipped"))
    skipped = [f"{result.check.name:32}{reason}" for result in results for reason in result.skipped]
    observed = {quirk for result in results for quirk in result.quirks}
    quirks = [f"{name:32}{quirk.sentence}" for name, quirk in QUIRKS.items() if name in observed]
    lines = ["", f"{len(results)} checks: {numbers}; {request_count} requests"]
    lines += ["", "Not made, or not wholly:", *skipped] if skipped else []
    return "\n".join([*lines, "", "Quirks of Crossbar's that the server shows:", *(quirks or ["none"])])
