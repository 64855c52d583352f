"""Guarantees at work: looks at what may be accepted, each on record, and keeps what was promised for what was accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from milo.domain.errors import Conflict
from milo.domain.project import Project
from milo.flow import guarantee as promise
from milo.flow.bulk import Accept, BulkOrder
from milo.flow.effort import effort
from milo.flow.guarantee import Best, Curve, Part, PartOffer, Promised, Wish
from milo.infra.evidence import Evidence, Gathering
from milo.infra.permissions import Permissions
from milo.infra.sql.database import Connection
from milo.infra.sql.draws import DrawsSql
from milo.infra.sql.effort import latest
from milo.infra.sql.guarantees import GuaranteesSql
from milo.infra.sql.models import ModelsSql, PredictorRow
from milo.infra.sql.work import WorkSql
from milo.stats.guarantees import ALPHA

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

_IDLE = 30.0
_LATEST = 2_000


class Offer(msgspec.Struct):
    """What may be accepted of a model's present version. `items`: all of the project; `audits`, `wrong`: blind answers that
    it was compared with, and the errors; `pending`: blind answers that are being compared; `waiting`: blind items without an
    answer; `look`: its number; `pace`: seconds an answer takes people; `prior`: the most errors accepted under promises of
    other versions; `more`: about how many more blind answers would allow what is asked for (null: no number would);
    `slice_keys`: keys of the metadata whose values can be looked at apart."""

    question: str
    source: str
    version: int
    promise: promise.Kind
    target: float
    right_at: float
    level: float
    items: int
    open: int
    audits: int
    wrong: float
    pending: int
    waiting: int
    look: int
    pace: float | None
    prior: float
    unpromised: int
    curve: Curve | None
    best: Best | None
    more: int | None
    why: str
    notes: list[str]
    labels: list[PartOffer]
    slices: dict[str, list[PartOffer]]
    slice_keys: list[str] = []


class Guaranteeing:
    """Looks at guarantees of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.ws = workspace
        self.gathering = Gathering(workspace)
        self.permissions = Permissions(workspace)

    def look(
        self, project: Project, question: str, source: str | None, wish: Wish | None, user: int | None, slice_: str | None
    ) -> Offer:
        """What may be accepted now. The look is put on record."""
        row = self.gathering.model(project, question, source)
        shape = self.gathering.task(project, question).shape
        wish = wish or Wish(right_at=promise.default_right_at(shape))
        wish.check(shape)
        self.permissions.notice(project, row.id)
        found = self.gathering.evidence(project, row, wish)
        pending = self.gathering.pending(project, row)
        return self._offer(project, row, wish, found, pending, user, slice_)

    def _offer(
        self, project: Project, row: PredictorRow, wish: Wish, found: Evidence | None, pending: int, user: int | None,
        slice_: str | None,
    ) -> Offer:  # fmt: skip
        def facts(c: Connection) -> tuple[int, int, int, int, float | None]:
            sql = GuaranteesSql(c)
            times = [(r[2], r[3]) for r in latest(c, project.id, None, _LATEST) if r[0] == row.question]
            return (
                sql.waiting(project.id, row.question), sql.skipped(project.id), sql.unpromised(project.id, row.question),
                sql.size(project.id), effort(times, _IDLE).median_seconds,
            )  # fmt: skip

        waiting, skipped, unpromised, size, pace = self.ws.db.read(facts)
        offer = Offer(
            row.question, row.name, row.version, wish.promise, wish.target, wish.right_at, 1 - ALPHA, size, 0, 0, 0.0,
            pending, waiting, 0, pace, 0.0, unpromised, None, None, None, "",
            self._notes(project, row, pending, skipped, unpromised), [], {},
        )  # fmt: skip
        if found is None:
            offer.why = self.gathering.unready(row)
            return offer
        offer.open, offer.audits = int(found.suggested.open.sum()), len(found.audited.items)
        offer.wrong, offer.look = float(found.audited.losses.sum()), found.look
        offer.prior = promise.prior_at(found.prior, 1.01)
        offer.slice_keys = list(found.plan.plan.slices)
        pooled, alpha = found.plan.plan.pooled, found.alpha * promise.POOLED
        args = (wish, pooled, alpha, found.suggested, found.audited, found.of, found.prior, found.look)
        if pooled.rungs:
            offer.curve = promise.curve(*args)
            offer.best = promise.best_of(offer.curve, wish.target, pace)
            offer.more = 0 if offer.best else promise.more_needed(*args)
        offer.why = promise.why(offer.best, offer.more, offer.audits, waiting, offer.open)
        if wish.promise != "expected":
            offer.labels = self._labels(wish, found, pace)
            if slice_:
                offer.slices = self._slices(wish, found, pace, slice_)
        self._record(project, wish, found, offer, user)
        return offer

    def _labels(self, wish: Wish, found: Evidence, pace: float | None) -> list[PartOffer]:
        parts, alpha = found.plan.plan.labels, found.alpha * promise.BY_LABEL
        s, a = found.suggested, found.audited
        return promise.part_offers(wish, parts, alpha, s, a, s.labels, a.labels, pace)

    def _slices(self, wish: Wish, found: Evidence, pace: float | None, wanted: str) -> dict[str, list[PartOffer]]:
        known = found.plan.plan.slices
        if wanted not in known:
            return {}
        s, a = found.suggested, found.audited
        names, seen = self.ws.db.read(
            lambda c: (
                GuaranteesSql(c).meta(s.items.tolist(), [wanted])[wanted],
                GuaranteesSql(c).meta(a.items.tolist(), [wanted])[wanted],
            )
        )
        alpha = found.alpha * promise.BY_SLICE / max(1, len(known))
        mine, heard = np.array(names, dtype=object), np.array(seen, dtype=object)
        return {wanted: promise.part_offers(wish, known[wanted], alpha, s, a, mine, heard, pace)}

    def _record(self, project: Project, wish: Wish, found: Evidence, offer: Offer, user: int | None) -> None:
        best, now = offer.best, self.ws.clock()
        self.ws.db.write(
            lambda c: GuaranteesSql(c).add_look(
                project.id, found.plan.id, wish.promise, wish.target, wish.right_at, found.look, offer.audits, offer.wrong,
                best.threshold if best else None, best.accepted if best else 0, user, now,
            )
        )  # fmt: skip

    def _notes(self, project: Project, row: PredictorRow, pending: int, skipped: int, unpromised: int) -> list[str]:
        notes: list[str] = []
        if pending and self.gathering.can_check(row):
            notes.append(f"{pending:,} blind answers are being compared with this version; look again in a moment.")
        elif pending:
            notes.append(f"{pending:,} blind answers are left out: this version has said nothing of those items.")
        if skipped:
            notes.append(f"{skipped:,} blind items were skipped; if those are the hard ones, the promise is too good.")
        if unpromised:
            notes.append(f"{unpromised:,} suggestions were accepted without a guarantee; no promise covers them.")
        if project.spec.policy.order == "imported":
            notes.append("Items are asked in the order of import, so that the blind answers are about the first ones.")
        return notes

    def promised(self, project: Project, order: Accept, wish: Wish) -> Promised:
        """The promise that an acceptance would be under. Raises Conflict, saying why, where it does not hold."""
        found = self.foreseen(project, order, wish)
        if found.bound > wish.target:
            raise Conflict(
                f"At {order.min_score:.2f} the bound is {found.bound:.1%}, above the {wish.target:.1%} asked for. Raise the "
                "confidence, wait for more blind answers, or accept without a guarantee.",
                place="min_score",
            )
        return found

    def foreseen(self, project: Project, order: Accept, wish: Wish) -> Promised:
        """What could be promised for an acceptance, be it enough or not. Raises Conflict where nothing can be told yet."""
        row = self.gathering.model(project, order.question, order.source)
        wish.check(self.gathering.task(project, order.question).shape)
        found = self.gathering.evidence(project, row, wish)
        if found is None:
            raise Conflict(self.gathering.unready(row), place="promise")
        errors, bound, accepted = self._bound(wish, found, order)
        text = promise.words(wish.promise, bound, errors, found.of, 1 - ALPHA)
        return Promised(
            wish.promise, wish.target, wish.right_at, 1 - ALPHA, row.name, row.version, found.plan.epoch, order.min_score,
            errors, bound, accepted, found.of, len(found.audited.items), float(found.audited.losses.sum()), text,
            order.per_label, promise.prior_at(found.prior, order.min_score),
        )  # fmt: skip

    def _bound(self, wish: Wish, found: Evidence, order: Accept) -> tuple[float | None, float, int]:
        """(errors, bound, accepted under this version) for thresholds, common or by label."""
        s, a = found.suggested, found.audited
        unseen = s.open | s.kept
        if not order.per_label:
            pooled = found.plan.plan.pooled
            args = (s, a, found.of, found.prior, found.look, [order.min_score])
            if not pooled.rungs:
                return None, 1.0, 0
            errors, bound = promise.bounds_at(wish, pooled, found.alpha * promise.POOLED, *args)
            return errors[0], bound[0], int((unseen & (s.scores >= order.min_score)).sum())
        if wish.promise == "expected":
            raise Conflict("An expected share is promised for one confidence for all labels.", place="per_label")
        total, accepted = 0.0, 0
        for name in sorted(set(s.labels[unseen].tolist())):
            least = order.per_label.get(name, order.min_score)
            mine, heard = s.only(s.labels == name), a.only(a.labels == name)
            n = int(((mine.open | mine.kept) & (mine.scores >= least)).sum())
            accepted += n
            part: Part | None = found.plan.plan.labels.get(name)
            if n and (part is None or not part.rungs):
                total += n
            elif n and part is not None:
                total += promise.rows_at(part, found.alpha * promise.BY_LABEL * part.share, mine, heard, [least])[0].errors
        share = (
            total / max(1, accepted)
            if wish.promise == "among"
            else (total + promise.prior_at(found.prior, 1.01)) / max(1, found.of)
        )
        return total, 1.0 if total >= accepted else min(1.0, share), accepted

    def accepted(self, c: Connection, project: Project, bulk: BulkOrder, promised: Promised) -> None:
        """Put the promise of a finished decision on record."""
        rows = ModelsSql(c).predictors(project.id)
        row = next((r for r in rows if r.name == promised.model), None)
        if row is not None:
            promised = msgspec.structs.replace(promised, upto=GuaranteesSql(c).last_item(project.id))
            facts, now = msgspec.to_builtins(promised), self.ws.clock()
            GuaranteesSql(c).add_permission(
                bulk.id, project.id, bulk.question, row.id, promised.version, promised.epoch, facts, now
            )
            self.permissions.draw_audits(c, project, bulk, row.id, promised)

    def ask_for(self, project: Project, question: str, source: str | None, n: int, seed: int) -> int:
        """Draw open items at random into the blind slice, to be answered next; how many."""
        row = self.gathering.model(project, question, source)
        rng, now = np.random.default_rng(seed), self.ws.clock()

        def draw(c: Connection) -> int:
            sql = DrawsSql(c)
            known = sql.eligible(project.id, question, row.id, row.version)
            k = min(n, len(known))
            chosen = sorted(rng.choice(np.array(known, np.int64), size=k, replace=False).tolist()) if k else []
            sql.blinden(project.id, question, row.id, row.version, chosen, k / max(1, len(known)), now)
            facts = msgspec.json.encode({"question": question, "model": row.name, "version": row.version, "n": k})
            WorkSql(c).log(project.id, None, 0, "blind draw", facts, now)
            return k

        drawn = self.ws.db.write(draw)
        self.ws.data.decided(project.id)
        return drawn
