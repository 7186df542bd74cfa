"""The one table of options that a mock is made of.

The command line of `mockcdrs serve`, its environment variables, and the pytest plugin's marker, options and ini
settings all follow it. It is imported with every run of pytest, so it needs the standard library only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

from mockcdrs import arguments
from mockcdrs.arguments import ArgumentError, Kind

DEFAULT_KAZOO = "4.3"

_NUMBER = Kind("a whole number", arguments.WHOLE.fits).optional()
_COUNT = arguments.whole(0, 1_000_000).optional()
_MAX_SPEED = 1_000_000
SPEED = Kind(
    f"seconds of the mock's clock in a second, more than 0 and at most {_MAX_SPEED}",
    lambda value: arguments.is_number(value) and 0 < value <= _MAX_SPEED,
)
_FOLDER = Kind("a folder, as text or a Path", lambda value: value is None or isinstance(value, str | Path))
_VERSION = arguments.TEXT._replace(expected="the name of a version of Kazoo as text, as in '4.3'")


class OptionError(ArgumentError):
    """An option with a wrong name or value. The text says which, what came, and what was expected."""


class OptionKind(Enum):
    """What an option's value is; the value of the member checks it."""

    NUMBER = _NUMBER
    COUNT = _COUNT
    SPEED = SPEED.optional()
    TEXT = arguments.TEXT.optional()
    FOLDER = _FOLDER
    VERSION = _VERSION
    MOMENT = arguments.ANYTHING  # checked where it is used, as are the names in NAMES and ASSIGNMENTS
    SWITCH = arguments.FLAG
    NAMES = arguments.NAMES
    ASSIGNMENTS = arguments.VALUES


class Option(NamedTuple):
    """One option: its kind, a help text, and its form on the command line of `mockcdrs serve`.

    Args:
        kind: What its value is.
        help: One sentence, for `--help` and documents, without a capital and a full stop.
        serve_default: The default of `mockcdrs serve`, where that is another one. A test wants the same data each
            time, a person at a console wants calls that come in now.
        serve_flag: The name on the command line of `mockcdrs serve`, where it is another one.
        metavar: What stands for the value in `--help`.
        name: The field's name.

    """

    kind: OptionKind
    help: str
    serve_default: Any = None
    serve_flag: str = ""
    metavar: str | None = None
    name: str = ""


def _option(default: Any, kind: OptionKind, help_text: str, serve_default: Any = None, **command: str) -> Any:
    option = {"option": Option(kind, help_text, serve_default, **command)}
    return field(default_factory=dict, metadata=option) if default == {} else field(default=default, metadata=option)


@dataclass(frozen=True, slots=True, kw_only=True)
class MockConfig:
    """The options of a mock. Raises `OptionError` for a value of another type or out of range.

    Args:
        kazoo: The version of Kazoo to stand in for: `4.3`, `master` or `classic`.
        data: A data directory to serve. Without one, calls are generated.
        seed: The seed of the generated calls. Without `data`, `seed`, `calls_per_day` and `locale` the calls are those
            of the default office.
        calls_per_day: The mean number of calls generated for a day.
        locale: The locale of the generated people, such as `de_DE`.
        now: The time at which the clock is frozen: ISO 8601 (UTC unless it has an offset), a `datetime`, Gregorian
            seconds, or `live`. The default is 2026-01-20T12:00:00Z, or with a data directory the end of its last call.
        speed: How many seconds the clock runs in a second of real time, from `now` on. Without it the clock is frozen.
        settings: Kazoo's settings, by name.
        fix: Names of quirks of Crossbar to switch off, or `all`.
        quirk: Names of quirks to switch on that are off by default.
        reseller: Whether the account of the token sees the columns of a reseller.
        journal: The number of requests that the journal keeps.
        tls: Whether to serve https, with a generated certificate.
        remote_webhooks: Whether webhooks may be posted to other machines.

    """

    kazoo: str = _option(
        DEFAULT_KAZOO,
        OptionKind.VERSION,
        "the version of Kazoo to stand in for: 4.3, master, classic",
        metavar="VERSION",
    )
    seed: int | None = _option(None, OptionKind.NUMBER, "the seed of the generated calls", 1, metavar="N")
    now: str | datetime | int | None = _option(  # noqa: RUF009 a field
        None, OptionKind.MOMENT, "the time at which the clock is frozen (ISO 8601, UTC), or live", "live",
        metavar="MOMENT",
    )  # fmt: skip
    speed: float | None = _option(None, OptionKind.SPEED, "run the clock at N seconds a second from --now", metavar="N")
    calls_per_day: int | None = _option(
        None, OptionKind.COUNT, "the mean number of calls generated for a day", 25, metavar="N"
    )
    locale: str | None = _option(
        None, OptionKind.TEXT, "the locale of the generated people, such as de_DE", "en_US", metavar="NAME"
    )
    data: Path | str | None = _option(  # noqa: RUF009 a field
        None, OptionKind.FOLDER, "a data directory to serve", metavar="DIR"
    )
    reseller: bool = _option(False, OptionKind.SWITCH, "show the columns of a reseller to the account")
    settings: Mapping[str, Any] = _option(
        {}, OptionKind.ASSIGNMENTS, "a setting of Kazoo; may be repeated", serve_flag="set", metavar="NAME=VALUE"
    )
    fix: Iterable[str] = _option(
        (), OptionKind.NAMES, "a quirk of Crossbar to switch off, or all; may be repeated", metavar="NAME"
    )
    quirk: Iterable[str] = _option(
        (), OptionKind.NAMES, "a quirk to switch on that is off by default; may be repeated", metavar="NAME"
    )
    journal: int = _option(
        10_000, OptionKind.COUNT, "the number of requests that the journal keeps", 1_000, metavar="N"
    )
    tls: bool = _option(False, OptionKind.SWITCH, "serve https, with a generated certificate")
    remote_webhooks: bool = _option(False, OptionKind.SWITCH, "allow webhooks to other machines")

    def __post_init__(self) -> None:
        check_options({name: getattr(self, name) for name in OPTIONS})
        for name in ("fix", "quirk"):
            object.__setattr__(self, name, tuple(getattr(self, name)))  # an iterator gives its names once only

    @classmethod
    def from_arguments(cls, given: Mapping[str, Any]) -> "MockConfig":
        """The configuration that a call asks for. Raises `OptionError`, also for unknown names."""
        check_options(given)
        return cls(**given)


class ServerConfig(NamedTuple):
    """The options of the server of a mock. Only `mockcdrs serve` and a WSGI server change the defaults.

    Args:
        host: The address to listen on.
        port: The port to listen on; 0 takes any free one.
        control_token: The token that requests to the control API need. Without one it only answers this machine.
        has_control_api: Whether there is a control API.
        allow_origin: The origins of pages that may use the control API, besides its own.
        is_one_of_many: Whether other processes answer the same clients, so that all have to agree on request ids.

    """

    host: str = "127.0.0.1"
    port: int = 0
    control_token: str | None = None
    has_control_api: bool = True
    allow_origin: tuple[str, ...] = ()
    is_one_of_many: bool = False


def is_loopback(host: str) -> bool:
    """Whether a name or address is a loopback address, which only this machine can reach."""
    import ipaddress  # which a run of pytest would load for nothing

    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    mapped = address.ipv4_mapped if address.version == 6 else None  # a socket for both families gives these
    return (mapped or address).is_loopback


class MockOptions(TypedDict, total=False):
    """The keyword arguments of `Mock`, `serving` and `make_mockcdrs`: the fields of `MockConfig`."""

    kazoo: str
    seed: int | None
    now: str | datetime | int | None
    speed: float | None
    calls_per_day: int | None
    locale: str | None
    data: Path | str | None
    reseller: bool
    settings: Mapping[str, Any]
    fix: Iterable[str]
    quirk: Iterable[str]
    journal: int
    tls: bool
    remote_webhooks: bool


OPTIONS: dict[str, Option] = {
    known.name: known.metadata["option"]._replace(name=known.name) for known in fields(MockConfig)
}
_KINDS: dict[str, Kind] = {name: option.kind.value for name, option in OPTIONS.items()}


def check_options(given: Mapping[str, Any]) -> None:
    """Raise `OptionError` for an unknown option or an invalid value."""
    arguments.check(given, _KINDS, "a mock", OptionError)


def merge_options(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Merge layers of options; later layers win. `settings` are merged name by name. Raises `OptionError`."""
    merged: dict[str, Any] = {}
    for layer in layers:
        check_options(layer)
        merged |= layer
    settings = {name: value for layer in layers for name, value in layer.get("settings", {}).items()}
    return {**merged, "settings": settings}
