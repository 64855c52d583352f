"""A workspace on SQLite that simulations work in: the same verbs and the same tables as the server, without HTTP in between."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from milo.bootstrap import Workspace, open_workspace
from milo.domain.annotation import Prediction
from milo.domain.policy import Policy
from milo.domain.project import Project, ProjectSpec
from milo.domain.question import Field, Question
from milo.flow import annotate, ingest
from milo.flow import projects as verbs
from milo.flow.annotate import Submission
from milo.flow.bulk import Accept, BulkResult
from milo.flow.guarantee import Wish
from milo.flow.ingest import Checker
from milo.flow.ports.items import NewItem
from milo.infra.guaranteeing import Offer
from milo.infra.permissions import PermissionView
from milo.infra.sql.items import ItemsSql
from milo.infra.sql.models import ModelsSql
from milo.infra.sql.projects import ProjectsSql
from milo.infra.sql.work import WorkSql

PERSON = 1
QUESTION = "mood"


class House:
    """A workspace with a person in it; time goes on by a second with every look at the clock."""

    def __init__(self, folder: Path) -> None:
        ticks = itertools.count(1_700_000_000)
        self.ws: Workspace = open_workspace(folder, clock=lambda: float(next(ticks)))
        user = "INSERT INTO user (id, login, role, password_hash, created_at) VALUES (1, 'owner', 'owner', '', 0)"
        self.ws.db.write(lambda c: c.execute(user))

    def close(self) -> None:
        """Close it."""
        self.ws.close()

    def project(self, seed: int, labels: Sequence[str] = ("good", "bad"), **policy: Any) -> Project:
        """A new project without models of its own; its blind slice depends on the seed alone."""
        asked = Question(QUESTION, "choice", config={"labels": list(labels)})
        spec = ProjectSpec(f"Run {seed}", (Field("text"),), (asked,), policy=Policy(**{"order": "random", **policy}))
        spec = verbs.complete(spec, self.ws.registry)
        secret = seed.to_bytes(32, "big")
        ident = self.ws.db.write(lambda c: verbs.create(ProjectsSql(c), spec, [], secret, PERSON, self.ws.clock()))
        return self.ws.projects.get(ident)

    def items(self, project: Project, texts: Iterable[str], meta: Mapping[str, Any] | None = None) -> list[int]:
        """Items with these texts; their ids."""
        checker = Checker(project)
        rows = [checker.item({"text": text}, meta=dict(meta or {})) for text in texts]
        made: list[int] = []
        for start in range(0, len(rows), 500):

            def store(c: Any, part: list[NewItem] = rows[start : start + 500]) -> list[int]:
                port = ItemsSql(c)
                number, secret = port.next_batch(project.id), port.secret(project.id)
                return ingest.store(port, project, secret, number, part, self.ws.clock()).ids

            made += self.ws.db.write(store)
        return made

    def blind(self, project: Project) -> list[int]:
        """The items of the blind slice."""
        low = project.id * 1_000_000_000
        return self.ws.db.read(
            lambda c: [
                r[0]
                for r in c.execute("SELECT id FROM item WHERE blind = 1 AND id > ? AND id < ? ORDER BY id", (low, low + 10**9))
            ]
        )

    def suggest(
        self, project: Project, rows: Sequence[tuple[int, str, float | None]], version: int = 1, name: str = "model"
    ) -> None:
        """What a model says of items: (item, label, score); of blind ones it is kept apart."""

        def store(c: Any) -> None:
            models, now = ModelsSql(c), self.ws.clock()
            known = next((p.id for p in models.predictors(project.id) if p.name == name), None)
            ident = known or models.add_predictor(project.id, name, "import", QUESTION, {}, now)
            models.change_predictor(ident, version=version, state="ready")
            run = models.add_run(project.id, "import", ident, version, {}, PERSON, now)
            said = [(Prediction(item, QUESTION, label, score, None), label) for item, label, score in rows]
            models.put_suggestions(run, ident, project.schema_version, said, now)
            open_ids = set(models.not_blind(p.item_id for p, _ in said))
            models.put_checks(run, ident, [p for p, _ in said if p.item_id not in open_ids], now)
            models.project_confidence(project.id, open_ids)
            models.finish_run(run, "done", len(said), {}, now)

        self.ws.db.write(store)

    def answer(self, project: Project, answers: Mapping[int, str]) -> None:
        """A person answers items, in this order."""
        given = [Submission(uuid.uuid4().hex, item, {QUESTION: label}) for item, label in answers.items()]

        def store(c: Any) -> None:
            for one in given:
                annotate.submit(WorkSql(c), self.ws.task_types, project, PERSON, one, self.ws.clock())

        self.ws.db.write(store)

    def look(self, project: Project, wish: Wish, by: str | None = None) -> Offer:
        """A look at what may be accepted."""
        return self.ws.guaranteeing.look(project, QUESTION, None, wish, PERSON, by)

    def accept(self, project: Project, threshold: float, wish: Wish) -> BulkResult:
        """Accept under a promise. Raises Conflict where it does not hold."""
        order = Accept(QUESTION, threshold)
        return self.ws.data.deciding.accept(project, uuid.uuid4().hex, order, PERSON, wish=wish)

    def taken(self, project: Project) -> dict[int, str]:
        """What stands as accepted in bulk, by item."""
        low = project.id * 1_000_000_000
        rows = self.ws.db.read(
            lambda c: c.execute(
                "SELECT item_id, label FROM annotation WHERE bulk_id IS NOT NULL AND live = 1 AND item_id > ? AND item_id < ?",
                (low, low + 10**9),
            ).fetchall()
        )
        return dict(rows)

    def audits(self, project: Project) -> list[int]:
        """Items that wait for an audit, in the order of the draw."""
        rows = self.ws.db.read(
            lambda c: c.execute(
                "SELECT item_id FROM blind_draw WHERE project_id = ? AND purpose = 'audit' AND state = 0 ORDER BY id",
                (project.id,),
            ).fetchall()
        )
        return [row[0] for row in rows]

    def permissions(self, project: Project) -> list[PermissionView]:
        """Every promise, newest first."""
        return self.ws.guaranteeing.permissions.all(project)
