"""`mockcdrs import`: write real CDRs into a folder."""

from pathlib import Path

import click

from mockcdrs.cli.shared_options import anonymizing, check_anonymizing, make_anonymizer


@click.command(
    "import",
    short_help="Turn real CDRs into a folder to serve.",
    epilog="""\b
Examples:
  mockcdrs import answer.json download.csv --out calls
  mockcdrs import export.jsonl --anonymize --secret TEXT --out calls
""",
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="FILE...")
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="The new folder to write.")
@click.option("--account", "account_id", metavar="ID", help="Whose calls they are where a file does not tell.")
@anonymizing
def command(*, paths: tuple[Path, ...], out: Path, account_id: str | None, anonymize: bool, secret: str | None) -> None:
    """Write real CDRs into a folder, which `mockcdrs serve --data` takes.

    A FILE is a saved answer of any of the endpoints, as JSON or CSV, an export of documents as JSON or lines of JSON,
    or a folder written before. With the same secret the same person has the same pseudonym in every run.
    """
    check_anonymizing("secret", anonymize=anonymize)
    from mockcdrs.dataset import export
    from mockcdrs.dataset.files import DataError
    from mockcdrs.imports.importer import UNNAMED_ACCOUNT, Importer
    from mockcdrs.imports.listing_rows import LegMoment

    importer = Importer(account_id or UNNAMED_ACCOUNT)
    try:
        loaded = importer.read(paths)
        count = export.write_data_directory(
            out, make_anonymizer(secret).anonymize_data(loaded) if anonymize else loaded
        )
    except (DataError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{count} CDRs in {out}")
    for listing, rows in importer.row_counts.items():
        if listing.moment is LegMoment.END:
            click.echo(f"{rows} rows as Kazoo {listing.releases} wrote them: their times were taken for ends of calls")
    if importer.skipped_count:
        click.echo(f"{importer.skipped_count} documents left out: they are no CDRs")
