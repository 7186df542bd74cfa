"""Writes the README's tables of what the code has tables of: `python tests/making_tables.py`."""

import re
from collections.abc import Iterable
from pathlib import Path

from mockcdrs.advice.registry import ADVICE
from mockcdrs.crossbar.quirks import QUIRKS
from mockcdrs.crossbar.versions import VERSIONS
from mockcdrs.crossbar.versions.comparison import as_markdown

_TABLE = re.compile(r"(?:^\|.*\n)+", re.MULTILINE)
README = Path(__file__).parents[1] / "README.md"


def shown_by(quirk: str) -> str:
    """The versions of Kazoo that show a quirk unless told otherwise."""
    showing = [f"`{name}`" for name, version in VERSIONS.items() if quirk in version.quirks]
    return "all" if len(showing) == len(VERSIONS) else ", ".join(showing) or "none"


def markdown(*rows: Iterable[str]) -> str:
    """A table; the first row is its head."""
    head, *others = map(list, rows)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (head, ["---"] * len(head), *others))


def tables() -> dict[str, str]:
    """By the heading that each stands under."""
    own = {code: advice for code, advice in ADVICE.items() if code not in QUIRKS}
    quirks = ([f"`{name}`", each.sentence, shown_by(name), f"`{each.source}`"] for name, each in QUIRKS.items())
    return {
        "Which Kazoo": as_markdown(VERSIONS.values()),
        "Quirks": markdown(["quirk", "what a client sees", "shown by", "source"], *quirks),
        "Advice": markdown(["code", "what it is about"], *([f"`{code}`", each.sentence] for code, each in own.items())),
    }


def written(readme: str) -> str:
    """The README with its tables as the code has them."""
    for heading, table in tables().items():
        before, title, behind = readme.partition(f"\n## {heading}\n")
        readme = (
            before + title + re.sub(r"(?:^\|.*\n)+", lambda _, made=table: made, behind, count=1, flags=re.MULTILINE)
        )
    return readme


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
