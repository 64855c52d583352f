"""First answers, given before a suggestion was seen, and how often a suggestion mended or spoiled one."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.domain.errors import Forbidden, InvalidValue, NotFound
from milo.domain.ids import project_of
from milo.flow.ports.work import ANSWERED, EXPIRED, LENT
from milo.flow.second_thoughts import Changes, changes
from milo.infra.sql.database import ANSWERS, Connection
from milo.infra.sql.first_answers import FirstAnswersSql
from milo.infra.sql.work import WorkSql


class FirstAnswer(msgspec.Struct):
    """What the caller answered before any suggestion for the question was on the screen."""

    question: str
    value: Any


class Kept(msgspec.Struct):
    """Whether this is the first one; an earlier one stays."""

    first: bool


@endpoint("POST", "/projects/{p}/items/{i}/first-answer", "work.submit", body=FirstAnswer, reply=Kept)
def keep_first_answer(call: Call) -> Kept:
    """Keep the caller's answer as it was before suggestions appeared. Safe to repeat."""
    workspace, item_id, given = call.workspace, call.params["i"], call.body
    question = workspace.projects.get(call.project_id).schema.get(given.question)
    try:
        value = workspace.task_types[question.type].check(question, given.value, None)
    except InvalidValue as error:
        raise InvalidValue(error.message, place=f"value.{question.name}") from error

    def keep(c: Connection) -> Kept:
        held = WorkSql(c).standing(item_id, call.actor.user_id) if project_of(item_id) == call.project_id else None
        if held is None:
            raise NotFound(f"There is no item {item_id} in this project.", place="i")
        if held.state not in (LENT, ANSWERED, EXPIRED):
            raise Forbidden("This item was never lent to you.")
        encoded = msgspec.json.encode(value)
        return Kept(FirstAnswersSql(c).keep(item_id, call.actor.user_id, question.name, encoded, workspace.clock()))

    return workspace.db.write(keep, ANSWERS)


@endpoint("GET", "/projects/{p}/second-thoughts", "quality.view", reply=list[Changes])
def get_second_thoughts(call: Call) -> list[Changes]:
    """By question: how many answers changed after a suggestion was seen, and how many became right or wrong by it."""
    project = call.workspace.projects.get(call.project_id)
    thoughts = call.workspace.db.read(lambda c: FirstAnswersSql(c).thoughts(project.id))
    return [changes(q, call.workspace.task_types[q.type], thoughts) for q in project.spec.questions]
