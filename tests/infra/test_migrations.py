"""The database has the shape that the tables declare, and a workspace opens wherever its folder is carried."""

from __future__ import annotations

import io
import shutil
import sqlite3
import zipfile
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from PIL import Image
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from data_bench import Bench
from milo.infra.backup import back_up
from milo.infra.sql import migrate
from milo.infra.sql.schema import metadata

INDEX_OF_TEXTS = ("item_text", "item_vocab", "knowledge_text")


def shape(path: Path) -> dict[str, str]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()
    connection.close()
    return {name: " ".join(sql.split()) for name, sql in rows}


def test_the_migrated_database_is_what_the_tables_declare(tmp_path: Path) -> None:
    path = tmp_path / "milo.db"
    migrate.upgrade(path)
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)

    def ours(_: object, name: str | None, kind: str, *__: object) -> bool:
        return not (kind == "table" and name is not None and name.startswith((*INDEX_OF_TEXTS, "alembic_")))

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": ours})
        assert compare_metadata(context, metadata) == []
    declared = tmp_path / "declared.db"
    fresh = create_engine(f"sqlite:///{declared}", poolclass=NullPool)
    metadata.create_all(fresh)
    engine.dispose()
    fresh.dispose()
    migrated = {n: s for n, s in shape(path).items() if not n.startswith((*INDEX_OF_TEXTS, "alembic_"))}
    assert migrated == shape(declared), "indexes with conditions too, which the comparison above does not look into"


def test_the_latest_revision_is_the_one_that_the_program_expects(tmp_path: Path) -> None:
    script = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    assert script.get_heads() == [migrate.HEAD]
    path = tmp_path / "milo.db"
    migrate.upgrade(path)
    assert migrate.current(path) == migrate.HEAD
    before = path.read_bytes()
    migrate.upgrade(path)
    assert path.read_bytes() == before, "nothing to do, nothing done"


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A stopped workspace with an image, texts, an answer and a suggestion."""
    bench = Bench(tmp_path)
    bench.project(fields=[{"name": "text"}, {"name": "picture", "kind": "image"}])
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "PNG")
    bench.bring(upload=bench.send("sea.png", out.getvalue()))
    item = bench.add("a text about otters")[0]
    bench.answer(item, mood="good")
    bench.suggest("elsewhere", [(item - 1, "bad", 0.5)])
    bench.close()
    return tmp_path / "workspace"


def look_around(folder: Path) -> None:
    """What was in the workspace is in this one."""
    bench = Bench.__new__(Bench)
    from starlette.testclient import TestClient

    from milo.api.app import create_app
    from milo.bootstrap import open_workspace

    bench.ws = open_workspace(folder)
    try:
        headers = {"Authorization": f"Bearer {bench.ws.auth.local_token()}"}
        client = TestClient(create_app(bench.ws), headers=headers)
        rows = client.get("/api/projects/1/items").json()["rows"]
        assert [r["answers"] for r in rows] == [{}, {"mood": ["good"]}]
        assert rows[0]["suggestion"]["value"] == "bad"
        media = rows[0]["data"]["picture"]["media"]
        with Image.open(io.BytesIO(client.get(f"/api/media/{media}").content)) as image:
            assert image.size == (64, 48)
        assert client.get(f"/api/media/{media}/thumb?size=64").status_code == 200
        assert client.get("/api/projects/1/items?q=otters").json()["total"] == 1
        assert client.post("/api/login", json={"login": "owner", "password": "correct horse battery"}).status_code == 200
    finally:
        bench.ws.close()


def test_a_stopped_workspace_is_one_folder_that_opens_elsewhere(filled: Path, tmp_path: Path) -> None:
    assert not (filled / "milo.db-wal").exists(), "everything is in the database file once it is closed"
    there = tmp_path / "some where" / "else ü"
    shutil.copytree(filled, there)
    shutil.rmtree(filled)
    look_around(there)


def test_the_database_and_the_media_are_all_it_takes(filled: Path, tmp_path: Path) -> None:
    there = tmp_path / "bare"
    there.mkdir()
    shutil.copy(filled / "milo.db", there)
    shutil.copytree(filled / "media", there / "media")
    look_around(there)


@pytest.mark.parametrize("name", ["copy", "copy.zip"])
def test_a_backup_opens(filled: Path, tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    done = back_up(filled, target)
    assert done.media_files == 1
    folder = target
    if name.endswith(".zip"):
        folder = tmp_path / "unpacked"
        with zipfile.ZipFile(target) as packed:
            packed.extractall(folder)
    look_around(folder)


def test_a_backup_of_a_workspace_in_use_opens(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.project(fields=[{"name": "text"}, {"name": "picture", "kind": "image"}])
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "PNG")
    bench.bring(upload=bench.send("sea.png", out.getvalue()))
    item = bench.add("a text about otters")[0]
    bench.answer(item, mood="good")
    bench.suggest("elsewhere", [(item - 1, "bad", 0.5)])
    back_up(tmp_path / "workspace", tmp_path / "copy")
    bench.close()
    look_around(tmp_path / "copy")
