"""PRE-ANNOTATE: what a run of a connected model is asked to do, and how far it is. Pure; the running itself is in `infra`.

Stands alone because the estimate, the runner, the routes and the clients speak of the same few things.
"""

from __future__ import annotations

from collections import deque
from typing import Literal

import msgspec

from milo.domain.errors import Invalid

What = Literal["next", "open", "all", "sample", "gold", "items"]
RunStateName = Literal["running", "paused", "done", "failed", "cancelled", "stopped"]
MAX_ITEMS = 10_000
RESUMABLE = ("paused", "failed", "cancelled", "stopped")
_PACE_SECONDS = 20.0


class Selection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which items. next: the next ones of the queue (`n`, default the project's window); open: all that are not done; all;
    sample: `n` at random; gold: those with a gold label, a resolution or an answer given blind; items: those of `item_ids`.
    `filter`: only items that fit, as the address of the data page writes it ("status=new&label=mood:praise"); not with next,
    gold and items. `again`: also those that this version has answered already."""

    what: What = "open"
    n: int | None = None
    item_ids: tuple[int, ...] = ()
    filter: str = ""
    again: bool = False

    def check(self) -> None:
        """Raise Invalid for parts that do not go together."""
        if self.n is not None and not 1 <= self.n <= 10_000_000:
            raise Invalid(f"n is {self.n}; it must be 1 or more.", place="selection.n")
        if self.what == "sample" and self.n is None:
            raise Invalid("A sample needs n, the number of items.", place="selection.n")
        if (self.what == "items") != bool(self.item_ids):
            raise Invalid('item_ids go with what: "items", and it with them.', place="selection.item_ids")
        if len(self.item_ids) > MAX_ITEMS:
            raise Invalid(f"At most {MAX_ITEMS:,} item_ids; use a filter for more.", place="selection.item_ids")
        if self.what == "next" and (self.n or 0) > MAX_ITEMS:
            raise Invalid(f"At most the next {MAX_ITEMS:,} items; use open for more.", place="selection.n")
        if self.filter and self.what in ("next", "gold", "items"):
            raise Invalid(f'A filter does not go with what: "{self.what}".', place="selection.filter")


class Bounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The most that a run may take: money in the connections' currency, tokens in and out together. None: no bound."""

    money: float | None = None
    tokens: int | None = None

    def check(self) -> None:
        """Raise Invalid for what is no bound."""
        if self.money is not None and not 0 < self.money < 1e12:
            raise Invalid(f"The budget of {self.money} is no amount of money.", place="budget.money")
        if self.tokens is not None and not 0 < self.tokens < 2**53:
            raise Invalid(f"The budget of {self.tokens} tokens is none.", place="budget.tokens")


class Progress(msgspec.Struct, omit_defaults=True):
    """How far a run is, as it is stored with every batch of results. `place`: all before it are finished; `upto`: items up to
    here may have been sent. `repeated`: calls paid for twice, at most, after the server died. `phase` retry: failed items are
    asked again, from `retry_place` on. `clean`: nothing was in flight when this was written. `seconds`: of running, without
    pauses. `job`: the job that carries it."""

    total: int = 0
    done: int = 0
    failed: int = 0
    skipped: int = 0
    cost: float = 0.0
    tokens: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    repeated: int = 0
    seconds: float = 0.0
    message: str = ""
    place: int = 0
    upto: int = 0
    complete: bool = False
    clean: bool = True
    phase: Literal["main", "retry"] = "main"
    retry_place: int = 0
    job: int | None = None


class Pace:
    """Items a second over the last seconds."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()

    def mark(self, now: float, finished: int) -> None:
        """So many are finished by now (seconds of any clock)."""
        self._marks.append((now, finished))
        while len(self._marks) > 2 and now - self._marks[0][0] > _PACE_SECONDS:
            self._marks.popleft()

    @property
    def rate(self) -> float | None:
        """None before anything can be told."""
        if len(self._marks) < 2:
            return None
        (start, before), (end, after) = self._marks[0], self._marks[-1]
        return (after - before) / (end - start) if end > start else None
