"""`gguf`: a model file of your own, run by llama.cpp in a process beside the server; nothing leaves the machine.

The process starts at the first call, is started again if it dies, and ends with the workspace.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import socket
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import msgspec

from milo.builtin.providers._openai_client import OpenAIClient
from milo.builtin.providers._openai_client import Settings as Wire
from milo.domain.errors import InvalidConfig, MissingExtra, Unreachable
from milo.kinds.provider import Abilities, Client

_START_SECONDS = 300.0


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of a connection; `threads` 0: as many as llama.cpp likes."""

    file: str = ""
    mmproj: str = ""
    context: int = 8192
    parallel: int = 2
    threads: int = 0
    gpu_layers: int = 0


class Runner:
    """The process of one model file."""

    def __init__(self, settings: Settings, key: str, folder: Path) -> None:
        self._settings, self._key, self._folder = settings, key, folder
        self._process: subprocess.Popen[bytes] | None = None
        self._address = ""
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The process, if it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    async def address(self) -> str:
        """Where it listens, once it is up; whoever asks while it starts waits for it."""
        if self.pid is None or not self._address:
            await asyncio.to_thread(self._start)
        return self._address

    def close(self) -> None:
        """End it."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            _end(process)

    def _start(self) -> None:
        with self._lock:
            if self.pid is not None:
                return
            if self._process is not None:
                _end(self._process)
                self._process = None
            self._address = ""
            self._folder.mkdir(parents=True, exist_ok=True)
            with (self._folder / "llama.log").open("wb") as log:
                process = subprocess.Popen(
                    [sys.executable, "-m", "milo.builtin.providers._gguf_server"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                )
            assert process.stdin is not None
            assert process.stdout is not None
            self._process = process
            told = self._ask(process, process.stdin, process.stdout)
            self._address = f"{told.rstrip('/')}/v1"

    def _ask(self, process: subprocess.Popen[bytes], to: IO[bytes], out: IO[bytes]) -> str:
        given = msgspec.to_builtins(self._settings)
        order = {**given, "model": given["file"], "name": Path(given["file"]).stem, "key": self._key, "port": _free_port()}
        watchdog = threading.Timer(_START_SECONDS, process.kill)
        watchdog.start()
        try:
            to.write(json.dumps(order).encode() + b"\n")
            to.flush()
            line = out.readline()
        except OSError:
            line = b""
        finally:
            watchdog.cancel()
        told: dict[str, Any] = json.loads(line) if line.startswith(b"{") else {}
        if "address" not in told:
            self._process = None
            _end(process)
            why = told.get("error") or self._epitaph()
            raise Unreachable(f"The model file {Path(self._settings.file).name} could not be started: {why}", sent=False)
        return str(told["address"])

    def _epitaph(self) -> str:
        """The last words of the log."""
        try:
            lines = (self._folder / "llama.log").read_text("utf-8", "replace").splitlines()
        except OSError:
            return "the process ended without a word."
        return (" / ".join(lines[-3:]) or "the process ended without a word.")[:400]


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and let go of its pipes."""
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    process.wait(timeout=10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class GgufClient(OpenAIClient):
    """A model file, asked through the server in front of it."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        key = secrets.token_urlsafe(24)
        self.runner = Runner(settings, key, folder)
        name = Path(settings.file).stem
        super().__init__(Wire("http://127.0.0.1", name), key, self.runner.address)

    async def close(self) -> None:
        """Let the connections go and end the process."""
        await super().close()
        await asyncio.to_thread(self.runner.close)


class Gguf:
    """A GGUF file on the server's disk."""

    name = "gguf"
    title = "GGUF file on this machine"
    local = True
    needs_key = False
    extra = "gguf"
    requires = ("xllamacpp", "aiohttp")
    fields: dict[str, str] = {
        "file": "the model, a .gguf file on the server's disk",
        "mmproj": "its projector for images and sound, a .gguf file, where it has one",
        "context": "tokens of one conversation",
        "parallel": "conversations at once; each takes memory for its context",
        "threads": "processor threads (0: as many as llama.cpp likes)",
        "gpu_layers": "layers on a graphics card, where llama.cpp was built for one",
    }
    defaults: dict[str, Any] = {"context": 8192, "parallel": 2, "threads": 0, "gpu_layers": 0}
    abilities = Abilities(structured=True, logprobs=True, streaming=True, batch=False)

    def check_config(self, config: dict[str, Any]) -> dict[str, Any]:
        """The config with its defaults. Raises InvalidConfig."""
        return msgspec.to_builtins(_settled(config))

    def connect(self, config: dict[str, Any], key: str | None, folder: Path) -> Client:
        """A client; the process starts at its first call. Raises MissingExtra, InvalidConfig."""
        settings = _settled(config)
        if find_spec("xllamacpp") is None:
            raise MissingExtra("Running a GGUF file", "gguf")
        for path in filter(None, (settings.file, settings.mmproj)):
            if not Path(path).is_file():
                raise InvalidConfig(f"There is no file {path} on the server's disk.", place="config.file")
        return GgufClient(settings, folder)


def _settled(config: dict[str, Any]) -> Settings:
    try:
        found = msgspec.convert(config, Settings)
    except msgspec.ValidationError as error:
        raise InvalidConfig(f"The settings do not fit: {error}.", place="config") from error
    for name in ("file", "mmproj"):
        path = getattr(found, name)
        if (path or name == "file") and not path.endswith(".gguf"):
            raise InvalidConfig(f"{name} must name a file that ends with .gguf.", place=f"config.{name}")
    bounds = {"context": (64, 10_000_000), "parallel": (1, 256), "threads": (0, 1024), "gpu_layers": (0, 10_000)}
    for name, (low, high) in bounds.items():
        if not low <= getattr(found, name) <= high:
            raise InvalidConfig(f"{name} must lie between {low:,} and {high:,}.", place=f"config.{name}")
    return found


PLUGIN = Gguf()
