"""The kind `Predictor`: anything that suggests answers - a rule, a model trained in the loop, later a language model.

Training and prediction run in a child process that never opens the database: examples and candidates come in by file,
the fitted model and the predictions go out by file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, Protocol

import msgspec

from milo.domain.annotation import Prediction
from milo.domain.question import Field, Question
from milo.domain.shapes import Keyframe


class Candidate(msgspec.Struct, frozen=True, omit_defaults=True):
    """An item as a predictor sees it. In `data`, media fields carry `path`, the file on disk.

    For a predictor with the attribute `reads_words`, documents and pictures also carry `words`: for each of the first pages
    None, or a file with its words in reading order, a JSON list of [line, x, y, w, h, text] in points of the page, with a score
    after those that a machine has read.
    """

    item_id: int
    data: dict[str, Any]
    meta: dict[str, Any] = {}


class Example(msgspec.Struct, frozen=True, omit_defaults=True):
    """A labelled item to learn from: never an answer given blind. `weight` counts it more or less. `why`: a reason for the
    value, where examples are explained."""

    item_id: int
    data: dict[str, Any]
    value: Any
    weight: float = 1.0
    why: str = ""


class Fitted(msgspec.Struct, frozen=True, omit_defaults=True):
    """The outcome of training: the model as bytes (None: too little to learn from), and what is worth telling.

    `info` holds at least `n` (examples used) and, if `model` is None, `why`.
    """

    model: bytes | None
    info: dict[str, Any]


class Predictor(Protocol):
    """`learns` says whether it must be fitted first; `accepts` whether it can answer a question over these fields."""

    name: str
    title: str
    learns: bool

    def accepts(self, question: Question, fields: tuple[Field, ...]) -> bool:
        """Whether this predictor can answer this question."""
        ...

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        """The config completed by defaults. Raises InvalidConfig."""
        ...

    def fit(self, question: Question, fields: tuple[Field, ...], config: dict[str, Any], examples: Sequence[Example]) -> Fitted:
        """Learn from the examples. Deterministic for equal input."""
        ...

    def predict(
        self,
        question: Question,
        fields: tuple[Field, ...],
        config: dict[str, Any],
        model: bytes | None,
        items: Iterable[Candidate],
    ) -> Iterator[Prediction]:
        """At most one prediction an item; items may be passed over. `score` is a calibrated probability or None."""
        ...


def reads_words(predictor: Predictor) -> bool:
    """Whether a predictor goes by the words on pages."""
    return bool(getattr(predictor, "reads_words", False))


class Carry(msgspec.Struct, frozen=True):
    """A place on one frame of a video that is to be carried over at most `frames` of the next ones (`by` 1), or of those before
    it (`by` -1)."""

    key: Keyframe
    by: Literal[1, -1] = 1
    frames: int = 60


class Gesture(msgspec.Struct, frozen=True):
    """What a person has shown on a picture so far. `clicks` are (x, y, 1) on the thing and (x, y, 0) beside it; `box` is x, y,
    w, h around it. Pixels of the upright image. `carry`: what is to be followed through a video; the item's media field then
    has `frames`, by which a tool gets at pictures: `len(frames)`, `frames[n]` in grey, uint8, shape (height, width)."""

    clicks: list[tuple[float, float, int]] = []
    box: tuple[float, float, float, float] | None = None
    carry: Carry | None = None


class LiveTool(Protocol):
    """What a predictor adds that works hand in hand with a person: it answers a gesture within a moment, and again after the
    next click. It runs in a child process of its own, with bounded memory and time."""

    name: str
    title: str

    def refines(self, question: Question) -> bool:
        """Whether it helps with questions of this shape."""
        ...

    def refine(self, question: Question, item: Candidate, gesture: Gesture) -> dict[str, Any] | None:
        """One thing of the question's shape, without its label, or what else the editor asks this tool for (a way, say);
        None where nothing was found. Deterministic."""
        ...
