"""The wrappers around any provider, each alone: tries, pace, breaker, budget, cache, recording, fallback, masks."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.builtin.providers.replay import PLUGIN as REPLAY
from milo.builtin.providers.scripted import PLUGIN as SCRIPTED
from milo.domain.errors import BadAnswer, BudgetSpent, InvalidConfig, ModelRefused, RateLimited, Unreachable
from milo.infra.providers.breaking import Breaking
from milo.infra.providers.budget import Budget, Budgeted
from milo.infra.providers.caching import Cached, asks_for_variety
from milo.infra.providers.choosing import first_good, first_there
from milo.infra.providers.counting import Counted, Prices, Worst, likely_tokens, most_tokens, worst_case
from milo.infra.providers.pacing import Bucket, Pace, Paced
from milo.infra.providers.recording import Recording
from milo.infra.providers.restoring import Restore
from milo.infra.providers.retrying import Patience, Retrying
from milo.kinds.provider import Piece, Reply, Request, Usage, fingerprint, user, without_key
from milo.testing.provider import check_provider

ASKED = Request((user("Hello there"),), max_tokens=100)
DONE = Reply("fine", Usage(10, 5))


class Stub:
    """Gives the outcomes one after another, the last for ever; counts what is in flight."""

    def __init__(self, *outcomes: Reply | Exception, seconds: float = 0.0) -> None:
        self.left: list[Reply | Exception] = list(outcomes)
        self.seconds = seconds
        self.calls = self.now = self.peak = 0

    async def complete(self, request: Request) -> Reply:
        self.calls += 1
        self.now += 1
        self.peak = max(self.peak, self.now)
        try:
            await asyncio.sleep(self.seconds)
            outcome = self.left.pop(0) if len(self.left) > 1 else self.left[0]
            if isinstance(outcome, Exception):
                raise outcome
            return outcome
        finally:
            self.now -= 1

    async def stream(self, request: Request) -> AsyncIterator[Piece]:
        reply = await self.complete(request)
        yield Piece(reply.text)
        yield Piece(reply=reply)

    async def close(self) -> None:
        pass


class Clock:
    """A time that sleeping moves."""

    def __init__(self) -> None:
        self.now, self.slept = 100.0, list[float]()

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def retrying(stub: Stub, clock: Clock, chance: float = 0.5, **patience: Any) -> Retrying:
    return Retrying(stub, Patience(**patience), sleep=clock.sleep, clock=clock, chance=lambda: chance)


def run(work: Any) -> Any:
    return asyncio.run(work)


def test_waits_grow_and_keep_to_what_the_server_asked() -> None:
    clock = Clock()
    stub = Stub(Unreachable("a"), Unreachable("b"), RateLimited("c", retry_after=7.0), DONE)
    assert run(retrying(stub, clock).complete(ASKED)) == DONE
    assert clock.slept[:2] == [0.375, 0.75]
    assert 7.0 <= clock.slept[2] <= 7.7
    clock, stub = Clock(), Stub(RateLimited("busy"))
    with pytest.raises(RateLimited):
        run(retrying(stub, clock, seconds=60.0).complete(ASKED))
    assert sum(clock.slept) <= 60.0, "nobody waits longer than was agreed"
    stub = Stub(ModelRefused("no"))
    with pytest.raises(ModelRefused):
        run(retrying(stub, Clock()).complete(ASKED))
    assert stub.calls == 1


@given(st.lists(st.sampled_from(["gone", "busy"]), max_size=30), st.floats(0, 1))
def test_it_always_ends(kinds: list[str], chance: float) -> None:
    errors = [Unreachable("x") if k == "gone" else RateLimited("y", retry_after=1.0) for k in kinds]
    clock, stub = Clock(), Stub(*errors, DONE)
    with contextlib.suppress(Unreachable, RateLimited):
        run(retrying(stub, clock, chance, tries=3, seconds=20.0).complete(ASKED))
    assert sum(clock.slept) <= 20.0
    assert stub.calls <= len(kinds) + 1


def test_a_breaker_opens_lets_one_try_and_closes_again() -> None:
    clock, stub = Clock(), Stub(Unreachable("gone"))
    breaker = Breaking(stub, failures=3, seconds=5.0, clock=clock)

    async def ask() -> Any:
        try:
            return await breaker.complete(ASKED)
        except Unreachable as error:
            return error

    for _ in range(3):
        run(ask())
    assert run(ask()).sent is False
    assert stub.calls == 3, "an open circuit sends nothing"
    clock.now += 5.1
    run(ask())
    assert stub.calls == 4, "one call tries"
    assert run(ask()).retry_after == pytest.approx(10.0, abs=0.2), "the rest doubles"
    clock.now += 10.1
    stub.left = [DONE]
    assert run(ask()) == DONE
    assert run(ask()) == DONE
    stub.left = [RateLimited("busy")]
    for _ in range(9):
        with pytest.raises(RateLimited):
            run(breaker.complete(ASKED))


def test_a_half_open_circuit_lets_only_one_through() -> None:
    clock, stub = Clock(), Stub(Unreachable("gone"), seconds=0.01)
    breaker = Breaking(stub, failures=1, seconds=1.0, clock=clock)

    async def many() -> list[Any]:
        await asyncio.gather(breaker.complete(ASKED), return_exceptions=True)
        clock.now += 1.5
        return await asyncio.gather(*(breaker.complete(ASKED) for _ in range(5)), return_exceptions=True)

    assert sum(getattr(e, "sent", True) for e in run(many())) == 1
    assert stub.calls == 2


def test_the_window_halves_on_refusals_and_grows_back() -> None:
    stub = Stub(DONE, seconds=0.001)
    paced = Paced(stub, Pace(concurrency=8), likely_tokens)

    async def many(n: int) -> None:
        await asyncio.gather(*(paced.complete(ASKED) for _ in range(n)), return_exceptions=True)

    async def story() -> None:
        await many(40)
        assert stub.peak == 8
        stub.left = [RateLimited("slow"), DONE]
        await many(1)
        assert paced.window == 4
        stub.peak = 0
        await many(4)
        assert stub.peak <= 5
        await many(100)
        assert paced.window == 8

    run(story())


@given(st.lists(st.floats(0.1, 50), min_size=1, max_size=60), st.floats(30, 6000))
def test_a_bucket_never_lets_more_through_than_its_rate(amounts: list[float], per_minute: float) -> None:
    bucket, now, taken = Bucket(per_minute, 0.0), 0.0, 0.0
    room = max(1.0, per_minute / 60 * 5)
    for amount in amounts:
        now += bucket.take(amount, now)
        taken += amount
        assert taken <= room + now * per_minute / 60 + 1e-6


@given(st.lists(st.tuples(st.integers(1, 400), st.floats(0, 1)), max_size=60), st.integers(0, 5_000))
def test_a_budget_is_never_passed(calls: list[tuple[int, float]], limit: int) -> None:
    budget = Budget(tokens=limit)

    async def story() -> None:
        async def call(worst: int, share: float) -> None:
            reserved = Worst(worst, 0.0)
            await budget.reserve(reserved)
            assert budget.spent_tokens + budget.reserved_tokens <= limit
            await asyncio.sleep(0)
            budget.settle(reserved, int(worst * share), 0.0)

        await asyncio.gather(*(call(*c) for c in calls), return_exceptions=True)

    run(story())
    assert budget.reserved_tokens == 0
    assert budget.spent_tokens <= limit


def test_money_is_reserved_before_and_settled_after() -> None:
    prices = Prices(input=1_000.0, output=1_000.0)
    stub = Stub(DONE)
    most = worst_case(ASKED, prices)
    assert most.money is not None
    budget = Budget(money=most.money * 1.05)
    client = Budgeted(Counted(stub, prices, "m"), budget, prices)
    assert run(client.complete(ASKED)).cost == pytest.approx(0.015)
    assert (budget.spent_money, budget.reserved_money) == (pytest.approx(0.015), 0.0)
    with pytest.raises(BudgetSpent, match="was not sent"):
        run(Budgeted(stub, Budget(money=most.money * 0.99), prices).complete(ASKED))
    with pytest.raises(InvalidConfig, match="no prices"):
        run(Budgeted(stub, Budget(money=1.0), Prices()).complete(ASKED))
    assert stub.calls == 1
    for error, paid in (
        (RateLimited("x"), False),
        (Unreachable("x", sent=False), False),
        (Unreachable("x"), True),
        (BadAnswer("x"), True),
    ):
        some = Budget(money=100.0)
        with pytest.raises(type(error)):
            run(Budgeted(Stub(error), some, prices).complete(ASKED))
        assert (some.spent_money > 0) is paid, error
        assert some.reserved_money == 0


@given(st.text(max_size=200))
def test_the_upper_bound_is_one(text: str) -> None:
    request = Request((user(text),))
    assert most_tokens(request, 1_000) >= len(text.encode("utf-8", "surrogatepass"))
    assert most_tokens(request, 1_000) >= likely_tokens(request, 1_000)


def test_a_silent_servers_tokens_are_estimated() -> None:
    reply = run(Counted(Stub(Reply("some words here", Usage())), Prices(input=1.0, output=1.0), "m").complete(ASKED))
    assert reply.usage.estimated
    assert reply.cost > 0
    assert run(Counted(Stub(DONE), Prices(), "m").complete(ASKED)).cost is None


class Shelf:
    def __init__(self) -> None:
        self.kept: dict[bytes, bytes] = {}

    def get(self, key: bytes) -> bytes | None:
        return self.kept.get(key)

    def put(self, key: bytes, value: bytes) -> None:
        self.kept[key] = value


def test_good_answers_are_kept_and_bad_ones_are_not() -> None:
    shelf, stub = Shelf(), Stub(DONE)
    for _ in range(2):
        reply = run(Cached(stub, shelf, b"k").complete(ASKED))
        assert reply.text == "fine"
    assert stub.calls == 1
    assert (reply.from_cache, reply.cost) == (True, 0.0)  # pyright: ignore[reportPossiblyUnboundVariable]
    for bad in (Reply("half", Usage(), "length"), Reply("", Usage(), "refused"), Reply("no json", Usage())):
        run(Cached(Stub(bad), shelf, b"other").complete(Request((user("?"),), json_schema={"type": "object"})))
    assert list(shelf.kept) == [b"k"]
    assert asks_for_variety(Request((), temperature=0.7))
    assert not asks_for_variety(Request((), temperature=0.7, seed=1))
    assert not asks_for_variety(Request((), temperature=0.0))


def test_what_is_recorded_can_be_replayed(tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"

    def write(line: bytes) -> None:
        with file.open("ab") as out:
            out.write(line)

    run(Recording(Stub(DONE), write).complete(ASKED))
    run(Recording(Stub(Reply("second", Usage())), write).complete(ASKED))
    assert json.loads(file.read_bytes().splitlines()[0])["request"]["messages"][0]["parts"] == [
        {"kind": "text", "text": "Hello there"}
    ]
    client = REPLAY.connect({"file": str(file)}, None, tmp_path)
    assert [run(client.complete(ASKED)).text for _ in range(3)] == ["fine", "second", "fine"]
    with pytest.raises(ModelRefused, match="holds no answer"):
        run(client.complete(Request((user("another"),))))
    file.write_text("{broken\n")
    with pytest.raises(InvalidConfig, match="Line 1"):
        REPLAY.connect({"file": str(file)}, None, tmp_path)
    run(check_contract(REPLAY, {"file": str(recorded(tmp_path))}, tmp_path))


def recorded(folder: Path) -> Path:
    file = folder / "one.jsonl"

    def write(line: bytes) -> None:
        file.write_bytes(line)

    run(Recording(Stub(DONE), write).complete(ASKED))
    return file


async def check_contract(plugin: Any, config: dict[str, Any], folder: Path) -> Reply:
    return await check_provider(plugin, config, None, ASKED, folder)


def test_the_script_keeps_the_contract_and_fits_any_schema(tmp_path: Path) -> None:
    assert (
        run(check_contract(SCRIPTED, {"rules": [{"when": "hello", "answer": "good day to you"}]}, tmp_path)).text
        == "good day to you"
    )
    schema = {
        "type": "object",
        "properties": {"a": {"enum": ["x"]}, "b": {"type": "array", "items": {"type": "integer"}, "minItems": 2}},
    }
    reply = run(SCRIPTED.connect({}, None, tmp_path).complete(Request((user("?"),), json_schema=schema)))
    assert json.loads(reply.text) == {"a": "x", "b": [0, 0]}
    tool = SCRIPTED.connect({"rules": [{"tool": "note", "answer": {"c": 1}}]}, None, tmp_path)
    assert run(tool.complete(ASKED)).tool_calls[0].arguments == '{"c":1}'


def test_fallback_and_cascade() -> None:
    replies: dict[str, Any] = {"down": Unreachable("x"), "weak": Reply("hm", Usage()), "strong": DONE}

    async def ask(name: str, request: Request) -> Reply:
        if isinstance(replies[name], Exception):
            raise replies[name]
        return replies[name]

    assert run(first_there(["down", "strong"], ASKED, ask)) == ("strong", DONE)
    with pytest.raises(Unreachable):
        run(first_there(["down", "down"], ASKED, ask))
    good: Callable[[str, Reply], bool] = lambda name, reply: reply.text == "fine"  # noqa: E731
    assert run(first_good(["down", "weak", "strong"], ASKED, ask, good)) == ("strong", DONE)
    assert run(first_good(["weak", "down"], ASKED, ask, good)) is None, "then a person is asked"


@given(st.lists(st.sampled_from(["[EMAIL_1]", "[EMAIL_12]", "[", "EMAIL", "_1]", "x", " "]), max_size=12), st.data())
def test_masks_come_off_a_stream_however_it_is_cut(parts: list[str], data: Any) -> None:
    whole, mapping = "".join(parts), {"[EMAIL_1]": "a@b.c", "[EMAIL_12]": "d@e.f"}
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    restore, shown, last = Restore(mapping), "", 0
    for cut in [*cuts, len(whole)]:
        shown += restore.piece(whole[last:cut])
        last = cut
    assert shown + restore.rest() == Restore(mapping).text(whole)


def test_a_fingerprint_is_of_the_content_and_a_key_is_taken_out_in_any_form() -> None:
    assert fingerprint(ASKED) == fingerprint(Request((user("Hello there"),), max_tokens=100))
    assert fingerprint(ASKED) != fingerprint(Request((user("Hello there"),), max_tokens=101))
    key = "sk/with+odd=signs-12345"
    for text in (key, "sk%2Fwith%2Bodd%3Dsigns-12345", "c2svd2l0aCtvZGQ9c2lnbnMtMTIzNDU="):
        assert "12345" not in without_key(f"<{text}>", key)
