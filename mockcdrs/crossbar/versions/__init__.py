"""The versions of Kazoo that can be stood in for, by name. To add one, add a file and a line here."""

from mockcdrs.crossbar.versions.kazoo_4_3 import KAZOO_4_3
from mockcdrs.crossbar.versions.kazoo_classic import KAZOO_CLASSIC
from mockcdrs.crossbar.versions.kazoo_master import KAZOO_MASTER
from mockcdrs.crossbar.versions.version import Version

__all__ = ["KAZOO_4_3", "KAZOO_MASTER", "VERSIONS", "UnknownVersion", "Version", "version_named"]

VERSIONS: dict[str, Version] = {version.name: version for version in (KAZOO_4_3, KAZOO_MASTER, KAZOO_CLASSIC)}


class UnknownVersion(ValueError):
    """A name that no version has. The text says what came and what is known."""


def version_named(name: str, origin: str = "") -> Version:
    """The version that `--kazoo NAME` asks for; raises `UnknownVersion`, which names the `origin`, if one is given."""
    found = VERSIONS.get(name)
    if found is None:
        expected = f"expected one of {', '.join(VERSIONS)}{_hint(name)}"
        came = f"{name!r}, from {origin}," if origin else f"{name!r}"
        raise UnknownVersion(f"{came} is no version of Kazoo that is known: {expected}")
    return found


def _hint(name: str) -> str:
    import difflib

    near = difflib.get_close_matches(name.lower(), VERSIONS, n=1)
    return f"; did you mean {near[0]}?" if near else ""
