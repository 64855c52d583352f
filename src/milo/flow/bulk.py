"""BULK: one decision over many items - a label for all, or every suggestion that is sure enough - undone and redone as one.

Stored as what it is (basis "bulk"): no gold, no evidence, no handling time. Blind items, items lent to somebody,
items with an answer and items set aside are passed over. It goes in short transactions; one that was cut short goes on when it
is sent again.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Literal, Protocol

import msgspec
import numpy as np

from milo.domain.errors import Conflict, Invalid, InvalidValue, NotFound
from milo.domain.project import Project
from milo.domain.question import Question
from milo.flow.guarantee import Promised
from milo.flow.labels import label_text
from milo.flow.ports.items import Ids
from milo.kinds.task_type import TaskType

STEP_SECONDS = 0.03
FIRST_STEP = 200
MAX_IDS = 1_000_000
_EXAMPLES = 20
_PLAIN = frozenset({"label", "labels", "number", "text"})
_encode = msgspec.json.encode


class Candidates(msgspec.Struct, frozen=True):
    """Suggestions that might be accepted, one an item: ids of items and suggestions, scores (NaN: none), shape (n,) each."""

    items: Ids
    suggestions: Ids
    scores: np.ndarray[Any, np.dtype[np.float64]]
    labels: list[str]


class Closed(msgspec.Struct, frozen=True):
    """Items that a bulk decision passes over, sorted ids each."""

    blind: Ids
    lent: Ids
    answered: Ids
    aside: Ids


class BulkOrder(msgspec.Struct, frozen=True):
    """A decision on record. `counts`: it counts as the answer to its items; `total`: how many it was meant for."""

    id: int
    project_id: int
    op_id: str
    kind: str
    question: str
    args: dict[str, Any]
    n: int
    user_id: int
    at: float
    undone: bool


class Decision(msgspec.Struct, frozen=True):
    """One item's part of a decision: the value (JSON), its label text, and the suggestion it was taken from (JSON)."""

    item_id: int
    value: str
    label: str | None
    shown: str | None = None


class BulkPort(Protocol):
    """One transaction's view of bulk decisions."""

    def known(self, op_id: str) -> BulkOrder | None:
        """The decision with this op_id."""
        ...

    def begin(
        self, project_id: int, op_id: str, kind: str, question: str, args: dict[str, Any], user_id: int, now: float
    ) -> int:
        """Put a decision on record; its id."""
        ...

    def closed(self, project_id: int, question: str, now: float, bulk_id: int | None) -> Closed:
        """What is to be passed over for a question; answers of the decision `bulk_id` itself do not count."""
        ...

    def is_open(self, item_id: int, question: str, now: float) -> bool:
        """Whether the item may be decided now: neither blind nor lent nor answered nor set aside."""
        ...

    def suggested(self, suggestions: list[int]) -> dict[int, tuple[int, str, str | None, bytes]]:
        """By suggestion: item, value (JSON), label text, the suggestion as it was shown (JSON)."""
        ...

    def add(
        self, bulk_id: int, question: str, user_id: int, schema_version: int, decisions: list[Decision], now: float
    ) -> None:
        """Store answers."""
        ...

    def settle(self, project_id: int, item_id: int, overlap: int, answers: int, now: float) -> None:
        """Count an answer of an item, or take one off."""
        ...

    def finish(self, bulk_id: int, n: int, args: dict[str, Any]) -> None:
        """Note how a decision went."""
        ...

    def part(self, bulk_id: int, live: bool, after: int, limit: int) -> list[tuple[int, int]]:
        """(annotation, item) of a decision that are live or not, by annotation id."""
        ...

    def switch(self, annotations: list[int], live: bool) -> None:
        """Make annotations count, or not."""
        ...

    def mark(self, bulk_id: int, undone: bool) -> None:
        """Note that a decision is undone, or holds again."""
        ...


class Selected(msgspec.Struct, frozen=True):
    """What a decision will cover, and what it passes over."""

    items: Ids
    suggestions: Ids | None
    scores: np.ndarray[Any, np.dtype[np.float64]] | None
    labels: list[str]
    skipped_blind: int
    skipped_lent: int
    skipped_answered: int
    skipped_aside: int


class Accept(msgspec.Struct, frozen=True):
    """Accept every suggestion of a question at or above a score: overall, or another one for some labels. `source`: a
    predictor; None for the surest suggestion of each item; `version`: only suggestions of this version of it. Suggestions
    without a score count as 0."""

    question: str
    min_score: float
    per_label: dict[str, float] = {}
    source: str | None = None
    version: int | None = None


def select_items(items: Ids, closed: Closed) -> Selected:
    """Those of the items that may be decided."""
    wanted = np.unique(items)
    free = np.ones(wanted.size, dtype=np.bool_)
    skipped: list[int] = []
    for passed in (closed.blind, closed.lent, closed.answered, closed.aside):
        hit = np.isin(wanted, passed) & free
        skipped.append(int(hit.sum()))
        free &= ~hit
    return Selected(wanted[free], None, None, [], *skipped)


def candidates_within(found: Candidates, items: Ids) -> Candidates:
    """Only the suggestions on these items."""
    keep = np.flatnonzero(np.isin(found.items, items))
    labels = [found.labels[i] for i in keep]
    return Candidates(found.items[keep], found.suggestions[keep], found.scores[keep], labels)


def select_sure(found: Candidates, closed: Closed, order: Accept) -> Selected:
    """Those suggestions that are sure enough and may be accepted."""
    scores = np.nan_to_num(found.scores, nan=0.0)
    least = np.array([order.per_label.get(label, order.min_score) for label in found.labels], dtype=np.float64)
    sure = np.flatnonzero(scores >= least) if scores.size else np.empty(0, np.int64)
    chosen = select_items(found.items[sure], closed)
    keep = sure[np.isin(found.items[sure], chosen.items)]
    return msgspec.structs.replace(
        chosen,
        items=found.items[keep],
        suggestions=found.suggestions[keep],
        scores=scores[keep],
        labels=[found.labels[i] for i in keep],
    )


class BulkResult(msgspec.Struct):
    """How a decision went (or, `bulk` None, how it would go). `examples`: items, the least sure first. `promise`: what was
    promised; None: nothing."""

    bulk: int | None
    changed: int
    by_label: dict[str, int]
    examples: list[int]
    skipped_blind: int
    skipped_lent: int
    skipped_answered: int
    skipped_aside: int = 0
    promise: Promised | None = None


def foresee(chosen: Selected) -> BulkResult:
    """What a decision would do."""
    by_label: dict[str, int] = {}
    for label in chosen.labels:
        by_label[label] = by_label.get(label, 0) + 1
    order = np.argsort(chosen.scores, kind="stable") if chosen.scores is not None else np.arange(chosen.items.size)
    examples = [int(chosen.items[i]) for i in order[:_EXAMPLES]]
    return BulkResult(
        None, int(chosen.items.size), by_label, examples, chosen.skipped_blind, chosen.skipped_lent, chosen.skipped_answered,
        chosen.skipped_aside,
    )  # fmt: skip


def check_value(task: TaskType, question: Question, value: Any) -> tuple[str, str | None]:
    """The value as JSON and its label text. Raises Invalid where it cannot be the same for many items."""
    if task.shape not in _PLAIN:
        raise Invalid(
            f'"{question.name}" is about the content of each item by itself; its answer cannot be the same for many items.',
            place="question",
        )
    canonical = task.check(question, value, None)
    return _encode(canonical).decode(), label_text(task.summary(question, canonical))


def counts_as_answer(project: Project, question: str) -> bool:
    """Whether an answer to this question alone completes an item: it is the only required one."""
    return [q.name for q in project.spec.questions if q.required] == [question]


def check_op(op_id: str) -> None:
    """Raise Invalid for what is no operation id."""
    if not 8 <= len(op_id) <= 64:
        raise Invalid("op_id must be a fresh unique id of 8 to 64 characters, such as a UUID.", place="op_id")


def step(
    port: BulkPort,
    task_types: Mapping[str, TaskType],
    project: Project,
    bulk: BulkOrder,
    work: list[int],
    fixed: tuple[str, str | None] | None,
    now: float,
    seconds: float = STEP_SECONDS,
) -> tuple[int, int]:
    """Decide some of the work - item ids, or suggestion ids if there is no fixed value - until the time is up.

    Gives (how many of `work` were dealt with, how many items changed); items that have closed meanwhile are passed over.
    """
    end = time.perf_counter() + seconds
    question = project.schema.get(bulk.question)
    counts, overlap = bool(bulk.args.get("counts")), project.spec.policy.overlap
    known = {} if fixed is not None else port.suggested(work)
    done, changed = 0, 0
    for ident in work:
        decision = _decision(task_types[question.type], question, ident, fixed, known.get(ident))
        if decision is not None and port.is_open(decision.item_id, bulk.question, now):
            port.add(bulk.id, bulk.question, bulk.user_id, project.schema_version, [decision], now)
            if counts:
                port.settle(project.id, decision.item_id, overlap, 1, now)
            changed += 1
        done += 1
        if time.perf_counter() > end:
            break
    return done, changed


def _decision(
    task: TaskType,
    question: Question,
    ident: int,
    fixed: tuple[str, str | None] | None,
    suggested: tuple[int, str, str | None, bytes] | None,
) -> Decision | None:
    """None for a suggestion that is gone, or does not fit the question any more."""
    if fixed is not None:
        return Decision(ident, fixed[0], fixed[1])
    if suggested is None:
        return None
    item_id, value, label, shown = suggested
    if task.shape in _PLAIN:
        try:
            task.check(question, msgspec.json.decode(value), None)
        except InvalidValue:
            return None
    return Decision(item_id, value, label, shown.decode())


def turn(
    port: BulkPort, project: Project, bulk: BulkOrder, after: int, now: float, *, undo: bool, seconds: float = STEP_SECONDS
) -> tuple[int, int | None]:
    """Undo or redo a part of a decision: (annotations changed, where to go on; None at the end).

    Redoing passes over items that somebody has answered, or holds, since.
    """
    end = time.perf_counter() + seconds
    counts, overlap = bool(bulk.args.get("counts")), project.spec.policy.overlap
    part = port.part(bulk.id, undo, after, 2_000)
    changed = 0
    for annotation, item_id in part:
        after = annotation
        if undo or port.is_open(item_id, bulk.question, now):
            port.switch([annotation], not undo)
            if counts:
                port.settle(project.id, item_id, overlap, -1 if undo else 1, now)
            changed += 1
        if time.perf_counter() > end:
            return changed, after
    if len(part) == 2_000:
        return changed, after
    port.mark(bulk.id, undo)
    return changed, None


def check_turn(bulk: BulkOrder | None, project_id: int, way: Literal["undo", "redo"]) -> BulkOrder:
    """Raise Conflict or NotFound where there is nothing to turn."""
    if bulk is None or bulk.project_id != project_id:
        raise NotFound("There is no such bulk decision in this project.", place="bulk")
    if bulk.undone == (way == "undo"):
        raise Conflict("It is undone already." if way == "undo" else "It is not undone.", place="bulk")
    return bulk


def histogram(found: Candidates, closed: Closed, bins: int = 20) -> tuple[list[int], dict[str, list[int]]]:
    """How sure the suggestions are that could be accepted: counts in equal bins of 0..1, overall and by label."""
    open_items = np.isin(found.items, np.concatenate([closed.blind, closed.lent, closed.answered, closed.aside]), invert=True)
    scores = np.nan_to_num(found.scores, nan=0.0)
    place = np.minimum((scores * bins).astype(np.int64), bins - 1)
    by_label: dict[str, list[int]] = {}
    labels = np.array(found.labels, dtype=object)
    for label in sorted(set(found.labels)):
        chosen = place[open_items & (labels == label)]
        by_label[label] = np.bincount(chosen, minlength=bins).tolist()
    return np.bincount(place[open_items], minlength=bins).tolist(), by_label
