"""Pytest's settings for the whole checkout."""

import os

from hypothesis import settings

pytest_plugins = ("pytester",)

# by default everybody tries the same examples, so that a red run is red for all; the long profile looks for new ones
settings.register_profile("default", derandomize=True, deadline=None)
settings.register_profile("long", max_examples=1_000, deadline=None, print_blob=True)
settings.load_profile("long" if os.environ.get("LONG") == "1" else "default")
