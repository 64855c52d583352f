"""Which of several models answers: the first that is there (fallback), or the first whose answer is good enough (cascade).

A cascade whose last step does not satisfy gives nothing: then a person is asked, which needs no model.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from milo.domain.errors import BudgetSpent, Invalid, ModelTrouble
from milo.kinds.provider import Reply, Request

AskOne = Callable[[str, Request], Awaitable[Reply]]
"""Asks a connection by name."""


async def first_there(names: Sequence[str], request: Request, ask: AskOne) -> tuple[str, Reply]:
    """The first connection that answers, and its reply. Rules and budgets are no reason to try another one; trouble is.

    Raises the last one's ModelTrouble.
    """
    if not names:
        raise Invalid("There is no connection to ask.", place="connection")
    for name in names[:-1]:
        try:
            return name, await ask(name, request)
        except ModelTrouble:
            continue
    return names[-1], await ask(names[-1], request)


async def first_good(
    names: Sequence[str], request: Request, ask: AskOne, good: Callable[[str, Reply], bool]
) -> tuple[str, Reply] | None:
    """The first connection whose answer satisfies `good`, cheapest first; None: leave it to a person.

    A step that is in trouble is skipped; a spent budget ends the cascade.
    """
    for name in names:
        try:
            reply = await ask(name, request)
        except BudgetSpent:
            return None
        except ModelTrouble:
            continue
        if good(name, reply):
            return name, reply
    return None
