"""The assistant over the whole interface: it streams, proposes what was checked, quotes what stands there, and says what went
wrong."""

from __future__ import annotations

import http.client
import io
import json
from itertools import repeat
from pathlib import Path
from typing import Any

from PIL import Image

from data_bench import PASSWORD, Bench
from llm.assist_bench import HOUSE, MOOD, OPEN_TO_ALL, TEXT, ask, only, said, until
from llm.puppet import CUT, HANG, Puppet, connect
from milo.api.server import PrivateServer
from milo.flow.assist import MAX_TEXT
from milo.flow.assist_reading import MAX_ANSWER
from milo.kinds.provider import MediaPart
from milo.settings import Settings

# what it says


def test_words_come_piece_by_piece_and_the_exchange_is_on_record(house: Any, puppet: Puppet) -> None:
    puppet.says = [["The guidelines ", "do not say."]]
    found = ask(house, "guide", text="What about irony?")
    assert [name for name, _ in found] == ["text", "text", "done"]
    assert said(found) == "The guidelines do not say."
    ((turn, kind, question, asked, answered, stopped, first),) = house.all(
        "SELECT id, kind, question, asked, answered, stopped, first_token FROM assist_turn WHERE project_id = ?", house.p
    )
    assert (kind, question, asked, answered, stopped) == ("guide", "mood", "What about irony?", said(found), 0)
    assert only(found, "done")["turn"] == turn
    assert first is not None
    assert "What about irony?" in puppet.read
    assert TEXT in puppet.read
    assert "Sarcasm is bad as well." in puppet.read


def test_a_passage_is_a_quote_only_if_it_stands_in_the_guidelines(house: Any, puppet: Puppet) -> None:
    puppet.says = [["It is bad.\n> sarcasm is ", "bad as well.\n\nAlso:\n> Irony is always good, by rule.\nDone."]]
    found = ask(house, "guide")
    assert only(found, "quote") == {"text": "Sarcasm is bad as well.", "heading": "Bad"}
    assert "Irony is always good, by rule." in said(found)
    assert ">" not in said(found)
    assert only(found, "unproven") == {"count": 1}


def test_a_draft_is_checked_and_reads_out_its_reason(house: Any, puppet: Puppet) -> None:
    puppet.says = [['{"reason": "Ann is ha', 'ppy.", "answer": "go', 'od"}']]
    found = ask(house, "draft")
    assert [name for name, _ in found] == ["text", "text", "proposal", "done"]
    assert said(found) == "Ann is happy."
    assert only(found, "proposal") == {"question": "mood", "value": "good", "reason": "Ann is happy."}
    schema = puppet.asked[0].json_schema
    assert schema is not None
    assert set(schema["properties"]) == {"reason", "answer"}
    assert house.counts()["answers"] == 0


def test_an_open_answer_streams_its_words_with_whatever_escapes_cut_in_two(house: Any, puppet: Puppet) -> None:
    whole = json.dumps({"answer": 'She said "fine"\n😀 – ok\\'})
    puppet.says = [[whole[i : i + 3] for i in range(0, len(whole), 3)]]
    found = ask(house, "draft", "why")
    assert said(found, "draft") == only(found, "proposal")["value"] == 'She said "fine"\n😀 – ok\\'


def test_a_server_that_ignores_the_form_may_still_write_an_open_answer(house: Any, puppet: Puppet) -> None:
    puppet.says = [["Because she ", "smiled."]]
    assert only(ask(house, "draft", "why"), "proposal")["value"] == "Because she smiled."
    puppet.says = [['```json\n{"answer": "In a fence."}\n```']]
    assert only(ask(house, "draft", "why"), "proposal")["value"] == "In a fence."


def test_quotes_become_offsets_on_our_own_text(house: Any, puppet: Puppet) -> None:
    answer = [
        {"quote": "Ann", "label": "person", "occurrence": 1},
        {"quote": "Bob", "label": "person", "occurrence": 1},
        {"quote": "Ann", "label": "person", "occurrence": 2},
    ]
    puppet.says = [
        [json.dumps({"reason": "Names.", "answer": [*answer, {"quote": "Rome", "label": "place", "occurrence": 1}]})]
    ]
    value = only(ask(house, "draft", "words"), "proposal")["value"]
    assert [(TEXT[s["start"] : s["end"]], s["label"]) for s in value] == [
        ("Ann", "person"), ("Bob", "person"), ("Rome", "place"), ("Ann", "person"),
    ]  # fmt: skip
    assert [s["start"] for s in value] == [0, 8, 15, 21]


def test_a_draft_that_does_not_fit_is_asked_for_once_more_and_then_given_up(house: Any, puppet: Puppet) -> None:
    wrong = json.dumps({"reason": "?", "answer": [{"quote": "Paris", "label": "place", "occurrence": 1}]})
    right = json.dumps({"reason": "?", "answer": [{"quote": "Rome", "label": "place", "occurrence": 1}]})
    puppet.says = [[wrong], [right]]
    found = ask(house, "draft", "words")
    assert "Paris" in only(found, "again")["message"]
    assert only(found, "proposal")["value"][0]["start"] == 15
    assert len(puppet.asked) == 2
    puppet.says = [[wrong]]
    found = ask(house, "draft", "words")
    assert "proposal" not in dict(found)
    assert only(found, "error")["code"] == "BadAnswer"
    for bad in ('{"reason": "", "answer": NaN}', '{"reason": "", "answer": "neutral"}', "[]", "{", ""):
        puppet.says = [[bad]]
        assert "proposal" not in dict(ask(house, "draft"))


def test_boxes_are_drawn_from_thousandths_of_the_picture(desk: Any, puppet: Puppet) -> None:
    boxes = {"name": "things", "type": "boxes", "config": {"labels": ["cat"]}}
    desk.project(boxes, fields=[{"name": "image", "kind": "image"}], assistant=HOUSE, data=OPEN_TO_ALL)
    raw = io.BytesIO()
    Image.new("RGB", (640, 480), "white").save(raw, "PNG")
    upload = desk.send("cat.png", raw.getvalue())
    assert desk.bring(upload=upload)["state"] == "done"
    desk.item = desk.call("GET", "/items/ids")["ids"][0]
    puppet.says = [
        [json.dumps({"reason": "A cat.", "answer": [{"x1": 500, "y1": 250, "x2": 1000, "y2": 1000, "label": "cat"}]})]
    ]
    assert only(ask(desk, "draft", "things"), "proposal")["value"] == [{"x": 320, "y": 120, "w": 320, "h": 360, "label": "cat"}]
    sent = [p for m in puppet.asked[0].messages for p in m.parts if isinstance(p, MediaPart)]
    assert [p.mime for p in sent] == ["image/jpeg"]
    connect(desk.ws, puppet, "sightless", probe={"abilities": {"images": False}})
    policy = desk.call("GET", "")["spec"]["policy"]
    desk.call("PATCH", "", {"policy": {**policy, "assistant": {"connection": "sightless"}}})
    refused = desk.ask("POST", f"/items/{desk.item}/assist", {"kind": "draft", "question": "things"})
    assert refused.status_code == 422
    assert "cannot take" in refused.json()["error"]["message"]


def test_check_and_rewrite_need_an_answer_and_see_it_as_words(house: Any, puppet: Puppet) -> None:
    for kind, question in (("check", "mood"), ("rewrite", "why")):
        reply = house.ask("POST", f"/items/{house.item}/assist", {"kind": kind, "question": question})
        assert (reply.status_code, reply.json()["error"]["place"]) == (422, "draft")
    ask(house, "check", "words", draft=[{"start": 15, "end": 19, "label": "place"}])
    assert '[{"quote":"Rome","label":"place","occurrence":1}]' in puppet.read
    puppet.says = [['{"answer": "Shorter."}']]
    assert only(ask(house, "rewrite", "why", draft="It is long.", text="shorter"), "proposal")["value"] == "Shorter."
    assert (
        house.ask("POST", f"/items/{house.item}/assist", {"kind": "check", "question": "mood", "draft": "odd"}).status_code
        == 422
    )
    reply = house.ask(
        "POST", f"/items/{house.item}/assist", {"kind": "guide", "question": "mood", "text": "x" * (MAX_TEXT + 1)}
    )
    assert reply.status_code == 422


def test_a_suggestion_is_explained_if_it_may_be_seen(house: Any, puppet: Puppet) -> None:
    house.suggest("elsewhere", [(house.item, "bad", 0.7)])
    (ident,) = house.all("SELECT id FROM annotation WHERE role = 'suggestion' AND item_id = ?", house.item)[0]
    ask(house, "explain", suggestion=ident)
    assert "elsewhere" in puppet.read
    for wrong in (ident + 1, None):
        reply = house.ask("POST", f"/items/{house.item}/assist", {"kind": "explain", "question": "mood", "suggestion": wrong})
        assert reply.status_code == 422


# when it goes wrong


def test_a_cut_line_an_endless_answer_and_one_without_stream(house: Any, puppet: Puppet) -> None:
    puppet.says = [["Some ", "words ", CUT]]
    found = ask(house, "guide")
    assert said(found) == "Some words "
    assert only(found, "error")["code"] == "Unreachable"
    assert found[-1][0] == "done"
    puppet.says = [repeat("long " * 2_000)]
    found = ask(house, "guide")
    assert len(said(found)) <= MAX_ANSWER
    assert only(found, "error")["code"] == "BadAnswer"
    assert puppet.ended[-1] == "left"
    puppet.says, puppet.streams = [["All ", "at once."]], False
    assert said(ask(house, "guide")) == "All at once."


def test_leaving_ends_the_call_upstream_and_is_noted(tmp_path: Path) -> None:
    puppet = Puppet(["One ", "two ", HANG])
    server = PrivateServer(Settings(workspace=tmp_path / "ws"))
    try:
        port = int(server.url.rsplit(":", 1)[1])
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        headers = {"Content-Type": "application/json"}

        def call(method: str, path: str, body: Any = None) -> Any:
            line.request(method, path, json.dumps(body), headers)
            reply = line.getresponse()
            out = reply.read()
            assert reply.status < 400, out
            return json.loads(out)

        call("POST", "/api/setup", {"login": "owner", "password": PASSWORD})
        headers["Authorization"] = f"Bearer {server.token}"
        connect(server._workspace, puppet)
        policy = {"blind_share": 0, "assistant": HOUSE, "data": OPEN_TO_ALL}
        spec = {"name": "P", "fields": [{"name": "text"}], "questions": [MOOD], "policy": policy}
        project = call("POST", "/api/projects", spec)["id"]
        item = call("POST", f"/api/projects/{project}/items", [{"data": {"text": "x"}}])["ids"][0]
        body = json.dumps({"kind": "guide", "question": "mood"})
        line.request("POST", f"/api/projects/{project}/items/{item}/assist", body, headers)
        reply = line.getresponse()
        start = reply.read1(65536)
        while b"two" not in start:
            start += reply.read1(65536)
        assert b"One" in start
        assert puppet.ended == []
        reply.close()
        line.close()
        until(lambda: puppet.ended == ["left"])
        stored = lambda: server._workspace.db.read(  # noqa: E731
            lambda c: c.execute("SELECT answered, stopped FROM assist_turn").fetchall()
        )
        until(lambda: stored() == [("One two ", 1)])
    finally:
        server.close()


def test_a_model_that_is_not_there_is_said_in_words(house: Any, world: tuple[Bench, Puppet]) -> None:
    connect(house.ws, world[1], "away")
    house.ws.db.write(lambda c: c.execute("UPDATE connection SET enabled = 0 WHERE name = 'away'"))
    policy = house.call("GET", "")["spec"]["policy"]
    for name, why in (("away", "switched off"), ("nobody", "no connected model")):
        house.call("PATCH", "", {"policy": {**policy, "assistant": {"connection": name}}})
        view = house.call("GET", "/assistant")
        assert (view["available"], why in view["reason"]) == (False, True)
        assert house.ask("POST", f"/items/{house.item}/assist", {"kind": "guide", "question": "mood"}).status_code in (404, 409)
