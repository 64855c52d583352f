"""Journeys around verdicts: quotes marked in place, two answers compared, changed answers, a rubric for another project."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import sign_in, wait_for
from browser.test_judging import BAD, GOOD, prepare
from browser.test_safety import serious
from running import Api, Server

pytestmark = pytest.mark.browser
MARKED = "() => [...(CSS.highlights.get('milo-evidence') ?? [])].map(String)"


def _answer(owner: Api, project: int, item: int, value: str) -> None:
    body = {"op_id": uuid.uuid4().hex, "item_id": item, "values": {"answer": value}}
    owner.call("POST", f"/api/projects/{project}/answers", body)


def test_a_verdict_marks_its_quotes_in_the_item(page: Page, server: Server, owner: Api) -> None:
    project = prepare(owner, "asked")
    judge = owner.call("GET", f"/api/projects/{project}/judges")[0]["id"]
    item = owner.call("GET", f"/api/projects/{project}/items?limit=1")["rows"][0]["id"]
    _answer(owner, project, item, BAD)
    owner.call("POST", f"/api/projects/{project}/judges/{judge}/run", {})
    wait_for(lambda: all(job["state"] == "done" for job in owner.call("GET", f"/api/jobs?project={project}")))
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/judges")
    page.get_by_role("article", name="first").get_by_role("link", name="Verdicts").click()
    said = page.get_by_role("complementary", name="What the judge said")
    place = page.get_by_role("region", name="Item and answer")
    expect(said.get_by_text("Name the mountains of the item.")).to_be_visible()
    expect(place.get_by_text(BAD)).to_be_visible()
    page.wait_for_function(f"({MARKED})().length > 0")
    assert page.evaluate(MARKED) == ["the Giant Mountains"]
    assert serious(page) == []


def test_live_advice_marks_its_quotes_beside_the_answer(page: Page, server: Server, owner: Api) -> None:
    project = prepare(owner, "asked")
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/label")
    page.get_by_role("textbox", name="Where does the river rise?").fill(BAD)
    page.keyboard.press("Alt+j")
    expect(page.get_by_role("log", name="Advice of the judge").get_by_text("Below the mark")).to_be_visible()
    page.wait_for_function(f"({MARKED})().length > 0")
    assert page.evaluate(MARKED) == ["the Giant Mountains"]


def test_two_answers_are_compared(page: Page, server: Server, owner: Api) -> None:
    project = prepare(owner, "off")
    better = {"criteria": {"right": {"reason": "It names them.", "better": "A"}}, "reason": "It names them.", "better": "A"}
    worse = {"criteria": {"right": {"reason": "B names them.", "better": "B"}}, "reason": "B names them.", "better": "B"}
    rules = [{"when": f"<answer B>\\s*{GOOD}", "answer": worse}, {"answer": better}]
    owner.call("POST", "/api/connections", {"name": "weigher", "plugin": "scripted", "config": {"rules": rules}})
    config = {
        "plugin": "pairwise",
        "name": "pair",
        "question": "answer",
        "rubric": "facts",
        "config": {"connection": "weigher"},
    }
    owner.call("POST", f"/api/projects/{project}/judges", config)
    item = owner.call("GET", f"/api/projects/{project}/items?limit=1")["rows"][0]["id"]
    _answer(owner, project, item, GOOD)
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/judges")
    page.get_by_role("button", name="Compare two answers").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="First answer").click()
    page.get_by_role("option", name="Giant").click()
    dialog.get_by_role("combobox", name="Second answer").click()
    page.get_by_role("option", name="Words of my own").click()
    dialog.get_by_role("textbox", name="Second answer in words").fill(BAD)
    dialog.get_by_role("button", name="Compare", exact=True).click()
    expect(dialog.get_by_text("In both orders it prefers the first.")).to_be_visible()
    assert serious(page) == []


def test_changed_answers_are_listed_and_a_rubric_goes_to_another_project(page: Page, server: Server, owner: Api) -> None:
    project = prepare(owner, "asked")
    other = owner.call("POST", "/api/projects", {**owner.call("GET", f"/api/projects/{project}")["spec"], "name": "Lakes"})[
        "id"
    ]
    judge = owner.call("GET", f"/api/projects/{project}/judges")[0]["id"]
    item = owner.call("GET", f"/api/projects/{project}/items?limit=1")["rows"][0]["id"]
    advice = {"item_id": item, "question": "answer", "value": BAD}
    owner.call("POST", f"/api/projects/{project}/judges/{judge}/review", advice)
    _answer(owner, project, item, GOOD)
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/judges")
    page.get_by_role("link", name="Second thoughts").click()
    row = page.get_by_role("listitem").filter(has_text="after a judge")
    expect(row).to_contain_text(BAD)
    expect(row).to_contain_text("Right answer unknown")
    assert serious(page) == []
    page.goto(f"{server.address}/p/{project}/judges")
    page.get_by_role("link", name="facts", exact=True).click()
    page.get_by_role("button", name="Use in another project").click()
    page.get_by_role("menuitem", name="Lakes").click()
    expect(page.get_by_text("facts is version 1 in Lakes.")).to_be_visible()
    assert [one["name"] for one in owner.call("GET", f"/api/projects/{other}/rubrics")] == ["facts"]
