"""Who is let in from elsewhere."""

import pytest
from click.testing import CliRunner

from mockcdrs.cli import main


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "dev.example"])
def test_listening_beyond_this_machine_takes_a_token_or_no_control(host: str) -> None:
    ended = CliRunner().invoke(main, ["serve", "--host", host])
    assert ended.exit_code == 2
    assert "--control-token" in ended.output
    assert "--no-control" in ended.output
