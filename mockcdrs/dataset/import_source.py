"""Where an item of an imported file stands, for whoever has to complain about it."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from mockcdrs.dataset.files import DataError, Words, shortened
from mockcdrs.dataset.listings import Form

Item = dict[str, Any]
_REMEDY = "correct it or take it out"


@dataclass(frozen=True, slots=True)
class Source:
    """A place in a file: a line (0: not told) and a path of keys into what stands there (may be empty).

    `form`: how the file holds its rows.
    """

    file: Path
    line: int = 0
    path: str = ""
    form: Form = Form.JSON

    def at(self, step: str) -> "Source":
        """One step further in: a key, or a position as `[3]`."""
        return replace(self, path=self.path + step if step.startswith("[") or not self.path else f"{self.path}.{step}")

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.file.name, f"line {self.line}" if self.line else "", self.path)))

    def refuse(self, came: Any, expected: str, remedy: str = _REMEDY) -> NoReturn:
        """`DataError`: `came` is shown as JSON unless it is `Words`."""
        shown = came if isinstance(came, Words) else json.dumps(came, ensure_ascii=False)
        raise DataError(self.file, self.line, self.path, shortened(shown), expected, remedy)
