"""`milo quality ...`: how far people agree, how good they are, and which answers are worth a second look."""

from __future__ import annotations

from typing import Any, Literal

from cyclopts import App

from milo.cli.connection import Where, connect
from milo.cli.output import job_bar, print_json, print_table, print_text

app = App(name="quality", help="Agreement, people, gold, likely errors, and whether a model may stand in for a person.")
Figure = dict[str, Any]


@app.command
def agreement(
    project: str, question: str, *, without_help: bool = False, pairs: bool = False, where: Where | None = None
) -> None:
    """How far people agree on a question: overall and by label.

    Args:
        project: Name or id of the project.
        question: The question.
        without_help: Leave out answers that were given with a suggestion on the screen.
        pairs: Also every pair of people.
    """
    where = where or Where()
    with connect(where) as client:
        wanted: Literal["any", "none"] = "none" if without_help else "any"
        found = client.project(project).quality.agreement(question, help=wanted)
    if where.json:
        print_json(found)
        return
    print_text(
        f"{found['n_people']} people, {found['measured_items']:,} of {found['of_items']:,} items with two or more answers."
    )
    rows = [("agreement", found["observed"]), ("Krippendorff's alpha", found["alpha"])]
    rows += [(one["name"], one["figure"]) for one in found["others"]]
    print_table(("measure", "value", "interval", "items", ""), [_line(name, figure) for name, figure in rows])
    if found["labels"]:
        print_table(
            ("label", "answers", "a second answer has it too", "interval"),
            [(one["label"], f"{one['n']:,}", *_line("", one["specific"])[1:3]) for one in found["labels"]],
        )
    if pairs:
        print_table(
            ("person", "person", "agreement", "interval", "items"),
            [(one["a"], one["b"], *_line("", one["observed"])[1:4]) for one in found["pairs"]],
        )


@app.command
def people(project: str, question: str, *, where: Where | None = None) -> None:
    """Everybody who answers a question, by name. Nobody is ranked; "stands out" says where a difference is no matter of chance.

    Args:
        project: Name or id of the project.
        question: The question.
    """
    where = where or Where()
    with connect(where) as client:
        found = client.project(project).quality.people(question)
    if where.json:
        print_json(found)
        return
    print_text(found["method"])
    rows = [
        (
            one["name"], f"{one['n_answers']:,}", _told(one["with_others"]), _told(one["ability"]), _told(one["with_gold"]),
            _seconds(one["seconds"]), _told(one["caught"]),
            ", ".join(f"{name.replace('_', ' ')}: {way}" for name, way in one["stands_out"].items()),
        )
        for one in found["people"]
    ]  # fmt: skip
    print_table(("person", "answers", "with others", "ability", "with gold", "seconds", "caught", "stands out"), rows)


@app.command
def errors(project: str, question: str, *, search: bool = False, limit: int = 50, where: Where | None = None) -> None:
    """Answers that are worth a second look, the most suspicious first.

    Args:
        project: Name or id of the project.
        question: The question.
        search: Search anew before, with models trained on the other answers.
        limit: How many are listed.
    """
    where = where or Where()
    with connect(where) as client:
        quality = client.project(project).quality
        if search:
            with job_bar("Searching", quiet=where.json) as tell:
                quality.search_errors(question, on_progress=tell)
        found = [one for one, _ in zip(quality.errors(question), range(limit), strict=False)]
        checked = quality.checked_errors(question)
    if where.json:
        print_json(found)
        return
    if checked is not None:
        print_text(
            f"Of {checked['n']:,} answers drawn by chance and reviewed, {checked['wrong']:,} were wrong: "
            f"{checked['low']:.1%} to {checked['high']:.1%} of all {checked['of']:,}."
        )
    if not found:
        print_text("No likely errors are known. Search for them with --search.")
        return
    rows = [(one["item_id"], f"{one['chance']:.2f}", _short(one["given"]), _short(one["suggested"])) for one in found]
    print_table(("item", "chance", "given", "a model says"), rows)


@app.command
def gold(project: str, question: str, *, where: Where | None = None) -> None:
    """Items whose right answer is known, and how far people's answers agree with it.

    Args:
        project: Name or id of the project.
        question: The question.
    """
    where = where or Where()
    with connect(where) as client:
        found = list(client.project(project).quality.gold(question))
    if where.json:
        print_json(found)
        return
    print_text(f"{len(found):,} items have gold.")
    rows = [tuple(_short(value) for value in one.values()) for one in found]
    if found:
        print_table([name.replace("_", " ") for name in found[0]], rows)


@app.command(name="stand-in")
def stand_in(project: str, question: str, model: str, *, epsilon: float = 0.2, where: Where | None = None) -> None:
    """May this model stand in for a person here? The alternative annotator test.

    Args:
        project: Name or id of the project.
        question: The question.
        model: Name of the model.
        epsilon: The advantage that a person's work has to bring for its price: 0.2 for experts, 0.1 for a crowd.
    """
    where = where or Where()
    with connect(where) as client:
        found = client.project(project).quality.stand_in(question, model, epsilon=epsilon)
    if where.json:
        print_json(found)
        return
    print_text(found["words"])
    rows = [
        (one["name"], one["n"], f"{one['advantage']:.1%}", f"{one['p']:.3f}", "yes" if one["wins"] else "no")
        for one in found["against"]
    ]
    if rows:
        print_table(("against", "items", "model at least as close", "p", "model wins"), rows)


def _line(name: str, figure: Figure) -> tuple[str, str, str, str, str]:
    if figure["value"] is None:
        return name, "-", "", f"{figure['n_items']:,}", figure["why"]
    ends = "" if figure["low"] is None else f"{figure['low']:.3f} to {figure['high']:.3f}"
    return name, f"{figure['value']:.3f}", ends, f"{figure['n_items']:,}", figure["why"]


def _told(figure: Figure) -> str:
    if figure["value"] is None:
        return "-"
    ends = "" if figure["low"] is None else f" ({figure['low']:.2f} to {figure['high']:.2f})"
    return f"{figure['value']:.2f}{ends}"


def _seconds(figure: Figure) -> str:
    return "-" if figure["value"] is None else f"{figure['value']:.1f}"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
