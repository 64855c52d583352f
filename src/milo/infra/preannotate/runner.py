"""Runs of connected models: begun, paused, resumed, taken up again after a crash. The job "annotate" carries each of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import TimeoutError as NotYet
from typing import TYPE_CHECKING, Any

import msgspec

from milo.domain.errors import Conflict, Invalid, MiloError, NotFound
from milo.domain.project import Project
from milo.flow.annotating import RESUMABLE, Bounds, Progress, Selection
from milo.infra.calls import CallFor
from milo.infra.jobs import JobRun, Stopped
from milo.infra.preannotate.batching import MOST, Batching
from milo.infra.preannotate.confidence import ConfidenceFits
from milo.infra.preannotate.drive import Drive
from milo.infra.preannotate.examples import gather
from milo.infra.preannotate.selecting import fixed_list, select
from milo.infra.preannotate.setup import Setup
from milo.infra.preannotate.storing import Store
from milo.infra.providers.budget import Budget
from milo.infra.providers.counting import read_prices
from milo.infra.providers.limits import read_limits
from milo.infra.showing import Showing
from milo.infra.sql.database import BACKGROUND, Connection
from milo.infra.sql.models import ModelsSql, PredictorRow, RunRow
from milo.infra.sql.prompts import PromptsSql
from milo.infra.sql.runs import RunsSql
from milo.kinds.asking import AskingPredictor, asks

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

_LOOK_SECONDS = 0.2
_MEDIA = ("image", "audio", "video", "document")


class RunArgs(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a run was asked to do, as it is stored. `listed`: the items, where they were settled when it began."""

    config: dict[str, Any]
    selection: Selection
    budget: Bounds
    seed: int
    batch: bool = False
    listed: list[int] | None = None


class Plan(msgspec.Struct, frozen=True):
    """A model about to run: its plug-in, the version's config, and what it may see."""

    project: Project
    row: PredictorRow
    plugin: AskingPredictor
    version: int
    config: dict[str, Any]
    showing: Showing


class Annotating:
    """The runs of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.ws = workspace
        self.confidence = ConfidenceFits(workspace)
        self._live: dict[int, Drive] = {}
        self.batch_poll = 1.0
        workspace.jobs.handler("annotate", self._run, apart=True)

    def plan(self, row: PredictorRow, version: int | None, user_id: int | None) -> Plan:
        """What a run of this model would use. Raises Conflict for a model that asks nobody, NotFound, InvalidConfig, and
        RuleForbids where the project's rules keep its connections out."""
        known = self.ws.registry.predictors
        plugin = known.get(row.plugin) if row.plugin in known else None
        if plugin is None or not asks(plugin):
            raise Conflict(f'"{row.name}" asks no connected model; let it suggest instead.', place="m")
        now = self.ws.clock()
        if version is None:
            version = self.ws.db.write(lambda c: PromptsSql(c).sync(row, "", user_id, now))
        held = self.ws.db.read(lambda c: PromptsSql(c).get(row.id, version))
        if held is None:
            raise NotFound(f'"{row.name}" has no version {version}.', place="version")
        project = self.ws.projects.get(row.project_id)
        config = plugin.check_config(held.config, project.schema.get(row.question))
        showing = Showing(self.ws, project, plugin.connections(config), config.get("fields"))
        self._check_sight(plugin, config, showing)
        return Plan(project, row, plugin, version, config, showing)

    def start(self, plan: Plan, selection: Selection, budget: Bounds, user_id: int | None, *, batch: bool = False) -> int:
        """Begin a run; its id. Raises Conflict if the model is running, Invalid for a selection or budget that does not do."""
        selection.check()
        budget.check()
        self._check_budget(plan, budget)
        if batch:
            self._check_batches(plan)
        runs = self.runs_that_count(plan.row, plan.version, selection)
        listed = None
        if selection.what in ("next", "items"):
            listed = fixed_list(self.ws, plan.project, plan.row.question, selection, runs)
        seed = int(self.ws.clock() * 1000) % 2**31
        total = select(self.ws, plan.project, plan.row.question, selection, seed, listed).total
        if not total:
            raise Conflict("There are no items to ask about.", place="selection")
        args = RunArgs(plan.config, selection, budget, seed, batch, listed)

        def begin(c: Connection) -> int:
            if (busy := RunsSql(c).busy(plan.row.id)) is not None:
                raise Conflict(f'"{plan.row.name}" is running already (run {busy}). Pause or cancel that one first.', place="m")
            models = ModelsSql(c)
            run = models.add_run(
                plan.project.id, "annotate", plan.row.id, plan.version, msgspec.to_builtins(args), user_id, self.ws.clock()
            )
            RunsSql(c).put_progress(run, "running", Progress(total=total), None)
            return run

        run_id = self.ws.db.write(begin)
        self._carry(run_id, plan.project.id, user_id)
        return run_id

    def runs_that_count(self, row: PredictorRow, version: int, selection: Selection) -> list[int]:
        """Runs whose answers need not be asked for again."""
        if selection.again:
            return []
        return [r.id for r in self.ws.db.read(lambda c: RunsSql(c).of_version(row.id, version))]

    def pause(self, run: RunRow) -> None:
        """Let calls in flight end, then stop. It can be resumed."""
        self._stop(run, "paused")

    def cancel(self, run: RunRow) -> None:
        """Stop at once; what was answered stays."""
        self._stop(run, "cancelled")

    def resume(self, run: RunRow, budget: Bounds | None, user_id: int | None) -> None:
        """Go on, with a new budget for the whole run if one is given. Raises Conflict for a run that is over or running."""
        if run.state not in RESUMABLE or self.live(run.id) is not None:
            raise Conflict(f"Run {run.id} is {run.state}; only a stopped one goes on.", place="r")
        self._again(run, budget, user_id, retry=False)

    def retry(self, run: RunRow, budget: Bounds | None, user_id: int | None) -> None:
        """Ask again about what failed. Raises Conflict if nothing failed or the run is running."""
        if self.live(run.id) is not None or run.state == "running":
            raise Conflict(f"Run {run.id} is running; wait for it, or pause it.", place="r")
        if not progress_of(run).failed:
            raise Conflict(f"Nothing failed in run {run.id}.", place="r")
        self._again(run, budget, user_id, retry=True)

    def look(self, project: Project, row: PredictorRow, *, stale: bool) -> None:
        """People have answered: measure by what was answered blind, and keep the queue filled where the model may (`auto`)."""
        if self.latest(row) is not None and not self.confidence.refresh_if_rested(row):
            self.ws.loop_models.answered(project.id, 0)  # look again soon
        if not stale or not row.config.get("auto") or self.ws.db.read(lambda c: RunsSql(c).busy(row.id)) is not None:
            return
        bounds = Bounds(None, int(row.config.get("auto_tokens", 1)))
        self.start(self.plan(row, None, None), Selection("next", project.spec.policy.window), bounds, None)

    def latest(self, row: PredictorRow) -> RunRow | None:
        """The last run of a model."""
        return self.ws.db.read(lambda c: RunsSql(c).latest(row.id))

    def live(self, run_id: int) -> Drive | None:
        """The drive of a run that is under way."""
        return self._live.get(run_id)

    def _again(self, run: RunRow, budget: Bounds | None, user_id: int | None, *, retry: bool) -> None:
        args, progress = args_of(run), progress_of(run)
        if budget is not None:
            budget.check()
            args = msgspec.structs.replace(args, budget=budget)
        progress.message = ""
        if retry:
            progress.phase, progress.retry_place = "retry", 0

        def go(c: Connection) -> None:
            row = ModelsSql(c).run(run.id)
            if row is None or row.state == "running":
                raise Conflict(f"Run {run.id} is running already.", place="r")
            if run.predictor_id is not None and (busy := RunsSql(c).busy(run.predictor_id)) is not None:
                raise Conflict(f"The model is running already (run {busy}).", place="r")
            RunsSql(c).set_up(run.id, msgspec.to_builtins(args))
            RunsSql(c).put_progress(run.id, "running", progress, None)

        self.ws.db.write(go)
        self._carry(run.id, run.project_id, user_id)

    def _carry(self, run_id: int, project_id: int, user_id: int | None) -> None:
        job = self.ws.jobs.submit("annotate", project_id, {"run": run_id}, user_id)
        self.ws.bus.publish(project_id, "run", id=run_id, state="running", job=job)

    def _stop(self, run: RunRow, state: str) -> None:
        drive = self.live(run.id)
        if drive is not None:
            drive.stop(state)
            return
        if run.state == "running" or (state == "cancelled" and run.state in RESUMABLE):
            now = self.ws.clock()
            self.ws.db.write(lambda c: RunsSql(c).put_progress(run.id, state, progress_of(run), now))
            self.ws.bus.publish(run.project_id, "run", id=run.id, state=state)
            return
        raise Conflict(f"Run {run.id} is {run.state}.", place="r")

    def _run(self, job: JobRun) -> dict[str, Any]:
        run = self.ws.db.read(lambda c: ModelsSql(c).run(job.args["run"]))
        if run is None or run.state != "running":
            return {"state": "gone" if run is None else run.state}
        try:
            drive = self._drive(run)
        except MiloError as error:
            self._fail(run, error.message)
            raise
        state = self._follow(job, run, drive)
        if state == "closing":
            raise Stopped
        if run.predictor_id is not None:
            self._done(run)
        return {"state": state, "done": drive.progress.done, "failed": drive.progress.failed}

    def _follow(self, job: JobRun, run: RunRow, drive: Drive) -> str:
        """Wait for a drive; pass on that the job is to stop."""
        self._live[run.id] = drive
        try:
            going = self.ws.gateway.run(drive.go())
            while True:
                try:
                    state = going.result(timeout=_LOOK_SECONDS)
                    break
                except NotYet:
                    if job.should_stop():
                        drive.stop("closing" if self.ws.closing else "cancelled")
        except MiloError as error:
            self._fail(run, error.message)
            raise
        finally:
            self._live.pop(run.id, None)
        if state != "closing":
            now = self.ws.clock()
            self._write(lambda c: RunsSql(c).put_progress(run.id, state, drive.progress, now))
            self.ws.bus.publish(run.project_id, "run", id=run.id, state=state)
        return state

    def _done(self, run: RunRow) -> None:
        row = self.ws.db.read(lambda c: ModelsSql(c).predictor(run.predictor_id or 0))
        if row is None:
            return
        if row.state != "ready":
            self._write(lambda c: ModelsSql(c).change_predictor(row.id, state="ready", message=""))
        self.confidence.update(row)
        self.ws.bus.publish(run.project_id, "model", id=row.id)
        self.ws.bus.publish(run.project_id, "counts")

    def _fail(self, run: RunRow, message: str) -> None:
        progress = progress_of(self.ws.db.read(lambda c: ModelsSql(c).run(run.id)) or run)
        progress.message = message
        now = self.ws.clock()
        self._write(lambda c: RunsSql(c).put_progress(run.id, "failed", progress, now))
        self.ws.bus.publish(run.project_id, "run", id=run.id, state="failed")

    def _drive(self, run: RunRow) -> Drive:
        row = self.ws.db.read(lambda c: ModelsSql(c).predictor(run.predictor_id or 0))
        if row is None:
            raise NotFound("This model was deleted meanwhile.")
        args, progress = args_of(run), progress_of(run)
        plan = self._plan_of(row, run, args)
        question = plan.project.schema.get(row.question)
        k, explain = plan.plugin.wants(plan.config)
        task = plan.showing.task(row.question)
        budget = Budget(args.budget.money, args.budget.tokens, spent_money=progress.cost, spent_tokens=progress.tokens)
        batching = None
        if args.batch:
            fields = plan.showing.names
            batching = Batching(
                self.ws,
                CallFor("preannotate", plan.project, None, run.id, run.user_id, fields, False, budget),
                budget,
                self.batch_poll,
            )
        runs = list(dict.fromkeys([*self.runs_that_count(row, run.version, args.selection), run.id]))
        setup = Setup(
            run.id, run.user_id, plan.project, plan.plugin, plan.config, task, plan.showing,
            select(self.ws, plan.project, row.question, args.selection, args.seed, args.listed),
            Store(
                self.ws, plan.project, row, run.id, self.ws.task_types[question.type], self.confidence.scorer(row, run.version)
            ),
            budget, runs, MOST if args.batch else self._concurrency(plan), any(f.kind in _MEDIA for f in plan.showing.fields),
            gather(self.ws, plan.project.id, task, k) if k else None, explain, batching,
        )  # fmt: skip
        return Drive(self.ws, setup, progress, self._news)

    def _plan_of(self, row: PredictorRow, run: RunRow, args: RunArgs) -> Plan:
        project = self.ws.projects.get(row.project_id)
        plugin = self.ws.registry.predictors.get(row.plugin)
        if not asks(plugin):
            raise Conflict(f'"{row.name}" asks no connected model.')
        showing = Showing(self.ws, project, plugin.connections(args.config), args.config.get("fields"))
        return Plan(project, row, plugin, run.version, args.config, showing)

    def _concurrency(self, plan: Plan) -> int:
        rows = [self.ws.gateway.connection(name) for name in plan.plugin.connections(plan.config)]
        return max(1, *(read_limits(row.limits).concurrency for row in rows))

    def _news(self, drive: Drive) -> None:
        p = drive.progress
        project = drive.s.project.id
        self.ws.bus.publish(
            project, "run", id=drive.s.run_id, state=drive.state, done=p.done, failed=p.failed, total=p.total, cost=p.cost,
            rate=drive.pace.rate,
        )  # fmt: skip

    def _check_sight(self, plugin: AskingPredictor, config: dict[str, Any], showing: Showing) -> None:
        """Refuse pictures for a connection that was seen not to take them. Raises Conflict."""
        kinds = {f.kind for f in showing.fields}
        if "image" not in kinds:
            return
        for name in plugin.connections(config):
            probe = self.ws.gateway.connection(name).probe or {}
            abilities = probe.get("abilities", probe)
            if isinstance(abilities, dict) and abilities.get("images") is False:
                raise Conflict(
                    f'"{name}" cannot see pictures (its test said so). Choose another one, or name the fields without '
                    "pictures in the model's settings (fields).",
                    place="config.connection",
                )

    def _check_batches(self, plan: Plan) -> None:
        """Raise Conflict for a connection whose provider has no batches."""
        for name in plan.plugin.connections(plan.config):
            row = self.ws.gateway.connection(name)
            if self.ws.registry.providers.get(row.plugin).abilities.batch is False:
                raise Conflict(f'"{name}" has no batch service; run without it.', place="batch")

    def _check_budget(self, plan: Plan, budget: Bounds) -> None:
        """A model that may cost money needs a bound. Raises Invalid."""
        if budget.money is not None or budget.tokens is not None:
            return
        for name in plan.plugin.connections(plan.config):
            row = self.ws.gateway.connection(name)
            prices = read_prices(row.prices, row.local)
            if not row.local or prices.input or prices.output:
                raise Invalid(f'"{name}" may cost money: give a budget in money or tokens.', place="budget")

    def _write(self, change: Callable[[Connection], Any]) -> Any:
        return self.ws.db.write(change, BACKGROUND)


def args_of(run: RunRow) -> RunArgs:
    """What a run was asked to do. Raises Conflict for a run of another kind."""
    if run.kind != "annotate":
        raise Conflict(f"Run {run.id} is no run of a connected model.", place="r")
    return msgspec.convert(run.args, RunArgs)


def progress_of(run: RunRow) -> Progress:
    """How far a run is, as it is on disk."""
    return msgspec.convert(run.info, Progress)
