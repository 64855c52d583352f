"""Marking the text of HTML and Markdown as it is shown: what the page selects is what Python cuts out of the visible text."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import exported
from browser.marking import LABELS, open_bench, submit, sweep
from milo.domain.reading import visible_text
from running import Api, Server

pytestmark = pytest.mark.browser

MAIL = """<!doctype html><html><head><title>no</title><style>p { color: red }</style></head><body><!-- not this -->
<h1>Order&nbsp;no. 7 &amp; <em>more</em></h1>
<p>Dear <b>Ms José&#8209;Núñez</b> 👩‍🔬,<br>the <i>new <b>York</b>ton</i> lamp</p>
<ul><li>one 😀 piece<li>two</ul>
<table><tr><th>thing<th>price</tr><tr><td>lamp &lt;red&gt;</td><td>9.99&nbsp;€</td></tr></table>
<pre>  a  b
c</pre><p dir=rtl>وصلت ماريا إلى القاهرة</p>
<script>document.title = "hacked"</script><p hidden>unseen</p><img src=x onerror="document.title='hacked'" alt="a cat">
</body></html>"""
WANTED = ["José\u2011Núñez", "Yorkton", "😀 piece", "lamp <red>", "9.99\u00a0€", "القاهرة", "a cat"]
NOTE = "# Hello **Oslo** 😀\n\nA *very* `fine` [place](http://x.test) <b>here</b>\n\n| a | b |\n|---|---|\n| 1 | Paris |\n"


def _project(owner: Api, kind: str, text: str) -> int:
    question = {"name": "ents", "type": "spans", "config": {"labels": LABELS}}
    policy = {"blind_share": 0, "order": "imported"}
    spec = {
        "name": "Read",
        "guidelines": "",
        "fields": [{"name": "doc", "kind": kind}],
        "questions": [question],
        "policy": policy,
    }
    project = int(owner.call("POST", "/api/projects", spec)["id"])
    owner.call("POST", f"/api/projects/{project}/items", [{"data": {"doc": text}, "key": "0"}])
    return project


@pytest.mark.parametrize(("kind", "text", "wanted"), [("html", MAIL, WANTED), ("markdown", NOTE, ["Oslo", "fine", "Paris"])])
def test_the_page_draws_and_marks_the_text_that_the_server_counts(
    page: Page, server: Server, owner: Api, kind: str, text: str, wanted: list[str]
) -> None:
    project = _project(owner, kind, text)
    visible = visible_text(text, kind)
    open_bench(page, server, project)
    lines = page.get_by_role("group", name="text to mark").locator("[data-look]")
    expect(lines).to_have_count(visible.count("\n") + 1)
    assert "".join(lines.evaluate_all("all => all.map((one) => one.textContent)")) == visible
    for words in wanted:
        sweep(page, words)
        page.keyboard.press("2")
        page.keyboard.press("Escape")
    expect(page.locator("mark").first).to_be_visible()
    submit(page)
    found = [visible[s["start"] : s["end"]] for s in exported(owner, project)[0]["labels"]["ents"]]
    assert found == sorted(wanted, key=visible.index)
    assert "hacked" not in page.title()
