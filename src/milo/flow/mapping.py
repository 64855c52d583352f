"""Which column of a source becomes which field, the key, metadata or a label; guessed from names and values, then applied.

Stands alone because a person looks at the guess and changes it before the import runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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


def guess(spec: ProjectSpec, columns: Sequence[str], rows: Sequence[dict[str, Any]], files: Iterable[str] = ()) -> Mapping:
    """The likely mapping: a column of the field's own name first, then the usual names, then what the values look like.
    `files` are columns that hold files. Label columns are never guessed: labels are not to appear by accident."""
    taken: set[str] = set()
    fields: dict[str, str] = {}
    for field in spec.fields:
        column = _named(field.name, columns, taken)
        if column is not None:
            fields[field.name] = column
            taken.add(column)
    for field in spec.fields:
        if field.name in fields:
            continue
        column = _fitting(field, columns, rows, set(files), taken)
        if column is not None:
            fields[field.name] = column
            taken.add(column)
    return Mapping(fields, _key(columns, rows, taken))


def _named(name: str, columns: Sequence[str], taken: set[str]) -> str | None:
    wanted = _plain(name)
    return next((c for c in columns if c not in taken and _plain(c) == wanted), None)


def _plain(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def _fitting(
    field: Field, columns: Sequence[str], rows: Sequence[dict[str, Any]], files: set[str], taken: set[str]
) -> str | None:
    free = [c for c in columns if c not in taken]
    if field.kind in _FILES:
        names, suffixes = _FILES[field.kind]
        held = [c for c in free if c in files and (c not in _FILES or c == field.kind)]
        fitting = field.kind if field.kind in held else next(iter(held), None)
        return fitting or _usual(free, names, rows, lambda v: _names_file(v, suffixes))
    if field.kind == "chat":
        return _usual(free, _CHATS, rows, _looks_like_chat)
    if field.kind in _TEXT_KINDS:
        free = [c for c in free if c not in files and not (files and c in _PATHS)]
        named = [c for n in _TEXTS for c in free if _plain(c) == _plain(n) and _share(rows, c, _is_text) > 0.5]
        return named[0] if named else _longest(free, rows)
    return None


def _first(columns: Iterable[str], fits: Callable[[str], bool]) -> str | None:
    return next((c for c in columns if fits(c)), None)


def _usual(free: list[str], names: tuple[str, ...], rows: Sequence[dict[str, Any]], looks: Looks) -> str | None:
    for name in names:
        for column in free:
            if _plain(column) == _plain(name) and _share(rows, column, looks) > 0.5:
                return column
    return _first(free, lambda c: _share(rows, c, looks) > 0.5)


def _share(rows: Sequence[dict[str, Any]], column: str, looks: Looks) -> float:
    values = [r[column] for r in rows if r.get(column) not in (None, "")]
    return sum(bool(looks(v)) for v in values) / len(values) if values else 0.0


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _names_file(value: Any, suffixes: tuple[str, ...]) -> bool:
    return isinstance(value, str) and value.lower().split("?")[0].endswith(suffixes)


def _looks_like_chat(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(t, dict) and "role" in t for t in value)


def _longest(free: list[str], rows: Sequence[dict[str, Any]]) -> str | None:
    """The column with the longest texts on average; columns that are all numbers do not count."""
    best, length = None, 0.0
    for column in free:
        values = [r[column] for r in rows if isinstance(r.get(column), str)]
        words = [v for v in values if any(c.isalpha() for c in v)]
        mean = sum(map(len, words)) / len(rows) if rows else 0.0
        if mean > length:
            best, length = column, mean
    return best


def _key(columns: Sequence[str], rows: Sequence[dict[str, Any]], taken: set[str]) -> str | None:
    """A column named like an id whose values are all there and all different."""
    for name in _KEYS:
        column = _named(name, columns, taken)
        if column is not None:
            values = [r.get(column) for r in rows]
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


def check(spec: ProjectSpec, mapping: Mapping) -> None:
    """Raise Invalid where the mapping names a field or question that does not exist, or maps nothing."""
    names = {f.name for f in spec.fields}
    unknown = sorted(mapping.fields.keys() - names)
    if unknown:
        raise Invalid(f"There is no field {', '.join(unknown)}. Fields: {', '.join(names)}.", place="mapping.fields")
    if not mapping.fields:
        raise Invalid(f"No column is mapped to a field. Fields: {', '.join(names)}.", place="mapping.fields")
    asked = {q.name for q in spec.questions}
    wrong = sorted(mapping.labels.keys() - asked)
    if wrong:
        raise Invalid(f"There is no question {', '.join(wrong)}. Questions: {', '.join(asked)}.", place="mapping.labels")


def apply(mapping: Mapping, row: dict[str, Any]) -> Mapped:
    """A record's columns as field values, key, metadata and label cells; empty cells are left out."""
    data = {f: row[c] for f, c in mapping.fields.items() if row.get(c) not in (None, "")}
    key = None if mapping.key is None else row.get(mapping.key)
    used = set(mapping.fields.values()) | {mapping.key}
    cells: dict[str, Any] = {}
    for question, label in mapping.labels.items():
        used |= {label.column, label.author, label.score}
        if row.get(label.column) not in (None, ""):
            cells[question] = row[label.column]
    if mapping.meta == "rest":
        meta = {c: v for c, v in row.items() if c not in used and v is not None}
    else:
        meta = {c: row[c] for c in mapping.meta if row.get(c) is not None}
    return Mapped(data, _key_text(key), meta, cells)


def _key_text(key: Any) -> str | None:
    if key is None or key == "":
        return None
    return key if isinstance(key, str) else msgspec.json.encode(key).decode()
