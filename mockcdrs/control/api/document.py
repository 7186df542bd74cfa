"""The control API's own OpenAPI document."""

import json
from importlib.resources import files

from mockcdrs.control.api.exchange import Ask, Reply
from mockcdrs.control.powers import Powers


def read(powers: Powers, ask: Ask) -> Reply:
    """OpenAPI 3.1."""
    del powers, ask
    return Reply(json.loads(files("mockcdrs.control.api").joinpath("control.json").read_bytes()))
