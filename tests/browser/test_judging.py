"""Journeys with judges: advice while answering, dismissed or taken; an audit by keys; the report; a rubric written in the browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import shows, sign_in, wait_for
from browser.test_safety import _axe as axe_script  # pyright: ignore[reportPrivateUsage]
from running import Api, Server

QUESTION = "Where does the river rise?"
SOURCE = "The river Elbe rises in the Giant Mountains (order {k})."
BAD, GOOD = "In the Alps.", "In the Giant Mountains."


def said(score: str, advice: str, proposal: str | None = None) -> dict[str, Any]:
    entry = {"evidence": ["the Giant Mountains", "not there at all"], "reason": "The item says otherwise.", "score": score}
    return {"criteria": {"right": entry}, "advice": advice, "proposal": proposal}


def prepare(owner: Api, live: str) -> int:
    """A project with an open question, a scripted model and a judge; its id."""
    rules = [
        {"when": "<answer>\\s*In the Giant", "answer": said("4", "")},
        {"answer": said("1", "Name the mountains of the item.", GOOD)},
    ]
    owner.call("POST", "/api/connections", {"name": "script", "plugin": "scripted", "config": {"rules": rules, "seconds": 0.1}})
    spec = {
        "name": "Rivers", "fields": [{"name": "text"}], "questions": [{"name": "answer", "type": "text", "title": QUESTION}],
        "policy": {"blind_share": 0, "order": "imported", "data": {"models": ["*"]}},
    }  # fmt: skip
    project = owner.call("POST", "/api/projects", spec)["id"]
    owner.call("POST", f"/api/projects/{project}/items", [{"data": {"text": SOURCE.format(k=k)}} for k in range(6)])
    levels = [{"score": k, "description": w} for k, w in enumerate(("wrong", "half right", "nearly right", "right"), 1)]
    rubric = {"name": "facts", "criteria": [{"name": "right", "title": "Right", "levels": levels, "pass_mark": 3}]}
    owner.call("POST", f"/api/projects/{project}/rubrics", {"rubric": rubric})
    body = {
        "plugin": "rubric",
        "name": "first",
        "question": "answer",
        "rubric": "facts",
        "config": {"connection": "script"},
        "live": live,
    }
    owner.call("POST", f"/api/projects/{project}/judges", body)
    return project


def write(page: Page, text: str) -> None:
    box = page.get_by_role("textbox", name=QUESTION)
    box.fill(text)


def test_get_judged_dismiss_revise_and_take(page: Page, server: Server, owner: Api) -> None:
    project = prepare(owner, "asked")
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/label")
    shows(page, "order 0")
    write(page, BAD)
    page.keyboard.press("Alt+j")
    advice = page.get_by_role("log", name="Advice of the judge")
    expect(advice.get_by_text("Below the mark")).to_be_visible()
    expect(advice.get_by_text("Name the mountains of the item.")).to_be_visible()
    expect(advice.get_by_text("1 quote left out: not found in the text.")).to_be_visible()
    expect(page.get_by_text("Not tested here yet: nobody knows how often it is wrong.")).to_be_visible()
    page.keyboard.press("Alt+k")
    expect(advice.get_by_text("kept as a possible false alarm")).to_be_visible()
    page.keyboard.press("Control+Enter")
    shows(page, "order 1")
    expect(advice.get_by_text("Below the mark")).to_have_count(0)
    write(page, BAD)
    page.keyboard.press("Alt+j")
    expect(advice.get_by_text("Below the mark")).to_be_visible()
    page.keyboard.press("Alt+u")
    expect(page.get_by_role("textbox", name=QUESTION)).to_have_value(GOOD)
    page.keyboard.press("Alt+j")
    expect(advice.get_by_text("Passes the rubric")).to_be_visible()
    page.keyboard.press("Control+Enter")
    shows(page, "order 2")
    judge = owner.call("GET", f"/api/projects/{project}/judges")[0]["id"]
    wait_for(lambda: owner.call("GET", f"/api/projects/{project}/judges/{judge}/report")["advice"]["taken"] == 1)
    told = owner.call("GET", f"/api/projects/{project}/judges/{judge}/report")["advice"]
    assert (told["shown"], told["given"], told["dismissed"], told["taken"]) == (3, 2, 1, 1)
    events = owner.call("GET", f"/api/projects/{project}/effort")
    assert events[0]["effort"]["waits"] == 2, "waiting for the judge is a clock of its own"
    assert {line["basis"] for line in events} == {"shown"}, "an answer given after advice is no unassisted one"


def test_a_judge_speaks_at_a_pause_and_never_holds_up_a_submit(page: Page, server: Server, owner: Api) -> None:
    project = prepare(owner, "paused")
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/label")
    shows(page, "order 0")
    page.get_by_role("tab", name="Judge").click()
    write(page, BAD)
    advice = page.get_by_role("log", name="Advice of the judge")
    expect(advice.get_by_text("Below the mark")).to_be_visible()
    page.get_by_role("textbox", name=QUESTION).focus()
    page.keyboard.press("Control+Enter")
    shows(page, "order 1")
    write(page, BAD)
    page.keyboard.press("Control+Enter")
    shows(page, "order 2")


def test_audit_by_keys_and_read_the_report(page: Page, server: Server, owner: Api) -> None:
    project = prepare(owner, "off")
    at = f"/api/projects/{project}"
    ana = server.person(owner, "ana", project)
    for k, item in enumerate(owner.call("GET", f"{at}/items?limit=10")["rows"]):
        body = {"op_id": f"operation-{k}", "item_id": item["id"], "values": {"answer": GOOD if k % 2 else BAD}}
        ana.call("POST", f"{at}/answers", body)
    ana.close()
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/judges")
    page.get_by_role("button", name="Judge finished work").click()
    page.get_by_role("button", name="Judge 6 answers").click()
    card = page.get_by_role("article", name="first")
    expect(card.get_by_text("6 answers judged as they stand now")).to_be_visible()
    expect(card.get_by_text("Not tested here yet: 0 of about 50 audits")).to_be_visible()
    card.get_by_role("link", name="Audit answers").click()
    expect(page.get_by_text("0 / about 50")).to_be_visible()
    for done in range(6):
        expect(page.get_by_text("Name the mountains")).to_have_count(0)
        good = page.get_by_label("Item and answer").get_by_text(GOOD, exact=True).count()
        page.keyboard.press("4" if good else "1")
        expect(page.get_by_text(f"{done + 1} / about 50")).to_be_visible()
    expect(page.get_by_text("Nothing to audit now")).to_be_visible()
    page.get_by_role("link", name="To the judges").first.click()
    expect(card.get_by_text("Not tested here yet: 6 of about 50 audits")).to_be_visible()
    expect(card.get_by_text("Pass rate put right")).to_be_visible()
    card.get_by_text("Against people, criterion by criterion").click()
    expect(card.get_by_role("cell", name="Right", exact=True)).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(page: Page, server: Server, owner: Api, theme: str) -> None:
    axe = axe_script()
    project = prepare(owner, "asked")
    at = f"/api/projects/{project}"
    ana = server.person(owner, "ana", project)
    for k, item in enumerate(owner.call("GET", f"{at}/items?limit=3")["rows"]):
        ana.call("POST", f"{at}/answers", {"op_id": f"operation-{k}", "item_id": item["id"], "values": {"answer": BAD}})
    ana.close()
    judge = owner.call("GET", f"{at}/judges")[0]["id"]
    rubric = owner.call("GET", f"{at}/rubrics")[0]["id"]
    owner.call("POST", f"{at}/judges/{judge}/run", {})
    pick = owner.call("POST", f"{at}/judges/{judge}/audit/next")["pick"]
    owner.call("POST", f"{at}/judges/{judge}/audit", {"pick": pick, "scores": {"right": 2}})
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    sign_in(page, server)
    found: list[str] = []
    for place in ("label", "judges", f"rubric?rubric={rubric}", "rubric", f"audit?judge={judge}"):
        page.goto(f"{server.address}/p/{project}/{place}")
        expect(page.get_by_role("main")).to_be_visible()
        page.wait_for_timeout(1200)
        if place == "label":
            write(page, BAD)
            page.keyboard.press("Alt+j")
            expect(page.get_by_text("Below the mark")).to_be_visible()
        page.evaluate(axe)
        for violation in page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]:
            if violation["impact"] in ("serious", "critical"):
                found.append(f"{place}: {violation['id']}: {[n['html'][:160] for n in violation['nodes'][:3]]}")
    assert found == []


def test_write_a_rubric_from_a_ready_one(page: Page, server: Server, owner: Api) -> None:
    project = prepare(owner, "off")
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/rubric")
    page.get_by_role("button", name="translation").click()
    page.get_by_role("region", name="Tone").get_by_role("textbox", name="Title").fill("Register")
    page.get_by_role("button", name="Save rubric").click()
    expect(page.get_by_role("heading", name="translation")).to_be_visible()
    page.get_by_role("region", name="Register").get_by_role("radio", name="Good enough from 2").check()
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_text("Version 2 of")).to_be_visible()
    stored = owner.call("GET", f"/api/projects/{project}/rubrics")
    newest = next(r for r in stored if r["name"] == "translation")
    assert newest["version"] == 2
    assert newest["rubric"]["criteria"][3]["pass_mark"] == 2
