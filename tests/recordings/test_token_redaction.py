"""No token gets into a recording."""

import json
from pathlib import Path

from mockcdrs.contract.client import RawRequest
from mockcdrs.mock import Mock
from mockcdrs.recordings import exchanges as files
from mockcdrs.recordings.exchanges import Exchange, RecordedResponse
from tests.recordings.builders import recorder


def test_no_token_is_in_a_recording(office: Mock, recorded: list[Exchange], tmp_path: Path) -> None:
    asked = Exchange(
        "everywhere",
        RawRequest(
            "POST",
            f"/v2/accounts/{office.account_id}/user_auth/{office.auth_token}",
            f"auth_token={office.auth_token}&x=1",
            (("Authorization", f"Bearer {office.auth_token}"), ("Content-Type", "application/json")),
            json.dumps({"data": {}, "auth_token": office.auth_token, "password": "hush-hush"}),
        ),
        RecordedResponse(0),
    )
    files.write_exchanges(tmp_path / "file", [*recorded, *recorder(office).record_again([asked])])
    text = (tmp_path / "file").read_text(encoding="utf-8")
    assert office.auth_token not in text
    assert "hush-hush" not in text
    assert f'"auth_token\\":\\"token-of-{office.account_id}' in text
