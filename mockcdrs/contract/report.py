"""What the checks found out, as text."""

from collections import Counter
from collections.abc import Sequence

from mockcdrs.contract.check import Result
from mockcdrs.crossbar.quirks import QUIRKS

_MOST_SHOWN = 5


def line(result: Result) -> str:
    """One line of the table: behaviour, what came of it, and the server's source; below it what differed."""
    told = ", ".join([result.outcome, *(f"shows {quirk}" for quirk in result.quirks)])
    first = f"{result.check.name:30}  {told:42}  {result.check.source}"
    return "\n".join([first, *(f"    {each}" for each in differed(result))])


def differed(result: Result) -> list[str]:
    """What should be, and what came instead with the request that shows it."""
    if not result.differences:
        return []
    told = [text for each in result.differences[:_MOST_SHOWN] for text in (each.what, f"  {each.request}")]
    more = len(result.differences) - _MOST_SHOWN
    return [result.check.sentence, *told, *([f"and {more} more"] if more > 0 else [])]


def quirks_shown(results: Sequence[Result]) -> list[str]:
    """Names of the quirks that a server shows, in the table's order."""
    found = {quirk for result in results for quirk in result.quirks}
    return [name for name in QUIRKS if name in found]


def ending(results: Sequence[Result], request_count: int) -> str:
    """Counts, what could not be checked and why, and the quirks."""
    counts = Counter(result.outcome for result in results)
    numbers = ", ".join(f"{counts[outcome]} {outcome}" for outcome in ("passed", "differs", "not made"))
    not_made = [f"{result.check.name:32}{why}" for result in results for why in result.not_made]
    quirks = [f"{name:32}{QUIRKS[name].sentence}" for name in quirks_shown(results)]
    lines = ["", f"{len(results)} checks: {numbers}; {request_count} requests"]
    lines += ["", "Not made, or not wholly:", *not_made] if not_made else []
    return "\n".join([*lines, "", "Quirks of Crossbar's that the server shows:", *(quirks or ["none"])])
