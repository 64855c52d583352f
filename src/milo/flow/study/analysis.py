"""What a study found, worked out from its columns by the rules of its plan. People are the unit of evidence.

Stands alone because a report, a rehearsal and a recomputation from files must come to the same numbers.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from milo.domain.study import Design
from milo.flow.study.data import Data
from milo.flow.study.figures import (
    ArmLine,
    AtCap,
    Contrast,
    Moment,
    PersonLine,
    StratumLine,
    StudyFigure,
    Told,
    figure,
    finite,
    nothing,
)
from milo.flow.study.table import Table
from milo.stats import study, study_mixed
from milo.stats.intervals import Estimate, unknown
from milo.stats.paired import holm, mean_difference

STRETCHES = 8
_SAME = 1 - 1e-9


def time_ratio(design: Design, table: Table, of: int, seconds: Any) -> study.Ratio:
    """Time in arm `of` against the first one, by the test that the layout asks for."""
    if design.layout == "between":
        return study.time_ratio_between(seconds, table.person, table.arm, of, level=design.level)
    if design.layout == "interleaved":
        return study.time_ratio_here(seconds, table.person, table.arm, of, level=design.level, seed=design.seed)
    return study.time_ratio(seconds, table.person, table.arm, of, level=design.level, seed=design.seed)


def quality_of(design: Design, table: Table, of: int) -> Estimate:
    """The difference of quality against gold; not a number without gold."""
    known = table.where(~np.isnan(table.quality))
    if not len(known.arm):
        return unknown(-1.0, 1.0, 0, design.level, "no gold labels on items of the study")
    return study.quality_difference(known.quality, known.person, known.item, known.arm, of, level=design.level)


def verdicts(design: Design, table: Table) -> list[tuple[study.Ratio, float, Estimate, study.Verdict]]:
    """For each further arm: the ratio of times, its p-value adjusted for all arms, the difference of quality, the verdict.

    Answers with a withheld suggestion are left out: they belong to the measure of pull.
    """
    main = table.where(table.shown)
    ratios = [time_ratio(design, main, k, main.seconds[:, 0]) for k in range(1, len(design.arms))]
    adjusted: list[float] = holm([r.p for r in ratios]).tolist()
    out: list[tuple[study.Ratio, float, Estimate, study.Verdict]] = []
    for k, (ratio, p) in enumerate(zip(ratios, adjusted, strict=True), 1):
        difference = quality_of(design, main, k)
        told = study.verdict(ratio, difference, design.margin, p=p, least=design.least_gain)
        out.append((ratio, p, difference, told))
    return out


def contrasts(design: Design, table: Table, data: Data | None, codes: tuple[str, ...]) -> tuple[Contrast, ...]:
    """Every further arm against the first one."""
    main = table.where(table.shown)
    mixed = _mixed(design, main)
    out: list[Contrast] = []
    for k, (ratio, p, difference, told) in enumerate(verdicts(design, table), 1):
        taken = table.where(table.arm == k)
        rely = study.reliance(*_shown(taken), level=design.level)
        at_caps = [time_ratio(design, main, k, main.seconds[:, c]) for c in range(len(design.times))]
        out.append(
            Contrast(
                arm=design.arms[k].name,
                against=design.arms[0].name,
                verdict=Told(*told),
                time=_ratio(ratio, p_holm=p),
                scope=ratio.scope,
                caps=tuple(AtCap(cap, _ratio(found)) for cap, found in zip(design.times, at_caps, strict=True)),
                with_waiting=_ratio(time_ratio(design, main, k, main.seconds[:, 0] + main.waiting)),
                mixed=mixed[k - 1],
                quality=figure(difference),
                throughput=_throughput(design, main, k),
                pull=_pull(design, taken),
                over_reliance=figure(rely.over),
                under_reliance=figure(rely.under),
                load=_load(design, data, k),
                perceived=_perceived(design, data, k),
                people=_people(design, main, k, codes),
                strata=_strata(design, main, k),
            )
        )
    return tuple(out)


def arm_lines(design: Design, table: Table, data: Data | None) -> tuple[ArmLine, ...]:
    """What went on in each arm."""
    return tuple(_arm_line(design, table, data, k) for k in range(len(design.arms)))


def _arm_line(design: Design, table: Table, data: Data | None, k: int) -> ArmLine:
    mine = table.where((table.arm == k) & table.shown)
    seconds, known = mine.seconds[:, 0], ~np.isnan(mine.quality)
    correct, checked_hours = float(mine.quality[known].sum()), float(seconds[known].sum()) / 3600
    cost = float(mine.cost.sum())
    money = checked_hours * (design.hourly or 0) + float(mine.cost[known].sum())
    priced = correct > 0 and (design.hourly is not None or cost > 0)
    loads, trust = _said(data, k)
    return ArmLine(
        arm=design.arms[k].name,
        answers=len(seconds),
        withheld=int(((table.arm == k) & ~table.shown).sum()),
        people=len(np.unique(mine.person)),
        seconds=finite(math.exp(np.log(seconds).mean())) if len(seconds) else None,
        median_seconds=finite(float(np.median(seconds))) if len(seconds) else None,
        waiting=float(mine.waiting.sum()),
        quality=_share(mine.quality[known], mine.person[known], design.level),
        checked=int(known.sum()),
        hours=float(seconds.sum()) / 3600,
        correct_per_hour=correct / checked_hours if checked_hours > 0 else None,
        cost_of_models=cost,
        cost_per_correct=money / correct if priced else None,
        load=float(np.mean(loads)) if loads else None,
        trust=tuple(float(v) for v in np.mean(trust, axis=0)) if trust else (),
    )


def learning(design: Design, table: Table) -> tuple[StudyFigure, tuple[Moment, ...]]:
    """How practice changes the pace, and the pace over stretches of trials by arm."""
    found = study.learning(table.seconds[:, 0], table.trial, table.person, design.level)
    last = int(table.trial.max(initial=0))
    edges = np.unique(np.linspace(0, last, min(STRETCHES, max(last, 1)) + 1).astype(int))
    out: list[Moment] = []
    for first, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        for k, arm in enumerate(design.arms):
            here = (table.trial > first) & (table.trial <= end) & (table.arm == k) & table.shown
            if here.any():
                logs = np.log(table.seconds[here, 0])
                pace = mean_difference(logs, np.zeros(len(logs)), groups=table.person[here], level=design.level)
                low, high = (math.exp(v) if math.isfinite(v) else None for v in (pace.low, pace.high))
                out.append(Moment(first + 1, end, arm.name, math.exp(pace.value), int(here.sum()), low, high))
    return figure(found), tuple(out)


def _mixed(design: Design, main: Table) -> list[StudyFigure]:
    """The second opinion: the ratio by a mixed model with people and items crossed; each arm's p is not adjusted."""
    n = len(design.arms) - 1
    if design.layout == "between" or len(np.unique(main.person)) < 2:
        return [nothing("needs two people or more who work in several arms")] * n
    if len(np.unique(main.arm)) < len(design.arms):
        return [nothing("an arm has no answers")] * n
    covariates = np.column_stack([main.period, np.log2(main.trial)]) if design.layout == "crossover" else np.log2(main.trial)
    try:
        found = study_mixed.fit(np.log(main.seconds[:, 0]), main.person, main.item, main.arm, covariates, design.level)
    except (ValueError, np.linalg.LinAlgError) as error:
        return [nothing(f"could not be fitted: {error}")] * n
    people = len(np.unique(main.person))
    words = "mixed model (people, items, people x arms; block and practice as covariates)"
    return [
        StudyFigure(finite(math.exp(e.value)), finite(math.exp(e.low)), finite(math.exp(e.high)), people, words, e.p)
        for e in found.arms
    ]


def _ratio(ratio: study.Ratio, **more: Any) -> StudyFigure:
    return figure(ratio, p=ratio.p, **more)


def _throughput(design: Design, main: Table, k: int) -> StudyFigure:
    known = main.where(~np.isnan(main.quality))
    if not len(known.arm):
        return nothing("no gold labels on items of the study")
    if design.layout == "between":
        return nothing("not worked out for one arm per person")
    found = study.throughput_ratio(known.quality, known.seconds[:, 0], known.person, known.arm, k, level=design.level)
    return figure(found, p=found.p)


def _pull(design: Design, taken: Table) -> StudyFigure:
    known = taken.where(~np.isnan(taken.agrees))
    if not len(known.arm):
        return nothing("no suggestions in this arm")
    return figure(study.pull(known.agrees >= _SAME, known.shown, known.person, design.level))


def _shown(taken: Table) -> tuple[Any, Any, Any]:
    known = taken.where(taken.shown & ~np.isnan(taken.agrees) & ~np.isnan(taken.suggested))
    return known.agrees >= _SAME, known.suggested >= _SAME, known.person


def _share(quality: Any, person: Any, level: float) -> StudyFigure:
    """Mean quality: an exact share of right answers, or a mean over people where answers are right in part."""
    if not len(quality):
        return nothing("no gold labels on items of the study")
    if np.isin(quality, (0, 1)).all():
        return figure(study.clustered_share(quality == 1, person, level))
    means = [float(quality[person == who].mean()) for who in np.unique(person)]
    found = mean_difference(means, np.zeros(len(means)), level=level)
    return StudyFigure(
        float(quality.mean()), finite(found.low), finite(found.high), len(quality), "mean over people, Student's t"
    )


def _people(design: Design, main: Table, k: int, codes: tuple[str, ...]) -> tuple[PersonLine, ...]:
    if design.layout == "between":
        return ()
    out: list[PersonLine] = []
    for who in np.unique(main.person).tolist():
        one, two = (main.where((main.person == who) & (main.arm == a)) for a in (k, 0))
        if not len(one.arm) or not len(two.arm):
            continue
        both = main.where((main.person == who) & np.isin(main.arm, (0, k)))
        own = study.time_ratio(both.seconds[:, 0], both.person, both.arm, k, level=design.level, seed=design.seed)
        pace = [math.exp(float(np.log(t.seconds[:, 0]).mean())) for t in (one, two)]
        right = [finite(float(np.nanmean(t.quality))) if (~np.isnan(t.quality)).any() else None for t in (one, two)]
        out.append(
            PersonLine(
                codes[who], pace[0], pace[1], pace[0] / pace[1], finite(own.low), finite(own.high), len(one.arm), len(two.arm),
                right[0], right[1],
            )
        )  # fmt: skip
    return tuple(out)


def _strata(design: Design, main: Table, k: int) -> tuple[StratumLine, ...]:
    out: list[StratumLine] = []
    for stratum in np.unique(main.stratum).tolist():
        part = main.where(main.stratum == stratum)
        ratio = time_ratio(design, part, k, part.seconds[:, 0])
        out.append(StratumLine(stratum, _ratio(ratio), figure(quality_of(design, part, k))))
    return tuple(out)


def _said(data: Data | None, k: int) -> tuple[list[float], list[tuple[int, ...]]]:
    """Raw task load (0..100) and the three ratings of all blocks in an arm."""
    forms = [said.form for said in data.forms if said.arm == k] if data is not None else []
    return [float(np.mean(form.tlx)) for form in forms if form.tlx], [form.trust for form in forms if form.trust]


def _load(design: Design, data: Data | None, k: int) -> StudyFigure:
    if data is None or design.layout != "crossover":
        return nothing("asked for each arm in a crossover only")
    forms = [f for f in data.forms if f.arm in (0, k) and f.form.tlx]
    if not forms:
        return nothing("nobody has filled in the form")
    found = study.tlx([f.form.tlx for f in forms], [f.person for f in forms], [f.arm for f in forms], k, design.level)
    return figure(found)


def _perceived(design: Design, data: Data | None, k: int) -> StudyFigure:
    """What people believe the arm saves, as a share of time."""
    name = design.arms[k].name
    said = [
        p.closing.saving[name] / 100 for p in (() if data is None else data.people) if p.closing and name in p.closing.saving
    ]
    if not said:
        return nothing("nobody was asked yet")
    found = mean_difference(said, np.zeros(len(said)), level=design.level)
    return StudyFigure(
        float(np.mean(said)), finite(found.low), finite(found.high), len(said), "mean of what people said, Student's t"
    )
