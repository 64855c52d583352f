"""The OpenAPI 3.1 document, made of the same declarations that serve and check requests.

`python -m milo.api.openapi` prints it; the web app's types are generated from that.
"""

from __future__ import annotations

import inspect
import re
import sys
from http import HTTPStatus
from importlib import import_module
from typing import Any

import msgspec

from milo import __version__
from milo.api.endpoint import ENDPOINTS, Endpoint
from milo.api.errors import ErrorReply

_REF = "#/components/schemas/{name}"
_ANYTHING: dict[str, Any] = {}


def document(endpoints: list[Endpoint] | None = None) -> dict[str, Any]:
    """The document for these endpoints, by default for all declared ones."""
    ends = ENDPOINTS if endpoints is None else endpoints
    kinds = [kind for end in ends for kind in (end.body, end.query, end.reply) if kind is not None]
    schemas, components = msgspec.json.schema_components([*kinds, ErrorReply], ref_template=_REF)
    by_kind = dict(zip(map(repr, [*kinds, ErrorReply]), schemas, strict=True))
    paths: dict[str, Any] = {}
    for end in ends:
        paths.setdefault(end.path, {})[end.method.lower()] = _operation(end, by_kind, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Milo", "version": __version__, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": dict(sorted(components.items())), "securitySchemes": _SCHEMES},
        "security": [{"token": []}, {"session": []}],
    }


_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token from your account page."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "milo_session",
        "description": "A browser's sign-in; changing requests carry the X-CSRF-Token header too.",
    },
}


def _operation(end: Endpoint, by_kind: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    text = inspect.getdoc(end.handler) or ""
    first, _, rest = text.partition("\n")
    out: dict[str, Any] = {"operationId": end.name, "tags": [end.tag], "summary": first.strip()}
    if rest.strip():
        out["description"] = rest.strip()
    parameters = [*_path_parameters(end), *_query_parameters(end, by_kind, components)]
    if parameters:
        out["parameters"] = parameters
    if end.body is not None:
        out["requestBody"] = {"required": True, "content": {"application/json": {"schema": by_kind[repr(end.body)]}}}
    elif end.raw_body:
        binary = {"schema": {"type": "string", "format": "binary"}}
        out["requestBody"] = {"required": True, "content": {"application/octet-stream": binary}}
    out["responses"] = {str(end.status): _success(end, by_kind), "default": _failure(by_kind)}
    if end.action is None:
        out["security"] = []
    else:
        out["x-action"] = end.action
    return out


def _path_parameters(end: Endpoint) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "integer", "minimum": 0}}
        for name in re.findall(r"{(\w+)}", end.path)
    ]


def _query_parameters(end: Endpoint, by_kind: dict[str, Any], components: dict[str, Any]) -> list[dict[str, Any]]:
    if end.query is None:
        return []
    schema = by_kind[repr(end.query)]
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    body = components.get(name, schema)
    required = set(body.get("required", ()))
    return [
        {"name": key, "in": "query", "required": key in required, "schema": kind}
        for key, kind in body.get("properties", {}).items()
    ]


def _success(end: Endpoint, by_kind: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {"description": HTTPStatus(end.status).phrase}
    if end.status != 204:
        schema = by_kind[repr(end.reply)] if end.reply is not None else _ANYTHING
        out["content"] = {end.media_type: {"schema": schema}}
        if end.media_type == "text/event-stream" and end.reply is not None:  # a stream, or one value where there is none
            out["content"] = {end.media_type: {"schema": _ANYTHING}, "application/json": {"schema": schema}}
    return out


def _failure(by_kind: dict[str, Any]) -> dict[str, Any]:
    schema = by_kind[repr(ErrorReply)]
    return {"description": "What went wrong, and what to do.", "content": {"application/json": {"schema": schema}}}


def main() -> None:
    """Print the document."""
    import_module("milo.api.app")
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(document()), indent=1) + b"\n")


if __name__ == "__main__":
    main()
