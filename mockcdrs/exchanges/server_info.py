"""What is known of the server that a recording was made of. It stands in each line, so that every line can go alone."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple

from mockcdrs.crossbar.settings import Settings
from mockcdrs.crossbar.versions import Version, version_named
from mockcdrs.dataset.store import Origin

Config = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """`kazoo` names the version of Kazoo, empty where it is not known. All else is known of a mock only.

    `mockcdrs` is the mock's own version, `fix` and `quirk` name the quirks that it left out and showed besides,
    `reseller` says whether its account was a reseller's.
    """

    kazoo: str = ""
    mockcdrs: str = ""
    fix: tuple[str, ...] = ()
    quirk: tuple[str, ...] = ()
    reseller: bool = False
    data: Origin | None = None

    def to_json(self) -> dict[str, Any]:
        """What is known, as an object."""
        held = asdict(self)
        if self.data is not None:
            held["data"] = {name: value for name, value in held["data"].items() if value is not None}
        return {name: value for name, value in held.items() if value}

    @classmethod
    def from_json(cls, held: Any) -> "ServerInfo":
        """What an object says. Raises `TypeError`, `AttributeError` for one that is none."""
        data = held.get("data")
        return cls(
            kazoo=_typed(held.get("kazoo", ""), str),
            mockcdrs=_typed(held.get("mockcdrs", ""), str),
            fix=tuple(_typed(name, str) for name in held.get("fix", ())),
            quirk=tuple(_typed(name, str) for name in held.get("quirk", ())),
            reseller=_typed(held.get("reseller", False), bool),
            data=None if data is None else _origin(data),
        )


def _origin(held: Any) -> Origin:
    kinds = {"seed": int, "calls_per_day": int, "changed": bool}
    names = [each.name for each in fields(Origin)]
    return Origin(**{name: _typed(value, kinds.get(name, str)) for name, value in held.items() if name in names})


def _typed(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{value!r:.60} is no {kind.__name__}")
    return value


class Told(NamedTuple):
    """What a mock tells of itself, and its settings that are not at their defaults."""

    info: ServerInfo
    config: Config

    @classmethod
    def of_mock(cls, health: Mapping[str, Any], settings: Mapping[str, Any]) -> "Told":
        """What the control API answers at `/health` and `/settings`.

        Raises `LookupError`, `TypeError`, `ValueError` for the answers of a mock that tells other things.
        """
        version = version_named(settings["kazoo"])
        usual = version.quirks
        shown = {quirk["name"] for quirk in settings["quirks"] if quirk["shown"]}
        info = ServerInfo(
            kazoo=version.name,
            mockcdrs=_typed(health["version"], str),
            fix=tuple(sorted(usual - shown)),
            quirk=tuple(sorted(shown - usual)),
            reseller=_typed(settings["reseller"], bool),
            data=_known({name: value for name, value in settings["data"].items() if value is not None}),
        )
        return cls(info, _config(settings["settings"], version))


def _known(held: Mapping[str, Any]) -> Origin | None:
    """Where calls come from, `None` for those that a program put together."""
    return _origin(held) if held.keys() & {"seed", "directory"} else None


def _config(settings: Mapping[str, Any], version: Version) -> Config:
    defaults = dict(Settings(kazoo_version=version.release).items())
    config: dict[str, dict[str, Any]] = {}
    for name, value in settings.items():
        if value != defaults.get(name):
            category, _, key = name.rpartition(".")
            config.setdefault(category, {})[key] = value
    return config


def described(origin: Origin) -> str:
    """Where the calls come from, in a few words."""
    if origin.directory is not None:
        return f"the calls of the directory {origin.directory}"
    return f"calls made up from seed {origin.seed}, {origin.calls_per_day} a day, {origin.locale}"
