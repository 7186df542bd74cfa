"""The control API's own OpenAPI document, Crossbar's, and where its behaviours come from."""

import json
from importlib.resources import files

from mockcdrs.control.api.exchange import Ask, Reply
from mockcdrs.control.powers import Powers
from mockcdrs.openapi import document as openapi
from mockcdrs.openapi import provenance


def read(powers: Powers, ask: Ask) -> Reply:
    """OpenAPI 3.1."""
    del powers, ask
    return Reply(json.loads(files("mockcdrs.control.api").joinpath("control.json").read_bytes()))


def crossbar(powers: Powers, ask: Ask) -> Reply:
    """Crossbar's own part in OpenAPI 3.1."""
    del powers, ask
    return Reply(openapi.document())


def origins(powers: Powers, ask: Ask) -> Reply:
    """What each behaviour follows and how that was checked."""
    del powers, ask
    return Reply(provenance.behaviours())
