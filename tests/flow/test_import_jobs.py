"""Imports that are large, killed or cancelled."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from data_bench import Bench

ROWS = 30_000
PROGRAM = Path(__file__).parent / "importing.py"


def write_rows(path: Path, n: int) -> None:
    """Every tenth row equals the one before, every hundredth is broken."""
    with path.open("w") as out:
        for i in range(n):
            out.write("{broken\n" if i % 100 == 99 else json.dumps({"text": f"row {i - (i % 10 == 9)}", "n": i}) + "\n")


def run(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, str(PROGRAM), *map(str, arguments)], stdout=subprocess.PIPE, text=True)


def items_in(database: Path) -> int:
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    try:
        return connection.execute("SELECT count(*) FROM item").fetchone()[0]
    finally:
        connection.close()


@pytest.mark.parametrize("kills", [1, 3])
def test_a_killed_import_goes_on_exactly_where_it_was(tmp_path: Path, kills: int) -> None:
    bench = Bench(tmp_path)
    p = bench.project()
    bench.close()
    file, database = tmp_path / "rows.jsonl", tmp_path / "workspace" / "milo.db"
    write_rows(file, ROWS)
    arguments: list[object] = [tmp_path / "workspace", p, file]
    seen = 0
    for kill in range(kills):
        child = run(*arguments)
        while items_in(database) <= seen + ROWS // 10 and child.poll() is None:
            time.sleep(0.002)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        assert child.stdout is not None
        child.stdout.close()
        seen = items_in(database)
        assert ROWS // 10 * (kill + 1) <= seen < ROWS * 0.98
        arguments = arguments[:2]
    child = run(*arguments)
    out, _ = child.communicate(timeout=300)
    assert "done" in out
    connection = sqlite3.connect(database)
    texts = [r[0] for r in connection.execute("SELECT json_extract(meta, '$.n') FROM content ORDER BY item_id")]
    assert texts == [i for i in range(ROWS) if i % 100 != 99]
    errors = [r[0] for r in connection.execute("SELECT line FROM import_error ORDER BY id")]
    assert errors == list(range(100, ROWS + 1, 100))
    counted = connection.execute("SELECT items, new, free FROM project_count").fetchone()
    assert counted == (ROWS * 99 // 100,) * 3
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    assert f"'equal': {ROWS // 10 - ROWS // 100}" in out


def test_a_cancelled_import_can_be_resumed(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.project()
    file = tmp_path / "rows.jsonl"
    write_rows(file, 60_000)
    job = bench.call("POST", "/import", {"path": str(file)})["id"]
    while bench.call("GET", f"/api/jobs/{job}")["done"] == 0:
        time.sleep(0.005)
    bench.call("POST", f"/api/jobs/{job}/cancel")
    stopped = bench.wait(job)
    assert stopped.state == "cancelled"
    assert 0 < bench.counts()["items"] < 59_400
    bench.call("POST", f"/api/jobs/{job}/resume")
    done = bench.wait(job)
    assert (done.state, (done.result or {})["added"]) == ("done", 59_400)
    assert bench.counts() == bench.recount()
    bench.close()


def test_people_at_work_are_not_held_up_by_an_import(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.project()
    bench.add("first")
    file = tmp_path / "rows.jsonl"
    write_rows(file, 60_000)
    job = bench.call("POST", "/import", {"path": str(file)})["id"]
    written = 0
    while bench.ws.jobs.wait(job, 0.01).state in ("queued", "running"):
        bench.ws.db.write(lambda c: None, 0)
        written += 1
    assert written > 10, "other writes come between the import's own"
    bench.close()


@pytest.mark.slow
def test_memory_stays_flat_over_200_000_rows(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.project()
    file = tmp_path / "rows.csv"
    with file.open("w") as out:
        out.write("id,text\n")
        out.writelines(f"{n},{'some words that make up a text of usual length ' * 3}{n}\n" for n in range(200_000))
    memory = psutil.Process()
    job = bench.call("POST", "/import", {"path": str(file)})["id"]
    while bench.call("GET", f"/api/jobs/{job}")["done"] < 20_000:
        time.sleep(0.01)
    early, most = memory.memory_info().rss, 0
    while bench.ws.jobs.wait(job, 0.05).state == "running":
        most = max(most, memory.memory_info().rss)
    assert bench.counts()["items"] == 200_000
    assert most - early < 80 * 1024 * 1024, (early, most)
    before, size = memory.memory_info().rss, 0
    with bench.client.stream("GET", f"/api/projects/{bench.p}/export") as reply:
        for piece in reply.iter_bytes():
            size += len(piece)
    assert size > 30_000_000
    assert memory.memory_info().rss - before < 80 * 1024 * 1024 + size
    bench.close()
