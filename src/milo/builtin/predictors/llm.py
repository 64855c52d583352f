"""`llm`: a connected language model answers any question, through the brief and the JSON schema of its task type.

Stands alone as the pre-annotator: it writes the prompt, reads and checks the answer, asks again with the error where it does
not fit, and gathers signs of how sure the model is. It reaches models only through the `ask` that it is given.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

import msgspec

from milo.builtin.predictors import _llm_config as settings
from milo.builtin.predictors import _llm_letters as letters
from milo.builtin.predictors._llm_plan import Plan, Voice, plan_for
from milo.builtin.predictors._llm_prompt import conversation, demonstrations, send_back
from milo.builtin.predictors._llm_reading import Understood, named, read_reply
from milo.builtin.predictors._llm_signals import Heard, concluded
from milo.domain.errors import BadAnswer, InvalidValue, ModelTrouble
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.kinds.answers import read_json
from milo.kinds.asking import Answer, Ask, Shown, Task
from milo.kinds.predictor import Example
from milo.kinds.provider import Reply, Request, Usage
from milo.kinds.task_type import from_model

_SAMPLE_TEMPERATURE = 0.7
_LETTER_TOKENS = 1
_EXPLAIN_TOKENS = 300
_RAW = 4000
_EXPLANATION: dict[str, Any] = {
    "type": "object",
    "properties": {"reason": {"type": "string"}},
    "required": ["reason"],
    "additionalProperties": False,
}


class _Question(msgspec.Struct, frozen=True):
    """All that one item needs."""

    plan: Plan
    task: Task
    shown: Shown
    examples: list[Example]
    ask: Ask | None = None


class Llm:
    """Asks connected models about one item at a time."""

    name = "llm"
    title = "Connected language model"
    learns = False
    asks = True

    def accepts(self, question: Question, fields: tuple[Field, ...]) -> bool:
        """Any question over any fields; what a model cannot see, its connection says."""
        return bool(fields)

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        """See `_llm_config.Config`."""
        return msgspec.to_builtins(settings.check_config(config))

    def connections(self, config: dict[str, Any]) -> list[str]:
        """The main one, those it falls back to, and the committee's."""
        known = settings.read_config(config)
        names = [known.connection, *known.fallback, *(m.connection for m in known.committee)]
        return list(dict.fromkeys(name for name in names if name))

    def wants(self, config: dict[str, Any]) -> tuple[int, bool]:
        """Similar examples, if they are asked for."""
        examples = settings.read_config(config).examples
        return (examples.k if examples.mode == "similar" else 0), examples.explain

    def requests(self, task: Task, config: dict[str, Any], shown: Shown, examples: list[Example]) -> list[tuple[str, Request]]:
        """All calls that are made for an item if every first answer fits."""
        one = _Question(plan_for(task, config), task, shown, examples)
        return [(voice.connection, _request(one, voice, number)) for voice, number in one.plan.voices]

    async def explain(self, task: Task, config: dict[str, Any], example: Example, ask: Ask) -> str:
        """Asks the main model for the reason, as AnnoLLM does (He et al., 2024); "" where it gives none."""
        plan = plan_for(task, config)
        found = demonstrations(task, [example], [])
        if not found:
            return ""
        texts, answer = found[0]
        closing = (
            f"The right answer for this item is {answer}. Explain why in one or two sentences, by what the item says and what "
            'the question asks. Answer with a JSON object that holds "reason" only.'
        )
        messages = conversation(plan.main.text, Shown(Item(example.item_id, 0, 0, {}), texts), [], closing)
        request = Request(
            messages, _EXPLAIN_TOKENS, plan.config.temperature, json_schema=_EXPLANATION, schema_name="explanation"
        )
        try:
            given = read_json((await ask(plan.main.connection, request)).text)
        except BadAnswer:
            return ""
        reason = cast("dict[str, Any]", given).get("reason") if isinstance(given, dict) else None
        return reason.strip()[:1000] if isinstance(reason, str) else ""

    async def answer(self, task: Task, config: dict[str, Any], shown: Shown, examples: list[Example], ask: Ask) -> Answer:
        """Every voice answers; their answers are merged as those of people are, and how far they agree is a signal."""
        one = _Question(plan_for(task, config), task, shown, examples, ask)
        voices = one.plan.voices
        heard = [await _hear(one, *voices[0])] if len(voices) == 1 else await _all(one, voices)
        return concluded(one.plan, task, shown, heard)


async def _all(one: _Question, voices: list[tuple[Voice, int]]) -> list[Heard]:
    """All voices at once. Trouble with a connection counts as silence, unless nobody is heard."""
    found = await asyncio.gather(*(_hear(one, *voice) for voice in voices), return_exceptions=True)
    out: list[Heard] = []
    troubles: list[ModelTrouble] = []
    for heard in found:
        if isinstance(heard, ModelTrouble):
            troubles.append(heard)
            out.append(Heard(None, 1, heard.message))
        elif isinstance(heard, BaseException):
            raise heard
        else:
            out.append(heard)
    if len(troubles) == len(out):
        raise troubles[0]
    return out


async def _hear(one: _Question, voice: Voice, number: int) -> Heard:
    """One voice, and those it falls back to while a connection fails or its answers do not fit."""
    silent: Heard | None = None
    trouble: ModelTrouble | None = None
    for connection in dict.fromkeys((voice.connection, *one.plan.config.fallback)):
        try:
            heard = await _insist(one, voice, connection, number)
        except ModelTrouble as error:
            trouble = trouble or error
            continue
        if heard.understood is not None:
            return heard
        silent = silent or heard
    if silent is None and trouble is not None:
        raise trouble
    return silent or Heard(None, 0, "There is no model to ask.")


async def _insist(one: _Question, voice: Voice, connection: str, number: int) -> Heard:
    """Ask, and send back what does not fit, at most `retries` times."""
    request, error, raw, attempt = _request(one, voice, number), "", "", 0
    assert one.ask is not None
    for attempt in range(1, one.plan.config.retries + 2):
        raw = ""
        try:
            reply = await one.ask(connection, request)
            raw = reply.text[:_RAW]
            if reply.finish == "refused":
                return Heard(None, attempt, f"The model refused to answer: {raw[:300] or 'without a word'}", raw)
            return _understood(one, voice, reply, attempt)
        except BadAnswer as bad:
            error, raw = bad.message, raw or bad.raw[:_RAW]
            if (option := named(voice.brief.json_schema, raw)) is not None and voice.full is None:
                return Heard(read_reply(one.task, voice.brief, one.shown.item, Reply(option, Usage()), True), attempt)
        if voice.full is not None:
            voice = voice.full
            request = _request(one, voice, number)
        else:
            request = _again(request, raw, error)
    return Heard(None, attempt, error, raw)


def _understood(one: _Question, voice: Voice, reply: Reply, attempt: int) -> Heard:
    """What a reply means. Raises BadAnswer."""
    item, last = one.shown.item, attempt > one.plan.config.retries
    if voice.full is None:
        sure = letters.mean_probability(reply) if _wants_tokens(one.plan) else None
        return Heard(read_reply(one.task, voice.brief, item, reply, last), attempt, sure=sure)
    options = _options(one, voice)
    option, shares = letters.read_letter(reply, options)
    try:
        read = from_model(one.task.task_type, one.task.question, option, item, last)
    except InvalidValue as error:
        raise BadAnswer(error.message, raw=reply.text[:1000]) from None
    return Heard(Understood(read.value), attempt, options=options, shares=shares)


def _request(one: _Question, voice: Voice, number: int) -> Request:
    """The first request of a voice for an item."""
    config = one.plan.config
    if voice.full is not None:
        messages = conversation(voice.text, one.shown, [], letters.listed(_options(one, voice)))
        return Request(messages, _LETTER_TOKENS, 0.0, top_logprobs=letters.TOP)
    given = [e for e in one.plan.fixed or one.examples if e.item_id != one.shown.item.id]
    before = (
        demonstrations(one.task, given, ["reason"] if "reason" in (voice.schema or {})["properties"] else []) if given else []
    )
    several = config.samples > 1 and not voice.turned
    temperature = _SAMPLE_TEMPERATURE if several and config.temperature is None else config.temperature
    return Request(
        conversation(voice.text, one.shown, before),
        config.max_tokens,
        temperature,
        config.seed + number if several else None,
        voice.schema,
        top_logprobs=1 if _wants_tokens(one.plan) else 0,
    )


def _wants_tokens(plan: Plan) -> bool:
    """Whether the probabilities of the answer's own tokens are the signal: where it is no choice among few options."""
    return plan.options is None and "logprob" in plan.config.confidence


def _options(one: _Question, voice: Voice) -> list[Any]:
    options = letters.shuffled(one.plan.options or [], one.plan.config.seed, one.shown.item.id)
    return options[::-1] if voice.turned else options


def _again(request: Request, raw: str, error: str) -> Request:
    """The same with what was wrong; an answer that was cut off has more room the next time."""
    room = request.max_tokens * 2 if "cut off" in error else request.max_tokens
    return msgspec.structs.replace(request, messages=(*request.messages, *send_back(raw, error)), max_tokens=room)


PLUGIN = Llm()
