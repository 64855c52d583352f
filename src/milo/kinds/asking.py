"""What plug-ins that ask language models are given: the question with all around it, and a way to ask.

Predictors and judges that ask models write prompts and read answers; they reach a model only through `Ask`, which stands for
rules on data, masking, budget, cache, limits, the ledger and the provider. So they stay pure, and nothing passes unseen.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeGuard

import msgspec

from milo.domain.annotation import Prediction
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.domain.verdict import Rubric, Verdict
from milo.kinds.predictor import Candidate, Example
from milo.kinds.provider import MediaPart, Reply, Request
from milo.kinds.task_type import TaskType


class Ask(Protocol):
    """Asks a connected model, by the connection's name. Raises the ModelTrouble branch of errors, and RuleForbids where a
    rule on data says no."""

    async def __call__(self, connection: str, request: Request) -> Reply:
        """The answer."""
        ...


class Task(msgspec.Struct, frozen=True):
    """A question with all that a model is told about it.

    `fields` are those that the model may see; `guidelines` the project's Markdown; `task_type` checks and compares values.
    """

    question: Question
    fields: tuple[Field, ...]
    guidelines: str
    task_type: TaskType
    project_name: str = ""


class Shown(msgspec.Struct, frozen=True):
    """An item as a model sees it: texts in `data` by field, media by field as bytes."""

    item: Item
    data: dict[str, Any]
    media: dict[str, list[MediaPart]] = {}


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of asking about one item.

    `prediction` None means it failed, and `error` says why; `signals` are raw signs of confidence by name (0..1, higher is
    surer), to be turned into one calibrated probability elsewhere; `raw` is the model's last text, for the list of errors.
    """

    prediction: Prediction | None
    signals: dict[str, float] = {}
    error: str | None = None
    raw: str = ""
    attempts: int = 1


class AskingPredictor(Protocol):
    """A predictor that asks connected models about one item at a time. It stands on the shelf of predictors; `asks` is True.

    `examples` are human-verified answers of other items, never blind ones, most similar first.
    """

    name: str
    title: str
    learns: bool
    asks: bool

    def accepts(self, question: Question, fields: tuple[Field, ...]) -> bool:
        """Whether this predictor can answer this question."""
        ...

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        """The config completed by defaults. Raises InvalidConfig."""
        ...

    def connections(self, config: dict[str, Any]) -> list[str]:
        """The names of the connections that it asks."""
        ...

    def requests(self, task: Task, config: dict[str, Any], shown: Shown, examples: list[Example]) -> list[tuple[str, Request]]:
        """What would be sent first, as (connection, request): to show the prompt and to estimate costs."""
        ...

    def wants(self, config: dict[str, Any]) -> tuple[int, bool]:
        """How many examples of people's answers it wants for each item, and whether each needs a reason (`why`)."""
        ...

    async def explain(self, task: Task, config: dict[str, Any], example: Example, ask: Ask) -> str:
        """Why an example's value is right, in a sentence or two."""
        ...

    async def answer(self, task: Task, config: dict[str, Any], shown: Shown, examples: list[Example], ask: Ask) -> Answer:
        """Ask, check, ask again where the answer does not fit, and give up with a reason."""
        ...


def asks(plugin: object) -> TypeGuard[AskingPredictor]:
    """Whether a predictor asks connected models, instead of running in a process of its own."""
    return bool(getattr(plugin, "asks", False))


class Judged(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is judged: a value for the task's question, with who made it kept out. `other` is the second value where two are
    compared; `suggested_by` names the models whose suggestion was on the screen."""

    value: Any
    other: Any = None
    suggested_by: tuple[str, ...] = ()


class Judge(Protocol):
    """The kind `Judge`: reviews an answer against a rubric."""

    name: str
    title: str
    compares: bool

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        """The config completed by defaults. Raises InvalidConfig."""
        ...

    def connections(self, config: dict[str, Any]) -> list[str]:
        """The names of the connections that it asks."""
        ...

    async def judge(
        self, task: Task, config: dict[str, Any], rubric: Rubric, shown: Shown, judged: Judged, ask: Ask
    ) -> Verdict:
        """The verdict. Raises BadAnswer if no answer fits after asking again."""
        ...


__all__ = ["Answer", "Ask", "AskingPredictor", "Candidate", "Example", "Judge", "Judged", "Shown", "Task", "asks"]
