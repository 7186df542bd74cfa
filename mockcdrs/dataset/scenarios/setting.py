"""Where calls take place: what an account's calls of a month have in common."""

from typing import NamedTuple

from mockcdrs.cdr import gregorian
from mockcdrs.dataset.endpoints import sdp_parts
from mockcdrs.dataset.people import Directory


class Setting(NamedTuple):
    """What all calls of an account and a month (`YYYYMM`, begun at `month_start`, Gregorian seconds) share.

    `servers` are media servers: names, and session descriptions as in `Endpoint.sdp`.
    """

    office: Directory
    month: str
    month_start: int
    account_db: str
    servers: tuple[tuple[str, tuple[str, str, str]], ...]


def setting_of(office: Directory, month: str) -> Setting:
    """The setting of an account's calls in a month."""
    account = office.account.id
    return Setting(
        office,
        month,
        gregorian.month_start(month),
        f"account%2F{account[:2]}%2F{account[2:4]}%2F{account[4:]}-{month}",
        tuple((name, sdp_parts(f"10.26.1.{row}")) for row, name in enumerate(office.media_servers, start=1)),
    )
