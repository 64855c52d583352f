"""Batches of providers, through the same door as single calls: rules, masking, budget, checks, ledger.

A batch lives for hours, so that nothing of it is held in memory: who submitted it gives each request again when the answers are
there, and what was masked is masked once more in the same way.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Protocol, cast

import msgspec

from milo.domain.errors import BadAnswer, MiloError, ModelRefused, Unreachable
from milo.infra.calls import CallFor, as_milo_error
from milo.infra.providers.checking import flaw
from milo.infra.providers.counting import Worst, worst_case
from milo.infra.providers.opening import Opened
from milo.kinds.provider import BatchClient, BatchLine, Request

if TYPE_CHECKING:
    from milo.infra.calls import Note
    from milo.infra.gateway import Prepare


class Door(Protocol):
    """What of the gateway is needed here."""

    prepare: Prepare

    def admit(self, connection: str, call: CallFor) -> Opened:
        """The connection, open, if the rules allow the call."""
        ...

    def release(self, opened: Opened) -> None:
        """A call is over."""
        ...

    def note(self, opened: Opened, call: CallFor, sent: Request, masked: int) -> Note:
        """The line that a call will leave in the ledger."""
        ...


def batches_of(opened: Opened) -> BatchClient:
    """The connection's client for batches. Raises ModelRefused where there are none."""
    if not hasattr(opened.bare, "batch_submit"):
        raise ModelRefused(f'The connected model "{opened.row.name}" has no batches.', sent=False)
    return cast("BatchClient", opened.bare)


async def submit(door: Door, connection: str, requests: Sequence[tuple[str, Request]], call: CallFor) -> str:
    """Leave the requests; the batch's id. Who calls has set the worst case of all of them aside; it is spent by the answers."""
    opened = door.admit(connection, call)
    try:
        client = batches_of(opened)
        sent = [(key, door.prepare(request, opened.row, call)[0]) for key, request in requests]
        return await client.batch_submit(sent)
    except MiloError as error:
        raise as_milo_error(error, opened.row.plugin, opened.key) from None
    finally:
        door.release(opened)


def worst_of(opened: Opened, requests: Sequence[Request]) -> Worst:
    """The most that a batch of these requests can take."""
    worst = [worst_case(request, opened.prices) for request in requests]
    money = None if any(w.money is None for w in worst) else sum(w.money or 0.0 for w in worst) * opened.prices.batch
    return Worst(sum(w.tokens for w in worst), money, sum(w.likely_input for w in worst), sum(w.output for w in worst))


async def results(
    door: Door, connection: str, batch_id: str, call: CallFor, requests: Callable[[str], Request | None]
) -> AsyncIterator[BatchLine]:
    """The answers, each with its line in the ledger; those that nobody waits for any more were paid for all the same."""
    opened = door.admit(connection, call)
    try:
        async for line in batches_of(opened).batch_results(batch_id):
            request = requests(line.key)
            found = _settled(door, opened, call, request or Request(()), line)
            if request is not None:
                yield found
    except MiloError as error:
        raise as_milo_error(error, opened.row.plugin, opened.key) from None
    finally:
        door.release(opened)


def _settled(door: Door, opened: Opened, call: CallFor, request: Request, line: BatchLine) -> BatchLine:
    """One answer, counted, checked, noted and restored."""
    sent, restore = door.prepare(request, opened.row, call)
    note = door.note(opened, call, sent, restore.masked)
    if line.reply is None:
        error = as_milo_error(Unreachable(line.error or "It was not answered."), opened.row.plugin, opened.key)
        note.write(None, error)
        return BatchLine(line.key, error=error.message)
    reply = opened.counted.counted(sent, line.reply, 0.0)
    if reply.cost is not None:
        reply = msgspec.structs.replace(reply, cost=reply.cost * opened.prices.batch)
    bad: BadAnswer | None = flaw(sent, reply)
    note.write(reply, bad)
    if call.budget is not None:
        call.budget.settle(Worst(0, 0.0), reply.usage.input + reply.usage.output, reply.cost)
    if bad is not None:
        return BatchLine(line.key, error=bad.message)
    return BatchLine(line.key, restore.reply(reply, sent.json_schema is not None))
