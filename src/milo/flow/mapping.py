"""Which column of a source becomes which field, the key, metadata or a label; guessed from names and values, then applied.

Stands alone because a person looks at the guess and changes it before the import runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal, cast

import msgspec

from milo.domain.errors import Invalid
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.kinds.format import AnswerColumn

_KEYS = ("id", "key", "ext_id", "external_id", "uid", "uuid", "item_id", "row_id", "doc_id", "_id")
_TEXTS = ("text", "content", "body", "sentence", "document", "message", "comment", "review", "question", "prompt", "title")
_IMAGES = ("image", "img", "file", "path", "filename", "file_name", "image_path", "photo", "picture")
_PATHS = ("file", "folder")
_FILES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "image": (_IMAGES, (".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".avif", ".svg")),
    "audio": (
        ("audio", "sound", "recording", "wav", "clip", "audio_path", "file", "path", "filename", "file_name"),
        (".wav", ".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".aif", ".aiff"),
    ),
    "video": (
        ("video", "movie", "film", "clip", "video_path", "file", "path", "filename", "file_name"),
        (".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".ogv", ".mpg", ".mpeg"),
    ),
    "document": (("document", "pdf", "doc", "file", "path", "filename", "file_name"), (".pdf",)),
}
"""Field kind -> (usual names of columns, suffixes of the files)."""
_CHATS = ("messages", "chat", "conversation", "turns", "dialogue")
_TEXT_KINDS = frozenset({"text", "markdown", "html"})

_MOST_ENTRIES = 50
_ENOUGH_TO_DIFFER = 4

Looks = Callable[[Any], bool]


class LabelColumn(msgspec.Struct, frozen=True, omit_defaults=True):
    """A column that holds labels for a question: taken as answers, gold labels or suggestions; `score` names a column of
    confidences (0..1) and `author` one of logins, or of model names for suggestions."""

    column: str
    role: Literal["answer", "gold", "suggestion"] = "answer"
    author: str | None = None
    score: str | None = None


class Mapping(msgspec.Struct, frozen=True, omit_defaults=True):
    """`fields`: item field -> column. `key`: the column of the source's own id. `meta`: columns kept as metadata, "rest" for
    all others. `labels`: question -> column."""

    fields: dict[str, str]
    key: str | None = None
    meta: list[str] | Literal["rest"] = "rest"
    labels: dict[str, LabelColumn] = {}


class Mapped(msgspec.Struct, frozen=True):
    """A record after mapping: field values, key, metadata, and the raw label cells by question."""

    data: dict[str, Any]
    key: str | None
    meta: dict[str, Any]
    cells: dict[str, Any]


def cell(row: dict[str, Any], column: str) -> Any:
    """What a record holds in a column; "content.text" is the text inside the object in "content". None where there is none."""
    if column in row:
        return row[column]
    value: Any = row
    for part in column.split("."):
        value = cast("dict[str, Any]", value).get(part) if isinstance(value, dict) else None
    return value


def columns_of(rows: Iterable[dict[str, Any]]) -> list[str]:
    """All columns, in their order; behind a column that holds objects come their entries, two levels deep, by dotted names."""
    found: dict[str, None] = {}
    for row in rows:
        for column, value in row.items():
            found[column] = None
            found |= dict.fromkeys(_entries(column, value, 2))
    return _beside_their_parents(found)


def _entries(column: str, value: Any, deep: int) -> Iterator[str]:
    """The dotted names of what lies in an object. One with many entries is a table of its own and stays whole."""
    if not isinstance(value, dict) or not deep or len(cast("dict[str, Any]", value)) > _MOST_ENTRIES:
        return
    for key, inner in cast("dict[str, Any]", value).items():
        if key and "." not in key:
            yield f"{column}.{key}"
            yield from _entries(f"{column}.{key}", inner, deep - 1)


def _beside_their_parents(columns: Iterable[str]) -> list[str]:
    """Entries that only later records have stand with those that the first ones had."""
    order = {column: at for at, column in enumerate(columns)}
    return sorted(order, key=lambda c: [order.get(".".join(c.split(".")[: n + 1]), order[c]) for n in range(c.count(".") + 1)])


def guess(spec: ProjectSpec, columns: Sequence[str], rows: Sequence[dict[str, Any]], files: Iterable[str] = ()) -> Mapping:
    """The likely mapping: a column of the field's own name first, then the usual names, then what the values look like.
    `files` are columns that hold files. Label columns are never guessed: labels are not to appear by accident."""
    taken: set[str] = set()
    fields: dict[str, str] = {}
    columns = sorted(columns, key=lambda c: _depth(c, rows))
    for field in spec.fields:
        column = _named(field.name, columns, taken)
        if column is not None:
            fields[field.name] = column
            taken.add(column)
    for field in sorted(spec.fields, key=lambda f: f.kind == "document"):  # pictures go to fields of pictures first
        if field.name in fields:
            continue
        column = _fitting(field, columns, rows, set(files), taken)
        if column is not None:
            fields[field.name] = column
            taken.add(column)
    return Mapping(fields, _key(columns, rows, taken))


def _named(name: str, columns: Sequence[str], taken: set[str]) -> str | None:
    wanted = _plain(name)
    free = [c for c in columns if c not in taken]
    return next((c for c in free if _plain(c) == wanted), None) or next((c for c in free if _plain(_leaf(c)) == wanted), None)


def _depth(column: str, rows: Sequence[dict[str, Any]]) -> int:
    """How deep in objects a column lies; a name with dots of its own lies at the top."""
    return 0 if any(column in row for row in rows) else column.count(".")


def _leaf(column: str) -> str:
    return column.rsplit(".", 1)[-1]


def _plain(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def _fitting(
    field: Field, columns: Sequence[str], rows: Sequence[dict[str, Any]], files: set[str], taken: set[str]
) -> str | None:
    free = [c for c in columns if c not in taken]
    if field.kind in _FILES:
        names, suffixes = _FILES[field.kind]
        own = {field.kind, "image"} if field.kind == "document" else {field.kind}  # a picture is a document of one page
        held = [c for c in free if c in files and (c not in _FILES or c in own)]
        fitting = field.kind if field.kind in held else next(iter(held), None)
        return fitting or _usual(free, names, rows, lambda v: _names_file(v, suffixes))
    if field.kind == "chat":
        return _usual(free, _CHATS, rows, _looks_like_chat)
    if field.kind in _TEXT_KINDS:
        free = [c for c in free if c not in files and not (files and c in _PATHS)]
        named = [c for n in _TEXTS for c in free if _plain(_leaf(c)) == _plain(n) and _share(rows, c, _is_text) > 0.5]
        return named[0] if named else _longest(free, rows)
    return None


def _first(columns: Iterable[str], fits: Callable[[str], bool]) -> str | None:
    return next((c for c in columns if fits(c)), None)


def _usual(free: list[str], names: tuple[str, ...], rows: Sequence[dict[str, Any]], looks: Looks) -> str | None:
    for name in names:
        for column in free:
            if _plain(_leaf(column)) == _plain(name) and _share(rows, column, looks) > 0.5:
                return column
    return _first(free, lambda c: _share(rows, c, looks) > 0.5)


def _share(rows: Sequence[dict[str, Any]], column: str, looks: Looks) -> float:
    values = [v for v in (cell(r, column) for r in rows) if v not in (None, "")]
    return sum(bool(looks(v)) for v in values) / len(values) if values else 0.0


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _names_file(value: Any, suffixes: tuple[str, ...]) -> bool:
    return isinstance(value, str) and value.lower().split("?")[0].endswith(suffixes)


def _looks_like_chat(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(t, dict) and "role" in t for t in value)


def _longest(free: list[str], rows: Sequence[dict[str, Any]]) -> str | None:
    """The column with the longest texts on average. Columns that are all numbers do not count, nor do those that say the same
    of every record."""
    best, length = None, 0.0
    for column in free:
        values = [v for v in (cell(r, column) for r in rows) if isinstance(v, str)]
        words = [v for v in values if any(c.isalpha() for c in v)]
        if len(rows) >= _ENOUGH_TO_DIFFER and len(set(values)) < 2:
            continue
        mean = sum(map(len, words)) / len(rows) if rows else 0.0
        if mean > length:
            best, length = column, mean
    return best


def _key(columns: Sequence[str], rows: Sequence[dict[str, Any]], taken: set[str]) -> str | None:
    """A column named like an id whose values are all there and all different."""
    for name in _KEYS:
        column = _named(name, columns, taken)
        if column is not None:
            values = [cell(r, column) for r in rows]
            plain = [v for v in values if isinstance(v, str | int) and not isinstance(v, bool) and v != ""]
            if plain and len(plain) == len(values) == len(set(plain)):
                return column
    return None


def offered(
    spec: ProjectSpec, shapes: dict[str, str], answers: Sequence[AnswerColumn], options: dict[str, Any]
) -> dict[str, LabelColumn]:
    """The columns of answers of a data set for the questions that could take them, by the labels that both know. `shapes`:
    question -> shape. The option `role` says as what they are taken, `by` names their author (see `LabelColumn`)."""
    found: dict[str, LabelColumn] = {}
    for answer in answers:
        fitting = [(common_labels(q, answer), q) for q in spec.questions if _fits(shapes.get(q.name, ""), answer.shape)]
        best = max((pair for pair in fitting if pair[1].name not in found), key=lambda pair: pair[0], default=None)
        if best is not None and (best[0] > 0 or "labels" not in answer.config):
            role = "suggestion" if answer.column.startswith("predicted_") else str(options.get("role") or "answer")
            if role not in ("answer", "gold", "suggestion"):
                raise Invalid(f'The role is "{role}"; it must be answer, gold or suggestion.', place="options.role")
            found[best[1].name] = LabelColumn(answer.column, cast("Any", role), "by" if options.get("by") else None)
    return found


def _fits(shape: str, wanted: str) -> bool:
    return shape == wanted or (shape == "label" and wanted == "labels")


def common_labels(question: Question, answer: AnswerColumn) -> int:
    """How many labels of a data set's column a question knows."""
    known = {e if isinstance(e, str) else e["value"] for e in cast("list[Any]", question.config.get("labels") or [])}
    return len(known & set(cast("list[str]", answer.config.get("labels") or [])))


def completed(given: Mapping | None, guessed: Mapping) -> Mapping:
    """The mapping that was given; where it names no fields, with the guessed ones, and with the offered labels if it names
    none."""
    if given is None:
        return guessed
    return (
        given if given.fields else msgspec.structs.replace(given, fields=guessed.fields, labels=given.labels or guessed.labels)
    )


def check(spec: ProjectSpec, mapping: Mapping, columns: Sequence[str] = ()) -> None:
    """Raise Invalid where the mapping names a field or question that does not exist, or maps nothing. `columns` are those that
    the source has, for the message."""
    names = {f.name for f in spec.fields}
    unknown = sorted(mapping.fields.keys() - names)
    if unknown:
        raise Invalid(f"There is no field {', '.join(unknown)}. Fields: {', '.join(names)}.", place="mapping.fields")
    if not mapping.fields:
        takes = ", ".join(f"{f.name} ({f.kind})" for f in spec.fields)
        has = f" It has: {', '.join(columns[:20])}{' and more' if len(columns) > 20 else ''}." if columns else ""
        raise Invalid(
            f"No column fills a field of the project: {takes}.{has} Say which column fills which field.", place="mapping.fields"
        )
    asked = {q.name for q in spec.questions}
    wrong = sorted(mapping.labels.keys() - asked)
    if wrong:
        raise Invalid(f"There is no question {', '.join(wrong)}. Questions: {', '.join(asked)}.", place="mapping.labels")


def apply(mapping: Mapping, row: dict[str, Any]) -> Mapped:
    """A record's columns as field values, key, metadata and label cells; empty cells are left out."""
    found = ((f, cell(row, c)) for f, c in mapping.fields.items())
    data = {f: v for f, v in found if v not in (None, "")}
    key = None if mapping.key is None else cell(row, mapping.key)
    used = set(mapping.fields.values()) | {mapping.key}
    cells: dict[str, Any] = {}
    for question, label in mapping.labels.items():
        used |= {label.column, label.author, label.score}
        value = cell(row, label.column)
        if value not in (None, ""):
            cells[question] = value
    if mapping.meta == "rest":
        left = ((c, _without(v, c, used)) for c, v in row.items() if c not in used)
    else:
        left = ((c, cell(row, c)) for c in mapping.meta)
    meta = {c: v for c, v in left if v is not None}
    return Mapped(data, _key_text(key), meta, cells)


def _without(value: Any, column: str, used: set[str | None]) -> Any:
    """What is left of an object when the entries that went elsewhere are taken out of it; None where nothing is."""
    if not isinstance(value, dict) or not any(u and u.startswith(f"{column}.") for u in used):
        return value
    inside = cast("dict[str, Any]", value)
    left = {k: _without(v, f"{column}.{k}", used) for k, v in inside.items() if f"{column}.{k}" not in used}
    return {k: v for k, v in left.items() if v is not None} or None


def _key_text(key: Any) -> str | None:
    if key is None or key == "":
        return None
    return key if isinstance(key, str) else msgspec.json.encode(key).decode()
