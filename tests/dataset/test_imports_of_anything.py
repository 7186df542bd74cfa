"""Whatever JSON a file holds, it is imported or refused in words, and what was imported can be served."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mockcdrs.cdr.row import COLUMNS
from mockcdrs.dataset import export, files
from mockcdrs.dataset.files import DataError
from mockcdrs.dataset.imports import Importer
from tests.profile import many

ACCOUNT = "a" * 32
CDRS: list[dict[str, Any]] = [
    {"_id": "202601-a", "call_id": "x", "pvt_type": "cdr", "pvt_account_id": ACCOUNT},
    {"id": "202601-a", "call_id": "x", "custom_channel_vars": {}},
    {"document": {"_id": "202601-b", "call_id": "b"}, "account_id": ACCOUNT, "month": "202601"},
    {
        "id": "202601-c",
        "call_id": "x",
        "unix_timestamp": "1768471170",
        "timestamp": "63935690370",
        "direction": "inbound",
    },
]
NAMES = st.sampled_from(
    [*COLUMNS, "_id", "document", "account_id", "month", "data", "docs", "rows", "doc", "status", "pvt_type",
     "pvt_account_id", "custom_channel_vars", "account_name", "call_direction"]
)  # fmt: skip
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-5, 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(
        ["202601-a", "202601", ACCOUNT, "cdr", "x", "63935956800", "1768471170", "inbound", "0.5", "error"]
    )
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6), max_leaves=14
)
CHANGED = st.builds(
    lambda cdr, change: {**cdr, **change}, st.sampled_from(CDRS), st.dictionaries(NAMES, VALUES, max_size=2)
)


@settings(max_examples=many(300, 6_000), deadline=None)
@given(items=st.lists(CHANGED | VALUES, max_size=3), are_lines=st.booleans())
def test_any_json_is_imported_or_refused_in_words(items: list[Any], are_lines: bool) -> None:
    with TemporaryDirectory() as folder:
        file, out = Path(folder, "file"), Path(folder, "out")
        file.write_text("\n".join(map(json.dumps, items)) if are_lines else json.dumps(items), encoding="utf-8")
        try:
            count = export.write_data_directory(out, Importer().read([file]))
        except DataError:
            return
        assert sum(map(len, files.load(out).documents.values())) == count > 0
