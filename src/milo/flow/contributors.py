"""PEOPLE: how good, how quick and how watchful each contributor is on one question, with intervals and without a ranking.

Five independent sights of a person, since none is fair alone: agreement with the others who answered the same items, ability as
aggregation estimates it, agreement with gold, active seconds an answer, and the share of planted wrong suggestions that they
caught. Somebody stands out only where the interval, widened for the number of people compared, leaves the others' mean out.
"""

from __future__ import annotations

import msgspec
import numpy as np

from milo.domain.policy import Policy
from milo.domain.question import Question
from milo.flow.agreement import CATEGORICAL, Answers, comparable, compare_pairs
from milo.flow.figures import QualityFigure, missing, of_mean, of_median, of_share
from milo.flow.likeness import Likeness
from milo.flow.ports.contributors import Activity, Beside, Caught
from milo.flow.ports.quality import AnswerColumns, Author
from milo.kinds.task_type import TaskType
from milo.stats.answers import answers
from milo.stats.dawid_skene import guarded
from milo.stats.drift import error_drift
from milo.stats.independence import independence
from milo.stats.ratings import Floats, tally

FEW = 20
"""Items below which a figure is called too few to tell."""
BASELINE, LEAST_DRIFT, MOST_DRIFT = 40, 80, 2_000
PERIODS = 8
_MOST_LABELS = 300
NO_OTHERS = "Nobody else answered the same items."
NO_GOLD = "No item with gold was answered."
NO_TIME = "No time was recorded for these answers."
NO_PLANTS = "No wrong suggestion was planted and answered."


class Period(msgspec.Struct, frozen=True):
    """A stretch of a person's answers: when it began and ended, and the mean agreement in it."""

    start: float
    end: float
    agreement: QualityFigure


class Drift(msgspec.Struct, frozen=True):
    """Agreement over time, `against` gold or the others. `changed_at`: when evidence was strong enough that the person errs
    more than in their first answers (null: no such evidence); `why`: the reason where nothing can be told."""

    against: str
    periods: list[Period]
    changed_at: float | None
    why: str


class Contributor(msgspec.Struct, frozen=True):
    """One person; `login` is empty for a name that came in with the data. `share_assisted`: of their answers, given with a
    suggestion on the screen. `seconds`: active seconds an answer. `stands_out`: "above" or "below" the others, by figure, where
    that is no matter of chance."""

    name: str
    login: str
    user_id: int | None
    n_answers: int
    share_assisted: float
    first_at: float
    last_at: float
    with_others: QualityFigure
    ability: QualityFigure
    with_gold: QualityFigure
    gold_right: QualityFigure
    seconds: QualityFigure
    caught: QualityFigure
    drift: Drift
    stands_out: dict[str, str]
    qualification: str


class ContributorReport(msgspec.Struct, frozen=True):
    """All contributors to a question, by name, and the mean of all. `method` says how ability was estimated."""

    question: str
    title: str
    method: str
    people: list[Contributor]
    mean_with_others: float | None
    mean_with_gold: float | None
    median_seconds: float | None
    few: int


class Evidence(msgspec.Struct, frozen=True):
    """All that is known: answers to items with two or more, answers beside gold, what people did, and what they caught."""

    repeated: AnswerColumns
    gold: list[Beside]
    activity: list[Activity]
    caught: list[Caught]
    standing: dict[int, str]


def contributor_report(question: Question, task_type: TaskType, known: Evidence) -> ContributorReport:
    """Measure everybody who answered."""
    rows, values = comparable(question, task_type, known.repeated, "any")
    likeness = Likeness(question, task_type, values)
    others = _with_others(rows, likeness, known.repeated)
    method, ability = _ability(task_type, rows, likeness, known.repeated, others)
    gold = _with_gold(question, task_type, known.gold)
    people = sorted((a for a in known.activity if a.author.name), key=lambda a: a.author.name.casefold())
    drawn = [
        _one(
            act, others.get(_key(act.author)), ability.get(_key(act.author)), gold.get(_key(act.author)),
            [c for c in known.caught if c.user_id == act.author.user_id], known.standing,
        )
        for act in people
    ]  # fmt: skip
    compared = _standing_out(drawn, {"with_others": others, "with_gold": gold})
    times = [p.seconds.value for p in drawn if p.seconds.value is not None]
    return ContributorReport(
        question.name, question.title or question.name, method, compared, _mean(others), _mean(gold),
        float(np.median(times)) if times else None, FEW,
    )  # fmt: skip


class _Series(msgspec.Struct, frozen=True):
    """Agreement item by item, in order of time: `at` and `agreement`, float64, shape (n,); `pairs` that were compared."""

    at: Floats
    agreement: Floats
    pairs: int = 0


Series = dict[tuple[int | None, str], _Series]


def _key(author: Author) -> tuple[int | None, str]:
    return author.user_id, author.name


def _with_others(rows: Answers, likeness: Likeness, given: AnswerColumns) -> Series:
    """For each person, item by item, the mean agreement with all others who answered it."""
    pairs = compare_pairs(rows, likeness)
    n = len(rows.code)
    met = np.bincount(pairs.first, minlength=n) + np.bincount(pairs.second, minlength=n)
    total = tally(pairs.first, pairs.alike, n) + tally(pairs.second, pairs.alike, n)
    out: Series = {}
    for author in np.unique(rows.author).tolist():
        mine = np.flatnonzero((rows.author == author) & (met > 0))
        mine = mine[np.argsort(rows.at[mine], kind="stable")]
        if len(mine) and given.people[author].name:
            out[_key(given.people[author])] = _Series(rows.at[mine], total[mine] / met[mine], int(met[mine].sum()))
    return out


def _ability(
    task_type: TaskType, rows: Answers, likeness: Likeness, given: AnswerColumns, others: Series
) -> tuple[str, dict[tuple[int | None, str], QualityFigure]]:
    """The chance that an answer is right, as aggregation sees it; where answers are no categories, agreement with others."""
    if task_type.shape not in CATEGORICAL or not 2 <= len(likeness.values) <= _MOST_LABELS or not len(rows.code):
        found = {key: of_mean(one.agreement, NO_OTHERS, one.pairs) for key, one in others.items()}
        return "Answers are no categories: ability is the mean agreement with the others.", found
    authors = np.unique(rows.author)
    given_ = answers(
        rows.place, np.searchsorted(authors, rows.author), rows.code, len(rows.ids), len(authors), len(likeness.values)
    )
    fitted = guarded(given_, independence(given_).weight)
    measured = fitted.ability
    found: dict[tuple[int | None, str], QualityFigure] = {}
    for place, author in enumerate(authors.tolist()):
        n = int(measured.n[place])
        figure = QualityFigure(float(measured.mean[place]), float(measured.low[place]), float(measured.high[place]), n)
        found[_key(given.people[author])] = figure
    per_item = len(rows.code) / max(1, len(rows.ids))
    thin = " With two answers an item this is little more than agreement." if per_item < 2.5 else ""
    text = "Dawid and Skene's model over all answers; a person's own answers have part in what is held for true." + thin
    return f"{text} {fitted.note}".strip(), found


def _with_gold(question: Question, task_type: TaskType, beside: list[Beside]) -> Series:
    out: dict[tuple[int | None, str], list[tuple[float, float]]] = {}
    for one in beside:
        like = task_type.agreement(question, one.given, one.gold)
        out.setdefault(_key(one.author), []).append((one.at, like))
    return {key: _series(sorted(rows)) for key, rows in out.items()}


def _series(rows: list[tuple[float, float]]) -> _Series:
    return _Series(np.array([at for at, _ in rows]), np.array([like for _, like in rows]))


def _one(
    act: Activity, others: _Series | None, ability: QualityFigure | None, gold: _Series | None, checks: list[Caught],
    standing: dict[int, str],
) -> Contributor:  # fmt: skip
    series, against = (gold, "gold") if gold is not None and len(gold.at) >= LEAST_DRIFT else (others, "the others")
    return Contributor(
        name=act.author.name,
        login=act.author.login,
        user_id=act.author.user_id,
        n_answers=act.n,
        share_assisted=act.assisted / act.n if act.n else 0.0,
        first_at=act.first_at,
        last_at=act.last_at,
        with_others=of_mean(others.agreement, NO_OTHERS, others.pairs) if others is not None else missing(NO_OTHERS),
        ability=ability or missing(NO_OTHERS),
        with_gold=of_mean(gold.agreement, NO_GOLD) if gold is not None else missing(NO_GOLD),
        gold_right=_right(gold),
        seconds=of_median(np.array(act.seconds, dtype=np.float64), NO_TIME),
        caught=of_share(sum(c.caught for c in checks), len(checks), NO_PLANTS),
        drift=drift_of(series, against),
        stands_out={},
        qualification=standing.get(act.author.user_id or 0, ""),
    )


def _right(gold: _Series | None) -> QualityFigure:
    """The share of answers that agree with gold fully."""
    hits = None if gold is None else gold.agreement >= 1 - 1e-9
    return missing(NO_GOLD) if hits is None else of_share(int(hits.sum()), len(hits), NO_GOLD)


def drift_of(series: _Series | None, against: str) -> Drift:
    """Agreement in stretches of equal length, and whether errors have grown since the first answers."""
    n = 0 if series is None else len(series.at)
    if series is None or n < LEAST_DRIFT:
        return Drift(against, [], None, f"{n} items so far; a change over time can be seen from {LEAST_DRIFT} on.")
    parts = np.array_split(np.arange(n), min(PERIODS, n // 10))
    periods = [
        Period(float(series.at[p[0]]), float(series.at[p[-1]]), of_mean(series.agreement[p], NO_OTHERS))
        for p in parts
        if len(p)
    ]
    recent = series.agreement[-MOST_DRIFT:]
    first = of_mean(recent[:BASELINE], NO_OTHERS)
    promised = min(0.99, max(0.01, 1 - (first.low or 0.0)))
    watch = error_drift(1 - recent[BASELINE:], promised)
    at = None if watch.lapsed is None else float(series.at[-MOST_DRIFT:][BASELINE + watch.lapsed])
    return Drift(against, periods, at, "")


def _mean(series: Series) -> float | None:
    """The mean over people, each counting as one."""
    return float(np.mean([one.agreement.mean() for one in series.values()])) if series else None


def _standing_out(people: list[Contributor], figures: dict[str, Series]) -> list[Contributor]:
    """Marks those whose interval, widened for all comparisons made, leaves the others' mean out. No ranking beyond that."""
    sums = {name: sum(float(one.agreement.mean()) for one in series.values()) for name, series in figures.items()}
    out: list[Contributor] = []
    for person in people:
        found: dict[str, str] = {}
        for name, series in figures.items():
            mine = series.get((person.user_id, person.name))
            if mine is None or len(series) < 3 or len(mine.at) < FEW:
                continue
            figure = of_mean(mine.agreement, "", level=1 - 0.05 / len(series))
            mean = (sums[name] - float(mine.agreement.mean())) / (len(series) - 1)
            if figure.low is not None and figure.low > mean:
                found[name] = "above"
            if figure.high is not None and figure.high < mean:
                found[name] = "below"
        out.append(msgspec.structs.replace(person, stands_out=found))
    return out


class OwnView(msgspec.Struct, frozen=True):
    """What a contributor sees of themself. Gold and planted checks are counted in full tens, so that none can be told from
    other items; the others appear as means only, and only where there are three or more."""

    question: str
    title: str
    me: Contributor | None
    mean_with_others: float | None
    median_seconds: float | None
    checks: str
    few: int


def own_view(report: ContributorReport, user_id: int, policy: Policy) -> OwnView:
    """The part of a report that is the person's own."""
    mine = next((p for p in report.people if p.user_id == user_id), None)
    if mine is not None:
        mine = msgspec.structs.replace(
            mine, gold_right=_in_tens(mine.gold_right), with_gold=_in_tens(mine.with_gold), caught=_in_tens(mine.caught)
        )
    enough = len(report.people) >= 4
    told = ", and you are told after each" if policy.planted_tell == "after" else ""
    checks = (
        f"About {policy.planted_share:.0%} of suggestions here are wrong on purpose, to see whether they are looked at{told}. "
        "Your answers to them train nothing and count against nothing else."
        if policy.planted_share
        else ""
    )
    return OwnView(
        report.question, report.title, mine, report.mean_with_others if enough else None,
        report.median_seconds if enough else None, checks, report.few,
    )  # fmt: skip


def _in_tens(figure: QualityFigure) -> QualityFigure:
    """The figure as it can be told without giving away which item was a check: only from ten on, and rounded to tenths."""
    if figure.n_items < 10 or figure.value is None:
        return missing("Told from ten on, so that none can be told from other items.", figure.n_items // 10 * 10)
    n = figure.n_items // 10 * 10
    return of_share(round(figure.value * 10) * n // 10, n, "")


__all__ = ["Contributor", "ContributorReport", "Evidence", "OwnView", "contributor_report", "own_view"]
