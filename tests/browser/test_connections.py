"""Connecting a model in the browser: add one, read what the test found, see the calls in the ledger, change it, remove it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from browser.conftest import sign_in
from running import Api, Server

KEY = "sk-typed-in-a-browser-12345"
RULES = '[{"when": "colour|teal", "answer": {"colour": "teal", "number": 2}}, {"answer": "ready when you are"}]'


def open_page(page: Page, server: Server) -> None:
    sign_in(page, server)
    page.goto(server.address + "/connections")


def test_connect_test_and_remove_a_model(page: Page, server: Server, owner: Api) -> None:
    open_page(page, server)
    expect(page.get_by_text("No model is connected yet")).to_be_visible()
    page.get_by_role("button", name="Connect a model").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Server", exact=True).click()
    page.get_by_role("option", name="Scripted answers").click()
    dialog.get_by_label("Name", exact=True).fill("rehearsal")
    dialog.get_by_label("Rules").fill(RULES)
    dialog.get_by_text("Prices and limits").click()
    dialog.get_by_label("Input, per million tokens", exact=True).fill("3")
    dialog.get_by_label("Output, per million tokens", exact=True).fill("15")
    dialog.get_by_role("button", name="Connect and test").click()
    card = page.get_by_role("article", name="rehearsal")
    expect(card).to_contain_text("answered when tested")
    expect(card).to_contain_text("3 in, 15 out")
    card.get_by_role("button", name="Report").click()
    checks = card.get_by_role("list", name="What the test found")
    expect(checks.get_by_role("listitem")).to_have_count(7)
    expect(checks).to_contain_text("JSON by schema")
    expect(page.get_by_role("row", name="rehearsal")).to_contain_text("0")
    card.get_by_role("button", name="Edit").click()
    dialog.get_by_label("Name", exact=True).fill("rehearsal-2")
    dialog.get_by_role("button", name="Save").click()
    other = page.get_by_role("article", name="rehearsal-2")
    expect(other).to_be_visible()
    other.get_by_role("button", name="More for rehearsal-2").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No model is connected yet")).to_be_visible()


def test_a_key_goes_in_and_is_not_shown_again(page: Page, server: Server, owner: Api) -> None:
    open_page(page, server)
    page.get_by_role("button", name="Connect a model").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Server", exact=True).click()
    page.get_by_role("option", name="llama.cpp server").click()
    dialog.get_by_label("Name", exact=True).fill("nowhere")
    dialog.get_by_label("Model", exact=True).fill("tiny")
    dialog.get_by_label("Address", exact=True).fill("http://127.0.0.1:9/v1")
    dialog.get_by_label("Key", exact=True).fill(KEY)
    dialog.get_by_role("button", name="Connect and test").click()
    card = page.get_by_role("article", name="nowhere")
    expect(card).to_contain_text("failed when tested")
    expect(card).to_contain_text("key stored")
    card.get_by_role("button", name="Report").click()
    expect(card).to_contain_text("Nothing answers at http://127.0.0.1:9/v1")
    card.get_by_role("button", name="Edit").click()
    expect(dialog.get_by_label("Key", exact=True)).to_have_value("")
    assert KEY not in page.content()
    assert KEY not in str(owner.call("GET", "/api/connections"))
