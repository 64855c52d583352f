"""Marking text as a person does: by mouse and by keyboard alone; what is stored is what Python would cut out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import wait_for
from browser.marking import answers, open_bench, span_project, submit, suggest, sweep, where
from running import Api, Server

pytestmark = pytest.mark.browser

EMOJI = "👩‍🔬 Maria 😀 moved to New York 🗽 with Dr. José Núñez."
ARABIC = "وصلت ماريا إلى القاهرة يوم الاثنين."


def _cut(text: str, spans: list[dict[str, object]]) -> list[tuple[str, str]]:
    """What each stored span covers, as Python counts, and its label."""
    return [(text[s["start"] : s["end"]], s["label"]) for s in spans]  # type: ignore[misc]


def _chip(page: Page) -> str:
    return page.get_by_role("region", name="Item", exact=True).get_by_role("status").first.inner_text()


def test_made_relabelled_and_removed_with_the_mouse(page: Page, server: Server, owner: Api) -> None:
    project = span_project(owner, [EMOJI])
    open_bench(page, server, project)
    sweep(page, "Maria", fraction=0.37)
    page.keyboard.press("1")
    sweep(page, "ew Yor")
    page.keyboard.press("1")
    page.get_by_role("group", name="Labels").get_by_role("button", name="place").click()
    sweep(page, "moved")
    page.keyboard.press("3")
    page.get_by_role("button", name="Remove").click()
    sweep(page, "José Núñez")
    page.keyboard.press("3")
    page.keyboard.press("Escape")
    at = where(page, "Núñez")
    page.mouse.click((at.x1 + at.x2) / 2, at.y1)
    page.keyboard.press("1")
    submit(page)
    found = answers(owner, project, "ents")["0"]
    assert _cut(EMOJI, found) == [("Maria", "person"), ("New York", "place"), ("José Núñez", "person")]


def test_made_stepped_and_removed_with_keys_alone(page: Page, server: Server, owner: Api) -> None:
    project = span_project(owner, [EMOJI])
    open_bench(page, server, project)
    page.get_by_role("group", name="text to mark").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+ArrowRight")
    _extend_over(page, "Maria")
    page.keyboard.press("1")
    page.keyboard.press("Alt+ArrowRight")
    page.keyboard.press("Alt+ArrowRight")
    page.keyboard.press("Alt+ArrowLeft")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("2")
    expect(page.locator("mark").first).to_be_visible()
    page.keyboard.press("Delete")
    expect(page.locator("mark")).to_have_count(0)
    page.keyboard.press("Control+z")
    submit(page)
    assert _cut(EMOJI, answers(owner, project, "ents")["0"]) == [("Maria 😀", "place")]


def _extend_over(page: Page, word: str) -> None:
    """Move the caret to the word, then extend over it, looking at the selection only."""
    for _ in range(12):
        page.keyboard.press("Shift+Control+ArrowRight")
        if page.evaluate("document.getSelection().toString().trim()") == word:
            return
        if page.evaluate("document.getSelection().toString().trim()") != "":
            page.keyboard.press("ArrowRight")
    raise AssertionError("The caret never selected the word.")


def test_right_to_left_undone_and_redone(page: Page, server: Server, owner: Api) -> None:
    project = span_project(owner, [ARABIC])
    open_bench(page, server, project)
    sweep(page, "ماريا")
    page.keyboard.press("1")
    sweep(page, "القاهرة")
    page.keyboard.press("2")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(page.locator("mark")).to_have_count(0)
    page.keyboard.press("Control+Shift+z")
    page.keyboard.press("Control+Shift+z")
    submit(page)
    assert _cut(ARABIC, answers(owner, project, "ents")["0"]) == [("ماريا", "person"), ("القاهرة", "place")]


def test_signs_of_several_code_points_and_mixed_directions(page: Page, server: Server, owner: Api) -> None:
    text = "e\u0301te\u0301 👨‍👩‍👧 שָׁלוֹם Oslo क्षत्रिय 👍🏽 end"
    wanted = ["e\u0301te\u0301", "שָׁלוֹם", "क्षत्रिय", "👍🏽"]
    project = span_project(owner, [text])
    open_bench(page, server, project)
    for words in wanted:
        page.get_by_role("group", name="text to mark").focus()
        page.evaluate("document.getSelection().removeAllRanges()")
        sweep(page, words)
        page.keyboard.press("2")
        expect(page.locator("mark", has_text=words)).to_be_visible()
        page.keyboard.press("Escape")
    submit(page)
    assert _cut(text, answers(owner, project, "ents")["0"]) == [(words, "place") for words in wanted]


def test_nested_and_overlapping(page: Page, server: Server, owner: Api) -> None:
    text = "The University of New York City opened its doors."
    project = span_project(owner, [text])
    open_bench(page, server, project)
    for words, key in (("University of New York", "3"), ("New York City", "2"), ("York", "1")):
        sweep(page, words)
        page.keyboard.press(key)
        page.keyboard.press("Escape")
    submit(page)
    found = _cut(text, answers(owner, project, "ents")["0"])
    assert found == [("University of New York", "thing"), ("New York City", "place"), ("York", "person")]


def test_an_edge_is_dragged_as_one_step(page: Page, server: Server, owner: Api) -> None:
    text = "Maria 😀 lives in New York now and likes it."
    project = span_project(owner, [text, text])
    open_bench(page, server, project)
    sweep(page, "York")
    page.keyboard.press("2")
    _drag_edge(page, "end", "now", inside=2)
    expect(page.locator("mark")).to_have_text("York now")
    page.keyboard.press("Control+z")
    expect(page.locator("mark")).to_have_text("York")
    page.keyboard.press("Control+Shift+z")
    _drag_edge(page, "start", "New", inside=8)
    submit(page)
    sweep(page, "Maria")
    page.keyboard.press("1")
    page.keyboard.down("Shift")
    _drag_edge(page, "end", "Mar", inside=0)
    page.keyboard.up("Shift")
    submit(page)
    found = answers(owner, project, "ents")
    assert _cut(text, found["0"]) == [("New York now", "place")]
    assert _cut(text, found["1"]) == [("Mar", "person")]


def _drag_edge(page: Page, edge: str, words: str, inside: float) -> None:
    grip = page.locator(f"[data-edge={edge}]").bounding_box()
    assert grip is not None
    to = where(page, words)
    x = to.x2 - inside if edge == "end" else to.x1 + inside
    page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    page.mouse.down()
    page.mouse.move(x, to.y2, steps=7)
    page.mouse.up()


def test_spans_may_be_kept_from_overlapping(page: Page, server: Server, owner: Api) -> None:
    text = "Maria lives in New York now."
    project = span_project(owner, [text], overlap=False)
    open_bench(page, server, project)
    sweep(page, "New York")
    page.keyboard.press("2")
    page.keyboard.press("Escape")
    sweep(page, "York now")
    page.keyboard.press("1")
    assert "may not overlap" in _chip(page)
    page.keyboard.press("Escape")
    submit(page)
    assert _cut(text, answers(owner, project, "ents")["0"]) == [("New York", "place")]


def test_suggested_spans_are_taken_part_by_part(page: Page, server: Server, owner: Api) -> None:
    text = "😀 Maria met José in Oslo."
    parts = [("Maria", "person"), ("José", "thing"), ("Oslo", "place")]
    value = [{"start": text.index(w), "end": text.index(w) + len(w), "label": label} for w, label in parts]
    project = span_project(owner, [text])
    suggest(owner, project, "ents", [value])
    open_bench(page, server, project)
    expect(page.locator("mark")).to_have_count(3)
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.keyboard.press("1")
    page.keyboard.press("r")
    expect(page.locator("mark")).to_have_count(2)
    submit(page)
    assert _cut(text, answers(owner, project, "ents")["0"]) == [("Maria", "person"), ("José", "person")]
    given = owner.call("GET", f"/api/projects/{project}/effort")
    assert given[0]["basis"] == "shown"
    assert given[0]["effort"]["median_keystrokes"] == 6, "J A 1 R Ctrl Enter"


def test_a_label_is_suggested_on_the_same_words_elsewhere_and_taken_back(page: Page, server: Server, owner: Api) -> None:
    texts = ["😀 Acme Corp, Acme Corp.", "The Acme Corp of Oslo.", "acme corp", "She left Acme Corp."]
    project = span_project(owner, texts)
    open_bench(page, server, project)
    sweep(page, "Acme Corp")
    page.keyboard.press("3")
    page.keyboard.press("y")
    expect(page.get_by_role("button", name="Mark 1 more here")).to_be_visible()
    expect(page.get_by_role("button", name="Suggest in 2 other items")).to_be_visible()
    page.keyboard.press("Shift+Y")
    panel = page.get_by_role("dialog", name="The same words in other items")
    expect(panel.get_by_role("listitem")).to_have_text(["The Acme Corp of Oslo.", "She left Acme Corp."])
    page.keyboard.press("Enter")
    page.locator(".mantine-Notification-root").get_by_role("button", name="Undo").click()
    runs: list[tuple[str, int]] = []
    for _ in range(600):
        runs = [(r["state"], r["items"]) for r in owner.call("GET", f"/api/projects/{project}/runs") if r["kind"] == "repeat"]
        if runs == [("done", 3)] * 2:
            break
        page.wait_for_timeout(100)
    assert runs == [("done", 3)] * 2, "written on three items, and taken back there"
    wait_for(lambda: owner.call("GET", f"/api/projects/{project}")["counts"]["suggested"] == 0)
