"""Writing YOLO: which of its four tasks fits the question, and the lines.

Stands alone because one question goes in; a figure brings the box of the same id along, where another question has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, cast

import yaml

from milo.builtin.formats._packing import Pack, Packed, Thing, around, base_id, corners, upright
from milo.domain.errors import InvalidConfig
from milo.domain.question import Question
from milo.kinds.format import ExportContext, ExportRow, Report

_SHAPES = ("boxes", "polygons", "keypoints")
_TASKS = {"boxes": ("detect", "obb"), "polygons": ("segment",), "keypoints": ("pose",)}


def write(rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
    """`data.yaml`, and a text for each picture."""
    pack = Pack(sink, context, _SHAPES, "a question about boxes, polygons or key points on pictures")
    question = pack.questions[0]
    others = [q for q in pack.questions[1:] if pack.shapes[q.name] == "boxes"]
    task = _task(pack, question, context)
    labels = _labels(question)
    with pack.archive:
        for one in pack.pictures(rows):
            value = one.row.labels.get(question.name)
            if not isinstance(value, list):
                pack.losses.add(f'pictures without an answer to "{question.name}", left out')
                continue
            folder = f"{one.subset}/" if one.subset else ""
            lines = list(_lines(pack, one, cast("list[Thing]", value), task, others, labels))
            pack.add_text(f"labels/{folder}{one.stem}.txt", "".join(f"{line}\n" for line in lines))
            pack.add_picture(one, f"images/{folder}{one.name}")
        pack.add_text("data.yaml", _yaml(pack, question, task, labels))
    told = ["depths, ids, provenance and keys"] if pack.rows else []
    dropped = [q.name for q in pack.questions[1:] if q not in others or task != "pose"]
    told += [f"other questions ({', '.join(dropped)}); one is written at a time, see the option question"] if dropped else []
    return Report(pack.rows, pack.losses.lines() + told)


def _task(pack: Pack, question: Question, context: ExportContext) -> str:
    fitting = _TASKS[pack.shapes[question.name]]
    given = context.options.get("task")
    if given is None:
        return "obb" if question.config.get("rotated") and "obb" in fitting else fitting[0]
    if given not in fitting:
        raise InvalidConfig(f'The task is "{given}"; for "{question.name}" it must be {" or ".join(fitting)}.', place="task")
    return str(given)


def _labels(question: Question) -> list[str]:
    return [e if isinstance(e, str) else e["value"] for e in cast("list[Any]", question.config.get("labels") or [])]


def _yaml(pack: Pack, question: Question, task: str, labels: list[str]) -> str:
    subsets = [s for s in pack.subsets if s]
    train = "train" if "train" in subsets else next(iter(subsets), "")
    val = next((s for s in ("val", "valid", "test") if s in subsets), train)
    found: dict[str, Any] = {
        "path": ".",
        "train": f"images/{train}".rstrip("/"),
        "val": f"images/{val}".rstrip("/"),
        **({"test": "images/test"} if "test" in subsets else {}),
        "names": dict(enumerate(labels)),
    }
    if task == "pose":
        names = [p if isinstance(p, str) else p["name"] for p in question.config["points"]]
        found |= {"kpt_shape": [len(names), 3], "kpt_names": dict.fromkeys(range(len(labels)), names)}
    return yaml.safe_dump(found, sort_keys=False, allow_unicode=True)


def _lines(pack: Pack, one: Packed, things: list[Thing], task: str, others: list[Question], labels: list[str]) -> Iterator[str]:
    pack.plain_losses(things)
    boxes = {base_id(b): b for _, found in one.values(others) for b in found if b.get("id")} if task == "pose" else {}
    for thing in things:
        number = labels.index(thing["label"])
        if task == "segment":
            yield _line(number, [n for p in thing["points"] for n in (p[0] / one.width, p[1] / one.height)])
        elif task == "obb":
            yield _line(number, [n for p in corners(thing) for n in (p[0] / one.width, p[1] / one.height)])
        elif task == "pose":
            box = boxes.get(base_id(thing))
            extent = upright(box) if box else around(p for p in thing["points"] if p[2])
            points = [n for x, y, v in thing["points"] for n in (x / one.width, y / one.height, v)]
            yield _line(number, [*_middle(extent, one), *points])
        else:
            if thing.get("angle"):
                pack.losses.add("turned boxes, written as the upright box around them")
            yield _line(number, _middle(upright(thing), one))


def _middle(extent: tuple[float, float, float, float], one: Packed) -> list[float]:
    x, y, w, h = extent
    return [(x + w / 2) / one.width, (y + h / 2) / one.height, w / one.width, h / one.height]


def _line(number: int, values: list[Any]) -> str:
    words = (str(v) if isinstance(v, int) else f"{v:.7f}".rstrip("0").rstrip(".") for v in values)
    return f"{number} {' '.join(words)}"
