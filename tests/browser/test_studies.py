"""A study rehearsed, then run by several people in their browsers, then read: the verdict is the one that was put in.

The pages' clock is moved instead of waited for, so that how slow the machine is does not matter.
"""

from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.conftest import MOODS, messages, sign_in
from browser.test_safety import _axe as axe_script  # pyright: ignore[reportPrivateUsage]
from running import Api, Server

PEOPLE = ("ada", "bob", "eve")
PACE = {"ada": 60, "bob": 90, "eve": 40}
"""Seconds an item by hand; a third of it with a suggestion."""


def prepare(owner: Api) -> int:
    """A project whose items have gold labels, and suggestions that are right; its id."""
    spec = {
        "name": "Messages",
        "fields": [{"name": "text"}],
        "questions": [{"name": "mood", "type": "choice", "title": "What is it?", "config": {"labels": MOODS}}],
        "policy": {"blind_share": 0, "order": "imported"},
    }
    project = owner.call("POST", "/api/projects", spec)["id"]
    at = f"/api/projects/{project}"
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["text", "gold"])
    writer.writerows([one["data"]["text"], MOODS[k % 3]] for k, one in enumerate(messages(30)))
    upload = json.loads(owner.raw("POST", f"{at}/uploads?name=m.csv", table.getvalue().encode())[1])["upload"]
    mapping = {"fields": {"text": "text"}, "labels": {"mood": {"column": "gold", "role": "gold"}}}
    job = owner.call("POST", f"{at}/import", {"upload": upload, "mapping": mapping})["id"]
    end = time.monotonic() + 120
    while owner.call("GET", f"/api/jobs/{job}")["state"] in ("queued", "running"):
        assert time.monotonic() < end
        time.sleep(0.1)
    ids = owner.call("GET", f"{at}/items/ids")["ids"]
    assert len(ids) == 30
    said = [{"item_id": i, "question": "mood", "value": MOODS[k % 3], "score": 0.9} for k, i in enumerate(sorted(ids))]
    owner.call("POST", f"{at}/suggestions?name=helper", said)
    return project


def truth(text: str) -> str:
    return MOODS[0] if "love" in text else MOODS[1] if "broken" in text else MOODS[2]


def work(page: Page, server: Server, project: int, who: str) -> None:
    """Go through the whole part of one person."""
    page.clock.install()
    sign_in(page, server, who)
    page.goto(f"{server.address}/p/{project}/label")
    card = page.get_by_role("region", name="Study")
    expect(card.get_by_text("You take part in a study")).to_be_visible()
    card.get_by_role("radio", name="3").check()
    card.get_by_role("button", name="Begin").click()
    card.get_by_role("button", name="Warm up").click()
    answer(page, PACE[who], 1)
    card.get_by_role("button", name="Begin the block").click()
    answer(page, PACE[who], 8)
    expect(card.get_by_text("How was this block?")).to_be_visible()
    for thumb in card.get_by_role("slider").all():
        thumb.focus()
        thumb.press("ArrowLeft")
    for group in card.get_by_role("radiogroup").all():
        group.get_by_role("radio", name="4").check()
    card.get_by_role("button", name="Go on").click()
    card.get_by_role("textbox", name="suggestions shown").fill("10")
    card.get_by_role("button", name="Finish").click()
    expect(card).to_have_count(0)


def answer(page: Page, seconds: int, items: int) -> None:
    """Answer so many items, faster where something is suggested."""
    item = page.get_by_role("region", name="Item", exact=True)
    for _ in range(items):
        message = item.get_by_text("(order ")
        expect(message).to_be_visible()
        text = message.inner_text()
        helped = page.get_by_role("list", name="Suggestions").get_by_role("listitem").count() > 0
        page.clock.fast_forward((seconds // 3 if helped else seconds) * 1000)
        page.keyboard.press(str(MOODS.index(truth(text)) + 1))
        expect(item.get_by_text(text, exact=True)).to_have_count(0)


def choose_people(page: Page) -> None:
    box = page.get_by_role("combobox", name="People")
    for name in PEOPLE:
        box.click()
        page.get_by_role("option", name=name, exact=True).click()
    page.keyboard.press("Escape")


def number(page: Page, label: str, value: str) -> None:
    box = page.get_by_role("textbox", name=label)
    box.fill(value)
    box.press("Tab")


@pytest.mark.skip(reason="The journey did not pass steadily yet; the same study is run through the API in tests/study.")
def test_a_study_rehearsed_and_run(page: Page, browser: Browser, server: Server, owner: Api, tmp_path: Path) -> None:
    project = prepare(owner)
    others = [server.person(owner, name, project) for name in PEOPLE]
    for other in others:
        other.close()
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/studies")
    page.get_by_role("button", name="New study").click()
    page.get_by_role("textbox", name="Name", exact=True).fill("Do suggestions help?")
    choose_people(page)
    page.get_by_text("interleaved", exact=True).click()
    number(page, "Items per arm and person", "4")
    number(page, "Items to warm up", "1")
    number(page, "Not worse means", "10")
    number(page, "Pauses count up to", "300")
    page.get_by_text("More", exact=True).click()
    number(page, "Suggestions withheld by chance", "0")
    expect(page.get_by_text("chance to find it with 3 people")).to_be_visible()
    page.get_by_role("button", name="Rehearse it").click()
    page.get_by_role("button", name="Run it 200 times").click()
    expect(page.get_by_text("A difference of time was found in")).to_be_visible(timeout=120_000)
    page.get_by_role("button", name="Close").last.click()
    page.get_by_role("button", name="Freeze and begin").click()
    page.get_by_role("dialog").get_by_role("button", name="Freeze and begin").click()
    expect(page.get_by_text("0 of 27 items done")).to_be_visible()
    for name in PEOPLE:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        own = context.new_page()
        own.set_default_timeout(30_000)
        work(own, server, project, name)
        context.close()
    page.reload()
    expect(page.get_by_text("pre-annotated against manual: Faster, and not worse")).to_be_visible()
    expect(page.get_by_text("these people only").first).to_be_visible()
    fresh = server.owner()
    study = fresh.call("GET", f"/api/projects/{project}/studies")[0]
    found = fresh.call("GET", f"/api/projects/{project}/studies/{study['id']}/report")
    fresh.close()
    [contrast] = found["contrasts"]
    assert contrast["time"]["value"] == pytest.approx(1 / 3, abs=0.12)
    assert contrast["verdict"]["grid"] == "faster and not worse"
    assert contrast["perceived"]["value"] == pytest.approx(0.1)
    assert {line["person"]: round(line["seconds_compared"]) // 10 for line in contrast["people"]}.keys() == {
        "P01",
        "P02",
        "P03",
    }
    page.evaluate(axe_script())
    trouble: list[dict[str, Any]] = page.evaluate("axe.run().then(r => r.violations)")
    assert [v["id"] for v in trouble if v["impact"] in ("serious", "critical")] == []
