"""Near-duplicates through the page: searched, compared side by side, set aside by key and taken back."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from browser.conftest import make_project, sign_in
from running import Api, Server


def test_groups_are_compared_and_set_aside_by_key(page: Page, server: Server, owner: Api) -> None:
    project = make_project(owner, 1)
    rows = [
        {"data": {"text": f"My parcel is late and nobody answers the phone {end}"}} for end in ("today", "today!", "tonight")
    ]
    owner.call("POST", f"/api/projects/{project}/items", rows)
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/duplicates")
    expect(page.get_by_text("Not searched yet")).to_be_visible()
    page.get_by_role("button", name="Search", exact=True).click()
    group = page.get_by_role("region", name="Group 1")
    cards = group.get_by_role("article")
    expect(cards).to_have_count(3)
    expect(cards.nth(2).get_by_role("insertion")).to_have_text("tonight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    expect(cards.nth(1).get_by_role("button", name="Take back")).to_be_visible()
    page.keyboard.press("u")
    expect(cards.nth(1).get_by_role("button", name="Set aside")).to_be_visible()
    page.get_by_role("button", name="Keep one of every group").click()
    page.get_by_role("dialog").get_by_role("button", name="Set aside").click()
    expect(group.get_by_role("button", name="Take back")).to_have_count(2)
    counts = owner.call("GET", f"/api/projects/{project}")["counts"]
    assert (counts["items"], counts["new"], counts["aside"]) == (4, 2, 2)
