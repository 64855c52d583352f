"""Compares the ways of resolving on the items of a project for which the right answer is known."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from milo.domain.policy import rule_for
from milo.domain.question import Question
from milo.flow.resolve import MERGE, Columns, resolve, suits
from milo.infra.jobs import JobRun
from milo.infra.sql.resolutions import ResolutionsSql
from milo.kinds.aggregator import Aggregator
from milo.kinds.task_type import TaskType
from milo.stats.intervals import effective_share

if TYPE_CHECKING:
    from milo.bootstrap import Workspace


def compare_aggregators(workspace: Workspace, job: JobRun) -> dict[str, Any]:
    """Job: every aggregator that suits the question, side by side; right is what agrees with gold by the task's measure."""
    project = workspace.projects.get(job.project_id)
    question = project.schema.get(str(job.args["question"]))
    task = workspace.task_types[question.type]
    given, gold = workspace.db.read(
        lambda c: (ResolutionsSql(c).columns(project.id, question.name), ResolutionsSql(c).gold(project.id, question.name))
    )
    ways: list[Aggregator | None] = [None, *(a for a in workspace.registry.aggregators.all() if suits(a, task))]
    rows: list[dict[str, Any]] = []
    for at, way in enumerate(ways):
        job.check()
        rows.append(_measured(question, task, way, given, gold, rule_for(project.spec.policy, question.name).least))
        job.advance(at + 1, len(ways))
    clean = sum(1 for _, shown in gold.values() if not shown)
    return {"question": question.name, "rows": rows, "answers": len(given.items), "gold": len(gold), "gold_unassisted": clean}


def _measured(
    question: Question, task: TaskType, way: Aggregator | None, given: Columns, gold: dict[int, tuple[Any, bool]], least: int
) -> dict[str, Any]:
    begun = time.thread_time()
    found = resolve(question, task, way, given)
    seconds = time.thread_time() - begun
    enough = found.answers >= least
    right: list[float] = []
    claimed: list[float] = []
    for item, value, sure in zip(found.items[enough].tolist(), _of(found.values, enough), found.certainty[enough], strict=True):
        if item in gold:
            right.append(task.agreement(question, value, gold[item][0]))
            claimed.append(float(sure))
    row: dict[str, Any] = {
        "name": MERGE if way is None else way.name, "title": "Merge (the task type's own rule)" if way is None else way.title,
        "items": int(enough.sum()), "seconds": round(seconds, 4), "n": len(right),
        "certainty": round(float(found.certainty[enough].mean()), 4) if enough.any() else None,
    }  # fmt: skip
    if right:
        mean = float(np.mean(right))
        low, high = effective_share(mean, float(np.var(right)) / len(right), len(right))
        row |= {
            "right": round(mean, 4), "low": round(low, 4), "high": round(high, 4),
            "claimed": round(float(np.mean(claimed)), 4),
        }  # fmt: skip
    return row


def _of(values: list[Any], keep: Any) -> list[Any]:
    return [values[i] for i in np.flatnonzero(keep).tolist()]
