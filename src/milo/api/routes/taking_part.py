"""Studies for those who take part: where one stands, and the next step. Nothing here says what the study is to find out."""

from __future__ import annotations

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.domain.study import Arm, Closing, Design, Form
from milo.flow.study.part import Part, asks_trust
from milo.flow.study.words import describe
from milo.infra.sql.database import Connection
from milo.infra.sql.studies import StudiesSql


class ArmShown(msgspec.Struct):
    """An arm as people are told of it: what is at hand, and what the lead wrote."""

    name: str
    title: str
    note: str


class MyPart(msgspec.Struct):
    """The caller's part in a study. `phase` none: they take part in none. welcome, ready (a block may begin), working, form
    (say how the block was), closing (say how it was on the whole), finished. `block` of `blocks` (0: warming up); `done` of
    `total` items of the block; `arm`: of the block; `helped`: the arms with help, for the last question."""

    phase: str
    study: str = ""
    welcome: str = ""
    block: int = 0
    blocks: int = 0
    done: int = 0
    total: int = 0
    items: int = 0
    arm: ArmShown | None = None
    asks_trust: bool = False
    helped: list[ArmShown] = []


class NextStep(msgspec.Struct):
    """Taking a step: `phase` is where the caller believes to stand. attitude (1..5): with welcome; form: at the end of a block;
    closing: at the end."""

    phase: str
    attitude: int | None = None
    form: Form = Form()
    closing: Closing = Closing()


@endpoint("GET", "/projects/{p}/study", "work.lease", reply=MyPart)
def get_my_part(call: Call) -> MyPart:
    """Where the caller stands in the running study of this project, if they take part in one."""

    def look(c: Connection) -> MyPart:
        part = call.workspace.studies.part(c, call.project_id, call.actor.user_id)
        row = None if part is None else StudiesSql(c).get(part.study_id)
        return MyPart("none") if part is None or row is None else _told(part, row.design)

    return call.workspace.db.read(look)


@endpoint("POST", "/projects/{p}/study", "work.submit", body=NextStep, reply=MyPart)
def take_next_step(call: Call) -> MyPart:
    """Begin, begin a block, say how it was, finish. A step that was taken already changes nothing."""
    given: NextStep = call.body
    call.workspace.studies.step(
        call.project_id, call.actor.user_id, given.phase, given.attitude, given.form, given.closing
    )  # fmt: skip
    call.workspace.bus.publish(call.project_id, "study")
    return get_my_part(call)


def _told(part: Part, design: Design) -> MyPart:
    arm = design.arms[part.block.arm] if part.block is not None and part.block.arm >= 0 else None
    asks = part.block is not None and part.block.period >= 0 and asks_trust(design, part.block)
    return MyPart(
        phase=part.phase,
        study=design.name,
        welcome=design.welcome,
        block=part.number,
        blocks=part.blocks,
        done=part.done,
        total=part.total,
        items=design.items + design.warm_up,
        arm=None if arm is None else _arm(arm),
        asks_trust=asks,
        helped=[_arm(one) for one in design.arms[1:]],
    )


def _arm(arm: Arm) -> ArmShown:
    return ArmShown(arm.name, describe(arm), arm.note)
