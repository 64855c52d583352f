"""First answers, given before a suggestion or advice was seen, and how often a model mended or spoiled one."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.domain.errors import Forbidden, InvalidValue, NotFound
from milo.domain.ids import project_of
from milo.flow.ports.work import ANSWERED, EXPIRED, LENT
from milo.flow.second_thoughts import Cause, Changed, Changes, Outcome, Thought, change, changes
from milo.infra.sql.database import ANSWERS, Connection
from milo.infra.sql.first_answers import FirstAnswersSql
from milo.infra.sql.work import WorkSql

_MOST = 500


class FirstAnswer(msgspec.Struct):
    """What the caller answered before any suggestion for the question was on the screen."""

    question: str
    value: Any


class Kept(msgspec.Struct):
    """Whether this is the first one; an earlier one stays."""

    first: bool


class ChangedQuery(msgspec.Struct):
    """Which changed answers: to a question, after a suggestion or after advice, with which outcome."""

    question: str | None = None
    cause: Cause | None = None
    outcome: Outcome | None = None
    limit: int = 100


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
    """By question: how many answers changed after a suggestion was seen, and how many became right or wrong by it; the same for
    advice of judges, where some was given."""
    project, thoughts = call.workspace.projects.get(call.project_id), _thoughts(call)
    types = call.workspace.task_types
    found = [changes(q, types[q.type], thoughts, cause) for q in project.spec.questions for cause in ("suggestion", "advice")]
    return [one for one in found if one.cause == "suggestion" or one.n]


@endpoint("GET", "/projects/{p}/second-thoughts/answers", "quality.view", query=ChangedQuery, reply=list[Changed])
def list_changed_answers(call: Call) -> list[Changed]:
    """The answers that changed after a suggestion or advice was seen, newest items first."""
    asked: ChangedQuery = call.query
    questions = {q.name: q for q in call.workspace.projects.get(call.project_id).spec.questions}
    out: list[Changed] = []
    for one in _thoughts(call):
        question = questions.get(one.question)
        if question is None or one.question != (asked.question or one.question) or one.cause != (asked.cause or one.cause):
            continue
        found = change(question, call.workspace.task_types[question.type], one)
        if found is not None and found.outcome == (asked.outcome or found.outcome):
            out.append(found)
        if len(out) >= max(1, min(asked.limit, _MOST)):
            break
    return out


def _thoughts(call: Call) -> list[Thought]:
    def look(c: Connection) -> list[Thought]:
        found = FirstAnswersSql(c)
        return [*found.thoughts(call.project_id), *found.advised(call.project_id)]

    return sorted(call.workspace.db.read(look), key=lambda one: -one.item_id)
