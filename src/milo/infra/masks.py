"""Label cells that hold pictures in place of runs: a class map (a file of the row), or things with a picture each.

Stands alone because decoding is left to a child process, and because a row may name no file but its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from milo.infra.image_worker import ImageWorker
from milo.kinds.format import Row

NAMES, COLOURS, SKIP, THINGS = "class_names", "class_colours", "class_skip", "class_things"
CLASS_COLUMNS = frozenset({NAMES, COLOURS, SKIP, THINGS})
"""Columns that say what the values of a class map mean: {value as text: label} (without it each has a name made of its number),
whether they are colours, which to pass over; and where a value is one thing, {value as text: its id and attributes}."""
NOWHERE = Path("/dev/null")
_SHOWN = 5


def runs(worker: ImageWorker, cell: Any, column: str, row: Row, size: list[int] | None) -> tuple[Any, list[str]]:
    """The cell with runs in place of pictures (None: nothing is left of it), and what went wrong. `size` is [height, width] of
    the item's picture, as far as known."""
    if column in row.files and cell == row.files[column]:
        return _class_map(worker, Path(row.files[column]), row.data, size)
    if not isinstance(cell, list) or not any(
        isinstance(one, dict) and _has_picture(cast("dict[str, Any]", one)) for one in cell
    ):
        return cell, []
    out: list[Any] = []
    wrong: list[str] = []
    for place, one in enumerate(cast("list[Any]", cell), 1):
        if not _has_picture(one):
            out.append(one)
            continue
        found, reason = _mask(worker, cast("dict[str, Any]", one), row, size)
        if found is None:
            wrong.append(f"{column}: the picture of mask {place} cannot be read: {reason}")
        else:
            out.append(found)
    return (out if out else None), wrong


def _has_picture(given: Any) -> bool:
    thing = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    return isinstance(thing.get("png"), str) or isinstance(thing.get("png_file"), str)


def _mask(worker: ImageWorker, thing: dict[str, Any], row: Row, size: list[int] | None) -> tuple[dict[str, Any] | None, str]:
    path = Path(row.files[thing["png_file"]]) if thing.get("png_file") in row.files else NOWHERE
    reply = worker.ask(
        "mask", path, data=thing.get("png"), left=_whole(thing.get("left")), top=_whole(thing.get("top")), size=size
    )
    if "error" in reply:
        return None, str(reply["error"])
    rest = {k: v for k, v in thing.items() if k not in ("png", "png_file", "left", "top")}
    return {**rest, "size": reply["size"], "counts": reply["counts"]}, ""


def _made_name(value: int, colours: bool) -> str:
    return f"#{value:06x}" if colours else f"class_{value}"


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _class_map(worker: ImageWorker, path: Path, data: dict[str, Any], size: list[int] | None) -> tuple[Any, list[str]]:
    names = cast("dict[str, str]", data.get(NAMES) or {})
    reply = worker.ask("classes", path, colours=bool(data.get(COLOURS)), skip=data.get(SKIP) or [])
    if "error" in reply:
        return None, [f"{path.name}: the class map cannot be read: {reply['error']}"]
    if size is not None and reply["size"] != size:
        h, w = reply["size"]
        return None, [f"{path.name}: the class map has {w} x {h} pixels, the picture {size[1]} x {size[0]}; it was left out"]
    masks = cast("list[dict[str, Any]]", reply["masks"])
    names = names or {str(one["value"]): _made_name(one["value"], bool(reply.get("colours"))) for one in masks}
    things = cast("dict[str, dict[str, Any]]", data.get(THINGS) or {})
    strange = [one["value"] for one in masks if str(one["value"]) not in names]
    found = [
        {"size": reply["size"], "counts": one["counts"], "label": names[str(one["value"])], **things.get(str(one["value"]), {})}
        for one in masks
        if str(one["value"]) in names
    ]
    missing = [things[value].get("id", value) for value in things.keys() - {str(one["value"]) for one in masks}]
    told = [
        ("values without a name were left out", _written(strange, reply)),
        ("things without a pixel were left out", sorted(missing)),
    ]
    return found, [f"{path.name}: {what}: {_first(values)}" for what, values in told if values]


def _written(values: list[int], reply: dict[str, Any]) -> list[Any]:
    """Values as a person would look for them: colours as such."""
    return [_made_name(value, True) for value in values] if reply.get("colours") else values


def _first(values: list[Any]) -> str:
    return ", ".join(str(value) for value in values[:_SHOWN]) + (", ..." if len(values) > _SHOWN else "")
