"""Runs of connected models: what one would take, begin it, follow it, stop it, ask again what failed; how sure to be of it."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.api.routes.models import model_row
from milo.domain.errors import NotFound
from milo.flow.annotating import Bounds, Selection
from milo.infra.connections import money_of
from milo.infra.preannotate.confidence import Bin, Measure
from milo.infra.preannotate.estimating import Estimate, estimate
from milo.infra.preannotate.runner import args_of, progress_of
from milo.infra.sql.models import ModelsSql, PredictorRow, RunRow
from milo.infra.sql.runs import RunsSql
from milo.stats.confidence import NEEDED

_MOST = 500
WITHHELD = "Withheld: the item is in the blind slice."


class EstimateWhat(msgspec.Struct):
    """The items, and the version of the prompt (default: the one in use)."""

    selection: Selection = Selection()
    version: int | None = None


class AnnotateWhat(msgspec.Struct):
    """The items, the most that may be spent, and the version. `batch`: leave the calls with the provider's batch service,
    which is cheaper and slower, where the connection has one."""

    selection: Selection = Selection()
    budget: Bounds = Bounds()
    version: int | None = None
    batch: bool = False


class GoOn(msgspec.Struct):
    """A new budget for the whole run, what it has spent included; null leaves it as it is."""

    budget: Bounds | None = None


class RunProgress(msgspec.Struct):
    """How far a run is. `state`: running, paused, done, failed, cancelled or stopped (its budget is spent). `cost` null: no
    prices are known. `repeated`: calls that were paid twice, at most, since the server died; `skipped`: items that this
    version had answered before; `rate`: items a second; `message`: why it stopped."""

    id: int
    model_id: int | None
    model: str
    version: int
    state: str
    done: int
    failed: int
    skipped: int
    total: int
    cost: float | None
    currency: str
    input_tokens: int
    output_tokens: int
    rate: float | None
    seconds: float
    seconds_left: float | None
    repeated: int
    message: str
    budget: Bounds
    selection: Selection
    batch: bool
    active: bool
    created_at: float
    finished_at: float | None


class RunError(msgspec.Struct):
    """An item that failed: why, the model's last text, and how many attempts were made."""

    item_id: int
    reason: str
    raw: str
    attempts: int
    at: float


class ErrorsQuery(msgspec.Struct):
    """`after`: the last item of the page before."""

    after: int = 0
    limit: int = 100


class ConfidenceView(msgspec.Struct):
    """How sure to be of what the model's version in use suggests. Not `ready`: suggestions have no score, and `why` says what
    is missing. `n`: answers given blind that it was compared with; `signals`: what goes into it; `frozen`: the scores stay as
    they are, since somebody has looked at what may be accepted under a promise; the figures are of answers that did not teach
    them."""

    ready: bool
    version: int
    n: int
    needed: int
    why: str
    signals: list[str]
    bins: list[Bin]
    ece: Measure | None
    auroc: Measure | None
    brier: Measure | None
    frozen: bool = False


@endpoint("POST", "/projects/{p}/models/{m}/estimate", "model.run", body=EstimateWhat, reply=Estimate)
def estimate_run(call: Call) -> Estimate:
    """What a run would take: items, calls, tokens, money, time. Nothing is sent."""
    given: EstimateWhat = call.body
    plan = call.workspace.annotating.plan(model_row(call, call.params["m"]), given.version, call.actor.user_id)
    return estimate(call.workspace, plan, given.selection)


@endpoint("POST", "/projects/{p}/models/{m}/annotate", "model.run", body=AnnotateWhat, reply=RunProgress, status=201)
def annotate_items(call: Call) -> RunProgress:
    """Let a connected model answer for these items, within a budget."""
    given: AnnotateWhat = call.body
    annotating, user = call.workspace.annotating, call.actor.user_id
    plan = annotating.plan(model_row(call, call.params["m"]), given.version, user)
    run_id = annotating.start(plan, given.selection, given.budget, user, batch=given.batch)
    return _progress(call, _run(call, run_id))


@endpoint("GET", "/projects/{p}/runs/{r}/progress", "model.view", reply=RunProgress)
def run_progress(call: Call) -> RunProgress:
    """How far a run is."""
    return _progress(call, _run(call, call.params["r"]))


@endpoint("POST", "/projects/{p}/runs/{r}/pause", "model.run", reply=RunProgress)
def pause_run(call: Call) -> RunProgress:
    """Let calls in flight end, then stop; it can be resumed."""
    call.workspace.annotating.pause(_run(call, call.params["r"]))
    return run_progress(call)


@endpoint("POST", "/projects/{p}/runs/{r}/cancel", "model.run", reply=RunProgress)
def cancel_run(call: Call) -> RunProgress:
    """Stop at once. What was answered stays; undo takes it away."""
    call.workspace.annotating.cancel(_run(call, call.params["r"]))
    return run_progress(call)


@endpoint("POST", "/projects/{p}/runs/{r}/resume", "model.run", body=GoOn, reply=RunProgress)
def resume_run(call: Call) -> RunProgress:
    """Go on from where it stopped."""
    call.workspace.annotating.resume(_run(call, call.params["r"]), call.body.budget, call.actor.user_id)
    return run_progress(call)


@endpoint("POST", "/projects/{p}/runs/{r}/retry", "model.run", body=GoOn, reply=RunProgress)
def retry_run(call: Call) -> RunProgress:
    """Ask again about the items that failed."""
    call.workspace.annotating.retry(_run(call, call.params["r"]), call.body.budget, call.actor.user_id)
    return run_progress(call)


@endpoint("GET", "/projects/{p}/runs/{r}/errors", "model.view", query=ErrorsQuery, reply=list[RunError])
def run_errors(call: Call) -> list[RunError]:
    """The items that failed, by id. Of blind items nothing is told but that they failed."""
    run = _run(call, call.params["r"])
    limit = max(1, min(call.query.limit, _MOST))

    def look(c: Any) -> list[RunError]:
        rows = RunsSql(c).errors(run.id, call.query.after, limit)
        shown = RunsSql(c).open_items([row.item_id for row in rows])
        return [
            RunError(row.item_id, row.reason, row.raw, row.attempts, row.at)
            if row.item_id in shown
            else RunError(row.item_id, WITHHELD, "", row.attempts, row.at)
            for row in rows
        ]

    return call.workspace.db.read(look)


@endpoint("GET", "/projects/{p}/models/{m}/confidence", "model.view", reply=ConfidenceView)
def model_confidence(call: Call) -> ConfidenceView:
    """How well a model's scores say how often it is right, by answers that people gave blind."""
    row = model_row(call, call.params["m"])
    fit = call.workspace.annotating.confidence.known(row.id)
    if fit is None or fit.version != row.version:
        why = "Nothing was compared yet: let the model answer, and people answer blind items."
        return ConfidenceView(False, row.version, 0, NEEDED, why, [], [], None, None, None)
    return ConfidenceView(
        fit.fit is not None,
        fit.version,
        fit.n,
        fit.needed,
        fit.why,
        fit.names,
        fit.bins,
        fit.ece,
        fit.auroc,
        fit.brier,
        fit.frozen,
    )


def _run(call: Call, run_id: int) -> RunRow:
    run = call.workspace.db.read(lambda c: ModelsSql(c).run(run_id))
    if run is None or run.project_id != call.project_id:
        raise NotFound(f"There is no run {run_id} in this project.", place="r")
    return run


def _progress(call: Call, run: RunRow) -> RunProgress:
    args, p = args_of(run), progress_of(run)
    drive = call.workspace.annotating.live(run.id)
    state, rate = run.state, None
    if drive is not None:
        p, rate = drive.progress, drive.pace.rate
        state = drive.state if drive.state != "closing" else "running"
    row = call.workspace.db.read(lambda c: ModelsSql(c).predictor(run.predictor_id or 0))
    known, currency = _money(call, row, args.config)
    left = max(0, p.total - p.done - p.failed - p.skipped) / rate if rate and state == "running" else None
    return RunProgress(
        run.id, run.predictor_id, row.name if row else "", run.version, state, p.done, p.failed, p.skipped, p.total,
        p.cost if known else None, currency, p.input_tokens, p.output_tokens, rate if state == "running" else None, p.seconds,
        left, p.repeated, p.message, args.budget, args.selection, args.batch, run.active, run.created_at, run.finished_at,
    )  # fmt: skip


def _money(call: Call, row: PredictorRow | None, config: dict[str, Any]) -> tuple[bool, str]:
    """Whether all prices are known, and the currency."""
    if row is None or row.plugin not in call.workspace.registry.predictors:
        return False, "USD"
    plugin: Any = call.workspace.registry.predictors.get(row.plugin)
    return money_of(call.workspace, plugin.connections(config))
