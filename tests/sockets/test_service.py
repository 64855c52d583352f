"""A service that speaks Label Studio's ML backend protocol: a real small server answers, slowly, wrongly, or not at all."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image

from milo import Client
from milo.builtin.predictors import _ml_backend as protocol
from milo.builtin.predictors.service import PLUGIN
from milo.domain.errors import BadAnswer, Invalid, InvalidConfig, ModelRefused, RuleForbids, Unreachable
from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate
from milo.kinds.registry import Registry
from milo.testing import check_predictor

TEXT = (Field("text"),)


class Small(ThreadingHTTPServer):
    """Words decide: a backend as people write them, with `behave` to misbehave."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.behave = ""
        self.asked: list[tuple[str, Any]] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers that went away are part of the test."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answers(BaseHTTPRequestHandler):
    server: Small  # pyright: ignore[reportIncompatibleVariableOverride]

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self._reply(200, {"status": "DOWN" if self.server.behave == "down" else "UP", "model_class": "Words"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, body))
        if self.path == "/setup":
            return self._reply(201, {"model_version": "words-1"})
        how = self.server.behave
        if how == "slow":
            time.sleep(1.0)
        if how == "html":
            return self._reply(200, None, b"<html>no</html>")
        if how == "huge":
            return self._reply(200, None, b'"' + b"x" * 3000 + b'"')
        if how == "redirect":
            return self._reply(302, {})
        if any("explode" in str(task["data"].get("text")) for task in body["tasks"]) or how == "always fails":
            return self._reply(500, {"detail": "out of words"})
        results = [answer(body["label_config"], task) for task in body["tasks"]]
        return self._reply(200, {"results": results[:-1] if how == "short" else results})

    def _reply(self, status: int, body: Any, raw: bytes | None = None) -> None:
        out = json.dumps(body).encode() if raw is None else raw
        self.send_response(status)
        self.send_header("Content-Length", str(len(out)))
        if status == 302:
            self.send_header("Location", "http://169.254.169.254/")
        self.end_headers()
        self.wfile.write(out)


def answer(config: str, task: dict[str, Any]) -> Any:
    """What a backend does: look what the controls are, and answer in their form."""
    control = next(e for e in ElementTree.fromstring(config).iter() if e.get("toName"))
    about = {"from_name": control.get("name"), "to_name": control.get("toName")}
    text = str(task["data"].get("text", ""))
    if control.tag == "Choices":
        label = "bug" if "crash" in text else "praise"
        one = {**about, "type": "choices", "value": {"choices": [label]}}
        return {"result": [one], "score": 0.75, "model_version": "words-1"}
    if control.tag == "Labels":
        at = text.find("Ann")
        place = {"start": at, "end": at + 3, "text": "Ann", "labels": ["who"]}
        return [{"result": [{**about, "id": "a", "type": "labels", "value": place}] if at >= 0 else [], "score": 2.5}]
    with Image.open(task["data"]["image"]) as image:
        assert image.size == (200, 100)
    box = {"x": 10, "y": 20, "width": 50, "height": 40, "rotation": 0, "rectanglelabels": ["car"]}
    return {"result": [{**about, "type": "rectanglelabels", "value": box}], "score": 0.5}


@pytest.fixture(scope="module")
def running() -> Iterator[Small]:
    server = Small()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def small(running: Small) -> Small:
    running.behave, running.asked = "", []
    return running


def choice() -> Question:
    return Question("topic", "choice", config={"labels": ["bug", "praise"]}, shape="label")


CONFIG = '<View><Text name="text" value="$text"/><Choices name="topic" toName="text"><Choice value="bug"/><Choice value="praise"/></Choices></View>'


def config(small: Small, **more: Any) -> dict[str, Any]:
    return {"own": "words", "path": small.address, "settings": {"timeout": 5.0, **more}, "label_config": CONFIG}


def texts(*given: str) -> list[Candidate]:
    return [Candidate(n, {"text": text}) for n, text in enumerate(given, 1)]


def test_predictions_come_back_in_batches(small: Small) -> None:
    found = list(PLUGIN.predict(choice(), TEXT, config(small), None, texts(*(["it crashes", "lovely"] * 10))))
    assert [(p.item_id, p.value, p.score) for p in found][:2] == [(1, "bug", 0.75), (2, "praise", 0.75)]
    assert len(found) == 20
    assert [path for path, _ in small.asked] == ["/setup", "/predict", "/predict", "/predict"]
    assert small.asked[0][1]["schema"] == CONFIG


def test_marks_count_in_the_visible_text(small: Small) -> None:
    question = Question("who", "spans", field="text", config={"labels": ["who"], "reads": "html"}, shape="spans")
    asked = '<View><Text name="text" value="$text"/><Labels name="who" toName="text"><Label value="who"/></Labels></View>'
    found = list(PLUGIN.predict(question, TEXT, {**config(small), "label_config": asked}, None, texts("<p>To <b>Ann</b></p>")))
    assert small.asked[-1][1]["tasks"][0]["data"] == {"text": "To Ann"}
    assert [(mark["start"], mark["end"]) for mark in found[0].value] == [(3, 6)]


def test_it_keeps_the_promises_of_a_predictor(small: Small, registry: Registry) -> None:
    class Bound:
        """The settings that the server adds are there already."""

        name, title, learns = PLUGIN.name, PLUGIN.title, False
        accepts, fit = PLUGIN.accepts, PLUGIN.fit
        check_config = staticmethod(lambda config, question: config)
        predict = PLUGIN.predict

    assert (
        len(
            check_predictor(
                Bound(), choice(), TEXT, config(small), [], texts("it crashes", "no"), registry.task_types.get("choice")
            )
        )
        == 2
    )


def test_one_task_that_it_fails_at_is_passed_over(small: Small) -> None:
    found = list(PLUGIN.predict(choice(), TEXT, config(small), None, texts("a", "explode", "it crashes")))
    assert [(p.item_id, p.value) for p in found] == [(1, "praise"), (3, "bug")]
    small.behave = "always fails"
    with pytest.raises(ModelRefused, match=r"answered 500.*out of words"):
        list(PLUGIN.predict(choice(), TEXT, config(small), None, texts(*"abcdefgh")))


def test_what_goes_wrong_is_said(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MOST_BYTES", 2000)
    for how, error, said in (
        ("slow", Unreachable, "within 0.2 s"),
        ("html", BadAnswer, "no JSON; it begins with '<html>"),
        ("huge", BadAnswer, "larger than"),
        ("short", BadAnswer, "given 2 tasks and answered with 1 results"),
        ("redirect", ModelRefused, "answered 302"),
    ):
        small.behave = how
        with pytest.raises(error, match=said):
            list(PLUGIN.predict(choice(), TEXT, config(small, timeout=0.2 if how == "slow" else 5.0), None, texts("a", "b")))
    small.behave = "down"
    with pytest.raises(ModelRefused, match="not well"):
        PLUGIN.describe(small.address, {})
    with pytest.raises(Unreachable, match="Does it run"):
        PLUGIN.describe("http://127.0.0.1:9", {"timeout": 2.0})


def test_addresses_and_settings() -> None:
    assert PLUGIN.check_place(" http://127.0.0.1:9090/ml/ ", {}) == (
        "http://127.0.0.1:9090/ml",
        {"timeout": 30.0, "files": "path"},
    )
    for place in (
        "127.0.0.1:9090",
        "file:///etc/passwd",
        "http://",
        "http://a b",
        "http://u:p@host",
        "http://h?x=1",
        "ftp://h",
        "http://h:99999",
        "http://169.254.169.254",
    ):
        with pytest.raises(InvalidConfig):
            PLUGIN.check_place(place, {})
    for settings in ({"timeout": 0}, {"timeout": True}, {"files": "http"}, {"key": "x"}):
        with pytest.raises(InvalidConfig):
            PLUGIN.check_place("http://h", settings)


def test_over_the_interface(client: Client, small: Small, tmp_path: Path) -> None:
    own = client.add_own_model("words", "service", f"{small.address}/", timeout=5)
    assert (own.info.task, own.info.detail, own.info.place) == ("answer", "Words", small.address)
    questions = [
        {"name": "topic", "type": "choice", "config": {"labels": ["bug", "praise"]}},
        {"name": "names", "type": "spans", "required": False, "config": {"labels": ["who"]}},
    ]
    fields = [{"name": "text"}, {"name": "secret"}, {"name": "key"}]
    quiet = {"blind_share": 0.0, "order": "imported"}
    project = client.create_project({"name": "Words", "fields": fields, "questions": questions, "policy": quiet})
    first = {"text": "👋 Ann says it crashes", "secret": "x", "key": "y"}
    ids = project.import_rows([{"data": first, "meta": {"m": 1}}, {"data": {"text": "lovely"}}]).ids
    with pytest.raises(RuleForbids, match=r"policy\.data\.models"):
        project.add_model("service", "topic", config={"own": "words"})
    project.change(policy={**quiet, "data": {"models": ["local"], "mask": ["email"], "mask_local": True}})
    with pytest.raises(RuleForbids, match="masks personal data"):
        project.add_model("service", "topic", config={"own": "words"})
    project.change(policy={**quiet, "data": {"models": ["local"], "fields": {"secret": []}}, "hidden": ["key"]})
    for question in ("topic", "names"):
        project.add_model("service", question, name=f"said_{question}", config={"own": "words"}).suggest(everything=True)
    sent = [task for path, body in small.asked if path == "/predict" for task in body["tasks"]]
    assert all(set(task) == {"id", "data"} and set(task["data"]) == {"text"} for task in sent), "no metadata, nothing withheld"
    said = {s.question: s for s in project.open(ids[0]).suggestions}
    assert (said["topic"].value, said["topic"].score) == ("bug", 0.75)
    assert (said["names"].value[0]["start"], said["names"].value[0]["end"]) == (2, 5)
    assert said["names"].score is None, "2.5 is no probability"
    with pytest.raises(InvalidConfig, match='Registered: "words"'):
        project.add_model("service", "topic", config={"own": "http://169.254.169.254"})
    project.delete()

    Image.new("RGB", (200, 100)).save(tmp_path / "a.png")
    boxes = [{"name": "things", "type": "boxes", "config": {"labels": ["car"]}}]
    drawn = client.create_project(
        {
            "name": "Cars",
            "fields": [{"name": "image", "kind": "image"}],
            "questions": boxes,
            "policy": {**quiet, "data": {"models": ["words"]}},
        }
    )
    drawn.import_path(tmp_path)
    drawn.add_model("service", "things", config={"own": "words"}).suggest(everything=True)
    (box,) = drawn.open(next(iter(drawn.items())).id).suggestions[0].value
    assert (box["x"], box["y"], box["w"], box["h"], box["label"]) == (20, 20, 100, 40, "car")
    small.behave = "down"
    with pytest.raises(Invalid, match="not well"):
        own.test()
    drawn.delete()
    own.remove()
