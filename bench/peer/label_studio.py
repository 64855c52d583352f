"""Label Studio 1.23 (open source), started by its own command on SQLite, one process, telemetry off."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from peer.product import LABELS, PASSWORD, Seat
from peer.wire import Refused, Wire

OWNER = "owner@example.com"
CONFIG = (
    '<View><Text name="text" value="$text"/><Choices name="sentiment" toName="text" choice="single">'
    + "".join(f'<Choice value="{label}"/>' for label in LABELS)
    + "</Choices></View>"
)


class LabelStudio:
    """The product. `venv` is where it is installed."""

    name = "label-studio"
    front_page = "/user/login/"

    def __init__(self, venv: Path) -> None:
        self._venv = venv

    def command(self, data: Path, port: int) -> tuple[list[str], dict[str, str]]:
        """The vendor's way to start it on one machine."""
        settings = {
            "LABEL_STUDIO_BASE_DATA_DIR": str(data),
            "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "false",
            "COLLECT_ANALYTICS": "false",
            "LATEST_VERSION_CHECK": "false",
            "SENTRY_DSN": "",
            "FRONTEND_SENTRY_DSN": "",
            "HOME": str(data),
        }
        start = [str(self._venv / "bin" / "label-studio"), "start", "--no-browser", "--data-dir", str(data)]
        where = ["--internal-host", "127.0.0.1", "--port", str(port), "--log-level", "ERROR"]
        who = ["--username", OWNER, "--password", PASSWORD, "--enable-legacy-api-token", "--agree-fix-sqlite"]
        return start + where + who, os.environ | settings

    def open(self, base: str) -> Seat:
        """Sign in as the owner that the command line made."""
        return _seat(base, _signed_in(base, "/user/login/", {"email": OWNER, "password": PASSWORD}), 0)


def _form(wire: Wire, path: str, fields: dict[str, str]) -> int:
    _, page = wire.send("GET", path)
    found = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if found is None:
        raise RuntimeError(f"{path} holds no form")
    body = urlencode({"csrfmiddlewaretoken": found.group(1).decode()} | fields).encode()
    kind = "application/x-www-form-urlencoded"
    status, _ = wire.send("POST", f"{path}?next=/projects/", body, Content_Type=kind, Referer=wire.base + path)
    return status


def _signed_in(base: str, path: str, fields: dict[str, str]) -> Wire:
    wire = Wire(base)
    status = _form(wire, path, fields)
    if status not in (302, 303):
        raise RuntimeError(f"sign-in at {path} was answered with {status}")
    return wire


def _seat(base: str, wire: Wire, project: int) -> LabelStudioSeat:
    token = wire.ask("GET", "/api/current-user/token")["token"]
    wire.close()
    return LabelStudioSeat(Wire(base, {"Authorization": f"Token {token}"}), project)


class LabelStudioSeat:
    """A person with an API token."""

    def __init__(self, wire: Wire, project: int) -> None:
        self._wire, self._project = wire, project

    def create_project(self, title: str) -> None:
        """One Text, one Choices."""
        made = self._wire.ask("POST", "/api/projects/", {"title": title, "label_config": CONFIG})
        self._project = made["id"]

    def import_body(self, rows: list[dict[str, Any]]) -> bytes:
        """Tasks as the import call takes them."""
        return json.dumps([{"data": row} for row in rows]).encode()

    def import_rows(self, body: bytes) -> None:
        """One import request."""
        self._wire.ask("POST", f"/api/projects/{self._project}/import", body)

    def settle(self) -> None:
        """It does all its work within the request."""

    def first_ids(self, n: int) -> list[int]:
        """From the task list."""
        tasks = self._wire.ask("GET", f"/api/tasks/?project={self._project}&page=1&page_size={n}")["tasks"]
        return [task["id"] for task in tasks]

    def predictions_body(self, ids: list[int]) -> bytes:
        """One choice with a score for each."""
        return json.dumps(
            [
                {"task": i, "model_version": "bench", "score": 0.5 + i % 50 / 100, "result": [_choice(LABELS[i % 3])]}
                for i in ids
            ]
        ).encode()

    def import_predictions(self, body: bytes) -> None:
        """One request."""
        self._wire.ask("POST", f"/api/projects/{self._project}/import/predictions", body)

    def next(self) -> Any | None:
        """The next task."""
        try:
            return self._wire.ask("GET", f"/api/projects/{self._project}/next/")
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def save(self, item: Any, label: str) -> None:
        """Create an annotation."""
        path = f"/api/tasks/{item['id']}/annotations/?project={self._project}"
        self._wire.ask("POST", path, {"lead_time": 2.5, "result": [_choice(label)]})

    def id_of(self, item: Any) -> int:
        """The task's id."""
        return item["id"]

    def page(self, number: int, needle: str | None = None, *, unlabelled: bool = False) -> tuple[int, int]:
        """What the Data Manager asks for."""
        query: dict[str, Any] = {"project": self._project, "page": number, "page_size": 50, "fields": "all"}
        if needle is not None:
            query["query"] = _filter("filter:tasks:data.text", "contains", "String", needle)
        elif unlabelled:
            query["query"] = _filter("filter:tasks:total_annotations", "equal", "Number", 0)
        reply = self._wire.ask("GET", "/api/tasks/?" + urlencode(query))
        return len(reply["tasks"]), reply["total"]

    def export(self) -> int:
        """All tasks as JSON."""
        path = f"/api/projects/{self._project}/export?exportType=JSON&download_all_tasks=true"
        return self._wire.drain(path)[0]

    def colleague(self, number: int) -> Seat:
        """A person who signs up by the form; in this edition everybody sees every project."""
        fields = {"email": f"person{number}@example.com", "password": PASSWORD, "allow_newsletters": "false"}
        extra = {"how_find_us": "", "elaborate": ""}
        return _seat(self._wire.base, _signed_in(self._wire.base, "/user/signup/", fields | extra), self._project)


def _choice(label: str) -> dict[str, Any]:
    return {"from_name": "sentiment", "to_name": "text", "type": "choices", "value": {"choices": [label]}}


def _filter(column: str, operator: str, kind: str, value: Any) -> str:
    item = {"filter": column, "operator": operator, "type": kind, "value": value}
    return json.dumps({"filters": {"conjunction": "and", "items": [item]}})
