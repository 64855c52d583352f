"""Stand-ins for connected models behind the `llm` predictor, and a question and an item to ask about."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import msgspec

from milo.builtin.predictors.llm import PLUGIN
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.kinds.asking import Answer, Shown, Task
from milo.kinds.predictor import Example
from milo.kinds.provider import Reply, Request, Usage
from milo.kinds.registry import Registry

REGISTRY = Registry()
REGISTRY.load_package("milo.builtin")
TEXT = "Ada Lovelace met Charles. Ada wrote to him."
LABELS = [{"value": "praise", "description": "says thanks"}, "complaint", "other"]
Say = Callable[[str, Request], Any]


def task(type_: str = "choice", config: dict[str, Any] | None = None, kind: str = "text", **more: Any) -> Task:
    """A question over one field."""
    plugin = REGISTRY.task_types.get(type_)
    fields = (Field("text", kind),)
    asked = Question("mood", type_, config={"labels": LABELS} if config is None else config, **more)
    asked = msgspec.structs.replace(plugin.check_config(asked, fields), shape=plugin.shape)
    return Task(asked, fields, "Thanks are praise.", plugin, "Letters")


def shown(text: str = TEXT, ident: int = 7) -> Shown:
    """An item of one text."""
    return Shown(Item(ident, 1, ident, {"text": text}), {"text": text})


class Voices:
    """Stands for connected models: `say` gives text, a value as JSON, a whole reply, or raises. Keeps what was asked."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.asked: list[tuple[str, Request]] = []

    async def __call__(self, connection: str, request: Request) -> Reply:
        self.asked.append((connection, request))
        await asyncio.sleep(0)
        said = self.say(connection, request)
        if isinstance(said, Exception):
            raise said
        if isinstance(said, Reply):
            return said
        return Reply(said if isinstance(said, str) else json.dumps(said), Usage(10, 2))


def ask(
    say: Say, asked: Task | None = None, what: Shown | None = None, before: list[Example] | None = None, **config: Any
) -> Any:
    """The answer, and the voices with what they were asked."""
    asked = asked or task()
    settled = PLUGIN.check_config({"connection": "a", "confidence": [], **config}, asked.question)
    assert PLUGIN.check_config(settled, asked.question) == settled
    voices = Voices(say)
    answer: Answer = asyncio.run(PLUGIN.answer(asked, settled, what or shown(), before or [], voices))
    return answer, voices


def value(answer: Answer) -> Any:
    assert answer.prediction is not None, answer.error
    assert answer.prediction.score is None
    return answer.prediction.value
