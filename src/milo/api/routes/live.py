"""Live tools: what a person has clicked on a picture, answered with one thing. It proposes only; nothing is stored."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.domain.errors import Forbidden, Invalid, NotFound
from milo.domain.ids import project_of
from milo.flow.ports.work import ANSWERED, LENT
from milo.infra.sql.database import Connection
from milo.infra.sql.items import ItemsSql, MediaRow, MediaSql
from milo.infra.sql.work import WorkSql
from milo.kinds.predictor import Carry, Gesture

_NOT_YET = "The image is still being cut into tiles. Try again in a moment."
_NOT_HERE = "The tools that outline things by themselves are not available for this item."


class Shown(msgspec.Struct):
    """`clicks`: [x, y, 1] on the thing and [x, y, 0] beside it; `box`: [x, y, w, h] around it. Pixels of the upright image.
    `page`: of an image with several, from 0.
    `carry`: on a video, a key frame and how many frames on (`by` 1) or back (-1) it is to be carried, 120 at most."""

    question: str
    clicks: list[tuple[float, float, int]] = []
    box: tuple[float, float, float, float] | None = None
    carry: Carry | None = None
    tool: str = "grabcut"
    page: int = 0


class Refined(msgspec.Struct):
    """`thing`: one value of the question's kind, without its label; null where nothing was found, or on an item where such
    tools are not available (`reason` says so)."""

    available: bool
    thing: Any = None
    reason: str = ""


@endpoint("POST", "/projects/{p}/items/{i}/refine", "work.submit", body=Shown, reply=Refined)
def refine_thing(call: Call) -> Refined:
    """What a live tool makes of clicks or a box on the image of an item that is lent to the caller."""
    held = call.workspace.db.read(lambda c: standing(c, call))
    question = call.workspace.projects.get(call.project_id).schema.get(call.body.question)
    if held:
        return Refined(False, reason=_NOT_HERE)
    gesture = Gesture(call.body.clicks, call.body.box, call.body.carry)
    call.workspace.live_tools.check(call.body.tool, question, gesture)
    row = call.workspace.db.read(lambda c: _picture(c, call, question.field))
    seen = call.workspace.data.pyramids.seen(row, call.body.page)
    if seen is None:
        return Refined(False, reason=_NOT_YET)
    tools = call.workspace.live_tools
    return Refined(True, tools.refine(call.body.tool, question, seen.path, gesture, seen.sha256, seen.tiles))


class ToolsQuery(msgspec.Struct):
    """The question to help with."""

    question: str


class ToolView(msgspec.Struct):
    """A live tool: the name to ask it by, and what to call it. `own`: a model that the owner registered."""

    name: str
    title: str
    own: bool


@endpoint("GET", "/projects/{p}/live-tools", "work.submit", query=ToolsQuery, reply=list[ToolView])
def list_live_tools(call: Call) -> list[ToolView]:
    """The live tools that help with a question."""
    question = call.workspace.projects.get(call.project_id).schema.get(call.query.question)
    own = {row.name for row in call.workspace.own.live(question)}
    return [ToolView(name, title, name in own) for name, title in call.workspace.live_tools.names(question)]


def standing(c: Connection, call: Call) -> bool:
    """Whether the item is blind. Raises NotFound, and Forbidden unless it is lent to the caller or they may see all."""
    item_id = call.params["i"]
    held = WorkSql(c).standing(item_id, call.actor.user_id) if project_of(item_id) == call.project_id else None
    if held is None:
        raise NotFound(f"There is no item {item_id} in this project.", place="i")
    if held.state not in (LENT, ANSWERED) and not call.may("item.list"):
        raise Forbidden("Live tools help with items that are lent to you. Open the item first.")
    return held.blind


def _picture(c: Connection, call: Call, field: str | None) -> MediaRow:
    """The image that the question is about. Raises Invalid where the item has none."""
    row = field_media(c, call, field)
    if row.error is not None:
        raise Invalid(f'The item has no image or video in the field "{field}" that could be read.', place="i")
    return row


def field_media(c: Connection, call: Call, field: str | None) -> MediaRow:
    """The file in a field of the item of the address. Raises Invalid where there is none."""
    data = msgspec.json.decode(ItemsSql(c).data_of(call.params["i"]))
    value = data.get(field)
    row = MediaSql(c).get(value["media"]) if isinstance(value, dict) and isinstance(value.get("media"), int) else None
    if row is None or row.project_id != call.project_id:
        raise Invalid(f'The item has no file in the field "{field}".', place="i")
    return row
