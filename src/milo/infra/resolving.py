"""Works out what several answers come to and what reviewers should see, as answers come in or on request.

One job does it, question by question, in short transactions: it writes what changed, so that running it again, or going on
after it was killed, does no harm. It is queued when answers came in and there is something to compare.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import numpy as np

from milo.domain.policy import rule_for
from milo.domain.project import Project
from milo.domain.question import Question
from milo.flow.adaptive import ask_more, judge_of
from milo.flow.ports.work import Pick
from milo.flow.resolve import SAME, Outcome, aggregator_for, conflicts, resolve, to_write
from milo.flow.review import NewCase
from milo.infra.aggregating import compare_aggregators
from milo.infra.jobs import JobRun
from milo.infra.sql.adaptive import AdaptiveSql
from milo.infra.sql.database import BACKGROUND, Connection
from milo.infra.sql.likely_errors import LikelyErrorsSql
from milo.infra.sql.models import ModelsSql
from milo.infra.sql.resolutions import ResolutionsSql
from milo.infra.sql.reviews import ReviewSql
from milo.infra.sql.work import QueueSql, WorkSql
from milo.kinds.aggregator import Aggregator
from milo.kinds.task_type import TaskType

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

T = TypeVar("T")
_AT_ONCE = 1_000
_MOST_ERRORS = 1_000
_SHARE = 20
"""A fit over all answers takes a twentieth of the time at most."""


class Resolving:
    """Resolves answers and finds cases for review."""

    def __init__(self, workspace: Workspace) -> None:
        self.ws = workspace
        self._next: dict[int, float] = {}
        workspace.jobs.handler("resolve", self._resolve)
        workspace.jobs.handler("compare_aggregators", lambda job: compare_aggregators(workspace, job))

    def start(self, project_id: int, user_id: int | None, *, everything: bool = True) -> int:
        """Queue it; the job's id."""
        return self.ws.jobs.submit(
            "resolve", project_id, {"all": everything}, user_id, key=f"resolve:{project_id}:{everything}"
        )

    def look(self, project: Project) -> None:
        """Queue it if there is anything to compare and the last time is long enough ago."""
        policy = project.spec.policy
        if policy.overlap < 2 and policy.adaptive is None and not policy.review.sample:
            return
        if time.monotonic() >= self._next.get(project.id, 0.0):
            self.start(project.id, None, everything=False)

    def _resolve(self, job: JobRun) -> dict[str, Any]:
        project = self.ws.projects.get(job.project_id)
        begun = time.monotonic()
        questions = project.spec.questions
        result: dict[str, Any] = {}
        for at in range(int((job.cursor or {}).get("question", 0)), len(questions)):
            job.check()
            result[questions[at].name] = _Question(self.ws, job, project, questions[at]).run(bool(job.args.get("all")))
            job.advance(at + 1, len(questions), cursor={"question": at + 1})
        result["alarms"], result["errors"] = self.alarms(project), self.errors(project)
        result["samples"] = self._samples(project)
        self._next[project.id] = time.monotonic() + _SHARE * (time.monotonic() - begun)
        self.ws.bus.publish(project.id, "counts")
        return result

    def alarms(self, project: Project) -> int:
        """Open a case for each new verdict that found an answer wanting; how many."""
        if not project.spec.policy.review.alarms:
            return 0

        def store(c: Connection) -> int:
            known = ResolutionsSql(c)
            after = int(known.state(project.id, "*").get("verdict", 0))
            review = ReviewSql(c)
            last = review.last_verdict(project.id)
            if last <= after:
                return 0
            cases: list[NewCase] = []
            for verdict, item, question, judge, total, body in review.alarms(project.id, after):
                said = msgspec.json.decode(body)
                scores = [{k: s.get(k, "") for k in ("criterion", "score", "reason")} for s in said["scores"]]
                advice = said.get("advice", "")
                detail = {"judge": judge, "verdict": verdict, "total": total, "advice": advice, "scores": scores}
                cases.append(NewCase(item, question, "alarm", 1.0 - total / 2, detail))
            known.note(project.id, "*", {"verdict": last})
            return review.open_cases(project.id, cases, self.ws.clock())

        return self.ws.db.write(store, BACKGROUND)

    def errors(self, project: Project) -> int:
        """Open a case for each likely error of searches that are newer than those taken in; how many."""
        if not project.spec.policy.review.errors:
            return 0

        def store(c: Connection) -> int:
            known, review, found = ResolutionsSql(c), ReviewSql(c), LikelyErrorsSql(c)
            seen, new = known.state(project.id, "*errors"), 0
            for question in project.spec.questions:
                sweep = found.sweep(project.id, question.name)
                if sweep is None or seen.get(question.name) == sweep.at:
                    continue
                suspects = found.open(project.id, question.name, _MOST_ERRORS)
                cases = [
                    NewCase(s.item_id, s.question, "error", s.chance, {"predicted": s.suggested, "reason": s.reason})
                    for s in suspects
                ]
                review.close_errors(project.id, question.name)
                new += review.open_cases(project.id, cases, self.ws.clock())
                seen[question.name] = sweep.at
                known.note(project.id, "*errors", seen)
            return new

        return self.ws.db.write(store, BACKGROUND)

    def _samples(self, project: Project) -> int:
        """Draw the share of finished items that the policy asks for: whether an item is drawn is a keyed hash, so that nothing
        that anybody does changes it."""
        share = project.spec.policy.review.sample
        if not share:
            return 0
        secret = self.ws.projects.secret(project.id)
        new = 0
        for question in project.spec.questions:
            pool = self.ws.db.read(lambda c, q=question.name: ReviewSql(c).samplable(project.id, q))
            chosen = [i for i in pool if _drawn(secret, i, share)]
            cases = [NewCase(i, question.name, "sample", 0.5, purpose="audit", odds=share) for i in chosen]
            for part in _parts(cases):
                now = self.ws.clock()
                new += self.ws.db.write(lambda c, p=part, t=now: ReviewSql(c).open_cases(project.id, p, t), BACKGROUND)
        return new


class _Question:
    """One question's turn."""

    def __init__(self, workspace: Workspace, job: JobRun, project: Project, question: Question) -> None:
        self.ws, self.job, self.project, self.question = workspace, job, project, question
        self.task: TaskType = workspace.task_types[question.type]
        self.rule = rule_for(project.spec.policy, question.name)
        self.aggregators = {a.name: a for a in workspace.registry.aggregators.all()}

    def run(self, everything: bool) -> dict[str, Any]:
        """Resolve, look for conflicts, ask for more answers."""
        now, p, q = self.ws.clock(), self.project.id, self.question.name
        aggregator = aggregator_for(self.rule, self.task, self.aggregators)
        state = self.ws.db.read(lambda c: ResolutionsSql(c).state(p, q))
        mark = [self.rule.aggregator, self.rule.least, self.rule.certain]
        everything = everything or state.get("rule") != mark
        only = None if everything else self.ws.db.read(lambda c: ResolutionsSql(c).touched(p, state["at"] - 1.0))
        if only is not None and not only:
            return {"items": 0}
        given = self.ws.db.read(lambda c: ResolutionsSql(c).columns(p, q, None if aggregator else only))
        found = resolve(self.question, self.task, aggregator, given)
        written, removed = self._write(found, aggregator, only)
        opened = self._cases(found, only)
        asked = self._ask_more(found, aggregator)
        self.ws.db.write(lambda c: ResolutionsSql(c).note(p, q, {"at": now, "rule": mark}), BACKGROUND)
        return {
            "items": len(found.items), "answers": len(given.items), "written": written, "removed": removed, "conflicts": opened,
            "asked": asked, **({"note": found.info["fallback"]} if "fallback" in found.info else {}),
        }  # fmt: skip

    def _write(self, found: Outcome, aggregator: Aggregator | None, only: list[int] | None) -> tuple[int, int]:
        p, q = self.project.id, self.question.name
        standing = self.ws.db.read(lambda c: ResolutionsSql(c).standing(p, q, None if aggregator else only))
        if aggregator is None:
            written, gone = [], [old.id for old in standing.values()]
        else:
            written, gone = to_write(self.question, self.task, aggregator.name, found, standing, self.rule.least)
        for part in _parts(gone):
            self.job.check()
            self.ws.db.write(lambda c, ids=part: ResolutionsSql(c).drop(ids), BACKGROUND)
        if written and aggregator is not None:
            run = self._run(found, aggregator)
            version, now = self.project.schema_version, self.ws.clock()
            for part in _parts(written):
                self.job.check()
                self.ws.db.write(lambda c, rows=part: ResolutionsSql(c).write(run, q, version, rows, now), BACKGROUND)
            self.ws.db.write(lambda c: ModelsSql(c).finish_run(run, "done", len(written), self._info(found), now), BACKGROUND)
        return len(written), len(gone)

    def _run(self, found: Outcome, aggregator: Aggregator) -> int:
        args = {"aggregator": aggregator.name, "question": self.question.name, "least": self.rule.least}
        p, user, now = self.project.id, self.job.user_id, self.ws.clock()

        def store(c: Connection) -> int:
            known = ResolutionsSql(c).run_of(p, args)
            return ModelsSql(c).add_run(p, "resolve", None, 0, args, user, now) if known is None else known

        return self.ws.db.write(store, BACKGROUND)

    def _info(self, found: Outcome) -> dict[str, Any]:
        best = sorted(found.people, key=lambda p: -int(p["answers"]))[:1000]
        return {**found.info, "people": best}

    def _cases(self, found: Outcome, only: list[int] | None) -> int:
        p, q = self.project.id, self.question.name
        hits, _ = conflicts(found, self.rule)
        if not self.project.spec.policy.review.conflicts:
            hits = {}
        decided, standing = self.ws.db.read(lambda c: (ResolutionsSql(c).decided(p, q), ReviewSql(c).open_conflicts(p, q)))
        looked_at = standing.keys() if only is None else standing.keys() & set(only)
        over = sorted(i for i in looked_at if i not in hits or i in decided)
        cases = [
            NewCase(i, q, "conflict", 1.0 - c, {"certainty": round(c, 4)})
            for i, c in hits.items()
            if i not in decided and abs(standing.get(i, -1.0) - (1.0 - c)) > SAME
        ]
        new = 0
        for part in _parts(over):
            self.ws.db.write(lambda c, ids=part: ReviewSql(c).close_conflicts(q, ids), BACKGROUND)
        for part in _parts(cases):
            self.job.check()
            now = self.ws.clock()
            new += self.ws.db.write(lambda c, rows=part, t=now: ReviewSql(c).open_cases(p, rows, t), BACKGROUND)
        return new

    def _ask_more(self, found: Outcome, aggregator: Aggregator | None) -> int:
        """Ask about more items once more, where that is worth it."""
        policy = self.project.spec.policy.adaptive
        if policy is None or not self.question.required:
            return 0
        judge = judge_of(self.rule, self.task, self.aggregators)
        if judge is not aggregator:
            given = self.ws.db.read(lambda c: ResolutionsSql(c).columns(self.project.id, self.question.name))
            found = resolve(self.question, self.task, judge, given)
        open_items, spent = self.ws.db.read(lambda c: AdaptiveSql(c).askable(self.project.id))
        decided = self.ws.db.read(lambda c: ResolutionsSql(c).decided(self.project.id, self.question.name))
        may = np.isin(found.items, np.array(sorted(open_items - decided), dtype=np.int64)) & (found.answers < policy.most)
        left = None if policy.budget is None else max(0, policy.budget - spent)
        chosen = ask_more(found, may, policy, left).tolist()
        for part in _parts(chosen, 200):
            self.job.check()
            self.ws.db.write(lambda c, ids=part: self._grant(c, ids), BACKGROUND)
        return len(chosen)

    def _grant(self, c: Connection, items: list[int]) -> None:
        overlap = self.project.spec.policy.overlap
        AdaptiveSql(c).grant(items)
        for item in items:
            WorkSql(c).settle(self.project.id, item, overlap, 0, None)
        if self.project.spec.policy.order != "imported":
            QueueSql(c).add_picks(self.project.id, [Pick(i, "settle", None) for i in items])


def _drawn(secret: bytes, item: int, share: float) -> bool:
    mark = hashlib.blake2b(f"review {item}".encode(), key=secret[:64], digest_size=8).digest()
    return int.from_bytes(mark, "big") < share * 2**64


def _parts(rows: Sequence[T], size: int = _AT_ONCE) -> Iterator[list[T]]:
    for start in range(0, len(rows), size):
        yield list(rows[start : start + size])
