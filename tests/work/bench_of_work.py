"""A database with one project, for tests of the queue that need no server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from milo.domain.item import content_hash
from milo.domain.policy import Policy
from milo.domain.project import Project, ProjectSpec
from milo.domain.question import Field, Question
from milo.flow import annotate, ask
from milo.flow.annotate import Outcome, Submission
from milo.flow.ports.work import Lease
from milo.infra.sql import migrate
from milo.infra.sql.database import ANSWERS, Connection, Database
from milo.infra.sql.ids import item_id
from milo.infra.sql.work import Hints, QueueSql, WorkSql
from milo.kinds.registry import Registry

LABELS = ["positive", "negative", "neutral"]


def plugins() -> Registry:
    """Our own plug-ins."""
    registry = Registry()
    registry.load_package("milo.builtin")
    return registry


REGISTRY = plugins()
TASKS = {t.name: t for t in REGISTRY.task_types.all()}
SAMPLERS = {s.name: s for s in REGISTRY.samplers.all()}


class Desk:
    """One project in a fresh database, and the verbs under test with everything but the interesting arguments filled in."""

    def __init__(self, folder: Path, n: int, policy: Policy | None = None, questions: tuple[Question, ...] = ()) -> None:
        path = folder / "milo.db"
        migrate.upgrade(path)
        self.db = Database(path)
        self.policy = policy or Policy(blind_share=0)
        asked = questions or (Question("mood", "choice", config={"labels": LABELS}),)
        fields = (Field("text"),)
        spec = ProjectSpec("Test", fields, tuple(TASKS[q.type].check_config(q, fields) for q in asked), policy=self.policy)
        self.project = Project(1, spec, 1, 0.0)
        self.hints = Hints()
        self.now = 1_000.0
        self.db.write(lambda c: self._fill(c, n))

    def _fill(self, c: Connection, n: int) -> None:
        spec = msgspec.json.encode(self.project.spec).decode()
        c.execute(
            "INSERT INTO project (id, spec, schema_version, secret, created_at, next_ord) VALUES (1, ?, 1, x'00', 0, ?)",
            (spec, n + 1),
        )
        c.execute("INSERT INTO project_count (project_id, items, new, free) VALUES (1, ?, ?, ?)", (n, n, n))
        rows = [(item_id(1, k), content_hash({"k": k}), self.policy.overlap) for k in range(1, n + 1)]
        c.executemany("INSERT INTO item (id, ident, blind, free, batch) VALUES (?, ?, 0, ?, 1)", rows)
        c.executemany(
            "INSERT INTO content (item_id, data, meta) VALUES (?, ?, '{}')",
            [(i, f'{{"text": "text number {i}"}}') for i, _, _ in rows],
        )

    def lease(self, user: int, n: int = 1, have: list[int] | None = None) -> list[Lease]:
        """Lend items to a person."""
        return self.db.write(
            lambda c: ask.lease(WorkSql(c, self.hints), QueueSql(c), SAMPLERS, 1, self.policy, user, n, have or [], self.now),
            ANSWERS,
        )

    def submit(self, user: int, item: int, values: dict[str, Any] | None = None, op: str = "", **more: Any) -> Outcome:
        """Answer an item."""
        given = Submission(op or f"op-{user}-{item}-{self.now}", item, values or {"mood": "positive"}, **more)
        return self.db.write(lambda c: annotate.submit(WorkSql(c), TASKS, self.project, user, given, self.now), ANSWERS)

    def skip(self, user: int, item: int) -> Outcome:
        """Pass over an item."""
        return self.db.write(
            lambda c: annotate.skip(WorkSql(c), self.project, user, f"skip-{user}-{item}", item, "", [], self.now)
        )

    def unsubmit(self, user: int, item: int) -> None:
        """Take an answer back."""
        op = f"back-{user}-{item}-{self.now}"
        self.db.write(lambda c: annotate.unsubmit(WorkSql(c), self.project, user, op, item, self.now))

    def one(self, sql: str, *args: Any) -> Any:
        """The first column of the first row."""
        return self.db.read(lambda c: c.execute(sql, args).fetchone()[0])

    def counts(self) -> dict[str, int]:
        """The stored counts."""
        names = "items, new, open, done, skipped, answers, free"
        row = self.db.read(lambda c: c.execute(f"SELECT {names} FROM project_count").fetchone())
        return dict(zip(names.split(", "), row, strict=True))

    def recount(self) -> dict[str, int]:
        """The same counts, worked out from the rows."""

        def look(c: Connection) -> dict[str, int]:
            def n(where: str) -> int:
                return c.execute(f"SELECT count(*) FROM item WHERE {where}").fetchone()[0]

            out = {"items": n("1=1"), "new": n("status = 0"), "open": n("status = 1"), "done": n("status = 2")}
            answers = c.execute("SELECT sum(n_answers) FROM item").fetchone()[0]
            return {**out, "skipped": n("status = 3"), "answers": answers, "free": n("free > 0")}

        return self.db.read(look)
