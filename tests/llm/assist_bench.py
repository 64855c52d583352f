"""Material for tests of the assistant: guidelines, questions, and how to ask over the interface and read the stream."""

from __future__ import annotations

import json
import time
from typing import Any

from starlette.testclient import TestClient

from data_bench import PASSWORD
from milo.api.app import create_app

GUIDE = """Say what people felt.

## Good
Label praise as good, even when it comes with a small complaint.

## Bad
A complaint without any praise is bad. Sarcasm is bad as well.
"""
MOOD = {"name": "mood", "type": "choice", "config": {"labels": ["good", "bad"]}}
WORDS = {"name": "words", "type": "spans", "field": "text", "required": False, "config": {"labels": ["person", "place"]}}
WHY = {"name": "why", "type": "text", "required": False, "config": {"max_length": 300}}
HOUSE = {"connection": "model"}
OPEN_TO_ALL = {"models": ["local"]}
TEXT = "Ann met Bob in Rome. Ann was happy: mail ann@x.example."


def ask(bench: Any, kind: str, question: str = "mood", **more: Any) -> list[tuple[str, dict[str, Any]]]:
    """The events of one exchange."""
    body = {"kind": kind, "question": question, **more}
    reply = bench.ask("POST", f"/items/{bench.item}/assist", body)
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"].startswith("text/event-stream")
    return events(reply.text)


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    out: list[tuple[str, dict[str, Any]]] = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":"))
        if "event" in lines:
            out.append((lines["event"], json.loads(lines["data"])))
    return out


def said(found: list[tuple[str, dict[str, Any]]], name: str = "text") -> str:
    return "".join(data["text"] for kind, data in found if kind == name)


def only(found: list[tuple[str, dict[str, Any]]], name: str) -> dict[str, Any]:
    (data,) = [data for kind, data in found if kind == name]
    return data


def person(bench: Any, role: str) -> TestClient:
    login = f"{role}{bench.p}"
    user = bench.call("POST", "/api/users", {"login": login, "password": PASSWORD})["id"]
    bench.call("PUT", f"/members/{user}", {"role": role})
    token = bench.ws.auth.add_token(user, "t")[1]
    return TestClient(create_app(bench.ws), headers={"Authorization": f"Bearer {token}"}, raise_server_exceptions=False)


def until(true: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)
