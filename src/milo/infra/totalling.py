"""Totals at work: gathers what people and a model said, and makes the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from milo.domain.errors import Invalid
from milo.domain.project import Project
from milo.domain.question import Question
from milo.flow import totals
from milo.flow.guarantee import default_right_at
from milo.flow.totals import Difference, Others, People, Reading, TotalFigure
from milo.infra.sql.guarantees import GuaranteesSql
from milo.infra.sql.models import PredictorRow
from milo.infra.sql.totals import Acceptance, DrawnRow, TotalsSql
from milo.kinds.asking import asks

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

MOST_LABELS, MOST_SLICES = 40, 12
COUNTED = frozenset({"label", "labels", "spans", "boxes"})


class Totals(msgspec.Struct):
    """Figures about all items of a project. `labels`: items that people answered blind or in an audit; `covered`: on which
    share of the others the model has spoken; `slices`: keys of the metadata that can be told apart; `metrics`: how good the
    model is."""

    question: str
    source: str
    items: int
    labels: int
    covered: float
    level: float
    figures: list[TotalFigure]
    differences: list[Difference]
    metrics: list[TotalFigure]
    slices: list[str]
    notes: list[str]


class Totalling:
    """Makes the totals of a workspace's projects."""

    def __init__(self, workspace: Workspace) -> None:
        self.ws = workspace

    def make(self, project: Project, question: str, source: str | None, by: str | None, level: float) -> Totals:
        """All figures for a question; `by`: also for each value of this metadata. Raises NotFound, Conflict or Invalid."""
        row = self.ws.guaranteeing.gathering.model(project, question, source)
        asked = project.schema.get(question)
        learns = self._learns(row)
        free = project.spec.policy.order == "random" and not learns
        drawn, rest, taken = self.ws.db.read(
            lambda c: (
                TotalsSql(c).drawn(project.id, question, row.id, free),
                TotalsSql(c).others(project.id, question, row.id, learns or free),
                TotalsSql(c).acceptances(project.id, question, row.id),
            )
        )
        keys, slices = self._slices(project, drawn, rest, by)
        people = self._people(asked, drawn, taken, len(rest), slices[: len(drawn)])
        others = Others(
            [value for _, value, _ in rest],
            np.array([0.5 if s is None else s for _, _, s in rest], np.float64),
            np.array(slices[len(drawn) :], dtype=object),
        )
        return self._totals(project, row, asked, people, others, keys, by, level, learns)

    def _people(self, asked: Question, drawn: list[DrawnRow], taken: list[Acceptance], rest: int, slices: list[str]) -> People:
        task = self.ws.task_types[asked.type]
        return People(
            [task.merge(asked, d.given) if len(d.given) > 1 else d.given[0] for d in drawn],
            [d.said for d in drawn],
            np.array([0.5 if d.score is None else d.score for d in drawn], np.float64),
            _odds(drawn, taken, rest),
            np.array(slices, dtype=object),
        )

    def _totals(
        self, project: Project, row: PredictorRow, asked: Question, people: People, others: Others, keys: list[str],
        by: str | None, level: float, learns: bool,
    ) -> Totals:  # fmt: skip
        task = self.ws.task_types[asked.type]

        def parts(value: Any) -> list[str]:
            return task.summary(asked, value)

        names = _labels(asked, people, others, parts) if task.shape in COUNTED else []
        readings = totals.shares(people, others, names, parts)
        if task.shape == "number":
            ends = float(asked.config.get("min", 1)), float(asked.config.get("max", 5))
            readings = [totals.rating(people, others, ends)]
        figures = [totals.figure(r, people, others, None, level) for r in readings]
        differences: list[Difference] = []
        if by:
            values = sorted({v for v in people.slices.tolist() if v} | {v for v in others.slices.tolist() if v})[:MOST_SLICES]
            figures += [totals.figure(r, people, others, value, level) for r in readings for value in values]
            differences = _differences(readings, people, others, values, level)
        metrics = self._metrics(asked, people, others, names, parts, level)
        notes = _notes(people, others, learns)
        return Totals(
            asked.name, row.name, len(people.said) + len(others.guessed), len(people.said), totals.covered(others), level,
            figures, differences, metrics, keys, notes,
        )  # fmt: skip

    def _metrics(
        self, asked: Question, people: People, others: Others, names: list[str], parts: Any, level: float
    ) -> list[TotalFigure]:
        """Over the items of which the model has spoken."""
        task = self.ws.task_types[asked.type]
        heard = [i for i, value in enumerate(people.guessed) if value is not None]
        spoken = [i for i, value in enumerate(others.guessed) if value is not None]
        mine, rest = _some(people, heard), _some_others(others, spoken)
        least = default_right_at(task.shape) - 1e-9
        pairs = zip(mine.said, mine.guessed, strict=True)
        right = np.array([task.agreement(asked, said, guess) >= least for said, guess in pairs], np.float64)
        out = [totals.figure(totals.accuracy(mine, rest, right), mine, rest, None, level)]
        if task.shape in ("label", "labels") and len(mine.said) >= totals.FEW:
            for name in names:
                out += totals.yes_or_no(name, mine, rest, parts, level)
        return out

    def _slices(
        self, project: Project, drawn: list[DrawnRow], rest: list[tuple[int, Any, float | None]], by: str | None
    ) -> tuple[list[str], list[str]]:
        items = [d.item for d in drawn] + [item for item, _, _ in rest]
        some = items[:: max(1, len(items) // 2_000)]
        keys = self.ws.db.read(lambda c: GuaranteesSql(c).few_valued(some, MOST_SLICES, 20))
        if by is None:
            return keys, [""] * len(items)
        if by not in keys:
            known = ", ".join(keys) or "none"
            raise Invalid(f'The metadata "{by}" has no 2 to {MOST_SLICES} values. Those that have: {known}.', place="by")
        return keys, self.ws.db.read(lambda c: GuaranteesSql(c).meta(items, [by])[by])

    def _learns(self, row: PredictorRow) -> bool:
        known = self.ws.registry.predictors
        return row.plugin in known and not asks(known.get(row.plugin)) and known.get(row.plugin).learns


def _odds(drawn: list[DrawnRow], taken: list[Acceptance], rest: int) -> Any:
    """The odds with which each item came to be labelled: the share labelled outside of audits, and, where the item was or would
    have been accepted, the audits' on top. None where no audit is among them: then all have the same."""
    audits = [d for d in drawn if d.audit is not None]
    if not audits or not taken:
        return None
    base = (len(drawn) - len(audits)) / max(1, len(drawn) + rest - len(audits))
    audited = max(one.odds for one in taken)
    least = min(min([one.threshold, *one.per_label.values()]) for one in taken)
    out: list[float] = []
    for one in drawn:
        accepted = one.audit is not None or (one.score is not None and one.score >= least)
        odds = one.audit if one.audit is not None else audited
        out.append(base + (1 - base) * odds if accepted else base)
    return np.clip(np.array(out, np.float64), 1e-6, 1.0)


def _labels(asked: Question, people: People, others: Others, parts: Any) -> list[str]:
    """The question's own labels, in their order, else the most frequent."""
    seen: dict[str, int] = {}
    for value in [*people.said, *people.guessed, *others.guessed]:
        for name in parts(value) if value is not None else ():
            seen[name] = seen.get(name, 0) + 1
    listed = asked.config.get("labels")
    own = [str(one.get("value", one.get("name"))) if isinstance(one, dict) else str(one) for one in listed or []]  # type: ignore[union-attr]
    known = [name for name in own if name] if own else []
    return (known or sorted(seen, key=lambda name: (-seen[name], name)))[:MOST_LABELS]


def _differences(readings: list[Reading], people: People, others: Others, values: list[str], level: float) -> list[Difference]:
    """Each value against the first."""
    return [totals.difference(r, people, others, other, values[0], level) for r in readings for other in values[1:]]


def _some(people: People, which: list[int]) -> People:
    places = np.array(which, np.int64)
    return People(
        [people.said[i] for i in which], [people.guessed[i] for i in which], people.confidence[places],
        None if people.odds is None else people.odds[places], people.slices[places],
    )  # fmt: skip


def _some_others(others: Others, which: list[int]) -> Others:
    places = np.array(which, np.int64)
    return Others([others.guessed[i] for i in which], others.confidence[places], others.slices[places])


def _notes(people: People, others: Others, learns: bool) -> list[str]:
    notes: list[str] = []
    if len(people.said) < totals.FEW:
        notes.append(f"Only {len(people.said)} items were answered blind or in an audit; little can be said yet.")
    if totals.covered(others) < totals.COVERED:
        notes.append(
            f"The model has spoken of {totals.covered(others):.0%} of the other items, so that the labels stand alone. Let it "
            "suggest for all items to narrow the intervals."
        )
    if learns:
        notes.append("Items whose answers the model has learned from are left out of what it predicts.")
    return notes
