"""A workspace in which a study runs, and people who answer at a pace of their own without waiting for it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from data_bench import PASSWORD, Bench
from milo.api.app import create_app

LABELS = ["good", "bad", "so so"]
FORM = {"tlx": [30, 10, 20, 40, 30, 10], "trust": [4, 4, 5]}


class Taker:
    """A scripted person: works through their part of a study. `pace` gives the seconds of an item from what comes with it,
    `answer` the value."""

    def __init__(self, app: Any, token: str, project: int, user: int) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self.client = TestClient(app, headers=headers, raise_server_exceptions=False)
        self.at, self.user = f"/api/projects/{project}", user
        self.seen: list[dict[str, Any]] = []

    def get(self, path: str) -> Any:
        """A read that must succeed."""
        reply = self.client.get(f"{self.at}{path}")
        assert reply.status_code == 200, reply.text
        return reply.json()

    def post(self, path: str, body: Any) -> Any:
        """A write that must succeed."""
        reply = self.client.post(f"{self.at}{path}", json=body)
        assert reply.status_code < 300, reply.text
        return reply.json()

    def step(self, phase: str, **more: Any) -> Any:
        """The next step of the study."""
        return self.post("/study", {"phase": phase, **more})

    def submit(self, work: dict[str, Any], value: str, seconds: float, **more: Any) -> Any:
        """An answer that took so long."""
        signs = [{"kind": "opened", "at": 0}]
        signs += [{"kind": "input", "at": at} for at in range(15_000, int(seconds * 1000), 15_000)]
        signs.append({"kind": "submitted", "at": round(seconds * 1000)})
        shown = {"mood": [{"id": s["id"], "value": s["value"]} for s in work["suggestions"]]} if work["suggestions"] else {}
        body = {
            "op_id": uuid.uuid4().hex, "item_id": work["item"]["id"], "values": {"mood": value}, "events": signs, "shown": shown,
            **more,
        }  # fmt: skip
        return self.post("/answers", body)

    def work(self, pace: Callable[[dict[str, Any]], float], answer: Callable[[dict[str, Any]], str], most: int = 10_000) -> Any:
        """Go on until the part is over, or `most` answers are given; where it stands then."""
        part = self.get("/study")
        while part["phase"] not in ("none", "finished"):
            if part["phase"] == "working":
                for one in self.get("/queue?n=10"):
                    if most <= 0:
                        return self.get("/study")
                    self.seen.append(one)
                    self.submit(one, answer(one), pace(one))
                    most -= 1
                part = self.get("/study")
            elif part["phase"] == "form":
                part = self.step("form", form=FORM if part["asks_trust"] else {"tlx": FORM["tlx"]})
            elif part["phase"] == "closing":
                part = self.step("closing", closing={"saving": {arm["name"]: 40 for arm in part["helped"]}})
            else:
                part = self.step(part["phase"], attitude=3)
        return part


class Hall(Bench):
    """A project with suggestions and gold on every item, and people to take part."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.app = create_app(self.ws)
        self.takers: list[Taker] = []

    def furnish(
        self, items: int = 40, people: int = 2, right: Callable[[int], bool] = lambda k: k % 5 != 0, **policy: Any
    ) -> None:
        """Items whose truth is known, and suggestions that are right where `right` says so."""
        self.project(**policy)
        rows = [{"data": {"text": f"message {k} {'long ' * (k % 7)}"}, "key": f"k{k}"} for k in range(items)]
        self.ids: list[int] = self.call("POST", "/items", rows)["ids"]
        self.truth = {item: LABELS[k % 3] for k, item in enumerate(self.ids)}
        said = {i: self.truth[i] if right(k) else LABELS[(k + 1) % 3] for k, i in enumerate(self.ids)}
        self.suggest("helper", [(i, said[i], 0.9) for i in self.ids])
        self.gold(self.truth)
        self.takers = [self.person(f"p{n}") for n in range(people)]

    def gold(self, values: dict[int, str]) -> None:
        """Gold labels that nobody made under suggestion."""

        def write(c: Any) -> None:
            for item, value in values.items():
                c.execute(
                    "INSERT INTO annotation (item_id, question, role, author_kind, value, label, basis, schema_version, "
                    "created_at) VALUES (?, 'mood', 'gold', 'person', ?, ?, 'imported', 1, 0)",
                    (item, f'"{value}"', value),
                )

        self.ws.db.write(write)

    def person(self, login: str, role: str = "annotator") -> Taker:
        """Somebody with a role in the project."""
        user = self.call("POST", "/api/users", {"login": login, "password": PASSWORD})["id"]
        self.call("PUT", f"/members/{user}", {"role": role})
        return Taker(self.app, self.ws.auth.add_token(user, "study")[1], self.p, user)

    def design(self, **more: Any) -> dict[str, Any]:
        """A design of two arms over the people."""
        base = {"name": "Does it help", "question": "mood", "people": [t.user for t in self.takers], "per_arm": 6, "warm_up": 2}
        return {**base, **more}

    def begin(self, **more: Any) -> int:
        """A frozen study; its id."""
        study = self.call("POST", "/studies", self.design(**more))["id"]
        self.call("POST", f"/studies/{study}/freeze")
        return study


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    house = Hall(tmp_path)
    yield house
    house.close()
