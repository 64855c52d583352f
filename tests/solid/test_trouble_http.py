"""A full disk and a locked database as people meet them: a clear answer, nothing half done, and the server lives on."""

from __future__ import annotations

import errno
import io
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from data_bench import Bench
from milo.domain.errors import StorageTrouble
from milo.infra import jobs
from milo.infra.sql.database import Database
from running import Server

BIG = 400_000


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(jobs, "_TROUBLE_SECONDS", 0.1)
    made = Bench(tmp_path)
    made.project()
    yield made
    made.close()


class Full:
    """While entered, the database cannot grow."""

    def __init__(self, bench: Bench) -> None:
        self._db = bench.ws.db

    def _limit(self, pages: int) -> None:
        self._db.write(lambda c: c.execute(f"PRAGMA max_page_count = {pages}").fetchone())

    def __enter__(self) -> None:
        self._limit(self._db.write(lambda c: c.execute("PRAGMA page_count").fetchone()[0]))

    def __exit__(self, *_: object) -> None:
        self._limit(1_000_000_000)


class Locked:
    """While entered, another program holds the database."""

    def __init__(self, bench: Bench) -> None:
        bench.ws.db.write(lambda c: c.execute("PRAGMA busy_timeout = 60").fetchone())
        self._other = sqlite3.connect(bench.ws.path / "milo.db", isolation_level=None)

    def __enter__(self) -> None:
        self._other.execute("BEGIN IMMEDIATE")

    def __exit__(self, *_: object) -> None:
        self._other.execute("ROLLBACK")
        self._other.close()


def dump(bench: Bench) -> list[str]:
    return bench.ws.db.read(lambda c: [line for line in c.iterdump() if "page" not in line])


def answer(item: int, events: int = 0) -> dict[str, Any]:
    return {
        "op_id": uuid.uuid4().hex, "item_id": item, "values": {"mood": "good"},
        "events": [{"kind": "input", "data": "x" * events}] if events else [],
    }  # fmt: skip


def refused(reply: Any, status: int, words: str) -> None:
    assert reply.status_code == status, reply.text
    error = reply.json()["error"]
    assert error["code"] == "StorageTrouble"
    assert words in error["message"]
    assert "nothing was saved" in error["message"]


def test_a_full_disk_is_507_and_nothing_is_half_done(bench: Bench) -> None:
    items = bench.add(*[f"text {n}" for n in range(20)])
    bench.until(lambda: bool(bench.all("SELECT 1 FROM job WHERE kind = 'index' AND state = 'done'")))
    sent = answer(items[0], BIG)
    with Full(bench):
        before = dump(bench)
        refused(bench.ask("POST", "/answers", sent), 507, "disk is full")
        refused(bench.ask("POST", "/items", [{"data": {"text": "y" * BIG}}]), 507, "disk is full")
        refused(bench.ask("PATCH", "", {"guidelines": "z" * BIG}), 507, "disk is full")
        lines = bench.call("POST", "/answers/batch", {"submissions": [sent, answer(items[1], BIG)]})["results"]
        assert [(line["ok"], line["error"]["code"]) for line in lines] == [(False, "StorageTrouble")] * 2
        assert dump(bench) == before
        assert bench.rows()["total"] == 20, "what is there can still be read"
        assert len(bench.export().splitlines()) == 20
    assert bench.call("POST", "/answers", sent)["ok"], "the same answer is taken once there is room"
    assert bench.call("POST", "/answers", sent)["ok"]
    assert bench.counts() == bench.recount()
    assert bench.counts()["answers"] == 1
    assert bench.one("PRAGMA integrity_check") == "ok"


def test_an_import_stopped_by_a_full_disk_goes_on_later(bench: Bench) -> None:
    lines = "\n".join(f"row {n} {'x' * 200}" for n in range(5_000)).encode()
    upload = bench.send("rows.txt", lines)
    with Full(bench):
        reply = bench.ask("POST", "/import", {"upload": upload, "format": "text"})
        if reply.status_code == 202:
            job = reply.json()["id"]
            end = time.monotonic() + 60
            while time.monotonic() < end and bench.one("SELECT state FROM job WHERE id = ?", job) == "queued":
                time.sleep(0.05)
            time.sleep(0.5)
        else:
            refused(reply, 507, "disk is full")
            job = 0
    if job and bench.ws.jobs.wait(job, 20).state == "failed":
        assert "disk is full" in (bench.wait(job).error or "")
        bench.call("POST", f"/api/jobs/{job}/resume")
    job = job or bench.call("POST", "/import", {"upload": upload, "format": "text"})["id"]
    assert bench.wait(job).state == "done"
    assert bench.counts()["items"] == 5_000
    assert bench.counts() == bench.recount()


def test_a_locked_database_is_503_and_work_goes_on_afterwards(bench: Bench) -> None:
    items = bench.add("one", "two")
    sent = answer(items[0])
    model = {"plugin": "rules", "name": "r", "question": "mood", "config": {"rules": [], "default": "bad"}}
    with Locked(bench):
        refused(bench.ask("POST", "/answers", sent), 503, "Another program")
        refused(bench.ask("GET", "/queue"), 503, "Another program")
        refused(bench.ask("POST", "/models", model), 503, "Another program")
        bench.ws.loop_models.answered(bench.p, 1_000)
        bench.ws.data.indexing.touch(bench.p)
        assert bench.rows()["total"] == 2
        time.sleep(2)
    assert bench.call("POST", "/answers", sent)["ok"]
    made = bench.call("POST", "/models", model)
    job = bench.wait(bench.call("POST", f"/models/{made['id']}/suggest", {"all": True})["id"], 20)
    assert job.state == "done", "the threads for background work are still there"
    names = {t.name for t in threading.enumerate()}
    assert {"milo-loop", "milo-indexing", "milo-writer", "milo-job-0", "milo-job-1", "milo-job-2"} <= names
    assert bench.counts() == bench.recount()


def test_a_queued_job_waits_until_the_database_is_free(bench: Bench) -> None:
    bench.add("one", "two")
    job = bench.ws.db.write(lambda c: c.execute(
        "INSERT INTO job (project_id, kind, args, state, created_at) VALUES (?, 'index', '{}', 'queued', 0) RETURNING id",
        (bench.p,),
    ).fetchone()[0])  # fmt: skip
    with Locked(bench):
        with bench.ws.jobs._wake:
            bench.ws.jobs._wake.notify_all()
        time.sleep(1)
        assert bench.one("SELECT state FROM job WHERE id = ?", job) in ("queued", "done")
    assert bench.wait(job, 20).state == "done"


@pytest.mark.parametrize(("number", "status"), [(errno.ENOSPC, 507), (errno.EDQUOT, 507), (errno.EROFS, 503)])
def test_a_full_disk_is_said_where_files_are_written_too(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, number: int, status: int
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(Path, "write_text", full)
    reply = bench.ask("POST", "/import", {"text": "a\nb"})
    refused(reply, status, "disk")
    monkeypatch.undo()

    class Sink(io.BytesIO):
        def write(self, _: Any) -> int:
            raise OSError(number, "no")

    monkeypatch.setattr(Path, "open", lambda *_, **__: Sink())
    reply = bench.ask("POST", "/uploads", params={"name": "a.txt"}, content=b"x" * 10)
    assert reply.status_code in (503, 507)
    assert "nothing was kept" in reply.json()["error"]["message"]


def test_those_who_wait_behind_a_failure_are_served(tmp_path: Path) -> None:
    """A change that finds the disk full takes down those it was committed with, and keeps nobody waiting for ever."""
    from milo.infra.sql import migrate

    migrate.upgrade(tmp_path / "milo.db")
    db = Database(tmp_path / "milo.db")
    gate = threading.Event()
    pages = db.write(lambda c: c.execute("PRAGMA page_count").fetchone()[0])
    db.write(lambda c: c.execute(f"PRAGMA max_page_count = {pages}").fetchone())
    waiting: list[Future[Any]] = [db.write_later(lambda _: gate.wait(5))]
    put = "INSERT INTO setting VALUES (?, ?)"
    waiting += [db.write_later(lambda c, n=n: c.execute(put, (f"k{n}", "v" * (500_000 if n == 3 else 1)))) for n in range(8)]
    broken = db.write_later(lambda c: c.execute("SELECT nonsense FROM setting"))
    cancelled = db.write_later(lambda c: c.execute(put, ("cancelled", "")))
    assert cancelled.cancel()
    last = db.write_later(lambda c: c.execute("SELECT 1").fetchone()[0])
    gate.set()
    with pytest.raises(StorageTrouble, match="disk is full"):
        waiting[4].result(10)
    with pytest.raises(StorageTrouble, match="nonsense"):
        broken.result(10)
    assert last.result(10) == 1
    assert all(w.done() for w in waiting)
    stored = {r[0] for r in db.read(lambda c: c.execute("SELECT key FROM setting").fetchall())}
    told = {f"k{n}" for n in range(8) if waiting[n + 1].exception() is None}
    assert stored == told, "who was told that it is saved has it saved, and nobody else"
    assert {"k4", "k5", "k6", "k7"} <= stored
    db.close()


def test_a_real_server_says_that_it_is_locked_and_recovers(tmp_path: Path) -> None:
    with Server(tmp_path / "ws") as server:
        owner = server.owner()
        other = sqlite3.connect(tmp_path / "ws" / "milo.db", isolation_level=None, timeout=20)
        other.execute("BEGIN IMMEDIATE")
        start = time.monotonic()
        status, out, _ = owner.raw("POST", "/api/tokens", b'{"name": "x"}')
        assert (status, b"Another program" in out) == (503, True)
        assert time.monotonic() - start < 15
        assert owner.call("GET", "/api/tokens") == []
        other.execute("ROLLBACK")
        other.close()
        assert owner.call("POST", "/api/tokens", {"name": "x"})["name"] == "x"
        owner.close()
