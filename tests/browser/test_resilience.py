"""Losing the network, the tab or the server loses no submitted answer, and drafts come back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import exported, make_project, shows, sign_in
from running import Api, Server

pytestmark = pytest.mark.browser


def _labelled(owner: Api, project: int) -> dict[str, str]:
    return {r["key"]: r["labels"]["mood"] for r in exported(owner, project) if r["labels"]}


def test_answers_given_without_a_network_arrive_when_it_is_back(page: Page, server: Server, owner: Api) -> None:
    project = make_project(owner, 10)
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/label")
    shows(page, "(order 0)")
    page.keyboard.press("1")
    shows(page, "(order 1)")
    expect(page.get_by_role("button", name="Saved")).to_be_visible()
    page.context.set_offline(True)
    for key, following in (("2", "(order 2)"), ("3", "(order 3)"), ("2", "(order 4)")):
        page.keyboard.press(key)
        shows(page, following)
    expect(page.get_by_role("button", name="Saved")).to_have_count(0)
    assert _labelled(owner, project) == {"0": "praise"}
    page.context.set_offline(False)
    expect(page.get_by_role("button", name="Saved")).to_be_visible()
    assert _labelled(owner, project) == {"0": "praise", "1": "complaint", "2": "question", "3": "complaint"}


def test_answers_survive_a_closed_tab(page: Page, server: Server, owner: Api) -> None:
    project = make_project(owner, 10)
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/label")
    shows(page, "(order 0)")
    page.context.set_offline(True)
    page.keyboard.press("2")
    shows(page, "(order 1)")
    page.keyboard.press("3")
    shows(page, "(order 2)")
    page.close(run_before_unload=False)
    assert _labelled(owner, project) == {}
    again = page.context.new_page()
    page.context.set_offline(False)
    again.goto(f"{server.address}/p/{project}/label")
    expect(again.get_by_role("button", name="Saved")).to_be_visible(timeout=30_000)
    shows(again, "(order 2)")
    assert _labelled(owner, project) == {"0": "complaint", "1": "question"}


def test_a_killed_server_costs_nothing(page: Page, server: Server, owner: Api) -> None:
    project = make_project(owner, 10)
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/label")
    shows(page, "(order 0)")
    page.keyboard.press("1")
    shows(page, "(order 1)")
    expect(page.get_by_role("button", name="Saved")).to_be_visible()
    server.kill()
    page.keyboard.press("2")
    shows(page, "(order 2)")
    page.keyboard.press("3")
    shows(page, "(order 3)")
    server.start()
    expect(page.get_by_role("button", name="Saved")).to_be_visible(timeout=60_000)
    again = server.owner()
    assert _labelled(again, project) == {"0": "praise", "1": "complaint", "2": "question"}
    again.close()


def test_a_draft_comes_back(page: Page, server: Server, owner: Api) -> None:
    spec = {
        "name": "Notes",
        "fields": [{"name": "text"}],
        "questions": [{"name": "note", "type": "text", "config": {"multiline": True}}],
        "policy": {"blind_share": 0, "order": "imported"},
    }
    project = owner.call("POST", "/api/projects", spec)["id"]
    owner.call("POST", f"/api/projects/{project}/items", [{"data": {"text": "one item"}}])
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/label")
    shows(page, "one item")
    box = page.get_by_role("region", name="Questions").get_by_role("textbox")
    with page.expect_response(lambda reply: "/draft" in reply.url):
        box.fill("a thought, half finished")
    page.close(run_before_unload=False)
    again = page.context.new_page()
    again.goto(f"{server.address}/p/{project}/label")
    found = again.get_by_role("region", name="Questions").get_by_role("textbox")
    expect(found).to_have_value("a thought, half finished")


def test_an_answer_that_the_server_refuses_is_shown_and_kept(page: Page, server: Server, owner: Api) -> None:
    project = make_project(owner, 5)
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/label")
    shows(page, "(order 0)")
    questions = [{"name": "mood", "type": "choice", "config": {"labels": ["good", "bad"]}}]
    owner.call("PATCH", f"/api/projects/{project}", {"questions": questions})
    page.keyboard.press("1")
    chip = page.get_by_role("button", name="attention")
    expect(chip).to_be_visible()
    chip.click()
    expect(page.get_by_text("praise").first).to_be_visible()
    assert _labelled(owner, project) == {}
