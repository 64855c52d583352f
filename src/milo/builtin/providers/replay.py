"""`replay`: the recorded answers of another model, by the fingerprint of the request; for rehearsals, demos and tests.

A connection whose limits say `record` writes such a file. A request that is not in it is an error that says so.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec

from milo.domain.errors import InvalidConfig, ModelRefused
from milo.kinds.provider import Abilities, Client, Piece, Reply, Request, fingerprint

_WORD = re.compile(r"\s*\S+\s*")


class _Line(msgspec.Struct):
    hash: str
    reply: Reply


class Recorded:
    """One open recording. A request that was recorded several times gets its answers in turn."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._replies = _read(path)
        self._turn: dict[str, int] = {}

    async def complete(self, request: Request) -> Reply:
        """The recorded answer. Raises ModelRefused if there is none."""
        key = fingerprint(request).hex()
        found = self._replies.get(key)
        if found is None:
            raise ModelRefused(
                f"The recording {self._path.name} holds no answer to this request ({key[:8]}); it holds {len(self._replies):,} "
                "others. Record it with the real model, or change the prompt back.",
                sent=False,
            )
        turn = self._turn[key] = self._turn.get(key, -1) + 1
        return found[turn % len(found)]

    async def stream(self, request: Request) -> AsyncIterator[Piece]:
        """The recorded answer, word by word."""
        reply = await self.complete(request)
        for word in _WORD.findall(reply.text):
            yield Piece(word)
        yield Piece(reply=reply)

    async def close(self) -> None:
        """Nothing is open."""


def _read(path: Path) -> dict[str, list[Reply]]:
    out: dict[str, list[Reply]] = {}
    decode = msgspec.json.Decoder(_Line).decode
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise InvalidConfig(f"The recording {path} cannot be read: {error.strerror}.", place="config.file") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found = decode(line)
        except msgspec.DecodeError as error:
            raise InvalidConfig(f"Line {number} of {path.name} is no recorded call: {error}.", place="config.file") from error
        out.setdefault(found.hash, []).append(found.reply)
    return out


class Replay:
    """Recorded answers."""

    name = "replay"
    title = "Recorded answers"
    local = True
    needs_key = False
    extra = ""
    cached = False
    fields: dict[str, str] = {"file": "a recording (.jsonl) on the server's disk"}
    abilities = Abilities(streaming=True, batch=False)

    def check_config(self, config: dict[str, Any]) -> dict[str, Any]:
        """The config. Raises InvalidConfig."""
        if unknown := sorted(set(config) - set(self.fields)):
            raise InvalidConfig(f"Unknown settings: {', '.join(unknown)}. Known: file.", place="config")
        file = config.get("file")
        if not isinstance(file, str) or not file.endswith(".jsonl"):
            raise InvalidConfig("Name a recording, a file that ends with .jsonl.", place="config.file")
        return {"file": file}

    def connect(self, config: dict[str, Any], key: str | None, folder: Path) -> Client:
        """The recording from its beginning. Raises InvalidConfig."""
        return Recorded(Path(self.check_config(config)["file"]))


PLUGIN = Replay()
