"""Lets judges speak: builds what they see, asks through the gateway, keeps their verdicts, and knows when they may not speak
at all.

Stands alone because three ways lead to a verdict (live advice, after an answer, over finished work) and must obey the same
rules: no judge on a blind item, no field that a rule keeps back, and a plain word where the judge's own model made the
suggestion.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from milo.domain.errors import Conflict, InvalidConfig, NotFound
from milo.domain.project import Project
from milo.domain.verdict import Verdict
from milo.infra.gateway import CallFor
from milo.infra.judge_jobs import JudgeJobs
from milo.infra.showing import Showing
from milo.infra.sql.connections import ConnectionsSql
from milo.infra.sql.database import BACKGROUND, Connection
from milo.infra.sql.judges import JudgeRow, JudgesSql
from milo.infra.sql.models import ModelsSql
from milo.infra.sql.rubrics import RubricRow, RubricsSql
from milo.infra.sql.verdicts import VerdictsSql, value_hash
from milo.kinds.asking import Judged
from milo.kinds.provider import Reply, Request

if TYPE_CHECKING:
    from milo.bootstrap import Workspace


class Through:
    """Asks connected models through the gateway, on one call's behalf."""

    def __init__(self, workspace: Workspace, call: CallFor) -> None:
        self._gateway, self._call = workspace.gateway, call

    async def __call__(self, connection: str, request: Request) -> Reply:
        """The answer."""
        return await self._gateway.complete(connection, request, self._call)


class Bench:
    """One judge, set up and ready: its plug-in, its rubric, and what it may see of the project."""

    def __init__(self, workspace: Workspace, project: Project, judge: JudgeRow, rubric: RubricRow) -> None:
        """Raises NotFound, Conflict or RuleForbids where one of its connections cannot be asked."""
        self.ws, self.project, self.row, self.rubric = workspace, project, judge, rubric
        self.plugin = workspace.registry.judges.get(judge.plugin)
        self.connections = self.plugin.connections(judge.config)
        self.showing = Showing(workspace, project, self.connections)
        self.task = self.showing.task(judge.question)

    async def verdict(self, item_id: int, judged: Judged, call: CallFor) -> Verdict:
        """The verdict on one answer, marked with the judge's setup. Runs on the gateway's loop. Raises Conflict for a blind
        item."""
        shown = await asyncio.to_thread(self.showing.shown, item_id)
        if shown.item.blind:
            raise Conflict("No judge speaks about this item.", place="item_id")
        ask = Through(self.ws, msgspec.structs.replace(call, item_id=item_id, fields=self.showing.names))
        found = await self.plugin.judge(self.task, self.row.config, self.rubric.rubric, shown, judged, ask)
        return msgspec.structs.replace(found, info={**found.info, "setup": self.row.setup})


class Judging:
    """The judges of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.ws = workspace
        self._watchful: dict[int, list[JudgeRow]] = {}
        JudgeJobs(workspace, self)

    def bench(self, project: Project, judge: JudgeRow) -> Bench:
        """A judge ready to speak. Raises NotFound if its rubric is gone."""
        rubric = self.ws.db.read(lambda c: RubricsSql(c).find(project.id, judge.rubric, judge.rubric_version))
        if rubric is None:
            raise NotFound(f'There is no rubric "{judge.rubric}" in version {judge.rubric_version}.', place="rubric")
        return Bench(self.ws, project, judge, rubric)

    def check(self, project: Project, plugin: str, question: str, config: dict[str, Any]) -> dict[str, Any]:
        """The settings of a judge completed. Raises InvalidConfig, or NotFound for an unknown connection."""
        judge = self.ws.registry.judges.get(plugin)
        settled = judge.check_config(config, project.schema.get(question))
        for name in judge.connections(settled):
            self.ws.gateway.connection(name)
        return settled

    def start(self, bench: Bench, item_id: int, judged: Judged, user_id: int) -> Future[Verdict]:
        """Begin a review that somebody waits for, within the project's budgets for judges; cancelling the future ends the call.
        Reads the database."""
        budget = self.ws.gateway.budgets.of(bench.project, "judge", user_id, bench.connections)
        call = CallFor("judge", bench.project, user_id=user_id, budget=budget)
        return self.ws.gateway.run(bench.verdict(item_id, judged, call))

    def speakers(self, project: Project, sources: Iterable[str]) -> tuple[str, ...]:
        """The connections behind suggestions of these models, and all that reach the same model under another name."""
        wanted = set(sources)
        if not wanted:
            return ()

        def look(c: Connection) -> tuple[str, ...]:
            rows = [p for p in ModelsSql(c).predictors(project.id) if p.name in wanted]
            named = {name for row in rows for name in self._connections(row.plugin, row.config)}
            known = ConnectionsSql(c).all()
            models = {(k.plugin, k.model) for k in known if k.name in named and k.model}
            return tuple(sorted(named | {k.name for k in known if (k.plugin, k.model) in models}))

        return self.ws.db.read(look)

    def _connections(self, plugin: str, config: dict[str, Any]) -> list[str]:
        predictors = self.ws.registry.predictors
        asking: Any = predictors.get(plugin) if plugin in predictors else None
        if asking is None or not getattr(asking, "asks", False):
            return []
        try:
            return list(asking.connections(config))
        except (InvalidConfig, KeyError, TypeError):
            return []

    def forget(self, project_id: int) -> None:
        """The judges of a project were changed."""
        self._watchful.pop(project_id, None)

    def answered(self, project_id: int, item_id: int, user_id: int) -> None:
        """An answer came in: live advice on it is closed, and the judges that look afterwards are called. Costs a look into a
        dict where there are none, and never waits."""
        if self._watchful.get(project_id) != []:
            with suppress(RuntimeError):  # the workspace is closing; what was not looked at is found again by the next answer
                self.ws.db.pool.submit(self._follow, project_id, item_id, user_id)

    def _follow(self, project_id: int, item_id: int, user_id: int) -> None:
        watchful = self._watchful.get(project_id)
        if watchful is None:
            rows = self.ws.db.read(lambda c: JudgesSql(c).of(project_id))
            watchful = [r for r in rows if r.enabled and (r.live != "off" or r.after)]
            self._watchful[project_id] = watchful
        if any(row.live != "off" for row in watchful):
            self.ws.db.write(lambda c: close_advice(c, item_id, user_id, self.ws.clock()), BACKGROUND)
        for row in watchful:
            if row.after:
                args = {"judge": row.id, "mode": "after"}
                self.ws.jobs.submit("judge", project_id, args, user_id, key=f"judge:{row.id}:after")


def close_advice(c: Connection, item_id: int, user_id: int, now: float) -> None:
    """Tie live verdicts to the answer that was submitted: the one about this very value now belongs to it; where another value
    was judged, the annotator changed something after reading."""
    verdicts = VerdictsSql(c)
    open_ones = verdicts.live(item_id, user_id)
    if not open_ones:
        return
    for annotation, question, value in verdicts.mine(item_id, user_id):
        mark = value_hash(value)
        own = [row for row in open_ones if row.question == question]
        tied: set[int | None] = set()
        for row in own:
            same = row.value_hash == mark
            if same and row.judge_id not in tied:
                tied.add(row.judge_id)
                verdicts.belongs_to(row.id, annotation)
            if not same and row.response in ("none", "taken"):
                response = "taken" if row.response == "taken" else "changed"
                verdicts.respond(row.id, response, {**row.response_info, "after": value}, now)
