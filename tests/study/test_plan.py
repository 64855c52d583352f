"""Plans: nobody sees an item twice, arms meet items evenly, withheld ones are as many as said, and a changed plan is found out."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milo.domain.errors import Conflict, InvalidConfig
from milo.domain.study import ASSISTED, MANUAL, PRE_ANNOTATED, Arm, Design, check_design
from milo.flow.study.part import Block, Step, part_of
from milo.flow.study.plan import FORMAT, Candidate, Plan, PlannedItem, codes, draw, read_plan, sealed

ARMS = (MANUAL, PRE_ANNOTATED, ASSISTED)


def design(people: int, **more: object) -> Design:
    return Design("S", "q", people=tuple(range(1, people + 1)), **more)  # type: ignore[arg-type]


def pool(n: int) -> list[Candidate]:
    return [Candidate(100 + k, f"k{k}", (k * 37) % 101, None) for k in range(n)]


@settings(max_examples=60, deadline=None)
@given(
    people=st.integers(1, 9), arms=st.integers(2, 3), per_arm=st.integers(1, 9), warm=st.integers(0, 3), seed=st.integers(0, 99),
    layout=st.sampled_from(["crossover", "interleaved"]),
)  # fmt: skip
def test_crossed_plans(people: int, arms: int, per_arm: int, warm: int, seed: int, layout: str) -> None:
    planned = design(people, arms=ARMS[:arms], per_arm=per_arm, warm_up=warm, layout=layout, seed=seed, withhold=0.25)
    drawn = draw(planned, pool(arms * per_arm + warm + 5))
    assert drawn == draw(planned, pool(arms * per_arm + warm + 5)), "the seed makes the plan"
    for who in range(people):
        mine = [t for t in drawn.tasks if t.person == who]
        assert len({t.item for t in mine}) == len(mine) == arms * per_arm + warm
        assert Counter(t.arm for t in mine) == {-1: warm, **dict.fromkeys(range(arms), per_arm)} or warm == 0
        assert [(t.period, t.place) for t in mine] == sorted((t.period, t.place) for t in mine)
        hidden = [t for t in mine if t.withheld]
        assert all(t.arm == 1 for t in hidden), "only where there is something to withhold"
        assert int(per_arm * 0.25) <= len(hidden) <= int(per_arm * 0.25) + 1
    if layout == "interleaved":
        assert {t.period for t in drawn.tasks} <= {-1, 0}
    meetings = Counter((t.item, t.arm) for t in drawn.tasks if t.arm >= 0)
    if people % arms == 0:
        assert len(set(meetings.values())) == 1, "every item meets every arm equally often"


@settings(max_examples=30, deadline=None)
@given(people=st.integers(4, 12), per_arm=st.integers(1, 9), warm=st.integers(0, 3), seed=st.integers(0, 99))
def test_plans_with_one_arm_per_person(people: int, per_arm: int, warm: int, seed: int) -> None:
    drawn = draw(design(people, layout="between", per_arm=per_arm, warm_up=warm, seed=seed), pool(per_arm + warm + 3))
    arms = [{t.arm for t in drawn.tasks if t.person == who and t.arm >= 0} for who in range(people)]
    assert all(len(a) == 1 for a in arms)
    sizes = Counter(a for one in arms for a in one)
    assert max(sizes.values()) - min(sizes.values()) <= 1
    items = [frozenset(t.item for t in drawn.tasks if t.person == who and t.arm >= 0) for who in range(people)]
    assert len(set(items)) == 1, "the same items for all"
    assert len(items[0]) == per_arm


def test_too_few_items_or_people_are_said() -> None:
    with pytest.raises(Conflict, match="needs 84 items"):
        draw(design(2), pool(83))
    with pytest.raises(Conflict, match="Nobody"):
        draw(design(0), pool(100))
    with pytest.raises(Conflict, match="two people in each arm"):
        draw(design(3, layout="between"), pool(100))


def test_a_changed_plan_is_found_out() -> None:
    planned = design(2, per_arm=3, warm_up=0)
    drawn = draw(planned, pool(10))
    items = tuple(PlannedItem(f"k{k}", s) for k, s in zip(drawn.items, drawn.strata, strict=True))
    plan = sealed(Plan(FORMAT, "P", planned, codes(2), items, drawn.tasks, "", 1.0))
    raw = msgspec.json.encode(plan)
    assert read_plan(raw) == plan
    for old, new in ((b'"margin":', b'"margim":'), (b"k1", b"k9"), (b'"saving":0.2', b'"saving":0.3')):
        if old in raw:
            with pytest.raises(Conflict):
                read_plan(raw.replace(old, new, 1))
    with pytest.raises(Conflict, match="own hash"):
        read_plan(msgspec.json.encode(msgspec.structs.replace(plan, frozen_at=2.0)))
    with pytest.raises(Conflict, match="no plan"):
        read_plan(b"[]")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"name": " "}, "name"), ({"arms": (MANUAL,)}, "arms"), ({"arms": (MANUAL, MANUAL)}, "arms"),
        ({"arms": (MANUAL, Arm("warm-up"))}, "arms"), ({"per_arm": 0}, "per_arm"), ({"withhold": 0.6}, "withhold"),
        ({"margin": -0.1}, "margin"), ({"level": 1.0}, "level"), ({"caps": ()}, "caps"), ({"people": (1, 1)}, "people"),
    ],
)  # fmt: skip
def test_designs_that_cannot_be(change: dict[str, object], place: str) -> None:
    with pytest.raises(InvalidConfig) as found:
        check_design(msgspec.structs.replace(design(2), **change))  # type: ignore[arg-type]
    assert found.value.place == place


def test_the_way_through_a_study() -> None:
    def at(started: bool, closed: bool, blocks: list[Block], steps: list[Step]) -> tuple[str, int, tuple[int, ...]]:
        part = part_of(1, 2, started=started, closed=closed, blocks=blocks, steps=steps)
        return part.phase, part.number, part.due

    steps = [Step(10, -1, -1, False), Step(11, 0, 0, False), Step(12, 1, 1, False)]
    done = [msgspec.structs.replace(s, done=True) for s in steps]
    warm, one, two = Block(-1, -1, False, False), Block(0, 0, False, False), Block(1, 1, False, False)
    begun = msgspec.structs.replace(warm, begun=True)
    assert at(False, False, [warm, one, two], steps) == ("welcome", 0, ())
    assert at(True, False, [warm, one, two], steps) == ("ready", 0, ())
    assert at(True, False, [begun, one, two], steps) == ("working", 0, (10,))
    assert at(True, False, [begun, one, two], [done[0], *steps[1:]]) == ("ready", 1, ()), "no form after warming up"
    first = Block(0, 0, True, False)
    assert at(True, False, [begun, first, two], [done[0], *steps[1:]]) == ("working", 1, (11,))
    assert at(True, False, [begun, first, two], [*done[:2], steps[2]]) == ("form", 1, ())
    closed = Block(0, 0, True, True)
    assert at(True, False, [begun, closed, two], [*done[:2], steps[2]]) == ("ready", 2, ())
    last = Block(1, 1, True, True)
    assert at(True, False, [begun, closed, last], done) == ("closing", 0, ())
    assert at(True, True, [begun, closed, last], done) == ("finished", 0, ())
