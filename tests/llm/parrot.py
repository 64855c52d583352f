"""A small predictor that asks: its prompt is the config's instructions and the item's text, its answer what the model says."""

from __future__ import annotations

from typing import Any

from milo.domain.annotation import Prediction
from milo.domain.errors import BadAnswer, InvalidConfig, InvalidValue
from milo.domain.question import Field, Question
from milo.kinds.asking import Answer, Ask, Shown, Task
from milo.kinds.predictor import Example
from milo.kinds.provider import Request, system, user

DEFAULTS: dict[str, Any] = {"connection": "", "instructions": "", "examples": {"mode": "none", "k": 4}, "fixed_examples": []}


class Parrot:
    """Asks once, and gives up on what does not fit."""

    name = "parrot"
    title = "Parrot"
    learns = False
    asks = True

    def accepts(self, question: Question, fields: tuple[Field, ...]) -> bool:
        return True

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        if unknown := set(config) - set(DEFAULTS):
            raise InvalidConfig(f"Unknown settings: {', '.join(sorted(unknown))}.", place="config")
        return DEFAULTS | config

    def connections(self, config: dict[str, Any]) -> list[str]:
        return [config["connection"]]

    def wants(self, config: dict[str, Any]) -> tuple[int, bool]:
        examples = config["examples"]
        return (examples["k"] if examples["mode"] == "similar" else 0), bool(examples.get("explain"))

    async def explain(self, task: Task, config: dict[str, Any], example: Example, ask: Ask) -> str:
        return "because"

    def requests(self, task: Task, config: dict[str, Any], shown: Shown, examples: list[Example]) -> list[tuple[str, Request]]:
        text = f"{config['instructions']}: {' '.join(shown.data.values())}"
        like = [user(f"{' '.join(e.data.values())} = {e.value} {e.why}".strip()) for e in examples]
        return [(config["connection"], Request((system(task.guidelines), *like, user(text)), max_tokens=20))]

    async def answer(self, task: Task, config: dict[str, Any], shown: Shown, examples: list[Example], ask: Ask) -> Answer:
        connection, request = self.requests(task, config, shown, examples)[0]
        try:
            reply = await ask(connection, request)
            value = task.task_type.check(task.question, reply.text, shown.item)
        except (BadAnswer, InvalidValue) as error:
            return Answer(None, error=error.message)
        return Answer(Prediction(shown.item.id, task.question.name, value), raw=reply.text)

    def fit(self, *_: Any) -> Any:
        raise NotImplementedError

    def predict(self, *_: Any) -> Any:
        raise NotImplementedError
