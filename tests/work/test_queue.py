"""Lending: nobody gets an item twice, nobody beyond the overlap, nothing is lost when leases run out."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milo.domain.policy import Order, Policy
from milo.flow.ports.work import Pick
from milo.infra.sql.adaptive import AdaptiveSql
from milo.infra.sql.database import Connection
from milo.infra.sql.work import QueueSql, WorkSql
from work.bench_of_work import Desk

ORDERS: list[Order] = ["imported", "random", "uncertainty"]


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[list[Desk]]:
    made: list[Desk] = []
    yield made
    for desk in made:
        desk.db.close()


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("overlap", [1, 3])
def test_twenty_annotators_at_once_stay_within_the_overlap(
    tmp_path: Path, desks: list[Desk], order: Order, overlap: int
) -> None:
    desk = Desk(tmp_path, 60, Policy(overlap=overlap, order=order, blind_share=0))
    desks.append(desk)
    lent: Counter[int] = Counter()
    pairs: Counter[tuple[int, int]] = Counter()
    lock = threading.Lock()

    def work(user: int) -> None:
        while True:
            leases = desk.lease(user, 3)
            if not leases:
                return
            for one in leases:
                with lock:
                    lent[one.item_id] += 1
                    pairs[(user, one.item_id)] += 1
                desk.submit(user, one.item_id)

    threads = [threading.Thread(target=work, args=(u,)) for u in range(1, 21)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(lent) == 60
    assert set(lent.values()) == {overlap}
    assert set(pairs.values()) == {1}
    assert desk.counts() == desk.recount()
    assert desk.counts()["done"] == 60


def test_import_order_is_kept(tmp_path: Path, desks: list[Desk]) -> None:
    desk = Desk(tmp_path, 10, Policy(order="imported", blind_share=0))
    desks.append(desk)
    assert [one.item_id % 100 for one in desk.lease(1, 4)] == [1, 2, 3, 4]
    assert [one.item_id % 100 for one in desk.lease(2, 2)] == [5, 6]


def test_what_the_browser_holds_is_renewed_and_not_repeated(tmp_path: Path, desks: list[Desk]) -> None:
    desk = Desk(tmp_path, 10)
    desks.append(desk)
    first = [one.item_id for one in desk.lease(1, 3)]
    desk.now += 60
    more = [one.item_id for one in desk.lease(1, 5, first)]
    assert len(more) == 2
    assert not set(more) & set(first)
    until = desk.one("SELECT min(until) FROM assignment WHERE user_id = 1")
    assert until == desk.now + 30 * 60


def test_a_browser_that_forgot_gets_its_items_back_first(tmp_path: Path, desks: list[Desk]) -> None:
    desk = Desk(tmp_path, 10)
    desks.append(desk)
    held = {one.item_id for one in desk.lease(1, 3)}
    assert {one.item_id for one in desk.lease(1, 3)} == held


def test_a_lease_that_ran_out_goes_to_somebody_else(tmp_path: Path, desks: list[Desk]) -> None:
    desk = Desk(tmp_path, 1)
    desks.append(desk)
    item = desk.lease(1)[0].item_id
    assert desk.lease(2) == []
    desk.now += 31 * 60
    assert [one.item_id for one in desk.lease(2)] == [item]
    assert desk.counts() == desk.recount()


def test_a_late_answer_is_kept_as_surplus(tmp_path: Path, desks: list[Desk]) -> None:
    desk = Desk(tmp_path, 1)
    desks.append(desk)
    item = desk.lease(1)[0].item_id
    desk.now += 31 * 60
    desk.lease(2)
    assert not desk.submit(2, item, {"mood": "negative"}).surplus
    late = desk.submit(1, item)
    assert late.ok
    assert late.surplus
    assert desk.one("SELECT count(*) FROM annotation WHERE role = 'answer' AND live = 1") == 2
    assert desk.one("SELECT n_answers FROM item") == 2
    assert desk.counts() == desk.recount()


def test_a_skipped_item_goes_to_others_but_not_back(tmp_path: Path, desks: list[Desk]) -> None:
    desk = Desk(tmp_path, 1)
    desks.append(desk)
    item = desk.lease(1)[0].item_id
    assert desk.skip(1, item).item_status == "skipped"
    assert desk.lease(1) == []
    assert [one.item_id for one in desk.lease(2)] == [item]
    assert desk.submit(2, item).item_status == "done"
    assert desk.counts() == desk.recount()


@pytest.mark.parametrize("order", ["random", "uncertainty"])
def test_the_odds_of_each_pick_are_stored(tmp_path: Path, desks: list[Desk], order: Order) -> None:
    desk = Desk(tmp_path, 100, Policy(order=order, blind_share=0))
    desks.append(desk)
    desk.lease(1, 10)
    odds = desk.db.read(lambda c: [r[0] for r in c.execute("SELECT odds FROM assignment")])
    assert len(odds) == 10
    assert all(o is not None and 0 < o <= 1 for o in odds)


def test_in_import_order_chance_decides_whether_an_item_is_blind(tmp_path: Path, desks: list[Desk]) -> None:
    desk = Desk(tmp_path, 6, Policy(order="imported", blind_share=0.25, overlap=1))
    desks.append(desk)
    desk.db.write(lambda c: c.execute("UPDATE item SET blind = 1 WHERE id % 2 = 0"))
    lent = desk.lease(1, 4)
    assert [(one.purpose, one.odds) for one in lent] == [("order", 0.75), ("estimate", 0.25)] * 2


def test_who_is_asked_once_more_settles_an_item(tmp_path: Path, desks: list[Desk]) -> None:
    desk = Desk(tmp_path, 1, Policy(order="random", blind_share=0, overlap=1))
    desks.append(desk)
    first = desk.lease(1)[0]
    assert first.purpose == "estimate"
    desk.submit(1, first.item_id)

    def ask_again(c: Connection) -> None:
        AdaptiveSql(c).grant([first.item_id])
        WorkSql(c).settle(1, first.item_id, 1, 0, None)
        QueueSql(c).add_picks(1, [Pick(first.item_id, "settle", None)])

    desk.db.write(ask_again)
    assert [(one.purpose, one.odds) for one in desk.lease(2)] == [("settle", 1.0)]


def test_random_draws_are_uniform(tmp_path: Path, desks: list[Desk]) -> None:
    desk = Desk(tmp_path, 50)
    desks.append(desk)
    drawn: Counter[int] = Counter()
    for seed in range(2_000):
        drawn.update(desk.db.read(lambda c, s=seed: QueueSql(c).random_free(1, 10, s)))
    # each item is expected 400 times, sd about 18
    assert min(drawn.values()) > 400 - 5 * 18
    assert max(drawn.values()) < 400 + 5 * 18


def test_trying_places_at_random_is_uniform_too(tmp_path: Path, desks: list[Desk]) -> None:
    desk = Desk(tmp_path, 20_500, Policy(blind_share=0))
    desks.append(desk)
    ids = desk.db.read(lambda c: QueueSql(c).random_free(1, 4_000, 7))
    assert len(set(ids)) == 4_000
    low = sum(i % 1_000_000 <= 10_250 for i in ids)
    assert abs(low - 2_000) < 5 * 28.5


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["lease", "submit", "skip", "back", "wait"]), st.integers(1, 3), st.integers(0, 4)),
    max_size=40,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=ACTIONS, overlap=st.integers(1, 2))
def test_counts_hold_whatever_happens(
    tmp_path_factory: pytest.TempPathFactory, actions: list[tuple[str, int, int]], overlap: int
) -> None:
    desk = Desk(tmp_path_factory.mktemp("desk"), 4, Policy(overlap=overlap, blind_share=0))
    try:
        for step, (kind, user, which) in enumerate(actions):
            desk.now += 1
            item = 1_000_000_001 + which % 4
            _act(desk, kind, user, item, step)
            assert desk.counts() == desk.recount()
            over = desk.one("SELECT count(*) FROM item WHERE free < 0 OR free > ?", overlap)
            assert over == 0
    finally:
        desk.db.close()


def _act(desk: Desk, kind: str, user: int, item: int, step: int) -> None:
    from milo.domain.errors import Conflict

    try:
        if kind == "lease":
            desk.lease(user, 2)
        elif kind == "submit":
            desk.submit(user, item, op=f"operation-{step}")
        elif kind == "skip":
            desk.skip(user, item)
        elif kind == "back":
            desk.unsubmit(user, item)
        else:
            desk.now += 40 * 60
    except Conflict:
        pass
