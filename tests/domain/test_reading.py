"""The visible text of HTML and Markdown: one rule, and no page that breaks it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.domain.errors import InvalidConfig
from milo.domain.question import Question
from milo.domain.reading import marked_text, reading_of, reads_by_field, visible_text

PARTS = ["<p>", "</p>", "<br>", "<b>", "</b>", "<ul><li>", "<li>", "</ul>", "<table><tr><td>", "<td>", "<th>", "</table>", "<pre>",
         "</pre>", "<script>", "</script>", "<p hidden>", "<!--", "-->", "<![", "<a", ">", "&amp;", "&#128512;", "&nbsp;", " ", "\n",
         "\r\n", "\t", "x", "two words", "😀", "e\u0301", "שלום", "<img alt='cat'>", "<h2>", "<blockquote>", "</", '"', "<?", "<div/>"]  # fmt: skip
_html = st.lists(st.sampled_from(PARTS) | st.text(max_size=8), max_size=40).map("".join)


@given(_html, st.sampled_from(["html", "markdown"]))
def test_lines_and_styles_lie_in_the_text_and_cover_it(source: str, kind: str) -> None:
    reading = reading_of(source, kind)
    assert "\n".join(reading.text[line.start : line.end] for line in reading.lines) == reading.text
    assert all(a.end + 1 == b.start for a, b in zip(reading.lines, reading.lines[1:], strict=False))
    for style in reading.styles:
        words = reading.text[style.start : style.end]
        assert words
        assert words == words.strip()


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60))
def test_text_that_was_escaped_is_read_as_it_was(text: str) -> None:
    import html

    escaped = "".join(f"&#{ord(c)};" if c in "\n\r\t\f " else html.escape(c) for c in text)
    got = visible_text(f"<pre>{escaped}</pre>", "html")
    assert got.split() == html.unescape(escaped).split()


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>a <b> b</b>\n c&nbsp; d<p>e<br>f", "a b c\u00a0 d\ne\nf"),
        ("<td>a</td><td><p>b</p><p>c</p></td><td>d</td>", "a\tb\nc\td"),
        ("<table><tr><th>x<th>y<tr><td>1<td><tr><td><td>2</table>z", "x\ty\n1\t\n\t2\nz"),
        ("a<script>b</script><style>c</style><p hidden>d<p style='display: none'>e</p>f", "af"),
        ("a<!-- b -->c<!-- d", "ac"),
        ("1 < 2 &lt; 3 <", "1 < 2 < 3 <"),
        ("<pre>\n a\n\n  b</pre>c", " a\n\n  b\nc"),
        ("<![if x]>a<![endif]>b<?php c ?>", "ab"),
        ("<img src=x alt='a cat'> sat", "a cat sat"),
        ("", ""),
    ],
)
def test_the_rule(source: str, text: str) -> None:
    assert visible_text(source, "html") == text


def test_markup_that_never_ends_costs_no_more_than_its_length() -> None:
    for part in ("<!--", "<a ", "</", "<![", '<a b="', "<?", "<div>", "<b>"):
        reading_of(part * 20_000, "html")


def test_the_setting_decides_what_offsets_count_in() -> None:
    html = Question("q", "spans", config={"reads": "html"}, field="doc")
    source = Question("r", "spans", config={"reads": "source"}, field="doc")
    assert marked_text(html, "<b>a</b>") == "a"
    assert marked_text(source, "<b>a</b>") == "<b>a</b>"
    assert reads_by_field((html,)) == {"doc": "html"}
    with pytest.raises(InvalidConfig, match="read it alike"):
        reads_by_field((html, source))
