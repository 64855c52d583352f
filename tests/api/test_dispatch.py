"""Addresses find their endpoints, and mistakes in declarations are caught."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from milo.api.dispatch import Dispatch
from milo.api.endpoint import Endpoint


def add(dispatch: Dispatch, method: str, path: str) -> None:
    async def handler(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"{method} {path} {dict(request.path_params)}")

    end = Endpoint(method, path, None, lambda call: None)
    dispatch.add(end, handler)


@pytest.fixture
def made() -> Dispatch:
    dispatch = Dispatch()
    for method, path in (("GET", "/api/a/{p}"), ("POST", "/api/a/{p}"), ("GET", "/api/a/new"), ("GET", "/api/a/{p}/b/{i}")):
        add(dispatch, method, path)
    return dispatch


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/api/a/7", "GET /api/a/{p} {'p': '7'}"),
        ("/api/a/new", "GET /api/a/new {}"),
        ("/api/a/7/b/9", "GET /api/a/{p}/b/{i} {'p': '7', 'i': '9'}"),
        ("/api/a/7/", "GET /api/a/{p} {'p': '7'}"),
    ],
)
def test_an_address_finds_its_endpoint(made: Any, path: str, answer: str) -> None:
    assert TestClient(made).get(path).text == answer


def test_mistakes_in_declarations_are_caught(made: Dispatch) -> None:
    with pytest.raises(ValueError, match="Two endpoints"):
        add(made, "GET", "/api/a/{p}")
    with pytest.raises(ValueError, match="called p elsewhere"):
        add(made, "GET", "/api/a/{q}/c")
