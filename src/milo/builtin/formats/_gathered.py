"""What a data set would ask: the settings of questions that could take its things.

Stands alone because no file of a data set lists all of it: labels may be declared, attributes often are not, and how many
points a figure has only its figures show.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from milo.kinds.format import AnswerColumn

SHAPES = {
    "boxes": "boxes",
    "polygons": "polygons",
    "masks": "masks",
    "keypoints": "keypoints",
    "lines": "polylines",
    "labels": "labels",
    "captions": "text",
    "tracks": "tracks",
}
"""The shape of the values of each column."""
PREDICTED = "predicted_"
YES, NO = "yes", "no"
Thing = dict[str, Any]


class Gathered:
    """What the things of a data set are labelled with, and what else a question about them would have to ask."""

    def __init__(self, known: dict[str, dict[str, Any]]) -> None:
        self._known = known
        self._labels: dict[str, dict[str, None]] = {c: dict.fromkeys(known[c].get("labels", [])) for c in known}
        self._attributes: dict[str, dict[str, dict[str, None]]] = {}
        self._points: dict[str, set[int]] = {}
        self._turned: set[str] = set()
        self._seen: set[str] = set()
        self._places: dict[str, None] = {}
        self._changing: dict[str, dict[str, None]] = {}

    def take(self, columns: dict[str, list[Any]], bitmaps: Iterable[str], classes: dict[str, str]) -> None:
        """What is on one more picture: things by column, the columns that are bitmaps, and the classes of these."""
        for column, things in columns.items():
            self._seen.add(column)
            labels = self._labels.setdefault(column, {})
            if column == "captions":
                continue
            for thing in things:
                if isinstance(thing, str):
                    labels[thing] = None
                else:
                    labels[thing["label"]] = None
                    self._look(column, thing)
        for column in bitmaps:
            self._seen.add(column)
            self._labels.setdefault(column, {}).update(dict.fromkeys(classes.values()))

    def _look(self, column: str, thing: Thing) -> None:
        if thing.get("angle") or "corners" in thing:
            self._turned.add(column)
        if column == "tracks":
            self._look_along(thing)
        if column == "keypoints":
            self._points.setdefault(column, set()).add(len(thing["points"]))
        for name, value in thing.get("attributes", {}).items():
            self._attributes.setdefault(column, {}).setdefault(name, {})[value] = None

    def _look_along(self, track: Thing) -> None:
        for key in track["keyframes"]:
            for place in ("box", "polygon", "points"):
                if place in key:
                    self._places[place] = None
            if len(key.get("box", ())) > 4:
                self._turned.add("tracks")
            if "points" in key:
                self._points.setdefault("tracks", set()).add(len(key["points"]))
            for name, value in key.get("attributes", {}).items():
                self._changing.setdefault(name, {})[value] = None

    def columns(self) -> list[AnswerColumn]:
        """One for each column that was seen."""
        out: list[AnswerColumn] = []
        for column, shape in SHAPES.items():
            for name in (column, PREDICTED + column):
                if name in self._seen:
                    out.append(AnswerColumn(name, shape, self._config(name, column)))
        return out

    def _config(self, column: str, plain: str) -> dict[str, Any]:
        if plain == "captions":
            return {}
        config: dict[str, Any] = {"labels": list(self._labels[column])[:10_000]}
        if column in self._turned:
            config["rotated"] = True
        if plain == "boxes":
            config["min_size"] = 0.0
        known = {k: v for k, v in self._known.get(plain, {}).items() if k not in ("labels", "attributes")}
        if plain == "tracks":
            known |= self._along(known.get("changing", []))
        if plain == "keypoints" or (plain == "tracks" and "points" in self._places):
            known = self._figures(column) | known
        elif plain == "tracks":
            known = {k: v for k, v in known.items() if k not in ("points", "edges")}
        declared = cast("list[dict[str, Any]]", self._known.get(plain, {}).get("attributes") or [])
        names = {one["name"] for one in declared}
        used = self._attributes.get(column, {}).items()
        attributes = declared + [_attribute(name, list(values)) for name, values in used if name not in names]
        return config | known | ({"attributes": attributes} if attributes and plain != "labels" else {})

    def _along(self, declared: list[dict[str, Any]]) -> dict[str, Any]:
        """What is drawn at key frames, and the attributes that change there."""
        named = {one["name"] for one in declared}
        more = [_attribute(name, list(values)) for name, values in self._changing.items() if name not in named]
        return {"places": list(self._places) or ["box"], "changing": declared + more}

    def _figures(self, column: str) -> dict[str, Any]:
        """As many points as every figure has, else one: then each point is a thing of its own."""
        counts = self._points.get(column, {1})
        return {"points": [f"p{i + 1}" for i in range(min(counts) if len(counts) == 1 else 1)]}


def _attribute(name: str, values: list[str]) -> dict[str, Any]:
    """An attribute as a question: a choice among the few values that it has, else a text."""
    if set(values) <= {YES, NO}:
        return {"name": name, "config": {"labels": [YES, NO]}}
    if len(values) <= 30 and all(0 < len(value.strip()) <= 100 for value in values):
        return {"name": name, "config": {"labels": sorted(values)}}
    return {"name": name, "type": "text"}
