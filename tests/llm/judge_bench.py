"""Material for tests of judges: a question, a rubric, an item, and models that answer as told."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from milo.domain.question import Field, Question
from milo.domain.verdict import Criterion, Level, Rubric
from milo.kinds.asking import Shown, Task
from milo.kinds.provider import Reply, Request, TokenLogprob, Usage
from milo.kinds.registry import Registry
from milo.testing import make_item

REGISTRY = Registry()
REGISTRY.load_package("milo.builtin")
FIELDS = (Field("text"),)
SOURCE = "The river Elbe rises in the Giant Mountains and flows for 1,094 km to the North Sea."
ANSWER = "It rises in the Alps and is “1,094 km” long."


def levels(n: int, first: int = 1) -> tuple[Level, ...]:
    return tuple(Level(first + k, f"level {k}") for k in range(n))


RUBRIC = Rubric(
    "facts",
    (
        Criterion("right", "Right", levels(4), "What is said is true.", 2.0, 3),
        Criterion("score", "Named like a key", levels(3), "To confuse the reader of the answer."),
    ),
    pass_mark=0.5,
)


def task(type: str = "text", **config: Any) -> Task:
    task_type = REGISTRY.task_types.get(type)
    question = task_type.check_config(Question("answer", type, title="Where does it rise?", config=config), FIELDS)
    return Task(question, FIELDS, "# Be exact", task_type, "Rivers")


def shown(text: str = SOURCE) -> Shown:
    return Shown(make_item(text, meta={"source": "x"}), {"text": text})


def review(
    right: str = "2", second: str = "3", quotes: tuple[str, ...] = ("rises in the Alps",), **other: Any
) -> dict[str, Any]:
    """What a model writes in a review."""
    return {
        "criteria": {
            "right": {"evidence": list(quotes), "reason": "the source says otherwise", "score": right},
            "score": {"evidence": [], "reason": "fine", "score": second},
        },
        "advice": "Name the right mountains.",
        **other,
    }


class Says:
    """A model that gives these answers in turn, the last one for ever; with `spread`, token by token with alternatives."""

    def __init__(self, *answers: Any, spread: dict[str, float] | None = None) -> None:
        self.answers = [a if isinstance(a, str) else msgspec.json.encode(a).decode() for a in answers]
        self.spread = spread
        self.asked: list[tuple[str, Request]] = []

    async def __call__(self, connection: str, request: Request) -> Reply:
        text = self.answers[min(len(self.asked), len(self.answers) - 1)]
        self.asked.append((connection, request))
        tokens = None if self.spread is None or not request.top_logprobs else tuple(self._tokens(text))
        return Reply(text, Usage(10, 10), model="stand-in", logprobs=tokens)

    def _tokens(self, text: str) -> list[TokenLogprob]:
        """Each character a token; a character that is an option gets the alternatives."""
        assert self.spread is not None
        top = tuple((option, math.log(p)) for option, p in self.spread.items())
        return [TokenLogprob(c, math.log(self.spread.get(c, 1.0)), top if c in self.spread else ()) for c in text]
