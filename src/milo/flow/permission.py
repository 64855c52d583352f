"""PERMISSION: a promise stays in force until something changes - another version, errors in audits, new data of another kind.

Pure: what audits and new items show goes in; whether and why the permission lapsed, and how soon it would, comes out. A promise
covers what was accepted before; a lapse says that it is not to be extended to what is new.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from milo.flow.guarantee import Promised
from milo.stats.drift import PATIENCE, audits_to_lapse, error_drift, input_drift
from milo.stats.intervals import clopper_pearson

Reason = Literal["version", "errors", "data"]
AUDIT_ODDS, LEAST_AUDITS = 0.05, 50
MOST_NEW, MOST_KNOWN = 5_000, 2_000
NEW_PATIENCE = 20_000.0
"""While nothing changes, new items make a promise lapse after so many of them or more on average. It is more than for audits,
since there are far more new items than audits, and errors are what the promise is about."""
Floats = NDArray[np.float64]


class Lapse(msgspec.Struct, frozen=True):
    """Why a permission lapsed, in a word and a sentence, and when."""

    reason: Reason
    why: str
    at: float


class Audits(msgspec.Struct, frozen=True):
    """Audits of what was accepted: drawn, answered, how many were wrong, and the interval of their share (null: none answered).
    `within`: should errors become twice as frequent as promised, the permission lapses within so many in 95 % of cases."""

    drawn: int
    answered: int
    wrong: float
    low: float | None
    high: float | None
    within: int | None


class Features(msgspec.Struct, frozen=True):
    """Numbers of items, one column each: the confidence, the label's code, the length of the content. Shape (n, 3); `at`:
    when each was suggested, (n,)."""

    values: Floats
    at: Floats


FEATURES = ("confidence", "suggested label", "length")


def audit_odds(accepted: int) -> float:
    """The odds with which each accepted item is audited: one in twenty, and about fifty where that would be fewer."""
    return min(1.0, max(AUDIT_ODDS, LEAST_AUDITS / max(1, accepted)))


def is_drawn(secret: bytes, bulk: int, item: int, odds: float) -> bool:
    """Whether an item is drawn: a keyed hash, so that nobody can foresee it and a repetition draws the same."""
    digest = hmac.new(secret, f"audit:{bulk}:{item}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < odds


def audits_of(promised: Promised, drawn: int, losses: list[float]) -> Audits:
    """What the audits say so far."""
    wrong, rate = float(sum(losses)), promised.among
    low, high = clopper_pearson(round(wrong), len(losses)) if losses else (None, None)
    within = audits_to_lapse(round(rate, 4), round(min(0.999, 2 * rate), 4)) if 0 < rate < 0.5 else None
    return Audits(drawn, len(losses), wrong, low, high, within)


def lapse_by_errors(promised: Promised, losses: list[float], at: list[float]) -> Lapse | None:
    """Whether audited items, in the order of their answers, are wrong more often than was promised."""
    if not losses:
        return None
    watch = error_drift(np.array(losses), promised.among)
    if watch.lapsed is None:
        return None
    n = watch.lapsed + 1
    wrong, most = round(sum(losses[:n])), f"{promised.among:.1%}"
    text = f"{wrong} of {n} audited items were wrong, where at most {most} of the accepted were promised to be. "
    text += f"Where no more are wrong, this happens once in {PATIENCE:,.0f} audits or less often."
    return Lapse("errors", text, at[watch.lapsed])


def lapse_by_data(known: Features, new: Features) -> Lapse | None:
    """Whether new items do not look like those that were there when the promise was made."""
    found: list[tuple[int, str]] = []
    for column, name in enumerate(FEATURES):
        if not len(known.values) or not len(new.values):
            continue
        watch = input_drift(known.values[:, column], new.values[:, column], NEW_PATIENCE * len(FEATURES), column)
        if watch.lapsed is not None:
            found.append((watch.lapsed, name))
    if not found:
        return None
    place, name = min(found)
    text = f"New items differ in their {name} from those that the promise rests on; seen after {place + 1:,} of them. "
    text += f"Where nothing changed, this happens once in {NEW_PATIENCE:,.0f} new items or less often."
    return Lapse("data", text, float(new.at[place]))


def lapse_by_version(
    promised: Promised, version: int | None, at: float | None, now: float, anew: tuple[float, int] | None = None
) -> Lapse | None:
    """Whether the model is another one by now (None: it was removed). `anew`: when suggestions of the same version were written
    anew, and how many."""
    if version == promised.version:
        if anew is None:
            return None
        text = f"{anew[1]:,} answers of version {promised.version} were written anew and say otherwise than before."
        return Lapse("version", text, anew[0])
    if version is None:
        return Lapse("version", f'The model "{promised.model}" was removed.', now)
    return Lapse("version", f"Version {version} has taken the place of version {promised.version}.", at or now)


def features(rows: list[tuple[int, float | None, str | None, int, float]]) -> Features:
    """Of rows (item, score, label, length, suggested at). Labels are coded by a hash that does not change between calls."""
    values: Any = [[score or 0.0, _code(label or ""), float(length)] for _, score, label, length, _ in rows]
    return Features(
        np.array(values, np.float64).reshape(len(rows), len(FEATURES)), np.array([row[4] for row in rows], np.float64)
    )


def _code(label: str) -> float:
    return float(int.from_bytes(hashlib.sha256(label.encode()).digest()[:4], "big"))
