"""AGREEMENT: how far people agree on a question - overall, by label, by pair of people, by item.

The measure of likeness is the task type's own, so that every task type has agreement. Answers of one person to an item count
once; answers given to many items at a time, and checks with a wrong suggestion, do not count.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
import numpy as np

from milo.domain.question import Question
from milo.flow.figures import NamedFigure, QualityFigure, of_mean, of_measure
from milo.flow.likeness import Likeness
from milo.flow.ports.quality import BASES, AnswerColumns, Help, Ints
from milo.kinds.task_type import TaskType
from milo.stats.agreement import alpha, alpha_of_values
from milo.stats.agreement_parts import by_label
from milo.stats.kappa import cohen_kappa, fleiss_kappa, gwet_ac
from milo.stats.measure import NOTHING_SHARED, Measure, undefined
from milo.stats.ratings import Counts, Floats, column_counts, pairs_within, tally

CATEGORICAL = ("label", "number")
MOST_LINES = 300
MOST_LABELS = 60
MOST_PAIRS = 2_000_000
FREE_ITEMS = 5_000
FREE_PAIRS = 20_000
_SHOWN = BASES.index("shown")
NOBODY_TWICE = (
    "No item has answers of two people, so that nothing can be compared. Raise the number of people an item in the settings, "
    "or let a second person answer some items."
)


class LabelLine(msgspec.Struct, frozen=True):
    """One label: `n` answers with it; `specific`: how likely a second answer has it too (for marks in a text or picture: how
    far the marks with this label agree); `alpha`: agreement beyond chance on whether it is there (null for marks)."""

    label: str
    n: int
    specific: QualityFigure
    alpha: QualityFigure | None


class PairLine(msgspec.Struct, frozen=True):
    """Two people: mean agreement on the items that both answered, and Cohen's kappa where there are categories."""

    a: str
    b: str
    observed: QualityFigure
    kappa: QualityFigure | None


class ConfusedLine(msgspec.Struct, frozen=True):
    """Two labels given to one item by two people: in `n` pairs of answers, `share` of all pairs with either label."""

    a: str
    b: str
    n: int
    share: float


class ItemLine(msgspec.Struct, frozen=True):
    """An item, the mean agreement of its answers, and what was answered how often."""

    item_id: int
    agreement: float
    n_answers: int
    given: list[tuple[str, int]]


class AgreementReport(msgspec.Struct, frozen=True):
    """All about agreement on one question. `help`: "none" leaves out answers given with a suggestion on the screen, of which
    there are `n_assisted`. `measured_items`: items with two people's answers that were measured, of `of_items`. `likeness` says
    what agreement means here. `more_pairs`, `more_items`: what the lists leave out (items: those that agree fully too)."""

    question: str
    title: str
    help: Help
    likeness: str
    n_people: int
    n_assisted: int
    measured_items: int
    of_items: int
    observed: QualityFigure
    alpha: QualityFigure
    others: list[NamedFigure]
    labels: list[LabelLine]
    pairs: list[PairLine]
    more_pairs: int
    confused: list[ConfusedLine]
    items: list[ItemLine]
    more_items: int


class Answers(NamedTuple):
    """Columns ready to be compared: sorted by item, `place` numbers the items from 0 on."""

    ids: Ints
    place: Ints
    author: Ints
    code: Ints
    at: Floats


class Pairs(NamedTuple):
    """Pairs of answers about one item: the item's place, both rows, and how alike they are."""

    place: Ints
    first: Ints
    second: Ints
    alike: Floats


def agreement_report(
    question: Question, task_type: TaskType, given: AnswerColumns, help: Help, *, replicates: int = 1000
) -> AgreementReport:
    """Measure one question. Deterministic; random parts are seeded."""
    assisted = int((given.basis == _SHOWN).sum())
    rows, values = comparable(question, task_type, given, help)
    likeness = Likeness(question, task_type, values)
    pairs = compare_pairs(rows, likeness)
    n_items = len(rows.ids)
    counts = column_counts(rows.place, rows.code, n_items, len(values)) if n_items else None
    per_item, n_pairs = _by_item(pairs, n_items)
    lines, more_items = _item_lines(question, task_type, rows, values, per_item)
    pair_lines, more_pairs = _pair_lines(task_type, rows, pairs, likeness, given)
    names = sorted({given.people[a].name for a in np.unique(rows.author).tolist() if given.people[a].name})
    return AgreementReport(
        question=question.name,
        title=question.title or question.name,
        help=help,
        likeness="equal answers agree, others do not"
        if likeness.exact
        else "answers may agree in part, as the task type measures it",
        n_people=len(names),
        n_assisted=assisted,
        measured_items=n_items,
        of_items=max(given.of_items, n_items),
        observed=of_mean(per_item[~np.isnan(per_item)], NOBODY_TWICE, n_pairs),
        alpha=of_measure(_worded(_alpha(counts, rows, likeness, replicates))),
        others=_others(task_type, counts, rows, likeness) if counts is not None else [],
        labels=_label_lines(question, task_type, rows, values, pairs, counts, replicates) if counts is not None else [],
        pairs=pair_lines,
        more_pairs=more_pairs,
        confused=_confused(task_type, rows, values, pairs),
        items=lines,
        more_items=more_items,
    )


def comparable(question: Question, task_type: TaskType, given: AnswerColumns, help: Help) -> tuple[Answers, list[Any]]:
    """The answers on items with two or more, one for each person and item (the latest); and the values by their new code:
    labels in the order of the question, numbers rising."""
    keep = np.ones(len(given.items), dtype=bool) if help == "any" else given.basis != _SHOWN
    order = np.flatnonzero(keep)
    order = order[np.lexsort((given.at[order], given.authors[order], given.items[order]))]
    items, authors = given.items[order], given.authors[order]
    unknown = np.array([not p.name for p in given.people], dtype=bool)
    last = np.ones(len(order), dtype=bool)
    if len(order) > 1:
        last[:-1] = (items[1:] != items[:-1]) | (authors[1:] != authors[:-1]) | unknown[authors[:-1]]
    order, items = order[last], items[last]
    ids, place, size = np.unique(items, return_inverse=True, return_counts=True)
    twice = size[place] >= 2
    order = order[twice]
    values, code = _recoded(question, task_type, given, given.codes[order])
    ids, place = np.unique(given.items[order], return_inverse=True)
    return Answers(ids, place.astype(np.int64), given.authors[order], code, given.at[order]), values


def _recoded(question: Question, task_type: TaskType, given: AnswerColumns, codes: Ints) -> tuple[list[Any], Ints]:
    used = np.unique(codes)
    values = [given.values[c] for c in used.tolist()]
    place = np.searchsorted(used, codes)
    if task_type.shape not in CATEGORICAL:
        return values, place.astype(np.int64)
    asked = [entry.get("value") if isinstance(entry, dict) else entry for entry in question.config.get("labels") or ()]
    rank = {value: i for i, value in enumerate(asked)} if task_type.shape == "label" else {}
    unused = [v for v in asked if v not in set(values)] if task_type.shape == "label" else []
    everything = values + unused
    order = sorted(range(len(everything)), key=lambda i: (rank.get(everything[i], len(rank)), everything[i]))
    new = np.empty(len(order), dtype=np.int64)
    new[order] = np.arange(len(order))
    return [everything[i] for i in order], new[place] if len(place) else place.astype(np.int64)


def compare_pairs(rows: Answers, likeness: Likeness) -> Pairs:
    """All pairs of answers about one item, or those of random items with about as many as may be compared."""
    most = MOST_PAIRS if likeness.matrix is not None else FREE_PAIRS
    sizes = np.bincount(rows.place, minlength=len(rows.ids))
    per_item = sizes * (sizes - 1) // 2
    keep = np.ones(len(sizes), dtype=bool)
    if per_item.sum() > most:
        order = np.random.default_rng(0).permutation(len(sizes))
        enough = int(np.searchsorted(np.cumsum(per_item[order]), most)) + 1
        keep[:] = False
        keep[order[:enough]] = True
    row = np.flatnonzero(keep[rows.place]) if len(sizes) else np.empty(0, dtype=np.int64)
    parts = list(pairs_within(rows.place[row], len(sizes))) if len(row) else []
    empty = np.empty(0, dtype=np.int64)
    first = row[np.concatenate([p[0] for p in parts])] if parts else empty
    second = row[np.concatenate([p[1] for p in parts])] if parts else empty
    alike = likeness.of(rows.code[first], rows.code[second]) if len(first) else np.empty(0)
    return Pairs(rows.place[first], first, second, alike)


def _by_item(pairs: Pairs, n_items: int) -> tuple[Floats, int]:
    """The mean agreement of each item, NaN where it was not compared; and how many pairs there are."""
    n = np.bincount(pairs.place, minlength=n_items)
    total = tally(pairs.place, pairs.alike, n_items)
    return np.divide(total, n, out=np.full(n_items, np.nan), where=n > 0), len(pairs.place)


def _alpha(counts: Counts | None, rows: Answers, likeness: Likeness, replicates: int) -> Measure:
    if counts is None:
        return undefined(NOTHING_SHARED)
    if likeness.exact:
        return alpha(counts, "nominal", replicates=replicates)
    if likeness.matrix is not None:
        return alpha(counts, 1 - likeness.matrix, replicates=replicates)
    code = rows.code
    return alpha_of_values(
        rows.place, lambda i, j: 1 - likeness.one(int(code[i]), int(code[j])), max_pairs=FREE_PAIRS, replicates=replicates
    )


def _worded(found: Measure) -> Measure:
    return found._replace(why=NOBODY_TWICE) if found.why == NOTHING_SHARED else found


def _others(task_type: TaskType, counts: Counts, rows: Answers, likeness: Likeness) -> list[NamedFigure]:
    """Agreement by other conventions, where answers are categories."""
    if task_type.shape not in CATEGORICAL or likeness.matrix is None:
        return []
    weights: Any = "identity" if likeness.exact else likeness.matrix
    partly = "" if likeness.exact else ", near misses counting in part"
    found: list[tuple[str, str, Callable[[], Measure]]] = [
        ("Fleiss' kappa", f"chance as the shares of all answers together{partly}", lambda: fleiss_kappa(counts, weights)),
        (
            "Gwet's AC1" if likeness.exact else "Gwet's AC2",
            f"chance as guessing where one is not sure; sensible where nearly all items have one label{partly}",
            lambda: gwet_ac(counts, weights),
        ),
    ]
    people = np.unique(rows.author)
    if len(people) == 2:
        found.append(
            ("Cohen's kappa", f"chance as each person's own label shares{partly}", lambda: _cohen(rows, people, weights))
        )
    if task_type.shape == "number":
        numbers = [float(v) for v in likeness.values]
        found.append(("Alpha, ordinal", "only the order of the scores counts", lambda: alpha(counts, "ordinal")))
        found.append(("Alpha, interval", "squared distance between scores", lambda: alpha(counts, "interval", numbers)))
    return [NamedFigure(name, about, of_measure(_worded(measure()))) for name, about, measure in found]


def _cohen(rows: Answers, people: Ints, weights: Any) -> Measure:
    table = np.full((len(rows.ids), 2), -1)
    table[rows.place, np.searchsorted(people, rows.author)] = rows.code
    return cohen_kappa(table[:, 0], table[:, 1], weights)


def _label_lines(
    question: Question, task_type: TaskType, rows: Answers, values: list[Any], pairs: Pairs, counts: Counts, replicates: int
) -> list[LabelLine]:
    if task_type.shape in CATEGORICAL:
        if len(values) > MOST_LABELS:
            return []
        return [
            LabelLine(str(values[one.label]), one.n, of_measure(one.specific), of_measure(one.alpha))
            for one in by_label(counts, replicates=replicates)
            if one.n
        ]
    labels = [task_type.summary(question, value) for value in values]
    weight = np.bincount(rows.code, minlength=len(values))
    often: dict[str, int] = {}
    for found, n in zip(labels, weight.tolist(), strict=True):
        for label in found:
            often[label] = often.get(label, 0) + n
    names = sorted(often, key=lambda name: (-often[name], name))[:MOST_LABELS]
    marked = task_type.shape != "labels" and all(isinstance(v, list) for v in values)
    return [_one_label(question, task_type, name, rows, values, labels, pairs, replicates, marked) for name in names]


def _one_label(
    question: Question, task_type: TaskType, name: str, rows: Answers, values: list[Any], labels: list[list[str]],
    pairs: Pairs, replicates: int, marked: bool,
) -> LabelLine:  # fmt: skip
    """A label among others: whether it is there, or how far the marks that carry it agree."""
    has = np.array([name in found for found in labels])
    n = int(has[rows.code].sum())
    there = column_counts(rows.place, has[rows.code].astype(np.int64), len(rows.ids), 2)
    presence = by_label(there, replicates=replicates)[1]
    if not marked:
        return LabelLine(name, n, of_measure(presence.specific), of_measure(presence.alpha))
    own = [[m for m in value if isinstance(m, dict) and m.get("label") == name] for value in values]
    either = has[rows.code[pairs.first]] | has[rows.code[pairs.second]]
    alike: dict[tuple[int, int], float] = {}
    x, y, place = rows.code[pairs.first[either]], rows.code[pairs.second[either]], pairs.place[either]
    found = np.empty(len(place))
    for at, (a, b) in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
        key = (min(a, b), max(a, b))
        if key not in alike:
            alike[key] = task_type.agreement(question, own[key[0]], own[key[1]])
        found[at] = alike[key]
    size = np.bincount(place, minlength=len(rows.ids))
    mean = tally(place, found, len(rows.ids))[size > 0] / size[size > 0]
    return LabelLine(name, n, of_mean(mean, "Nobody gave this label to an item that has a second answer.", len(place)), None)


def _pair_lines(
    task_type: TaskType, rows: Answers, pairs: Pairs, likeness: Likeness, given: AnswerColumns
) -> tuple[list[PairLine], int]:
    """People by two, those with most items in common first, and how many pairs of people were left out."""
    named = np.array([bool(p.name) for p in given.people], dtype=bool)
    a, b = rows.author[pairs.first], rows.author[pairs.second]
    keep = (named[a] & named[b] & (a != b)) if len(a) else np.empty(0, dtype=bool)
    swap = a > b
    first, second = np.where(swap, pairs.second, pairs.first)[keep], np.where(swap, pairs.first, pairs.second)[keep]
    alike = pairs.alike[keep]
    key = rows.author[first] * len(named) + rows.author[second]
    order = np.argsort(key, kind="stable")
    _, starts, sizes = np.unique(key[order], return_index=True, return_counts=True)
    chosen = np.lexsort((starts, -sizes))[:MOST_LINES]
    categorical = task_type.shape in CATEGORICAL and likeness.matrix is not None
    weights: Any = "identity" if likeness.exact else likeness.matrix
    out: list[PairLine] = []
    for at in chosen.tolist():
        mine = order[starts[at] : starts[at] + sizes[at]]
        x, y = rows.code[first[mine]], rows.code[second[mine]]
        kappa = (
            of_measure(cohen_kappa(x, y, weights, None if likeness.exact else len(likeness.values))) if categorical else None
        )
        who = [given.people[int(rows.author[r])].name for r in (first[mine[0]], second[mine[0]])]
        out.append(PairLine(who[0], who[1], of_mean(alike[mine], NOBODY_TWICE, len(mine)), kappa))
    return out, len(sizes) - len(chosen)


def _confused(task_type: TaskType, rows: Answers, values: list[Any], pairs: Pairs) -> list[ConfusedLine]:
    """The labels that are most often given to one item by two people."""
    if task_type.shape != "label" or len(values) > 1000:
        return []
    k = len(values)
    x, y = rows.code[pairs.first], rows.code[pairs.second]
    table = np.bincount(np.minimum(x, y) * k + np.maximum(x, y), minlength=k * k).reshape(k, k)
    either = table.sum(axis=0) + table.sum(axis=1) - np.diag(table)
    np.fill_diagonal(table, 0)
    best = np.argsort(-table, axis=None, kind="stable")[:20]
    lines: list[ConfusedLine] = []
    for a, b in zip(*(part.tolist() for part in np.unravel_index(best, table.shape)), strict=True):
        n = int(table[a, b])
        if n:
            lines.append(ConfusedLine(str(values[a]), str(values[b]), n, n / int(either[a] + either[b] - n)))
    return lines


def _item_lines(
    question: Question, task_type: TaskType, rows: Answers, values: list[Any], per_item: Floats
) -> tuple[list[ItemLine], int]:
    """Items that agree least, with more answers before fewer; and how many more there are."""
    sizes = np.bincount(rows.place, minlength=len(rows.ids))
    seen = np.flatnonzero(~np.isnan(per_item))
    order = seen[np.lexsort((rows.ids[seen], -sizes[seen], per_item[seen]))]
    worst = [i for i in order[:MOST_LINES].tolist() if per_item[i] < 1]
    starts = np.searchsorted(rows.place, np.arange(len(rows.ids) + 1))
    out: list[ItemLine] = []
    for i in worst:
        texts = [_short(question, task_type, values[c]) for c in rows.code[starts[i] : starts[i + 1]].tolist()]
        tally_: dict[str, int] = {}
        for text in texts:
            tally_[text] = tally_.get(text, 0) + 1
        given = sorted(tally_.items(), key=lambda pair: (-pair[1], pair[0]))
        out.append(ItemLine(int(rows.ids[i]), float(per_item[i]), int(sizes[i]), given[:6]))
    return out, len(seen) - len(out)


def _short(question: Question, task_type: TaskType, value: Any) -> str:
    """A value in few words: its labels, or its beginning."""
    if isinstance(value, str | int | float):
        return str(value)[:80]
    labels = task_type.summary(question, value)
    if labels:
        return ", ".join(labels)[:80]
    return "nothing" if not value else msgspec.json.encode(value).decode()[:80]
