"""The Python client against a real server: the whole journey, and what happens on a bad line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from milo import Client
from milo.api.server import PrivateServer
from milo.domain.errors import Conflict, Forbidden, InvalidConfig, NotFound, TooMany, Unauthenticated
from milo.sdk import Job, JobFailed, Project, Unreachable
from milo.sdk.http import Http
from milo.sdk.shapes import JobInfo, Status
from sdk.conftest import PASSWORD


def test_the_whole_journey(project: Project, tmp_path: Path) -> None:
    rows = [{"key": str(n), "text": f"{'it crashes' if n % 2 else 'I love it'} number {n}", "lang": "en"} for n in range(40)]
    assert project.import_rows(iter(rows), chunk=7).added == 40
    assert project.import_rows(rows).repeated == 40

    for number, work in enumerate(project.work()):
        assert work.item.meta == {"lang": "en"}
        outcome = work.submit({"topic": "bug" if "crashes" in work.data["text"] else "praise"})
        assert outcome.ok
        if number == 29:
            break
    counts = project.status()
    assert (counts.done, counts.answers) == (30, 30)

    model = project.model("text_topic")
    model.train()
    assert model.info.state in ("ready", "training"), "the loop may have begun the next training by itself"
    assert model.info.version >= 1
    model.suggest(everything=True)
    assert project.count(has="suggestion", status="new") + project.count(has="suggestion", status="open") > 0

    exported = list(project.export(what="resolved", status="done"))
    assert len(exported) == 30
    assert {row["labels"]["topic"] for row in exported} == {"bug", "praise"}

    project.export(tmp_path / "labels.csv")
    assert (tmp_path / "labels.csv").read_text(encoding="utf-8").count("\n") >= 41
    assert not list(tmp_path.glob("*.part"))


def test_an_answer_sent_twice_counts_once(project: Project) -> None:
    project.import_rows([{"text": "a"}])
    work = next(project.work())
    assert work.submit({"topic": "bug"}).annotations == work.submit({"topic": "bug"}).annotations
    assert project.status().answers == 1


def test_files_and_folders_are_uploaded(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(json.dumps({"text": f"row {n}"}) for n in range(20)))
    seen: list[int] = []
    result = project.import_file(file, on_progress=lambda info: seen.append(info.done)).info.result
    assert result is not None
    assert result["added"] == 20
    folder = tmp_path / "texts"
    (folder / "a").mkdir(parents=True)
    for name in ("one.txt", "a/two.txt"):
        (folder / name).write_text(name)
    result = project.import_file(folder).info.result
    assert result is not None
    assert result["added"] == 2


def test_suggestions_made_elsewhere(project: Project) -> None:
    project.import_rows([{"text": "a"}, {"text": "b"}])
    ids = [row.id for row in project.items()]
    rows = [{"item_id": one, "question": "topic", "value": "bug", "score": 0.9} for one in ids]
    assert (
        project.add_suggestions([*rows, {"item_id": ids[0], "question": "topic", "value": "nonsense"}], name="mine").added == 2
    )
    accepted = project.accept("topic", 0.5, dry_run=True)
    assert accepted["changed"] == 2
    done = project.accept("topic", 0.5)
    assert project.status().done == 2
    project.undo(done["bulk"])
    assert project.status().done == 0
    assert [s.source for s in project.open(ids[0]).suggestions] == ["mine"]


def test_projects_are_found_by_name(client: Client, project: Project) -> None:
    assert client.project("Tickets").id == project.id
    assert client.project(project.id).name == "Tickets"
    with pytest.raises(NotFound, match='no project "Nope"'):
        client.project("Nope")
    twin = client.create_project(project.spec, name="Tickets")
    with pytest.raises(Conflict, match="Several projects"):
        client.project("Tickets")
    twin.delete()


def test_a_project_from_a_recipe_and_from_a_file(client: Client, tmp_path: Path) -> None:
    made = client.create_project(recipe="entity_spans", name="Names")
    file = tmp_path / "project.yaml"
    file.write_text(made.to_file())
    again = client.create_project(file=file, name="Names again")
    assert again.spec.questions == made.spec.questions
    assert again.change(guidelines="Be kind.").spec.guidelines == "Be kind."
    made.delete()
    again.delete()


def test_people(client: Client, server: PrivateServer, project: Project) -> None:
    user = client.add_user("bo", PASSWORD, role="annotator")
    project.add_member(user.id, "annotator")
    assert {m.user.login: m.role for m in project.members()}["bo"] == "annotator"
    with Client(server.url, login="bo", password=PASSWORD) as bo:
        assert bo.me().login == "bo"
        made = bo.add_token("laptop")
        assert made.token.startswith("milo_")
        with pytest.raises(Forbidden):
            bo.project(project.id).models()
        bo.drop_token(made.id)
    with pytest.raises(Unauthenticated):
        Client(server.url, login="bo", password="wrong wrong")
    client.change_user(user.id, active=False)


def test_errors_keep_their_kind_and_place(client: Client) -> None:
    with pytest.raises(InvalidConfig) as caught:
        client.create_project({"name": "", "fields": [{"name": "text"}], "questions": []})
    assert caught.value.place == "name"


def test_what_cannot_be_imported_is_told(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "broken.parquet"
    file.write_bytes(b"PAR1 this is not parquet")
    result = project.import_file(file, format="parquet").info.result
    assert result is not None
    assert (result["added"], result["bad"]) == (0, 1)
    with pytest.raises(NotFound):
        project.import_path(tmp_path / "nowhere.csv")


def test_a_job_that_ends_badly_raises(project: Project, server: PrivateServer) -> None:
    info = JobInfo(1, project.id, "import", "failed", 0, None, None, None, "", "The file went away.", None)
    with pytest.raises(JobFailed, match="The file went away"):
        Job(Http(server.url), info).wait()
    with pytest.raises(JobFailed, match="was cancelled"):
        Job(Http(server.url), msgspec.structs.replace(info, state="cancelled", error=None)).wait()


class Line(httpx2.BaseTransport):
    """A connection that fails as told: an exception, or (status, headers, body)."""

    def __init__(self, *events: Any) -> None:
        self.events, self.sent = list(events), 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.sent += 1
        event = self.events.pop(0) if len(self.events) > 1 else self.events[0]
        if isinstance(event, Exception):
            raise event
        status, headers, body = event
        return httpx2.Response(status, headers=headers, content=body)


OK = (200, {}, b'{"version": "1", "needs_setup": false, "signed_in": true}')
LOST = httpx2.ConnectError("refused")


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waits: list[float] = []
    monkeypatch.setattr("milo.sdk.http.time.sleep", waits.append)
    return waits


def test_safe_requests_are_repeated(no_waiting: list[float]) -> None:
    line = Line(LOST, (503, {}, b""), (429, {"retry-after": "7"}, b""), OK)
    assert Http("http://milo", transport=line).get("/status", Status).version == "1"
    assert line.sent == 4
    assert no_waiting[-1] == 7


def test_changes_are_sent_once_unless_they_may_be_repeated() -> None:
    line = Line(LOST)
    with pytest.raises(Unreachable, match="Is the server running"):
        Http("http://milo", transport=line).call("POST", "/projects", dict[str, Any], {})
    assert line.sent == 1
    with pytest.raises(Unreachable):
        Http("http://milo", transport=line).call("POST", "/answers", dict[str, Any], {}, repeatable=True)
    assert line.sent == 6


def test_a_stranger_on_the_line_is_no_crash() -> None:
    line = Line((404, {}, b"<html>nginx</html>"))
    with pytest.raises(Exception, match="no answer of Milo"):
        Http("http://milo", transport=line).get("/status", Status)
    braked = Line((429, {"retry-after": "3"}, b'{"error": {"code": "TooMany", "message": "slow", "place": null}}'))
    with pytest.raises(TooMany) as caught:
        Http("http://milo", transport=braked).call("POST", "/login", dict[str, Any], {})
    assert caught.value.retry_after == 3
