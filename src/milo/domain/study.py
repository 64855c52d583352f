"""A study of assistance: arms over the same items, given to people by chance, so that what help does can be measured.

Stands alone because the design is the promise: once frozen it is hashed, and what is reported is what was planned.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from milo.domain.errors import InvalidConfig
from milo.domain.policy import Show
from milo.domain.question import NAME_PATTERN

Layout = Literal["crossover", "interleaved", "between"]
Strata = Literal["length", "confidence", "none"]
Pool = Literal["any", "open", "gold"]
State = Literal["draft", "running", "ended"]
Phase = Literal["welcome", "ready", "working", "form", "closing", "finished"]

WARM_UP = "warm-up"
TLX = ("mental", "physical", "temporal", "performance", "effort", "frustration")
"""The six scales of the task load index, 0 to 100; performance is asked so that 100 is failure."""
TRUST = ("trust", "usefulness", "control")
"""Asked after each block, 1 (not at all) to 5 (fully)."""
MAX_PEOPLE = 200


class Arm(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What people have at hand in one arm. show: when suggestions are visible; source: whose (a predictor or a workflow,
    None: all); assistant, judge: whether they may be asked; note: what participants are told at the start of a block."""

    name: str
    show: Show = "hidden"
    source: str | None = None
    assistant: bool = False
    judge: bool = False
    note: str = ""

    @property
    def suggests(self) -> bool:
        """Whether suggestions are to be seen in it."""
        return self.show != "hidden"


MANUAL = Arm("manual")
PRE_ANNOTATED = Arm("pre-annotated", show="shown")
ASSISTED = Arm("assisted", assistant=True)
JUDGED = Arm("judged", judge=True)


class Design(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is to be found out, and how; nothing of it changes once the study has begun.

    arms: the first is the comparison. people: ids of users. layout: crossover (every person works in every arm, in blocks),
    interleaved (the same, arms drawn item by item; for one to five people, of whom alone the result then speaks), between (each
    person in one arm). per_arm: items per arm and person; warm_up: items before that, which do not count. withhold: the share
    of items, in arms with suggestions, on which the suggestion is withheld by chance, which tells how far it pulls. strata: by
    what items are dealt out evenly; pool: any items that none of the people has had, only those without an answer, or only
    those with a gold label. saving: the smallest saving of time that one cares to find; margin: how much lower quality may be
    and still count as not worse; least_gain: a saving below this is none. idle: the cap of a pause in seconds; caps: the others
    at which results are shown; shortest: answers under so many active seconds are left out. hourly: what an hour of work
    costs, in `currency`.
    """

    name: str
    question: str
    arms: tuple[Arm, ...] = (MANUAL, PRE_ANNOTATED)
    people: tuple[int, ...] = ()
    layout: Layout = "crossover"
    per_arm: int = 40
    warm_up: int = 4
    withhold: float = 0.1
    strata: Strata = "length"
    pool: Pool = "any"
    saving: float = 0.2
    margin: float = 0.02
    least_gain: float = 0.05
    level: float = 0.95
    idle: float = 60.0
    caps: tuple[float, ...] = (30.0, 60.0, 120.0, 300.0)
    shortest: float = 0.5
    hypothesis: str = ""
    welcome: str = ""
    hourly: float | None = None
    currency: str = "USD"
    seed: int = 1

    @property
    def items(self) -> int:
        """How many items are needed beside those to warm up."""
        return self.per_arm if self.layout == "between" else self.per_arm * len(self.arms)

    @property
    def times(self) -> tuple[float, ...]:
        """All caps, the primary one first."""
        return (self.idle, *(cap for cap in self.caps if cap != self.idle))


def check_design(design: Design) -> None:
    """Raise InvalidConfig for a design that cannot be carried out, naming the place."""
    if not design.name.strip() or len(design.name) > 200:
        raise InvalidConfig("A study needs a name of 1 to 200 characters.", place="name")
    _check_arms(design.arms)
    if len(design.people) != len(set(design.people)) or len(design.people) > MAX_PEOPLE:
        raise InvalidConfig(f"People: each one once, {MAX_PEOPLE} at most.", place="people")
    _check_ranges(design)
    if not 1 <= len(design.caps) <= 8 or any(not 1 <= cap <= 3600 for cap in design.caps):
        raise InvalidConfig("caps: one to eight idle thresholds of 1 to 3,600 seconds.", place="caps")


def _check_arms(arms: tuple[Arm, ...]) -> None:
    if not 2 <= len(arms) <= 6:
        raise InvalidConfig(f"{len(arms)} arms: a study compares two to six.", place="arms")
    names = [arm.name for arm in arms]
    for name in names:
        if not re.fullmatch(NAME_PATTERN, name) or name == WARM_UP:
            raise InvalidConfig(
                f'"{name}" is no name for an arm: start with a letter, then letters, digits, "_" or "-".', place="arms"
            )
    if len(set(names)) < len(names):
        raise InvalidConfig(f"Two arms are called the same: {', '.join(names)}.", place="arms")


def _check_ranges(design: Design) -> None:
    ranges: list[tuple[str, float, float, float]] = [
        ("per_arm", design.per_arm, 1, 10_000),
        ("warm_up", design.warm_up, 0, 1_000),
        ("withhold", design.withhold, 0, 0.5),
        ("saving", design.saving, 0.01, 0.95),
        ("margin", design.margin, 0, 0.5),
        ("least_gain", design.least_gain, 0, 0.5),
        ("level", design.level, 0.5, 0.999),
        ("idle", design.idle, 1, 3600),
        ("shortest", design.shortest, 0, 60),
        ("hourly", design.hourly or 0, 0, 1e9),
        ("seed", design.seed, 0, 2**31),
    ]
    for name, value, low, high in ranges:
        if not low <= value <= high:
            raise InvalidConfig(f"{name} is {value}; it must be between {low:g} and {high:g}.", place=name)
    if design.items * len(design.people) > 1_000_000:
        raise InvalidConfig("More than a million answers: use fewer items or people.", place="per_arm")


class Task(msgspec.Struct, frozen=True):
    """One item for one person. `person`, `item`: places in the plan's lists; `period`: the block, -1 to warm up; `arm`: place
    in the design's list, -1 to warm up; `withheld`: the arm's suggestion is not shown."""

    person: int
    period: int
    place: int
    arm: int
    item: int
    withheld: bool


class Form(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a person says after a block: the six scales (0..100), and the three questions (1..5)."""

    tlx: tuple[int, ...] = ()
    trust: tuple[int, ...] = ()
    comment: str = ""


class Closing(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a person says at the end: how much time each arm saved, in percent (negative: it cost time), by name of the arm."""

    saving: dict[str, int] = {}
    comment: str = ""


def check_form(form: Form, *, asks_trust: bool) -> None:
    """Raise InvalidConfig for ratings out of range or missing."""
    if len(form.tlx) != len(TLX) or any(not 0 <= r <= 100 for r in form.tlx):
        raise InvalidConfig(f"tlx: six ratings of 0 to 100 ({', '.join(TLX)}).", place="tlx")
    wanted = len(TRUST) if asks_trust else 0
    if len(form.trust) not in (0, len(TRUST)) or len(form.trust) < wanted or any(not 1 <= r <= 5 for r in form.trust):
        raise InvalidConfig(f"trust: three ratings of 1 to 5 ({', '.join(TRUST)}).", place="trust")
    if len(form.comment) > 10_000:
        raise InvalidConfig("A comment has at most 10,000 characters.", place="comment")


def check_closing(closing: Closing, arms: tuple[Arm, ...]) -> None:
    """Raise InvalidConfig for arms that do not exist, or savings that cannot be."""
    known = {arm.name for arm in arms[1:]}
    for name, percent in closing.saving.items():
        if name not in known or not -1000 <= percent <= 100:
            raise InvalidConfig(
                f'saving of "{name[:100]}" is {percent}; give percent for {", ".join(sorted(known))}.', place="saving"
            )
    if len(closing.comment) > 10_000:
        raise InvalidConfig("A comment has at most 10,000 characters.", place="comment")
