"""VEIL: what of an item's own content is withheld from those who answer: what could tell them which model wrote it.

Two rules, both in the project: `policy.hidden` names fields, keys inside them, and metadata; and a question that compares
candidates blindly lets only their content through, whatever else is written beside it. The stored item stays whole: who
manages the project, and every export, sees all of it.
"""

from __future__ import annotations

from typing import Any, cast

import msgspec

from milo.domain.candidates import ENTRY_KEYS, TURN_KEYS, answers_from, origin_of
from milo.domain.project import ProjectSpec
from milo.domain.question import Question

_decode, _encode = msgspec.json.decode, msgspec.json.encode


class Veil:
    """The rules of one project, ready to be applied to its items."""

    def __init__(self, spec: ProjectSpec) -> None:
        own = {field.name for field in spec.fields}
        self._fields: set[str] = set()
        self._keys: dict[str, set[str]] = {}
        self._meta: set[str] = set()
        for path in spec.policy.hidden:
            name, _, key = path.partition(".")
            if name in own:
                self._hide(name, key)
            elif name == "meta":
                self._meta.add(key or "*")
        self._blind = [q for q in spec.questions if q.shape == "ranks" and q.config.get("blind", True) and q.field]

    def _hide(self, name: str, key: str) -> None:
        if key:
            self._keys.setdefault(name, set()).add(key)
        else:
            self._fields.add(name)

    def data(self, raw: bytes) -> bytes:
        """An item's content as it may be sent; the same bytes where nothing is withheld."""
        if not (self._fields or self._keys or self._blind):
            return raw
        return _encode(self.content(_decode(raw)))

    def meta(self, raw: bytes) -> bytes:
        """An item's metadata as it may be sent."""
        if not self._meta:
            return raw
        found = cast("dict[str, Any]", _decode(raw))
        return _encode({} if "*" in self._meta else {k: v for k, v in found.items() if k not in self._meta})

    def content(self, data: dict[str, Any]) -> dict[str, Any]:
        """The same for decoded content; what is given is not changed."""
        out = {name: value for name, value in data.items() if name not in self._fields}
        for name, keys in self._keys.items():
            if name in out:
                out[name] = _without(out[name], keys)
        for question in self._blind:
            if question.field in out:
                out[question.field] = _blinded(question, out[question.field])
        return out


def _without(value: Any, keys: set[str]) -> Any:
    """The value without these keys, in itself or in each of its entries."""
    if isinstance(value, list):
        return [_without(entry, keys) for entry in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {k: v for k, v in cast("dict[str, Any]", value).items() if k not in keys}
    return value


def _blinded(question: Question, value: Any) -> Any:
    """Candidates with their content only; of a conversation, the turns before them stay as they are."""
    if not isinstance(value, list):
        return value
    entries = cast("list[Any]", value)
    if origin_of(question) == "chat":
        start = answers_from(entries)
        return entries[:start] + [_only(turn, TURN_KEYS) for turn in entries[start:]]
    return [_entry(entry) for entry in entries]


def _entry(entry: Any) -> Any:
    kept = _only(entry, ENTRY_KEYS)
    if isinstance(kept, dict) and isinstance(kept.get("messages"), list):
        kept["messages"] = [_only(turn, TURN_KEYS) for turn in kept["messages"]]
    return kept


def _only(value: Any, keys: frozenset[str]) -> Any:
    return {k: v for k, v in cast("dict[str, Any]", value).items() if k in keys} if isinstance(value, dict) else value
