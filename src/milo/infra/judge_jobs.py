"""The job that lets a judge look over answers: those that came in since it last looked, or all finished work.

Many answers are in flight at once; each verdict is stored as it comes. A job that is stopped lets those in flight end. One
that was stopped or killed goes on with the answers that have no verdict yet, so that nothing stored is paid for twice; what
failed is tried again. Each call stands in the ledger before it is sent, so that what was in flight when the process died, and
may be paid twice, counts as spent. A job keeps to its own budget and to the project's budget for judges. Blind items are never
among them.
"""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import TYPE_CHECKING, Any

import msgspec

from milo.domain.errors import BadAnswer, BudgetSpent, Invalid, InvalidConfig, MiloError, NotFound, RateLimited, Unreachable
from milo.domain.verdict import Verdict
from milo.infra.gateway import CallFor
from milo.infra.jobs import JobRun
from milo.infra.providers.budget import Budget, Joint
from milo.infra.sql.database import BACKGROUND, Connection
from milo.infra.sql.judges import JudgeRow, JudgesSql
from milo.infra.sql.look import NotesSql
from milo.infra.sql.models import ModelsSql
from milo.infra.sql.verdicts import Mode, NewVerdict, VerdictsSql, Waiting
from milo.infra.sql.work import WorkSql
from milo.kinds.asking import Judged

if TYPE_CHECKING:
    from milo.bootstrap import Workspace
    from milo.infra.judging import Bench, Judging

WIDTH = 32
"""Answers in flight at once; a connection's own limits may allow fewer."""
_LOOK_SECONDS = 0.5
_GOODBYE = 5.0
"""Seconds that answers in flight have to end when the job is stopped."""
_SILENCE = 2 * WIDTH
"""Answers in a row that got no reply, after which the job ends."""
_OF_ONE_ANSWER = (BadAnswer, Unreachable, RateLimited, Invalid, NotFound)
"""Trouble with a single answer; any other would meet the next one too, and ends the job."""


class _Place(msgspec.Struct):
    """Where a job is, kept with it: its run, how many answers failed, how many may have been paid twice, and whether it ended
    with nothing in flight."""

    run: int
    failed: int = 0
    repeated: int = 0
    clean: bool = False


Flying = dict[Future[Verdict], Waiting]


class JudgeJobs:
    """Runs the jobs of kind "judge"."""

    def __init__(self, workspace: Workspace, judging: Judging) -> None:
        self.ws, self.judging = workspace, judging
        workspace.jobs.handler("judge", self.run)

    def run(self, job: JobRun) -> dict[str, Any] | None:
        """Judge what waits. `args`: judge, mode (after or batch), items (None: all), flag (mark items that fail), and the
        budget as money and tokens."""
        judge = self.ws.db.read(lambda c: JudgesSql(c).get(job.args["judge"]))
        if judge is None or not judge.enabled:
            return {"why": "The judge was removed or switched off."}
        round_ = _Round(self.ws, self.judging, self.judging.bench(self.ws.projects.get(job.project_id), judge), job)
        try:
            round_.fly()
        except MiloError as error:
            round_.close("failed", error.message)
            raise
        return round_.close("stopped: budget" if round_.spent else "cancelled" if job.stopped else "done")


class _Round:
    """One run of the job."""

    def __init__(self, workspace: Workspace, judging: Judging, bench: Bench, job: JobRun) -> None:
        self.ws, self.judging, self.bench, self.job, self.judge = workspace, judging, bench, job, bench.row
        self.mode: Mode = job.args["mode"]
        self.flag = bool(job.args.get("flag")) or self.mode == "after"
        self.items: list[int] | None = job.args.get("items")
        self.last = self.judge.after - 1 if self.mode == "after" else 0
        self.failed: list[dict[str, Any]] = []
        self.spent: MiloError | None = None
        self.out_of_reach = 0
        self.lost: set[int] = set()
        self.place = self._begin() if job.cursor is None else self._recover(msgspec.convert(job.cursor, _Place))
        self.run_id = run = self.place.run
        self.done, self.passed = workspace.db.read(lambda c: VerdictsSql(c).of_run(run))
        money, tokens = workspace.db.read(lambda c: JudgesSql(c).spent(run))
        self.budget = Budget(job.args.get("money"), job.args.get("tokens"), spent_money=money, spent_tokens=tokens)
        role = workspace.gateway.budgets.of(bench.project, "judge", None, bench.connections)
        purse = self.budget if role is None else Joint([self.budget, role])
        self.call = CallFor("judge", bench.project, run_id=run, user_id=job.user_id, budget=purse)

    def _begin(self) -> _Place:
        args = {"judge": self.judge.id, "name": self.judge.name, "mode": self.mode, "rubric": self.judge.rubric}
        now = self.ws.clock()

        def begin(c: Connection) -> _Place:
            ident = ModelsSql(c).add_run(
                self.job.project_id, "judge", None, self.judge.rubric_version, args, self.job.user_id, now
            )
            place = _Place(ident)
            self.job.advance(0, self.total(c), cursor=msgspec.to_builtins(place), conn=c)
            return place

        return self.ws.db.write(begin, BACKGROUND)

    def _recover(self, place: _Place) -> _Place:
        """After a crash the first answers that have no verdict are those that may have been in flight."""
        if not place.clean:
            lost = self.ws.db.read(lambda c: VerdictsSql(c).unjudged(self.judge, self.last, WIDTH + place.failed, self.items))
            self.lost = {one.annotation_id for one in lost}
        place.clean = False
        self.job.advance(self.job.done, cursor=msgspec.to_builtins(place))
        return place

    def total(self, c: Connection) -> int:
        """How many answers wait."""
        return VerdictsSql(c).count_unjudged(self.judge, self.last, self.items)

    def fly(self) -> None:
        """Keep as many in flight as may be, until none waits, it is stopped, or the budget is spent."""
        flying: Flying = {}
        more = True
        try:
            while flying or more:
                if self.job.should_stop() or self.spent is not None:
                    more = False
                    if self.job.stopped:
                        break
                while more and len(flying) < WIDTH:
                    found = self._next(WIDTH - len(flying))
                    flying |= {self._start(one): one for one in found}
                    more = bool(found)
                if flying:
                    ready, _ = wait(flying, timeout=_LOOK_SECONDS, return_when=FIRST_COMPLETED)
                    self._store([(flying.pop(one), one) for one in ready])
            ready, _ = wait(flying, timeout=_GOODBYE)
            self._store([(flying.pop(one), one) for one in ready])
            self.place.clean = not flying
            self.job.advance(self.done, cursor=msgspec.to_builtins(self.place))
        finally:
            for one in flying:
                one.cancel()

    def _next(self, n: int) -> list[Waiting]:
        found = self.ws.db.read(lambda c: VerdictsSql(c).unjudged(self.judge, self.last, n, self.items))
        if found:
            self.last = found[-1].annotation_id
        return found

    def _start(self, one: Waiting) -> Future[Verdict]:
        speakers = self.judging.speakers(self.bench.project, {str(s.get("source", "")) for s in one.shown})
        return self.ws.gateway.run(self.bench.verdict(one.item_id, Judged(one.value, suggested_by=speakers), self.call))

    def _store(self, ready: list[tuple[Waiting, Future[Verdict]]]) -> None:
        good: list[tuple[Waiting, Verdict]] = []
        for one, future in ready:
            error = future.exception()
            if error is None:
                good.append((one, future.result()))
                self.place.repeated += one.annotation_id in self.lost
            elif isinstance(error, BudgetSpent):
                self.spent = error
            elif isinstance(error, _OF_ONE_ANSWER) and not isinstance(error, InvalidConfig):
                self._failed(one, error)
            else:
                raise error
        if not good and not self.failed:
            return
        now = self.ws.clock()

        def store(c: Connection) -> None:
            for one, found in good:
                self._keep(c, one, found, now)
            self.place.failed = len(self.failed)
            self.job.advance(self.done + len(good), cursor=msgspec.to_builtins(self.place), message=self._message(), conn=c)

        self.ws.db.write(store, BACKGROUND)
        self.done += len(good)
        self.passed += sum(found.passed for _, found in good)

    def _keep(self, c: Connection, one: Waiting, found: Verdict, now: float) -> None:
        ident = VerdictsSql(c).add(
            NewVerdict(
                self.bench.project.id, one.item_id, self.judge.question, one.value, self.bench.rubric.id, self.mode, found,
                annotation_id=one.annotation_id, judge_id=self.judge.id, run_id=self.run_id,
            ),
            now,
        )  # fmt: skip
        if self.flag and not found.passed:
            NotesSql(c).flag(self.bench.project.id, one.item_id, True)
            told = msgspec.json.encode({"judge": self.judge.name, "verdict": ident})
            WorkSql(c).log(self.bench.project.id, one.item_id, self.job.user_id or 0, "judge.flagged", told, now)

    def _failed(self, one: Waiting, error: MiloError) -> None:
        """Note it; where nothing but silence comes back, going on would only list every answer as failed."""
        self.out_of_reach = self.out_of_reach + 1 if isinstance(error, Unreachable | RateLimited) else 0
        if self.out_of_reach > _SILENCE:
            raise error
        self.failed.append({"item_id": one.item_id, "annotation_id": one.annotation_id, "reason": error.message})

    def _message(self) -> str:
        parts = [f"{self.budget.spent_tokens:,} tokens"] if self.budget.spent_tokens else []
        if self.budget.spent_money:
            parts.append(f"cost {self.budget.spent_money:.4g}")
        if self.failed:
            parts.append(f"{len(self.failed)} could not be judged")
        return " · ".join(parts)

    def close(self, state: str, why: str = "") -> dict[str, Any]:
        """What came of it, kept with the run. The answers that came in until now are looked at."""
        told: dict[str, Any] = {
            "run": self.run_id, "judged": self.done, "passed": self.passed, "failed": len(self.failed),
            "errors": self.failed[:100], "cost": self.budget.spent_money, "tokens": self.budget.spent_tokens,
            "repeated": self.place.repeated,
        }  # fmt: skip
        if why or self.spent is not None:
            told["why"] = why or (self.spent.message if self.spent else "")
        now = self.ws.clock()

        def store(c: Connection) -> None:
            ModelsSql(c).finish_run(self.run_id, state, self.done, told, now)
            if self.mode == "after" and state == "done":
                JudgesSql(c).change(self.judge.id, after=max(self.judge.after, self.last + 1))

        self.ws.db.write(store, BACKGROUND)
        self.ws.bus.publish(self.bench.project.id, "counts")
        self.ws.bus.publish(self.bench.project.id, "verdicts", judge=self.judge.id)
        return told


def after_mark(c: Connection, judge: JudgeRow | None, wanted: bool) -> int:
    """From which annotation on answers are judged after they were given: the next one, where that is newly wanted."""
    if not wanted:
        return 0
    return judge.after if judge is not None and judge.after else JudgesSql(c).next_annotation()
