"""From HTML to the text that a reader sees, line by line, with the looks of lines and words. The rule:

- Comments and declarations are left out first; one that is never closed goes on to the end.
- A tag that is never closed is text.
- Elements that are no text (scripts, styles, fields of forms, drawings, what is `hidden` or `display:none`) are left out; a
  picture is its alternative text.
- White space (space, tab, line ends, form feed; not the no-break space) becomes one space, and none at the ends of a line.
- Each block and each `br` begins a new line; lines without text fall away. In `pre`, lines and spaces stay as they are.
- A row of a table is one line, its cells parted by one tab; where a cell goes on after a block of its own, so does the row.
- Lines are joined by one line end. Entities are the characters that they stand for; nothing else is changed.

Stands alone because nothing may be read in two ways: what versions of the parser differ on, or take minutes over, is taken out
first.
"""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import msgspec

_BLANK = re.compile(r"[ \t\n\r\f]+")
_LEFT_OUT = frozenset(
    {
        "script",
        "style",
        "template",
        "head",
        "title",
        "noscript",
        "svg",
        "math",
        "object",
        "iframe",
        "noembed",
        "noframes",
        "canvas",
        "audio",
        "video",
        "textarea",
        "select",
    }
)
_ALONE = frozenset(
    {"br", "hr", "img", "wbr", "input", "meta", "link", "area", "base", "col", "embed", "source", "track", "param"}
)
_BLOCKS = frozenset(
    {
        "p",
        "div",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "aside",
        "header",
        "footer",
        "main",
        "nav",
        "address",
        "figure",
        "figcaption",
        "blockquote",
        "pre",
        "hr",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "form",
        "fieldset",
        "legend",
        "details",
        "summary",
        "center",
        "body",
        "html",
    }
)
_LOOKS = {
    "b": ("b", "strong"),
    "i": ("i", "em", "cite", "var", "dfn"),
    "u": ("u", "ins"),
    "s": ("s", "del", "strike"),
    "code": ("code", "kbd", "samp", "tt"),
    "sub": ("sub",),
    "sup": ("sup",),
    "a": ("a",),
}
_STYLES = {tag: look for look, tags in _LOOKS.items() for tag in tags}
_ENDED_BY = {
    "li": ({"li", "p"}, {"ul", "ol"}),
    "dt": ({"dt", "dd", "p"}, {"dl"}),
    "dd": ({"dt", "dd", "p"}, {"dl"}),
    "tr": ({"tr", "td", "th", "p"}, {"table"}),
    "td": ({"td", "th", "p"}, {"tr", "table"}),
    "th": ({"td", "th", "p"}, {"tr", "table"}),
}
"""Which open elements a tag ends without a word, and how far out it looks for them."""
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_COMMENT = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))|<[!?][^>]*(?:>|\Z)", re.DOTALL)
_LEFT_OVER = re.compile(r"<(?=[!?])")
_DEEPEST = 512
"""Elements within elements beyond this are not kept apart, as in browsers."""
_UNSEEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the text, `start` to `end` without its line end. `look`: p, h1 to h6, pre, or row (of a table).

    `first`: it begins a block. `depth`: how many lists it lies in, and `bullet` what stands before it; `quote`: how many
    quotations. Of a row: `column` of its first cell, counted from 0, and whether it is a `head`.
    """

    start: int
    end: int
    look: str = "p"
    first: bool = False
    depth: int = 0
    bullet: str = ""
    quote: int = 0
    column: int = 0
    head: bool = False


class Style(msgspec.Struct, frozen=True):
    """Text that looks different: b, i, u, s, code, sub, sup, or a (a link, whose address is not told)."""

    start: int
    end: int
    look: str


class Reading(msgspec.Struct, frozen=True):
    """The visible text, its lines in order, and its styles by their start. Offsets count code points."""

    text: str
    lines: list[Line]
    styles: list[Style]


def read_html(source: str) -> Reading:
    """HTML, read."""
    html = _LEFT_OVER.sub("&lt;", _COMMENT.sub("", source))
    last = html.rfind(">") + 1
    reader = _Reader()
    reader.feed(html[:last] + html[last:].replace("<", "&lt;"))
    return reader.done()


class _Element:
    """An open element: whether it hides what is in it, where its style begins, and how far its list has counted."""

    __slots__ = ("at", "count", "hides", "tag")

    def __init__(self, tag: str, hides: bool, at: int, count: int) -> None:
        self.tag, self.hides, self.at, self.count = tag, hides, at, count


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[_Element] = []
        self._within: Counter[str] = Counter()
        """How often each tag is open."""
        self._hidden = 0
        self._out: list[str] = []
        """Finished lines."""
        self._lines: list[Line] = []
        self._styles: list[Style] = []
        self._base = 0
        """Where the present line begins."""
        self._now: list[str] = []
        self._length = 0
        """Of the present line."""
        self._space = False
        self._broken = False
        """The present line is to end before the next letter."""
        self._first, self._bullet = True, ""
        self._row, self._column, self._next_column, self._head = False, 0, 0, False
        self._fresh_pre = False

    def done(self) -> Reading:
        """What was read."""
        self.close()
        while self._open:
            self._leave()
        self._end_line()
        text = "\n".join(self._out)
        styles = [style for one in self._styles if (style := _trimmed(text, one)) is not None]
        return Reading(text, self._lines, sorted(styles, key=lambda s: (s.start, -s.end, s.look)))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._fresh_pre = False
        self._end_implied(tag)
        if tag in _ALONE:
            self._alone(tag, attrs)
            return
        named = dict(attrs)
        hides = tag in _LEFT_OUT or "hidden" in named or bool(_UNSEEN.search(named.get("style") or ""))
        self._hidden += hides
        if not self._hidden:
            self._begin(tag)
        if hides or len(self._open) < _DEEPEST:
            self._within[tag] += 1
            self._open.append(_Element(tag, hides, self._base + self._length, _whole(named.get("start"), 1) - 1))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """`<p/>` opens a paragraph in HTML, as browsers read it."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "br":
            self._alone(tag, [])
        elif self._within[tag]:
            while self._leave() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if self._within["pre"]:
            self._as_it_is(data)
            return
        for n, word in enumerate(_BLANK.split(data)):
            self._space = self._space or n > 0
            self._put(word)

    def _begin(self, tag: str) -> None:
        if tag == "tr":
            self._end_line()
            self._row, self._column, self._next_column, self._head = True, 0, 0, True
        elif tag in ("td", "th"):
            self._cell(tag)
        elif tag in _BLOCKS:
            self._block()
            if tag == "li":
                self._bullet = self._next_bullet()
            self._fresh_pre = tag == "pre"

    def _leave(self) -> str:
        """Ends the innermost element; its tag."""
        one = self._open[-1]
        if not self._hidden:
            if one.tag in _STYLES:
                self._styles.append(Style(one.at, self._base + self._length, _STYLES[one.tag]))
            if one.tag in ("tr", "table"):
                self._end_line()
                self._row = False
            elif one.tag in ("td", "th"):
                self._broken = self._space = False
            if one.tag in _BLOCKS:
                self._block()
        self._hidden -= one.hides
        self._within[one.tag] -= 1
        self._open.pop()
        return one.tag

    def _alone(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._hidden:
            return
        if tag == "br":
            self._break()
        elif tag == "hr":
            self._block()
        elif tag == "img":
            self.handle_data(dict(attrs).get("alt") or "")

    def _end_implied(self, tag: str) -> None:
        ended, within = _ENDED_BY.get(tag, ({"p"} if tag in _BLOCKS else set[str](), {"table", "td", "th", "li", "body"}))
        if not any(self._within[one] for one in ended):
            return None
        for n, one in enumerate(reversed(self._open)):
            if one.tag in within:
                return None
            if one.tag in ended:
                for _ in range(n + 1):
                    self._leave()
                return self._end_implied(tag)
        return None

    def _cell(self, tag: str) -> None:
        if not self._row:
            self._end_line()
            self._row, self._column, self._next_column, self._head = True, 0, 0, True
        self._broken = self._space = False
        if self._next_column > self._column or self._length:
            self._raw("\t")
        self._next_column += 1
        self._head = self._head and tag == "th"

    def _block(self) -> None:
        self._break()
        self._first = self._first or not self._row

    def _break(self) -> None:
        if self._row:
            self._broken = self._broken or bool(self._now and self._now[-1] != "\t")
        else:
            self._end_line()
        self._space = False

    def _put(self, word: str) -> None:
        if not word:
            return
        if self._broken:
            column = self._next_column - 1
            self._end_line()
            self._column, self._next_column = column, column + 1
        if self._space and self._length and self._now[-1] != "\t":
            self._raw(" ")
        self._space = False
        self._raw(word)

    def _as_it_is(self, data: str) -> None:
        data = data.replace("\r\n", "\n").replace("\r", "\n")
        if self._fresh_pre and data.startswith("\n"):
            data = data[1:]
        self._fresh_pre = False
        for n, line in enumerate(data.split("\n")):
            if n:
                self._end_line(keep=True)
            if line:
                self._put(line)

    def _raw(self, text: str) -> None:
        self._now.append(text)
        self._length += len(text)

    def _end_line(self, keep: bool = False) -> None:
        """The present line is whole; one without text is kept in `pre` only."""
        text = "".join(self._now)
        if text.strip("\t") or (keep and not self._row):
            self._lines.append(self._line(text))
            self._out.append(text)
            self._base += len(text) + 1
            self._first, self._bullet = False, ""
        self._now, self._length, self._space, self._broken = [], 0, False, False

    def _line(self, text: str) -> Line:
        count = self._within
        heading = None
        if any(count[one] for one in _HEADINGS):
            heading = next(one.tag for one in reversed(self._open) if one.tag in _HEADINGS)
        look = "row" if self._row else "pre" if count["pre"] else heading or "p"
        depth, quote = count["ul"] + count["ol"], count["blockquote"]
        where = (self._column, self._head) if self._row else (0, False)
        return Line(self._base, self._base + len(text), look, self._first, depth, self._bullet, quote, *where)

    def _next_bullet(self) -> str:
        within = next((one for one in reversed(self._open) if one.tag in ("ul", "ol")), None)
        if within is None or within.tag == "ul":
            return "•"
        within.count += 1
        return f"{within.count}."


def _trimmed(text: str, style: Style) -> Style | None:
    """The style without white space at its ends; None if nothing is left."""
    start, end = style.start, min(style.end, len(text))
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return Style(start, end, style.look) if start < end else None


def _whole(text: Any, otherwise: int) -> int:
    try:
        return int(text)
    except (TypeError, ValueError):
        return otherwise
