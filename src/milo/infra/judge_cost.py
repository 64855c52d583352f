"""What judging will cost, before anything is sent: the requests that a judge would make are built, counted and thrown away."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from milo.domain.errors import MiloError, Unreachable
from milo.infra.providers.counting import cost_of, likely_tokens, read_prices, worst_case
from milo.infra.sql.verdicts import Waiting
from milo.kinds.asking import Judged
from milo.kinds.provider import Reply, Request, Usage

if TYPE_CHECKING:
    from milo.infra.judging import Bench

SAMPLE = 8
_PER_CRITERION, _PER_ANSWER = 70, 60
"""Likely tokens of what a judge writes: a quote, a reason and a score; an advice."""


class JudgingCost(msgspec.Struct, frozen=True):
    """What it takes to judge so many answers. `cost` and `most`: likely, and at worst; null where prices are not known."""

    answers: int
    calls: int
    input_tokens: int
    output_tokens: int
    most_tokens: int
    cost: float | None
    most: float | None
    currency: str
    assumptions: list[str]


class _Unsent:
    """Takes requests in and sends none."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Request]] = []

    async def __call__(self, connection: str, request: Request) -> Reply:
        """Remember it."""
        self.asked.append((connection, request))
        raise Unreachable("Nothing is sent for an estimate.", sent=False)


async def estimate(bench: Bench, answers: int, sample: list[Waiting]) -> JudgingCost:
    """The estimate for `answers` answers, from the requests for some of them. Runs on the gateway's loop."""
    calls, given, worst, cost, most = 0, 0, 0, 0.0, 0.0
    priced, currencies = True, set[str]()
    written = _PER_ANSWER + _PER_CRITERION * len(bench.rubric.rubric.criteria)
    for one in sample:
        for connection, request in await _requests(bench, one):
            row = bench.ws.gateway.connection(connection)
            prices = read_prices(row.prices, row.local)
            limit = worst_case(request, prices)
            tokens = Usage(likely_tokens(request, prices.image_tokens), min(written, request.max_tokens))
            calls, given, worst = calls + 1, given + tokens.input, worst + limit.tokens
            cost, most = cost + (cost_of(tokens, prices) or 0.0), most + (limit.money or 0.0)
            priced = priced and prices.known()
            currencies.add(prices.currency)
    scale = answers / len(sample) if sample else 0.0
    return JudgingCost(
        answers, round(calls * scale), round(given * scale), round(calls * scale) * written, round(worst * scale),
        cost * scale if priced and len(currencies) < 2 else None, most * scale if priced and len(currencies) < 2 else None,
        next(iter(currencies), ""), _assumptions(bench, len(sample), written),
    )  # fmt: skip


async def _requests(bench: Bench, one: Waiting) -> list[tuple[str, Request]]:
    unsent = _Unsent()
    try:
        shown = await asyncio.to_thread(bench.showing.shown, one.item_id)
        await bench.plugin.judge(bench.task, bench.row.config, bench.rubric.rubric, shown, Judged(one.value), unsent)
    except MiloError:
        pass
    return unsent.asked


def _assumptions(bench: Bench, n: int, written: int) -> list[str]:
    retries = int(bench.row.config.get("retries", 0))
    return [
        f"Counted on {n} of the answers; a token is taken as four characters.",
        f"The model writes about {written} tokens for each answer.",
        f"Each answer fits at once; one that does not is asked again up to {retries} times.",
    ]
