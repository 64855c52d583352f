"""INGEST: raw records become items - checked, identified, told from what is there already; nothing is dropped in silence.

An item's identity is made of its project and its key, or its content if it has no key, and a running number among equal rows
of one import. So a file imported twice adds nothing, and equal rows inside one file all stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, cast

import msgspec

from milo.domain.errors import InvalidValue
from milo.domain.item import is_blind
from milo.domain.project import Project
from milo.domain.question import Field
from milo.flow.ports.items import ItemsPort, Label, NewItem, Slot

MAX_ITEM = 16 * 1024 * 1024
"""Characters of JSON in one item's content."""
MAX_KEY = 1_000
TEXT_KINDS = frozenset({"text", "markdown", "html"})
MEDIA_KINDS = frozenset({"image", "audio", "video", "document"})

_encode = msgspec.json.Encoder().encode
_identifying = msgspec.json.Encoder(order="sorted").encode
"""The order of columns is kept in what is stored, and does not matter to what an item is known by."""


class Refusal(msgspec.Struct, frozen=True):
    """A row that was not taken, or a label of a row that was: where and why."""

    line: int
    source: str
    reason: str
    raw: str = ""


class Intake(msgspec.Struct):
    """How an import went. `repeated`: there already. `equal`: equal rows inside this import, kept. `ids`: of the rows taken."""

    added: int = 0
    repeated: int = 0
    equal: int = 0
    labels: int = 0
    bad: list[Refusal] = []
    ids: list[int] = []


class Identity:
    """Makes identities for one project."""

    def __init__(self, project_id: int) -> None:
        self._hash = hashlib.blake2b(project_id.to_bytes(8, "big"), digest_size=16, person=b"milo item")

    def of_key(self, key: str) -> bytes:
        """The identity of a row with a key, at occurrence 0."""
        found = self._hash.copy()
        found.update(b"k" + key.encode())
        return found.digest()

    def of_content(self, content: bytes) -> bytes:
        """The identity of a row without a key, at occurrence 0."""
        found = self._hash.copy()
        found.update(b"c" + content)
        return found.digest()


def again(ident: bytes, occurrence: int) -> bytes:
    """The identity of the n-th equal row of one import."""
    if occurrence == 0:
        return ident
    return hashlib.blake2b(ident + occurrence.to_bytes(8, "big"), digest_size=16).digest()


class Checker:
    """Turns records into `NewItem`s for one project. Raises InvalidValue for a record that does not fit."""

    def __init__(self, project: Project) -> None:
        self._fields = {f.name: f for f in project.spec.fields}
        self._identity = Identity(project.id)
        only = next(iter(self._fields.values()))
        self._only_text = only.name if len(self._fields) == 1 and only.kind in TEXT_KINDS else None

    def item(
        self,
        data: dict[str, Any],
        key: str | None = None,
        meta: dict[str, Any] | None = None,
        line: int = 0,
        source: str = "",
        hashes: dict[str, str] | None = None,
        labels: list[Label] | None = None,
    ) -> NewItem:
        """`hashes`: for media fields, the SHA-256 of the file, which stands for the content."""
        if self._only_text is None or len(data) != 1 or type(data.get(self._only_text)) is not str:
            data = self._checked(data)
        try:
            content = _encode(data)
            ident = self._ident(key, data, content, hashes)
            extra = _encode(meta).decode() if meta else None
        except (UnicodeEncodeError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise InvalidValue(f"it cannot be stored as JSON: {error}") from None
        if len(content) > MAX_ITEM or (extra is not None and len(extra) > MAX_ITEM):
            raise InvalidValue(f"it is larger than {MAX_ITEM >> 20} MiB")
        return NewItem(line, source, key, content.decode(), extra, ident, labels)

    def _ident(self, key: str | None, data: dict[str, Any], content: bytes, hashes: dict[str, str] | None) -> bytes:
        if key is not None:
            if not 0 < len(key) <= MAX_KEY or "\0" in key:
                raise InvalidValue(f"the key must have 1 to {MAX_KEY:,} characters")
            return self._identity.of_key(key)
        if hashes is None and len(data) == 1 and all(type(value) is str for value in data.values()):
            return self._identity.of_content(content)
        return self._identity.of_content(_identifying({**data, **hashes} if hashes else data))

    def _checked(self, data: dict[str, Any]) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for name, value in data.items():
            field = self._fields.get(name)
            if field is None:
                raise InvalidValue(f'there is no field "{name}"; fields: {", ".join(self._fields)}. Put the rest into meta')
            if value is not None:
                out[name] = check_field(field, value)
        if not out:
            raise InvalidValue(f"it is empty: none of the fields {', '.join(self._fields)} has a value")
        return out


def check_field(field: Field, value: Any) -> Any:
    """A field's value, if it fits the kind of field. Raises InvalidValue."""
    if field.kind in TEXT_KINDS:
        if isinstance(value, str):
            return value
        if isinstance(value, int | float):
            return _encode(value).decode()
        raise InvalidValue(f'the field "{field.name}" must be a text')
    if field.kind in MEDIA_KINDS and not (isinstance(value, dict) and isinstance(value.get("media"), int)):
        raise InvalidValue(f'the field "{field.name}" needs a file; import a folder, a ZIP, or a table that names files')
    if field.kind == "chat":
        _check_chat(field.name, value)
    return value


def _check_chat(name: str, value: Any) -> None:
    turns = cast("list[Any]", value) if isinstance(value, list) else []
    if not turns or not all(isinstance(t, dict) and isinstance(t.get("role"), str) and "content" in t for t in turns):
        raise InvalidValue(f'the field "{name}" must be a list of turns such as {{"role": "user", "content": "..."}}')


def store(
    port: ItemsPort,
    project: Project,
    secret: bytes,
    batch: int,
    items: Sequence[NewItem],
    now: float,
) -> Intake:
    """Store the items that are new, in one go if all are."""
    if not items:
        return Intake()
    share, free = project.spec.policy.blind_share, project.spec.policy.overlap
    blind = [share > 0 and is_blind(secret, i.ident, share) for i in items]
    rows = [(i.ident, i.key, b, i.data, i.meta) for i, b in zip(items, blind, strict=True)]
    first = port.add_all(project.id, batch, free, rows)
    if first is None:
        return _store_some(port, project, secret, batch, items, now)
    done = Intake(added=len(items), ids=list(range(first, first + len(items))))
    for number, item in enumerate(items):
        if item.labels:
            done.labels += _label(port, project, first + number, item.labels, batch, now)
    return done


def _store_some(port: ItemsPort, project: Project, secret: bytes, batch: int, items: Sequence[NewItem], now: float) -> Intake:
    """The careful way, where some of the rows are known."""
    done, fresh = Intake(), list[tuple[bytes, NewItem]]()
    places, seen = _Places(port, batch, [i.ident for i in items]), list[int]()
    order: list[int | None] = []
    for item in items:
        ident, slot, occurrence = places.next(item.ident)
        first = places.first(item.ident)
        if item.key is not None and first is not None and not _same(port, fresh, first, item):
            done.bad.append(Refusal(item.line, item.source, _other_content(item.key), item.data[:200]))
            continue
        places.take(item.ident, ident, slot, occurrence, len(fresh))
        done.equal += occurrence > 0
        if slot is None:
            order.append(None)
            fresh.append((ident, item))
        else:
            done.repeated += 1
            seen.append(slot.item_id)
            order.append(slot.item_id)
            done.labels += _label_known(port, project, slot.item_id, item.labels, batch, now)
    port.seen(seen, batch)
    added = iter(_store_fresh(port, project, secret, batch, fresh, now, done))
    done.ids = [next(added) if known is None else known for known in order]
    return done


def _store_fresh(
    port: ItemsPort,
    project: Project,
    secret: bytes,
    batch: int,
    fresh: list[tuple[bytes, NewItem]],
    now: float,
    done: Intake,
) -> range:
    if not fresh:
        return range(0)
    share, free = project.spec.policy.blind_share, project.spec.policy.overlap
    rows = [(ident, i.key, share > 0 and is_blind(secret, ident, share), i.data, i.meta) for ident, i in fresh]
    first = port.add_all(project.id, batch, free, rows)
    if first is None:
        raise AssertionError("an identity that was free is taken")
    done.added += len(fresh)
    for number, (_, item) in enumerate(fresh):
        if item.labels:
            done.labels += _label(port, project, first + number, item.labels, batch, now)
    return range(first, first + len(fresh))


def _same(port: ItemsPort, fresh: list[tuple[bytes, NewItem]], slot: Slot, item: NewItem) -> bool:
    """Whether the item that holds the key has the same content; a negative id is a place among the fresh ones."""
    known = fresh[-slot.item_id - 1][1].data if slot.item_id < 0 else port.data_of(slot.item_id)
    return known == item.data or _in_order(known) == _in_order(item.data)


def _in_order(content: str) -> bytes:
    return _identifying(msgspec.json.decode(content))


def _other_content(key: str) -> str:
    return f'the key "{key[:100]}" exists with other content; items never change. Give the new version a key of its own'


class _Places:
    """Which occurrence of an identity is the next one free for this import.

    Of equal rows, this import holds occurrences 0 to k-1 without a gap; k is found by doubling, then halving.
    """

    def __init__(self, port: ItemsPort, batch: int, idents: list[bytes]) -> None:
        self._port, self._batch = port, batch
        self._known: dict[bytes, Slot | None] = dict.fromkeys(idents)
        self._known.update(port.slots(list(self._known)))
        self._next: dict[bytes, int] = {}

    def first(self, ident: bytes) -> Slot | None:
        """Who holds occurrence 0."""
        return self._known[ident]

    def next(self, base: bytes) -> tuple[bytes, Slot | None, int]:
        """The identity to use, who holds it (another import, or None), and its number."""
        n = self._next.get(base)
        if n is None:
            n = self._search(base)
        ident = again(base, n)
        return ident, self._slot(ident), n

    def take(self, base: bytes, ident: bytes, slot: Slot | None, occurrence: int, place: int) -> None:
        """Use it: `place` is where it will be among the fresh rows."""
        self._known[ident] = Slot(slot.item_id if slot else -place - 1, self._batch)
        self._next[base] = occurrence + 1

    def _search(self, base: bytes) -> int:
        if not self._mine(base, 0):
            return 0
        low, high = 0, 1
        while self._mine(base, high):
            low, high = high, high * 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._mine(base, middle) else (low, middle)
        return high

    def _mine(self, base: bytes, occurrence: int) -> bool:
        slot = self._slot(again(base, occurrence))
        return slot is not None and slot.batch == self._batch

    def _slot(self, ident: bytes) -> Slot | None:
        if ident not in self._known:
            self._known[ident] = self._port.slots([ident]).get(ident)
        return self._known[ident]


def _label_known(port: ItemsPort, project: Project, item_id: int, labels: list[Label] | None, batch: int, now: float) -> int:
    """Add to a known item only what nobody has said of it yet."""
    if not labels:
        return 0
    there = port.labelled(item_id)
    return _label(port, project, item_id, [one for one in labels if _by(one) not in there], batch, now)


def _by(label: Label) -> tuple[str, str, str]:
    return label.question, label.role, (label.model if label.role == "suggestion" else label.author) or ""


def _label(port: ItemsPort, project: Project, item_id: int, labels: list[Label], batch: int, now: float) -> int:
    if not labels:
        return 0
    answers = port.add_labels(project.id, item_id, labels, batch, project.schema_version, now)
    overlap = project.spec.policy.overlap
    n_answers = answers_in(answers, [q.name for q in project.spec.questions if q.required and q.when is None], overlap)
    if n_answers:
        port.add_answers(project.id, item_id, n_answers, overlap, now)
    return len(labels)


def answers_in(labels: Iterable[Label], required: list[str], overlap: int) -> int:
    """How many complete answers the labels make: one an author who answered all that is required; a resolution settles it."""
    by_author: dict[str, set[str]] = {}
    resolved: set[str] = set()
    for one in labels:
        if one.role == "answer" and one.live:
            by_author.setdefault(one.author or "", set()).add(one.question)
        elif one.role == "resolution" and one.live:
            resolved.add(one.question)
    complete = sum(set(required) <= answered for answered in by_author.values())
    if resolved and set(required) <= resolved.union(*by_author.values()):
        return max(complete, overlap)
    return complete
