"""How much the tests try: what a person waits for, what a change needs (`CI` set), what a release needs (`LONG=1`)."""

from hypothesis import settings

# the profiles of conftest.py; Hypothesis has told their names only since lately
PROFILE = {20: "quick", 100: "full", 1_000: "long"}[settings().max_examples]
IS_LONG = PROFILE == "long"


def many(usual: int, long: int) -> int:
    """How often to try something: `usual` times, or `long` times in the long profile."""
    return long if IS_LONG else usual


def examples(full: int, long: int) -> int:
    """How many random examples to try: `full` in CI, `long` in the long profile, a fifth of `full` otherwise."""
    return max(full // 5, 1) if PROFILE == "quick" else many(full, long)
