"""Comparing two models live: waiting, answers that appear together, a model that fails, writing on, a reload; all by keyboard."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import exported, sign_in
from running import Api, Server

pytestmark = pytest.mark.browser


def _connect(owner: Api, name: str, **script: Any) -> None:
    config = {"rules": [{"when": "shorter", "answer": f"short {name}"}, {"answer": f"long words of {name}"}], **script}
    owner.call("POST", "/api/connections", {"name": name, "plugin": "scripted", "config": config, "limits": {"tries": 1}})


def _project(owner: Api, n: int, **live: Any) -> int:
    recipe = next(one for one in owner.call("GET", "/api/recipes") if one["name"] == "compare_models")
    spec = recipe["spec"]
    spec["questions"] = spec["questions"][:1]
    spec["questions"][0]["config"] = {"live": {**spec["questions"][0]["config"]["live"], **live}}
    spec["policy"] = {**spec["policy"], "blind_share": 0, "order": "imported"}
    project = int(owner.call("POST", "/api/projects", spec)["id"])
    owner.call(
        "POST", f"/api/projects/{project}/items", [{"data": {"prompt": f"Question {k}?"}, "key": str(k)} for k in range(n)]
    )
    return project


def test_two_models_are_compared_while_they_write(page: Page, server: Server, owner: Api) -> None:
    _connect(owner, "first-model", seconds=0.5)
    _connect(owner, "second-model", seconds=0.1)
    project = _project(owner, 3)
    sign_in(page, server)
    replies: list[str] = []
    page.on("response", lambda r: replies.append(r.text()) if "/candidates" in r.url or "/work" in r.url else None)
    page.goto(f"{server.address}/p/{project}/label")
    expect(page.get_by_text("Their answers appear together.")).to_be_visible()
    expect(page.get_by_role("article", name="Answer A")).to_contain_text("long words of")
    box = page.get_by_role("textbox", name="Write on to all models")
    box.fill("Make it shorter")
    box.press("Enter")
    for letter in "AB":
        expect(page.get_by_role("article", name=f"Answer {letter}")).to_contain_text("short ")
    page.reload()
    expect(page.get_by_role("article", name="Answer A")).to_contain_text("Make it shorter")
    better = "first-model" if "first-model" in page.get_by_role("article", name="Answer A").inner_text() else "second-model"
    page.keyboard.press("1")
    page.keyboard.press("$mod+Enter".replace("$mod", "Control"))
    expect(page.get_by_role("region", name="Item", exact=True).get_by_text("Question 1?")).to_be_visible()
    expect(page.get_by_role("article", name="Answer B")).to_contain_text("long words of")
    assert not any('"source"' in reply or "second-model-" in reply for reply in replies)
    for _ in range(600):
        rows = {row["key"]: row["labels"].get("better") for row in exported(owner, project)}
        if rows["0"] is not None:
            break
        page.wait_for_timeout(100)
    (pair,) = [
        json.loads(line)
        for line in owner.raw("GET", f"/api/projects/{project}/export?format=preference&option=source:true")[1].splitlines()
    ]
    assert pair["chosen_source"] == better
    assert pair["prompt"] == [{"role": "user", "content": "Question 0?"}]
    assert [turn["role"] for turn in pair["chosen"]] == ["assistant", "user", "assistant"]


def test_a_model_that_fails_is_told_of_and_asked_again(page: Page, server: Server, owner: Api) -> None:
    _connect(owner, "first-model")
    _connect(owner, "second-model", fail_every=1)
    project = _project(owner, 1, follow_ups=0)
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/label")
    expect(page.get_by_text("There is nothing to compare yet.")).to_be_visible()
    ident = next(one["id"] for one in owner.call("GET", "/api/connections") if one["name"] == "second-model")
    owner.call("PATCH", f"/api/connections/{ident}", {"config": {"rules": [{"answer": "better late"}]}})
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("region", name="Item", exact=True).get_by_text("better late")).to_be_visible()
    calls = owner.call("GET", f"/api/projects/{project}/ledger")["lines"]
    done = [line["connection"] for line in calls if line["state"] == "done"]
    assert sorted(done) == ["first-model", "second-model"], "what was answered is not asked for again"
