"""STAND IN: may a model answer in the place of a person here? The alternative annotator test, with its verdict in words.

Only answers that people gave without the model's suggestion on the screen count. Of a model that learns from answers here, only
what it said of blind items counts, which it never learned from. What is shown are figures over all items, never an item.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from milo.domain.question import Question
from milo.flow.agreement import comparable
from milo.flow.figures import QualityFigure, of_measure
from milo.flow.likeness import Likeness
from milo.flow.ports.quality import AnswerColumns
from milo.kinds.task_type import TaskType
from milo.stats.alternative_annotator import Against, Verdict, compare_scores
from milo.stats.intervals import clopper_pearson
from milo.stats.ratings import Floats, Ints, pairs_within, tally

USUAL = {"experts": 0.2, "skilled": 0.15, "crowd": 0.1}
"""The advantage that a person's work has to bring for its price, by who the people are."""
MOST_ITEMS = 3_000


class AgainstPerson(msgspec.Struct, frozen=True):
    """The model against one person, on `n` items: `advantage` is the share of items where the model is at least as close to the
    other people as this person is, `low` to `high` its exact 95 % interval, `own` the share where the person is at least as
    close as the model; `p` adjusted for the number of people; `wins`: the model does not do worse by the margin."""

    name: str
    n: int
    advantage: float
    low: float
    high: float
    own: float
    p: float
    wins: bool


class StandInReport(msgspec.Struct, frozen=True):
    """The verdict: `passes` is null where the test could not be made. `winning_rate`: share of people against whom the model
    wins; `advantage`: over all people. `skipped`: people with too few items. `words` say it all in a sentence or two."""

    model: str
    question: str
    epsilon: float
    passes: bool | None
    winning_rate: float | None
    advantage: QualityFigure
    against: list[AgainstPerson]
    skipped: int
    n_items: int
    words: str


def stand_in_report(
    question: Question, task_type: TaskType, given: AnswerColumns, model: str, said: dict[int, Any], epsilon: float
) -> StandInReport:
    """Test a model; `said`: its value by item."""
    rows, values = comparable(question, task_type, given, "none")
    keep = np.isin(rows.ids, np.fromiter(said, dtype=np.int64, count=len(said)))
    chosen = np.flatnonzero(keep)
    if len(chosen) > MOST_ITEMS:
        chosen = np.sort(np.random.default_rng(0).choice(chosen, MOST_ITEMS, replace=False))
    everything = list(values)
    codes = {msgspec.json.encode(v): i for i, v in enumerate(everything)}
    own = np.full(len(rows.ids), -1)
    for place in chosen.tolist():
        value = said[int(rows.ids[place])]
        key = msgspec.json.encode(value)
        if key not in codes:
            codes[key] = len(everything)
            everything.append(value)
        own[place] = codes[key]
    likeness = Likeness(question, task_type, everything)
    part = np.flatnonzero(own[rows.place] >= 0)
    human, machine, usable = _scores(rows.place[part], rows.author[part], rows.code[part], own, likeness)
    usable &= np.array([bool(given.people[a].name) for a in rows.author[part].tolist()], dtype=bool)
    found = compare_scores(
        rows.place[part][usable], rows.author[part][usable], human[usable], machine[usable], epsilon=epsilon
    )  # fmt: skip
    lines = [_against(given.people[a.annotator].name, a) for a in found.against]
    return StandInReport(
        model, question.name, epsilon, found.passes, found.winning_rate, of_measure(found.advantage), lines, len(found.skipped),
        len(chosen), words(model, found, len(chosen)),
    )  # fmt: skip


def _against(name: str, found: Against) -> AgainstPerson:
    low, high = clopper_pearson(round(found.advantage * found.n), found.n)
    own = found.advantage + found.difference
    return AgainstPerson(name, found.n, found.advantage, low, high, own, found.adjusted, found.wins)


def _scores(place: Ints, author: Ints, code: Ints, own: Ints, likeness: Likeness) -> tuple[Floats, Floats, Any]:
    """How close each answer and the model come to the other people's answers to the item; and which have other people's."""
    n = len(place)
    near, close, met = np.zeros(n), np.zeros(n), np.zeros(n)
    if n:
        _, dense = np.unique(place, return_inverse=True)
        model = likeness.of(own[place], code)
        for first, second in pairs_within(dense.astype(np.int64), int(dense.max()) + 1):
            apart = author[first] != author[second]
            a, b = first[apart], second[apart]
            like = likeness.of(code[a], code[b])
            close += tally(a, like, n) + tally(b, like, n)
            near += tally(a, model[b], n) + tally(b, model[a], n)
            met += np.bincount(a, minlength=n) + np.bincount(b, minlength=n)
    usable = met > 0
    at_least = np.maximum(met, 1)
    return close / at_least, near / at_least, usable


def words(model: str, found: Verdict, n_items: int) -> str:
    """The verdict for a reader."""
    if found.passes is None or found.winning_rate is None:
        return f"It cannot be told yet whether {model} may stand in for a person. {found.why}"
    wins = sum(a.wins for a in found.against)
    people = f"{wins} of {len(found.against)} people"
    margin = f"{found.epsilon:.2f}"
    if found.passes:
        text = (
            f"{model} may stand in for a person here: against {people} it was shown not to be further from the others "
            f"than they are, by the margin of {margin}."
        )
    else:
        text = (
            f"{model} was not shown to be fit to stand in for a person here: it held its own against {people} only, by the "
            f"margin of {margin}; half are needed. That may also mean that there are too few items."
        )
    return f"{text} Tested on {n_items:,} items.{' ' + found.why if found.why else ''}"
