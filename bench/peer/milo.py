"""Milo, started by `milo serve` on a fresh workspace."""

from __future__ import annotations

import json
import os
import sys
import time
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from peer.product import LABELS, PASSWORD, Seat
from peer.wire import Wire

SPEC = {
    "fields": [{"name": "text", "kind": "text"}],
    "questions": [{"name": "sentiment", "type": "choice", "config": {"labels": list(LABELS)}}],
    "policy": {"order": "imported", "blind_share": 0.05},
}


class Milo:
    """The product. `learning`: with the text classifier that it trains as answers come in, or without, as its peers are."""

    name = "milo"
    front_page = "/"

    def __init__(self, *, learning: bool = False) -> None:
        self._learning = learning
        if learning:
            self.name = "milo-learning"

    def command(self, data: Path, port: int) -> tuple[list[str], dict[str, str]]:
        """The one process."""
        start = [sys.executable, "-m", "milo.cli.main", "serve", "--no-build-ui", "-w", str(data), "--port", str(port)]
        return start, os.environ | {"HOME": str(data), "BROWSER": "true"}

    def open(self, base: str) -> MiloSeat:
        """First start: make the owner."""
        wire = Wire(base)
        wire.headers["X-CSRF-Token"] = wire.ask("POST", "/api/setup", {"login": "owner", "password": PASSWORD})["csrf"]
        return _seat(wire, 0, self._learning)


def _seat(wire: Wire, project: int, learning: bool) -> MiloSeat:
    token = wire.ask("POST", "/api/tokens", {"name": "bench"})["token"]
    wire.close()
    return MiloSeat(Wire(wire.base, {"Authorization": f"Bearer {token}"}), project, learning)


class MiloSeat:
    """A person with an API token."""

    def __init__(self, wire: Wire, project: int, learning: bool) -> None:
        self._wire, self._project, self._learning = wire, project, learning

    @property
    def _at(self) -> str:
        return f"/api/projects/{self._project}"

    def create_project(self, title: str) -> None:
        """One text, one choice."""
        self._project = self._wire.ask("POST", "/api/projects", SPEC | {"name": title})["id"]
        if not self._learning:
            for model in self._wire.ask("GET", f"{self._at}/models"):
                self._wire.ask("PATCH", f"{self._at}/models/{model['id']}", {"enabled": False})

    def import_body(self, rows: list[dict[str, Any]]) -> bytes:
        """Items as the API takes them; the row's own id is their key."""
        return json.dumps([{"data": {"text": row["text"]}, "key": str(row["ext_id"])} for row in rows]).encode()

    def import_rows(self, body: bytes) -> None:
        """One request."""
        self._wire.ask("POST", f"{self._at}/items", body)

    def import_file(self, path: Path) -> None:
        """A file of the server's disk, as a job; waits for its end."""
        body = {"path": str(path), "format": "jsonl", "copy": False}
        job = self._wire.ask("POST", f"{self._at}/import", body)
        while job["state"] in ("queued", "running"):
            time.sleep(0.2)
            job = self._wire.ask("GET", f"/api/jobs/{job['id']}")
        if job["state"] != "done":
            raise RuntimeError(f"the import ended as {job['state']}: {job['error']}")

    def settle(self) -> None:
        """The text index is a job behind the import, which begins when imports have been quiet for a second."""
        quiet = 0
        while quiet < 15:
            jobs = self._wire.ask("GET", f"/api/jobs?project={self._project}")
            quiet = 0 if any(job["state"] in ("queued", "running") for job in jobs) else quiet + 1
            time.sleep(0.2)

    def first_ids(self, n: int) -> list[int]:
        """From the data view."""
        return self._wire.ask("GET", f"{self._at}/items/ids")["ids"][:n]

    def predictions_body(self, ids: list[int]) -> bytes:
        """One choice with a score for each."""
        return json.dumps(
            [{"item_id": i, "question": "sentiment", "value": LABELS[i % 3], "score": 0.5 + i % 50 / 100} for i in ids]
        ).encode()

    def import_predictions(self, body: bytes) -> None:
        """One request."""
        self._wire.ask("POST", f"{self._at}/suggestions?name=bench&version=1", body)

    def next(self) -> Any | None:
        """The next item of the queue, lent to this person."""
        lent = self._wire.ask("GET", f"{self._at}/queue?n=1")
        return lent[0] if lent else None

    def save(self, item: Any, label: str) -> None:
        """What the workbench sends: the answer, what was shown, and when things happened."""
        item_id, now = item["item"]["id"], int(time.time() * 1000)
        shown = [{k: s[k] for k in ("id", "value", "score", "source", "version")} for s in item["suggestions"]]
        kinds = ("opened", "drawn", "input", "submitted")
        self._wire.ask("POST", f"{self._at}/answers", {
            "op_id": str(uuid.uuid4()), "item_id": item_id, "assignment_id": item["assignment"]["id"],
            "values": {"sentiment": label}, "shown": {"sentiment": shown} if shown else {}, "accepted": {},
            "keystrokes": 1, "client_at": now, "schema_version": 1,
            "events": [{"kind": kind, "item_id": item_id, "at": now + 400 * i} for i, kind in enumerate(kinds)],
        })  # fmt: skip

    def id_of(self, item: Any) -> int:
        """The item's id."""
        return item["item"]["id"]

    def page(self, number: int, needle: str | None = None, *, unlabelled: bool = False) -> tuple[int, int]:
        """What the data view asks for."""
        query: dict[str, Any] = {"offset": (number - 1) * 50, "limit": 50}
        if needle is not None:
            query["q"] = needle
        elif unlabelled:
            query["status"] = "new"
        reply = self._wire.ask("GET", f"{self._at}/items?" + urlencode(query))
        return len(reply["rows"]), reply["total"]

    def export(self) -> int:
        """Every annotation as JSON."""
        return self._wire.drain(f"{self._at}/export?format=json&what=everything")[0]

    def colleague(self, number: int) -> Seat:
        """A new annotator, made a member by the owner."""
        login = f"person{number}"
        person = {"login": login, "password": PASSWORD, "role": "annotator", "name": ""}
        user = self._wire.ask("POST", "/api/users", person)
        self._wire.ask("PUT", f"{self._at}/members/{user['id']}", {"role": "annotator"})
        own = Wire(self._wire.base)
        own.headers["X-CSRF-Token"] = own.ask("POST", "/api/login", {"login": login, "password": PASSWORD})["csrf"]
        return _seat(own, self._project, self._learning)
