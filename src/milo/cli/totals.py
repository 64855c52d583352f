"""`milo totals` and `milo guarantee`: figures with intervals, and what may be accepted unseen."""

from __future__ import annotations

from typing import Any, Literal

from milo.cli.connection import Where, connect
from milo.cli.output import print_json, print_table, print_text


def totals(
    project: str,
    question: str,
    *,
    model: str | None = None,
    by: str | None = None,
    level: float = 0.95,
    where: Where | None = None,
) -> None:
    """What share of all items is what? How high is the mean, how good is the model?

    Args:
        project: Name or id of the project.
        question: The question.
        model: Whose word is used, where several models answer the question.
        by: A key of the metadata: also for each of its values, and how far they are apart.
        level: Of the intervals.
    """
    where = where or Where()
    with connect(where) as client:
        found = client.project(project).totals(question, source=model, by=by, level=level)
    if where.json:
        print_json(found)
        return
    print_text(
        f"{found['items']:,} items, {found['labels']:,} of them labelled blind or in an audit; model {found['source']}; "
        f"intervals at {found['level']:.0%}."
    )
    columns = ("figure", "label", "slice", "value", "interval", "labels alone", "labels to halve it")
    rows = [*found["figures"], *found["metrics"]]
    print_table(columns, [_row(one) for one in rows])
    if found["differences"]:
        print_table(("figure", "label", "difference", "value", "interval"), [_apart(one) for one in found["differences"]])
    for note in found["notes"]:
        print_text(note)


def guarantee(
    project: str,
    question: str,
    *,
    model: str | None = None,
    promise: Literal["total", "among", "expected"] = "total",
    target: float = 0.05,
    right_at: float = 1.0,
    where: Where | None = None,
) -> None:
    """What may be accepted unseen, and what is promised then.

    Args:
        project: Name or id of the project.
        question: The question.
        model: Whose suggestions, where several models answer the question.
        promise: Errors among all items, errors among the accepted, or the expected share among the accepted.
        target: The most errors, a share.
        right_at: From which agreement on a suggestion counts as right.
    """
    where = where or Where()
    with connect(where) as client:
        found = client.project(project).guarantee(question, source=model, promise=promise, target=target, right_at=right_at)
    if where.json:
        print_json(found)
        return
    print_text(found["why"])
    print_text(f"Rests on {found['audits']:,} blind answers, {found['wrong']:g} of them unlike those of {found['source']}.")
    curve = found["curve"]
    if curve is not None:
        rows = [
            (f"{i / 100:.2f}", f"{curve['accepted'][i]:,}", _most(curve["errors"][i]), f"{curve['bound'][i]:.1%}")
            for i in range(0, 101, 5)
        ]
        print_table(("confidence", "would be accepted", "wrong at most", "bound"), rows)
    for note in found["notes"]:
        print_text(note)


def _most(errors: float | None) -> str:
    return "" if errors is None else f"{errors:,.0f}"


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    more = "" if one["more"] is None else f"{one['more']:,}"
    return (
        one["kind"], one["name"], one["slice"], _value(one["kind"], one["value"]),
        f"{_value(one['kind'], one['low'])} to {_value(one['kind'], one['high'])}",
        f"{_value(one['kind'], one['human_low'])} to {_value(one['kind'], one['human_high'])}", more,
    )  # fmt: skip


def _apart(one: dict[str, Any]) -> tuple[str, ...]:
    ends = f"{_value(one['kind'], one['low'])} to {_value(one['kind'], one['high'])}"
    return one["kind"], one["name"], f"{one['first']} minus {one['second']}", _value(one["kind"], one["value"]), ends


def _value(kind: str, value: float | None) -> str:
    if value is None:
        return "too few labels"
    return f"{value:.2f}" if kind == "mean" else f"{value:.1%}"
