"""Comparing, writing and scoring by keyboard alone: what is decided is stored, in the order that was on the screen, and undone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import exported, sign_in
from browser.marking import submit
from running import Api, Server

pytestmark = pytest.mark.browser

MARKDOWN = (
    "Use a **set**:\n\n```python\nseen = set()\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<script>window.hacked = 1</script>"
)


def _project(owner: Api, fields: list[dict[str, str]], question: dict[str, Any], rows: list[dict[str, Any]]) -> int:
    policy = {"blind_share": 0, "order": "imported", "hidden": ["meta.model"]}
    spec = {"name": "Open", "fields": fields, "questions": [{"name": "q", "title": "Well?", **question}], "policy": policy}
    project = int(owner.call("POST", "/api/projects", spec)["id"])
    items = [{"data": data, "key": str(k), "meta": {"model": "SECRET-meta"}} for k, data in enumerate(rows)]
    assert owner.call("POST", f"/api/projects/{project}/items", items)["added"] == len(rows)
    return project


def _open(page: Page, server: Server, project: int) -> list[str]:
    """Sign in and open the workbench; every reply of the server from then on."""
    sign_in(page, server)
    replies: list[str] = []
    page.on("response", lambda r: replies.append(r.text()) if "/queue" in r.url or "/work" in r.url else None)
    page.goto(f"{server.address}/p/{project}/label")
    expect(page.get_by_role("button", name="Submit")).to_be_enabled()
    return replies


def _shown(page: Page, texts: dict[str, str]) -> list[str]:
    """The candidates' ids in the order of the screen."""
    cards = [card.inner_text() for card in page.get_by_role("article").all()]
    return [next(i for i, text in texts.items() if text in card) for card in cards]


def _values(owner: Api, project: int) -> dict[str, Any]:
    return {row["key"]: row["labels"].get("q") for row in exported(owner, project)}


def _saved(page: Page) -> None:
    expect(page.get_by_text("Saved")).to_be_visible()


def test_pairs_are_compared_blind_with_the_order_kept(page: Page, server: Server, owner: Api) -> None:
    answers = [
        {"text": f"first of {k} {MARKDOWN}", "source": "SECRET-one"}
        if n == 0
        else {"text": f"second of {k}", "source": "SECRET-two"}
        for k in range(4)
        for n in range(2)
    ]
    rows = [{"prompt": f"Prompt {k}", "answers": answers[2 * k : 2 * k + 2]} for k in range(4)]
    question = {"type": "pairwise", "field": "answers", "config": {"strength": 4}}
    project = _project(owner, [{"name": "prompt"}, {"name": "answers", "kind": "table"}], question, rows)
    replies = _open(page, server, project)
    orders: list[list[str]] = []
    for k, keys in enumerate((["1", "Shift+4"], ["ArrowRight", "Shift+1"], ["3"])):
        expect(page.get_by_text(f"first of {k}")).to_be_visible()
        orders.append(_shown(page, {"1": "first of", "2": "second of"}))
        for key in keys:
            page.keyboard.press(key)
    expect(page.get_by_text("first of 3")).to_be_visible()
    assert page.get_by_role("article").locator("table, pre").count() == 2
    assert page.evaluate("window.hacked") is None
    page.keyboard.press("Control+z")
    expect(page.get_by_text("first of 2")).to_be_visible()
    assert _shown(page, {"1": "first of", "2": "second of"}) == orders[2]
    page.keyboard.press("2")
    page.keyboard.press("Shift+2")
    expect(page.get_by_text("first of 3")).to_be_visible()
    _saved(page)
    found = _values(owner, project)
    assert found["0"] == {"tiers": [[orders[0][0]], [orders[0][1]]], "order": orders[0], "strength": 4}
    assert found["1"] == {"tiers": [[orders[1][1]], [orders[1][0]]], "order": orders[1], "strength": 1}
    assert found["2"] == {"tiers": [[orders[2][1]], [orders[2][0]]], "order": orders[2], "strength": 2}
    assert found["3"] is None
    assert replies
    assert not any("SECRET" in text for text in replies)
    assert "SECRET" not in page.content()


def test_a_prompt_and_its_response_are_written_in_rounds(page: Page, server: Server, owner: Api) -> None:
    question = {"type": "response", "config": {"roles": ["user", "assistant"], "max_rounds": 2, "system": "optional"}}
    project = _project(owner, [{"name": "topic"}], question, [{"topic": "sets"}, {"topic": "lists"}])
    _open(page, server, project)
    expect(page.get_by_text("sets", exact=True)).to_be_visible()
    page.keyboard.press("e")
    page.keyboard.insert_text("How do I find repeats?")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_title("Response: nothing is written yet.")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.keyboard.insert_text(MARKDOWN)
    preview = page.get_by_role("region", name="Preview").last
    expect(preview.locator("strong")).to_have_text("set")
    expect(preview.locator("table")).to_be_visible()
    assert page.evaluate("window.hacked") is None
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.get_by_role("textbox", name="Prompt", exact=True)).to_have_count(2)
    expect(page.get_by_role("textbox", name="Prompt", exact=True).last).to_be_focused()
    page.keyboard.insert_text("And in order?")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.keyboard.insert_text("Use a dict.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("lists", exact=True)).to_be_visible()
    _saved(page)
    assert _values(owner, project)["0"] == [
        {"role": "user", "content": "How do I find repeats?"},
        {"role": "assistant", "content": MARKDOWN},
        {"role": "user", "content": "And in order?"},
        {"role": "assistant", "content": "Use a dict."},
    ]
    page.keyboard.press("Control+z")
    expect(page.get_by_role("textbox", name="Response").last).to_have_value("Use a dict.")


def test_a_rubric_is_filled_in_with_digits(page: Page, server: Server, owner: Api) -> None:
    criteria = [
        {"name": "accuracy", "levels": ["wrong", "partly", "right"]},
        {"name": "tone", "levels": [{"score": -1, "description": "rude"}, {"score": 1, "description": "kind"}]},
        {"name": "length"},
    ]
    question = {"type": "rubric_grid", "config": {"criteria": criteria}}
    project = _project(owner, [{"name": "answer", "kind": "markdown"}], question, [{"answer": "First"}, {"answer": "Second"}])
    _open(page, server, project)
    expect(page.get_by_text("First", exact=True)).to_be_visible()
    page.keyboard.press("3")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.get_by_title("“length” has no score yet.")).to_be_visible()
    page.keyboard.press("4")
    page.keyboard.press("j")
    page.keyboard.press("2")
    expect(page.get_by_role("radio", name="2: partly")).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Control+z")
    expect(page.get_by_role("radio", name="3: right")).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Second", exact=True)).to_be_visible()
    _saved(page)
    assert _values(owner, project)["0"] == {"accuracy": 3, "tone": -1, "length": 4}


def test_the_steps_of_a_trace_are_marked_with_keys_and_mouse(page: Page, server: Server, owner: Api) -> None:
    call = {"id": "a", "function": {"name": "weather", "arguments": '{"town": "Oslo"}'}}
    talk = [
        {"role": "user", "content": "How warm is it?"},
        {"role": "assistant", "content": "I look.", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "a", "content": "\n".join(f"hour {h}" for h in range(50))},
        {"role": "assistant", "content": "Mild."},
    ]
    question = {"type": "turn_labels", "field": "talk", "config": {"labels": ["right", "wrong"], "steps": True}}
    project = _project(owner, [{"name": "talk", "kind": "chat"}], question, [{"talk": talk}])
    _open(page, server, project)

    def radio(place: str, label: str) -> Locator:
        return page.get_by_role("radiogroup", name=f"Well?, {place}", exact=True).get_by_role("radio", name=label)

    expect(page.locator("[data-turn='1'][data-current]")).to_be_visible()
    page.keyboard.press("1")
    expect(radio("turn 2", "right")).to_be_checked()
    page.keyboard.press("2")
    expect(radio("turn 2, step 1", "wrong")).to_be_checked()
    page.get_by_role("button", name="Show all of").click()
    expect(page.get_by_text("hour 49")).to_be_visible()
    radio("turn 4", "wrong").click()
    radio("turn 3", "right").click()
    expect(page.get_by_text("4 of 4 turns and steps marked")).to_be_visible()
    submit(page)
    marks = [(1, None, "right"), (1, 0, "wrong"), (2, None, "right"), (3, None, "wrong")]
    assert [(m["turn"], m.get("step"), m["label"]) for m in _values(owner, project)["0"]] == marks
