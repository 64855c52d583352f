"""GUARANTEE: what may be accepted unseen, and what is promised then - at every confidence, for each label and slice.

Pure: suggestions and the errors that blind answers found in them go in; curves, the best threshold and a sentence come out.
What is fixed before the first look (a `Plan`) is fixed from the suggestions alone, and the chance of a broken promise is shared
out beforehand: among versions of models (`place`), fresh starts after a lapse (`epoch`), tolerances, and the tables for all
items, for labels and for slices. So promises hold together whatever is looked at, how often, and chosen in the end.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from milo.domain.errors import Invalid
from milo.stats.guarantees import ALPHA, Promise, answers_needed, grid, promises, spend
from milo.stats.selection import conformal_p

Kind = Literal["total", "among", "expected"]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
STEPS: Floats = np.arange(101) / 100
POOLED, BY_LABEL, BY_SLICE = 0.75, 0.125, 0.125
"""Shares of alpha of the three families of promises."""
LADDER = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.6, 0.5)
"""Agreements from which on a suggestion may be called right."""
EXACT = frozenset({"label", "labels", "number"})
MOST_PARTS, MOST_SLICES = 40, 8
Prior = tuple[tuple[float, float], ...]
"""Earlier promises: (the confidence up to which a new threshold covers what was accepted, the most errors in it)."""


class Part(msgspec.Struct, frozen=True):
    """Thresholds fixed beforehand, and the share of its family's alpha."""

    share: float
    rungs: list[float]


class Plan(msgspec.Struct, frozen=True):
    """What is fixed at the first look at a version: thresholds for all items, for each label, and by slice and its values."""

    pooled: Part
    labels: dict[str, Part] = {}
    slices: dict[str, dict[str, Part]] = {}


class Suggested(msgspec.Struct, frozen=True):
    """The suggestions of one version outside of the blind slice, one an item; arrays of shape (n,). `open`: may be accepted
    now; `kept`: was accepted in bulk under this version."""

    items: NDArray[np.int64]
    scores: Floats
    labels: NDArray[Any]
    open: Flags
    kept: Flags

    def only(self, which: Flags) -> Suggested:
        """Some of them."""
        return Suggested(self.items[which], self.scores[which], self.labels[which], self.open[which], self.kept[which])


class Audited(msgspec.Struct, frozen=True):
    """What a version said of blind items that people answered: `losses` in 0..1 (1: wrong); arrays of shape (m,)."""

    items: NDArray[np.int64]
    scores: Floats
    labels: NDArray[Any]
    losses: Floats

    def only(self, which: Flags) -> Audited:
        """Some of them."""
        return Audited(self.items[which], self.scores[which], self.labels[which], self.losses[which])


class Wish(msgspec.Struct, frozen=True):
    """What is asked for: the promise in words, the most errors (a share), and from which agreement on a suggestion is right."""

    promise: Kind = "total"
    target: float = 0.05
    right_at: float = 1.0

    def check(self, shape: str) -> None:
        """Raises Invalid for what cannot be promised."""
        if not 0.0005 <= self.target <= 0.5:
            raise Invalid(f"The most errors are given as {self.target}; give a share from 0.0005 to 0.5.", place="target")
        if self.right_at not in LADDER:
            known = ", ".join(str(one) for one in LADDER)
            raise Invalid(f"right_at is {self.right_at}; it must be one of {known}.", place="right_at")
        if shape == "label" and self.right_at < 1:
            raise Invalid("Labels are equal or not: for this question right_at is 1.", place="right_at")


class Curve(msgspec.Struct, frozen=True):
    """At confidence 0, 0.01, ... 1: how many would be accepted now, the most errors among all accepted under this version
    (these and earlier ones), and the bound in the terms of the promise. Errors are null for an expected share."""

    accepted: list[int]
    errors: list[float | None]
    bound: list[float]


class Best(msgspec.Struct, frozen=True):
    """The confidence that accepts most within what is asked for."""

    threshold: float
    accepted: int
    errors: float | None
    bound: float
    hours: float | None


class PartOffer(msgspec.Struct, frozen=True):
    """A label or a value of a slice, with promises of its own. `more`: about how many more blind answers (of all) would allow
    what is asked for; null: no number would."""

    name: str
    open: int
    audits: int
    wrong: float
    curve: Curve
    best: Best | None
    more: int | None


def default_right_at(shape: str) -> float:
    """Labels and numbers are right or wrong; marks and texts are right when they agree by this much."""
    return 1.0 if shape in EXACT else 0.8


def alpha_of(place: int, epoch: int, shape: str, right_at: float) -> float:
    """The chance of a broken promise that a look may use: its version's part, its fresh start's, its tolerance's."""
    share = 1.0
    if shape != "label":
        share = 0.5 if right_at == default_right_at(shape) else 0.5 / (len(LADDER) - 1)
    fresh = 0.75 if epoch == 0 else 0.25 * spend(1.0, epoch)
    return spend(ALPHA, place) * fresh * share


def make_plan(suggested: Suggested, audited: Audited, slices: Mapping[str, tuple[Sequence[str], Sequence[str]]]) -> Plan:
    """Fix thresholds from scores alone. `slices`: by name, the value of each suggested and each audited item."""
    every, names = _population(suggested, audited), np.concatenate([suggested.labels, audited.labels])
    parts = {
        key: _parts(every, np.concatenate([np.array(a, dtype=object), np.array(b, dtype=object)]))
        for key, (a, b) in slices.items()
    }
    return Plan(_part(every, 1.0), _parts(every, names), parts)


def _parts(every: Floats, names: NDArray[Any]) -> dict[str, Part]:
    """The most frequent names, each with alpha by the square root of its size, so that rare ones are not left with none."""
    known = [name for name, _ in Counter(names.tolist()).most_common(MOST_PARTS) if name]
    weights = {name: math.sqrt(int((names == name).sum())) for name in known}
    whole = sum(weights.values())
    return {name: _part(every[names == name], weights[name] / whole) for name in known}


def _part(every: Floats, share: float) -> Part:
    return Part(share, [*grid(every).tolist()[:-1], 0.0] if len(every) else [])


def _population(suggested: Suggested, audited: Audited) -> Floats:
    return np.concatenate([suggested.scores, audited.scores])


def rows_at(part: Part, alpha: float, suggested: Suggested, audited: Audited, at: Any) -> list[Promise]:
    """The promises at some thresholds; nothing is promised where no threshold was fixed."""
    unseen = suggested.scores[suggested.open | suggested.kept]
    return promises(
        part.rungs, audited.scores, audited.losses, _population(suggested, audited), unseen=unseen, at=at, alpha=alpha
    )


def bounds_at(
    wish: Wish, part: Part, alpha: float, suggested: Suggested, audited: Audited, of: int, prior: Prior, look: int, at: Any
) -> tuple[list[float | None], list[float]]:
    """(the most errors, the bound in the terms of the promise) at some thresholds. `of`: all items of the project; `prior`:
    what was accepted under other promises; `look`: the number of this look, for an expected share."""
    if wish.promise == "expected":
        found = expected_at(suggested, audited, look, at)
        return [None] * len(found), found
    rows = rows_at(part, alpha, suggested, audited, at)
    errors: list[float | None] = [row.errors for row in rows]
    if wish.promise == "among":
        return errors, [min(1.0, row.among) for row in rows]
    return errors, [_share_of_all(row, of, prior) for row in rows]


def _share_of_all(row: Promise, of: int, prior: Prior) -> float:
    """1 where all of them may be wrong for all that is known: a few items would always fit, and nothing would be promised."""
    if row.accepted and row.errors >= row.accepted:
        return 1.0
    return min(1.0, (row.errors + prior_at(prior, row.threshold)) / max(1, of))


def prior_at(prior: Prior, threshold: float) -> float:
    """The most errors accepted earlier that a promise at this threshold does not cover."""
    return sum(errors for least, errors in prior if least < threshold)


def expected_at(suggested: Suggested, audited: Audited, look: int, at: Any) -> list[float]:
    """The least rate at which conformal selection would choose everything at or above each threshold, at the `look`-th look.

    Rates are shared out among looks as alpha is: accepting at any one of them keeps the expected share of wrong ones.
    """
    unseen = suggested.scores[suggested.open | suggested.kept]
    p = conformal_p(audited.scores, audited.losses > 0, at)
    chosen = np.array([int((unseen >= t).sum()) for t in np.asarray(at).tolist()])
    rate = np.where(chosen > 0, p * len(unseen) / np.maximum(chosen, 1), 1.0) / spend(1.0, look)
    return np.minimum(1.0, rate).tolist()


def curve(
    wish: Wish, part: Part, alpha: float, suggested: Suggested, audited: Audited, of: int, prior: Prior = (), look: int = 1
) -> Curve:
    """The bounds at every step of the slider."""
    ready = suggested.scores[suggested.open]
    accepted = [int((ready >= t).sum()) for t in STEPS.tolist()]
    errors, bound = bounds_at(wish, part, alpha, suggested, audited, of, prior, look, STEPS)
    return Curve(accepted, errors, bound)


def best_of(found: Curve, target: float, pace: float | None) -> Best | None:
    """The step that accepts most while its bound is within the target; the strictest of equals."""
    fitting = [i for i, b in enumerate(found.bound) if b <= target and found.accepted[i]]
    if not fitting:
        return None
    i = max(fitting, key=lambda i: (found.accepted[i], i))
    hours = None if pace is None else found.accepted[i] * pace / 3600
    return Best(float(STEPS[i]), found.accepted[i], found.errors[i], found.bound[i], hours)


def more_needed(
    wish: Wish, part: Part, alpha: float, suggested: Suggested, audited: Audited, of: int, prior: Prior = (), look: int = 1
) -> int | None:
    """About how many more blind answers would allow accepting something; None if no number would."""
    if wish.promise == "expected":
        return _more_expected(wish.target, suggested, audited, look)
    kind, target = str(wish.promise), wish.target
    every = len(suggested.items) + len(audited.items)
    if kind == "total":
        target = (wish.target * of - prior_at(prior, 1.01)) / max(1, every)
    if target <= 0 or not every:
        return None
    rows = [r for r in rows_at(part, alpha, suggested, audited, STEPS) if r.accepted]
    if kind == "total":  # what would fit even if all of it were wrong is no gain
        rows = [r for r in rows if r.accepted > target * every]
    known = [n for r in rows if (n := answers_needed(r, min(target, 0.999), kind))]
    return min(known, default=None)


def _more_expected(target: float, suggested: Suggested, audited: Audited, look: int) -> int | None:
    unseen, n = suggested.scores[suggested.open | suggested.kept], len(audited.losses)
    if not len(unseen):
        return None
    needed: list[int] = []
    for t in STEPS.tolist():
        share = float((unseen >= t).mean()) * target * spend(1.0, look)
        rate = float(((audited.losses > 0) & (audited.scores >= t)).sum() / n) if n else 0.0
        if share > rate:
            needed.append(max(1, math.ceil(1 / (share - rate)) - n))
    found = min(needed, default=None)
    return found if found is not None and found <= len(unseen) else None


def part_offers(
    wish: Wish, parts: dict[str, Part], alpha: float, suggested: Suggested, audited: Audited, names: NDArray[Any],
    seen: NDArray[Any], pace: float | None,
) -> list[PartOffer]:  # fmt: skip
    """Promises for each part, each held to the target by itself. `names`, `seen`: the part of each suggested and audited."""
    out: list[PartOffer] = []
    for name, part in parts.items():
        mine, heard = suggested.only(names == name), audited.only(seen == name)
        of, level = len(mine.items) + len(heard.items), alpha * part.share
        found = curve(wish, part, level, mine, heard, of)
        best = best_of(found, wish.target, pace)
        more = 0 if best else more_needed(wish, part, level, mine, heard, of)
        if more and len(heard.items):
            more = math.ceil(more * len(audited.items) / len(heard.items))
        wrong = float(heard.losses.sum())
        out.append(PartOffer(name, int(mine.open.sum()), len(heard.items), wrong, found, best, more))
    return out


def why(best: Best | None, more: int | None, audits: int, waiting: int, open_: int) -> str:
    """What to do, in a sentence or two. `waiting`: blind items without an answer."""
    if not open_:
        return "There is no open suggestion of this version to accept."
    if best is not None:
        return f"{best.accepted:,} suggestions at {best.threshold:.2f} or above may be accepted."
    if more is None and not audits:
        return "Send everything to people: no number of blind answers would allow this promise for so few items."
    if more is None:
        return "Send everything to people: errors are too frequent among the blind answers for this promise."
    short = f" Only {waiting:,} blind items are waiting: ask for more." if waiting < more else ""
    return f"Send everything to people for now: about {more:,} more blind answers could change that.{short}"


class Promised(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was promised for a bulk acceptance, as it is kept with it. `errors`: the most wrong ones among all accepted under
    this version, null for an expected share; `bound`: in the terms of the promise; `of`: all items of the project; `audits`,
    `wrong`: the blind answers that it rests on and the errors in them; `words`: the promise as a sentence; `upto`: items to
    this id were there."""

    promise: Kind
    target: float
    right_at: float
    level: float
    model: str
    version: int
    epoch: int
    threshold: float
    errors: float | None
    bound: float
    accepted: int
    of: int
    audits: int
    wrong: float
    words: str
    per_label: dict[str, float] = {}
    prior: float = 0.0
    upto: int = 0

    @property
    def among(self) -> float:
        """The most wrong ones for each accepted one: what audits are held against."""
        rate = self.bound if self.errors is None else self.errors / max(1, self.accepted)
        return min(0.999, max(rate, 1e-4))


def check_scope(wish: Wish, some: bool) -> None:
    """Raises Invalid for a promise that chosen items would break."""
    if some and wish.promise != "total":
        raise Invalid(
            "A share among the accepted is promised for all suggestions above a confidence, not for chosen items. Accept on "
            "all items, or take the promise for the whole data set.",
            place="promise",
        )


def words(kind: Kind, bound: float, errors: float | None, of: int, certain: float) -> str:
    """A promise as a sentence."""
    share, sure, wrong = f"{bound:.1%}", f"with {certain:.0%} certainty", f"{errors or 0:,.0f}"
    if kind == "total":
        return f"At most {share} of all {of:,} items ({wrong}) get a wrong answer by accepting, {sure}."
    if kind == "among":
        return f"At most {share} of the accepted ({wrong}) are wrong, {sure}."
    return f"On average over projects at most {share} of the accepted are wrong."
