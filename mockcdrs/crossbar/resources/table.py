"""Every module that is served, by its name in a path."""

from mockcdrs.crossbar.content import Content
from mockcdrs.crossbar.context import Context
from mockcdrs.crossbar.errors import plain
from mockcdrs.crossbar.resources.cdrs import CDRS
from mockcdrs.crossbar.resources.resource import Parameters, Resource


def _no_view(_context: Context) -> Content:
    raise plain(503, "datastore missing view")


def _no_method(_parameters: Parameters) -> tuple[str, ...]:
    return ()


RESOURCES: dict[str, Resource] = {
    "accounts": Resource(_no_method),
    "cdrs": CDRS,
    "devices": Resource(_no_method),
    "users": Resource(lambda parameters: () if parameters else ("PUT", "GET"), {"GET": _no_view}),
}
