"""The names of classes and points of a YOLO data set.

Stands alone because every tool keeps them elsewhere: `data.yaml` (a list or a mapping `names`, `kpt_shape`, `kpt_names`),
`obj.names` or another file ending in `.names`, `classes.txt`, `labels.txt`, one name a line.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any, cast

import msgspec
import yaml

from milo.builtin.formats._tree import Tree, Unreadable

_MAX = 4 << 20


class Names(msgspec.Struct):
    """Class number to name; (points, numbers of each) of a figure; the files that said so; what went wrong with one."""

    labels: dict[int, str] = {}
    points: tuple[int, int] | None = None
    named_points: list[str] = []
    files: list[str] = []
    trouble: list[str] = []

    def label(self, number: str) -> str | None:
        """The name of a class; where no file names classes, one made of its number."""
        value = float(number)
        if not value.is_integer() or value < 0:
            return None
        return self.labels.get(int(value)) if self.labels else f"class_{int(value)}"

    def point_names(self) -> list[str]:
        """A name for each point of a figure."""
        count = self.points[0] if self.points else 0
        return self.named_points if len(self.named_points) == count else [f"p{i + 1}" for i in range(count)]


def names_of(tree: Tree) -> Names:
    """What the files of a tree say."""
    found = Names()
    for name in sorted(tree.ending(".yaml", ".yml", ".names", "classes.txt", "labels.txt"), key=_rank):
        try:
            text = tree.content(name, _MAX).decode("utf-8-sig")
            if name.lower().endswith((".yaml", ".yml")):
                _take_yaml(found, name, text)
            elif not found.labels:
                found.labels = {i: line.strip() for i, line in enumerate(text.splitlines()) if line.strip()}
                found.files.append(name)
        except (Unreadable, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
            found.trouble.append(f"{name}: cannot be read: {str(error)[:200]}")
    return found


def _rank(name: str) -> tuple[bool, int, str]:
    return not name.lower().endswith((".yaml", ".yml")), len(PurePosixPath(name).parts), name


def _take_yaml(found: Names, name: str, text: str) -> None:
    if text.count("*") + text.count("&") > 20:
        raise Unreadable("it refers to itself too often")
    document = yaml.safe_load(text)
    given = cast("dict[str, Any]", document) if isinstance(document, dict) else {}
    names = given.get("names")
    if found.files or not isinstance(names, dict | list):
        return
    pairs = names.items() if isinstance(names, dict) else enumerate(cast("list[Any]", names))
    found.labels = {int(k): str(v) for k, v in pairs if str(k).isdecimal()}
    found.files.append(name)
    shape = cast("list[Any]", given.get("kpt_shape")) if isinstance(given.get("kpt_shape"), list) else []
    if len(shape) == 2 and all(isinstance(n, int) for n in shape) and 0 < shape[0] <= 200 and shape[1] in (2, 3):
        found.points = (shape[0], shape[1])
    points = given.get("kpt_names")
    lists = list(cast("dict[Any, Any]", points).values()) if isinstance(points, dict) else [points]
    found.named_points = [str(p) for p in cast("list[Any]", lists[0])] if lists and isinstance(lists[0], list) else []
