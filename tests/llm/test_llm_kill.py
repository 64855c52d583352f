"""A server killed in the middle of a run of a model goes on with it, and pays for no stored item twice."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from milo.bootstrap import open_workspace
from milo.infra.sql.connections import ConnectionsSql
from running import Api, Server

N, AT_ONCE = 400, 8
SPEC = {
    "name": "Kill",
    "fields": [{"name": "text"}],
    "questions": [{"name": "mood", "type": "choice", "config": {"labels": ["good", "bad"]}}],
    "policy": {"blind_share": 0.1, "order": "imported", "data": {"models": ["local"]}},
}


class Counting(ThreadingHTTPServer):
    """An OpenAI-compatible server that takes its time and counts what it is asked; `says`: its answer about a message."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, says: Callable[[int], Any]) -> None:
        self.says = says
        self.asked: Counter[int] = Counter()
        self.lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The other side was killed: nothing to tell."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        number = int(re.findall(r"message (\d+)", body)[-1])
        server = self.server
        assert isinstance(server, Counting)
        with server.lock:
            server.asked[number] += 1
        time.sleep(0.03)
        content = json.dumps(server.says(number))
        choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
        out = json.dumps({"choices": [choice], "usage": {"prompt_tokens": 50, "completion_tokens": 5}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(out)))
        self.end_headers()
        self.wfile.write(out)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def model() -> Iterator[Counting]:
    server = Counting(lambda number: {"mood": "good" if number % 2 else "bad", "confidence": 0.8})
    yield server
    server.shutdown()
    server.server_close()


def connect(workspace: Path, model: Counting) -> None:
    """Connect the model before any server holds the workspace."""
    opened = open_workspace(workspace)
    config = {"base_url": f"http://127.0.0.1:{model.server_address[1]}/v1"}
    limits, prices = {"concurrency": AT_ONCE}, {"input": 1.0, "output": 2.0}
    opened.db.write(
        lambda c: ConnectionsSql(c).add("slow", "openai_compatible", "m", config, None, limits, prices, True, None, 0.0)
    )
    opened.close()


def progress(api: Api, project: int, run: int) -> dict[str, Any]:
    return api.call("GET", f"/api/projects/{project}/runs/{run}/progress")


def wait(api: Api, project: int, run: int, enough: int) -> dict[str, Any]:
    """Until so many are done."""
    end = time.monotonic() + 120
    while (found := progress(api, project, run))["done"] < enough:
        assert time.monotonic() < end, found
        time.sleep(0.05)
    return found


def stored(workspace: Path) -> dict[int, int]:
    """What is on disk: number of the message by item."""
    with sqlite3.connect(f"file:{workspace / 'milo.db'}?mode=ro", uri=True) as c:
        rows = c.execute(
            "SELECT s.item_id, json_extract(c.data, '$.text') FROM signal s JOIN content c ON c.item_id = s.item_id"
        ).fetchall()
    return {item: int(text.split()[-1]) for item, text in rows}


def unlisted(workspace: Path) -> int:
    """How many stored answers have no line in the ledger."""
    with sqlite3.connect(f"file:{workspace / 'milo.db'}?mode=ro", uri=True) as c:
        missing = "NOT EXISTS (SELECT 1 FROM model_call m WHERE m.item_id = s.item_id AND m.state = 'done')"
        return c.execute(f"SELECT count(*) FROM signal s WHERE {missing}").fetchone()[0]


def begin(owner: Api, n: int) -> tuple[int, int]:
    """A project of n items and a run over all of them."""
    project = owner.call("POST", "/api/projects", SPEC)["id"]
    rows = [{"data": {"text": f"this is message {k}"}} for k in range(n)]
    owner.call("POST", f"/api/projects/{project}/items", rows)
    made = {"plugin": "llm", "name": "slow", "question": "mood", "config": {"connection": "slow"}}
    path = f"/api/projects/{project}/models/{owner.call('POST', f'/api/projects/{project}/models', made)['id']}"
    run = owner.call("POST", f"{path}/annotate", {"selection": {"what": "all"}, "budget": {"money": 1.0}})["id"]
    return project, run


def test_a_server_that_is_stopped_repeats_nothing(tmp_path: Path, model: Counting) -> None:
    workspace = tmp_path / "ws"
    connect(workspace, model)
    with Server(workspace) as server:
        owner = server.owner()
        project, run = begin(owner, 150)
        wait(owner, project, run, 40)
        owner.close()
        server.stop()
        assert len(stored(workspace)) < 150
        server.start()
        owner = server.owner()
        done = wait(owner, project, run, 150)
        owner.close()
    assert (done["done"], done["repeated"]) == (150, 0)
    assert set(model.asked.values()) == {1}


def test_sigkill_in_a_run(tmp_path: Path, model: Counting) -> None:
    workspace = tmp_path / "ws"
    connect(workspace, model)
    with Server(workspace) as server:
        owner = server.owner()
        project, run = begin(owner, N)
        kept: list[tuple[dict[int, int], Counter[int]]] = []
        for enough in (60, 180):
            wait(owner, project, run, enough)
            owner.close()
            server.kill()
            kept.append((stored(workspace), Counter(model.asked)))
            assert unlisted(workspace) == 0, "every stored answer has its line in the ledger"
            assert len(kept[-1][0]) >= enough
            server.start()
            owner = server.owner()
        done = wait(owner, project, run, N)
        while done["state"] == "running":
            done = progress(owner, project, run)
        owner.close()
    assert (done["state"], done["done"], done["failed"]) == ("done", N, 0)
    assert len(stored(workspace)) == N
    for there, asked in kept:
        assert [n for n in there.values() if model.asked[n] != asked[n]] == []
    repeats = sum(model.asked.values()) - N
    assert set(model.asked) == set(range(N))
    assert repeats <= done["repeated"] <= len(kept) * 5 * AT_ONCE
    assert done["cost"] >= sum(model.asked.values()) * (50 * 1.0 + 5 * 2.0) / 1e6 - 1e-9
    with sqlite3.connect(workspace / "milo.db") as c:
        paid = c.execute("SELECT count(*) FROM model_call WHERE cached = 0 AND state IN ('done', 'lost')").fetchone()[0]
        assert paid >= sum(model.asked.values()), "what was on its way when it died is in the ledger"
        blind = c.execute("SELECT count(*) FROM item WHERE blind = 1").fetchone()[0]
        assert c.execute("SELECT count(*) FROM blind_check").fetchone()[0] == blind > 0
        assert c.execute("SELECT count(*) FROM annotation WHERE role = 'suggestion'").fetchone()[0] == N - blind
