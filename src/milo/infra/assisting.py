"""The assistant at work: asks the connected model, hands its words on as they come, and keeps a record of the exchange.

Stands alone because an exchange ends in many ways - done, stopped by the person, cut by the server, endless - and each must end
the call upstream and leave one line on record. It reads; nothing here can write an answer.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from milo.domain.errors import BadAnswer, Conflict, InvalidConfig, MiloError, RuleForbids, TooMany
from milo.domain.policy import Policy
from milo.domain.project import Project
from milo.domain.question import Question
from milo.flow.assist import PROPOSING, Wish, asked_again, request_for, value_of
from milo.flow.assist_reading import MAX_ANSWER, FieldOf, Quoting, Words
from milo.flow.guide import Passage, sections_of
from milo.flow.visible import Sight, show_for
from milo.infra.gateway import CallFor
from milo.infra.showing import Showing
from milo.infra.sql.assist import AssistSql, Turn
from milo.kinds.asking import Shown, Task
from milo.kinds.provider import MediaPart, Piece, Request

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

_AT_ONCE = 3
_KEPT = 100_000
_MEDIA = {"image": "images", "audio": "audio", "video": "images", "document": "documents", "application": "documents"}
_running: dict[tuple[int, int], int] = {}
"""Exchanges in flight by workspace and person."""


class Event(msgspec.Struct, frozen=True):
    """One thing that happened: `name` is text, draft, quote, again, proposal, error or done; `data` says what."""

    name: str
    data: dict[str, Any]


class Exchange:
    """One wish of one person about one item. `prepare` before `events`; both once."""

    def __init__(
        self, workspace: Workspace, project: Project, item_id: int, user_id: int, question: str, wish: Wish,
        sight: Sight | None = None,
    ) -> None:  # fmt: skip
        """`sight`: what a study lets the person see. Raises Conflict where the project has no assistant, RuleForbids where it
        does not offer this."""
        self._sight = sight
        self.ws, self.project, self.item_id, self.user_id, self.wish = workspace, project, item_id, user_id, wish
        self.policy = project.spec.policy.assistant
        if self.policy.connection is None:
            raise Conflict("This project has no assistant. A manager can set one up in the project's settings.")
        self.connection = self.policy.connection
        self.question = project.schema.get(question)
        self._refuse_other()
        self._answered: list[str] = []
        self._proposal: str | None = None
        self._first: float | None = None
        self._began = time.monotonic()
        self._over = False

    def prepare(self) -> None:
        """Gather what the model may see, and write the request. Blocks on pictures. Raises what the rules say."""
        showing = Showing(self.ws, self.project, [self.connection], self.policy.fields)
        self._refuse_unseen(showing.names)
        self.task: Task = showing.task(self.question.name)
        self.shown: Shown = self._that_it_can_see(showing.shown(self.item_id))
        self.request: Request = request_for(self.policy, self.task, self.shown, self.wish)
        seen = tuple(name for name in showing.names if name in self.shown.data or name in self.shown.media)
        budget = self.ws.gateway.budgets.of(self.project, "assist", self.user_id, [self.connection])
        self.call = CallFor("assist", self.project, self.item_id, None, self.user_id, seen, cache=False, budget=budget)

    async def events(self) -> AsyncGenerator[Event, None]:
        """What happens, as it happens. Closing it ends the call; the exchange is on record either way."""
        key = (id(self.ws), self.user_id)
        if _running.get(key, 0) >= _AT_ONCE:
            raise TooMany("You are asking the assistant several things at once already. Stop one first.", retry_after=5)
        _running[key] = _running.get(key, 0) + 1
        try:
            async with aclosing(self._answer()) as answer:
                async for event in answer:
                    yield event
            turn = await asyncio.wrap_future(self._record(stopped=False))
            yield Event("done", {"turn": turn, "first": self._first, "seconds": time.monotonic() - self._began})
        finally:
            _running[key] -= 1
            if not _running[key]:
                del _running[key]
            if not self._over:
                self._record(stopped=True)

    async def _answer(self) -> AsyncGenerator[Event, None]:
        reading = self._draft() if self.wish.kind in PROPOSING else self._words()
        try:
            async with aclosing(reading) as events:
                async for event in events:
                    yield event
        except MiloError as error:
            yield Event("error", {"code": type(error).__name__, "message": error.message, "place": error.place})

    async def _words(self) -> AsyncGenerator[Event, None]:
        quoting = Quoting(sections_of(self.task.guidelines, self.question))
        async with aclosing(self._pieces(self.request)) as pieces:
            async for text in pieces:
                for event in quoting.feed(text):
                    yield _said(event)
        for event in quoting.end():
            yield _said(event)
        if quoting.unproven:
            yield Event("unproven", {"count": quoting.unproven})

    async def _draft(self) -> AsyncGenerator[Event, None]:
        open_answer = self.question.shape == "text"
        field, name = FieldOf("answer" if open_answer else "reason"), "draft" if open_answer else "text"
        async with aclosing(self._pieces(self.request)) as pieces:
            with self._unless_endless():
                async for text in pieces:
                    if said := field.feed(text):
                        yield Event(name, {"text": said})
        raw = "".join(self._answered)
        try:
            value, reason = value_of(self.task, self.shown, raw)
        except BadAnswer as error:
            yield Event("again", {"message": error.message})
            value, reason = await self._once_more(raw, error)
        self._proposal = msgspec.json.encode({"value": value, "reason": reason}).decode()
        yield Event("proposal", {"question": self.question.name, "value": value, "reason": reason})

    async def _once_more(self, raw: str, error: BadAnswer) -> tuple[Any, str]:
        self._answered = []
        async with aclosing(self._pieces(asked_again(self.request, raw, error.message))) as pieces:
            with self._unless_endless():
                async for _ in pieces:
                    pass
        try:
            return value_of(self.task, self.shown, "".join(self._answered), last=True)
        except BadAnswer as second:
            message = f"The model's answer cannot be used, and neither could its second one: {second.message}"
            raise BadAnswer(message, raw=second.raw) from None

    @contextmanager
    def _unless_endless(self) -> Generator[None]:
        """An answer of the wrong form is looked at all the same: it may be an open answer without any form around it."""
        try:
            yield
        except BadAnswer:
            if sum(map(len, self._answered)) > MAX_ANSWER:
                raise

    async def _pieces(self, request: Request) -> AsyncGenerator[str, None]:
        """The text of the answer as it comes; what is endless is left."""
        length = 0
        stream: Any = self.ws.gateway.stream_elsewhere(self.connection, request, self.call)
        async with aclosing(stream) as pieces:
            async for piece in pieces:
                text = _text_of(piece, length)
                if not text:
                    continue
                if self._first is None:
                    self._first = time.monotonic() - self._began
                length += len(text)
                self._answered.append(text)
                if length > MAX_ANSWER:
                    raise BadAnswer(f"The model wrote more than {MAX_ANSWER:,} characters; the call was ended.")
                yield text

    def _record(self, *, stopped: bool) -> Any:
        """Store the exchange; never waits, so that it may be called while everything is being torn down."""
        self._over = True
        said, seconds = "".join(self._answered)[:_KEPT], time.monotonic() - self._began
        turn = Turn(
            self.project.id, self.item_id, self.user_id, self.question.name, self.wish.kind, self.wish.text, said,
            self._proposal, self._first, seconds, stopped, self.ws.clock(),
        )  # fmt: skip
        return self.ws.db.write_later(lambda c: AssistSql(c).add(turn))

    def _refuse_other(self) -> None:
        policy, kind = self.project.spec.policy, self.wish.kind
        if kind not in offered(policy, self.question, self._sight):
            raise RuleForbids(
                f'The assistant does not offer "{kind}" for this question (rule policy.assistant.offers, or policy.show).',
                place="policy.assistant.offers",
            )
        own_first = show_for(policy, self.question, self._sight) == "after_first_answer"
        if own_first and kind in ("draft", "explain") and self.wish.draft in (None, "", []):
            raise RuleForbids("Give your own first answer; then the assistant may help with it.", place="policy.show")

    def _refuse_unseen(self, names: tuple[str, ...]) -> None:
        field = self.question.field
        if self.wish.kind in PROPOSING and field is not None and field not in names:
            raise RuleForbids(
                f'The assistant may not see the field "{field}", which this question marks, so it cannot draft an answer '
                f"(rule policy.data.fields.{field} or policy.assistant.fields).",
                place=f"policy.data.fields.{field}",
            )

    def _that_it_can_see(self, shown: Shown) -> Shown:
        """Without the media that the model was tried on and cannot take; if nothing remains to draft from, that is said."""
        probe = self.ws.gateway.connection(self.connection).probe or {}
        abilities = probe.get("abilities", probe)
        blind_to = {kind for kind, ability in _MEDIA.items() if abilities.get(ability) is False}
        media = {name: [p for p in parts if _kind(p) not in blind_to] for name, parts in shown.media.items()}
        media = {name: parts for name, parts in media.items() if parts}
        lost = [name for name in shown.media if name not in media]
        if lost and self.wish.kind in PROPOSING and (not shown.data or self.question.field in lost):
            raise InvalidConfig(
                f'The connected model "{self.connection}" cannot take what the field "{lost[0]}" holds. Connect one that can.',
                place="policy.assistant.connection",
            )
        return Shown(shown.item, shown.data, media)


def offered(policy: Policy, question: Question, sight: Sight | None = None) -> list[str]:
    """What the assistant offers for a question. Where suggestions are hidden, it neither drafts nor explains one; in the arm
    of a study that has the assistant, it drafts all the same."""
    hidden = show_for(policy, question, sight) == "hidden"
    withheld = ("draft", "explain") if sight is None else ("explain",)
    return [
        kind
        for kind in policy.assistant.offers
        if not (hidden and kind in withheld) and not (kind == "rewrite" and question.shape != "text")
    ]


def _kind(part: MediaPart) -> str:
    return part.mime.partition("/")[0]


def _text_of(piece: Piece, length: int) -> str:
    """The new text of a piece; a server that does not stream sends all of it with the last."""
    if piece.text or piece.reply is None or length:
        return piece.text
    return piece.reply.text


def _said(event: Words | Passage) -> Event:
    if isinstance(event, Words):
        return Event("text", {"text": event.text})
    return Event("quote", {"text": event.text, "heading": event.heading})
