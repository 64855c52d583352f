"""Label sets: reading, completing and searching the `labels` setting that most task types share.

Stands alone because a label set of 10,000 entries must be checked once and looked up millions of times.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from difflib import get_close_matches
from typing import Any, cast

import msgspec

from milo.builtin.tasks._config import config_error, value_error
from milo.domain.question import Question
from milo.domain.shapes import Label

MAX_LABELS = 10_000
MAX_LABEL_LENGTH = 500
_DEFAULT_KEYS = "1234567890"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
_CACHED_SETS = 64
_CACHED_LABELS = 20_000


class LabelSet:
    """The labels of one question: `order` maps each value to its place, `parents` to its parent (None at the root)."""

    def __init__(self, labels: list[Any]) -> None:
        self.parents: dict[str, str | None] = {}
        for label in labels:
            value, parent = (label, None) if isinstance(label, str) else (label["value"], label.get("parent"))
            self.parents[value] = parent
        self.order = {value: i for i, value in enumerate(self.parents)}
        self.inner = {parent for parent in self.parents.values() if parent is not None}

    def with_ancestors(self, values: list[str]) -> set[str]:
        """The values and everything above them; values outside of the set count as roots."""
        found: set[str] = set()
        for value in values:
            at: str | None = value
            while at is not None and at not in found:
                found.add(at)
                at = self.parents.get(at)
        return found

    def rank(self, value: str) -> tuple[int, str]:
        """A sort key: place in the schema, then the value for those that are not in it."""
        return (self.order.get(value, len(self.order)), value)


_cache: OrderedDict[int, tuple[list[Any], LabelSet]] = OrderedDict()


def label_set(question: Question) -> LabelSet:
    """The labels of a question, remembered for as long as the same list is asked for."""
    labels = cast("list[Any]", question.config.get("labels") or [])
    held = _cache.get(id(labels))
    if held is not None and held[0] is labels:
        return held[1]
    found = LabelSet(labels)
    _cache[id(labels)] = (labels, found)
    _forget()
    return found


def _forget() -> None:
    """Drop the oldest sets until the rest is small, however large single sets are."""
    held = sum(len(one.order) for _, one in list(_cache.values()))
    while len(_cache) > 1 and (len(_cache) > _CACHED_SETS or held > _CACHED_LABELS):
        _, (_, oldest) = _cache.popitem(last=False)
        held -= len(oldest.order)


def check_label(question: Question, labels: LabelSet, value: Any) -> str:
    """The value if it is one of the labels. Raises InvalidValue with a near miss, if there is one."""
    if isinstance(value, str) and value in labels.order:
        return value
    if not isinstance(value, str):
        raise value_error(question, f"expected a label (text), got {type(value).__name__}: {value!r:.80}.")
    known = list(labels.order)
    near = get_close_matches(value, known, n=1) if len(known) <= 200 else []
    hint = f' Did you mean "{near[0]}"?' if near else f" Labels: {', '.join(known[:10])}{', ...' * (len(known) > 10)}."
    raise value_error(question, f'"{value[:80]}" is not one of its labels.{hint}')


def normalise_labels(question: Question) -> list[dict[str, Any]]:
    """The `labels` setting as a list of {value, title?, color?, key?, parent?, description?} with default keys.

    Raises InvalidConfig for no labels or too many, malformed, repeated or orphaned ones, cycles and repeated keys.
    """
    raw = question.config.get("labels")
    if not isinstance(raw, list) or not raw:
        raise config_error(question, "labels", 'it needs labels, for example labels: ["yes", "no"].')
    if len(raw) > MAX_LABELS:
        raise config_error(question, "labels", f"{len(raw):,} labels; at most {MAX_LABELS:,} are allowed.")
    labels = [_one_label(question, entry, i) for i, entry in enumerate(cast("list[Any]", raw))]
    _refuse_repeats(question, "value", [label.value for label in labels])
    _refuse_repeats(question, "key", [label.key for label in labels if label.key is not None])
    _check_tree(question, {label.value: label.parent for label in labels})
    return [cast("dict[str, Any]", msgspec.to_builtins(label)) for label in _with_keys(labels)]


def _one_label(question: Question, entry: Any, place: int) -> Label:
    try:
        label = Label(entry) if isinstance(entry, str) else msgspec.convert(entry, _StrictLabel)
    except msgspec.ValidationError as error:
        raise config_error(question, f"labels[{place}]", f"label {place + 1} is malformed: {error}.") from None
    label = Label(label.value, label.title, label.color, label.key, label.parent, label.description)
    _check_parts(question, label, place)
    return label


class _StrictLabel(Label, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A label that refuses fields it does not know."""


def _check_parts(question: Question, label: Label, place: int) -> None:
    where = f"labels[{place}]"
    if not label.value.strip() or len(label.value) > MAX_LABEL_LENGTH:
        raise config_error(
            question,
            where,
            f"label {place + 1} must have 1 to {MAX_LABEL_LENGTH} characters, got {label.value[:40]!r}.",
        )
    if any("\ud800" <= c <= "\udfff" for c in label.value):
        raise config_error(question, where, f"label {place + 1} holds half a character (a lone surrogate).")
    if label.color is not None and not _COLOUR.match(label.color):
        raise config_error(question, where, f'label "{label.value}": colour {label.color!r} is not like "#0072B2".')
    if label.key is not None and not 1 <= len(label.key) <= 30:
        raise config_error(question, where, f'label "{label.value}": the key must have 1 to 30 characters.')


def _refuse_repeats(question: Question, what: str, values: list[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise config_error(question, "labels", f'two labels have the {what} "{value[:80]}"; each needs its own.')
        seen.add(value)


def _check_tree(question: Question, parents: dict[str, str | None]) -> None:
    for value, parent in parents.items():
        if parent is not None and parent not in parents:
            raise config_error(question, "labels", f'label "{value}": its parent "{parent}" is not among the labels.')
    sound: set[str] = set()
    for start in parents:
        path: dict[str, None] = {}
        at: str | None = start
        while at is not None and at not in sound:
            if at in path:
                raise config_error(question, "labels", f'label "{at}" is its own ancestor; break the circle.')
            path[at] = None
            at = parents[at]
        sound.update(path)


def _with_keys(labels: list[Label]) -> list[Label]:
    taken = {label.key for label in labels}
    free = iter([key for key in _DEFAULT_KEYS if key not in taken])
    first = [
        msgspec.structs.replace(label, key=next(free, None)) if label.key is None else label
        for label in labels[: len(_DEFAULT_KEYS)]
    ]
    return first + labels[len(_DEFAULT_KEYS) :]


def describe_labels(question: Question) -> str:
    """The labels as lines of Markdown for a model: value, title, description."""
    lines: list[str] = []
    for entry in cast("list[Any]", question.config.get("labels") or []):
        label: dict[str, Any] = {"value": entry} if isinstance(entry, str) else entry
        about = " - ".join(str(label[k]) for k in ("title", "description") if label.get(k))
        under = f" (under {label['parent']})" if label.get("parent") else ""
        lines.append(f"- {label['value']}{under}" + (f": {about}" if about else ""))
    return "\n".join(lines)


def instruction(question: Question, what: str) -> str:
    """The question in words for a model: its title, its help, and `what` the answer must be."""
    return "\n\n".join(part for part in (question.title or question.name, question.help, what) if part)
