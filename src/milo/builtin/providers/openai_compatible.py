"""`openai_compatible`: any server that speaks OpenAI's chat completions: OpenAI, vLLM, llama.cpp, Ollama, LM Studio, gateways.

JSON is asked for by schema; a server that refuses or ignores that is asked for plain JSON, and at last by words alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from milo.builtin.providers._http import check_address
from milo.builtin.providers._openai_batch import OpenAIBatches
from milo.builtin.providers._openai_client import Settings
from milo.builtin.providers._openai_wire import MODES
from milo.domain.addresses import is_this_machine
from milo.domain.errors import InvalidConfig
from milo.kinds.provider import Abilities, Client, Preset

_SECRET_HEADERS = frozenset({"authorization", "api-key", "x-api-key", "cookie", "proxy-authorization"})


def _local(name: str, title: str, port: int, hint: str) -> Preset:
    return Preset(name, title, {"base_url": f"http://127.0.0.1:{port}/v1"}, local=True, hint=hint)


class OpenAICompatible:
    """Chat completions over HTTP."""

    name = "openai_compatible"
    title = "OpenAI-compatible server"
    local = False
    needs_key = False
    extra = "llm"
    requires = ("aiohttp",)
    fields: dict[str, str] = {
        "model": "name of the model, as the server knows it",
        "base_url": "address of the server, often ending with /v1",
        "structured": "how JSON is asked for: auto, json_schema, json_object or prompted",
        "max_tokens_name": "name of the bound on tokens: auto, max_tokens or max_completion_tokens",
        "key_header": "header that carries the key (Authorization: as a bearer)",
        "headers": "further headers, by name; no secrets",
        "extra": "further parameters of each request, by name",
        "answer_bytes": "longest answer that is read, in bytes",
    }
    abilities = Abilities(streaming=True)
    presets = (
        Preset(
            "openai", "OpenAI", {"base_url": "https://api.openai.com/v1"}, needs_key=True,
            hint="Make a key at platform.openai.com.",
        ),
        _local("ollama", "Ollama", 11434, "Runs on this machine: ollama serve. The model is what `ollama list` shows."),
        _local("lm_studio", "LM Studio", 1234, "Start the server in LM Studio's developer page."),
        _local("vllm", "vLLM", 8000, "vllm serve MODEL. Milo itself may use port 8000; start one of them on another."),
        _local("llama_cpp", "llama.cpp server", 8080, "llama-server -m FILE.gguf. The name of the model may be anything."),
        Preset("gateway", "Another server or gateway", {"base_url": "https://"}, needs_key=True),
    )  # fmt: skip

    def check_config(self, config: dict[str, Any]) -> dict[str, Any]:
        """The config with its defaults. Raises InvalidConfig."""
        if unknown := sorted(set(config) - set(self.fields)):
            raise InvalidConfig(f"Unknown settings: {', '.join(unknown)}. Known: {', '.join(self.fields)}.", place="config")
        try:
            found = msgspec.convert({"base_url": "https://api.openai.com/v1", "model": "", **config}, Settings)
        except msgspec.ValidationError as error:
            raise InvalidConfig(f"The settings do not fit: {error}.", place="config") from error
        _check(found)
        done = msgspec.to_builtins(msgspec.structs.replace(found, base_url=check_address(found.base_url)))
        return {name: done[name] for name in self.fields}

    def is_local(self, config: dict[str, Any]) -> bool:
        """Whether the address is this machine."""
        return is_this_machine(str(config.get("base_url", "")))

    def connect(self, config: dict[str, Any], key: str | None, folder: Path) -> Client:
        """A client. Raises MissingExtra, InvalidConfig."""
        return OpenAIBatches(msgspec.convert(self.check_config(config), Settings), key)


def _check(found: Settings) -> None:
    if found.structured not in ("auto", *MODES):
        raise InvalidConfig(
            f'"{found.structured}" is no way to ask for JSON. Ways: auto, {", ".join(MODES)}.', place="config.structured"
        )
    if found.max_tokens_name not in ("auto", "max_tokens", "max_completion_tokens"):
        raise InvalidConfig(
            f'"{found.max_tokens_name}" must be auto, max_tokens or max_completion_tokens.', place="config.max_tokens_name"
        )
    if not 1_000 <= found.answer_bytes <= 1_000_000_000:
        raise InvalidConfig("answer_bytes must lie between 1,000 and 1,000,000,000.", place="config.answer_bytes")
    for name, value in {**found.headers, found.key_header: ""}.items():
        if not name or not name.isascii() or any(c in f"{name}{value}" for c in "\r\n\0") or ":" in name or " " in name:
            raise InvalidConfig(f"{name!r} is no header that can be sent.", place="config.headers")
    if secret := sorted(h for h in found.headers if h.lower() in _SECRET_HEADERS):
        raise InvalidConfig(
            f"The header {secret[0]} carries a secret. Enter the key in its own field, and its header as key_header.",
            place="config.headers",
        )


PLUGIN = OpenAICompatible()
