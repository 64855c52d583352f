"""Finds the endpoint of an address by walking a tree of path segments: as fast with a hundred routes as with one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from milo.api.endpoint import Endpoint

Handler = Callable[[Request], Any]


class Node:
    """One segment of an address: literal children, one parameter child, handlers by method."""

    __slots__ = ("children", "handlers", "name", "parameter")

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.children: dict[str, Node] = {}
        self.parameter: Node | None = None
        self.handlers: dict[str, Handler] = {}


class Dispatch:
    """An ASGI application made of endpoints."""

    def __init__(self) -> None:
        self._root = Node()

    def add(self, end: Endpoint, handler: Handler) -> None:
        """Add an endpoint. Two of one method and address are a mistake: ValueError."""
        node = self._root
        for segment in end.path.strip("/").split("/"):
            if segment.startswith("{"):
                node.parameter = node.parameter or Node(segment[1:-1])
                if node.parameter.name != segment[1:-1]:
                    raise ValueError(f"{end.path}: the parameter is called {node.parameter.name} elsewhere.")
                node = node.parameter
            else:
                node = node.children.setdefault(segment, Node())
        if end.method in node.handlers:
            raise ValueError(f"Two endpoints for {end.method} {end.path}.")
        node.handlers[end.method] = handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        found = self._find(scope["path"])
        if found is None:
            raise HTTPException(404)
        node, params = found
        method = "GET" if scope["method"] == "HEAD" and "HEAD" not in node.handlers else scope["method"]
        handler = node.handlers.get(method)
        if handler is None:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(node.handlers))})
        scope["path_params"] = params
        response = await handler(Request(scope, receive, send))
        await response(scope, receive, send)

    def _find(self, path: str) -> tuple[Node, dict[str, str]] | None:
        node, params = self._root, dict[str, str]()
        for segment in path.strip("/").split("/"):
            child = node.children.get(segment)
            if child is None:
                child = node.parameter
                if child is None:
                    return None
                params[child.name] = segment
            node = child
        return (node, params) if node.handlers else None
