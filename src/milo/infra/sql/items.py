"""The SQL of bringing items in: identities, items with their content, the labels that came along, and bad rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from milo.domain.annotation import Prediction
from milo.domain.errors import NotFound, StorageTrouble
from milo.flow.ingest import Refusal
from milo.flow.ports.items import Label, Slot
from milo.infra.sql.ids import ITEMS_PER_PROJECT, id_range, item_id
from milo.infra.sql.models import ModelsSql
from milo.infra.sql.work import WorkSql

_AT_ONCE = 500
_ANSWERED = 1


class ItemsSql:
    """Implements `ItemsPort` on a connection inside a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection
        self._runs: dict[tuple[str, str, int], tuple[int, int]] = {}
        self._people: dict[str, int | None] = {}

    def secret(self, project_id: int) -> bytes:
        row = self._c.execute("SELECT secret FROM project WHERE id = ?", (project_id,)).fetchone()
        if row is None:
            raise NotFound(f"There is no project {project_id}.")
        return row[0]

    def next_batch(self, project_id: int) -> int:
        row = self._c.execute(
            "UPDATE project SET generation = generation + 1 WHERE id = ? RETURNING generation", (project_id,)
        ).fetchone()
        return -project_id * ITEMS_PER_PROJECT - row[0]

    def add_all(
        self, project_id: int, batch: int, free: int, rows: list[tuple[bytes, str | None, bool, str, str | None]]
    ) -> int | None:
        ord = self._c.execute("SELECT next_ord FROM project WHERE id = ?", (project_id,)).fetchone()[0]
        if ord + len(rows) >= ITEMS_PER_PROJECT:
            raise StorageTrouble(f"A project holds at most {ITEMS_PER_PROJECT - 1:,} items. Make another project.")
        first = item_id(project_id, ord)
        self._c.execute("SAVEPOINT items")
        try:
            self._c.executemany(
                "INSERT INTO item (id, ident, key, blind, free, batch) VALUES (?, ?, ?, ?, ?, ?)",
                [(n, ident, key, blind, free, batch) for n, (ident, key, blind, _, _) in enumerate(rows, first)],
            )
        except sqlite3.IntegrityError:
            self._c.execute("ROLLBACK TO items")
            self._c.execute("RELEASE items")
            return None
        self._c.execute("RELEASE items")
        self._c.executemany(
            "INSERT INTO content (item_id, data, meta) VALUES (?, ?, ?)",
            [(n, row[3], row[4]) for n, row in enumerate(rows, first)],
        )
        self._count_new(project_id, len(rows), sum(row[2] for row in rows))
        return first

    def _count_new(self, project_id: int, n: int, blind: int) -> None:
        self._c.execute("UPDATE project SET next_ord = next_ord + ?, generation = generation + 1 WHERE id = ?", (n, project_id))
        self._c.execute(
            "UPDATE project_count SET items = items + ?, new = new + ?, free = free + ?, blind = blind + ? "
            "WHERE project_id = ?",
            (n, n, n, blind, project_id),
        )

    def slots(self, idents: Sequence[bytes]) -> dict[bytes, Slot]:
        out: dict[bytes, Slot] = {}
        for start in range(0, len(idents), _AT_ONCE):
            part = idents[start : start + _AT_ONCE]
            marks = ",".join("?" * len(part))
            rows = self._c.execute(f"SELECT ident, id, batch FROM item WHERE ident IN ({marks})", list(part))
            out.update((ident, Slot(item, batch)) for ident, item, batch in rows)
        return out

    def seen(self, items: list[int], batch: int) -> None:
        self._c.executemany("UPDATE item SET batch = ? WHERE id = ?", [(batch, item) for item in items])

    def data_of(self, item_id: int) -> str:
        return self._c.execute("SELECT data FROM content WHERE item_id = ?", (item_id,)).fetchone()[0]

    def labelled(self, item_id: int) -> set[tuple[str, str, str]]:
        rows = self._c.execute(
            "SELECT a.question, a.role, coalesce(p.name, u.login, json_extract(a.origin, '$.author'), ''), "
            "coalesce(json_extract(a.origin, '$.model'), '') FROM annotation a "
            "LEFT JOIN predictor p ON p.id = a.predictor_id LEFT JOIN user u ON u.id = a.user_id WHERE a.item_id = ?",
            (item_id,),
        )
        return {key for question, role, by, model in rows for key in ((question, role, by), (question, role, model or by))}

    def add_labels(
        self, project_id: int, item_id: int, labels: list[Label], batch: int, schema_version: int, now: float
    ) -> list[Label]:
        blind = bool(self._c.execute("SELECT blind FROM item WHERE id = ?", (item_id,)).fetchone()[0])
        answers: list[Label] = []
        for one in labels:
            if one.role == "suggestion" or (blind and _by_model(one)):
                self._add_suggestion(project_id, item_id, one, blind, batch, schema_version, now)
            else:
                self._add_answer(item_id, msgspec.structs.replace(one, shown=None) if blind else one, schema_version, now)
                answers.append(one)
        if len(answers) < len(labels) and not blind:
            ModelsSql(self._c).project_confidence(project_id, [item_id])
        return answers

    def _add_answer(self, item_id: int, one: Label, schema_version: int, now: float) -> None:
        user_id = self._user(one.author)
        origin = dict(one.origin or {})
        if one.author:
            origin["author"] = one.author
        if one.author_kind == "model":
            origin |= {"model": one.model, "version": one.version}
        self._c.execute(
            "INSERT INTO annotation (item_id, question, role, author_kind, user_id, value, label, score, reason, basis, shown, "
            "schema_version, live, origin, created_at, duration) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'imported', ?, ?, ?, ?, ?, ?)",
            (
                item_id, one.question, one.role, one.author_kind, user_id, one.value, one.label, one.score, one.reason, one.shown,
                schema_version, int(one.live), msgspec.json.encode(origin).decode() if origin else None,
                now if one.created_at is None else one.created_at, one.duration,
            ),
        )  # fmt: skip
        if user_id is not None and one.live and one.role == "answer":
            self._c.execute(
                "INSERT OR IGNORE INTO assignment (item_id, user_id, state, until, purpose, at) VALUES (?, ?, ?, ?, ?, ?)",
                (item_id, user_id, _ANSWERED, now, "imported", now),
            )

    def _user(self, login: str | None) -> int | None:
        if not login:
            return None
        if login not in self._people:
            row = self._c.execute("SELECT id FROM user WHERE login = ?", (login,)).fetchone()
            self._people[login] = None if row is None else row[0]
        return self._people[login]

    def _add_suggestion(
        self, project_id: int, item_id: int, one: Label, blind: bool, batch: int, schema_version: int, now: float
    ) -> None:
        predictor, run = self._model(project_id, one, batch, now)
        prediction = Prediction(item_id, one.question, msgspec.json.decode(one.value), one.score, one.reason)
        if blind:
            ModelsSql(self._c).put_checks(run, predictor, [prediction], now)
        else:
            at = now if one.created_at is None else one.created_at
            ModelsSql(self._c).put_suggestions(run, predictor, schema_version, [(prediction, one.label)], at)
            self._c.execute("UPDATE run SET items = items + 1 WHERE id = ?", (run,))

    def _model(self, project_id: int, one: Label, batch: int, now: float) -> tuple[int, int]:
        """The model a suggestion came from, as a predictor that runs elsewhere, and one run of it for this import."""
        name = one.model or "imported"
        wanted = (name, one.question, one.version)
        if wanted not in self._runs:
            predictor = self._predictor(project_id, name, one, now)
            args = msgspec.json.encode({"import": batch, "question": one.question}).decode()
            row = self._c.execute(
                "SELECT id FROM run WHERE predictor_id = ? AND kind = 'import' AND version = ? AND args = ?",
                (predictor, one.version, args),
            ).fetchone()
            models = ModelsSql(self._c)
            run = (
                row[0]
                if row
                else models.add_run(project_id, "import", predictor, one.version, msgspec.json.decode(args), None, now)
            )
            models.finish_run(run, "done", 0, {}, now) if row is None else None
            self._runs[wanted] = (predictor, run)
        return self._runs[wanted]

    def _predictor(self, project_id: int, name: str, one: Label, now: float) -> int:
        models = ModelsSql(self._c)
        there = {p.name: p for p in models.predictors(project_id)}
        for candidate in (name, f"{name}-{one.question}", f"{name}-{one.question}-imported"):
            found = there.get(candidate[:64])
            if found is not None and found.plugin == "import" and found.question == one.question:
                return found.id
            if found is None:
                ident = models.add_predictor(project_id, candidate[:64], "import", one.question, {}, now)
                models.change_predictor(ident, version=one.version, state="ready")
                return ident
        return there[f"{name}-{one.question}-imported"[:64]].id

    def add_answers(self, project_id: int, item_id: int, n_answers: int, overlap: int, now: float) -> None:
        WorkSql(self._c).settle(project_id, item_id, overlap, n_answers, now)


def _by_model(one: Label) -> bool:
    """Whether a model decided. Answers of people that were merged are not a model's, though nobody gave them as they are."""
    return one.author_kind == "model" and (one.model or "").partition(":")[0] != "merge"


class ImportsSql:
    """What an import job leaves besides items: the rows it refused."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def refuse(self, job_id: int, rows: Sequence[Refusal]) -> None:
        self._c.executemany(
            "INSERT INTO import_error (job_id, line, source, reason, raw) VALUES (?, ?, ?, ?, ?)",
            [(job_id, r.line, r.source[:500], r.reason[:1000], r.raw[:500]) for r in rows],
        )

    def refused(self, job_id: int, limit: int) -> list[Refusal]:
        rows = self._c.execute(
            "SELECT line, source, reason, raw FROM import_error WHERE job_id = ? ORDER BY id LIMIT ?", (job_id, limit)
        )
        return [Refusal(*row) for row in rows]

    def items(self, project_id: int) -> int:
        """How many items a project has had."""
        low, _ = id_range(project_id)
        row = self._c.execute("SELECT max(id) FROM item WHERE id >= ? AND id < ?", id_range(project_id)).fetchone()
        return 0 if row[0] is None else int(row[0]) - low


class MediaRow(msgspec.Struct, frozen=True):
    """A file that items refer to. `path` is below the workspace if `storage` is "copied", else where the file lies."""

    id: int
    project_id: int
    sha256: bytes
    storage: str
    path: str
    name: str
    mime: str
    bytes: int
    width: int | None
    height: int | None
    error: str | None
    facts: str | None = None
    """What else is known, as a JSON object: duration, frames, pages, ..."""

    @property
    def known(self) -> dict[str, Any]:
        """What else is known, read."""
        return msgspec.json.decode(self.facts, type=dict[str, Any]) if self.facts else {}


class PageWordsSql:
    """Words of pages that came in with the files; a file is known by its content, within its project."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def put(self, project_id: int, sha256: bytes, page: int, machine: bool, words: bytes) -> None:
        """Keep the words of a page (JSON), in place of others. `machine`: they are a model's word."""
        self._c.execute(
            "INSERT OR REPLACE INTO page_words (project_id, sha256, page, machine, words) VALUES (?, ?, ?, ?, ?)",
            (project_id, sha256, page, int(machine), words),
        )

    def get(self, project_id: int, sha256: bytes, page: int) -> tuple[bool, bytes] | None:
        """(whether they are a model's word, the words as JSON) of a page."""
        query = "SELECT machine, words FROM page_words WHERE project_id = ? AND sha256 = ? AND page = ?"
        row = self._c.execute(query, (project_id, sha256, page)).fetchone()
        return None if row is None else (bool(row[0]), row[1])

    def all(self, project_id: int, sha256: bytes) -> list[tuple[int, bool, bytes]]:
        """(page, whether they are a model's word, the words as JSON) of the pages that have some."""
        query = "SELECT page, machine, words FROM page_words WHERE project_id = ? AND sha256 = ? ORDER BY page"
        return [(page, bool(machine), words) for page, machine, words in self._c.execute(query, (project_id, sha256))]


_MEDIA = "id, project_id, sha256, storage, path, name, mime, bytes, width, height, error, facts"


class MediaSql:
    """Files on record."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._c = connection

    def put(self, row: MediaRow) -> int:
        """Record a file unless it is on record; its id."""
        values: tuple[Any, ...] = (
            row.project_id, row.sha256, row.storage, row.path, row.name, row.mime, row.bytes, row.width, row.height, row.error,
            row.facts,
        )  # fmt: skip
        found = self._c.execute(
            "SELECT id FROM media WHERE project_id = ? AND sha256 = ? AND path = ?", (row.project_id, row.sha256, row.path)
        ).fetchone()
        if found is not None:
            return found[0]
        done = self._c.execute(
            "INSERT INTO media (project_id, sha256, storage, path, name, mime, bytes, width, height, error, facts) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        )
        return done.lastrowid or 0

    def get(self, media_id: int) -> MediaRow | None:
        if not 0 < media_id < 2**63:
            return None
        row = self._c.execute(f"SELECT {_MEDIA} FROM media WHERE id = ?", (media_id,)).fetchone()
        return None if row is None else MediaRow(*row)

    def by_hash(self, project_id: int, sha256: bytes) -> MediaRow | None:
        row = self._c.execute(
            f"SELECT {_MEDIA} FROM media WHERE project_id = ? AND sha256 = ? ORDER BY id LIMIT 1",
            (project_id, sha256),
        ).fetchone()
        return None if row is None else MediaRow(*row)

    def hashes(self, media: list[int]) -> dict[int, str]:
        """The hashes (hexadecimal) of these files."""
        marks = ",".join("?" * len(media))
        rows = self._c.execute(f"SELECT id, lower(hex(sha256)) FROM media WHERE id IN ({marks})", media)
        return dict(rows.fetchall())
