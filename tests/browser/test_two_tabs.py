"""One person, two tabs: both are lent the same items, and neither takes anything from the other."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import exported, make_project, shows, sign_in
from browser.marking import submit
from running import Api, Server

pytestmark = pytest.mark.browser
NOTE = "This project is open in another tab; both show the same items."


def test_the_other_tab_goes_on_and_keeps_what_was_begun(page: Page, server: Server, owner: Api) -> None:
    project = make_project(owner, 6, instant_submit=False)
    sign_in(page, server)
    address = f"{server.address}/p/{project}/label"
    page.goto(address)
    shows(page, "(order 0)")
    expect(page.get_by_text(NOTE)).to_have_count(0)
    other = page.context.new_page()
    other.goto(address)
    shows(other, "(order 0)")
    for tab in (page, other):
        expect(tab.get_by_text(NOTE)).to_be_visible()

    page.keyboard.press("1")
    other.keyboard.press("2")
    other.keyboard.press("Control+Enter")
    shows(other, "(order 1)")
    shows(page, "(order 1)")
    expect(page.get_by_role("toolbar", name="Item").get_by_text("What you began here is kept")).to_be_visible()

    other.keyboard.press("3")
    other.keyboard.press("Control+Enter")
    shows(other, "(order 2)")
    shows(page, "(order 2)")
    other.close()
    expect(page.get_by_text(NOTE)).to_have_count(0)

    page.keyboard.press("Alt+h")
    page.get_by_role("list", name="My last items").get_by_role("button").filter(has_text="(order 0)").click()
    shows(page, "(order 0)")
    expect(page.get_by_role("radio", name="praise")).to_be_checked()
    submit(page)
    labels = {row["key"]: row["labels"].get("mood") for row in exported(owner, project)}
    assert (labels["0"], labels["1"], labels["2"]) == ("praise", "question", None)
