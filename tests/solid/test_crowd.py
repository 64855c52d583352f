"""Twenty annotators at once over HTTP: nobody gets an item beyond the overlap, and an answer that comes late is kept."""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from running import PASSWORD, Api, Server

PEOPLE = 20
ITEMS = 300
QUESTIONS = [{"name": "mood", "type": "choice", "config": {"labels": ["good", "bad"]}}]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Api, list[Api], list[int]]]:
    with Server(tmp_path_factory.mktemp("crowd") / "ws") as server:
        owner = server.owner()
        people: list[Api] = []
        ids: list[int] = []
        for n in range(PEOPLE):
            user = owner.call("POST", "/api/users", {"login": f"person{n}", "password": PASSWORD})
            api = Api(server.port)
            api.sign_in("/api/login", {"login": f"person{n}", "password": PASSWORD})
            people.append(api)
            ids.append(user["id"])
        yield server, owner, people, ids
        for api in [owner, *people]:
            api.close()


def project(owner: Api, users: list[int], items: int = ITEMS, **policy: Any) -> tuple[int, list[int]]:
    spec = {
        "name": "Crowd", "fields": [{"name": "text"}], "questions": QUESTIONS,
        "policy": {"blind_share": 0.1, "train_every": 10_000, **policy},
    }  # fmt: skip
    p = owner.call("POST", "/api/projects", spec)["id"]
    for user in users:
        owner.call("PUT", f"/api/projects/{p}/members/{user}", {"role": "annotator"})
    rows = [{"data": {"text": f"message {k}"}, "key": str(k)} for k in range(items)]
    return p, owner.call("POST", f"/api/projects/{p}/items", rows)["ids"]


def answer(api: Api, p: int, item: int, value: str = "good") -> dict[str, Any]:
    body = {"op_id": uuid.uuid4().hex, "item_id": item, "values": {"mood": value}, "schema_version": 1}
    return api.call("POST", f"/api/projects/{p}/answers", body)


class Annotator(threading.Thread):
    """Takes a few items, answers most, skips some, until nothing is offered any more."""

    def __init__(self, api: Api, p: int, number: int) -> None:
        super().__init__(daemon=True)
        self.api, self.p, self.number = api, p, number
        self.lent: Counter[int] = Counter()
        self.surplus = 0
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            while work := self.api.call("GET", f"/api/projects/{self.p}/queue?n={1 + self.number % 4}"):
                for one in work:
                    item = one["item"]["id"]
                    self.lent[item] += 1
                    self.surplus += answer(self.api, self.p, item, "good" if item % 2 else "bad")["surplus"]
        except BaseException as error:
            self.error = error


@pytest.mark.parametrize("order", ["random", "imported"])
@pytest.mark.parametrize("overlap", [1, 3])
def test_twenty_people_stay_within_the_overlap(crowd: Any, overlap: int, order: str) -> None:
    server, owner, people, ids = crowd
    p, items = project(owner, ids, overlap=overlap, order=order)
    threads = [Annotator(api, p, n) for n, api in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert [t.error for t in threads if t.error] == []
    lent: Counter[int] = Counter()
    for thread in threads:
        assert set(thread.lent.values()) <= {1}, "somebody was given an item twice"
        assert thread.surplus == 0
        lent += thread.lent
    assert set(lent) == set(items)
    assert set(lent.values()) == {overlap}
    check = sqlite3.connect(server.workspace / "milo.db")
    stored = check.execute(
        "SELECT item_id, count(*), count(DISTINCT user_id) FROM annotation WHERE item_id / 1000000000 = ? AND live = 1 "
        "AND role = 'answer' GROUP BY item_id",
        (p,),
    ).fetchall()
    check.close()
    assert [(n, m) for _, n, m in stored] == [(overlap, overlap)] * ITEMS
    counts = owner.call("GET", f"/api/projects/{p}")["counts"]
    assert (counts["answers"], counts["done"], counts["new"], counts["open"]) == (overlap * ITEMS, ITEMS, 0, 0)


def test_an_answer_that_comes_late_is_kept_as_surplus(crowd: Any) -> None:
    """Two people go offline with an item each; the lease runs out, others answer; then the late answers arrive, twice."""
    server, owner, people, ids = crowd
    p, _ = project(owner, ids[:6], 2, overlap=1, order="imported", lease_minutes=1)
    at = f"/api/projects/{p}"
    held = [people[n].call("GET", f"{at}/queue?n=1")[0]["item"]["id"] for n in (0, 1)]
    assert len(set(held)) == 2
    assert people[2].call("GET", f"{at}/queue?n=1") == []
    clock = sqlite3.connect(server.workspace / "milo.db", timeout=20)
    with clock:
        clock.execute("UPDATE assignment SET until = until - 3600 WHERE item_id IN (?, ?)", held)
    clock.close()
    taken = [people[n].call("GET", f"{at}/queue?n=1")[0]["item"]["id"] for n in (2, 3)]
    assert sorted(taken) == sorted(held)
    for n, item in zip((2, 3), taken, strict=True):
        assert answer(people[n], p, item, "bad")["surplus"] is False
    late = {
        "submissions": [
            {"op_id": uuid.uuid4().hex, "item_id": held[0], "values": {"mood": "good"}, "schema_version": 1},
            {"op_id": uuid.uuid4().hex, "item_id": 10**15, "values": {"mood": "good"}, "schema_version": 1},
            {"op_id": uuid.uuid4().hex, "item_id": held[1], "values": {"mood": "nonsense"}, "schema_version": 1},
        ]
    }
    for _ in range(2):
        lines = people[0].call("POST", f"{at}/answers/batch", late)["results"]
        assert [line["ok"] for line in lines] == [True, False, False]
        assert lines[0]["outcome"]["surplus"] is True
    seen = owner.call("GET", f"{at}/items/{held[0]}")
    live = [(a["author"], a["value"]) for a in seen["annotations"] if a["live"] and a["role"] == "answer"]
    assert sorted(v for _, v in live) == ["bad", "good"]
    assert ("person0", "good") in live
    counts = owner.call("GET", at)["counts"]
    assert (counts["answers"], counts["done"]) == (3, 2)
