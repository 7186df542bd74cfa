"""`mockcdrs generate`: write made-up calls into a folder."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockcdrs.cli import kazoo_of_mock

if TYPE_CHECKING:
    from mockcdrs.dataset.export import ExportForm


@click.command(
    "generate",
    short_help="Write generated calls into a directory.",
    epilog="""\b
Examples:
  mockcdrs generate --out calls
  mockcdrs generate --days 90 --calls-per-day 5000 --format csv --out calls
  mockcdrs generate --days 365 --jobs 8 --format parquet --out calls
""",
)
@click.option(
    "--days", default=30, show_default=True, type=click.IntRange(1), help="The number of days; the last is today."
)
@click.option(
    "--calls-per-day",
    default=1000,
    show_default=True,
    type=click.IntRange(0, 1_000_000),
    help="The mean number of calls a day, over a week.",
)
@click.option("--seed", default=1, show_default=True, help="The seed; the same seed gives the same calls.")
@click.option("--locale", default="en_US", show_default=True, help="The locale of the people, such as de_DE.")
@click.option("--now", "moment", metavar="MOMENT", help="The end of the last call (ISO 8601, UTC).")
@click.option(
    "--format",
    "form",
    default="jsonl",
    show_default=True,
    type=click.Choice(["jsonl", "csv", "parquet"]),
    help="Documents as lines of JSON, rows of a listing as CSV, or documents in Parquet.",
)
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(1), help="The number of processes.")
@kazoo_of_mock
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="The new directory to write.")
@click.option("--check", is_flag=True, help="Compare the committed fixtures with regenerated ones; write nothing.")
def command(
    *,
    days: int,
    calls_per_day: int,
    seed: int,
    locale: str,
    moment: str | None,
    form: str,
    jobs: int,
    kazoo: str,
    out: Path | None,
    check: bool,
) -> None:
    """Write generated calls into a directory, for `mockcdrs serve --data`.

    The calls are those of `mockcdrs serve` with the same seed, load and date. Without --now they end at
    2026-01-20T12:00:00Z.
    """
    if check:
        _check_fixtures()
        return
    if out is None:
        raise click.UsageError("Missing option '--out': the new folder to write, as in --out calls")
    from mockcdrs.control.clock import ISO_8601, parse_time
    from mockcdrs.dataset import export, fixtures, locales
    from mockcdrs.dataset.generator import Traffic

    try:
        until = parse_time(fixtures.manifest().moment if moment is None else moment, "", ISO_8601)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--now") from error
    try:
        locales.load_pool(locale)
    except locales.UnknownLocale as error:
        raise click.BadParameter(str(error), param_hint="--locale") from error
    try:
        span = export.ExportSpan(seed, Traffic.of(calls_per_day, locale), days, until, locale)
        count = export.export_calls(out, span, _form(form, kazoo), jobs, _with_progress(days))
    except OSError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{count} CDRs in {out}")


def _form(name: str, kazoo: str) -> "ExportForm":
    from mockcdrs.crossbar.versions import version_named
    from mockcdrs.dataset import export

    if name == "parquet":
        try:
            return export.Parquet()
        except ModuleNotFoundError as error:
            raise click.ClickException("--format parquet needs pyarrow: pip install 'mockcdrs[parquet]'") from error
    version = version_named(kazoo)
    return export.Csv(tuple(version.row_columns()), version.datetime_separator) if name == "csv" else export.JsonLines()


def _check_fixtures() -> None:
    from mockcdrs.dataset import fixtures

    if absent := fixtures.absent_makers():
        needed = "the fixtures are made with these: pip install 'mockcdrs[generate,strategies]'"
        raise click.ClickException(f"--check came without {', '.join(absent)}; {needed}")
    differences = fixtures.check_fixtures()
    for difference in differences:
        click.echo(difference)
    if differences:
        raise click.exceptions.Exit(1)
    click.echo("the committed fixtures are what would be made")


def _with_progress(days: int) -> Callable[[Iterator[int]], Iterator[int]]:
    """Shows how many days are done, on a terminal."""

    def watch(counts: Iterator[int]) -> Iterator[int]:
        if not sys.stderr.isatty():  # the bar's label would be all that is left of it
            yield from counts
            return
        with click.progressbar(length=days, label="days", file=sys.stderr) as bar:
            for count in counts:
                bar.update(1)
                yield count

    return watch
