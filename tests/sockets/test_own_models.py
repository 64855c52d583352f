"""Registered models over the interface: who may name a file, what projects make of it, and clicks answered by a pair of files."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from milo import Client
from milo.api.server import PrivateServer
from milo.cli.connection import Where
from milo.domain.errors import Conflict, Forbidden, Invalid, InvalidConfig, NotFound
from milo.sdk import Job, Project
from milo.sdk.http import Http
from milo.sdk.shapes import JobInfo
from milo.stats import rle
from sockets import onnx_files as files


def http_of(project: Project) -> Http:
    return project._http


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    files.detector(folder / "find.onnx", {"names": "{0: 'red', 1: 'blue'}", "task": "detect"})
    (folder / "find.json").write_text('{"overlap": 0.1, "min_score": 0.2}')
    files.sam1(folder / "sam")
    return folder


@pytest.fixture(scope="module")
def registered(client: Client, models: Path) -> Iterator[Client]:
    client.add_own_model("finder", "onnx", str(models / "find.onnx"))
    client.add_own_model("clicker", "onnx", str(models / "sam"))
    yield client
    for one in client.own_models():
        one.remove()


def pictures(project: Project, folder: Path, n: int = 4) -> list[int]:
    folder.mkdir()
    for k in range(n):
        image = Image.new("RGB", (640, 640), (110, 110, 110))
        ImageDraw.Draw(image).rectangle((96, 96, 191, 191), (220, 30, 30) if k % 2 else (30, 30, 220))
        image.save(folder / f"{k}.png")
    project.import_path(folder)
    return [row.id for row in project.items()]


def drawn(client: Client, type: str, blind: float = 0.0) -> Project:
    question = {"name": "things", "type": type, "config": {"labels": ["red", "blue"]}}
    fields = [{"name": "image", "kind": "image"}]
    spec = {"name": "Things", "fields": fields, "questions": [question], "policy": {"blind_share": blind, "order": "imported"}}
    return client.create_project(spec)


def test_what_is_registered_says_what_it_is(registered: Client) -> None:
    found = {one.name: one.info for one in registered.own_models()}
    assert (found["finder"].task, found["finder"].detail, found["finder"].labels) == ("detect", "640 x 640", ["red", "blue"])
    assert (found["clicker"].task, found["clicker"].detail) == ("segment", "sam1")
    assert registered.own_models()[0].test().task == "segment"


def test_what_cannot_be_registered(registered: Client, models: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.onnx").write_bytes(b"none")
    for name, kind, place, error, said in (
        ("finder", "onnx", models / "find.onnx", Conflict, "already"),
        ("grabcut", "onnx", models / "find.onnx", Invalid, "cannot be the name"),
        ("a b", "onnx", models / "find.onnx", Invalid, "cannot be the name"),
        ("a", "magic", models / "find.onnx", Invalid, "Kinds: onnx"),
        ("a", "onnx", tmp_path / "none.onnx", InvalidConfig, "no file or folder"),
        ("a", "onnx", tmp_path / "bad.onnx", Invalid, "does not take"),
    ):
        with pytest.raises(error, match=said):
            registered.add_own_model(name, kind, str(place))
    with pytest.raises(InvalidConfig, match="adapter beside it"):
        registered.add_own_model("a", "onnx", str(models / "find.onnx"), size=3)


def test_only_the_owner_names_files(registered: Client, server: PrivateServer, models: Path) -> None:
    user = registered.add_user("boss", "correct horse")
    project = drawn(registered, "boxes")
    with Client(server.url, login="boss", password="correct horse") as boss:
        with pytest.raises(Forbidden):
            boss.own_models()
        project.add_member(user.id, "manager")
        with pytest.raises(Forbidden):
            boss.add_own_model("a", "onnx", str(models / "find.onnx"))
        assert {(one.name, one.info.place) for one in boss.own_models()} == {("finder", None), ("clicker", None)}
        mine = boss.project(project.id)
        with pytest.raises(InvalidConfig, match='Registered: "clicker", "finder"'):
            mine.add_model("onnx", "things", config={"own": "../find"})
        with pytest.raises(InvalidConfig, match="no setting path"):
            mine.add_model("onnx", "things", config={"own": "finder", "path": "/etc/passwd"})
    project.delete()


def test_a_file_suggests_boxes(registered: Client, tmp_path: Path) -> None:
    project = drawn(registered, "boxes")
    ids = pictures(project, tmp_path / "p")
    model = project.add_model("onnx", "things", name="finds", config={"own": "finder"})
    model.suggest(everything=True)
    for n, ident in enumerate(ids):
        (said,) = project.open(ident).suggestions
        (box,) = said.value
        assert (box["x"], box["y"], box["w"], box["h"], box["label"]) == (96, 96, 96, 96, "red" if n % 2 else "blue")
        assert (said.source, said.score) == ("finds", None)
    project.delete()


def test_one_that_is_gone_is_told(registered: Client, models: Path, tmp_path: Path) -> None:
    project = drawn(registered, "boxes")
    pictures(project, tmp_path / "p", 1)
    own = registered.add_own_model("goes", "onnx", str(models / "find.onnx"))
    model = project.add_model("onnx", "things", config={"own": "goes"})
    own.remove()
    job = Job(
        http_of(project),
        http_of(project).call("POST", f"/projects/{project.id}/models/{model.info.id}/suggest", JobInfo, {"all": True}),
    )
    end = time.monotonic() + 60
    while job.refresh().state not in ("done", "failed") and time.monotonic() < end:
        time.sleep(0.05)
    assert job.info.state == "failed"
    assert 'registered under "goes"' in (job.info.error or "")
    with pytest.raises(NotFound):
        own.test()
    project.delete()


def test_clicks_are_answered_by_the_pair(registered: Client, tmp_path: Path, folder: Path) -> None:
    project = drawn(registered, "masks")
    item = pictures(project, tmp_path / "p", 1)[0]
    http, at = http_of(project), f"/projects/{project.id}"
    tools = http.get(f"{at}/live-tools", list[dict[str, Any]], {"question": "things"})
    assert {"name": "clicker", "title": "clicker", "own": True} in tools
    assert "finder" not in {one["name"] for one in tools}
    body = {"question": "things", "clicks": [[140, 140, 1]], "tool": "clicker"}
    for _ in range(2):
        found = http.call("POST", f"{at}/items/{item}/refine", dict[str, Any], body)
        assert 0.7 < rle.area(rle.read_text(found["thing"]["counts"])) / 96**2 < 1.1, "its cells are ten pixels wide"
    assert len(list((folder / "cache" / "embeddings").rglob("*.npz"))) == 1, "kept by the hash of the picture"
    with pytest.raises(Invalid, match="does not help"):
        http.call("POST", f"{at}/items/{item}/refine", dict[str, Any], {**body, "tool": "finder"})
    project.delete()


def test_blind_items_get_no_answer(registered: Client, tmp_path: Path) -> None:
    project = drawn(registered, "masks", blind=1.0)
    item = pictures(project, tmp_path / "p", 1)[0]
    body = {"question": "things", "clicks": [[140, 140, 1]], "tool": "clicker"}
    found = http_of(project).call("POST", f"/projects/{project.id}/items/{item}/refine", dict[str, Any], body)
    assert (found["available"], found["thing"]) == (False, None)
    project.delete()


def test_from_the_command_line(
    registered: Client, server: PrivateServer, models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from milo.cli import own

    where = Where(url=server.url, token=server.token)
    own.add("typed", onnx=models / "sam", where=where)
    own.look_again("typed", where=where)
    own.list_own(where=where)
    out = capsys.readouterr().out
    assert '"typed" (onnx): segment, sam1.' in out
    assert "finder" in out
    assert "detect" in out
    own.remove("typed", where=where)
    with pytest.raises(NotFound, match="Registered: clicker, finder"):
        own.remove("typed", where=where)
    with pytest.raises(Invalid, match=r"Give .*--onnx"):
        own.add("x", where=where)
