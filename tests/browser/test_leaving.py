"""An answer that was submitted reaches the server wherever its author goes next: another page of Milo, or away."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, Route, expect

from browser.conftest import exported, make_project, shows, sign_in
from running import Api, Server

pytestmark = pytest.mark.browser

PRESS_AND_GO = """(to) => {
    document.activeElement?.blur();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "2", code: "Digit2", bubbles: true, cancelable: true }));
    location.assign(to);
}"""


def _arrives(owner: Api, project: int, wanted: dict[str, str]) -> None:
    """Wait until the server has exactly these answers."""
    end, found = time.monotonic() + 60, dict[str, str]()
    while time.monotonic() < end:
        found = {r["key"]: r["labels"]["mood"] for r in exported(owner, project) if r["labels"]}
        if found == wanted:
            return
        time.sleep(0.1)
    raise AssertionError(f"The server has {found}, not {wanted}.")


def _opened(page: Page, server: Server, owner: Api) -> int:
    project = make_project(owner, 10)
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/label")
    shows(page, "(order 0)")
    return project


def test_an_answer_given_in_the_moment_of_leaving_arrives(page: Page, server: Server, owner: Api) -> None:
    """Key press and full load of a page outside of Milo in one breath: nothing of Milo is left to send it later."""
    project = _opened(page, server, owner)
    page.evaluate(PRESS_AND_GO, "about:blank")
    page.wait_for_url("about:blank")
    _arrives(owner, project, {"0": "complaint"})


def test_an_answer_given_just_before_another_page_loads_arrives_once(page: Page, server: Server, owner: Api) -> None:
    project = _opened(page, server, owner)
    page.keyboard.press("1")
    page.goto(f"{server.address}/p/{project}/models")
    _arrives(owner, project, {"0": "praise"})
    page.evaluate(PRESS_AND_GO, f"{server.address}/p/{project}/label")
    shows(page, "(order 1)")
    page.evaluate(PRESS_AND_GO, f"{server.address}/p/{project}/data")
    _arrives(owner, project, {"0": "praise", "1": "complaint"})
    assert owner.call("GET", f"/api/projects/{project}")["counts"]["answers"] == 2


def test_other_pages_say_what_is_stuck_and_send_it(page: Page, server: Server, owner: Api) -> None:
    project = _opened(page, server, owner)
    away = f"{server.address}/api/projects/{project}/answers*"

    def unreachable(route: Route) -> None:
        route.abort()

    page.context.route(away, unreachable)
    page.keyboard.press("3")
    shows(page, "(order 1)")
    expect(page.get_by_role("button", name="Offline · 1 kept")).to_be_visible()
    page.get_by_role("link", name="Settings").click()
    waiting = page.get_by_role("button", name="Not saved yet")
    expect(waiting).to_be_visible()
    assert exported(owner, project)[0]["labels"] == {}
    page.context.unroute(away, unreachable)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    _arrives(owner, project, {"0": "question"})
    expect(waiting).to_have_count(0)


def test_signing_in_sends_what_was_left_behind(page: Page, server: Server, owner: Api) -> None:
    """The session ended while answers waited; its owner signs in again and looks at something else."""
    project = _opened(page, server, owner)
    page.context.clear_cookies()
    page.keyboard.press("1")
    page.wait_for_url(lambda url: "/login" in url)
    page.goto("about:blank")
    sign_in(page, server)
    page.wait_for_url(lambda url: url.rstrip("/") == server.address)
    _arrives(owner, project, {"0": "praise"})
