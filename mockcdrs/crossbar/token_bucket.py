"""The buckets of tokens that requests are paid from (`kz_buckets.erl`, `cb_modules_util:bucket_name/1`).

One for each client address and account of a path, so that clients behind one proxy share theirs.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockcdrs.crossbar.errors import system_error

if TYPE_CHECKING:
    from mockcdrs.crossbar.context import Context

LOCAL_ADDRESS = "127.0.0.1"
MAX_BUCKETS = 10_000

_REVERSE_PROXIES = frozenset({LOCAL_ADDRESS})  # `crossbar.reverse_proxies` as Kazoo has it without setting

BucketName = tuple[str, str]


@dataclass(slots=True)
class _Bucket:
    spent: int
    at_gregorian: int


class TokenBuckets:
    """All buckets of a mock; each is full when first used. They fill by the mock's clock.

    Of more than `MAX_BUCKETS` the longest unused is forgotten, as Kazoo forgets one after some minutes.
    """

    def __init__(self) -> None:
        self._buckets: OrderedDict[BucketName, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, name: BucketName, cost: int, limit: int, fill_rate: int, now_gregorian: int) -> int | None:
        """How many are left in a bucket once `cost` are taken, `None` where there were too few.

        It holds up to `limit` tokens; each second `fill_rate` come back.
        """
        with self._lock:
            bucket = self._buckets.setdefault(name, _Bucket(0, now_gregorian))
            self._buckets.move_to_end(name)
            if len(self._buckets) > MAX_BUCKETS:
                self._buckets.popitem(last=False)
            filled = max(0, now_gregorian - bucket.at_gregorian) * fill_rate
            bucket.spent, bucket.at_gregorian = max(0, bucket.spent - filled), now_gregorian
            if cost and bucket.spent + cost > limit:
                return None
            bucket.spent += cost
            return max(0, limit - bucket.spent)

    def __len__(self) -> int:
        return len(self._buckets)


def client_address(peer: str, headers: Mapping[str, str]) -> str:
    """Whom a request is from: who connected, or whom a reverse proxy of Crossbar's names (`get_client_ip/1`)."""
    return headers.get("x-forwarded-for", peer) if peer in _REVERSE_PROXIES else peer


def spend_tokens(context: "Context", cost: int = 1) -> None:
    """Pay for a request; `Failure` 429 where the operator limits the tokens and too few are left."""
    settings, outcome = context.state.settings, context.outcome
    outcome.tokens += cost
    outcome.bucket_account = "" if context.account is None else context.account.id
    if settings.max_bucket_tokens is None:
        context.tokens_remaining -= cost
        return
    name = context.client_address, outcome.bucket_account
    left = context.state.buckets.take(
        name, cost, settings.max_bucket_tokens, settings.tokens_fill_rate, context.state.now
    )
    context.tokens_remaining = left or 0
    if left is None:
        raise system_error("too_many_requests")
