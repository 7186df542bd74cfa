"""Errors of the control API, in the one shape that it answers them in."""

from typing import Any


class ApiError(Exception):
    """A request that the control API refuses.

    Arguments:
        status: the HTTP status of the answer.
        code: a stable name of the error.
        message: what came, what was expected, and what to do.
        field: the member or parameter that is wrong.

    """

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field

    def to_dict(self) -> dict[str, Any]:
        """Return the body of the answer."""
        return error_body(self.code, self.message, self.field)


def error_body(code: str, message: str, field: str | None = None) -> dict[str, Any]:
    """Return the body of an answer that is an error."""
    named = {} if field is None else {"field": field}
    return {"error": {"code": code, "message": message, **named}}
