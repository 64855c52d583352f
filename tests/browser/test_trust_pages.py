"""The pages that say what answers and models are worth, and the one where answers that differ are decided."""

from __future__ import annotations

import csv
import io
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import MOODS, make_project, sign_in
from browser.test_safety import serious
from running import Api, Server

pytestmark = pytest.mark.browser


def give(person: Api, project: int, item: int, mood: str) -> None:
    """A person's answer to an item, which they opened first."""
    at = f"/api/projects/{project}"
    person.call("GET", f"{at}/items/{item}/work")
    person.call("POST", f"{at}/answers", {"op_id": uuid.uuid4().hex, "item_id": item, "values": {"mood": mood}})


def items_of(owner: Api, project: int) -> list[int]:
    return sorted(owner.call("GET", f"/api/projects/{project}/items/ids")["ids"])


def downloaded(page: Page, button: str) -> list[dict[str, str]]:
    """The table that a button hands over as a file."""
    with page.expect_download() as given:
        page.get_by_role("button", name=button).first.click()
    return list(csv.DictReader(io.StringIO(Path(given.value.path()).read_text(encoding="utf-8"))))


def finished(owner: Api, job: int) -> Any:
    end = time.monotonic() + 120
    while (found := owner.call("GET", f"/api/jobs/{job}"))["state"] in ("queued", "running"):
        assert time.monotonic() < end
        time.sleep(0.1)
    assert found["state"] == "done", found["error"]
    return found["result"]


def test_totals_say_on_how_many_labels_they_rest(page: Page, server: Server, owner: Api) -> None:
    project = make_project(owner, 90, blind_share=0.5)
    ids = items_of(owner, project)
    said = [{"item_id": i, "question": "mood", "value": MOODS[k % 3], "score": 0.8} for k, i in enumerate(ids)]
    owner.call("POST", f"/api/projects/{project}/suggestions?name=helper", said)
    blind = [i for i in ids if not owner.call("GET", f"/api/projects/{project}/items/{i}/work")["suggestions"]]
    for k, item in enumerate(ids):
        if item in blind:
            give(owner, project, item, MOODS[(k if k % 5 else k + 1) % 3])
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/totals")
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name="helper").click()
    expect(page.get_by_text(f"90 items, {len(blind)} labelled blind or in an audit").first).to_be_visible()
    expect(page.get_by_role("heading", name="How good is helper?")).to_be_visible()
    page.get_by_role("button", name="Show the table").first.click()
    expect(page.get_by_role("cell", name="Share of complaint")).to_be_visible()
    rows = downloaded(page, "Download the table (CSV)")
    known = owner.call("GET", f"/api/projects/{project}/totals?question=mood&source=helper")["figures"]
    assert [row["Figure"] for row in rows] == [f"Share of {mood}" for mood in MOODS]
    for row, figure in zip(rows, known, strict=True):
        assert float(row["From"]) < float(row["Value"]) < float(row["To"])
        assert (float(row["Value"]), int(row["Labels"])) == (pytest.approx(figure["value"]), len(blind))
    assert serious(page) == []


def test_quality_from_agreement_to_likely_errors(page: Page, server: Server, owner: Api) -> None:
    project = make_project(owner, 32, overlap=3)
    ids = items_of(owner, project)
    for name, wrong in (("ann", 0), ("bob", 9), ("cyd", 4)):
        person = server.person(owner, name, project)
        for k, item in enumerate(ids):
            give(person, project, item, MOODS[(k + (wrong > 0 and k % wrong == 0)) % 3])
        person.close()
    for k, item in enumerate(ids[:6]):
        owner.call("POST", f"/api/projects/{project}/gold", {"item_id": item, "values": {"mood": MOODS[k % 3]}})
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/quality")
    expect(page.get_by_role("heading", name="Agreement of 3 people")).to_be_visible()
    expect(page.get_by_text("on 32 items, 96 pairs of answers").first).to_be_visible()
    expect(page.get_by_role("heading", name="Where people differ most")).to_be_visible()
    tabs = page.get_by_role("navigation", name="Quality")
    tabs.get_by_role("link", name="People", exact=True).click()
    expect(page.get_by_role("cell", name="cyd")).to_be_visible()
    rows = {row["person"]: row for row in downloaded(page, "Download all figures (CSV)")}
    assert rows.keys() == {"ann", "bob", "cyd"}
    assert float(rows["ann"]["with others"]) > float(rows["cyd"]["with others"])
    assert {row["gold, items"] for row in rows.values()} == {"6"}
    tabs.get_by_role("link", name="Gold").click()
    expect(page.get_by_role("heading", name="6 items with gold")).to_be_visible()
    kept = downloaded(page, "Download the table (CSV)")
    assert [(int(row["item"]), row["gold"], row["answers beside it"]) for row in kept] == [
        (item, MOODS[k % 3], "3") for k, item in enumerate(ids[:6])
    ]
    tabs.get_by_role("link", name="Likely errors").click()
    page.get_by_role("button", name="Search now").click()
    expect(page.get_by_text("32 answered items searched")).to_be_visible(timeout=60_000)
    assert serious(page) == []


def test_review_by_one_key_each(page: Page, server: Server, owner: Api) -> None:
    project = make_project(owner, 3, overlap=2)
    ids = items_of(owner, project)
    people = {name: server.person(owner, name, project) for name in ("ann", "bob")}
    for item in ids:
        give(people["ann"], project, item, "praise")
        give(people["bob"], project, item, "complaint")
    finished(owner, owner.call("POST", f"/api/projects/{project}/resolve")["id"])
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/review")
    answers = page.get_by_role("region", name="Answers")
    expect(answers.get_by_text("2 answers differ")).to_be_visible()
    cards = [answers.get_by_role("region", name=letter, exact=True).inner_text() for letter in "AB"]
    place = next(k for k, card in enumerate(cards) if "complaint" in card)
    assert "praise" in cards[1 - place]
    last = page.get_by_role("status")
    page.keyboard.press(str(place + 1))
    expect(last.filter(has_text="Item 1")).to_be_visible()
    page.keyboard.press("F")
    page.get_by_role("radio", name="question").check()
    page.keyboard.press("Control+Enter")
    expect(last.filter(has_text="Item 2")).to_be_visible()
    page.keyboard.press("B")
    page.get_by_role("textbox", name="Reason").fill("A chair that is loved is praise.")
    page.keyboard.press("Control+Enter")
    expect(last.filter(has_text="Item 3")).to_be_visible()
    expect(page.get_by_text("Nothing waits for review")).to_be_visible()
    gold = owner.call("GET", f"/api/projects/{project}/gold?question=mood")["rows"]
    assert {row["item_id"]: row["value"] for row in gold} == {ids[0]: "complaint", ids[1]: "question"}
    again = [one for person in people.values() for one in person.call("GET", f"/api/projects/{project}/queue?n=5")]
    assert [one["item"]["id"] for one in again] == [ids[2]], "it is with its author again"
    assert serious(page) == []
    for person in people.values():
        person.close()
