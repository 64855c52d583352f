"""What the providers of official SDKs share: their settings, and asking for JSON in words where a schema is refused."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.builtin.providers._http import check_address
from milo.domain.errors import InvalidConfig
from milo.kinds.provider import Request


class Settings(msgspec.Struct, frozen=True):
    """A connection's settings. `structured`: auto, json_schema or prompted."""

    model: str = ""
    base_url: str = ""
    structured: str = "auto"
    answer_bytes: int = 8_000_000


FIELDS: dict[str, str] = {
    "model": "name of the model",
    "base_url": "another address, such as that of a gateway",
    "structured": "how JSON is asked for: auto, json_schema or prompted",
    "answer_bytes": "longest answer that is read, in bytes",
}


def settled(config: dict[str, Any], address: str) -> Settings:
    """The settings with their defaults. Raises InvalidConfig."""
    if unknown := sorted(set(config) - set(FIELDS)):
        raise InvalidConfig(f"Unknown settings: {', '.join(unknown)}. Known: {', '.join(FIELDS)}.", place="config")
    try:
        found = msgspec.convert({**config, "base_url": config.get("base_url") or address}, Settings)
    except msgspec.ValidationError as error:
        raise InvalidConfig(f"The settings do not fit: {error}.", place="config") from error
    if found.structured not in ("auto", "json_schema", "prompted"):
        raise InvalidConfig(f'"{found.structured}" must be auto, json_schema or prompted.', place="config.structured")
    if not 1_000 <= found.answer_bytes <= 1_000_000_000:
        raise InvalidConfig("answer_bytes must lie between 1,000 and 1,000,000,000.", place="config.answer_bytes")
    return msgspec.structs.replace(found, base_url=check_address(found.base_url))


class JsonModes:
    """Whether a schema goes along or JSON is asked for in words: the latter once a server refused that schema."""

    def __init__(self, structured: str) -> None:
        self._structured = structured
        self._refused: set[bytes] = set()

    def json_mode(self, request: Request) -> str:
        """How JSON will be asked for."""
        if self._structured != "auto":
            return self._structured
        return "prompted" if self._refused and _key(request) in self._refused else "json_schema"

    def refused(self, request: Request, message: str, words: tuple[str, ...]) -> bool:
        """Whether a refusal is about the schema, so that the request can be made again in words."""
        if request.json_schema is None or self._structured != "auto" or _key(request) in self._refused:
            return False
        if not any(word in message.lower() for word in words):
            return False
        self._refused.add(_key(request))
        return True


def in_words(request: Request) -> str:
    """The wish for JSON of a schema, in words."""
    schema = msgspec.json.encode(request.json_schema).decode()
    return f"Answer with JSON only: no other words, no Markdown. It must fit this JSON schema:\n{schema}"


def _key(request: Request) -> bytes:
    return msgspec.json.encode(request.json_schema)


_NOT_KNOWN = frozenset(
    {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "minItems",
     "maxItems", "uniqueItems", "minProperties", "maxProperties", "$schema"}
)  # fmt: skip


def plain_schema(schema: Any) -> Any:
    """A schema without the bounds that Anthropic's structured outputs do not take; Milo checks them itself."""
    if isinstance(schema, list):
        return [plain_schema(s) for s in schema]
    if not isinstance(schema, dict):
        return schema
    out: dict[str, Any] = {}
    for name, value in schema.items():
        if name == "properties" and isinstance(value, dict):
            out[name] = {k: plain_schema(v) for k, v in value.items()}
        elif name not in _NOT_KNOWN:
            out[name] = value if name in ("enum", "const", "required", "default") else plain_schema(value)
    if out.get("type") == "object":
        out.setdefault("additionalProperties", False)
    return out
