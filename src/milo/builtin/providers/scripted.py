"""`scripted`: answers from a script, with no model and no network, for rehearsals, demos and tests.

Stands alone because it is a real provider: it streams, counts tokens, takes time, calls tools, tells log probabilities and
fails as told, so that everything around a model can be tried out before a key is there. Where no rule fits and JSON is asked
for, it gives the simplest value of the schema.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal, cast

import msgspec

from milo.domain.errors import InvalidConfig, RateLimited, Unreachable
from milo.kinds.provider import Abilities, Client, Piece, Reply, Request, TokenLogprob, ToolCall, Usage, text_of

_WORD = re.compile(r"\s*\S+\s*")
_LONGEST_PATTERN = 500
_DEEPEST = 12


class _Rule(msgspec.Struct, forbid_unknown_fields=True, frozen=True, omit_defaults=True):
    """Where `when` (a regular expression) is found, `answer` is given: text, or a value written as JSON.

    within: look in the last turn, or in all turns. tool: call this tool, with `answer` as its arguments. chance: the
    probability that is told for each word of the answer, where log probabilities are asked for.
    """

    answer: Any = ""
    when: str = ""
    within: Literal["last", "all"] = "last"
    tool: str | None = None
    chance: float = 0.9


class Script:
    """One open script. The first rule whose pattern is found answers; `fail_every` makes every n-th call fail."""

    def __init__(self, config: dict[str, Any]) -> None:
        rules = [msgspec.convert(r, _Rule) for r in config["rules"]]
        self._rules = [(re.compile(r.when, re.IGNORECASE), r) for r in rules]
        self._delay, self._per_word = float(config["seconds"]), float(config["seconds_per_word"])
        self._fail_every, self._fail_how = int(config["fail_every"]), str(config["fail_how"])
        self._calls = 0

    async def complete(self, request: Request) -> Reply:
        """The scripted answer, after the scripted time."""
        reply = self._reply(request)
        await asyncio.sleep(self._delay + self._per_word * len(reply.text.split()))
        return reply

    async def stream(self, request: Request) -> AsyncIterator[Piece]:
        """The scripted answer, word by word."""
        reply = self._reply(request)
        await asyncio.sleep(self._delay)
        for word in _WORD.findall(reply.text) or [reply.text]:
            await asyncio.sleep(self._per_word)
            yield Piece(word)
        yield Piece(reply=reply)

    async def close(self) -> None:
        """Nothing is open."""

    def _reply(self, request: Request) -> Reply:
        self._calls += 1
        if self._fail_every and self._calls % self._fail_every == 0:
            if self._fail_how == "busy":
                raise RateLimited("The script says: slow down.", retry_after=0.05)
            raise Unreachable("The script says: no answer this time.")
        rule = self._rule(request)
        answer = rule.answer if rule is not None else _otherwise(request)
        text = answer if isinstance(answer, str) else msgspec.json.encode(answer).decode()
        usage = Usage(sum(len(text_of(m)) for m in request.messages) // 4 + 1, len(text) // 4 + 1, estimated=True)
        if rule is not None and rule.tool is not None:
            return Reply("", usage, "tool", "scripted", tool_calls=(ToolCall(f"call_{self._calls}", rule.tool, text or "{}"),))
        return Reply(text, usage, model="scripted", logprobs=_chances(text, rule, request))

    def _rule(self, request: Request) -> _Rule | None:
        last = text_of(request.messages[-1]) if request.messages else ""
        everything = "\n".join(text_of(m) for m in request.messages)
        for pattern, rule in self._rules:
            if pattern.search(last if rule.within == "last" else everything):
                return rule
        return None


def _otherwise(request: Request) -> Any:
    if request.json_schema is not None:
        return simplest(request.json_schema)
    return "No rule of the script fits this." if request.messages else ""


def simplest(schema: Any, depth: int = 0) -> Any:
    """The simplest value of a schema: the first choice, the smallest number, empty lists and texts.

    >>> simplest({"type": "object", "properties": {"a": {"enum": ["x", "y"]}, "n": {"type": "integer", "minimum": 2}}})
    {'a': 'x', 'n': 2}
    """
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return None
    for name in ("const", "default"):
        if name in schema:
            return schema[name]
    if schema.get("enum"):
        return schema["enum"][0]
    for name in ("anyOf", "oneOf", "allOf"):
        if schema.get(name):
            return simplest(schema[name][0], depth + 1)
    kind = schema.get("type")
    return _of_kind(kind[0] if isinstance(kind, list) and kind else kind, schema, depth)


def _of_kind(kind: Any, schema: dict[str, Any], depth: int) -> Any:
    if kind == "object" or "properties" in schema:
        return {name: simplest(sub, depth + 1) for name, sub in (schema.get("properties") or {}).items()}
    if kind == "array":
        return [simplest(schema.get("items"), depth + 1)] * int(schema.get("minItems") or 0)
    if kind in ("integer", "number"):
        return schema.get("minimum", min(0, schema.get("maximum", 0)))
    if kind == "string":
        return "x" * int(schema.get("minLength") or 0)
    return False if kind == "boolean" else None


def _chances(text: str, rule: _Rule | None, request: Request) -> tuple[TokenLogprob, ...] | None:
    """Log probabilities, each with one other word that has the rest."""
    if not request.top_logprobs:
        return None
    chance = min(max(rule.chance if rule is not None else 0.5, 1e-6), 1 - 1e-6)
    told, rest = math.log(chance), math.log1p(-chance)
    return tuple(TokenLogprob(word, told, ((word, told), ("other", rest))) for word in _WORD.findall(text) or [text])


class Scripted:
    """Answers from a list of rules."""

    name = "scripted"
    title = "Scripted answers"
    local = True
    needs_key = False
    extra = ""
    cached = False
    fields: dict[str, str] = {
        "rules": "list of {when: pattern, answer: text or value, within: last or all, tool: name, chance: 0 to 1}",
        "seconds": "time before an answer begins",
        "seconds_per_word": "time for each word",
        "fail_every": "every n-th call fails (0: none)",
        "fail_how": "gone: no answer; busy: told to slow down",
    }
    defaults: dict[str, Any] = {"rules": [], "seconds": 0.0, "seconds_per_word": 0.0, "fail_every": 0, "fail_how": "gone"}
    abilities = Abilities(structured=True, images=True, streaming=True, logprobs=True, tools=True, batch=False)

    def check_config(self, config: dict[str, Any]) -> dict[str, Any]:
        """The config with its defaults. Raises InvalidConfig."""
        if unknown := sorted(set(config) - set(self.defaults)):
            raise InvalidConfig(f"Unknown settings: {', '.join(unknown)}. Known: {', '.join(self.defaults)}.", place="config")
        done = {**self.defaults, **config}
        for name in ("seconds", "seconds_per_word", "fail_every"):
            value = done[name]
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3_600:
                raise InvalidConfig(f"{name} is {value!r}; it must be a number from 0 to 3,600.", place=f"config.{name}")
        if done["fail_how"] not in ("gone", "busy"):
            raise InvalidConfig(f'fail_how is {done["fail_how"]!r}; it must be "gone" or "busy".', place="config.fail_how")
        return done | {"rules": [msgspec.to_builtins(r) for r in _rules(done["rules"])]}

    def connect(self, config: dict[str, Any], key: str | None, folder: Path) -> Client:
        """A script from its beginning."""
        return Script(self.check_config(config))


def _rules(given: Any) -> list[_Rule]:
    try:
        rules = [msgspec.convert(r, _Rule) for r in cast("list[Any]", given)]
        for rule in rules:
            if len(rule.when) > _LONGEST_PATTERN:
                raise InvalidConfig(f"A pattern is longer than {_LONGEST_PATTERN} characters.", place="config.rules")
            re.compile(rule.when)
    except (msgspec.ValidationError, TypeError) as error:
        raise InvalidConfig(f"The rules do not fit: {error}.", place="config.rules") from error
    except re.error as error:
        raise InvalidConfig(f"A pattern is no regular expression: {error}.", place="config.rules") from error
    return rules


PLUGIN = Scripted()
