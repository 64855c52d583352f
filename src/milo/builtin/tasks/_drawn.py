"""What polygons, lines, figures of points and masks have in common; each of them adds its geometry.

Stands alone because a list of labelled things on an image is checked, compared, merged and written in the same way whatever
the geometry. Things are sorted by top, left, label and geometry; of equal ones one is kept. Two things of one label mean the
same when they are alike by at least 0.5; what "alike" measures is the geometry's own. Agreement is F1 over the best one-to-one
pairing; where there are attributes, half of each pair's weight is how far these agree. Relations between things: `_related`.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from math import isfinite
from typing import Any, ClassVar, cast

import msgspec

from milo.builtin.tasks import _related
from milo.builtin.tasks._attributes import (
    attributes_agree,
    attributes_schema,
    check_attributes,
    describe_attributes,
    merge_attributes,
    read_attributes,
)
from milo.builtin.tasks._config import fitting_field, known_keys, value_error
from milo.builtin.tasks._image_pages import size_on
from milo.builtin.tasks._labels import check_label, describe_labels, instruction, label_set, normalise_labels
from milo.builtin.tasks._likeness import ALL_BUT_ROUNDING, SAME, Extent, Pair, best_total, groups, most_pairs, touching
from milo.builtin.tasks._regions import MarkList, check_ids, check_scores, read_regions
from milo.builtin.tasks._related import GivenTo
from milo.domain.errors import InvalidValue
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.kinds.task_type import Brief, Path, Read

MAX_PIXEL = 1_000_000.0
OVERSHOOT = 1.0
MAX_GROUP = 1_000_000
MOST = 2_000
"""Things a model may list."""
SCALE = 1000
Size = tuple[float, float]
Thing = dict[str, Any]


class Given(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What may come with any thing."""

    label: str
    id: str | None = None
    field: str | None = None
    score: float | None = None
    attributes: dict[str, Any] = {}
    group: int | None = None
    z: int = 0
    page: int | None = None
    relations: list[GivenTo] = []


class Drawn(MarkList):
    """A list of things. A task type of this kind gives `given`, `settings` and the methods marked "geometry"."""

    name: str = ""
    title: str = ""
    shape: str = ""
    what: ClassVar[str] = "things"
    given: ClassVar[type[Given]] = Given
    own_keys: ClassVar[tuple[str, ...]] = ()
    related: ClassVar[bool] = True
    """Whether there may be relations between its things."""
    field_kinds: tuple[str, ...] = ("image",)

    def settings(self, question: Question) -> dict[str, Any]:
        """The task type's own settings, completed. Raises InvalidConfig."""
        return {}

    @abstractmethod
    def place(self, question: Question, mark: Any, size: Size | None) -> None:
        """Geometry: make it canonical, in place. Raises InvalidValue."""

    @abstractmethod
    def geometry(self, mark: Any) -> Thing:
        """Geometry: the part of the value that says where the thing is."""

    @abstractmethod
    def extent(self, thing: Thing) -> Extent:
        """Geometry: the smallest x, y, w, h around it."""

    @abstractmethod
    def alike(self, question: Question, a: Thing, b: Thing) -> float:
        """Geometry: how alike two things of one label are, 0..1; symmetric; 1 for equal ones."""

    def blend(self, question: Question, things: list[Thing]) -> Thing:
        """Geometry: one for several; must not depend on their order. By default, the one most like the others."""
        ranked = sorted(things, key=_key)
        close = [sum(sorted(self.alike(question, one, other) for other in ranked)) for one in ranked]
        return _only_geometry(ranked[close.index(max(close))])

    @abstractmethod
    def written(self, question: Question, size: Size | None) -> tuple[dict[str, Any], list[str], str]:
        """Geometry: for models, (properties, those required, the words that explain them); `size`: None means thousandths."""

    @abstractmethod
    def from_written(self, question: Question, one: Thing, size: Size) -> Thing:
        """Geometry: from thousandths of a picture of that size to pixels. Raises InvalidValue."""

    @abstractmethod
    def to_written(self, question: Question, thing: Thing, size: Size) -> Thing:
        """Geometry: to thousandths."""

    def check_config(self, question: Question, fields: tuple[Field, ...]) -> Question:
        """Settings: `labels`, `attributes` (see `_attributes`), `relations` (types of relations between things, see `_links`),
        and the task type's own. Fills in `field`."""
        more = ("relations",) if self.related else ()
        known_keys(question, "labels", "attributes", *more, *self.own_keys)
        labels = normalise_labels(question)
        config = {"labels": labels, **self.settings(question), **_related.read_types(question, labels)}
        attributes = read_attributes(question, labels)
        if attributes:
            config["attributes"] = attributes
        field = fitting_field(question, fields, self.field_kinds)
        return msgspec.structs.replace(question, config=config, field=field)

    def check(self, question: Question, value: Any, item: Item | None) -> list[Thing]:
        """The things in canonical order, held against the size of the item's image where that is known."""
        given = cast("list[Any]", read_regions(question, value, self.given, self.what))
        check_ids(question, [mark.id for mark in given])
        check_scores(question, [one.score for mark in given for one in (mark, *mark.relations)])
        links = _related.links_of(question, given)
        labels = label_set(question)
        kept: dict[str, Thing] = {}
        places: dict[str, str] = {}
        for mark in given:
            if mark.label not in labels.order:
                check_label(question, labels, mark.label)
            check_common(question, mark)
            self.place(question, mark, size_on(question, item, mark.page))
            thing = {**self.geometry(mark), "label": mark.label, **common(question, mark)}
            place = _key(thing)
            if mark.id is not None:
                places[mark.id] = place
            if place not in kept or "id" not in kept[place]:
                kept[place] = thing
        found = [thing for _, thing in sorted(kept.items(), key=lambda pair: self._order(*pair))]
        now = {ident: kept[place]["id"] for ident, place in places.items()} if links else {}
        return _related.attach(question, found, links, now)

    def _order(self, key: str, thing: Thing) -> tuple[int, float, float, str, str]:
        x, y, _, _ = self.extent(thing)
        return (thing.get("page", 0), y, x, thing["label"], key)

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """See the module; ids, groups and depth do not matter."""
        if not a and not b:
            return 1.0
        total = best_total(self._pairs(question, a, b, weighed=True))
        if not question.config.get("relations"):
            return 2 * total / (len(a) + len(b))
        first, second = sorted((list(a), list(b)), key=_order_of)
        return _related.agreement(question, first, second, total, self._pairs(question, first, second, weighed=False))

    def _pairs(self, question: Question, a: list[Thing], b: list[Thing], *, weighed: bool) -> list[Pair]:
        ours, theirs = [self.extent(one) for one in a], [self.extent(one) for one in b]
        found: list[Pair] = []
        for i, j in touching(ours, theirs, self.slack(question)):
            apart = a[i]["label"] != b[j]["label"] or a[i].get("page", 0) != b[j].get("page", 0)
            if apart or (not weighed and i >= j and a is b):
                continue
            near = self.alike(question, a[i], b[j])
            if near < SAME:
                continue
            found.append((i, j, self.weight(question, a[i], b[j]) if weighed else near))
        return found

    def shared(self, question: Question, a: Any, b: Any) -> list[Path]:
        """The things of `a` that are paired with one of `b` and have the same attributes and relations."""
        near = self._pairs(question, a, b, weighed=False)
        same = [p for p in near if self.weight(question, a[p[0]], b[p[1]]) > ALL_BUT_ROUNDING]
        return [(i,) for i, _ in _related.told_alike(question, a, b, most_pairs(same))]

    def weight(self, question: Question, a: Thing, b: Thing) -> float:
        """How much a pair that means the same thing counts, 0.5..1: by its attributes, if there are any."""
        if not question.config.get("attributes"):
            return 1.0
        return 0.5 + 0.5 * attributes_agree(question, a["label"], a.get("attributes", {}), b.get("attributes", {}))

    def slack(self, question: Question) -> float:
        """How far apart two extents may lie and still be of one thing, in pixels."""
        return 0.0

    def brief(self, question: Question) -> Brief:
        """A list of things in pixels."""
        return self._brief(question, (MAX_PIXEL, MAX_PIXEL))

    def model_brief(self, question: Question) -> Brief:
        """A list of things in thousandths of the picture, so that they mean the same at any size."""
        return self._brief(question, None)

    def _brief(self, question: Question, size: Size | None) -> Brief:
        own, needed, words = self.written(question, size)
        related, about = _related.asked(question, "thing")
        properties: dict[str, Any] = {"label": {"type": "string", "enum": list(label_set(question).order)}, **own, **related}
        attributes = attributes_schema(question)
        if attributes is not None:
            properties["attributes"] = attributes
        unit = "pixels of the image" if size else f"whole numbers from 0 to {SCALE}: thousandths of its width and height"
        text = (
            f"Answer with the list of all {self.what}; an empty list if there are none. Places are in {unit}, from the top "
            f"left corner, x to the right and y down. {words} Labels:\n"
            f"{describe_labels(question)}\n{describe_attributes(question)}\n{about}"
        )
        required = ["label", *needed, *related]
        thing = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
        return Brief(instruction(question, text.strip()), {"type": "array", "items": thing, "maxItems": MOST})

    def from_model(self, question: Question, answer: Any, item: Item, last: bool) -> Read:
        """The things in pixels of the item's image; at the last attempt without those that mean nothing."""
        size = size_of(question, item)
        if size is None:
            raise value_error(question, "the size of the item's image is not known.")
        found: list[tuple[Thing, Thing]] = []
        left_out: list[str] = []
        for one in answer:
            extra = {"attributes": one["attributes"]} if one.get("attributes") else {}
            try:
                thing = {**self.from_written(question, one, size), "label": one["label"], **extra}
                self.check(question, [thing], item)
                found.append((one, thing))
            except InvalidValue as error:
                if not last:
                    raise
                left_out.append(error.message)
        if left_out and not found:
            raise value_error(question, left_out[0])
        left_out += _related.from_answer(question, found, last)
        return Read([thing for _, thing in found], tuple(left_out))

    def to_model(self, question: Question, value: Any, item: Item) -> Any:
        """The things in thousandths."""
        size = size_of(question, item) or (float(SCALE), float(SCALE))
        written = [
            {"label": one["label"], **self.to_written(question, one, size)}
            | ({"attributes": one["attributes"]} if one.get("attributes") else {})
            for one in value
        ]
        return _related.to_answer(question, value, written)

    def merge(self, question: Question, values: list[Any]) -> Any:
        """One for every group of alike things that at least half of the answers contain."""
        if len(values) == 1:
            return values[0]
        things = [one for value in values for one in value]
        source = [n for n, value in enumerate(values) for _ in value]
        pairs = [p for p in self._pairs(question, things, things, weighed=False) if source[p[0]] != source[p[1]]]
        found: list[Thing] = []
        kept = [group for group in groups(things, source, _key, pairs) if 2 * len(group) >= len(values)]
        for group in kept:
            members = sorted((things[i] for i in group), key=_key)
            label = members[0]["label"]
            attributes = merge_attributes(question, label, [one.get("attributes", {}) for one in members])
            page = {"page": members[0]["page"]} if members[0].get("page") else {}
            found.append({**self.blend(question, members), "label": label, "attributes": attributes, **page})
        return self.check(question, _related.with_voted(question, found, kept, values), None)

    def summary(self, question: Question, value: Any) -> list[str]:
        """The distinct labels of things and relations."""
        return _related.summary(value)


def size_of(question: Question, item: Item | None) -> Size | None:
    """Width and height of the image, None where unknown."""
    if item is None:
        return None
    images = [item.data.get(question.field)] if question.field is not None else list(item.data.values())
    for image in images:
        if isinstance(image, dict) and isinstance(image.get("width"), int) and isinstance(image.get("height"), int):
            return float(image["width"]), float(image["height"])
    return None


def check_common(question: Question, mark: Any) -> None:
    """Hold what may come with any thing to its rules. Raises InvalidValue."""
    if mark.field is not None and question.field is not None and mark.field != question.field:
        raise value_error(question, f'a thing is on the field "{mark.field}", not "{question.field}".')
    if mark.group is not None and not 1 <= mark.group <= MAX_GROUP:
        raise value_error(
            question, f"the group {mark.group} is no whole number from 1 to {MAX_GROUP:,}; leave it out for none."
        )
    if not -MAX_GROUP <= mark.z <= MAX_GROUP:
        raise value_error(question, f"the depth z={mark.z} is beyond {MAX_GROUP:,}.")
    mark.attributes = check_attributes(question, mark.label, mark.attributes)


def common(question: Question, mark: Any) -> Thing:
    """What a stored thing keeps besides its place and label; nothing that is not said."""
    found: Thing = {}
    for name in ("id", "score", "attributes", "group", "z", "page"):
        value = getattr(mark, name)
        if value is not None and value != {} and not (name in ("z", "page") and value == 0):
            found[name] = value
    return found


def on_image(question: Question, x: float, y: float, size: Size | None, what: str) -> tuple[float, float]:
    """A point, pulled onto the image where it is at most a pixel off. Raises InvalidValue."""
    if not (isfinite(x) and isfinite(y) and abs(x) <= MAX_PIXEL and abs(y) <= MAX_PIXEL):
        raise value_error(question, f"{what} has a number that is not finite or beyond {MAX_PIXEL:,.0f}.")
    width, height = size or (MAX_PIXEL, MAX_PIXEL)
    if not (-OVERSHOOT <= x <= width + OVERSHOOT and -OVERSHOOT <= y <= height + OVERSHOOT):
        bounds = f", which is {width:g} x {height:g} pixels" if size else ""
        raise value_error(question, f"{what} has the point ({x:g}, {y:g}) outside of the image{bounds}.")
    return min(max(x, 0.0), width) + 0.0, min(max(y, 0.0), height) + 0.0


def around(points: list[Any]) -> Extent:
    """The smallest box around points."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def point_schema(size: Size | None) -> dict[str, Any]:
    """The JSON schema of a point for models."""
    number: dict[str, Any] = {"type": "number"} if size else {"type": "integer", "minimum": 0, "maximum": SCALE}
    return {"type": "object", "properties": {"x": number, "y": number}, "required": ["x", "y"], "additionalProperties": False}


def to_thousandths(x: float, y: float, size: Size) -> dict[str, int]:
    """A point as models write it."""
    return {"x": min(SCALE, max(0, round(x * SCALE / size[0]))), "y": min(SCALE, max(0, round(y * SCALE / size[1])))}


def to_pixels(point: dict[str, Any], size: Size) -> tuple[float, float]:
    """A point in thousandths, in pixels."""
    return point["x"] * size[0] / SCALE, point["y"] * size[1] / SCALE


def _only_geometry(thing: Thing) -> Thing:
    return {k: v for k, v in thing.items() if k not in ("id", "score", "attributes", "group", "z", "label", "relations")}


def _order_of(things: list[Thing]) -> str:
    return json.dumps(things, sort_keys=True)


def _key(thing: Thing) -> str:
    return msgspec.json.encode([thing["label"], _only_geometry(thing)]).decode()
