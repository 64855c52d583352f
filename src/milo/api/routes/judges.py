"""Judges: which there are, set up, switched, and sent over finished work."""

from __future__ import annotations

import random
import re
from typing import Any

import msgspec
from starlette.responses import Response

from milo.api.endpoint import Call, endpoint
from milo.api.routes.jobs import JobView, view
from milo.domain.errors import Conflict, Invalid, InvalidConfig, NotFound
from milo.domain.question import NAME_PATTERN
from milo.flow.judge_report import NEEDED
from milo.infra.judge_cost import SAMPLE, JudgingCost, estimate
from milo.infra.judge_jobs import after_mark
from milo.infra.judging import Bench
from milo.infra.sql.database import Connection
from milo.infra.sql.jobs import JobsSql
from milo.infra.sql.judges import AuditSql, JudgeRow, JudgesSql, Live
from milo.infra.sql.rubrics import RubricsSql
from milo.infra.sql.verdicts import VerdictsSql

_AMONG = 1_000
"""Answers among which those for an estimate are drawn."""


class JudgeView(msgspec.Struct):
    """A judge of a project. `audits`: how many answers people rated by its rubric; `matched`: how many of them it has judged
    too, `needed` until it counts as tested; `job`: its latest run over finished work; `waiting`: how many more were drawn.
    `judged`, `passed`: of people's answers. `held_up`: why it did not look at the latest answers after they were given."""

    id: int
    name: str
    plugin: str
    plugin_title: str
    compares: bool
    question: str
    rubric: str
    rubric_version: int
    rubric_id: int | None
    newest_version: int | None
    config: dict[str, Any]
    connections: list[str]
    live: Live
    after: bool
    enabled: bool
    audits: int
    matched: int
    needed: int
    waiting: int
    judged: int
    passed: int
    job: int | None
    held_up: str


class NewJudge(msgspec.Struct):
    """Set up a judge for a question. `rubric_version` null: the newest."""

    plugin: str
    name: str
    question: str
    rubric: str
    config: dict[str, Any] = {}
    rubric_version: int | None = None
    live: Live = "off"
    after: bool = False


class JudgeChange(msgspec.Struct):
    """What to change; absent parts stay. Another rubric, version or config makes it a judge that was not tested yet."""

    name: str | None = None
    rubric: str | None = None
    rubric_version: int | None = None
    config: dict[str, Any] | None = None
    live: Live | None = None
    after: bool | None = None
    enabled: bool | None = None


class LiveJudge(msgspec.Struct):
    """A judge that an annotator may ask before submitting."""

    id: int
    name: str
    question: str
    live: Live
    tested: bool


class Sweep(msgspec.Struct):
    """Which finished work to judge: these items, or all. `flag`: mark the items that fail for review. `money`, `tokens`: what
    may be spent at most; the worst case of a call is set aside before it is sent."""

    items: list[int] | None = None
    flag: bool = False
    money: float | None = None
    tokens: int | None = None


@endpoint("GET", "/projects/{p}/judges", "model.view", reply=list[JudgeView])
def list_judges(call: Call) -> list[JudgeView]:
    """Every judge of the project."""
    rows = call.workspace.db.read(lambda c: JudgesSql(c).of(call.project_id))
    return [_view(call, row) for row in rows]


@endpoint("GET", "/projects/{p}/judges/live", "work.submit", reply=list[LiveJudge])
def list_live_judges(call: Call) -> list[LiveJudge]:
    """The judges that annotators may ask before they submit."""

    def look(c: Connection) -> list[LiveJudge]:
        rows = [r for r in JudgesSql(c).of(call.project_id) if r.enabled and r.live != "off"]
        return [LiveJudge(r.id, r.name, r.question, r.live, VerdictsSql(c).matched(r) >= NEEDED) for r in rows]

    return call.workspace.db.read(look)


@endpoint("POST", "/projects/{p}/judges", "model.edit", body=NewJudge, reply=JudgeView, status=201)
def add_judge(call: Call) -> JudgeView:
    """Set up a judge."""
    given: NewJudge = call.body
    project = call.workspace.projects.get(call.project_id)
    _check_name(call, given.name)
    config = call.workspace.judging.check(project, given.plugin, given.question, given.config)
    version = _rubric_version(call, given.rubric, given.rubric_version)
    _check_modes(call, given.plugin, given.live, given.after)
    ident = call.workspace.db.write(
        lambda c: JudgesSql(c).add(
            call.project_id, given.name, given.plugin, given.question, given.rubric, version, config, given.live,
            after_mark(c, None, given.after), call.workspace.clock(),
        )
    )  # fmt: skip
    call.workspace.judging.forget(call.project_id)
    return _view(call, row_of(call, ident))


@endpoint("PATCH", "/projects/{p}/judges/{j}", "model.edit", body=JudgeChange, reply=JudgeView)
def change_judge(call: Call) -> JudgeView:
    """Rename, set up anew, choose when it speaks, switch on and off."""
    given: JudgeChange = call.body
    row = row_of(call, call.params["j"])
    project = call.workspace.projects.get(call.project_id)
    changes: dict[str, Any] = {}
    if given.name is not None and given.name != row.name:
        _check_name(call, given.name)
        changes["name"] = given.name
    if given.config is not None:
        changes["config"] = call.workspace.judging.check(project, row.plugin, row.question, given.config)
    if given.rubric is not None or given.rubric_version is not None:
        changes["rubric"] = given.rubric or row.rubric
        changes["rubric_version"] = _rubric_version(call, changes["rubric"], given.rubric_version)
    _check_modes(call, row.plugin, given.live or "off", bool(given.after))
    if given.live is not None:
        changes["live"] = given.live
    if given.enabled is not None:
        changes["enabled"] = int(given.enabled)

    def change(c: Connection) -> None:
        if given.after is not None:
            changes["after"] = after_mark(c, row, given.after)
        if changes:
            JudgesSql(c).change(row.id, **changes)

    call.workspace.db.write(change)
    call.workspace.judging.forget(call.project_id)
    return _view(call, row_of(call, row.id))


@endpoint("DELETE", "/projects/{p}/judges/{j}", "model.edit", status=204)
def delete_judge(call: Call) -> Response:
    """Remove a judge with its verdicts and audits."""
    row = row_of(call, call.params["j"])
    call.workspace.db.write(lambda c: JudgesSql(c).change(row.id, enabled=0))
    call.workspace.judging.forget(call.project_id)
    while call.workspace.db.write(lambda c: JudgesSql(c).remove_some(row.id)):
        pass
    return Response(status_code=204)


@endpoint("POST", "/projects/{p}/judges/{j}/estimate", "model.run", body=Sweep, reply=JudgingCost)
def estimate_judge(call: Call) -> JudgingCost:
    """How many answers wait for this judge, and what judging them takes. Nothing is sent."""
    bench, given = _sweeper(call), call.body
    waiting = call.workspace.db.read(lambda c: VerdictsSql(c).count_unjudged(bench.row, 0, given.items))
    found = call.workspace.db.read(lambda c: VerdictsSql(c).unjudged(bench.row, 0, _AMONG, given.items))
    sample = random.Random(bench.row.id).sample(found, min(SAMPLE, len(found)))
    return call.workspace.gateway.run(estimate(bench, waiting, sample)).result()


@endpoint("POST", "/projects/{p}/judges/{j}/run", "model.run", body=Sweep, reply=JobView)
def run_judge(call: Call) -> JobView:
    """Judge all finished work that this judge has not judged yet, or some of it. A job that can be stopped and taken up
    again."""
    given: Sweep = call.body
    bench = _sweeper(call)
    for name, bound in (("money", given.money), ("tokens", given.tokens)):
        if bound is not None and bound < 0:
            raise Invalid(f"The budget cannot be negative: {bound}.", place=name)
    args = {"judge": bench.row.id, "mode": "batch", **msgspec.structs.asdict(given)}
    job_id = call.workspace.jobs.submit("judge", call.project_id, args, call.actor.user_id)
    job = call.workspace.db.read(lambda c: JobsSql(c).get(job_id))
    assert job is not None
    return view(job, call.workspace.clock())


def _sweeper(call: Call) -> Bench:
    row = row_of(call, call.params["j"])
    if call.workspace.registry.judges.get(row.plugin).compares:
        raise Conflict("A judge that compares needs two answers at a time.", place="j")
    if call.body.items is not None and len(call.body.items) > 10_000:
        raise Invalid("At most 10,000 items by name; leave them out to judge all.", place="items")
    return call.workspace.judging.bench(call.workspace.projects.get(call.project_id), row)


def row_of(call: Call, judge_id: int) -> JudgeRow:
    """A judge of the project in the path. Raises NotFound."""
    row = call.workspace.db.read(lambda c: JudgesSql(c).get(judge_id))
    if row is None or row.project_id != call.project_id:
        raise NotFound(f"There is no judge {judge_id} in this project.", place="j")
    return row


def _rubric_version(call: Call, name: str, version: int | None) -> int:
    row = call.workspace.db.read(lambda c: RubricsSql(c).find(call.project_id, name, version))
    if row is None:
        which = f'"{name}"' if version is None else f'"{name}" in version {version}'
        raise InvalidConfig(f"There is no rubric {which}. Make it first.", place="rubric")
    return row.version


def _check_modes(call: Call, plugin: str, live: Live, after: bool) -> None:
    if call.workspace.registry.judges.get(plugin).compares and (live != "off" or after):
        raise InvalidConfig("A judge that compares two answers cannot look at single ones.", place="live")


def _check_name(call: Call, name: str) -> None:
    if not re.match(NAME_PATTERN, name):
        raise InvalidConfig(
            f'"{name}" is no valid name: start with a letter, then letters, digits, "_" or "-", 64 at most.', place="name"
        )
    if any(row.name == name for row in call.workspace.db.read(lambda c: JudgesSql(c).of(call.project_id))):
        raise Conflict(f'There is a judge named "{name}" already.', place="name")


def _view(call: Call, row: JudgeRow) -> JudgeView:
    plugin: Any = call.workspace.registry.judges.get(row.plugin) if row.plugin in call.workspace.registry.judges else None

    def look(c: Connection) -> JudgeView:
        own = RubricsSql(c).find(row.project_id, row.rubric, row.rubric_version)
        newest = RubricsSql(c).find(row.project_id, row.rubric)
        audits, waiting = AuditSql(c).counts(row.id, own.id if own else 0)
        matched = VerdictsSql(c).matched(row)
        judged, passed = VerdictsSql(c).tally(row)
        return JudgeView(
            row.id, row.name, row.plugin, plugin.title if plugin else row.plugin, bool(plugin and plugin.compares),
            row.question, row.rubric, row.rubric_version, own.id if own else None, newest.version if newest else None,
            row.config, plugin.connections(row.config) if plugin else [], row.live, bool(row.after), row.enabled, audits,
            matched, NEEDED,
            waiting, judged, passed, JudgesSql(c).last_sweep(row), JudgesSql(c).held_up(row),
        )  # fmt: skip

    return call.workspace.db.read(look)
