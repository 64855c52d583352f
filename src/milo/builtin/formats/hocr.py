"""hOCR: what a machine read on pages, as HTML whose classes and titles say what is where.

Stands alone because of its layout. Read: each `ocr_page` with the picture that it names (or the one of the file's own name), or
all of them with the PDF file that is named so;
`ocrx_word` are words, `ocr_line`, `ocrx_line`, `ocr_header`, `ocr_caption` and `ocr_textfloat` lines, `ocr_carea` and
`ocrx_block` regions; `bbox` is in pixels from the top left, `x_wconf` (percent) a score. Written: boxes labelled `word` and
`line`, all others as regions. Nothing in the file is run or fetched: it is read as text.

Layout: the hOCR specification 1.2 (Breuel, Baierer 2020).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import BinaryIO

from milo.builtin.formats._packing import Pack, Packed
from milo.builtin.formats._pictures import Picture, PictureSet, looks_like
from milo.builtin.formats._read_pages import (
    KNOWN,
    LINE,
    MADE,
    MAX_FILE,
    REGION,
    WORD,
    Found,
    Nested,
    Rect,
    box,
    document_beside,
    nested,
    picture_beside,
    pixels,
    sheaf_beside,
    taken,
    whole,
    written,
)
from milo.builtin.formats._tree import Tree, Unreadable
from milo.builtin.formats._tuning import Losses
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Source

_CLASSES = {
    "ocrx_word": WORD, "ocr_line": LINE, "ocrx_line": LINE, "ocr_header": LINE, "ocr_caption": LINE, "ocr_textfloat": LINE,
    "ocr_carea": REGION, "ocrx_block": REGION,
}  # fmt: skip
_LEFT_OUT = {"ocr_par": "paragraphs", "ocr_photo": "photographs", "ocr_table": "tables", "ocr_separator": "separators"}
_ENDINGS = (".hocr", ".html", ".htm", ".xhtml")
_VOID = frozenset({"br", "img", "hr", "meta", "link", "input"})
_IMAGE = re.compile(r"""\bimage\s+(?:"([^"]*)"|'([^']*)'|([^;]+))""")


class _Page:
    """A page as it is read: its picture's name, its own place, and its things."""

    def __init__(self, image: str, rect: Rect | None) -> None:
        self.image = image
        self.size = (rect[2], rect[3]) if rect and rect[2] > 0 and rect[3] > 0 else None
        self.things: list[tuple[str, Rect | None, list[str], str, float | None]] = []


class _Reader(HTMLParser):
    """Pages with their things; what is open is kept on a stack."""

    def __init__(self, losses: Losses) -> None:
        super().__init__(convert_charrefs=True)
        self.pages: list[_Page] = []
        self._open: list[tuple[str, list[str] | None]] = []
        self._losses = losses

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        words: list[str] | None = None
        title = given.get("title", "")
        for kind in given.get("class", "").split():
            if kind == "ocr_page":
                image = _IMAGE.search(title)
                self.pages.append(_Page((image[1] or image[2] or image[3] or "").strip() if image else "", _rect(title)))
            elif kind in _LEFT_OUT:
                self._losses.add(_LEFT_OUT[kind])
            elif kind in _CLASSES and self.pages:
                words = self._thing(_CLASSES[kind], title, given.get("id", ""))
        if tag not in _VOID:
            self._open.append((tag, words))

    def _thing(self, label: str, title: str, ident: str) -> list[str] | None:
        if ident.startswith(MADE):
            return None
        words: list[str] = []
        sure = re.search(r"\bx_wconf\s+(-?[\d.]+)", title)
        rect, score = _rect(title), float(sure[1]) / 100 if sure and _is_number(sure[1]) else None
        self.pages[-1].things.append((label, rect, words, ident, score))
        return words

    def handle_endtag(self, tag: str) -> None:
        if any(one == tag for one, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        for _, words in self._open:
            if words is not None:
                words.append(data)


def _rect(title: str) -> Rect | None:
    found = re.search(r"\bbbox\s+(-?[\d.]+)\s+(-?[\d.]+)\s+(-?[\d.]+)\s+(-?[\d.]+)", title)
    if not found or not all(_is_number(part) for part in found.groups()):
        return None
    left, top, right, bottom = (float(part) for part in found.groups())
    return left, top, right - left, bottom - top


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d{1,7}(\.\d{1,6})?", text) is not None


class Hocr(PictureSet):
    """hOCR files with the pictures of their pages. Options to write: `question`, `media`."""

    name = "hocr"
    title = "hOCR"

    def fits(self, tree: Tree) -> bool:
        """A file of HTML with a page in it."""
        return any(looks_like(tree, name, b"ocr_page") for name in tree.ending(*_ENDINGS)[:20])

    def known(self, tree: Tree, source: Source) -> dict[str, dict[str, object]]:
        """Words, lines and regions, with their text."""
        return KNOWN

    def pictures(self, tree: Tree, source: Source, losses: Losses) -> Iterator[Picture | BadRow]:
        """By the name of the file, page after page."""
        number = 0
        for name in tree.ending(*_ENDINGS):
            number += 1
            try:
                reader = _Reader(losses)
                reader.feed(tree.content(name, MAX_FILE).decode("utf-8", "replace"))
                reader.close()
            except (Unreadable, AssertionError, ValueError) as error:
                yield BadRow(number, source.name, f"{name}: {str(error).removeprefix(name + ': ')}")
                continue
            if not reader.pages:
                yield BadRow(number, source.name, f"{name}: no hOCR; there is no ocr_page in it")
                continue
            paper = document_beside(tree, name, _wanted(reader.pages[0]))
            if paper is not None:
                yield whole(number, paper, [_found(page) for page in reader.pages], losses)
                continue
            sheaf = sheaf_beside(tree, name, [_wanted(page) for page in reader.pages])
            for place, pages in enumerate([reader.pages] if sheaf else [[page] for page in reader.pages]):
                number += place > 0
                yield _picture(tree, name, pages, number)

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """An HTML file a picture."""
        return written(rows, sink, context, ".hocr", _document)


def _picture(tree: Tree, name: str, pages: list[_Page], number: int) -> Picture:
    """A picture of a page, or a TIFF file of several."""
    first = pages[0]
    wanted = _wanted(first)
    size = {"image_size": list(first.size)} if first.size else {}
    picture = Picture(number, picture_beside(tree, name, wanted), wanted or name, {}, size, {}, [])
    missing = sum(rect is None for page in pages for _, rect, _, _, _ in page.things)
    if missing:
        picture.trouble.append(f"things without a bbox: {missing}")
    taken(picture, *map(_found, pages))
    return picture


def _wanted(page: _Page) -> str:
    return PurePosixPath(page.image.replace("\\", "/")).name


def _found(page: _Page) -> Found:
    things = [box(label, rect, "".join(words), ident, score) for label, rect, words, ident, score in page.things if rect]
    return Found(things, [thing for thing in things if thing["label"] == WORD], page.size)


def _document(pack: Pack, one: Packed) -> str:
    body: list[str] = []
    for region in nested(pack, one):
        if region.id[: len(MADE)] != MADE and str(region.thing["label"]).casefold() != REGION:
            pack.losses.add("labels of regions")
        body.append(f"<div {_about('ocr_carea', region)}>{'' if region.inner else escape(region.text)}")
        for line in region.inner:
            body.append(f" <span {_about('ocr_line', line)}>{'' if line.inner else escape(line.text)}")
            for word in line.inner:
                body.append(f"  <span {_about('ocrx_word', word)}>{escape(word.text)}</span>")
            body.append(" </span>")
        body.append("</div>")
    title = escape(f'image "{one.name}"; bbox 0 0 {one.width} {one.height}; ppageno 0')
    return (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title></title>\n<meta name="ocr-system" content="milo">\n'
        '<meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_line ocrx_word">\n</head>\n<body>\n'
        f'<div class="ocr_page" id="page_1" title="{title}">\n' + "\n".join(body) + "\n</div>\n</body>\n</html>\n"
    )


def _about(kind: str, one: Nested) -> str:
    x, y, w, h = one.rect
    place = " ".join(pixels(v) for v in (x, y, x + w, y + h))
    sure = f"; x_wconf {100 * one.thing['score']:.0f}" if kind == "ocrx_word" and one.thing.get("score") is not None else ""
    return f'class="{kind}" id="{escape(one.id)}" title="bbox {place}{sure}"'


PLUGIN = Hocr()
