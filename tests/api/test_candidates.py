"""Comparing over the interface: no route tells those who answer which model made a candidate; the export does."""

from __future__ import annotations

import json
from typing import Any

from starlette.testclient import TestClient

from api.conftest import People

SPEC: dict[str, Any] = {
    "name": "Preferences",
    "fields": [{"name": "prompt"}, {"name": "answers", "kind": "table"}],
    "questions": [{"name": "better", "type": "pairwise", "field": "answers", "config": {"strength": 3}}],
    "policy": {"order": "imported", "blind_share": 0, "hidden": ["meta.model"]},
}
ITEM: dict[str, Any] = {
    "data": {
        "prompt": "Name a colour.",
        "answers": [{"text": "Blue.", "source": "CANARY-one"}, {"text": "A colour is red.", "source": "CANARY-two"}],
    },
    "meta": {"model": "CANARY-three", "day": "monday"},
}


def _project(client: TestClient, people: People) -> str:
    project = client.post("/api/projects", json=SPEC).json()["id"]
    for name in ("annotator", "reviewer", "manager"):
        client.put(f"/api/projects/{project}/members/{people.ids[name]}", json={"role": name})
    assert client.post(f"/api/projects/{project}/items", json=[ITEM]).json()["added"] == 1
    return f"/api/projects/{project}"


def test_who_made_a_candidate_stays_on_the_server(client: TestClient, people: People) -> None:
    at = _project(client, people)
    annotator = people.client("annotator")
    work = annotator.get(f"{at}/queue?n=1")
    item = work.json()[0]["item"]
    assert item["data"]["answers"] == [{"text": "Blue."}, {"text": "A colour is red."}]
    assert item["meta"] == {"day": "monday"}
    value = {"winner": "2", "strength": 3, "order": ["2", "1"]}
    body = {"op_id": "first-answer", "item_id": item["id"], "values": {"better": value}, "schema_version": 1}
    replies = [
        work,
        annotator.get(f"{at}/items/{item['id']}/work"),
        annotator.get(f"{at}/items/{item['id']}"),
        annotator.post(f"{at}/answers", json=body),
        annotator.post(f"{at}/unsubmit", json={"op_id": "taken-back", "item_id": item["id"]}),
        annotator.post(f"{at}/answers", json=body | {"op_id": "second-answer"}),
        people.client("manager").get(f"{at}/items/{item['id']}/work"),
        annotator.get(at),
    ]
    assert all(reply.status_code == 200 for reply in replies)
    assert not any("CANARY" in reply.text for reply in replies)
    assert "CANARY-two" in people.client("manager").get(f"{at}/items/{item['id']}").text
    row = json.loads(people.client("manager").get(f"{at}/export?format=jsonl").text)
    assert row["labels"] == {"better": {"tiers": [["2"], ["1"]], "order": ["2", "1"], "strength": 3}}
    assert row["data"] == ITEM["data"]


def test_an_answer_that_does_not_fit_the_item_is_refused_with_the_reason(client: TestClient, people: People) -> None:
    at = _project(client, people)
    item = people.client("annotator").get(f"{at}/queue?n=1").json()[0]["item"]["id"]
    body = {"op_id": "wrong-answer", "item_id": item, "values": {"better": {"tiers": [["1"], ["3"]]}}, "schema_version": 1}
    reply = people.client("annotator").post(f"{at}/answers", json=body)
    assert reply.status_code == 422
    assert "each candidate once" in reply.text


def test_preferences_leave_as_pairs_and_what_was_left_out_is_told(client: TestClient, people: People) -> None:
    at = _project(client, people)
    tied = ITEM | {"data": ITEM["data"] | {"prompt": "Another"}}
    client.post(f"{at}/items", json=[tied])
    values: list[Any] = [{"winner": "2", "strength": 3, "order": ["2", "1"]}, "tie"]
    for one, value in zip(client.get(f"{at}/queue?n=2").json(), values, strict=True):
        body = {"op_id": f"answer-{one['item']['id']}", "item_id": one["item"]["id"], "values": {"better": value}}
        assert client.post(f"{at}/answers", json=body | {"schema_version": 1}).status_code == 200
    lines = client.get(f"{at}/export?format=preference&option=prompt:prompt,source:true").text.splitlines()
    assert json.loads(lines[0]) == {
        "prompt": [{"role": "user", "content": "Name a colour."}],
        "chosen": [{"role": "assistant", "content": "A colour is red."}],
        "rejected": [{"role": "assistant", "content": "Blue."}],
        "margin": 3.0,
        "chosen_source": "CANARY-two",
        "rejected_source": "CANARY-one",
    }
    report = client.get(f"{at}/export/report?format=preference").json()
    assert report == {"rows": 2, "lost": ["pairs that are level (ties): 1"]}
    assert client.get(f"{at}/export/report?format=preference&option=nonsense").status_code == 422
    assert people.client("annotator").get(f"{at}/export/report?format=preference").status_code == 403
