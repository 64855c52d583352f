"""A study rehearsed, then run block by block by several people in their browsers, then read.

The clock of the annotators' pages is moved instead of waited for, so that how slow the machine is does not matter.
"""

from __future__ import annotations

import csv
import io
import json
import time

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from browser.conftest import MOODS, messages, sign_in
from browser.test_safety import serious
from running import Api, Server

pytestmark = pytest.mark.browser
PACE = {"ada": 180, "bob": 240, "eve": 120}
"""Seconds an item by hand; a third of it with a suggestion."""
LOAD = {"manual": 80, "pre-annotated": 20}
"""What everybody says of the blocks of an arm, on all six scales."""
PER_ARM = 3


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


def signed_in(browser: Browser, server: Server, person: Api) -> Page:
    """A browser of the person's own, with the session that the API gave."""
    name, value = person.cookie.split("=", 1)
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
    context.add_cookies([{"name": name, "value": value, "url": server.address}])
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.clock.install()
    return page


def work(page: Page, server: Server, project: int, pace: int) -> None:
    """Go through the whole part of one person."""
    seen: set[str] = set()
    page.goto(f"{server.address}/p/{project}/label")
    card = page.get_by_role("region", name="Study")
    expect(card.get_by_text("You take part in a study")).to_be_visible()
    card.get_by_role("radio", name="3").check()
    card.get_by_role("button", name="Begin").click()
    card.get_by_role("button", name="Warm up").click()
    answer(page, pace, 1, helped=False)
    for block in (1, 2):
        expect(card.get_by_text(f"block {block} of 2")).to_be_visible()
        helped = card.get_by_text("At hand: suggestions shown").count() > 0
        card.get_by_role("button", name="Begin the block").click()
        seen |= set(answer(page, pace // 3 if helped else pace, PER_ARM, helped=helped))
        tell(card, LOAD["pre-annotated" if helped else "manual"], asks_trust=helped)
    card.get_by_role("textbox", name="suggestions shown").fill("10")
    card.get_by_role("button", name="Finish").click()
    expect(card).to_have_count(0)
    assert len(seen) == 2 * PER_ARM, "nobody sees an item twice"


def answer(page: Page, seconds: int, items: int, *, helped: bool) -> list[str]:
    """Answer so many items, each after so many seconds; the messages. Suggestions are there in a helped block, and in no other."""
    item = page.get_by_role("region", name="Item", exact=True)
    texts: list[str] = []
    for _ in range(items):
        message = item.get_by_text("(order ")
        expect(message).to_be_visible()
        texts.append(message.inner_text())
        expect(page.get_by_role("tab", name="Suggestions")).to_have_count(1 if helped else 0)
        expect(page.get_by_role("list", name="Suggestions").get_by_role("listitem")).to_have_count(1 if helped else 0)
        page.clock.fast_forward(seconds * 1000)
        page.keyboard.press(str(MOODS.index(truth(texts[-1])) + 1))
        expect(item.get_by_text(texts[-1], exact=True)).to_have_count(0)
    return texts


def tell(card: Locator, load: int, *, asks_trust: bool) -> None:
    """Fill in the page after a block: six scales of load, three lines of trust where there was help."""
    expect(card.get_by_text("How was this block?")).to_be_visible()
    expect(card.get_by_role("button", name="Go on")).to_be_disabled()
    for thumb in card.get_by_role("slider").all():
        thumb.press("Home" if load < 50 else "End")
        for _ in range((load if load < 50 else 100 - load) // 5):
            thumb.press("ArrowRight" if load < 50 else "ArrowLeft")
    groups = card.get_by_role("radiogroup")
    expect(groups).to_have_count(3 if asks_trust else 0)
    for group in groups.all():
        group.get_by_role("radio", name="4").check()
    card.get_by_role("button", name="Go on").click()


def number(page: Page, label: str, value: str) -> None:
    box = page.get_by_role("textbox", name=label)
    box.fill(value)
    box.press("Tab")


def design(page: Page) -> None:
    """Fill in the form of a new study, and rehearse it."""
    page.get_by_role("button", name="New study").click()
    page.get_by_role("textbox", name="Name", exact=True).fill("Do suggestions help?")
    people = page.get_by_role("combobox", name="People")
    for name in PACE:
        people.click()
        page.get_by_role("option", name=name, exact=True).click()
    page.keyboard.press("Escape")
    number(page, "Items per arm and person", str(PER_ARM))
    number(page, "Items to warm up", "1")
    number(page, "Pauses count up to", "300")
    page.get_by_text("More", exact=True).click()
    number(page, "Suggestions withheld by chance", "0")
    expect(page.get_by_text("chance to find it with 3 people")).to_be_visible()
    page.get_by_role("button", name="Rehearse it").click()
    page.get_by_role("button", name="Run it 200 times").click()
    expect(page.get_by_text("A difference of time was found in 0% of 200 runs")).to_be_visible(timeout=120_000)
    page.get_by_role("button", name="Close").last.click()


def test_a_study_rehearsed_and_run(page: Page, browser: Browser, server: Server, owner: Api) -> None:
    project = prepare(owner)
    people = {name: server.person(owner, name, project) for name in PACE}
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/studies")
    design(page)
    page.get_by_role("button", name="Freeze and begin").click()
    page.get_by_role("dialog").get_by_role("button", name="Freeze and begin").click()
    expect(page.get_by_text(f"0 of {3 * (2 * PER_ARM + 1)} items done")).to_be_visible()
    for name, person in people.items():
        own = signed_in(browser, server, person)
        work(own, server, project, PACE[name])
        own.context.close()
        person.close()
    page.reload()
    expect(page.get_by_role("heading", name="pre-annotated against manual: Cannot tell")).to_be_visible()
    for title in ("By person: pre-annotated against manual", "By idle cap", "Practice", "Methods"):
        expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.get_by_role("img", name="By person: pre-annotated against manual: 3 people")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("banner")).to_be_hidden()
    assert page.evaluate("() => { const m = document.getElementById('main'); return m.scrollHeight <= m.clientHeight; }"), (
        "all of it is on paper, however long"
    )
    page.emulate_media(media="screen")
    study = owner.call("GET", f"/api/projects/{project}/studies")[0]
    report = owner.call("GET", f"/api/projects/{project}/studies/{study['id']}/report")
    [contrast] = report["contrasts"]
    assert contrast["time"]["value"] == pytest.approx(1 / 3, abs=0.1)
    assert contrast["time"]["p"] == pytest.approx(2 / 2**3), "three people cannot show it, however fast they were"
    assert contrast["quality"]["value"] == 0
    assert contrast["load"]["value"] == pytest.approx(LOAD["pre-annotated"] - LOAD["manual"])
    assert contrast["perceived"]["value"] == pytest.approx(0.1)
    assert serious(page) == []
