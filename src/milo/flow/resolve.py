"""RESOLVE: several answers become one, with how sure that is, and what differs too much goes to people.

Pure: answers in as columns, what is to be written out. Which aggregator does it, how many answers it takes and how sure
is sure enough stand in the policy (`ResolveRule`). "merge" is the task type's own rule; an aggregator looks at all
answers at once and learns how good everybody is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any, NamedTuple

import msgspec
import numpy as np

from milo.domain.errors import InvalidConfig
from milo.domain.policy import ResolveRule, rule_for
from milo.domain.project import ProjectSpec
from milo.domain.question import Question
from milo.flow.labels import label_text
from milo.kinds.aggregator import Aggregator, Answered, Floats, Ints
from milo.kinds.registry import Registry
from milo.kinds.task_type import TaskType

MERGE = "merge"
_encode = msgspec.json.encode
SAME = 0.005
"""A certainty that moves by less is not written anew."""


class Columns(NamedTuple):
    """Answers by rising item id: row i is what `names[authors[i]]` said of `items[i]`, `values[codes[i]]` (as JSON
    `texts[codes[i]]`). int64, shape (n,)."""

    items: Ints
    authors: Ints
    codes: Ints
    names: list[str]
    values: list[Any]
    texts: list[str]


class Standing(NamedTuple):
    """A machine's resolution as it is stored: annotation id, value (JSON), score, number of answers."""

    id: int
    value: str
    score: float | None
    answers: int | None


class Written(NamedTuple):
    """A resolution to be stored; `follows`: the annotation in whose place."""

    item_id: int
    value: str
    label: str | None
    score: float | None
    origin: str
    follows: int | None


class Outcome(msgspec.Struct, frozen=True):
    """What the answers to one question come to: by item (rising) the value, its certainty in 0..1, the number of answers, and
    whether they differ; of labels the probability of each, shape (items, labels). `people`: who was how good."""

    items: Ints
    values: list[Any]
    certainty: Floats
    answers: Ints
    differ: Any
    labels: list[str]
    soft: Floats | None
    people: list[dict[str, Any]]
    info: dict[str, Any]


def check_rules(spec: ProjectSpec, registry: Registry) -> None:
    """Raise InvalidConfig for rules about questions or aggregators that there are not, or that do not go together."""
    questions = {q.name: q for q in spec.questions}
    for name in spec.policy.resolve.questions:
        if name not in questions:
            raise InvalidConfig(
                f'A rule of resolving names the question "{name}", which does not exist.', place="policy.resolve.questions"
            )
    for name, question in questions.items():
        rule = rule_for(spec.policy, name)
        if rule.aggregator == MERGE:
            continue
        own = name in spec.policy.resolve.questions
        place = f"policy.resolve.questions.{name}" if own else "policy.resolve.aggregator"
        if rule.aggregator not in registry.aggregators:
            known = ", ".join([MERGE, *sorted(a.name for a in registry.aggregators.all())])
            raise InvalidConfig(f'There is no aggregator "{rule.aggregator}". Available: {known}.', place=place)
        if own and not suits(registry.aggregators.get(rule.aggregator), registry.task_types.get(question.type)):
            raise InvalidConfig(f'"{rule.aggregator}" cannot resolve answers to "{name}" ({question.type}).', place=place)


def suits(aggregator: Aggregator, task: TaskType) -> bool:
    """Whether the aggregator can resolve values of this task type."""
    return "*" in aggregator.shapes or task.shape in aggregator.shapes


def aggregator_for(rule: ResolveRule, task: TaskType, aggregators: Mapping[str, Aggregator]) -> Aggregator | None:
    """The aggregator of a rule; None for the task type's own merge, also where a rule for all questions does not suit this
    one."""
    found = aggregators.get(rule.aggregator)
    return found if found is not None and suits(found, task) else None


def resolve(question: Question, task: TaskType, aggregator: Aggregator | None, given: Columns) -> Outcome:
    """What the answers come to; without an aggregator by the task type's merge, its certainty being the mean agreement of any
    two answers to the item (one answer: 1)."""
    starts = np.flatnonzero(np.diff(given.items, prepend=-1))
    counts = np.diff(np.append(starts, len(given.items)))
    differ = _differ(given, starts)
    if aggregator is None:
        items = given.items[starts]
        values, certainty = _merged(question, task, given, [*starts.tolist(), len(given.items)], differ)
        return Outcome(items, values, certainty, counts, differ, [], None, [], {})
    answered = Answered(given.items, given.authors, given.names, [given.values[c] for c in given.codes.tolist()])
    found = aggregator.resolve(question, task, answered)
    certainty = np.nan_to_num(found.scores, nan=0.5)
    people = [
        {"name": name, "ability": round(a, 4), "low": round(low, 4), "high": round(high, 4), "answers": n}
        for name, a, low, high, n in zip(
            given.names, found.ability.tolist(), found.ability_low.tolist(), found.ability_high.tolist(),
            found.n_answers.tolist(), strict=True,
        )
    ]  # fmt: skip
    return Outcome(found.item_ids, found.values, certainty, counts, differ, found.labels, found.soft, people, found.info)


def _differ(given: Columns, starts: Ints) -> Any:
    """Whether an item's answers are not all one and the same; shape (items,)."""
    if not len(starts):
        return np.zeros(0, dtype=np.bool_)
    low, high = np.minimum.reduceat(given.codes, starts), np.maximum.reduceat(given.codes, starts)
    return low != high


def _merged(question: Question, task: TaskType, given: Columns, starts: list[int], differ: Any) -> tuple[list[Any], Floats]:
    values: list[Any] = []
    certainty = np.ones(len(starts) - 1)
    codes = given.codes.tolist()
    for at, (low, high) in enumerate(pairwise(starts)):
        own = [given.values[c] for c in codes[low:high]]
        if not differ[at]:
            values.append(own[0])
            continue
        certainty[at] = mean_agreement(question, task, own)
        values.append(task.merge(question, own))
    return values, certainty


def mean_agreement(question: Question, task: TaskType, values: Sequence[Any]) -> float:
    """How far any two of the values agree, 0..1; 1 for fewer than two."""
    pairs = [task.agreement(question, a, b) for a, b in combinations(values, 2)]
    return sum(pairs) / len(pairs) if pairs else 1.0


def to_write(
    question: Question, task: TaskType, name: str, found: Outcome, standing: Mapping[int, Standing], least: int
) -> tuple[list[Written], list[int]]:
    """The resolutions that changed, and those (annotation ids) that nothing stands behind any more."""
    written: list[Written] = []
    kept: set[int] = set()
    texts: dict[Any, tuple[str, str | None]] = {}
    author = f"{MERGE}:{name}"
    items, counts = found.items.tolist(), found.answers.tolist()
    soft = None if found.soft is None else np.round(found.soft, 4).tolist()
    for at, (item, n, score) in enumerate(zip(items, counts, np.round(found.certainty, 4).tolist(), strict=True)):
        if n < least:
            continue
        kept.add(item)
        value, label = _text(question, task, found.values[at], texts)
        old = standing.get(item)
        if old is not None and old.value == value and abs((old.score or 0) - score) <= SAME and old.answers == n:
            continue
        told: dict[str, Any] = {"author": author, "answers": n}
        if soft is not None:
            told["soft"] = {k: p for k, p in zip(found.labels, soft[at], strict=True) if p > 0}
        written.append(Written(item, value, label, score, _encode(told).decode(), None if old is None else old.id))
    return written, [old.id for item, old in standing.items() if item not in kept]


def _text(question: Question, task: TaskType, value: Any, known: dict[Any, tuple[str, str | None]]) -> tuple[str, str | None]:
    """A value as JSON and its label text, remembered where a value may stand in a table."""
    key = value if isinstance(value, str | int) else None
    if key is not None and key in known:
        return known[key]
    found = _encode(value).decode(), label_text(task.summary(question, value))
    if key is not None and len(known) < 10_000:
        known[key] = found
    return found


def conflicts(found: Outcome, rule: ResolveRule) -> tuple[dict[int, float], list[int]]:
    """Items whose answers differ and are not sure enough, with their certainty; and items that are sure by now."""
    enough = found.answers >= max(2, rule.least)
    unsure = enough & found.differ & (found.certainty < rule.certain)
    hits = {int(i): float(c) for i, c in zip(found.items[unsure].tolist(), found.certainty[unsure].tolist(), strict=True)}
    return hits, found.items[~unsure].tolist()
