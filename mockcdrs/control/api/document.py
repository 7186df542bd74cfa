"""The control API's own OpenAPI document and Crossbar's."""

import json
from importlib.resources import files

from mockcdrs.control.api.exchange import Ask, Reply
from mockcdrs.control.backend import MockBackend
from mockcdrs.openapi import document as openapi


def read(powers: MockBackend, ask: Ask) -> Reply:
    """OpenAPI 3.1."""
    del powers, ask
    return Reply(json.loads(files("mockcdrs.control.api").joinpath("control.json").read_bytes()))


def crossbar(powers: MockBackend, ask: Ask) -> Reply:
    """Crossbar's own part in OpenAPI 3.1, as the mock's version of Kazoo has it."""
    del ask
    return Reply(openapi.document(powers.state.version))
