"""`mockcdrs explain`: what a name means."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mockcdrs.reference import Entry


@click.command(
    "explain",
    short_help="Describe a name, or list all names.",
    epilog="""\b
Examples:
  mockcdrs explain
  mockcdrs explain summary-doubling
  mockcdrs explain crossbar.maximum_range
""",
)
@click.argument("name", required=False)
def command(*, name: str | None) -> None:
    """Describe NAME, with an example and the source; without NAME, list all names.

    NAME is a quirk, a code of advice, a fault or part of a rule, a preset fault, a setting, a scenario, an edge case,
    or a version of Kazoo.
    """
    from mockcdrs import reference

    if name is None:
        click.echo("\n\n".join(_listing(kind, title) for kind, title in reference.TITLES.items()))
        return
    try:
        entries = reference.find(name)
    except reference.UnknownName as error:
        raise click.BadParameter(str(error), param_hint="NAME") from error
    click.echo("\n\n".join(_description(entry) for entry in entries))


def _listing(kind: str, title: str) -> str:
    from mockcdrs import reference

    return "\n".join([title, *(f"  {entry.name:30} {entry.sentence}" for entry in reference.of_kind(kind))])


def _description(entry: "Entry") -> str:
    example = entry.example.replace("\n", f"\n{' ' * 9}")
    lines = [f"{entry.name} ({entry.kind})", "", entry.sentence, *entry.notes, ""]
    return "\n".join([*lines, f"Example: {example}", f"Source:  {entry.source}"])
