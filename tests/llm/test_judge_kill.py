"""A server killed while a judge looks over answers goes on with it, and pays for no stored verdict twice."""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from llm.judge_bench import RUBRIC, review
from llm.test_llm_kill import Counting, connect
from milo.infra.judge_jobs import WIDTH
from running import Api, Server

N, TOKENS = 300, 55
SPEC = {
    "name": "Kill",
    "fields": [{"name": "text"}],
    "questions": [{"name": "answer", "type": "text"}],
    "policy": {"blind_share": 0.1, "order": "imported", "data": {"models": ["local"]}},
}
PATIENT = {"connection": "slow", "logprobs": False}


@pytest.fixture
def model() -> Iterator[Counting]:
    """Every third answer is below the mark."""
    server = Counting(lambda number: review("1" if number % 3 == 0 else "4", quotes=()))
    yield server
    server.shutdown()
    server.server_close()


def begin(owner: Api, after: bool) -> tuple[int, int, int]:
    """A project with a judge, and answers to all of its items; project, judge, and how many answers may be judged."""
    project = owner.call("POST", "/api/projects", SPEC)["id"]
    at = f"/api/projects/{project}"
    ids = owner.call("POST", f"{at}/items", [{"data": {"text": f"message {k}"}} for k in range(N)])["ids"]
    owner.call("POST", f"{at}/rubrics", {"rubric": msgspec.to_builtins(RUBRIC)})
    new = {"name": "j", "plugin": "rubric", "question": "answer", "rubric": "facts", "config": PATIENT, "after": after}
    judge = owner.call("POST", f"{at}/judges", new)["id"]
    if not after:
        answer(owner, project, ids)
        owner.call("POST", f"{at}/judges/{judge}/run", {"flag": True, "tokens": 10**7})
    else:
        answer(owner, project, ids)
    return project, judge, owner.call("GET", at)["counts"]["items"]


def answer(owner: Api, project: int, ids: list[int]) -> None:
    given = [
        {"op_id": uuid.uuid4().hex, "item_id": item, "values": {"answer": f"about message {k}"}} for k, item in enumerate(ids)
    ]
    for start in range(0, len(given), 50):
        owner.call("POST", f"/api/projects/{project}/answers/batch", {"submissions": given[start : start + 50]})


def stored(workspace: Path) -> list[int]:
    """The numbers of the messages whose answers have a verdict on disk."""
    with sqlite3.connect(f"file:{workspace / 'milo.db'}?mode=ro", uri=True) as c:
        rows = c.execute("SELECT a.value FROM verdict v JOIN annotation a ON a.id = v.annotation_id").fetchall()
    return [int(value.strip('"').split()[-1]) for (value,) in rows]


def wait_for(workspace: Path, enough: int) -> None:
    end = time.monotonic() + 120
    while len(stored(workspace)) < enough:
        assert time.monotonic() < end, len(stored(workspace))
        time.sleep(0.05)


def finished(owner: Api, project: int) -> list[dict[str, Any]]:
    """All jobs of the project, once none is at work."""
    end = time.monotonic() + 120
    while True:
        jobs = owner.call("GET", f"/api/jobs?project={project}")
        if all(job["state"] not in ("queued", "running") for job in jobs):
            return [job for job in jobs if job["kind"] == "judge"]
        assert time.monotonic() < end, jobs
        time.sleep(0.1)


@pytest.mark.parametrize("after", [False, True], ids=["finished work", "after each answer"])
def test_sigkill_while_a_judge_works(tmp_path: Path, model: Counting, after: bool) -> None:
    workspace = tmp_path / "ws"
    connect(workspace, model)
    kept: list[tuple[list[int], Counter[int]]] = []
    with Server(workspace) as server:
        owner = server.owner()
        project, judge, _ = begin(owner, after)
        for enough in (50, 150):
            wait_for(workspace, enough)
            owner.close()
            server.kill()
            kept.append((stored(workspace), Counter(model.asked)))
            assert len(kept[-1][0]) < 0.85 * N, "it was killed at work"
            server.start()
            owner = server.owner()
        if after:
            owner.call("PATCH", f"/api/projects/{project}/judges/{judge}", {"live": "asked"})
        jobs = finished(owner, project)
        owner.close()
    assert {job["state"] for job in jobs} == {"done"}
    with sqlite3.connect(workspace / "milo.db") as c:
        blind = c.execute("SELECT count(*) FROM item WHERE blind = 1").fetchone()[0]
        flagged = c.execute("SELECT count(*) FROM item WHERE flagged > 0").fetchone()[0]
    found = stored(workspace)
    assert 0 < blind < N / 4
    assert len(found) == len(set(found)) == N - blind, "one verdict each, none on a blind item"
    assert flagged == sum(number % 3 == 0 for number in found)
    for there, asked in kept:
        assert [n for n in there if model.asked[n] != asked[n]] == [], "nothing that was stored is asked again"
    paid = sum(model.asked.values())
    results = [job["result"] for job in jobs]
    assert paid - len(found) <= sum(r["repeated"] for r in results) <= len(kept) * WIDTH
    assert sum(r["judged"] for r in results) == len(found)
    assert sum(r["tokens"] for r in results) >= paid * TOKENS, "what was in flight counts as spent"


def test_a_server_that_is_stopped_repeats_nothing(tmp_path: Path, model: Counting) -> None:
    workspace = tmp_path / "ws"
    connect(workspace, model)
    with Server(workspace) as server:
        owner = server.owner()
        project, _, _ = begin(owner, after=False)
        wait_for(workspace, 60)
        owner.close()
        server.stop()
        assert len(stored(workspace)) < 0.85 * N
        server.start()
        owner = server.owner()
        (job,) = finished(owner, project)
        owner.close()
    assert (job["state"], job["result"]["judged"], job["result"]["repeated"]) == ("done", len(stored(workspace)), 0)
    assert job["result"]["tokens"] == sum(model.asked.values()) * TOKENS
    assert set(model.asked.values()) == {1}
