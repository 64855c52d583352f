"""One person's way through a study: which step is next, and which items are due.

Stands alone because the queue, the gate and the page must agree on it: what is not due is neither lent nor opened, and a block
ends only when all its answers are in and the person has said how it was.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from milo.domain.study import Design, Phase


class Step(msgspec.Struct, frozen=True):
    """An item in a person's order of work, and whether they are through with it (answered or skipped)."""

    item_id: int
    period: int
    arm: int
    done: bool


class Block(msgspec.Struct, frozen=True):
    """A block of a person: whether it was begun, and whether it was closed."""

    period: int
    arm: int
    begun: bool
    closed: bool


class Part(msgspec.Struct, frozen=True):
    """Where a person stands. `due`: items to be worked on now, in order; `done`, `total`: items of the block."""

    study_id: int
    user_id: int
    phase: Phase
    block: Block | None
    blocks: int
    number: int
    due: tuple[int, ...]
    finished: frozenset[int]
    done: int
    total: int

    @property
    def busy(self) -> bool:
        """Whether the study still wants something of the person."""
        return self.phase != "finished"


def part_of(
    study_id: int, user_id: int, *, started: bool, closed: bool, blocks: Sequence[Block], steps: Sequence[Step]
) -> Part:
    """Work out where a person stands from what is on record. `blocks` with their period -1 if there is something to warm up;
    that one needs no closing."""
    finished = frozenset(s.item_id for s in steps if s.done)
    real = [b for b in blocks if b.period >= 0]

    def at(phase: Phase, block: Block | None = None, due: tuple[int, ...] = ()) -> Part:
        mine = [s for s in steps if block is not None and s.period == block.period]
        number = 0 if block is None else block.period + 1
        return Part(
            study_id, user_id, phase, block, len(real), number, due, finished, sum(s.done for s in mine), len(mine)
        )  # fmt: skip

    if not started:
        return at("welcome")
    left = {s.period for s in steps if not s.done}
    open_ = [b for b in blocks if not b.closed and not (b.period < 0 and b.begun and b.period not in left)]
    current = min(open_, key=lambda b: b.period, default=None)
    if current is None:
        return at("finished" if closed else "closing")
    if not current.begun:
        return at("ready", current)
    due = tuple(s.item_id for s in steps if not s.done and s.period <= current.period)
    if due:
        return at("working", current, due)
    return at("form", current)


def asks_trust(design: Design, block: Block) -> bool:
    """Whether the block had help that one can trust or not."""
    if design.layout == "interleaved":
        return True
    arm = design.arms[block.arm]
    return arm.suggests or arm.assistant or arm.judge
