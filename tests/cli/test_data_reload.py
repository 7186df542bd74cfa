"""`mockcdrs serve --reload`: a server that begins anew when its data changes."""

import json
import logging
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mockcdrs.cli import main
from mockcdrs.cli.data_reload import DataReload
from mockcdrs.mock import Mock
from mockcdrs.server.request_log import RequestLog, TextFormatter
from tests.cli.test_serve import DOCUMENT, data

__all__ = ["data"]


def write(directory: Path, *call_ids: str) -> None:
    documents = [{**DOCUMENT, "_id": f"202601-{call_id}", "call_id": call_id} for call_id in call_ids]
    (directory / "cdrs.jsonl").write_text("\n".join(map(json.dumps, documents)))


def call_ids(mock: Mock) -> list[str]:
    listing: Any = mock.client().simulate_get(f"/v2/accounts/{mock.account_id}/cdrs").json
    return sorted(row["call_id"] for row in listing["data"])


def test_changed_files_are_served_by_a_mock_that_begins_anew(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    mock, lines = Mock(data=data), list[bytes]()
    reload = DataReload(data, lambda: Mock(data=data))

    def write_line(line: bytes) -> int:
        lines.append(line)
        return len(line)

    with RequestLog(mock.state.journal, TextFormatter(), write_line) as log:
        reload.look(mock, log)
        assert mock.stand_in is None
        assert call_ids(mock) == ["a@b"]
        write(data, "a@b", "c@d")
        reload.look(mock, log)
        assert call_ids(mock) == ["a@b", "c@d"]
        assert len(mock.requests) == 1
        for _ in range(1_000):  # a thread of its own writes the lines
            if b"".join(lines).count(b"/cdrs") == 2:
                break
            time.sleep(0.01)
        else:
            pytest.fail(f"the lines of both mocks' requests were expected, {lines} came")
    assert "the data changed" in caplog.text


def test_files_that_cannot_be_read_leave_the_data_that_was_there(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    mock = Mock(data=data)
    reload = DataReload(data, lambda: Mock(data=data))
    with RequestLog(mock.state.journal, TextFormatter(), len) as log, caplog.at_level(logging.WARNING):
        (data / "cdrs.jsonl").write_text("{")
        reload.look(mock, log)
        assert call_ids(mock) == ["a@b"]
        assert "the changed data is not served yet" in caplog.text
        write(data, "c@d")
        reload.look(mock, log)
        assert call_ids(mock) == ["c@d"]


def test_a_file_that_is_gone_when_it_is_looked_at_is_no_error(data: Path) -> None:
    (data / "gone").symlink_to(data / "nowhere")
    mock = Mock(data=data)
    with RequestLog(mock.state.journal, TextFormatter(), len) as log:
        DataReload(data, lambda: Mock(data=data)).look(mock, log)
    assert mock.stand_in is None


def test_without_data_there_is_nothing_to_look_after() -> None:
    result = CliRunner().invoke(main, ["serve", "--reload"])
    assert result.exit_code == 2
    assert "--reload came without --data" in result.output
