"""Has connected models write the candidates of an item while people work, and keeps them with the item.

Stands alone because several people, tabs and reloads may want the same candidates at once, and each answer must be asked for
and paid for once. What was answered is stored as it comes: after a failure, a stop or a crash only what is missing is asked.
Nothing is shown before all have answered, since the one that comes first would be told by its speed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Literal

import msgspec

from milo.domain.candidates import Contender, Live, live_of
from milo.domain.errors import (
    BadAnswer,
    BudgetSpent,
    Conflict,
    Invalid,
    MiloError,
    ModelTrouble,
    NotFound,
    RateLimited,
    RuleForbids,
)
from milo.domain.project import Project
from milo.domain.question import Question
from milo.flow import contest
from milo.flow.contest import Made
from milo.infra.calls import CallFor
from milo.infra.showing import Showing
from milo.infra.sql.contest import ContestSql, Took
from milo.infra.sql.database import ANSWERS, Connection
from milo.infra.sql.work import WorkSql
from milo.kinds.provider import Message, Request

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

StateName = Literal["ready", "making", "failed", "refused", "spent"]
Key = tuple[int, str]


class Standing(msgspec.Struct, frozen=True):
    """How far the candidates of an item are. `ready`: all are there; `making`: models are writing; `failed`: a model did not
    answer, trying again may help; `refused`: a rule or the set-up forbids it; `spent`: a budget is used up. `turns`: how many
    all answered; `follow_ups`: how many more a person may write. `detail`: the trouble in full, which may name a model."""

    state: StateName
    turns: int = 0
    follow_ups: int = 0
    message: str = ""
    detail: str = ""
    place: str | None = None


class Contesting:
    """The live comparisons of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.ws = workspace
        self._making: dict[Key, asyncio.Task[Standing]] = {}
        """By item and question; touched on the gateway's loop only."""

    def start(
        self, project: Project, question: Question, item_id: int, user_id: int, follow_up: str | None = None
    ) -> Future[Standing]:
        """Have the candidates made, or join whoever is at it; resolves when they are there or it cannot be. `follow_up`: the
        person writes on and all answer again. Raises Conflict, NotFound or Invalid (by the future) for what cannot be asked."""
        return self.ws.gateway.run(self._join(project, question, item_id, user_id, follow_up))

    async def _join(self, project: Project, question: Question, item_id: int, user_id: int, follow_up: str | None) -> Standing:
        key = (item_id, question.name)
        running = self._making.get(key)
        if running is not None and follow_up is None:
            return await asyncio.shield(running)
        if running is not None:
            raise Conflict("The models are still writing. Wait for their answers, then write on.", place="text")
        task = asyncio.ensure_future(_Making(self.ws, project, question, item_id, user_id, follow_up).go())
        self._making[key] = task
        task.add_done_callback(lambda done: self._making.pop(key, None) if self._making.get(key) is done else None)
        return await asyncio.shield(task)


class _Making:
    """One round: the opening answers of an item, or those to what a person wrote on."""

    def __init__(
        self, workspace: Workspace, project: Project, question: Question, item_id: int, user_id: int, follow_up: str | None
    ) -> None:
        self.ws, self.project, self.question, self.item_id, self.user_id = workspace, project, question, item_id, user_id
        self.live = _live(question)
        self.follow_up = None if follow_up is None else contest.checked_words(follow_up)
        self.writers = contest.drawn(self.live, item_id, question.name)
        self.turn = 0

    async def go(self) -> Standing:
        """Ask what is missing, keep what comes, and fill the item's field when all are there."""
        try:
            waiting = await asyncio.to_thread(self._prepare)
        except (RuleForbids, BudgetSpent, ModelTrouble) as error:
            return self._told(error)
        except (Invalid, NotFound, Conflict) as error:
            if self.follow_up is not None:
                raise
            return self._told(error)
        found = await asyncio.gather(
            *(self._ask(place, request, call) for place, request, call in waiting), return_exceptions=True
        )
        trouble = [error for error in found if isinstance(error, BaseException)]
        for error in trouble:
            if not isinstance(error, MiloError):
                raise error
        if trouble:
            worst = min(trouble, key=lambda error: isinstance(error, ModelTrouble))
            assert isinstance(worst, MiloError)
            return self._told(worst)
        return await self.ws.db.write_through(self._fill, ANSWERS)

    def _prepare(self) -> list[tuple[int, Request, CallFor]]:
        """The requests of those that have not answered yet. Raises what the rules and the set-up say."""
        data, made = self.ws.db.read(
            lambda c: (ContestSql(c).content(self.item_id), ContestSql(c).made(self.item_id, self.question.name))
        )
        if data is None:
            raise NotFound(f"There is no item {self.item_id} in this project.", place="i")
        if data.get(self.question.field or "") and not made:
            if self.follow_up is not None:
                raise Conflict("These answers came with the data; there is no model to write on with.", place="text")
            return []
        turns = contest.whole_turns(made, self.live.draw)
        self._continue(made, turns)
        there = {one.place for one in made if one.turn == self.turn}
        missing = [place for place in range(self.live.draw) if place not in there]
        names = [self.writers[place].connection for place in missing]
        budget = self.ws.gateway.budgets.of(self.project, "candidates", self.user_id, names)
        out: list[tuple[int, Request, CallFor]] = []
        for place in missing:
            writer = self.writers[place]
            request, fields = self._request(writer, place, made)
            call = CallFor("candidates", self.project, self.item_id, None, self.user_id, fields, cache=False, budget=budget)
            out.append((place, request, call))
        return out

    def _continue(self, made: list[Made], turns: int) -> None:
        """Which turn is asked for. One that was begun with the person's words and not finished goes on with the same words."""
        begun = next((one for one in made if one.turn == turns), None)
        if self.follow_up is None:
            self.turn = turns if begun is not None or not turns else turns - 1
            if begun is not None and begun.turn:
                self.follow_up = str(begun.asked[-1]["content"])
            return
        if not turns:
            raise Conflict("There are no answers yet to write on to.", place="text")
        if turns - 1 >= self.live.follow_ups:
            raise Conflict(
                f"At most {self.live.follow_ups} follow-ups can be written for an item of this project.", place="text"
            )
        words = begun.asked[-1]["content"] if begun is not None else self.follow_up
        if words != self.follow_up:
            raise Conflict("The last follow-up is not answered by all yet. Try that one again first.", place="text")
        settled = self.ws.db.read(lambda c: _settled(c, self.item_id, self.question.name, self.user_id))
        if settled is not None:
            raise Conflict(settled, place="text")
        self.turn = turns

    def _request(self, writer: Contender, place: int, made: Sequence[Made]) -> tuple[Request, tuple[str, ...]]:
        showing = Showing(self.ws, self.project, [writer.connection], contest.fields_in(self.live, writer))
        thread = [one for one in made if one.place == place and one.turn < self.turn]
        before: Sequence[Message] = contest.opening(self.live, writer, showing.shown(self.item_id), showing.fields)
        return contest.request_for(self.live, writer, before, thread, self.follow_up or ""), showing.names

    async def _ask(self, place: int, request: Request, call: CallFor) -> None:
        writer = self.writers[place]
        reply = await self.ws.gateway.complete(writer.connection, request, call)
        if not reply.text.strip():
            raise BadAnswer(f'The model "{writer.connection}" answered with nothing.')
        asked = contest.told(request.messages[-1:] if self.turn else request.messages)
        made = Made(
            self.turn, place, writer.name, writer.connection, reply.model, asked, reply.text.strip(), reply.finish == "length"
        )
        took = Took(reply.usage.input, reply.usage.output, reply.cost, reply.seconds)
        now = self.ws.clock()
        self.ws.gateway.write_ledger(ANSWERS)  # a stored answer has its line, whenever the process dies
        await self.ws.db.write_through(
            lambda c: ContestSql(c).add(self.item_id, self.question.name, made, took, self.user_id, now), ANSWERS
        )

    def _fill(self, c: Connection) -> Standing:
        """Put the candidates into the item, if that is not done already."""
        port, field = ContestSql(c), self.question.field or ""
        made = port.made(self.item_id, self.question.name)
        turns = contest.whole_turns(made, self.live.draw)
        if not made:
            return Standing("ready", 1, 0)
        entries = contest.entries([one for one in made if one.turn < turns])
        if (port.content(self.item_id) or {}).get(field) != entries:
            now = self.ws.clock()
            port.fill(self.item_id, field, entries, now)
            facts = {"question": self.question.name, "turn": turns - 1, "models": [one.writer for one in made if not one.turn]}
            WorkSql(c).log(self.project.id, self.item_id, self.user_id, "candidates", msgspec.json.encode(facts), now)
        settled = _settled(c, self.item_id, self.question.name, self.user_id) is not None
        return Standing("ready", turns, 0 if settled else max(0, self.live.follow_ups - turns + 1))

    def _told(self, error: MiloError) -> Standing:
        """The trouble in words that name no model, and in full."""
        if isinstance(error, BudgetSpent):
            return Standing("spent", message=error.message, detail=error.message, place=error.place)
        if isinstance(error, RuleForbids):
            message = "A rule of this project keeps the item from one of the models, so that there is nothing to compare."
            return Standing("refused", message=message, detail=error.message, place=error.place)
        if isinstance(error, ModelTrouble):
            message = (
                "One of the models has too much to do right now." if isinstance(error, RateLimited)
                else "One of the models gave no answer that can be used." if isinstance(error, BadAnswer)
                else "One of the models did not answer."
            )  # fmt: skip
            return Standing("failed", message=message, detail=error.message, place=error.place)
        message = "The models cannot be asked about this item."
        return Standing("refused", message=message, detail=error.message, place=error.place)


def _live(question: Question) -> Live:
    live = live_of(question)
    if live is None:
        raise Conflict(f'The answers that "{question.name}" compares come with the data; none are made.', place="question")
    return live


def _settled(c: Connection, item_id: int, question: str, user_id: int) -> str | None:
    """Why nobody may write on to the candidates of an item any more; None where they may."""
    port = ContestSql(c)
    if port.answered(item_id, question):
        return "Somebody has compared these answers already; writing on would change what they saw."
    if port.others(item_id, user_id):
        return "Somebody else has this item in hand; writing on would change what they see."
    return None
