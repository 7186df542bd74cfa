"""Moves the clock of every Python that is started with this folder in PYTHONPATH, by `MOVED_SECONDS`.

Times of day only: what waits, waits by the monotonic clock. A preloaded library could move Chromium's clock too, but
makes Python's waits hang.
"""

import os
import time

import time_machine

time_machine.__doc__ = (
    "PYTEST_DONT_REWRITE"  # it is a plugin of pytest's too, which would complain that it came too late
)
time_machine.travel(time.time() + float(os.environ["MOVED_SECONDS"]), tick=True).start()
