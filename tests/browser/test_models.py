"""A connected model from first to last: add it, allow it, run it within a budget, label with it, improve its prompt, take it back."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import make_project, shows, sign_in
from browser.test_safety import serious
from running import Api, Server

pytestmark = pytest.mark.browser


def _said(mood: str, why: str) -> dict[str, Any]:
    return {"reason": why, "mood": mood, "confidence": 0.8}


RULES = [
    {"when": r"Be careful[\s\S]*<item>\n.*broken", "within": "all", "answer": _said("complaint", "something is broken")},
    {"when": r"Be careful[\s\S]*<item>\n.*deliver", "within": "all", "answer": _said("question", "somebody asks")},
    {"answer": _said("praise", "it sounds friendly")},
]
MOODS = ["praise", "complaint", "question"]


def _connect(owner: Api) -> None:
    owner.call("POST", "/api/connections", {"name": "script", "plugin": "scripted", "config": {"rules": RULES}, "local": True})


def _answer(owner: Api, project: int, n: int) -> None:
    """The first items as they are, before any model has spoken."""
    for row in owner.call("GET", f"/api/projects/{project}/items?limit={n}")["rows"]:
        values = {"mood": MOODS[int(row["key"]) % 3]}
        owner.call(
            "POST", f"/api/projects/{project}/answers", {"op_id": uuid.uuid4().hex, "item_id": row["id"], "values": values}
        )


def _wait(page: Page, text: str) -> None:
    expect(page.get_by_text(text).first).to_be_visible(timeout=30_000)


def test_a_connected_model_from_first_to_last(page: Page, server: Server, owner: Api) -> None:
    _connect(owner)
    project = make_project(owner, 30)
    for model in owner.call("GET", f"/api/projects/{project}/models"):
        owner.call("DELETE", f"/api/projects/{project}/models/{model['id']}")
    _answer(owner, project, 12)
    sign_in(page, server)

    # add it, and allow it to see the data
    page.goto(f"{server.address}/p/{project}/models")
    page.get_by_role("button", name="Add a model").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Kind of model").click()
    page.get_by_role("option", name="Connected language model").click()
    dialog.get_by_role("combobox", name="Connected model").click()
    page.get_by_role("option", name="script").click()
    expect(dialog.get_by_text("does not let “script” see its data")).to_be_visible()
    dialog.get_by_role("button", name="Allow it for this project").click()
    expect(dialog.get_by_text("does not let")).to_have_count(0)
    dialog.get_by_role("textbox", name="Instructions").fill("Be quick.")
    dialog.get_by_role("button", name="Add model").click()
    card = page.get_by_role("article", name="llm")
    expect(card.get_by_text("A rehearsal")).to_be_visible()
    expect(card.get_by_text("not enough yet", exact=False).first).to_be_visible()

    # see what a run takes, give it a budget, run it
    card.get_by_role("button", name="Run…").click()
    dialog.get_by_role("radio", name="All items that are not done").check()
    expect(dialog.get_by_text("18 items: 18 calls", exact=False)).to_be_visible()
    dialog.get_by_role("textbox", name="Tokens at most").fill("100000")
    assert serious(page) == []
    dialog.get_by_role("button", name="Run on 18").click()
    expect(card.get_by_text("18 of 18", exact=False)).to_be_visible(timeout=30_000)
    assert owner.call("GET", f"/api/projects/{project}")["counts"]["suggested"] == 18

    # label with what it suggests
    page.goto(f"{server.address}/p/{project}/label")
    shows(page, "(order 12)")
    expect(page.get_by_text("it sounds friendly").first).to_be_visible()
    page.keyboard.press("1")
    shows(page, "(order 13)")
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()

    # a better prompt, and whether it is better
    page.goto(f"{server.address}/p/{project}/models")
    card.get_by_role("link", name="Prompt studio").click()
    expect(page.get_by_role("group", name="Turn 2")).to_contain_text("I love this chair")
    page.get_by_role("button", name="Next item").click()
    expect(page.get_by_role("group", name="Turn 2")).to_contain_text("The table arrived broken")
    page.get_by_role("textbox", name="Instructions").fill("Be careful: what is asked for?")
    expect(page.get_by_role("group", name="Turn 1")).to_contain_text("Be careful")
    expect(page.get_by_role("group", name="Not saved yet")).to_contain_text("Be quick.")
    page.get_by_role("textbox", name="What changed, and why").fill("looks closer")
    assert serious(page) == []
    page.get_by_role("button", name="Save as a new version").click()
    versions = page.get_by_role("list", name="Versions")
    expect(versions.get_by_role("button", name=re.compile("Version 2.*in use"))).to_be_visible()
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("button", name="Compare…").click()
    dialog.get_by_role("textbox", name="Items").fill("50")
    dialog.get_by_role("button", name="Compare", exact=True).click()
    _wait(page, "v2 is better than v1")
    expect(page.get_by_role("table").first).to_contain_text(re.compile(r"v1.*[1-9]%"))
    expect(page.get_by_role("table").first).to_contain_text("100%")

    # an error becomes an example, another one a note
    errors = page.get_by_role("list", name="Groups of errors")
    errors.get_by_role("button", name=re.compile("complaint taken for praise")).click()
    first = page.get_by_role("article").first
    expect(first).to_contain_text("The table arrived broken")
    assert serious(page) == []
    first.get_by_role("button", name="Note for the guidelines…").click()
    note = dialog.get_by_role("textbox", name="Note")
    expect(note).to_have_value(re.compile("This is `complaint`, not `praise`"))
    note.fill("What arrives broken is a complaint.")
    dialog.get_by_role("button", name="Propose").click()
    page.get_by_role("button", name="Put it in").click()
    _wait(page, "In the guidelines now")
    guide = owner.call("GET", f"/api/projects/{project}")["spec"]["guidelines"]
    assert guide.endswith("Somebody is not.\n\nWhat arrives broken is a complaint.\n")
    first.get_by_role("button", name="Make it an example").click()
    _wait(page, "An example in version 3")

    # take the run back
    page.goto(f"{server.address}/p/{project}/models")
    card.get_by_role("button", name="Undo").click()
    expect(card.get_by_text("Taken back")).to_be_visible()
    expect(page.get_by_text("What people decided stays")).to_be_visible()
    page.wait_for_function(
        "async (at) => (await (await fetch(at)).json()).counts.suggested === 0", arg=f"{server.address}/api/projects/{project}"
    )
    assert owner.call("GET", f"/api/projects/{project}")["counts"]["answers"] == 13
