"""`milo annotate`: a connected model answers, within a budget."""

from __future__ import annotations

from typing import Any

from milo.cli.connection import Where, connect
from milo.cli.output import bar, print_json, print_table, print_text
from milo.domain.errors import Invalid, NotFound
from milo.sdk import Model, Project
from milo.sdk.shapes import Estimate, RunInfo


def annotate(
    project: str,
    model: str,
    *,
    all: bool = False,
    sample: int | None = None,
    next: int | None = None,
    gold: bool = False,
    item: list[int] | None = None,
    filter: str = "",
    again: bool = False,
    money: float | None = None,
    tokens: int | None = None,
    version: int | None = None,
    batch: bool = False,
    estimate: bool = False,
    wait: bool = True,
    where: Where | None = None,
) -> None:
    """Let a connected model answer for all items that are not done, or for those that an option names.

    It ends when it is complete or its budget is spent; status 3 says that something is left or failed.

    Args:
        project: Name or id of the project.
        model: Name of the model (plug-in "llm").
        all: All items, done ones included.
        sample: So many items at random.
        next: The next so many of the queue.
        gold: Items with a gold label, or answered blind.
        item: These items, by id.
        filter: Only items that fit, as the address of the data page writes it: "status=new&label=mood:praise".
        again: Also items that this version of the prompt has answered already.
        money: The most that it may cost, in the connection's currency.
        tokens: The most tokens that it may take, in and out together.
        version: Version of the prompt (default: the one in use).
        batch: Leave the calls with the provider's batch service, which is cheaper and slower.
        estimate: Only say what it would take; nothing is sent.
        wait: With --no-wait, begin and do not wait; a server must be running.
    """
    where = where or Where()
    what = _selection(all=all, sample=sample, next_=next, gold=gold, item=item or [])
    more: dict[str, Any] = {**what, "filter": filter, "again": again}
    with connect(where) as client:
        one = _model(client.project(project), model)
        if estimate:
            _tell_estimate(where, one.estimate(version=version, **more))
            return
        with bar(f"{one.name} answers", quiet=where.json) as tell:
            run = one.annotate(
                money=money, tokens=tokens, version=version, batch=batch, wait=wait, **more,
                on_progress=lambda info: tell(info.done + info.failed, info.total),
            )  # fmt: skip
    _tell_run(where, run.info)
    if wait and (run.info.state != "done" or run.info.failed):
        raise SystemExit(3)


def _selection(*, all: bool, sample: int | None, next_: int | None, gold: bool, item: list[int]) -> dict[str, Any]:
    """What the options choose. Raises Invalid for several at once."""
    chosen: list[dict[str, Any]] = []
    if all:
        chosen.append({"what": "all"})
    if sample is not None:
        chosen.append({"what": "sample", "n": sample})
    if next_ is not None:
        chosen.append({"what": "next", "n": next_})
    if gold:
        chosen.append({"what": "gold"})
    if item:
        chosen.append({"what": "items", "item_ids": item})
    if len(chosen) > 1:
        raise Invalid("Choose one of --all, --sample, --next, --gold and --item.")
    return chosen[0] if chosen else {"what": "open"}


def _model(project: Project, name: str) -> Model:
    try:
        return project.model(name)
    except KeyError as error:
        raise NotFound(str(error.args[0])) from None


def _tell_estimate(where: Where, found: Estimate) -> None:
    if where.json:
        print_json(found)
        return
    cost = "not known" if found.cost is None else f"{found.cost:.4g} {found.currency}"
    row = (
        f"{found.items:,}",
        f"{found.calls:,}",
        f"{found.input_tokens:,}",
        f"{found.output_tokens:,}",
        cost,
        _time(found.seconds),
    )
    print_table(("items", "calls", "tokens in", "tokens out", "cost", "time"), [row])
    for line in found.assumptions:
        print_text(f"- {line}")


def _tell_run(where: Where, run: RunInfo) -> None:
    if where.json:
        print_json(run)
        return
    cost = "not known" if run.cost is None else f"{run.cost:.4g} {run.currency}"
    row = (run.id, run.state, f"{run.done:,}", f"{run.failed:,}", f"{run.total:,}", cost, run.repeated, _time(run.seconds))
    print_table(("run", "state", "answered", "failed", "of", "cost", "repeated", "time"), [row])
    if run.message:
        print_text(run.message)


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
