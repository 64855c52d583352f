"""The main journeys, as a person does them: create, import, label with keys, accept in bulk, undo, export."""

from __future__ import annotations

import csv
import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import exported, make_project, messages, shows, sign_in
from running import PASSWORD, Api, Server

pytestmark = pytest.mark.browser


def _csv(path: Path) -> Path:
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "message", "channel"])
        for row in messages(30):
            writer.writerow([row["key"], row["data"]["text"], "mail"])
        writer.writerow(["too", "many", "cells", "here", "for", "sure"])
    return path


def _position(page: Page, done: int) -> None:
    expect(page.get_by_role("toolbar", name="Item").locator("strong")).to_have_text(str(done))


def test_from_first_start_to_export(page: Page, server: Server, tmp_path: Path) -> None:
    page.goto(server.address)
    page.get_by_role("textbox", name="Login").fill("owner")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.get_by_role("link", name="Create a project").click()
    page.get_by_role("button", name=re.compile("Text classification")).click()
    page.get_by_role("button", name="Create project").click()

    page.locator("input[type=file]").first.set_input_files(_csv(tmp_path / "m.csv"))
    expect(page.get_by_role("combobox", name="Message", exact=True)).to_have_value("message")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("30", exact=False).first).to_be_visible()
    owner = server.owner()
    page.wait_for_function("() => document.body.innerText.includes('bad') || document.body.innerText.includes('wrong')")
    assert owner.call("GET", "/api/projects/1")["counts"]["items"] == 30

    page.goto(server.address + "/p/1/label")
    shows(page, "(order ")
    for done in range(3):
        _position(page, done)
        page.keyboard.press("2")
    _position(page, 3)
    expect(page.get_by_role("button", name="Saved")).to_be_visible()
    rows = exported(owner, 1)
    labelled = [r for r in rows if r["labels"]]
    assert [r["labels"]["topic"] for r in labelled] == ["delivery"] * 3
    assert all(r["meta"]["channel"] == "mail" for r in rows)

    page.goto(server.address + "/p/1/data")
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name=re.compile("Export")).click()
    with page.expect_download() as download:
        page.get_by_role("dialog").get_by_role("link", name=re.compile("Download|Export")).or_(
            page.get_by_role("dialog").get_by_role("button", name=re.compile("Download|Export"))
        ).first.click()
    assert download.value.suggested_filename.endswith(".jsonl")
    lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 30
    assert json.loads(lines[0])["data"]["text"]
    owner.close()


def test_keys_undo_across_submit_skip_and_flag(page: Page, server: Server, owner: Api) -> None:
    project = make_project(owner, 8)
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/label")
    shows(page, "(order 0)")
    page.keyboard.press("1")
    shows(page, "(order 1)")
    page.keyboard.press("Control+z")
    shows(page, "(order 0)")
    page.keyboard.press("3")
    shows(page, "(order 1)")

    page.keyboard.press("f")
    page.get_by_role("dialog").get_by_role("textbox").fill("please look")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("s")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("1")
    shows(page, "(order 2)")
    page.keyboard.press("2")
    shows(page, "(order 3)")
    expect(page.get_by_text("Saved")).to_be_visible()

    rows = {r["key"]: r for r in exported(owner, project)}
    assert rows["0"]["labels"] == {"mood": "question"}
    assert rows["2"]["labels"] == {"mood": "complaint"}
    assert not rows["1"]["labels"]
    counts = owner.call("GET", f"/api/projects/{project}")["counts"]
    assert (counts["answers"], counts["skipped"], counts["flagged"]) == (2, 1, 1)
    every = {r["key"]: r for r in exported(owner, project, "everything")}
    assert [a["value"] for a in every["0"]["annotations"] if a["role"] == "answer"][-1] == "question"


def _suggestions(owner: Api, project: int, n: int) -> None:
    rows = owner.call("GET", f"/api/projects/{project}/items?limit={n}")["rows"]
    given = [
        {"item_id": r["id"], "question": "mood", "value": "complaint" if k % 2 else "praise", "score": 0.99 - k / 100}
        for k, r in enumerate(rows)
    ]
    assert owner.call("POST", f"/api/projects/{project}/suggestions?name=elsewhere", given)["added"] == n


def test_a_suggestion_is_accepted_or_changed_with_one_key(page: Page, server: Server, owner: Api) -> None:
    project = make_project(owner, 6)
    _suggestions(owner, project, 6)
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/label")
    expect(page.get_by_text("elsewhere v1")).to_be_visible()
    page.keyboard.press("a")
    shows(page, "(order 1)")
    page.keyboard.press("3")
    shows(page, "(order 2)")
    expect(page.get_by_text("Saved")).to_be_visible()
    rows = {r["key"]: r for r in exported(owner, project, "everything")}
    answers = [next(a for a in rows[k]["annotations"] if a["role"] == "answer") for k in ("0", "1")]
    assert [a["value"] for a in answers] == ["praise", "question"]
    assert [a["basis"] for a in answers] == ["shown", "shown"]
    assert answers[0]["shown"][0]["value"] == "praise"
    assert owner.call("GET", f"/api/projects/{project}")["counts"]["done"] == 2


def test_accept_in_bulk_and_undo_as_one(page: Page, server: Server, owner: Api) -> None:
    project = make_project(owner, 12)
    _suggestions(owner, project, 12)
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/label")
    shows(page, "(order 0)")
    page.keyboard.press("Alt+a")
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_text("Send everything to people")).to_be_visible()
    expect(sheet.get_by_role("button", name=re.compile(r"^Accept \d+"))).to_be_disabled()
    sheet.get_by_label("What is limited").select_option("none")
    sheet.get_by_role("button", name=re.compile(r"^Accept \d+")).click()
    assert _done(owner, project, lambda n: n > 0)
    page.get_by_role("button", name="Undo").last.click()
    assert _done(owner, project, lambda n: n == 0)


def _done(owner: Api, project: int, fits: Callable[[int], bool]) -> bool:
    """Wait until the count of finished items fits."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if fits(owner.call("GET", f"/api/projects/{project}")["counts"]["done"]):
            return True
        time.sleep(0.1)
    return False


def test_two_annotators_see_only_their_own_work(page: Page, server: Server, owner: Api) -> None:
    project = make_project(owner, 4, overlap=2)
    other = server.person(owner, "bob", project)
    work = other.call("GET", f"/api/projects/{project}/queue?n=1")[0]
    other.call(
        "POST", f"/api/projects/{project}/answers",
        {"op_id": "bobs-own-operation", "item_id": work["item"]["id"], "values": {"mood": "complaint"}, "schema_version": 1},
    )  # fmt: skip
    server.person(owner, "ann", project).close()
    sign_in(page, server, "ann")
    replies: list[str] = []
    page.on("response", lambda r: replies.append(r.text()) if "/queue" in r.url or "/items/" in r.url else None)
    page.goto(f"{server.address}/p/{project}/label")
    shows(page, "(order 0)")
    assert replies
    assert not any("bob" in text for text in replies)
    expect(page.get_by_role("link", name="Data")).to_have_count(0)
    other.close()
