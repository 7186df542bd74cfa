"""`mockcdrs import`: write real CDRs into a folder."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from mockcdrs.cli import anonymizing, check_anonymizing, make_anonymizer, report_dropped

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

_T = TypeVar("_T")
_FEW_CDRS = 20
"""As many as a bug report has: for these a test is printed."""
_TEST = """\
import pytest
import requests


@pytest.mark.mockcdrs(data={directory}, now="{now}")
def test_these_calls(mockcdrs):
    headers = {{"X-Auth-Token": mockcdrs.auth_token}}
    answer = requests.get(mockcdrs.url_for("/cdrs"), headers=headers, timeout=10).json()
    assert len(answer["data"]) == {count}"""


@click.command(
    "import",
    short_help="Convert real CDRs into a data directory.",
    epilog="""\b
Examples:
  mockcdrs import answer.json download.csv --out calls
  mockcdrs import export.jsonl --anonymize --secret TEXT --out calls
""",
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="FILE...")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="The new directory to write."
)
@click.option("--account", "account_id", metavar="ID", help="The account, for files that do not contain its id.")
@anonymizing
def command(
    *,
    paths: tuple[Path, ...],
    out: Path,
    account_id: str | None,
    anonymize: bool,
    secret: str | None,
    keep: tuple[str, ...],
) -> None:
    """Write real CDRs into a directory, for `mockcdrs serve --data`.

    A FILE is a saved answer of a CDR endpoint, as JSON or CSV, or of /accounts/{id}, /users or /devices; documents in
    an answer of CouchDB (_all_docs, _find, _changes, a view), in a file of couchbackup, or as lines of JSON; or a data
    directory. Files may be compressed with gzip, and may be of several months.

    --anonymize replaces names, numbers, addresses and ids with pseudonyms, which depend on the secret. Amounts, times,
    codes and flags stay the same. Unknown fields are dropped and listed.

    For up to 20 CDRs, the command also prints a test that serves them.
    """
    check_anonymizing(anonymize=anonymize)
    from mockcdrs.dataset import export
    from mockcdrs.dataset.files import DataError, DataSet
    from mockcdrs.imports.importer import UNNAMED_ACCOUNT, Importer
    from mockcdrs.imports.listing_rows import LegMoment

    importer = Importer(account_id or UNNAMED_ACCOUNT)
    try:
        with click.progressbar(length=len(paths), label="Reading", file=sys.stderr) as bar:
            data = importer.read(_watch(paths, bar))
        anonymizer = make_anonymizer(secret, keep) if anonymize else None
        data = anonymizer.anonymize_data(data) if anonymizer else data
        with click.progressbar(length=importer.count, label="Writing", file=sys.stderr) as bar:
            months = {month: _watch(documents, bar) for month, documents in data.documents.items()}
            count = export.write_data_directory(out, DataSet(data.accounts, months))
    except (DataError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{count} CDRs in {out}")
    if anonymizer:
        report_dropped(anonymizer)
    for listing, rows in importer.row_counts.items():
        if listing.moment is LegMoment.END:
            click.echo(f"{rows} rows as Kazoo {listing.releases} wrote them: their times were taken for ends of calls")
    if importer.others:
        kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(importer.others.items()))
        click.echo(f"{importer.others.total()} documents left out, which are no CDRs: {kinds}")
    if count <= _FEW_CDRS:
        click.echo(f"\nA test with these CDRs:\n\n{_make_test(out)}")


def _watch(steps: Iterable[_T], bar: "ProgressBar[int]") -> Iterator[_T]:
    for step in steps:
        yield step
        bar.update(1)


def _make_test(directory: Path) -> str:
    """A pytest test that serves a data directory, right after its last call ended."""
    from mockcdrs.cdr import gregorian
    from mockcdrs.dataset import files
    from mockcdrs.dataset.store import LoadedStore
    from mockcdrs.mock import Mock

    data = files.load(directory)
    end = LoadedStore(data.accounts, data.documents).end_gregorian
    now = "live" if end is None else gregorian.iso_8601(end + 1)
    count = Mock(data=directory, now=now).expected("/cdrs").count
    return _TEST.format(directory=json.dumps(str(directory)), now=now, count=count)
