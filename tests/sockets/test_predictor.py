"""A function in one's own process answers the items of a project: what it is given, what is taken, and how it goes on."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import milo
from milo import Client
from milo.api.server import PrivateServer
from milo.cli.predict import load
from milo.domain.errors import Conflict, Forbidden, Invalid, InvalidConfig, NotFound
from milo.sdk import GivenItem, Project
from milo.sdk.predicting import read_answer

SPEC: dict[str, Any] = {
    "name": "Mine",
    "fields": [{"name": "text"}],
    "questions": [
        {"name": "topic", "type": "choice", "config": {"labels": ["bug", "praise"]}},
        {"name": "names", "type": "spans", "required": False, "config": {"labels": ["who"]}},
    ],
    "policy": {"blind_share": 0.0, "order": "imported", "window": 10, "hidden": ["meta.answer"]},
}


@pytest.fixture
def project(client: Client) -> Iterator[Project]:
    made = client.create_project(SPEC)
    yield made
    made.delete()


def add(project: Project, n: int, start: int = 0) -> list[int]:
    rows = [
        {"text": f"{'it crashes' if k % 2 else 'I love it'} {k}", "key": str(k), "answer": "x"} for k in range(start, start + n)
    ]
    return project.import_rows(rows).ids


def test_it_suggests_goes_on_and_lists_what_failed(project: Project, client: Client) -> None:
    ids = add(project, 230)
    calls: list[int] = []

    @milo.predictor("topic", name="mine")
    def mine(item: GivenItem) -> Any:
        calls.append(item.id)
        assert item.meta == {}, "what is hidden from people is hidden from the function"
        if item.key == "3":
            raise ValueError("three is too much")
        if item.key == "4":
            return None
        if item.key == "6":
            return {"label": "nonsense"}
        return {"label": "bug" if "crashes" in item["text"] else "praise", "score": np.float32(0.75), "reason": "a word"}

    first = project.predict(mine, limit=40)
    assert len(calls) == 40
    done = project.predict(mine)
    assert sorted(calls) == ids, "every item once, over both runs"
    assert (first.run, done.suggested, done.passed, done.failed) == (done.run, 227, 1, 2)
    assert set(first.errors) == {ids[3], ids[6]}
    assert "ValueError: three is too much (test_predictor.py, line" in first.errors[ids[3]]
    assert "does not fit" in first.errors[ids[6]]
    http = project._http
    listed = http.get(f"/projects/{project.id}/runs/{done.run}/errors", list[dict[str, Any]])
    assert {one["item_id"] for one in listed} == {ids[3], ids[6]}
    shown = project.open(ids[1]).suggestions
    assert [(s.value, s.score, s.source, s.reason) for s in shown] == [("bug", 0.75, "mine", "a word")]
    assert project.count(suggested="topic:praise") == 113

    assert project.predict(mine).errors == {}
    assert len(calls) == 230, "nothing is asked twice"
    again = project.predict(mine, retry=True)
    assert len(calls) == 232
    assert (again.failed, again.suggested) == (2, 227)

    add(project, 3, 1000)
    assert project.predict(mine).suggested == 230

    http.send("POST", f"/projects/{project.id}/runs/{done.run}/undo")
    newer = milo.predictor("topic", name="mine", version=2, batch=32)(lambda items: ["bug"] * len(items))
    assert project.predict(newer, workers=2).suggested == 233
    assert {s.version for s in project.open(ids[1]).suggestions} == {2}


def test_a_list_that_fails_is_asked_one_by_one(project: Project) -> None:
    ids = add(project, 10)

    @milo.predictor("topic", batch=4)
    def lists(items: list[GivenItem]) -> list[str]:
        if any(item.key == "5" for item in items):
            raise RuntimeError("five")
        return ["bug" for _ in items]

    done = project.predict(lists)
    assert (done.suggested, list(done.errors)) == (9, [ids[5]])


def test_spans_are_checked_against_the_text(project: Project) -> None:
    ids = project.import_rows([{"text": "Zoë 👋 met Ann"}, {"text": "no"}]).ids

    @milo.predictor("names")
    def names(item: GivenItem) -> Any:
        start = item.text.find("Ann")
        return {"value": [{"start": start, "end": start + 3, "label": "who"}], "score": 0.5}

    done = project.predict(names)
    (said,) = project.open(ids[0]).suggestions
    assert said.value[0] | {"id": None} == {"start": 10, "end": 13, "label": "who", "id": None}
    assert list(done.errors) == [ids[1]]


def test_blind_items_are_never_given(client: Client, folder: Path) -> None:
    project = client.create_project({**SPEC, "policy": {"blind_share": 0.3, "order": "random"}})
    ids = add(project, 100)
    with closing(sqlite3.connect(folder / "milo.db")) as db:
        blind = {r[0] for r in db.execute("SELECT id FROM item WHERE blind = 1 AND id >= ?", (ids[0],))}
    assert blind
    seen: list[int] = []
    mine = milo.predictor("topic", name="mine")(lambda item: seen.append(item.id) or "bug")
    done = project.predict(mine, everything=True)
    assert len(ids) == 100
    assert not blind & set(seen)
    assert set(ids) - blind - set(seen) == set(), done
    http = project._http
    said = [{"item_id": i, "value": "bug"} for i in blind]
    taken = http.call("POST", f"/projects/{project.id}/elsewhere/{done.run}/answers", dict[str, Any], {"answers": said})
    assert taken["stored"] == 0
    assert len(taken["refused"]) == len(blind)
    project.delete()


def test_live_waits_for_new_items(project: Project) -> None:
    add(project, 3)
    heard, stop = threading.Event(), threading.Event()

    @milo.predictor("topic", name="live")
    def live(item: GivenItem) -> str:
        if item.key == "1001":
            heard.set()
        return "bug"

    out: list[Any] = []
    thread = threading.Thread(target=lambda: out.append(project.predict(live, live=True, every=0.05, should_stop=stop.is_set)))
    thread.start()
    add(project, 2, 1000)
    assert heard.wait(60)
    stop.set()
    thread.join(60)
    assert out[0].suggested >= 4


def test_one_that_always_fails_ends_early(project: Project) -> None:
    add(project, 260)

    @milo.predictor("topic", name="broken")
    def broken(item: GivenItem) -> str:
        raise KeyError("model")

    done = project.predict(broken)
    assert done.failed == 110, "a window of ten, and a page"
    assert "failures in a row" in done.message


def test_files_are_fetched_when_asked_for(client: Client, tmp_path: Path) -> None:
    for n, colour in enumerate(("red", "blue")):
        Image.new("RGB", (20, 10), colour).save(tmp_path / f"{n}.png")
    project = client.create_project(
        {**SPEC, "fields": [{"name": "image", "kind": "image"}], "questions": SPEC["questions"][:1]}
    )
    project.import_path(tmp_path)

    @milo.predictor("topic", name="colours")
    def colours(item: GivenItem) -> str:
        with Image.open(item.path()) as image:
            assert image.size == (20, 10)
            return "bug" if image.convert("RGB").getpixel((0, 0)) == (255, 0, 0) else "praise"

    assert project.predict(colours).suggested == 2
    assert project.count(suggested="topic:bug") == 1
    project.delete()


def test_of_html_it_gets_and_marks_the_visible_text(client: Client) -> None:
    project = client.create_project({**SPEC, "fields": [{"name": "mail", "kind": "html"}], "questions": SPEC["questions"][1:]})
    project.import_rows([{"mail": "<p>Dear <b>Ms\u00a0N&uacute;&ntilde;ez</b>,</p><script>x()</script>", "key": "0"}])

    @milo.predictor("names", name="names")
    def names(item: GivenItem) -> list[dict[str, Any]]:
        assert item["mail"] == item.text == "Dear Ms\u00a0Núñez,"
        return [{"start": 5, "end": 13, "label": "who"}]

    assert project.predict(names).suggested == 1
    (row,) = project.items()
    (given,) = project.open(row.id).suggestions
    assert [(one["start"], one["end"]) for one in given.value] == [(5, 13)]
    project.delete()


def test_rights_names_and_versions(project: Project, client: Client, server: PrivateServer) -> None:
    add(project, 2)
    with pytest.raises(InvalidConfig, match="no question"):
        project.predict(milo.predictor("nothing", name="a")(lambda item: "bug"))
    with pytest.raises(InvalidConfig, match="no valid name"):
        project.predict(milo.predictor("topic", name="9 lives")(lambda item: "bug"))
    with pytest.raises(InvalidConfig, match="count from 1"):
        project.predict(milo.predictor("topic", name="a", version=0)(lambda item: "bug"))
    with pytest.raises(Conflict, match="already"):
        project.predict(milo.predictor("topic", name="text_topic")(lambda item: "bug"))
    user = client.add_user("rev", "correct horse")
    project.add_member(user.id, "reviewer")
    with Client(server.url, login="rev", password="correct horse") as reviewer, pytest.raises(Forbidden):
        reviewer.project(project.id).predict(milo.predictor("topic", name="a")(lambda item: "bug"))


@pytest.mark.parametrize(
    ("answer", "value", "score"),
    [
        ("bug", "bug", None),
        (3, 3, None),
        ({"label": "bug", "score": 0.5}, "bug", 0.5),
        ({"labels": ("a", "b")}, ["a", "b"], None),
        ({"clarity": 3}, {"clarity": 3}, None),
        ({"value": {"label": 1}}, {"label": 1}, None),
        (np.array([1, 2]), [1, 2], None),
        ({"value": [{"x": np.float64(1.5)}], "score": np.float64(0.25)}, [{"x": 1.5}], 0.25),
    ],
)
def test_forms_of_answers(answer: Any, value: Any, score: float | None) -> None:
    said = read_answer(answer)
    assert (said["value"], said.get("score")) == (value, score)
    json.dumps(said)


@pytest.mark.parametrize(
    "answer", [{"label": "a", "value": "b"}, {"label": "a", "score": "high"}, float("nan"), [float("inf")]]
)
def test_forms_that_make_no_sense(answer: Any) -> None:
    with pytest.raises(Invalid):
        read_answer(answer)


def test_a_file_names_its_function(tmp_path: Path) -> None:
    file = tmp_path / "own_model.py"
    file.write_text("import milo\n@milo.predictor('topic')\ndef one(item): return 'bug'\n")
    assert load(str(file)).name == "one"
    assert load(f"{file}:one").question == "topic"
    with pytest.raises(NotFound, match="There are: one"):
        load(f"{file}:two")
    with pytest.raises(NotFound, match="no file"):
        load("nowhere.py:one")
    file.write_text("import nothing_like_this\n")
    with pytest.raises(Invalid, match="ModuleNotFoundError"):
        load(str(file))


def test_a_deleted_project_leaves_nothing_to_the_next_one(client: Client, folder: Path) -> None:
    """Ids are used again: what a run of the old project said must not count as said of the new project's items."""
    project = client.create_project(SPEC)
    ids = add(project, 12)

    @milo.predictor("topic", name="goes")
    def goes(item: GivenItem) -> str:
        if item.key == "3":
            raise ValueError("three")
        return "bug"

    project.predict(goes)
    project.delete()
    with closing(sqlite3.connect(folder / "milo.db")) as db:
        end = time.monotonic() + 60
        while db.execute("SELECT count(*) FROM item WHERE id >= ?", (ids[0],)).fetchone()[0]:
            assert time.monotonic() < end
            time.sleep(0.02)
        for table in ("signal", "run_error"):
            assert db.execute(f"SELECT count(*) FROM {table} WHERE item_id >= ?", (ids[0],)).fetchone() == (0,), table
