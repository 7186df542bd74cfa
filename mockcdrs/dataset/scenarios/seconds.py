"""How long things take, as tables to draw from: plain integers, so that no platform's rounding shows."""

import bisect
from collections.abc import Sequence


def _curve(points: Sequence[tuple[float, int]], size: int = 1_000) -> tuple[int, ...]:
    """Evenly spaced quantiles of the distribution whose (share, seconds) points are given."""
    table, shares = [], [share for share, _ in points]
    for row in range(size):
        share = (row + 0.5) / size
        upper = bisect.bisect_left(shares, share)
        (low, few), (high, many) = points[upper - 1], points[upper]
        table.append(few + int((many - few) * (share - low) / (high - low)))
    return tuple(table)


TALK = _curve(
    [(0, 2), (0.1, 14), (0.3, 42), (0.5, 95), (0.7, 210), (0.85, 480), (0.95, 1_250), (0.99, 3_100), (1, 7_200)]
)
RING = _curve([(0, 1), (0.25, 4), (0.6, 9), (0.9, 20), (1, 32)])
GIVE_UP = _curve([(0, 2), (0.5, 17), (0.9, 30), (1, 60)])
MESSAGE = _curve([(0, 2), (0.3, 8), (0.7, 31), (0.95, 75), (1, 180)])
MENU = _curve([(0, 4), (0.6, 14), (1, 45)])
WAIT = _curve([(0, 3), (0.5, 40), (0.85, 180), (1, 900)])
PAGES_OF_FAX = (1, 1, 1, 2, 2, 3, 4, 7, 12)
