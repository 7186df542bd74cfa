"""How the control API says no."""

from typing import Any


class Refused(Exception):
    """A request that is not done. `field` names the member or parameter that is wrong.

    The text says what came, what was expected, and what to do.
    """

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field

    def to_dict(self) -> dict[str, Any]:
        """The one error shape."""
        return error(self.code, self.message, self.field)


def error(code: str, message: str, field: str | None = None) -> dict[str, Any]:
    """The one error shape of the control API."""
    named = {} if field is None else {"field": field}
    return {"error": {"code": code, "message": message, **named}}
