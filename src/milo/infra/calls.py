"""One call of a model: on whose behalf it is made, and its line in the ledger."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Literal

import msgspec

from milo.domain.errors import BadAnswer, MiloError, ModelRefused
from milo.domain.project import Project
from milo.infra.ledger import Ledger
from milo.infra.providers.budget import Purse, may_cost
from milo.infra.providers.counting import Worst, cost_of, likely_tokens, worst_case
from milo.infra.providers.opening import Opened
from milo.infra.providers.recording import without_media
from milo.infra.sql.connections import CallRow
from milo.kinds.provider import SAYS, Reply, Request, Usage, without_key

Purpose = Literal["preannotate", "assist", "candidates", "judge", "compare", "probe"]
log = logging.getLogger("milo")


class CallFor(msgspec.Struct, frozen=True):
    """On whose behalf a call is made, and about what. `fields` are the item's fields whose content is in the request; `cache`:
    a kept answer will do; `budget`: what the call may take."""

    purpose: Purpose
    project: Project | None = None
    item_id: int | None = None
    run_id: int | None = None
    user_id: int | None = None
    fields: tuple[str, ...] = ()
    cache: bool = True
    budget: Purse | None = None


class Note:
    """The line that a call will leave in the ledger: once it is over, and where it says so, before it is sent."""

    __slots__ = ("_began", "_call", "_done", "_ledger", "_letters", "_masked", "_now", "_opened", "id", "request_hash", "sent")

    def __init__(
        self, ledger: Ledger, opened: Opened, call: CallFor, sent: Request, request_hash: bytes, masked: int, now: float
    ) -> None:
        self._ledger, self._opened, self._call = ledger, opened, call
        self.sent, self.request_hash, self._masked = sent, request_hash, masked
        self._now, self._began = now, time.monotonic()
        self._letters, self._done = 0, False
        self.id = ledger.new_id()

    async def begin(self) -> None:
        """Put on disk, before anything is sent, that this call may be: with its worst case, until it is known what it took."""
        worst, call, opened = worst_case(self.sent, self._opened.prices), self._call, self._opened
        most = self.sent.max_tokens
        await self._ledger.begin(
            CallRow(
                self._now, opened.row.id, opened.row.model, call.purpose, "open", call.project.id if call.project else None,
                call.item_id, call.run_id, call.user_id, call.fields, self.request_hash, None, worst.tokens - most, most,
                worst.money, masked=self._masked, id=self.id,
            )
        )  # fmt: skip

    def lost(self, worst: Worst, why: str) -> None:
        """Write the line of what may have been sent, and of which nobody will know what it took: its worst case counts."""
        self._done = True
        call, opened = self._call, self._opened
        self._ledger.note(
            CallRow(
                self._now, opened.row.id, opened.row.model, call.purpose, "lost", call.project.id if call.project else None,
                call.item_id, call.run_id, call.user_id, call.fields, self.request_hash, why, worst.tokens - worst.output,
                worst.output, worst.money, masked=self._masked, id=self.id,
            )
        )  # fmt: skip

    def heard(self, text: str) -> None:
        """A piece of a stream came."""
        self._letters += len(text)

    def write(self, reply: Reply | None, error: MiloError | None, state: str | None = None) -> None:
        """Write the line. Of a call that gave no reply, what went in and had come out is counted roughly."""
        if self._done:
            return
        self._done = True
        call, opened = self._call, self._opened
        begun = reply is None and (self._letters > 0 or state == "stopped" or (error is not None and may_cost(error)))
        guess = Usage(likely_tokens(self.sent, opened.prices.image_tokens), self._letters // 4) if begun else Usage()
        usage = reply.usage if reply else guess
        self._ledger.note(
            CallRow(
                self._now, opened.row.id, (reply.model if reply else "") or opened.row.model, call.purpose,
                state or ("failed" if error else "done"), call.project.id if call.project else None, call.item_id, call.run_id,
                call.user_id, call.fields, self.request_hash, self._told(error),
                usage.input, usage.output, reply.cost if reply else cost_of(guess, opened.prices) if begun else None,
                bool(reply and reply.from_cache), self._masked, time.monotonic() - self._began, self._content(reply), self.id,
            )
        )  # fmt: skip

    def failed(self, error: BaseException) -> BaseException:
        """Write the line of a call that failed or was given up; the error to raise, with no key in it."""
        if isinstance(error, asyncio.CancelledError | GeneratorExit | KeyboardInterrupt | SystemExit):
            self.stopped()
            return error
        clean = as_milo_error(error, self._opened.row.plugin, self._opened.key)
        self.write(None, clean)
        return clean

    def stopped(self) -> None:
        """Write the line of a call that somebody gave up."""
        self.write(None, None, "stopped")

    def _told(self, error: MiloError | None) -> str | None:
        """What went wrong; a server's own words may quote what it was sent, and are content."""
        if error is None or self._keeps_content() or self._call.project is None:
            return error.message if error else None
        return error.message.split(SAYS, 1)[0]

    def _keeps_content(self) -> bool:
        project = self._call.project
        return project is not None and project.spec.policy.data.keep_content

    def _content(self, reply: Reply | None) -> str | None:
        if not self._keeps_content():
            return None
        told = {"request": without_media(self.sent), "reply": reply.text if reply else None}
        return msgspec.json.encode(told).decode()


def as_milo_error(error: BaseException, plugin: str, key: str | None) -> MiloError:
    """The error with the key taken out of all its texts. What a plug-in raises by mistake is told as its fault."""
    if not isinstance(error, MiloError):
        said = without_key(f"{type(error).__name__}: {error}", key)[:400]
        log.error('The provider "%s" failed: %s', plugin, said)
        return ModelRefused(f'The provider "{plugin}" failed ({said}). This is a fault of the plug-in.')
    message = without_key(error.message, key)
    if message != error.message:
        error.message = message
        error.args = (message,)
    if isinstance(error, BadAnswer):
        error.raw = without_key(error.raw, key)
    error.__cause__ = None
    error.__suppress_context__ = True
    return error
