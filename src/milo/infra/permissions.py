"""Permissions at work: audits drawn from what was accepted, lapses noticed and kept, and the state of every promise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from milo.domain.project import Project
from milo.flow import permission
from milo.flow.bulk import BulkOrder
from milo.flow.guarantee import Promised
from milo.flow.permission import Audits, Lapse
from milo.infra.sql.database import Connection
from milo.infra.sql.draws import DrawsSql
from milo.infra.sql.guarantees import GuaranteesSql, PermissionRow
from milo.infra.sql.items import ItemsSql
from milo.infra.sql.models import ModelsSql
from milo.infra.sql.rewritten import RewrittenSql

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

_decode = msgspec.json.decode


class PermissionView(msgspec.Struct):
    """A promise and its state: in force, lapsed (with `reason`, `why` and when), or taken back with its decision. What was
    accepted before stays covered; a lapse ends only what would be accepted next."""

    bulk: int
    question: str
    model: str
    version: int
    promise: Promised
    n: int
    at: float
    state: str
    lapsed_at: float | None
    reason: str | None
    why: str
    audits: Audits


class Permissions:
    """The promises of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.ws = workspace

    def draw_audits(self, c: Connection, project: Project, bulk: BulkOrder, predictor: int, promised: Promised) -> None:
        """Draw accepted items at random to be answered again, blind."""
        items = DrawsSql(c).accepted(bulk.id)
        odds, secret = permission.audit_odds(len(items)), ItemsSql(c).secret(project.id)
        drawn = [item for item in items if permission.is_drawn(secret, bulk.id, item, odds)]
        now = self.ws.clock()
        DrawsSql(c).audit(project.id, bulk.id, bulk.question, predictor, promised.version, drawn, odds, now)

    def all(self, project: Project) -> list[PermissionView]:
        """Every promise that was made, newest first. Lapses are noticed here and kept."""
        rows = self.ws.db.read(lambda c: GuaranteesSql(c).permissions(project.id))
        return [self._view(project, row) for row in rows]

    def notice(self, project: Project, predictor: int) -> None:
        """Look whether promises of a model have lapsed, before another is made."""
        for row in self.ws.db.read(lambda c: GuaranteesSql(c).permissions(project.id)):
            if row.predictor_id == predictor:
                self._view(project, row)

    def _view(self, project: Project, row: PermissionRow) -> PermissionView:
        promised = msgspec.convert(row.promise, Promised)
        audits = self.ws.db.read(lambda c: DrawsSql(c).audits(row.bulk_id))
        losses, at = self._losses(project, row.question, promised, audits)
        lapse = Lapse(row.reason, row.why, row.lapsed_at) if row.reason and row.lapsed_at else None  # type: ignore[arg-type]
        if lapse is None and not row.undone:
            lapse = self._lapse(project, row, promised, losses, at)
            if lapse is not None:
                found = lapse
                self.ws.db.write(lambda c: GuaranteesSql(c).lapse(row.bulk_id, found.reason, found.why, found.at))
        state = "taken back" if row.undone else "lapsed" if lapse else "in force"
        return PermissionView(
            row.bulk_id, row.question, promised.model, row.version, promised, row.n, row.at, state, lapse.at if lapse else None,
            lapse.reason if lapse else None, lapse.why if lapse else "", permission.audits_of(promised, len(audits), losses),
        )  # fmt: skip

    def _losses(
        self, project: Project, question: str, promised: Promised, audits: list[Any]
    ) -> tuple[list[float], list[float]]:
        if question not in {q.name for q in project.spec.questions}:
            return [], []
        asked = project.schema.get(question)
        task = self.ws.task_types[asked.type]
        done = [a for a in audits if a.given is not None and a.answered_at is not None]
        losses = [float(task.agreement(asked, _decode(a.accepted), _decode(a.given)) < promised.right_at - 1e-9) for a in done]
        return losses, [a.answered_at for a in done]

    def _lapse(
        self, project: Project, row: PermissionRow, promised: Promised, losses: list[float], at: list[float]
    ) -> Lapse | None:
        found = permission.lapse_by_errors(promised, losses, at)
        if found is None:
            found = self._other_version(row, promised)
        if found is None:
            known, new = self.ws.db.read(lambda c: _around(GuaranteesSql(c), project.id, row, promised.upto))
            found = permission.lapse_by_data(known, new)
        return found

    def _other_version(self, row: PermissionRow, promised: Promised) -> Lapse | None:
        def read(c: Connection) -> tuple[int | None, float | None, tuple[float, int] | None]:
            model = ModelsSql(c).predictor(row.predictor_id)
            if model is None:
                return None, None, None
            runs = ModelsSql(c).runs_of_version(row.predictor_id, model.version)
            anew = RewrittenSql(c).since(row.predictor_id, row.version, row.at)
            return model.version, runs[0].created_at if runs else None, anew

        version, at, anew = self.ws.db.read(read)
        return permission.lapse_by_version(promised, version, at, self.ws.clock(), anew)


def _around(sql: GuaranteesSql, project: int, row: PermissionRow, upto: int) -> tuple[permission.Features, permission.Features]:
    """The items before a promise (some of them, spread evenly) and those that came in since, as numbers."""
    known = sql.features(project, row.question, row.predictor_id, row.version, 0, upto)
    new = sql.features(project, row.question, row.predictor_id, row.version, upto, None, permission.MOST_NEW)
    step = max(1, len(known) // permission.MOST_KNOWN)
    return permission.features(known[::step]), permission.features(new)
