"""A rule as the line of Python that makes it."""

from typing import Any

from mockcdrs.control.faults.rule import Reply, Rule


def python_line(rule: Rule) -> str:
    """`mockcdrs.fail(status=503, path='/cdrs')`, or `mockcdrs.respond(...)` for an answer to a path."""
    said = {name: value for name, value in rule.to_dict().items() if name not in {"number", "reply"}}
    if rule.then is not None:
        said["then"] = _Name(getattr(rule.then, "__name__", "callable"))
    if rule.reply is None:
        return f"mockcdrs.fail({_arguments(said)})"
    reply = {name: value for name, value in _parts(rule.reply).items() if value != _parts(Reply())[name]}
    if rule.path is None:
        return f"mockcdrs.fail({_arguments({'reply': _Name(f'Reply({_arguments(reply)})'), **said})})"
    del said["path"]
    return f"mockcdrs.respond({', '.join(filter(None, [repr(rule.path), _arguments({**reply, **said})]))})"


class _Name(str):
    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _parts(reply: Reply) -> dict[str, Any]:
    return {"json": reply.json, "status": reply.status, "headers": dict(reply.headers)}


def _arguments(said: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in said.items())
