"""The bucket of tokens that requests are paid from (`kz_buckets.erl`, `cb_modules_util.erl`)."""

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mockcdrs.crossbar.errors import system

if TYPE_CHECKING:
    from mockcdrs.crossbar.context import Context


@dataclass(slots=True)
class Bucket:
    """One bucket for all clients: a mock's client is one. It fills by the mock's clock."""

    spent: int = 0
    at_gregorian: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, cost: int, limit: int, fill_rate: int, now_gregorian: int) -> int | None:
        """How many are left once `cost` are taken; `None` where there were too few."""
        with self._lock:
            filled = max(0, now_gregorian - self.at_gregorian) * fill_rate
            self.spent, self.at_gregorian = max(0, self.spent - filled), now_gregorian
            if self.spent + cost > limit:
                return None
            self.spent += cost
            return limit - self.spent


def spend(context: "Context", cost: int = 1) -> None:
    """Pay for a request; `Failure` 429 where the operator limits the tokens and too few are left."""
    settings = context.world.settings
    if settings.max_bucket_tokens is None:
        context.tokens_remaining -= cost
        return
    left = context.world.bucket.take(cost, settings.max_bucket_tokens, settings.tokens_fill_rate, context.world.now)
    context.tokens_remaining = left or 0
    if left is None:
        raise system("too_many_requests")
