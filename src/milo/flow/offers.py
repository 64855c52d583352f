"""OFFERS: what a data set answers, held against what a project asks, with the change that would make the two fit.

Stands alone because a person decides: nothing is changed here. A question that takes a column and lacks some of its labels is
offered with them added; a column that no question takes is offered a question of its own, of the first task type whose values
have its shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import msgspec

from milo.domain.errors import InvalidConfig
from milo.domain.project import ProjectSpec
from milo.domain.question import Question
from milo.flow.mapping import LabelColumn
from milo.kinds.format import AnswerColumn
from milo.kinds.task_type import TaskType


class Offer(msgspec.Struct, frozen=True):
    """A column of answers: how many labels it has, the question that could take it (None: there is none), the labels that this
    one lacks, and the question as it would be added or changed (None: nothing is to be changed, or nothing fits)."""

    column: str
    labels: int
    question: str | None
    missing: list[str]
    change: Question | None


def offers(
    spec: ProjectSpec, task_types: Sequence[TaskType], answers: Sequence[AnswerColumn], taken: dict[str, LabelColumn]
) -> list[Offer]:
    """One for each column. `taken`: question -> the column that it is offered."""
    by_name = {t.name: t for t in task_types}
    asked = {label.column: name for name, label in taken.items()}
    names = {q.name for q in spec.questions}
    out: list[Offer] = []
    for answer in answers:
        labels = cast("list[str]", answer.config.get("labels") or [])
        fitting = [q for q in spec.questions if q.type in by_name and by_name[q.type].shape == answer.shape]
        found = next((q for q in fitting if q.name == asked.get(answer.column)), fitting[0] if fitting else None)
        if found is None:
            change = _new(spec, task_types, answer, names)
            names |= {change.name} if change is not None else set()
            out.append(Offer(answer.column, len(labels), None, [], change))
            continue
        known = {_value(entry) for entry in cast("list[Any]", found.config.get("labels") or [])}
        missing = [label for label in labels if label not in known] if known else []
        out.append(Offer(answer.column, len(labels), found.name, missing, _with(found, missing) if missing else None))
    return out


def _value(entry: Any) -> str:
    return entry if isinstance(entry, str) else entry["value"]


def _with(question: Question, labels: list[str]) -> Question:
    """The question with labels added behind its own."""
    own = cast("list[Any]", question.config.get("labels") or [])
    config = question.config | {"labels": [*own, *({"value": label} for label in labels)]}
    return msgspec.structs.replace(question, config=config)


def _new(spec: ProjectSpec, task_types: Sequence[TaskType], answer: AnswerColumn, names: set[str]) -> Question | None:
    """A question for a column, None where no task type or no field of the project fits."""
    plain = answer.column.removeprefix("predicted_")
    name = next(n for n in (plain, *(f"{plain}_{i}" for i in range(2, 1000))) if n not in names)
    for task in task_types:
        if task.shape != answer.shape:
            continue
        try:
            return task.check_config(Question(name, task.name, config=answer.config, required=False), spec.fields)
        except InvalidConfig:
            continue
    return None
