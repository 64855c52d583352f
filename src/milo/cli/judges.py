"""`milo judge ...`: judges of a project, run over finished work, and what is known about them."""

from __future__ import annotations

from typing import Any

from cyclopts import App

from milo.cli.connection import Where, connect
from milo.cli.output import job_bar, print_json, print_table, print_text
from milo.domain.errors import NotFound
from milo.sdk import Judge, Project

app = App(name="judge", help="Judges: list, run over finished work, report on how far they can be believed.")


@app.command(name="list")
def list_judges(project: str, *, where: Where | None = None) -> None:
    """List the judges of a project, and how far each was tested.

    Args:
        project: Name or id of the project.
    """
    where = where or Where()
    with connect(where) as client:
        found = [one.info for one in client.project(project).judges()]
    if where.json:
        print_json(found)
        return
    rows = [
        (
            j.name,
            j.plugin,
            j.question,
            f"{j.rubric} v{j.rubric_version}",
            f"{j.passed} of {j.judged}",
            f"{j.matched} of {j.needed}",
        )
        for j in found
    ]
    print_table(("name", "kind", "question", "rubric", "passed", "audits"), rows)


@app.command
def run(
    project: str, judge: str, *, money: float | None = None, tokens: int | None = None, flag: bool = False, dry: bool = False,
    where: Where | None = None,
) -> None:  # fmt: skip
    """Let a judge look over all finished work that it has not judged yet.

    Args:
        project: Name or id of the project.
        judge: Name of the judge.
        money: What it may cost at most, in the currency of the connection's prices.
        tokens: How many tokens it may take at most.
        flag: Flag the items whose answer fails.
        dry: Only say what it would take.
    """
    where = where or Where()
    with connect(where) as client:
        one = _judge(client.project(project), judge)
        cost = one.estimate()
        if dry:
            print_json(cost) if where.json else print_text(_cost(cost))
            return
        with job_bar(f"Judging {cost['answers']:,} answers", quiet=where.json) as progress:
            job = one.run(money=money, tokens=tokens, flag=flag, on_progress=progress)
    result: dict[str, Any] = job.info.result or {}
    if where.json:
        print_json(result)
        return
    print_text(
        f"{result.get('judged', 0):,} judged, {result.get('passed', 0):,} passed, "
        f"{result.get('failed', 0):,} could not be judged."
    )
    if result.get("why"):
        print_text(str(result["why"]))


@app.command
def report(project: str, judge: str, *, where: Where | None = None) -> None:
    """Say how far a judge can be believed here: agreement with auditors, alarms, the corrected pass rate.

    Args:
        project: Name or id of the project.
        judge: Name of the judge.
    """
    where = where or Where()
    with connect(where) as client:
        found = _judge(client.project(project), judge).report()
    if where.json:
        print_json(found)
        return
    state = "tested here" if found["tested"] else "not tested here yet"
    print_text(f"{state}: {found['matched']} of about {found['needed']} audits; {found['judged']:,} answers judged")
    rows = [
        ("passes, by its own word", *_share(found["raw"])),
        ("pass rate put right", *_share(found["corrected"])),
        ("alarms that are right", *_share((found["alarms"] or {}).get("precision"))),
        ("faults that it finds", *_share((found["alarms"] or {}).get("recall"))),
        ("agreement beyond chance (kappa)", *_number(found["kappa"])),
        *((f"  kappa: {c['title']}", *_number(c["kappa"])) for c in found["criteria"]),
    ]
    print_table(("", "value", "interval", "n"), rows)


@app.command
def changes(project: str, *, where: Where | None = None) -> None:
    """Say how often people changed an answer after a suggestion or advice, and whether it became right or wrong by it.

    Args:
        project: Name or id of the project.
    """
    where = where or Where()
    with connect(where) as client:
        found = client.project(project).second_thoughts()
    if where.json:
        print_json(found)
        return
    rows = [
        (one["question"], one["cause"], one["n"], one["changed"], one["judged"], one["wrong_to_right"], one["right_to_wrong"])
        for one in found
    ]
    print_table(("question", "after", "answers", "changed", "known", "wrong to right", "right to wrong"), rows)


def _judge(project: Project, name: str) -> Judge:
    found = {one.name: one for one in project.judges()}
    if name not in found:
        raise NotFound(f'There is no judge "{name}". Judges: {", ".join(found) or "none"}.', place="judge")
    return found[name]


def _cost(cost: dict[str, Any]) -> str:
    money = "no prices are known"
    if cost["cost"] is not None:
        money = f"about {cost['cost']:.4g} {cost['currency']}, {cost['most']:.4g} at worst"
    tokens = cost["input_tokens"] + cost["output_tokens"]
    return f"{cost['answers']:,} answers, {cost['calls']:,} calls, about {tokens:,} tokens; {money}."


def _share(figure: dict[str, Any] | None) -> tuple[str, str, str]:
    return _cells(figure, ".0%")


def _number(figure: dict[str, Any] | None) -> tuple[str, str, str]:
    return _cells(figure, ".2f")


def _cells(figure: dict[str, Any] | None, form: str) -> tuple[str, str, str]:
    if figure is None or figure["value"] is None:
        return "-", "" if figure is None else str(figure["why"]), ""
    known = figure["low"] is not None and figure["high"] is not None
    between = f"{figure['low']:{form}} to {figure['high']:{form}}" if known else ""
    return f"{figure['value']:{form}}", between, str(figure["n"])
