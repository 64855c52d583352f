"""The road that all classifiers here share: which examples can be learned from, whether there are enough, and how chances
become predictions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple, TypeVar

import numpy as np

from milo.builtin.predictors._answers import allowed, class_names, members, shape_of, value_from
from milo.domain.annotation import Prediction
from milo.domain.errors import InvalidConfig
from milo.domain.question import Question
from milo.kinds.predictor import Example, Fitted

T = TypeVar("T")
LEAST = 6
"""Examples below which nothing is learned."""


class Lesson(NamedTuple):
    """What to learn: the usable examples, the classes, and for each example a row of 0/1 per class."""

    shape: str
    names: list[str | int | float]
    examples: list[Example]
    targets: np.ndarray[Any, np.dtype[np.float64]]
    weight: np.ndarray[Any, np.dtype[np.float64]]

    @property
    def multi(self) -> bool:
        """Whether several classes may hold at once."""
        return self.shape == "labels"


def lesson(question: Question, examples: Sequence[Example], usable: Callable[[Example], bool]) -> Lesson | Fitted:
    """The lesson in the examples, or why there is none yet. Examples whose value no longer fits the question, or that
    `usable` refuses, are left out."""
    shape = shape_of(question, [e.value for e in examples]) or "label"
    kept = [e for e in examples if e.weight > 0 and allowed(question, shape, e.value) and usable(e)]
    names = class_names(question, shape, [e.value for e in kept])
    place = {name: i for i, name in enumerate(names)}
    targets = np.zeros((len(kept), len(names)))
    for row, example in enumerate(kept):
        targets[row, [place[m] for m in members(shape, example.value) or []]] = 1.0
    missing = _missing(len(kept), len(examples) - len(kept), targets)
    if missing:
        return Fitted(model=None, info={"n": len(kept), "why": missing})
    return Lesson(shape, names, kept, targets, np.array([e.weight for e in kept], dtype=np.float64))


def _missing(n: int, unusable: int, targets: Any) -> str | None:
    aside = f" ({unusable} more cannot be used)" if unusable else ""
    if n < LEAST:
        return f"Too few labelled items: {n}{aside}; at least {LEAST} are needed."
    if len(np.unique(targets, axis=0)) < 2:
        return f"All {n} labelled items have the same answer{aside}; at least two different answers are needed."
    return None


def model_meta(question: Question, taught: Lesson, extra: dict[str, Any]) -> dict[str, Any]:
    """What is stored beside the arrays of a model."""
    return {"question": question.name, "shape": taught.shape, "names": taught.names, **extra}


def told(taught: Lesson, shown: dict[str, Any]) -> dict[str, Any]:
    """The info about a fit: examples used, examples by class, and what cross-validation showed."""
    counts = taught.targets.sum(axis=0).astype(int).tolist()
    return {"n": len(taught.examples), "classes": {str(k): v for k, v in zip(taught.names, counts, strict=True)}, **shown}


def predictions(
    question: Question, meta: dict[str, Any], items: Sequence[int], chances: Any, scores: Any, reasons: Sequence[str | None]
) -> Iterator[Prediction]:
    """One prediction an item from its chances, shape (n, classes), and its score."""
    shape, names = meta["shape"], meta["names"]
    for item, row, score, reason in zip(items, chances.tolist(), scores.tolist(), reasons, strict=True):
        value = value_from(question, shape, names, row)
        yield Prediction(item, question.name, value, min(1.0, max(0.0, score)), reason or None)


def chunked(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    stream = iter(items)
    while chunk := list(islice(stream, size)):
        yield chunk


def check_keys(config: dict[str, Any], known: dict[str, Any], name: str) -> dict[str, Any]:
    """The config over the defaults in `known`. Raises InvalidConfig for a setting that does not exist."""
    strange = sorted(set(config) - set(known))
    if strange:
        raise InvalidConfig(
            f'The predictor "{name}" has no setting "{strange[0]}". It has: {", ".join(sorted(known)) or "none"}.',
            place=f"predictors.{name}.{strange[0]}",
        )
    return {**known, **config}
