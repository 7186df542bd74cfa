"""How much the tests try: what a person waits for, what a change needs (`CI` set), what a release needs (`LONG=1`)."""

from hypothesis import settings

PROFILE = settings.get_current_profile_name()
IS_LONG = PROFILE == "long"
IS_QUICK = PROFILE == "quick"


def many(full: int, long: int) -> int:
    """How often to try something: `full` times in CI, `long` times in the long profile, a fifth of `full` otherwise."""
    return long if IS_LONG else max(full // 5, 1) if IS_QUICK else full
