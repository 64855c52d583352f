"""The assistant in the workbench: what it offers, and one exchange as a stream (Server-Sent Events). It proposes only."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import Any

import msgspec
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from milo.api.endpoint import Call, endpoint
from milo.domain.errors import Forbidden, Invalid, MiloError, NotFound
from milo.domain.ids import project_of
from milo.domain.policy import AssistKind
from milo.flow.assist import Wish
from milo.flow.ports.work import ANSWERED, LENT, Held
from milo.flow.reach import listed
from milo.flow.visible import Sight, show_for, suggestions_leave
from milo.infra.assisting import Event, Exchange, offered
from milo.infra.sql.assist import AssistSql
from milo.infra.sql.database import Connection
from milo.infra.sql.look import Look, with_plant
from milo.infra.sql.work import WorkSql
from milo.infra.studies import offered as offered_in
from milo.kinds.task_type import TaskType

_PING_SECONDS = 15.0
_NOT_HERE = "The assistant is not available for this item."


class AssistantView(msgspec.Struct):
    """Whether the project has an assistant, and what it offers by question. `reason` says why there is none."""

    available: bool
    connection: str | None
    offers: dict[str, list[str]]
    reason: str = ""


class Asked(msgspec.Struct):
    """A wish. `draft`: the caller's own answer so far; `suggestion`: the id of the suggestion to explain; `text`: what the
    caller wrote."""

    kind: AssistKind
    question: str
    draft: Any = None
    text: str = ""
    suggestion: int | None = None


class NotAvailable(msgspec.Struct):
    """What is answered instead of a stream where there is no assistant for an item."""

    available: bool
    reason: str


class Taken(msgspec.Struct):
    """Noted."""

    ok: bool = True


@endpoint("GET", "/projects/{p}/assistant", "work.lease", reply=AssistantView)
def get_assistant(call: Call) -> AssistantView:
    """What the project's assistant offers, by question. The same for every item, so that it tells nothing about one; in a
    study, what the block's arm has."""
    spec = call.workspace.projects.get(call.project_id).spec
    policy = spec.policy.assistant
    if policy.connection is None:
        return AssistantView(False, None, {}, "This project has no assistant yet.")
    try:
        row = call.workspace.gateway.connection(policy.connection)
    except MiloError as error:
        return AssistantView(False, policy.connection, {}, error.message)
    if not listed(spec.policy.data.models, row.name, row.local):
        return AssistantView(False, row.name, {}, f'The project\'s rules keep its data from the model "{row.name}".')
    part = call.workspace.db.read(lambda c: call.workspace.studies.sight_of_block(c, call.project_id, call.actor.user_id))
    if part is not None and not part.assistant:
        return AssistantView(False, row.name, {}, "There is no assistant in this block.")
    return AssistantView(True, row.name, {q.name: offered(spec.policy, q, part) for q in spec.questions})


@endpoint(
    "POST", "/projects/{p}/items/{i}/assist", "work.submit", body=Asked, reply=NotAvailable, media_type="text/event-stream"
)
async def ask_assistant(call: Call) -> Any:
    """Ask about an item that is lent to the caller. Events: `text`, `draft` and `quote` as they come, `proposal` with a checked
    answer, `again` where the model is asked once more, `unproven`, `error`, and `done` with the id of the exchange. Closing the
    request ends the call. On an item without assistant the answer is JSON: {"available": false}."""
    workspace, loop = call.workspace, asyncio.get_running_loop()

    def look(c: Connection) -> tuple[Held, Wish, Sight | None]:
        sight = workspace.studies.gate(c, call.project_id, call.actor.user_id, call.params["i"])
        return *_wish(c, call, sight), sight

    held, wish, sight = await asyncio.wrap_future(workspace.db.read_later(look))
    if held.blind or (sight is not None and not sight.assistant):
        return NotAvailable(False, _NOT_HERE)
    project = workspace.projects.get(call.project_id)
    exchange = Exchange(workspace, project, call.params["i"], call.actor.user_id, call.body.question, wish, sight)
    await loop.run_in_executor(workspace.db.pool, exchange.prepare)
    return _EventStream(
        _lines(exchange.events()),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@endpoint("POST", "/projects/{p}/assist/{t}/taken", "work.submit", reply=Taken)
def take_proposal(call: Call) -> Taken:
    """Note that the caller took what the assistant proposed. The answer itself comes with the submission, like any other."""
    turn, user_id = call.params["t"], call.actor.user_id
    if not call.workspace.db.write(lambda c: AssistSql(c).taken(call.project_id, user_id, turn)):
        raise NotFound(f"There is no exchange {turn} of yours in this project.", place="t")
    return Taken()


def _wish(c: Connection, call: Call, sight: Sight | None) -> tuple[Held, Wish]:
    """The caller's standing and wish. Raises NotFound, Forbidden unless the item is theirs or they may see all."""
    given, item_id = call.body, call.params["i"]
    held = WorkSql(c).standing(item_id, call.actor.user_id) if project_of(item_id) == call.project_id else None
    if held is None:
        raise NotFound(f"There is no item {item_id} in this project.", place="i")
    if held.state not in (LENT, ANSWERED) and not call.may("item.list"):
        raise Forbidden("The assistant helps with items that are lent to you. Open the item first.")
    draft = _checked(call, given) if given.draft is not None else None
    suggestion = None if held.blind or given.suggestion is None else _suggestion(c, call, given, sight)
    return held, Wish(given.kind, draft, suggestion, given.text)


def _checked(call: Call, given: Asked) -> Any:
    """The draft, if its form is right; an unfinished one that is not is passed on only where it is text."""
    question = call.workspace.projects.get(call.project_id).schema.get(given.question)
    task: TaskType = call.workspace.task_types[question.type]
    if isinstance(given.draft, str) and question.shape == "text":
        return given.draft
    return task.check(question, given.draft, None)


def _suggestion(c: Connection, call: Call, given: Asked, sight: Sight | None) -> dict[str, Any]:
    spec = call.workspace.projects.get(call.project_id).spec
    question = next((q for q in spec.questions if q.name == given.question), None)
    if question is not None and suggestions_leave(False, show_for(spec.policy, question, sight)):
        item, user = call.params["i"], call.actor.user_id
        if sight is None:
            live = with_plant(c, Look(c).suggestions(item), item, user, {question.name})
        else:
            live = offered_in(spec.policy, sight.arm, sight.offered)
        for one in live:
            if one.id == given.suggestion and one.question == given.question:
                value = msgspec.json.decode(one.value)
                return {"value": value, "source": one.source, "confidence": one.score, "reason": one.reason}
    raise Invalid("There is no such suggestion on this item.", place="suggestion")


async def _lines(events: AsyncGenerator[Event, None]) -> AsyncGenerator[bytes, None]:
    """Events as lines of a stream, with a sign of life while the model is silent."""
    waiting: asyncio.Future[Event] | None = None
    try:
        while True:
            waiting = waiting or asyncio.ensure_future(anext(events))
            done, _ = await asyncio.wait({waiting}, timeout=_PING_SECONDS)
            if not done:
                yield b": waiting\n\n"
                continue
            try:
                event = waiting.result()
            except StopAsyncIteration:
                return
            except MiloError as error:
                event = Event("error", {"code": type(error).__name__, "message": error.message, "place": error.place})
            waiting = None
            yield b"event: " + event.name.encode() + b"\ndata: " + msgspec.json.encode(event.data) + b"\n\n"
    finally:
        if waiting is not None and not waiting.done():
            waiting.cancel()
            with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
                await waiting
        await events.aclose()


class _EventStream(StreamingResponse):
    """A stream whose source is closed at once when the caller goes, not when memory is tidied up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send, and close the source whatever happens."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            source: Any = self.body_iterator
            await source.aclose()
