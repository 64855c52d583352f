"""`scripted`: answers from a script, with no model and no network, for rehearsals, demos and tests.

Stands alone as a real provider: it streams, counts tokens, takes time and fails as told, so that everything around a model can
be tried out before a key is there.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import msgspec

from milo.domain.errors import InvalidConfig, RateLimited, Unreachable
from milo.kinds.provider import Abilities, Client, Piece, Reply, Request, Usage, text_of

_WORD = re.compile(r"\s*\S+\s*")


class _Rule(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Where `when` (a regular expression) is found in the last turn, `answer` is given: text, or a value written as JSON."""

    answer: Any
    when: str = ""


class Script:
    """One open script. The first rule whose pattern is found in the last turn answers; `fail` makes every n-th call fail."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._rules = [(re.compile(r["when"], re.IGNORECASE), r["answer"]) for r in config["rules"]]
        self._delay, self._per_word = float(config["seconds"]), float(config["seconds_per_word"])
        self._fail_every, self._fail_how = int(config["fail_every"]), str(config["fail_how"])
        self._calls = 0

    async def complete(self, request: Request) -> Reply:
        """The scripted answer, after the scripted time."""
        text = self._answer(request)
        await asyncio.sleep(self._delay + self._per_word * len(text.split()))
        return self._reply(request, text)

    async def stream(self, request: Request) -> AsyncIterator[Piece]:
        """The scripted answer, word by word."""
        text = self._answer(request)
        await asyncio.sleep(self._delay)
        for word in _WORD.findall(text) or [text]:
            await asyncio.sleep(self._per_word)
            yield Piece(word)
        yield Piece(reply=self._reply(request, text))

    async def close(self) -> None:
        """Nothing is open."""

    def _answer(self, request: Request) -> str:
        self._calls += 1
        if self._fail_every and self._calls % self._fail_every == 0:
            if self._fail_how == "busy":
                raise RateLimited("The script says: slow down.", retry_after=0.05)
            raise Unreachable("The script says: no answer this time.")
        asked = text_of(request.messages[-1])
        for pattern, answer in self._rules:
            if pattern.search(asked):
                return answer if isinstance(answer, str) else msgspec.json.encode(answer).decode()
        return ""

    def _reply(self, request: Request, text: str) -> Reply:
        sent = sum(len(text_of(m)) for m in request.messages)
        return Reply(text, Usage(sent // 4 + 1, len(text) // 4 + 1, estimated=True), model="scripted")


class Scripted:
    """Answers from a list of rules."""

    name = "scripted"
    title = "Scripted answers"
    local = True
    needs_key = False
    extra = ""
    cached = False
    fields: dict[str, str] = {
        "rules": "list of {when: pattern, answer: text or value}; the first that fits the last turn answers",
        "seconds": "time before an answer begins",
        "seconds_per_word": "time for each word",
        "fail_every": "every n-th call fails (0: none)",
        "fail_how": "gone: no answer; busy: told to slow down",
    }
    abilities = Abilities(structured=True, images=True, streaming=True, logprobs=False, tools=False, batch=False)

    def check_config(self, config: dict[str, Any]) -> dict[str, Any]:
        """The config with its defaults. Raises InvalidConfig."""
        done: dict[str, Any] = {"rules": [], "seconds": 0.0, "seconds_per_word": 0.0, "fail_every": 0, "fail_how": "gone"}
        if unknown := sorted(set(config) - set(done)):
            raise InvalidConfig(f"Unknown settings: {', '.join(unknown)}. Known: {', '.join(done)}.", place="config")
        done |= config
        try:
            rules = [msgspec.convert(r, _Rule) for r in cast("list[Any]", done["rules"])]
            for rule in rules:
                re.compile(rule.when)
        except (msgspec.ValidationError, TypeError) as error:
            raise InvalidConfig(f"The rules do not fit: {error}.", place="config.rules") from error
        except re.error as error:
            raise InvalidConfig(f"A pattern is no regular expression: {error}.", place="config.rules") from error
        return done | {"rules": [{"when": r.when, "answer": r.answer} for r in rules]}

    def connect(self, config: dict[str, Any], key: str | None, folder: Path) -> Client:
        """A script from its beginning."""
        return Script(self.check_config(config))


PLUGIN = Scripted()
