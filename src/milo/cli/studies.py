"""`milo study ...` and `milo rehearse`: studies of assistance, their reports from files, and rehearsals with simulated people.

Reports from files and rehearsals need no server; what they compute with is loaded when they run.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from cyclopts import App

from milo.cli.connection import Where, connect
from milo.cli.output import print_json, print_table, print_text
from milo.domain.errors import NotFound
from milo.domain.study import ASSISTED, JUDGED, MANUAL, PRE_ANNOTATED, Design

if TYPE_CHECKING:
    from milo.flow.study.rehearsal import Crowd, Work
    from milo.sdk.studies import Study

app = App(name="study", help="Studies of assistance: list, add, freeze, end, report (also from files), rehearse.")
_FIGURES = (
    ("time, ratio", "time", ".2f"),
    ("time, second opinion", "mixed", ".2f"),
    ("quality, difference", "quality", "+.3f"),
    ("correct labels an hour, ratio", "throughput", ".2f"),
    ("pull", "pull", "+.3f"),
    ("wrong suggestions kept", "over_reliance", ".2f"),
    ("right ones changed", "under_reliance", ".2f"),
    ("saving believed", "perceived", ".2f"),
)
_ARMS = {"manual": MANUAL, "pre-annotated": PRE_ANNOTATED, "assisted": ASSISTED, "judged": JUDGED}


@app.command(name="list")
def list_studies(project: str, *, where: Where | None = None) -> None:
    """List the studies of a project, and how far each is.

    Args:
        project: Name or id of the project.
    """
    where = where or Where()
    with connect(where) as client:
        found = [one.info for one in client.project(project).studies()]
    if where.json:
        print_json(found)
        return
    rows: list[tuple[object, ...]] = []
    for one in found:
        done = sum(p.items_done for p in one.people)
        rows.append((
            one.id, one.design.name, one.state, ", ".join(arm.name for arm in one.design.arms), len(one.design.people),
            f"{done} of {sum(p.items for p in one.people)}", (one.plan_hash or "")[:12],
        ))  # fmt: skip
    print_table(("id", "name", "state", "arms", "people", "items", "plan"), rows)


@app.command
def add(project: str, design: Path, *, where: Where | None = None) -> None:
    """Store a design (a JSON or YAML file) as a draft.

    Args:
        project: Name or id of the project.
        design: The file; its fields are those of the design: name, question, arms, people (ids), per_arm and so on.
    """
    where = where or Where()
    raw = design.read_bytes()
    given = (
        msgspec.yaml.decode(raw, type=Design) if design.suffix in (".yaml", ".yml") else msgspec.json.decode(raw, type=Design)
    )
    with connect(where) as client:
        made = client.project(project).add_study(given).info
    print_json(made) if where.json else print_text(f'Study {made.id}, "{made.design.name}": a draft.')


@app.command
def freeze(project: str, study: int, *, where: Where | None = None) -> None:
    """Draw the plan of a draft, hash it, and open the study to its people.

    Args:
        project: Name or id of the project.
        study: Number of the study.
    """
    where = where or Where()
    with connect(where) as client:
        info = _study(client.project(project), study).freeze().info
    print_json(info) if where.json else print_text(f"Frozen. Hash of the plan: {info.plan_hash}")


@app.command
def end(project: str, study: int, *, where: Where | None = None) -> None:
    """End a running study; what came in until now counts.

    Args:
        project: Name or id of the project.
        study: Number of the study.
    """
    where = where or Where()
    with connect(where) as client:
        info = _study(client.project(project), study).end().info
    print_json(info) if where.json else print_text(f'Ended: "{info.design.name}".')


@app.command
def save(project: str, study: int, folder: Path = Path(), *, where: Where | None = None) -> None:
    """Save the two files of an ended study, from which anybody can work out the report.

    Args:
        project: Name or id of the project.
        study: Number of the study.
        folder: Where to put `study-plan.json` and `study-data.jsonl`.
    """
    where = where or Where()
    with connect(where) as client:
        one = _study(client.project(project), study)
        files = {"study-plan.json": one.plan(), "study-data.jsonl": one.data()}
    for name, content in files.items():
        (folder / name).write_bytes(content)
        print_text(str(folder / name))


@app.command
def report(
    project: str | None = None,
    study: int | None = None,
    *,
    plan: Path | None = None,
    data: Path | None = None,
    peek: bool = False,
    where: Where | None = None,
) -> None:
    """Say what a study found: from a server, or from the two files without one.

    Args:
        project: Name or id of the project; not with files.
        study: Number of the study; not with files.
        plan: The file of the frozen plan.
        data: The file of the data.
        peek: Look although the study still runs; that is counted.
    """
    where = where or Where()
    if plan is not None and data is not None:
        found = _from_files(plan, data)
    elif project is not None and study is not None:
        with connect(where) as client:
            found = _study(client.project(project), study).report(peek=peek)
    else:
        raise NotFound("Name a project and the number of a study, or give both --plan and --data.")
    if where.json:
        print_json(found)
        return
    _told(found)


@app.command(name="rehearse")
def rehearse_study(
    *, arm: list[Literal["manual", "pre-annotated", "assisted", "judged"]] | None = None, people: int = 8, per_arm: int = 40,
    runs: int = 200, accuracy: float = 0.9, model_right: float = 0.85, seconds: float = 30.0, saving: float = 0.5,
    fixing: float = 0.15, reliance: float = 0.2, layout: Literal["crossover", "interleaved", "between"] = "crossover",
    margin: float = 0.02, seed: int = 1, json: bool = False,
) -> None:  # fmt: skip
    """Run a study many times with simulated people: how often would it find what is put in? Needs no server.

    Args:
        arm: The arms, the comparison first; default manual and pre-annotated.
        people: How many take part.
        per_arm: Items per arm and person.
        runs: How often.
        accuracy: How often people are right alone.
        model_right: How often suggestions are right.
        seconds: Of one item by hand.
        saving: Share of time saved by accepting a suggestion.
        fixing: Share of time lost by mending one.
        reliance: How often suggestions are taken without looking.
        layout: crossover, interleaved or between.
        margin: How much lower quality may be and still count as not worse.
        seed: The same seed gives the same answer.
        json: Print JSON.
    """
    from milo.flow.study.rehearsal import Scene, rehearse_study

    arms = tuple(_ARMS[name] for name in arm or ("manual", "pre-annotated"))
    design = Design("rehearsal", "any", arms=arms, per_arm=per_arm, layout=layout, margin=margin, seed=seed)
    crowd, work = _simulated(accuracy, reliance, model_right, seconds, saving, fixing)
    found = rehearse_study(Scene(design, people, crowd, work, runs, seed))
    if json:
        print_json(found)
        return
    print_text(f"{found.runs} runs; {found.hours:.1f} hours of work, {found.hours_per_person:.1f} a person.")
    rows: list[tuple[object, ...]] = []
    for one in found.arms:
        share = f"{one.found:.0%} ({one.found_low:.0%} to {one.found_high:.0%})"
        often = sorted(one.verdicts.items(), key=lambda v: -v[1])
        told = ", ".join(f"{grid} {n / found.runs:.0%}" for grid, n in often)
        rows.append((one.arm, f"{one.ratio:.2f}", f"{100 * one.difference:+.1f}", share, told))
    print_table(("arm", "time, ratio", "quality, points", "difference found in", "verdicts"), rows)


def rehearse(
    *,
    items: int = 1000,
    people: int = 4,
    hourly: float = 0.0,
    accuracy: float = 0.9,
    model_right: float = 0.85,
    seconds: float = 30.0,
    saving: float = 0.5,
    fixing: float = 0.15,
    reliance: float = 0.2,
    model_cost: float = 0.0,
    seed: int = 1,
    json: bool = False,
) -> None:
    """What would labelling a project cost, and how good would it be? With simulated people, by hand and with suggestions.

    With one answer an item or more; needs no server.

    Args:
        items: How many items.
        people: How many people.
        hourly: What an hour of work costs.
        accuracy: How often people are right alone.
        model_right: How often suggestions are right.
        seconds: Of one item by hand.
        saving: Share of time saved by accepting a suggestion.
        fixing: Share of time lost by mending one.
        reliance: How often suggestions are taken without looking.
        model_cost: What one suggestion costs.
        seed: The same seed gives the same answer.
        json: Print JSON.
    """
    from milo.flow.rehearse import WholeProject, rehearse_project

    crowd, work = _simulated(accuracy, reliance, model_right, seconds, saving, fixing, model_cost)
    ways = rehearse_project(WholeProject(items, people, hourly, crowd=crowd, work=work, seed=seed))
    if json:
        print_json(ways)
        return
    rows = [
        (w.name, f"{w.hours:,.1f}", f"{w.days:,.1f}", f"{w.cost:,.0f}", f"{w.right:.1%} (sd {w.right_sd:.1%})") for w in ways
    ]
    print_table(("way", "hours", "days", "cost", "right in the end"), rows)


def _simulated(
    accuracy: float, reliance: float, model_right: float, seconds: float, saving: float, fixing: float, model_cost: float = 0.0
) -> tuple[Crowd, Work]:
    from milo.flow.study.rehearsal import Crowd, Work, check_crowd

    crowd = Crowd(accuracy=accuracy, reliance=reliance)
    work = Work(seconds=seconds, model_right=model_right, saving=saving, fixing=fixing, model_cost=model_cost)
    check_crowd(crowd, work)
    return crowd, work


def _from_files(plan: Path, data: Path) -> dict[str, Any]:
    from milo.flow.study.data import read_data
    from milo.flow.study.plan import read_plan
    from milo.flow.study.report import report

    found = report(read_plan(plan.read_bytes()), read_data(data.read_bytes()))
    return msgspec.json.decode(msgspec.json.encode(found))


def _study(project: Any, number: int) -> Study:
    for one in project.studies():
        if one.info.id == number:
            return one
    raise NotFound(f"There is no study {number} in this project.", place="study")


def _told(found: dict[str, Any]) -> None:
    conduct = found["conduct"]
    print_text(
        f"{found['name']}: {conduct['counted']:,} answers of {conduct['began']} people count; plan "
        f"{conduct['plan_hash'][:12]}, looked at {conduct['peeks']} times before the end"
    )
    for one in found["contrasts"]:
        print_text(f"\n{one['arm']} against {one['against']}: {one['verdict']['grid']}\n  {one['verdict']['why']}")
        rows = [(title, *_cells(one[name], form)) for title, name, form in _FIGURES]
        print_table(("", "value", "interval", "n", "p"), rows)


def _cells(figure: dict[str, Any], form: str) -> tuple[str, str, str, str]:
    if figure["value"] is None:
        return "-", figure["method"], "", ""
    known = figure["low"] is not None and figure["high"] is not None
    between = f"{figure['low']:{form}} to {figure['high']:{form}}" if known else ""
    p = figure.get("p_holm") or figure.get("p")
    return f"{figure['value']:{form}}", between, str(figure["n"]), "" if p is None else f"{p:.3f}"
