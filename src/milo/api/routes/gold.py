"""Gold: made from answers or by hand, listed, taken back; the first round, and what a person was checked with."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.domain.errors import NotFound
from milo.domain.ids import project_of
from milo.flow.checks import QualificationView, Weaving
from milo.flow.gold import GoldRow, make_gold
from milo.infra.sql.checks import ChecksSql
from milo.infra.sql.database import Connection
from milo.infra.sql.gold import GoldSql
from milo.infra.sql.work import WorkSql

_MOST = 500


class MakeGold(msgspec.Struct):
    """Say what is right of an item: `values` by question, or `annotations` whose values are right."""

    item_id: int
    values: dict[str, Any] = {}
    annotations: list[int] = []


class GoldMade(msgspec.Struct):
    """The ids of the gold annotations."""

    annotations: list[int]


class GoldQuery(msgspec.Struct):
    """Gold of one question, a page of `limit` from `offset` on."""

    question: str
    limit: int = 100
    offset: int = 0


class DropGoldQuery(msgspec.Struct):
    """Only of this question; of all without it."""

    question: str | None = None


class GoldReply(msgspec.Struct):
    """A page of gold; `total` items have it, `clean` of them without a suggestion in sight when it was made."""

    rows: list[GoldRow]
    total: int
    clean: int


class CheckView(msgspec.Struct):
    """A planted wrong suggestion that the caller has answered: what was shown, what is right, whether it was caught."""

    id: int
    item_id: int
    question: str
    shown: Any
    truth: Any
    caught: bool
    at: float


class Told(msgspec.Struct):
    """It was done."""

    ok: bool = True


@endpoint("GET", "/projects/{p}/gold", "quality.view", query=GoldQuery, reply=GoldReply)
def list_gold(call: Call) -> GoldReply:
    """Gold of a question, with the agreement of people's answers beside it."""
    given: GoldQuery = call.query
    question = call.workspace.projects.get(call.project_id).schema.get(given.question)
    task = call.workspace.task_types[question.type]

    def look(c: Connection) -> GoldReply:
        gold = GoldSql(c)
        rows = gold.listing(
            call.project_id, question.name, lambda a, b: task.agreement(question, a, b),
            max(0, min(given.limit, _MOST)), max(0, min(given.offset, 2**53)),
        )  # fmt: skip
        return GoldReply(rows, *gold.count(call.project_id, question.name))

    return call.workspace.db.read(look)


@endpoint("POST", "/projects/{p}/gold", "quality.audit", body=MakeGold, reply=GoldMade)
def add_gold(call: Call) -> GoldMade:
    """Make gold of an item, in place of what was gold before. Made with a suggestion in sight, it tests no model."""
    project, given, now = call.workspace.projects.get(call.project_id), call.body, call.workspace.clock()

    def change(c: Connection) -> list[int]:
        tasks, user_id = call.workspace.task_types, call.actor.user_id
        ids = make_gold(GoldSql(c), tasks, project, user_id, given.item_id, given.values, given.annotations, now)
        WorkSql(c).log(project.id, given.item_id, call.actor.user_id, "gold", msgspec.json.encode({"annotations": ids}), now)
        return ids

    made = GoldMade(call.workspace.db.write(change))
    call.workspace.bus.publish(project.id, "item")
    return made


@endpoint("DELETE", "/projects/{p}/items/{i}/gold", "quality.audit", query=DropGoldQuery, reply=Told)
def drop_gold(call: Call) -> Told:
    """Take the gold of an item back; it stays on record."""
    item_id = call.params["i"]

    def change(c: Connection) -> int:
        dropped = GoldSql(c).drop(item_id, call.query.question) if project_of(item_id) == call.project_id else 0
        if dropped:
            WorkSql(c).log(call.project_id, item_id, call.actor.user_id, "gold dropped", None, call.workspace.clock())
        return dropped

    if not call.workspace.db.write(change):
        raise NotFound(f"Item {item_id} has no gold here.", place="i")
    call.workspace.bus.publish(call.project_id, "item")
    return Told()


@endpoint("GET", "/projects/{p}/qualification", "work.lease", reply=QualificationView)
def get_qualification(call: Call) -> QualificationView:
    """Where the caller stands in the qualification, with feedback as far as the policy gives it."""
    project, user_id = call.workspace.projects.get(call.project_id), call.actor.user_id
    if call.may("quality.view"):
        return QualificationView("none", 0, 0, 1, None, project.spec.policy.qualification.pass_mark, [])

    def look(c: Connection) -> QualificationView:
        return Weaving(ChecksSql(c), call.workspace.task_types, project, user_id, call.workspace.clock()).view()

    return call.workspace.db.read(look)


@endpoint("POST", "/projects/{p}/qualification/{user}/again", "project.members", reply=Told)
def repeat_qualification(call: Call) -> Told:
    """Give a person another round."""
    user_id = call.params["user"]

    def change(c: Connection) -> bool:
        checks = ChecksSql(c)
        found = checks.rounds(call.project_id, user_id)
        if found is None or found.state == "open":
            return False
        checks.begin_round(call.project_id, user_id, found.round + 1, call.workspace.clock())
        return True

    if not call.workspace.db.write(change):
        raise NotFound("This person has no round that is over.", place="user")
    return Told()


@endpoint("GET", "/projects/{p}/checks/mine", "work.lease", reply=list[CheckView])
def list_my_checks(call: Call) -> list[CheckView]:
    """Planted wrong suggestions that the caller has answered and was not told of yet; nothing where the policy tells nobody."""
    if call.workspace.projects.get(call.project_id).spec.policy.planted_tell == "never":
        return []
    found = call.workspace.db.read(lambda c: ChecksSql(c).plants(call.project_id, call.actor.user_id, untold=True))
    return [
        CheckView(p.id, p.item_id, p.question, p.shown.value, p.truth, p.outcome == "caught", p.answered_at or 0.0)
        for p in found
    ]


@endpoint("POST", "/projects/{p}/checks/{c}/told", "work.lease", reply=Told)
def check_told(call: Call) -> Told:
    """The caller has read about a planted suggestion."""
    now = call.workspace.clock()
    if not call.workspace.db.write(lambda c: ChecksSql(c).told(call.project_id, call.actor.user_id, call.params["c"], now)):
        raise NotFound(f"There is no check {call.params['c']} of yours.", place="c")
    return Told()
