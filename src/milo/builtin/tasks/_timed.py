"""What labelled stretches of time have in common, with or without words: reading, order, comparing, merging, models' form.

Stands alone because `segments` and `transcript` mark time alike. Times are seconds from the start of the media as decoded,
rounded to a millionth. Segments are sorted by start, longer first, then by label; of equal ones one is kept. Two segments of
one label mean the same when their intersection over union in time is at least 0.5. A segment that ends at most 0.1 s after the
media is cut at its end (lengths in containers are estimates); further out is an error.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from math import fsum, isfinite
from typing import Any, ClassVar, cast

import msgspec

from milo.builtin.tasks._attributes import (
    attributes_agree,
    attributes_schema,
    check_attributes,
    describe_attributes,
    merge_attributes,
    read_attributes,
)
from milo.builtin.tasks._config import config_error, fitting_field, known_keys, number, value_error
from milo.builtin.tasks._labels import check_label, describe_labels, instruction, label_set, normalise_labels
from milo.builtin.tasks._likeness import ALL_BUT_ROUNDING, SAME, Pair, best_total, groups, most_pairs
from milo.builtin.tasks._regions import MarkList, check_ids, check_scores, read_regions
from milo.builtin.tasks._series import length_of
from milo.domain.errors import InvalidValue
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.kinds.task_type import Brief, Path, Read

MAX_TIME = 1_000_000.0
OVERSHOOT = 0.1
MOST = 2_000
"""Segments a model may list."""
Segment = dict[str, Any]
Stretch = tuple[float, float]


class GivenSegment(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A segment as it may come in."""

    start: float
    end: float
    label: str
    id: str | None = None
    field: str | None = None
    score: float | None = None
    attributes: dict[str, Any] = {}


class Timed(MarkList):
    """A list of segments. A task type of this kind may add settings, words, and its own agreement."""

    name: str = ""
    title: str = ""
    shape = "segments"
    field_kinds: tuple[str, ...] = ("audio", "video")
    given: ClassVar[type[GivenSegment]] = GivenSegment
    own_keys: ClassVar[tuple[str, ...]] = ()

    def settings(self, question: Question, attributes: list[dict[str, Any]]) -> dict[str, Any]:
        """The task type's own settings, completed. Raises InvalidConfig."""
        return {}

    def words(self, question: Question, given: Any) -> dict[str, Any]:
        """What is stored of a segment besides its place and label. Raises InvalidValue."""
        return {}

    def blended(self, question: Question, members: list[Segment]) -> dict[str, Any]:
        """The same for several that are merged; must not depend on their order."""
        return {}

    def whole(self, question: Question, segments: list[Segment]) -> list[Segment]:
        """Hold the list as a whole to its rules. Raises InvalidValue."""
        return segments

    def labels_of(self, question: Question) -> list[dict[str, Any]]:
        """The label set, completed. Raises InvalidConfig."""
        return normalise_labels(question)

    def check_config(self, question: Question, fields: tuple[Field, ...]) -> Question:
        """Settings: `labels`, `overlap` (true: freely; "labels": only segments of different labels; false: not at all),
        `min_length` (0.0: seconds), `attributes` (see `_attributes`), and the task type's own. Fills in `field`."""
        known_keys(question, "labels", "overlap", "min_length", "attributes", *self.own_keys)
        labels = self.labels_of(question)
        attributes = read_attributes(question, labels)
        config: dict[str, Any] = {
            "labels": labels,
            "overlap": _overlap(question),
            "min_length": number(question, "min_length", 0.0, 0.0, 3_600.0),
            **self.settings(question, attributes),
        }
        if attributes:
            config["attributes"] = attributes
        field = fitting_field(question, tuple(sorted(fields, key=lambda f: f.kind == "table")), self.field_kinds)
        return msgspec.structs.replace(question, config=config, field=field)

    def check(self, question: Question, value: Any, item: Item | None) -> list[Segment]:
        """The segments in canonical order, held against the length of the item's media where that is known."""
        given = read_regions(question, value, self.given, "segments")
        check_ids(question, [one.id for one in given])
        check_scores(question, [one.score for one in given])
        labels, duration = label_set(question), duration_of(question, item)
        found: list[Segment] = []
        for one in given:
            if one.label not in labels.order:
                check_label(question, labels, one.label)
            if one.field is not None and question.field is not None and one.field != question.field:
                raise value_error(question, f'{_where(one)} is on the field "{one.field}", not "{question.field}".')
            start, end = _placed(question, one, duration)
            segment: Segment = {"start": start, "end": end, "label": one.label, **self.words(question, one)}
            attributes = check_attributes(question, one.label, one.attributes)
            extra = {"id": one.id, "score": one.score, "attributes": attributes or None}
            found.append(segment | {name: part for name, part in extra.items() if part is not None})
        unique = in_order(found)
        refuse_overlap(question, unique)
        return self.whole(question, unique)

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """F1 over the best one-to-one pairing; with attributes, half of each pair's weight is how far these agree."""
        if not a and not b:
            return 1.0
        weighed = [(i, j, _weight(question, a[i], b[j])) for i, j, _ in alike(a, b)]
        return 2 * best_total(weighed) / (len(a) + len(b))

    def shared(self, question: Question, a: Any, b: Any) -> list[Path]:
        """The segments of `a` that are paired with one of `b`, and have the same attributes and words."""
        near = [p for p in alike(a, b) if _weight(question, a[p[0]], b[p[1]]) > ALL_BUT_ROUNDING]
        return [(i,) for i, _ in most_pairs([p for p in near if self.same_words(a[p[0]], b[p[1]])])]

    def same_words(self, a: Segment, b: Segment) -> bool:
        """Whether two segments of one place say the same."""
        return True

    def merge(self, question: Question, values: list[Any]) -> Any:
        """The mean of every group of alike segments that at least half of the answers contain; where they may not overlap,
        more votes win."""
        if len(values) == 1:
            return values[0]
        every = [one for value in values for one in value]
        source = [n for n, value in enumerate(values) for _ in value]
        pairs = [pair for pair in alike(every, every) if source[pair[0]] < source[pair[1]]]
        kept: list[tuple[int, Segment]] = []
        for group in groups(every, source, _key, pairs):
            if 2 * len(group) < len(values):
                continue
            members = sorted((every[i] for i in group), key=_key)
            attributes = merge_attributes(question, members[0]["label"], [one.get("attributes", {}) for one in members])
            kept.append((len(group), _mean(members) | self.blended(question, members) | {"attributes": attributes}))
        return self.check(question, self.together(question, _apart(question, kept), values), None)

    def together(self, question: Question, merged: list[Segment], values: list[list[Segment]]) -> list[Segment]:
        """The merged list before it is checked, where its parts depend on each other."""
        return merged

    def brief(self, question: Question) -> Brief:
        """A list of segments in seconds."""
        properties: dict[str, Any] = {
            "start": {"type": "number", "minimum": 0},
            "end": {"type": "number", "minimum": 0},
            "label": {"type": "string", "enum": list(label_set(question).order)},
            **self.word_schema(),
        }
        needed = list(properties)
        attributes = attributes_schema(question)
        if attributes is not None:
            properties["attributes"] = attributes
        segment = {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}
        what = (
            "Answer with the list of all segments, an empty list if there are none: `start` and `end` in seconds from the "
            f"beginning, with decimals. {_RULE[question.config.get('overlap', True)]} {self.word_rule()}\nLabels:\n"
            f"{describe_labels(question)}\n{describe_attributes(question)}"
        )
        return Brief(instruction(question, what.strip()), {"type": "array", "items": segment, "maxItems": MOST})

    def word_schema(self) -> dict[str, Any]:
        """The JSON schema of what a segment has besides its place and label."""
        return {}

    def word_rule(self) -> str:
        """The same in words."""
        return ""

    def from_model(self, question: Question, answer: Any, item: Item, last: bool) -> Read:
        """The segments; at the last attempt without those that mean nothing."""
        found: list[Segment] = []
        left_out: list[str] = []
        for one in answer:
            try:
                self.check(question, [one], item)
                found.append(one)
            except InvalidValue as error:
                if not last:
                    raise
                left_out.append(error.message)
        if left_out and not found:
            raise value_error(question, left_out[0])
        return Read(found, tuple(left_out))

    def to_model(self, question: Question, value: Any, item: Item) -> Any:
        """The segments without what only Milo needs."""
        return [{name: part for name, part in one.items() if name not in ("id", "score")} for one in value][:MOST]


_RULE: dict[bool | str, str] = {
    True: "Segments may overlap.",
    "labels": "Segments of different labels may overlap, those of one label may not.",
    False: "Segments may not overlap.",
}


def _overlap(question: Question) -> bool | str:
    value = question.config.get("overlap", True)
    if value != "labels" and not isinstance(value, bool):
        raise config_error(question, "overlap", f'overlap is {value!r:.40}; it must be true, false or "labels".')
    return value


def duration_of(question: Question, item: Item | None) -> float | None:
    """The length of the item's media or time series in seconds, None where unknown."""
    if item is None:
        return None
    media = [item.data.get(question.field)] if question.field is not None else list(item.data.values())
    for one in media:
        if isinstance(one, dict):
            duration = cast("dict[str, Any]", one).get("duration")
            if isinstance(duration, int | float) and not isinstance(duration, bool) and duration > 0:
                return float(duration)
    return length_of(media[0]) if question.field is not None else None


def _where(one: GivenSegment) -> str:
    return f"the segment {one.start:g}-{one.end:g} s"


def _placed(question: Question, one: GivenSegment, duration: float | None) -> Stretch:
    if not (isfinite(one.start) and isfinite(one.end) and abs(one.start) <= MAX_TIME and abs(one.end) <= MAX_TIME):
        raise value_error(question, f"a segment has a time that is not finite or beyond {MAX_TIME:,.0f} seconds.")
    start, end = round(one.start, 6), round(one.end, 6)
    if -OVERSHOOT <= start < 0:
        start = 0.0
    if duration is not None and duration < end <= duration + OVERSHOOT:
        end = round(duration, 6)
    if start < 0 or (duration is not None and end > duration + 1e-6):
        length = f", which is {duration:.3f} seconds long" if duration is not None else ""
        raise value_error(question, f"{_where(one)} lies outside of the media{length}. Times are in seconds.")
    least = float(question.config.get("min_length", 0.0))
    if end <= start or end - start < least - 2e-6:
        raise value_error(question, f"{_where(one)} must end after it starts{f', at least {least:g} s' * (least > 0)}.")
    return start + 0.0, end + 0.0


def _place(one: Segment) -> tuple[float, float, str]:
    return one["start"], one["end"], one["label"]


def _key(one: Segment) -> str:
    return f"{one['start']!r} {one['end']!r} {one['label']} {one.get('text', '')} {sorted(one.get('attributes', {}).items())!r}"


def in_order(segments: list[Segment]) -> list[Segment]:
    """Sorted; of segments with the same place and label the first in full order is kept, one with an id before one without."""
    segments = sorted(segments, key=lambda s: (s["start"], -s["end"], s["label"], "id" not in s, s.get("id", ""), _key(s)))
    kept: dict[tuple[float, float, str], Segment] = {}
    for one in segments:
        kept.setdefault(_place(one), one)
    return list(kept.values())


def refuse_overlap(question: Question, segments: list[Segment]) -> None:
    """Raise InvalidValue where two segments share time and may not. `segments` are in order."""
    rule = question.config.get("overlap", True)
    if rule is True:
        return
    lanes = {one["label"] for one in segments} if rule == "labels" else {None}
    for lane in lanes:
        for before, one in pairwise(s for s in segments if lane is None or s["label"] == lane):
            if one["start"] < before["end"]:
                which = f' labelled "{lane}"' if lane else ""
                raise value_error(
                    question,
                    f"segments {before['start']:g}-{before['end']:g} s and {one['start']:g}-{one['end']:g} s{which} overlap, "
                    "which this question forbids.",
                )


def time_iou(a: Segment, b: Segment) -> float:
    """Intersection over union in time, 0..1."""
    common = min(a["end"], b["end"]) - max(a["start"], b["start"])
    return min(1.0, common / (max(a["end"], b["end"]) - min(a["start"], b["start"]))) if common > 0 else 0.0


def alike(a: Sequence[Segment], b: Sequence[Segment]) -> list[Pair]:
    """Pairs (index in a, index in b, IoU) of one label with IoU >= 0.5.

    Such a segment starts at most one length of the first before it and half a length after its start: two bisections leave few.
    """
    order = sorted(range(len(b)), key=lambda j: b[j]["start"])
    starts = [b[j]["start"] for j in order]
    found: list[Pair] = []
    for i, one in enumerate(a):
        length = one["end"] - one["start"]
        low = bisect_left(starts, one["start"] - length * 1.0001 - 1e-9)
        high = bisect_right(starts, one["start"] + length * 0.5001 + 1e-9)
        for j in order[low:high]:
            if b[j]["label"] == one["label"] and (near := time_iou(one, b[j])) >= SAME:
                found.append((i, j, near))
    return found


def _weight(question: Question, a: Segment, b: Segment) -> float:
    if not question.config.get("attributes"):
        return 1.0
    return 0.5 + 0.5 * attributes_agree(question, a["label"], a.get("attributes", {}), b.get("attributes", {}))


def covered(segments: Sequence[Segment], label: str) -> list[Stretch]:
    """The stretches that segments of a label cover, apart and in order."""
    found: list[list[float]] = []
    for start, end in sorted((s["start"], s["end"]) for s in segments if s["label"] == label):
        if found and start <= found[-1][1]:
            found[-1][1] = max(found[-1][1], end)
        else:
            found.append([start, end])
    return [(start, end) for start, end in found]


def common_time(a: Sequence[Stretch], b: Sequence[Stretch]) -> float:
    """Seconds that lie in both; each is apart and in order."""
    parts: list[float] = []
    i = j = 0
    while i < len(a) and j < len(b):
        parts.append(max(0.0, min(a[i][1], b[j][1]) - max(a[i][0], b[j][0])))
        if a[i][1] < b[j][1]:
            i += 1
        else:
            j += 1
    return fsum(parts)


def time_agreement(a: Sequence[Segment], b: Sequence[Segment]) -> float:
    """How far two answers say the same of each moment: 2 x the seconds where both have a label, over the seconds that either
    gives it, summed over labels (Dice). 1 where neither has any."""
    shared, total = 0.0, 0.0
    for label in sorted({one["label"] for one in (*a, *b)}):
        ours, theirs = covered(a, label), covered(b, label)
        shared += common_time(ours, theirs)
        total += fsum(end - start for start, end in (*ours, *theirs))
    return min(1.0, 2 * shared / total) if total > 0 else 1.0


def _mean(members: list[Segment]) -> Segment:
    n = len(members)
    start, end = fsum(one["start"] for one in members) / n, fsum(one["end"] for one in members) / n
    return {"start": start, "end": end, "label": members[0]["label"]}


def _apart(question: Question, voted: list[tuple[int, Segment]]) -> list[Segment]:
    """Of segments that may not overlap, those with more votes, then the longer, then the earlier."""
    rule = question.config.get("overlap", True)
    if rule is True:
        return [one for _, one in voted]
    kept: list[Segment] = []
    for _, one in sorted(voted, key=lambda v: (-v[0], v[1]["start"] - v[1]["end"], _key(v[1]))):
        start, end = round(one["start"], 6), round(one["end"], 6)
        if all(
            (rule == "labels" and other["label"] != one["label"])
            or end <= round(other["start"], 6)
            or round(other["end"], 6) <= start
            for other in kept
        ):
            kept.append(one)
    return kept
