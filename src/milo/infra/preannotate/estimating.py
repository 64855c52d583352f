"""What a run would take, before it begins: a few items are built as they would be sent, and counted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from milo.domain.errors import Conflict, MiloError
from milo.flow.annotating import Selection
from milo.infra.preannotate.examples import gather
from milo.infra.preannotate.runner import Plan
from milo.infra.preannotate.selecting import Selected, fixed_list, select
from milo.infra.providers.counting import Prices, cost_of, likely_tokens, read_prices
from milo.infra.providers.limits import Limits, read_limits
from milo.infra.sql.runs import RunsSql
from milo.kinds.provider import Request, Usage

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

_LOOKED, _SAMPLE, _PAGE = 240, 24, 1_000
_SECONDS = 1.0
"""For a call, where nothing was measured yet."""


class Estimate(msgspec.Struct, frozen=True):
    """What a run would take. `cost` null: no prices are known. `assumptions` say in words what it rests on."""

    items: int
    calls: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    currency: str
    seconds: float
    assumptions: list[str]


class _Sum:
    """Calls of the sample, by connection."""

    def __init__(self) -> None:
        self.calls: dict[str, int] = {}
        self.given: dict[str, int] = {}
        self.out: dict[str, float] = {}

    def add(self, connection: str, request: Request, tokens: int, out: float) -> None:
        self.calls[connection] = self.calls.get(connection, 0) + 1
        self.given[connection] = self.given.get(connection, 0) + tokens
        self.out[connection] = self.out.get(connection, 0.0) + min(out, request.max_tokens)


def estimate(workspace: Workspace, plan: Plan, selection: Selection) -> Estimate:
    """The estimate. Raises Conflict where there is nothing to ask about."""
    selection.check()
    runs = workspace.annotating.runs_that_count(plan.row, plan.version, selection)
    listed = None
    if selection.what in ("next", "items"):
        listed = fixed_list(workspace, plan.project, plan.row.question, selection, runs)
    seed = int(workspace.clock())
    selected = select(workspace, plan.project, plan.row.question, selection, seed, listed)
    items, fresh = _asked(workspace, selected, runs)
    if not items:
        again = "All of these items are answered by this version already."
        raise Conflict(again if selected.total else "There are no items to ask about.", place="selection")
    task = plan.showing.task(plan.row.question)
    k, explain = plan.plugin.wants(plan.config)
    examples = gather(workspace, plan.project.id, task, k) if k else None
    past = {name: _past(workspace, name) for name in plan.plugin.connections(plan.config)}
    total, built = _Sum(), 0
    for _, shown in plan.showing.pages(fresh):
        if isinstance(shown, MiloError):
            continue
        built += 1
        for name, request in plan.plugin.requests(task, plan.config, shown, examples.like(shown) if examples else []):
            total.add(name, request, likely_tokens(request), past[name][0] or _likely_output(request))
    if not built:
        raise Conflict("None of these items can be shown.", place="selection")
    return _scaled(workspace, plan, items, bool(runs), total, built, past, explain)


def _asked(workspace: Workspace, selected: Selected, runs: list[int]) -> tuple[int, list[int]]:
    """How many items would be asked about, and some of them from all over."""
    found = selected.spread(_LOOKED)
    answered = _answered(workspace, runs, found)
    fresh = [item for item in found if item not in answered]
    if not fresh and found:
        return _rest(workspace, selected, runs)
    return round(selected.total * len(fresh) / max(1, len(found))), fresh[:: math.ceil(len(fresh) / _SAMPLE) or 1]


def _rest(workspace: Workspace, selected: Selected, runs: list[int]) -> tuple[int, list[int]]:
    """The same, counted item by item: what is left of a run that is nearly over."""
    items, some, place = 0, list[int](), selected.jump(0.0)
    while page := selected.page(place, _PAGE):
        place = page[-1][0]
        answered = _answered(workspace, runs, [item for _, item in page])
        fresh = [item for _, item in page if item not in answered]
        items += len(fresh)
        some += fresh[: _SAMPLE - len(some)]
    return items, some


def _answered(workspace: Workspace, runs: list[int], items: list[int]) -> set[int]:
    return workspace.db.read(lambda c: RunsSql(c).answered(runs, items)) if runs else set()


def _past(workspace: Workspace, connection: str) -> tuple[float | None, float | None]:
    """Output tokens and seconds of a call, on average over the connection's latest pre-annotation calls."""
    row = workspace.gateway.connection(connection)
    return workspace.db.read(lambda c: RunsSql(c).usual(row.id))


def _likely_output(request: Request) -> float:
    if request.json_schema is None:
        return float(request.max_tokens)
    return 120.0 if "reason" in request.json_schema.get("properties", {}) else 30.0


def _scaled(
    workspace: Workspace, plan: Plan, items: int, begun: bool, total: _Sum, built: int,
    past: dict[str, tuple[float | None, float | None]], explain: bool,
) -> Estimate:  # fmt: skip
    factor = items / built
    said = [f"{built} of {items:,} items were built as they would be sent and counted."]
    if begun:
        said.append("Items that this version has answered already are left out.")
    cost: float | None = 0.0
    currencies, seconds = list[str](), 0.0
    for name, calls in total.calls.items():
        row = workspace.gateway.connection(name)
        prices, limits = read_prices(row.prices, row.local), read_limits(row.limits)
        part = cost_of(Usage(round(total.given[name] * factor), round(total.out[name] * factor)), prices)
        cost = None if part is None or cost is None else cost + part
        currencies.append(prices.currency)
        each = past[name][1]
        seconds = max(seconds, _duration(calls * factor, total, name, factor, limits, each or _SECONDS))
        said += _words(name, prices, past[name], limits)
    if len(set(currencies)) > 1:
        cost = None
        said.append(
            f"The connections are paid in different currencies ({', '.join(sorted(set(currencies)))}): bound the tokens."
        )
    if explain:
        said.append("Reasons for examples are asked for once for each example, on top.")
    said.append("Answers that do not fit are sent back: each time costs another call.")
    return Estimate(
        items, math.ceil(sum(total.calls.values()) * factor), round(sum(total.given.values()) * factor),
        round(sum(total.out.values()) * factor), None if cost is None else round(cost, 6), next(iter(currencies), "USD"),
        round(seconds, 1), said,
    )  # fmt: skip


def _duration(calls: float, total: _Sum, name: str, factor: float, limits: Limits, each: float) -> float:
    seconds = calls * each / limits.concurrency
    if limits.requests_per_minute:
        seconds = max(seconds, calls / limits.requests_per_minute * 60)
    if limits.tokens_per_minute:
        seconds = max(seconds, (total.given[name] + total.out[name]) * factor / limits.tokens_per_minute * 60)
    return seconds


def _words(name: str, prices: Prices, past: tuple[float | None, float | None], limits: Limits) -> list[str]:
    out: list[str] = []
    if not prices.known():
        out.append(f'No prices are entered for "{name}": its cost is not known.')
    if past[1] is None:
        out.append(f'"{name}" was never timed: {_SECONDS:g} s a call are assumed, {limits.concurrency} at once.')
    else:
        out.append(f'"{name}" took {past[1]:.2g} s a call lately; {limits.concurrency} at once.')
    if past[0] is None:
        out.append(f'Lengths of answers of "{name}" are guessed; input tokens are a quarter of the characters.')
    return out
