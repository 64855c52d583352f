"""ASK: decide who gets which item next, and lend it to them.

What a browser holds is renewed; what a reviewer sent back comes before all else, and what was lent to the person before
(another tab, a crash) before what is new; then free items in the order that the policy says. An item is never lent to more
people than the overlap allows. Who takes part in a study gets the items of their block, in the order of its plan, and nothing
else.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from milo.domain.policy import Policy
from milo.flow.ports.work import LENT, Lease, Pick, QueuePort, WorkPort
from milo.flow.study.part import Part
from milo.kinds.sampler import Candidates, Sampler

MAX_LEASES = 50
AUDIT_SHARE = 0.2
_REFILL = 500
_POOL = 4_000
_SMALL = 20


def lease(
    work: WorkPort,
    queue: QueuePort,
    samplers: dict[str, Sampler],
    project_id: int,
    policy: Policy,
    user_id: int,
    n: int,
    have: list[int],
    now: float,
    checks: Callable[[int], list[Lease]] | None = None,
) -> list[Lease]:
    """Lend up to `n` items in all, of which the browser holds `have` already; the new ones, in order. `checks` lends
    those of the next so many that are to check the person."""
    until = now + policy.lease_minutes * 60
    work.expire(now, policy.overlap, project_id)
    kept = work.renew(user_id, have[:MAX_LEASES], until)
    wanted = min(n, MAX_LEASES) - len(kept)
    if wanted <= 0:
        return []
    work.sent_back(project_id, user_id, until)
    out = work.held(project_id, user_id, have, wanted)
    work.renew(user_id, [one.item_id for one in out], until)
    out += _lend_drawn(work, project_id, policy, user_id, wanted - len(out), until, now)
    if checks is not None and len(out) < wanted:
        out += checks(wanted - len(out))
    for _ in range(2):
        if len(out) >= wanted:
            break
        for pick in _next(work, queue, samplers, project_id, policy, user_id, wanted - len(out), now):
            lent = work.lend(project_id, user_id, pick, until, now)
            if lent is not None:
                out.append(lent)
    out += _lend_more_audits(work, project_id, policy, user_id, wanted - len(out), until, now)
    return out


def _lend_drawn(
    work: WorkPort, project_id: int, policy: Policy, user_id: int, wanted: int, until: float, now: float
) -> list[Lease]:
    """Items drawn for an estimate come first; audits take about one place in five."""
    picks = work.next_drawn(project_id, user_id, "estimate", wanted)
    rng = np.random.default_rng([int(now * 1000), user_id])
    audits = int((rng.random(wanted - len(picks)) < AUDIT_SHARE).sum())
    picks += work.next_drawn(project_id, user_id, "audit", audits) if audits else []
    return [work.lend_drawn(project_id, user_id, pick, policy.overlap, until, now) for pick in picks]


def _lend_more_audits(
    work: WorkPort, project_id: int, policy: Policy, user_id: int, wanted: int, until: float, now: float
) -> list[Lease]:
    """Where nothing else is left to ask, the audits that wait."""
    picks = work.next_drawn(project_id, user_id, "audit", wanted) if wanted > 0 else []
    return [work.lend_drawn(project_id, user_id, pick, policy.overlap, until, now) for pick in picks]


def lease_block(
    work: WorkPort, part: Part, project_id: int, policy: Policy, n: int, have: list[int], now: float
) -> list[Lease]:
    """Lend the next items of a person's block; none before it has begun, nor at its end."""
    until = now + policy.lease_minutes * 60
    work.expire(now, policy.overlap, project_id)
    kept = work.renew(part.user_id, [i for i in have[:MAX_LEASES] if i in part.due], until)
    out: list[Lease] = []
    for item in [i for i in part.due if i not in have][: max(0, min(n, MAX_LEASES) - len(kept))]:
        ident = work.set_assignment(item, part.user_id, LENT, until, now, "study")
        work.settle(project_id, item, policy.overlap, 0, None)
        out.append(Lease(ident, item, until, "study", None))
    return out


def _next(
    work: WorkPort,
    queue: QueuePort,
    samplers: dict[str, Sampler],
    project_id: int,
    policy: Policy,
    user_id: int,
    wanted: int,
    now: float,
) -> list[Pick]:
    if policy.order == "imported":
        return work.next_imported(project_id, user_id, wanted, policy.blind_share)
    picks = work.next_picked(project_id, user_id, wanted)
    if len(picks) < wanted and refill(queue, samplers[policy.order], project_id, policy, int(now * 1000)):
        picks = work.next_picked(project_id, user_id, wanted)
    return picks


def refill(
    queue: QueuePort, sampler: Sampler, project_id: int, policy: Policy, seed: int, pool: list[int] | None = None
) -> int:
    """Draw more picks into the queue and store the probability of each; how many were added.

    Two stages: a pool of free items is drawn uniformly at random (or was drawn before, and the model has looked at it),
    then the sampler draws from the pool by the model's confidence. The stored probability is the product of both. Items
    of the blind slice carry no confidence; they are drawn uniformly, at the pool's own rate, and mixed in.
    """
    available = queue.free_count(project_id) - queue.waiting(project_id)
    ids = sorted(queue.random_free(project_id, _POOL, seed) if pool is None else queue.still_free(set(pool)))
    if not ids:
        return 0
    share = min(1.0, len(ids) / max(available, len(ids)))
    k = min(_REFILL, len(ids), len(ids) if policy.order == "random" else max(_SMALL, len(ids) // 4))
    rng = np.random.default_rng(seed)
    known = queue.known_of(ids)
    blind = np.array([i for i, (_, is_blind) in zip(ids, known, strict=True) if is_blind], dtype=np.int64)
    open_ids = [(i, conf) for i, (conf, is_blind) in zip(ids, known, strict=True) if not is_blind]
    n_blind = round(k * len(blind) / len(ids))
    candidates = Candidates(
        np.array([i for i, _ in open_ids], dtype=np.int64),
        np.array([math.nan if conf is None else conf for _, conf in open_ids], dtype=np.float64),
    )
    drawn = sampler.draw(candidates, k - n_blind, policy.explore, rng)
    picks = [
        Pick(int(item), purpose, None if math.isnan(odds) else float(odds) * share)
        for item, odds, purpose in zip(drawn.ids, drawn.odds, drawn.purposes, strict=True)
    ]
    for item in rng.choice(blind, size=n_blind, replace=False):
        place = int(rng.integers(0, len(picks) + 1))
        picks.insert(place, Pick(int(item), "estimate", n_blind / len(blind) * share))
    queue.add_picks(project_id, picks)
    return len(picks)
