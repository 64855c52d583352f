"""The search for near-duplicates as a job of the server: what it keeps, when it is out of date, how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data_bench import Bench
from milo.infra.near_work import _Search  # pyright: ignore[reportPrivateUsage]

LATE = [
    "My parcel is late and nobody answers the phone",
    "my parcel is late, and nobody answers the phone!",
    "I was charged twice",
]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = Bench(tmp_path_factory.mktemp("near"))
    yield made
    made.close()


def search(bench: Bench, **asked: object) -> dict[str, object] | None:
    job = bench.wait(bench.call("POST", "/duplicates", asked)["id"])
    assert job.state == "done", job.error
    return job.result


def test_groups_are_kept_with_their_likeness(bench: Bench) -> None:
    bench.project()
    ids = bench.add(*LATE)
    assert bench.call("GET", "/duplicates")["search"] is None
    assert search(bench) == {"field": "text", "items": 3, "groups": 1, "spare": 1}
    found = bench.call("GET", "/duplicates")
    [group] = found["groups"]
    assert [(one["id"], one["likeness"], one["text"]) for one in group["items"]] == [(ids[0], 1, LATE[0]), (ids[1], 1, LATE[1])]
    assert (found["job"]["state"], found["search"]["least"], found["newer"]) == ("done", 0.7, 0)
    assert bench.call("GET", f"/duplicates/{group['id']}?offset=1")[0]["id"] == ids[1]


def test_items_that_came_since_make_it_out_of_date(bench: Bench) -> None:
    bench.project()
    bench.add(*LATE)
    search(bench)
    bench.add("Something else", "And more")
    assert bench.call("GET", "/duplicates")["newer"] == 2
    search(bench)
    assert bench.call("GET", "/duplicates")["newer"] == 0


def test_html_is_compared_as_it_is_read(bench: Bench) -> None:
    bench.project(fields=[{"name": "page", "kind": "html"}])
    rows = [
        {"data": {"page": f"<{tag} class='c{n}'>Four plain words here</{tag}>"}} for n, tag in enumerate(("p", "div", "h1"))
    ]
    bench.call("POST", "/items", rows)
    search(bench)
    assert bench.call("GET", "/duplicates")["groups"][0]["n"] == 3


def test_a_search_that_is_cancelled_keeps_what_the_last_one_found(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.project()
    bench.add(*LATE)
    search(bench)
    jobs = bench.ws.jobs
    monkeypatch.setattr(jobs, "stopping", lambda _: True)
    job = bench.call("POST", "/duplicates", {"least": 0.9})["id"]
    jobs.cancel(job)
    assert bench.wait(job).state == "cancelled"
    monkeypatch.undo()
    assert bench.call("GET", "/duplicates")["search"]["least"] == 0.7


def test_a_child_that_began_anew_is_noticed() -> None:
    with pytest.raises(ValueError, match="ended early"):
        _Search().answer({"do": "step", "given": 3, "least": 0.7})


def test_what_cannot_be_searched_is_told(bench: Bench) -> None:
    bench.project()
    assert bench.ask("POST", "/duplicates", {"field": "body"}).status_code == 422
    assert bench.ask("POST", "/duplicates", {"least": 0.1}).status_code == 422
    assert bench.ask("GET", "/duplicates/999").status_code == 404


def test_a_project_that_is_deleted_leaves_nothing(bench: Bench, tmp_path: Path) -> None:
    project = bench.project()
    bench.add(*LATE)
    search(bench)
    bench.call("DELETE", f"/api/projects/{project}")
    left = "SELECT (SELECT count(*) FROM near_search WHERE project_id = ?) + (SELECT count(*) FROM near_group WHERE project_id = ?)"
    bench.until(lambda: bench.one(left, project, project) == 0)
