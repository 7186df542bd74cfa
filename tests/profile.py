"""How much the tests try: what a change needs, or with `LONG=1` in the environment what a release needs."""

from hypothesis import settings

IS_LONG = settings.get_current_profile_name() == "long"


def many(default: int, long: int) -> int:
    """How often to try something: `default` times, or `long` times in the long profile."""
    return long if IS_LONG else default
