"""A real server and a real headless Chromium, for journeys through the web app."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from browser_setup import chromium
from running import PASSWORD, Api, Server

expect.set_options(timeout=45_000)
MOODS = ["praise", "complaint", "question"]
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]


def messages(n: int) -> list[dict[str, Any]]:
    """Items with something to learn from."""
    texts = ["I love this chair", "The table arrived broken", "When will you deliver?"]
    return [{"data": {"text": f"{texts[k % 3]} (order {k})"}, "key": str(k), "meta": {"channel": "mail"}} for k in range(n)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For one file of tests: Playwright's event loop runs in this thread, and other tests run loops of their own."""
    path = chromium()
    if path in (None, "none"):
        pytest.skip("There is no Chromium on this machine.")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield opened
        opened.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path / "ws") as running:
        yield running


@pytest.fixture
def owner(server: Server) -> Iterator[Api]:
    api = server.owner()
    yield api
    api.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty browser; the test fails if a script on any page throws."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    opened = context.new_page()
    opened.set_default_timeout(45_000)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []


def sign_in(page: Page, server: Server, login: str = "owner") -> None:
    """Sign in through the page."""
    page.goto(server.address + "/login")
    page.get_by_role("textbox", name="Login").fill(login)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def shows(page: Page, text: str) -> None:
    """Wait until the item on the screen contains this text."""
    expect(page.get_by_role("region", name="Item", exact=True).get_by_text(text)).to_be_visible()


def make_project(owner: Api, n: int, **policy: Any) -> int:
    """A project with one question and `n` messages; its id."""
    spec = {
        "name": "Messages",
        "guidelines": "# Guide\n\n## praise\nSomebody is happy.\n\n## complaint\nSomebody is not.",
        "fields": [{"name": "text"}],
        "questions": [{"name": "mood", "type": "choice", "title": "What is it?", "config": {"labels": MOODS}}],
        "policy": {"blind_share": 0, "order": "imported", **policy},
    }
    project = owner.call("POST", "/api/projects", spec)["id"]
    if n:
        owner.call("POST", f"/api/projects/{project}/items", messages(n))
    return project


def exported(owner: Api, project: int, what: str = "resolved") -> list[dict[str, Any]]:
    """The export as decoded lines."""
    status, out, _ = owner.raw("GET", f"/api/projects/{project}/export?format=jsonl&what={what}")
    assert status == 200
    return [json.loads(line) for line in out.splitlines()]


def wait_for(true: Callable[[], Any], seconds: float = 60) -> None:
    """Wait until it holds; fails if it never does."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)
