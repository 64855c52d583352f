"""A time series as a person marks it: by mouse over a curve, by keys, undone; seconds since its first time are stored."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from browser.marking import answers, open_bench, submit
from running import Api, Server

pytestmark = pytest.mark.browser


def test_stretches_are_marked_over_curves(page: Page, server: Server, owner: Api) -> None:
    question = {"name": "parts", "type": "segments", "field": "log", "config": {"labels": ["climb", "rest"]}}
    policy = {"blind_share": 0, "order": "imported"}
    fields = [{"name": "log", "kind": "table"}]
    spec = {"name": "Ride", "guidelines": "", "fields": fields, "questions": [question], "policy": policy}
    project = int(owner.call("POST", "/api/projects", spec)["id"])
    log = {"time": [500 + t / 10 for t in range(1001)], "speed": [t % 70 for t in range(1001)]}
    assert owner.call("POST", f"/api/projects/{project}/items", [{"data": {"log": log}, "key": "0"}])["added"] == 1
    open_bench(page, server, project)
    line = page.get_by_role("group", name="Timeline of log")
    expect(line.get_by_text("speed")).to_be_visible()
    box = line.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 212, box["y"] + 70)
    page.mouse.down()
    page.mouse.move(box["x"] + 312, box["y"] + 70, steps=5)
    page.mouse.up()
    page.keyboard.press("2")
    expect(page.get_by_role("option", name="rest")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("option", name="rest")).to_have_count(0)
    page.keyboard.press("Control+Shift+z")
    expect(page.get_by_role("option", name="rest")).to_be_visible()
    submit(page)
    (one,) = answers(owner, project, "parts")["0"]
    scale = 100 / (box["width"] - 113)
    assert one["label"] == "rest"
    assert one["start"] == pytest.approx(100 * scale, abs=2 * scale)
    assert one["end"] == pytest.approx(200 * scale, abs=2 * scale)
