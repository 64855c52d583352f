"""The assistant in the workbench, with a scripted model: ask, read on while it writes, stop it, take a draft with a key, undo."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import exported, shows, sign_in, wait_for
from browser.test_safety import _axe
from running import Api, Server

pytestmark = pytest.mark.browser

GUIDE = "# Guide\n\n## praise\nSomebody is happy, even when a small thing went wrong.\n\n## complaint\nSomebody is not happy at all."
DRAFT = {"answer": "The writer loves the chair and says so plainly."}
RULES = [
    {"when": "Draft the answer", "answer": DRAFT},
    {"when": "Rewrite the person", "answer": {"answer": "They love the chair."}},
    {
        "when": "Explain the suggestion",
        "answer": "It says **love**. ![x](https://evil.example/x.png) [more](https://evil.example/)",
    },
    {"when": "endless", "answer": "word " * 2_000},
    {"when": "how to label", "answer": "It is praise.\n> Somebody is happy, even when a small thing went wrong.\n\nNo doubt."},
]
WHY = {"name": "why", "type": "text", "title": "Why?", "required": False}
MOOD = {"name": "mood", "type": "choice", "title": "What is it?", "config": {"labels": ["praise", "complaint"]}}


def connect(owner: Api, seconds_per_word: float = 0.0) -> None:
    """A scripted model under the name "script"."""
    config = {"rules": RULES, "seconds_per_word": seconds_per_word}
    owner.call("POST", "/api/connections", {"name": "script", "plugin": "scripted", "config": config})


def project(owner: Api, *questions: dict[str, Any], n: int = 3, **policy: Any) -> tuple[int, list[int]]:
    """A project with an assistant; its id and its items."""
    spec = {
        "name": "Messages", "guidelines": GUIDE, "fields": [{"name": "text"}], "questions": list(questions),
        "policy": {
            "blind_share": 0, "order": "imported", "data": {"models": ["local"]}, "assistant": {"connection": "script"}, **policy,
        },
    }  # fmt: skip
    made = owner.call("POST", "/api/projects", spec)["id"]
    body = [{"data": {"text": f"I love this chair (order {k})"}} for k in range(n)]
    return made, owner.call("POST", f"/api/projects/{made}/items", body)["ids"]


def opened(page: Page, server: Server, made: int) -> Locator:
    """The workbench with the assistant's tab open; the panel."""
    sign_in(page, server)
    page.goto(f"{server.address}/p/{made}/label")
    shows(page, "I love this chair (order 0)")
    page.keyboard.press("Control+j")
    return page.get_by_role("tabpanel")


def stored(server: Server, sql: str) -> list[Any]:
    with sqlite3.connect(server.workspace / "milo.db", timeout=20) as c:
        return c.execute(sql).fetchall()


def test_ask_read_the_guide_take_a_draft_with_a_key_and_undo(page: Page, server: Server, owner: Api) -> None:
    connect(owner)
    made, _ = project(owner, WHY)
    panel = opened(page, server, made)
    box = page.get_by_role("textbox", name="Ask how to label this")
    expect(box).to_be_focused()
    page.keyboard.type("how to label this one?")
    page.keyboard.press("Enter")
    expect(panel.get_by_text("No doubt.")).to_be_visible()
    panel.get_by_role("button", name="Guidelines: praise").click()
    expect(page.locator("section[data-wanted]")).to_contain_text("Somebody is happy")
    page.keyboard.press("Control+j")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(box).not_to_be_focused()
    page.keyboard.press("Shift+D")
    expect(panel.get_by_role("group", name="Proposed answer")).to_contain_text("loves the chair")
    answer = page.get_by_role("textbox", name="Why?")
    expect(answer).to_have_value("")
    page.keyboard.press("Alt+Enter")
    expect(answer).to_have_value(DRAFT["answer"])
    expect(panel.get_by_text("Taken into your answer.")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(answer).to_have_value("")
    page.keyboard.press("Control+Shift+z")
    expect(answer).to_have_value(DRAFT["answer"])
    page.keyboard.press("Shift+R")
    expect(page.get_by_role("textbox", name="How should your text be rewritten?")).to_be_focused()
    page.keyboard.type("shorter")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("group", name="Proposed answer")).to_contain_text("They love the chair.")
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+x")
    expect(answer).to_have_value(DRAFT["answer"])
    page.keyboard.press("Control+Enter")
    shows(page, "I love this chair (order 1)")
    expect(panel.get_by_text("It proposes, you decide.")).to_be_visible()
    wait_for(lambda: stored(server, "SELECT 1 FROM annotation WHERE role = 'answer'"))
    rows = exported(owner, made, "everything")
    (given,) = [a for row in rows for a in row["annotations"] if a["role"] == "answer"]
    assert given["basis"] == "shown"
    assert {s["kind"] for s in given["shown"]} == {"guide", "draft", "rewrite"}
    assert stored(server, "SELECT kind, taken FROM assist_turn ORDER BY id") == [("guide", 0), ("draft", 1), ("rewrite", 0)]
    (line,) = owner.call("GET", f"/api/projects/{made}/effort")
    assert line["effort"]["waits"] == 1


def test_stopping_ends_the_call_and_the_item_stays_in_reach(page: Page, server: Server, owner: Api) -> None:
    connect(owner, seconds_per_word=0.02)
    made, _ = project(owner, MOOD, instant_submit=False)
    panel = opened(page, server, made)
    page.keyboard.type("endless")
    page.keyboard.press("Enter")
    expect(panel.get_by_text("word word word")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel.get_by_text("Stopped.")).to_be_visible()
    length = len(panel.inner_text())
    page.wait_for_timeout(300)
    assert len(panel.inner_text()) == length
    wait_for(lambda: stored(server, "SELECT 1 FROM assist_turn WHERE stopped = 1"))
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    expect(page.get_by_role("radio", name="praise")).to_be_checked()


def test_words_of_a_model_load_nothing_and_link_nowhere(page: Page, server: Server, owner: Api) -> None:
    connect(owner)
    made, items = project(owner, MOOD, instant_submit=False)
    body = [{"item_id": i, "question": "mood", "value": "complaint", "score": 0.9} for i in items]
    owner.call("POST", f"/api/projects/{made}/suggestions?name=elsewhere", body)
    away: list[str] = []
    page.on("request", lambda r: away.append(r.url) if "evil" in r.url else None)
    panel = opened(page, server, made)
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+E")
    expect(panel.get_by_text("love", exact=True)).to_be_visible()
    expect(panel.get_by_text("(https://evil.example/)")).to_be_visible()
    assert panel.locator("a, img").count() == 0
    assert away == []


def test_on_demand_waits_for_a_key(page: Page, server: Server, owner: Api) -> None:
    made, items = project(owner, MOOD, show="on_demand", assistant={"connection": None}, instant_submit=False)
    body = [{"item_id": i, "question": "mood", "value": "complaint", "score": 0.9} for i in items]
    owner.call("POST", f"/api/projects/{made}/suggestions?name=elsewhere", body)
    opened(page, server, made)
    expect(page.get_by_text("No assistant in this project")).to_be_visible()
    page.get_by_role("tab", name="Suggestions").click()
    rows = page.get_by_role("list", name="Suggestions").get_by_role("listitem")
    expect(page.get_by_role("button", name="Show suggestions")).to_be_visible()
    expect(rows).to_have_count(0)
    page.keyboard.press("q")
    expect(rows).to_have_count(1)


def test_after_the_first_answer(page: Page, server: Server, owner: Api) -> None:
    """The first answer is on record before the suggestion appears; what is changed afterwards is told apart."""
    made, items = project(owner, {**MOOD, "subjective": True})
    body = [{"item_id": i, "question": "mood", "value": "complaint", "score": 0.9} for i in items]
    owner.call("POST", f"/api/projects/{made}/suggestions?name=elsewhere", body)
    opened(page, server, made)
    page.get_by_role("tab", name="Suggestions").click()
    rows = page.get_by_role("list", name="Suggestions").get_by_role("listitem")
    expect(page.get_by_text("Suggestions appear after your own first answer.")).to_be_visible()
    page.keyboard.press("1")
    expect(rows).to_have_count(1)
    shows(page, "I love this chair (order 0)")
    wait_for(lambda: stored(server, "SELECT value FROM first_answer") == [('"praise"',)])
    page.keyboard.press("a")
    expect(page.get_by_role("radio", name="complaint")).to_be_checked()
    page.keyboard.press("Control+Enter")
    shows(page, "I love this chair (order 1)")
    wait_for(lambda: owner.call("GET", f"/api/projects/{made}/second-thoughts")[0]["n"] == 1)
    (line,) = owner.call("GET", f"/api/projects/{made}/second-thoughts")
    assert (line["n"], line["changed"], line["to_suggestion"]) == (1, 1, 1)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_beside_the_item_and_in_the_settings(
    page: Page, server: Server, owner: Api, theme: str
) -> None:
    axe = _axe()
    connect(owner)
    made, _ = project(owner, WHY, MOOD)
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    panel = opened(page, server, made)
    page.keyboard.type("how to label this one?")
    page.keyboard.press("Enter")
    expect(panel.get_by_text("No doubt.")).to_be_visible()
    _check(page, axe)
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+D")
    expect(panel.get_by_role("group", name="Proposed answer")).to_be_visible()
    _check(page, axe)
    page.goto(f"{server.address}/p/{made}/settings")
    expect(page.get_by_role("heading", name="What models may see")).to_be_visible()
    _check(page, axe)


def test_settings_say_what_may_leave(page: Page, server: Server, owner: Api) -> None:
    connect(owner)
    made, _ = project(owner, MOOD, data={}, assistant={"connection": None})
    sign_in(page, server)
    page.goto(f"{server.address}/p/{made}/settings")
    page.get_by_label("Models that may be asked").first.click()
    page.get_by_role("option", name="Every local model").click()
    page.keyboard.press("Escape")
    page.get_by_role("checkbox", name="E-mail addresses").check()
    page.get_by_label("text", exact=True).first.click()
    page.get_by_role("option", name="Local models only").click()
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Settings saved.")).to_be_visible()
    rules = owner.call("GET", f"/api/projects/{made}")["spec"]["policy"]["data"]
    assert (rules["models"], rules["mask"], rules["fields"]) == (["local"], ["email"], {"text": ["local"]})


def _check(page: Page, axe: str) -> None:
    page.wait_for_timeout(400)
    page.evaluate(axe)
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [v for v in result["violations"] if v["impact"] in ("serious", "critical")]
    assert serious == [], [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in serious]
