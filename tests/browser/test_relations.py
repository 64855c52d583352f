"""Relations as a person draws them: by keys alone, by mouse, undone; what a model suggests; writing systems of all kinds."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import exported, shows
from browser.marking import open_bench, submit, suggest, sweep, where
from running import Api, Server

pytestmark = pytest.mark.browser

TEXT = (
    "👩‍🔬 Ada Lovelace worked with Charles Babbage in London.\n"
    "She wrote to him about the Analytical Engine 🗽, and Babbage answered her from Turin."
)
CONFIG: dict[str, Any] = {
    "labels": ["person", "place", "thing"],
    "relations": [
        {"value": "lives in", "head": ["person"], "tail": ["place"]},
        {"value": "works with", "kind": "undirected", "head": ["person"], "tail": ["person"]},
        {"value": "same", "kind": "chain"},
    ],
}


def _project(owner: Api, texts: list[str]) -> int:
    question = {"name": "graph", "type": "relations", "title": "Who and what", "config": CONFIG}
    policy = {"blind_share": 0, "order": "imported"}
    spec = {"name": "Relations", "guidelines": "", "fields": [{"name": "text"}], "questions": [question], "policy": policy}
    project = int(owner.call("POST", "/api/projects", spec)["id"])
    rows = [{"data": {"text": text}, "key": str(k)} for k, text in enumerate(texts)]
    assert owner.call("POST", f"/api/projects/{project}/items", rows)["added"] == len(texts)
    return project


def _stored(owner: Api, project: int, text: str, key: str = "0") -> tuple[list[tuple[str, str]], list[tuple[str, str, str]]]:
    """What is stored, as Python cuts it out of the text: spans, and relations by the words of their ends."""
    value = next(row for row in exported(owner, project) if row["key"] == key)["labels"]["graph"]
    words = {s["id"]: text[s["start"] : s["end"]] for s in value["spans"] if "id" in s}
    spans = [(text[s["start"] : s["end"]], s["label"]) for s in value["spans"]]
    return spans, [(words[r["head"]], r["label"], words[r["tail"]]) for r in value["relations"]]


def _mark(page: Page, words: str, key: str, nth: int = 0) -> None:
    sweep(page, words, nth)
    page.keyboard.press(key)
    page.keyboard.press("Escape")


def _click(page: Page, words: str, nth: int = 0) -> None:
    at = where(page, words, nth)
    page.mouse.click((at.x1 + at.x2) / 2, at.y1)


def test_drawn_with_keys_alone_undone_and_redone(page: Page, server: Server, owner: Api) -> None:
    project = _project(owner, [TEXT])
    open_bench(page, server, project)
    for words, key in (("Ada Lovelace", "1"), ("Charles Babbage", "1"), ("London", "2"), ("She", "1")):
        _mark(page, words, key)
    arcs = page.locator("g[data-arc]")
    page.keyboard.press("j")  # Ada Lovelace
    page.keyboard.press("t")
    page.keyboard.press("j")
    page.keyboard.press("j")  # London: one type fits
    page.keyboard.press("Enter")
    expect(arcs).to_have_count(1)
    page.keyboard.press("t")
    page.keyboard.press("j")  # Charles Babbage: two types fit
    page.keyboard.press("1")
    expect(arcs).to_have_count(2)
    page.keyboard.press("t")
    page.keyboard.press("k")  # She, going backwards round
    page.keyboard.press("2")
    expect(arcs).to_have_count(3)
    page.keyboard.press("Control+z")
    expect(arcs).to_have_count(2)
    page.keyboard.press("Control+Shift+z")
    expect(arcs).to_have_count(3)
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+j")
    page.keyboard.press("Delete")
    expect(arcs).to_have_count(2)
    page.keyboard.press("Control+z")
    submit(page)
    spans, relations = _stored(owner, project, TEXT)
    assert spans == [("Ada Lovelace", "person"), ("Charles Babbage", "person"), ("London", "place"), ("She", "person")]
    assert relations == [
        ("Ada Lovelace", "works with", "Charles Babbage"),
        ("Ada Lovelace", "lives in", "London"),
        ("Ada Lovelace", "same", "She"),
    ]


def test_drawn_with_the_mouse_and_chains_close(page: Page, server: Server, owner: Api) -> None:
    project = _project(owner, [TEXT])
    open_bench(page, server, project)
    for words, nth in (("Babbage", 0), ("him", 0), ("Babbage", 1)):
        _mark(page, words, "1", nth)
    _click(page, "Babbage", 0)
    page.get_by_role("button", name="Relate").click()
    _click(page, "Babbage", 1)
    page.get_by_role("group", name="Types of relations").get_by_role("button", name="same").click()
    _click(page, "him")
    page.get_by_role("button", name="Relate").click()
    _click(page, "Babbage", 1)
    page.get_by_role("group", name="Types of relations").get_by_role("button", name="same").click()
    expect(page.locator("g[data-arc]")).to_have_count(2)
    _click(page, "him")
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("g[data-arc]")).to_have_count(1)
    submit(page)
    assert _stored(owner, project, TEXT)[1] == [("Babbage", "same", "Babbage")]


def test_an_end_of_the_wrong_label_is_refused_in_words(page: Page, server: Server, owner: Api) -> None:
    project = _project(owner, [TEXT])
    open_bench(page, server, project)
    _mark(page, "London", "2")
    _mark(page, "Turin", "2")
    _click(page, "London")
    page.keyboard.press("t")
    _click(page, "Engine")
    expect(page.get_by_text("That cannot be the other end")).to_be_visible()
    _click(page, "Turin")
    expect(page.locator("g[data-arc]")).to_have_count(1)
    submit(page)
    assert _stored(owner, project, TEXT)[1] == [("London", "same", "Turin")]


def test_suggested_relations_are_dashed_and_taken_one_by_one(page: Page, server: Server, owner: Api) -> None:
    project = _project(owner, [TEXT])
    start = {w: TEXT.index(w) for w in ("Ada Lovelace", "Charles Babbage", "London")}
    spans = [
        {"id": w, "start": s, "end": s + len(w), "label": "place" if w == "London" else "person"} for w, s in start.items()
    ]
    links = [
        {"head": "Ada Lovelace", "tail": "London", "label": "lives in"},
        {"head": "Ada Lovelace", "tail": "Charles Babbage", "label": "works with"},
    ]
    suggest(owner, project, "graph", [{"spans": spans, "relations": links}])
    open_bench(page, server, project)
    expect(page.locator("g[data-arc][data-dashed]")).to_have_count(2)
    page.keyboard.press("Shift+j")
    page.keyboard.press("a")
    expect(page.locator("g[data-arc][data-dashed]")).to_have_count(1)
    page.keyboard.press("r")
    expect(page.locator("g[data-arc]")).to_have_count(1)
    submit(page)
    found = _stored(owner, project, TEXT)
    assert len(found[0]) == 2
    assert found[1] in ([("Ada Lovelace", "works with", "Charles Babbage")], [("Ada Lovelace", "lives in", "London")])


AWKWARD = {
    "hebrew": ("שלום, אני דנה ואני גרה בחיפה.", "דנה", "בחיפה"),
    "arabic with vowels": ("وُلِدَتْ مَرْيَم فِي القَاهِرَة سنة ١٩٥٠.", "مَرْيَم", "القَاهِرَة"),
    "mixed directions": ("The firm חברת אגד אגודה moved to חיפה in 1951.", "אגד", "חיפה"),
    "combining marks": ("Zu\u0308rich ist die Heimat von Zoe\u0308 Mu\u0308ller.", "Mu\u0308ller", "Zu\u0308rich"),
    "emoji with joiners": ("🏳️‍🌈👩🏽‍💻 Zoë and 👨‍👩‍👧‍👦 met Ann 🇨🇭 in Rome 🗼.", "Ann", "Rome"),
    "devanagari": ("सीता कल दिल्ली गई थी।", "सीता", "दिल्ली"),
    "chinese": ("玛丽亚住在北京的大学附近。", "玛丽亚", "北京"),
}


def test_every_script_is_stored_as_python_counts(page: Page, server: Server, owner: Api) -> None:
    project = _project(owner, [text for text, _, _ in AWKWARD.values()])
    open_bench(page, server, project)
    for text, who, place in AWKWARD.values():
        shows(page, text[-8:])
        for words, key in ((who, "1"), (place, "2")):
            page.keyboard.down("Shift")
            sweep(page, words)
            page.keyboard.up("Shift")
            page.keyboard.press(key)
            page.keyboard.press("Escape")
        expect(page.locator("mark")).to_have_count(2)
        _click(page, who)
        page.keyboard.press("t")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page.locator("g[data-arc]")).to_have_count(1)
        submit(page)
    for number, (text, who, place) in enumerate(AWKWARD.values()):
        spans, relations = _stored(owner, project, text, str(number))
        assert sorted(spans) == sorted([(who, "person"), (place, "place")])
        assert relations == [(who, "lives in", place)]
