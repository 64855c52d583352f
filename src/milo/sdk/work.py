"""One item to be labelled by a program: what the workbench sees, and the ways to answer."""

from __future__ import annotations

import time
import uuid
from typing import Any

import msgspec

from milo.sdk.http import Http
from milo.sdk.shapes import Item, Suggestion


class WorkShape(msgspec.Struct, frozen=True):
    """What the queue lends."""

    item: Item
    assignment: dict[str, Any]
    suggestions: list[Suggestion] = []
    previous: dict[str, Any] | None = None


class Outcome(msgspec.Struct, frozen=True):
    """What became of an answer. `surplus`: it came after others had answered enough, and is kept beside theirs."""

    ok: bool
    annotations: list[int] = []
    item_status: str = ""
    surplus: bool = False


class Candidates(msgspec.Struct, frozen=True):
    """Answers that connected models wrote for an item: ready, or failed, refused or spent with a `message` that says why."""

    state: str
    field: str
    entries: list[Any]
    turns: int = 0
    follow_ups: int = 0
    message: str = ""
    detail: str = ""


class WorkItem:
    """An item lent to the caller.

    >>> for work in project.work():                       # doctest: +SKIP
    ...     work.submit({"topic": decide(work.data["text"])})
    """

    def __init__(self, http: Http, project_id: int, schema_version: int, shape: WorkShape) -> None:
        self._http, self._project_id, self._schema = http, project_id, schema_version
        self.item = shape.item
        self.data = shape.item.data
        self.suggestions = shape.suggestions
        self.previous = shape.previous
        self._assignment = int(shape.assignment.get("id", 0))
        self._op = str(uuid.uuid4())

    def candidates(self, question: str) -> Candidates:
        """Have the answers written that a question with `live` settings compares, and wait for them; they are then in `data`.
        Those that are there are not asked for again."""
        return self._made("candidates", {"question": question})

    def write_on(self, question: str, text: str) -> Candidates:
        """Write on: every model gets these words after its own answer, and answers again."""
        return self._made("candidates/follow-up", {"question": question, "text": text})

    def _made(self, path: str, body: dict[str, Any]) -> Candidates:
        at = f"/projects/{self._project_id}/items/{self.item.id}"
        found = self._http.call("POST", f"{at}/{path}", Candidates, body)
        while found.state == "making":
            found = self._http.call("POST", f"{at}/candidates", Candidates, {"question": body["question"]}, repeatable=True)
        if found.state == "ready":
            self.data[found.field] = found.entries
        return found

    def submit(self, values: dict[str, Any]) -> Outcome:
        """Answer: values by question. Sent again after a lost connection, it counts once."""
        shown: dict[str, list[dict[str, Any]]] = {}
        for one in self.suggestions:
            entry = {"id": one.id, "value": one.value, "score": one.score, "source": one.source, "version": one.version}
            shown.setdefault(one.question, []).append(entry)
        body = {
            "op_id": self._op,
            "item_id": self.item.id,
            "assignment_id": self._assignment,
            "values": values,
            "shown": shown,
            "events": [],
            "client_at": time.time(),
            "schema_version": self._schema,
            "reopen": self.previous is not None,
        }
        return self._http.call("POST", f"/projects/{self._project_id}/answers", Outcome, body, repeatable=True)

    def skip(self, reason: str = "") -> None:
        """Pass the item over."""
        body = {"op_id": self._op, "item_id": self.item.id, "reason": reason, "events": []}
        self._http.call("POST", f"/projects/{self._project_id}/skip", dict[str, Any], body, repeatable=True)
