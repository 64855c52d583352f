"""What is the same for all items of a run, worked out once: briefs, schemas, standing texts, and the voices that are asked."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.builtin.predictors._llm_config import Config, read_config
from milo.builtin.predictors._llm_letters import WORDS, options_of
from milo.builtin.predictors._llm_prompt import answer_schema, answer_words, fixed, standing, swapped
from milo.kinds.asking import Task
from milo.kinds.predictor import Example
from milo.kinds.task_type import Brief, model_brief

_HELD = 16


class Voice(msgspec.Struct, frozen=True):
    """One way of asking: a connection with its instructions. `full`: the voice that asks for JSON, where this one asks for a
    letter only (`schema` None). `turned`: with the options the other way round."""

    connection: str
    text: str
    brief: Brief
    schema: dict[str, Any] | None
    full: Voice | None = None
    turned: bool = False


class Plan(msgspec.Struct, frozen=True):
    """`options`: the values asked for by letter, None where the answer is no choice among few. `letter`, `turned`: extra
    voices that only give signals."""

    config: Config
    main: Voice
    members: tuple[Voice, ...]
    letter: Voice | None
    turned: Voice | None
    options: list[Any] | None
    fixed: list[Example]

    @property
    def voices(self) -> list[tuple[Voice, int]]:
        """All that is asked first, each with the number of the sample: the main voice, the committee, then extra voices."""
        own = [(self.main, n) for n in range(self.config.samples)]
        more = [v for v in (*self.members, self.letter, self.turned) if v is not None]
        return own + [(v, 0) for v in more]


_held: dict[tuple[int, int], tuple[Task, dict[str, Any], Plan]] = {}


def plan_for(task: Task, config: dict[str, Any]) -> Plan:
    """The plan, remembered for as long as the same task and config are given."""
    key = (id(task), id(config))
    held = _held.get(key)
    if held is not None and held[0] is task and held[1] is config:
        return held[2]
    plan = _Maker(task, read_config(config)).plan()
    while len(_held) >= _HELD:
        _held.pop(next(iter(_held)), None)
    _held[key] = (task, config, plan)
    return plan


class _Maker:
    def __init__(self, task: Task, config: Config) -> None:
        self.task, self.config = task, config
        self.brief = model_brief(task.task_type, task.question)
        self.other = swapped(task.question)
        self.reasoned = config.reason or config.examples.explain
        self.options = options_of(self.brief.json_schema) if "logprob" in config.confidence else None
        alone = not self.reasoned and "stated" not in config.confidence and config.samples == 1
        self.by_letter = self.options is not None and alone and config.examples.mode == "none"

    def plan(self) -> Plan:
        config, make = self.config, self._letter if self.by_letter else self._full
        own = config.instructions
        turns = "order" in config.confidence and (self.by_letter or self.other is not None)
        return Plan(
            config,
            make(config.connection, own),
            tuple(
                make(one.connection or config.connection, own if one.instructions is None else one.instructions)
                for one in config.committee
            ),
            self._letter(config.connection, own) if self.options is not None and not self.by_letter else None,
            make(config.connection, own, turned=True) if turns else None,
            self.options,
            fixed(config, self.task) if config.examples.mode == "fixed" else [],
        )

    def _full(self, connection: str, instructions: str, *, turned: bool = False) -> Voice:
        asked = model_brief(self.task.task_type, self.other) if turned and self.other is not None else self.brief
        schema = answer_schema(self.task.question, asked, self.config, reason=self.reasoned)
        words = answer_words(self.task.question, schema)
        text = standing(self.task, asked, self.config.template, instructions, words)
        return Voice(connection, text, asked, schema, None, turned)

    def _letter(self, connection: str, instructions: str, *, turned: bool = False) -> Voice:
        text = standing(self.task, self.brief, self.config.template, instructions, WORDS)
        return Voice(connection, text, self.brief, None, self._full(connection, instructions), turned)
