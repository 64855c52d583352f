"""A full disk and a locked database: a clear error, nothing half done, and all is well once the trouble is over."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.operations import Operations

from milo.domain.errors import StorageTrouble
from milo.domain.policy import Policy
from milo.infra.sql import migrate
from milo.infra.sql.database import Database
from work.bench_of_work import Desk


@pytest.fixture
def desk(tmp_path: Path):
    made = Desk(tmp_path, 50, Policy(order="imported", blind_share=0))
    yield made
    made.db.close()


def test_a_full_disk_is_said_and_nothing_is_half_done(desk: Desk) -> None:
    item = desk.lease(1)[0].item_id
    pages = desk.db.write(lambda c: c.execute("PRAGMA page_count").fetchone()[0])
    desk.db.write(lambda c: c.execute(f"PRAGMA max_page_count = {pages}"))
    long = [{"kind": "input", "at": 1, "data": "x" * 200_000}]
    with pytest.raises(StorageTrouble, match="disk is full"):
        desk.submit(1, item, op="operation-1", events=long)
    assert desk.one("SELECT count(*) FROM annotation") == 0
    desk.db.write(lambda c: c.execute("PRAGMA max_page_count = 1000000"))
    assert desk.submit(1, item, op="operation-1", events=long).ok
    assert desk.counts() == desk.recount()


def test_a_locked_database_is_said(desk: Desk, tmp_path: Path) -> None:
    item = desk.lease(1)[0].item_id
    desk.db.write(lambda c: c.execute("PRAGMA busy_timeout = 50"))
    other = sqlite3.connect(tmp_path / "milo.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageTrouble, match="Another program"):
        desk.submit(1, item)
    other.execute("ROLLBACK")
    other.close()
    assert desk.submit(1, item).ok


def test_one_bad_change_takes_no_other_along(desk: Desk) -> None:
    """Changes that wait together are committed together; one that fails is rolled back alone."""
    import threading

    gate = threading.Event()
    slow = desk.db.write_later(lambda _: gate.wait(5))
    good = desk.db.write_later(lambda c: c.execute("INSERT INTO setting VALUES ('a', '1')").rowcount)
    bad = desk.db.write_later(lambda c: c.execute("INSERT INTO setting VALUES ('a', '2')").rowcount)
    late = desk.db.write_later(lambda c: c.execute("INSERT INTO setting VALUES ('b', '3')").rowcount)
    gate.set()
    assert slow.result(5)
    assert good.result(5) == 1
    with pytest.raises(StorageTrouble):
        bad.result(5)
    assert late.result(5) == 1
    assert desk.one("SELECT group_concat(key || value) FROM setting") == "a1,b3"


def test_a_strange_file_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "milo.db"
    path.write_bytes(b"this is no database at all, it is a letter to my aunt" * 50)
    with pytest.raises(StorageTrouble, match="cannot be read as a database"):
        migrate.upgrade(path)
    path.unlink()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE recipe (name TEXT)")
    other.close()
    with pytest.raises(StorageTrouble, match="not Milo's"):
        migrate.upgrade(path)


def test_a_first_start_that_ends_half_way_leaves_nothing_and_is_made_up_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "milo.db"
    with monkeypatch.context() as broken:
        broken.setattr(Operations, "execute", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            migrate.upgrade(path)
    left = sqlite3.connect(path)
    assert left.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    left.close()
    migrate.upgrade(path)
    assert migrate.current(path) == migrate.HEAD


def test_a_newer_workspace_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "milo.db"
    migrate.upgrade(path)
    Database(path).close()
    change = sqlite3.connect(path)
    change.execute("UPDATE alembic_version SET version_num = '9999'")
    change.commit()
    change.close()
    with pytest.raises(StorageTrouble, match="newer Milo"):
        migrate.upgrade(path)
