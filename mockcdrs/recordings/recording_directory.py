"""A directory with a recording and the data behind it, which `mockcdrs serve --data` and `mockcdrs replay` take.

`recording/exchanges.jsonl` has the exchanges; all else is a data directory. Until it is complete its name ends in
`.unfinished`, and a later run may go on with it.
"""

import itertools
import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from mockcdrs.dataset import export
from mockcdrs.dataset.accounts import Account
from mockcdrs.dataset.store import Document
from mockcdrs.imports.anonymizer import Anonymizer
from mockcdrs.imports.fields import FieldKind
from mockcdrs.recordings import exchanges as exchange_files
from mockcdrs.recordings.exchange_anonymizer import ExchangeAnonymizer
from mockcdrs.recordings.exchanges import Exchange

_RECORDING = Path("recording", "exchanges.jsonl")
_PSEUDONYMS = "pseudonyms.txt"


def recording_file(path: Path) -> Path:
    """The file with the exchanges: `path` itself, or the one in the directory `path`."""
    return path / _RECORDING if path.is_dir() else path


class RecordingDirectory:
    """The directory `out` while it is filled. All that is written goes through `anonymizer`, if there is one.

    With `resume` it goes on with what a run before left: which pseudonyms that one gave is kept in the directory until
    it is complete, by keyed hashes of the originals. With `force` it takes the place of a recording that is there, once
    it is complete. Raises `FileExistsError` if `out` exists otherwise, or if a run left something and `resume` is
    false.
    """

    def __init__(
        self, out: Path, *, resume: bool = False, force: bool = False, anonymizer: Anonymizer | None = None
    ) -> None:
        self._out = out
        self.unfinished = out.with_name(f"{out.name}.unfinished")
        if out.exists() and not (force and (out / _RECORDING).is_file()):
            words = "name a folder that is not, or move this one away; --force overwrites a recording, nothing else"
            raise FileExistsError(f"{out} is there already: {words}")
        if self.unfinished.exists() and not resume:
            raise FileExistsError(
                f"{self.unfinished} is there from a run that did not end: go on with --resume, or move it away"
            )
        self._anonymizer = anonymizer
        self._saved = 0
        (self.unfinished / _RECORDING).parent.mkdir(parents=True, exist_ok=True)
        lines = (line for file in self.unfinished.glob("*.jsonl") for line in _whole_lines(file))
        self._ids = {str(json.loads(line)["document"]["_id"]) for line in lines}
        self._restore_pseudonyms()

    def __len__(self) -> int:
        """The number of documents in it."""
        return len(self._ids)

    def __contains__(self, cdr_id: str) -> bool:
        """Whether it has the CDR that has this id on the server."""
        return (self._anonymizer.hide(FieldKind.ID, cdr_id) if self._anonymizer else cdr_id) in self._ids

    def write_exchanges(self, exchanges: Iterable[Exchange]) -> int:
        """Write the exchanges; return their number."""
        hide = ExchangeAnonymizer(self._anonymizer).anonymize if self._anonymizer else None
        return exchange_files.write_exchanges(self.unfinished / _RECORDING, map(hide, exchanges) if hide else exchanges)

    def add_document(self, document: Document) -> None:
        """Add a document to the file of its month."""
        if self._anonymizer:
            document = self._anonymizer.anonymize_object(document)
            self._save_pseudonyms(self._anonymizer.pseudonyms.given)
        month = document["_id"].partition("-")[0]
        with (self.unfinished / f"documents-{month}.jsonl").open("a", encoding="utf-8", newline="\n") as file:
            file.write(export.document_line(document["pvt_account_id"], month, document))
        self._ids.add(document["_id"])

    def finish(self, account: Account) -> None:
        """Write the account, and give the directory its name."""
        hidden = self._anonymizer.anonymize_account(account) if self._anonymizer else account
        export.write_accounts(self.unfinished, [hidden])
        (self.unfinished / _PSEUDONYMS).unlink(missing_ok=True)
        if self._out.exists():
            shutil.rmtree(self._out)
        self.unfinished.rename(self._out)

    def _restore_pseudonyms(self) -> None:
        file = self.unfinished / _PSEUDONYMS
        if self._anonymizer and file.exists():
            self._anonymizer.pseudonyms.restore(dict(json.loads(line) for line in _whole_lines(file)))
            self._saved = len(self._anonymizer.pseudonyms.given)

    def _save_pseudonyms(self, given: Mapping[str, str]) -> None:
        with (self.unfinished / _PSEUDONYMS).open("a", encoding="utf-8", newline="\n") as file:
            file.writelines(json.dumps(pair) + "\n" for pair in itertools.islice(given.items(), self._saved, None))
        self._saved = len(given)


def _whole_lines(file: Path) -> list[str]:
    """The lines of a file, without a last one that was cut short."""
    whole, newline, _ = file.read_text(encoding="utf-8").rpartition("\n")
    file.write_text(whole + newline, encoding="utf-8", newline="\n")
    return whole.split("\n") if whole else []
