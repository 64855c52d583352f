"""ALTO: what a machine read on pages, as XML of libraries and archives.

Stands alone because of its layout and units. Read (versions 2 to 4): each `Page` with the picture that `sourceImageInformation`
names (or the one of the file's own name), or all of them with the PDF file that is named so; `String` are words, `TextLine`
lines, `TextBlock` and `ComposedBlock` regions; `WC` is a score. Places in pixels stay; in tenths of a millimetre or 1/1200 inch
they are taken as shares of the page's width and height, and laid on the picture by them. Written: version 4, in pixels; labels
of regions other than `region` as tags.

Layout: the ALTO schema 4 (Library of Congress).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import BinaryIO
from xml.etree import ElementTree

import msgspec

from milo.builtin.formats._packing import Pack, Packed, Thing
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
from milo.builtin.formats._xml import child, indent, root_of, to_number
from milo.kinds.format import BadRow, ExportContext, ExportRow, Report, Source

_SPACE = "http://www.loc.gov/standards/alto/ns-v4#"
_TAGS = {"String": WORD, "TextLine": LINE, "TextBlock": REGION, "ComposedBlock": REGION}
_LEFT_OUT = {"Illustration": "illustrations", "GraphicalElement": "graphical elements", "Glyph": "glyphs"}


class Alto(PictureSet):
    """ALTO files with the pictures of their pages. Options to write: `question`, `media`."""

    name = "alto"
    title = "ALTO"

    def fits(self, tree: Tree) -> bool:
        """A file of XML that begins as ALTO does."""
        return any(looks_like(tree, name, b"<alto") for name in tree.ending(".xml", ".alto")[:20])

    def known(self, tree: Tree, source: Source) -> dict[str, dict[str, object]]:
        """Words, lines and regions, with their text."""
        return KNOWN

    def pictures(self, tree: Tree, source: Source, losses: Losses) -> Iterator[Picture | BadRow]:
        """By the name of the file, page after page."""
        number = 0
        for name in tree.ending(".xml", ".alto"):
            number += 1
            try:
                root = root_of(tree.content(name, MAX_FILE))
            except Unreadable as error:
                yield BadRow(number, source.name, f"{name}: {str(error).removeprefix(name + ': ')}")
                continue
            if _plain(root) != "alto":
                yield BadRow(number, source.name, f"{name}: no ALTO; it begins with <{_plain(root)[:40]}>")
                continue
            pages = [one for one in root.iter() if _plain(one) == "Page"]
            paper = document_beside(tree, name, _wanted(root))
            if paper is not None:
                trouble: list[str] = []
                found = [_found(root, page, trouble, losses) for page in pages]
                yield msgspec.structs.replace(whole(number, paper, found, losses), trouble=trouble)
                continue
            sheaf = sheaf_beside(tree, name, [_wanted(root)] * len(pages))
            for place, some in enumerate([pages] if sheaf else [[page] for page in pages]):
                number += place > 0
                yield _picture(tree, name, root, some, number, losses)

    def write(self, rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext) -> Report:
        """An XML file a picture."""
        return written(rows, sink, context, ".xml", _document)


def _plain(element: ElementTree.Element) -> str:
    """The name without its namespace, which differs by version."""
    return str(element.tag).rpartition("}")[2]


def _picture(
    tree: Tree, name: str, root: ElementTree.Element, pages: list[ElementTree.Element], number: int, losses: Losses
) -> Picture:
    """A picture of a page, or a TIFF file of several."""
    wanted = _wanted(root)
    picture = Picture(number, picture_beside(tree, name, wanted), wanted or name, {}, {}, {}, [])
    unit = next((one.text or "" for one in root.iter() if _plain(one) == "MeasurementUnit"), "pixel").strip()
    found = [_found(root, page, picture.trouble, losses) for page in pages]
    if unit != "pixel" and not all(one.size for one in found):
        picture.trouble.append(f"its places are in {unit[:20]}, and the page has no WIDTH and HEIGHT")
        return picture
    if unit == "pixel" and found[0].size:
        picture.more["image_size"] = list(found[0].size)
    taken(picture, *found, shares=unit != "pixel")
    return picture


def _wanted(root: ElementTree.Element) -> str:
    given = next((one.text or "" for one in root.iter() if _plain(one) == "fileName"), "")
    return PurePosixPath(given.strip().replace("\\", "/")).name


def _found(root: ElementTree.Element, page: ElementTree.Element, trouble: list[str], losses: Losses) -> Found:
    """The things of a page, in the file's own unit, as its size is."""
    labels = {str(one.get("ID")): str(one.get("LABEL") or "") for one in root.iter() if _plain(one).endswith("Tag")}
    width, height = to_number(page.get("WIDTH")), to_number(page.get("HEIGHT"))
    size = (width, height) if width and height else None
    things = list(_things(page, labels, trouble, losses))
    return Found([thing for _, thing in things], [thing for word, thing in things if word], size)


def _things(
    page: ElementTree.Element, labels: dict[str, str], trouble: list[str], losses: Losses
) -> Iterator[tuple[bool, Thing]]:
    """Each with whether it is a word."""
    for one in page.iter():
        kind, ident = _plain(one), str(one.get("ID") or "")
        if kind in _LEFT_OUT:
            losses.add(_LEFT_OUT[kind])
        if kind not in _TAGS or ident.startswith(MADE):
            continue
        rect = _rect(one)
        if rect is None:
            trouble.append(f"a {kind} without a place")
            continue
        tagged = next((labels[ref] for ref in str(one.get("TAGREFS") or "").split() if labels.get(ref)), "")
        sure = to_number(one.get("WC")) if kind == "String" else None
        text = " ".join(str(s.get("CONTENT") or "") for s in one.iter() if _plain(s) == "String")
        yield kind == "String", box(tagged or _TAGS[kind], rect, text, ident, sure)


def _rect(one: ElementTree.Element) -> Rect | None:
    x, y, w, h = (to_number(one.get(name)) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
    if x is None or y is None or w is None or h is None:
        return None
    return x, y, w, h


def _document(pack: Pack, one: Packed) -> str:
    root = ElementTree.Element("alto", {"xmlns": _SPACE})
    about = child(root, "Description")
    child(about, "MeasurementUnit", "pixel")
    child(child(about, "sourceImageInformation"), "fileName", one.name)
    regions = nested(pack, one)
    own = [str(r.thing["label"]) for r in regions if not r.id.startswith(MADE) and str(r.thing["label"]).casefold() != REGION]
    tags = {label: f"tag_{number}" for number, label in enumerate(dict.fromkeys(own), 1)}
    if tags:
        held = child(root, "Tags")
        for label, ident in tags.items():
            child(held, "LayoutTag", ID=ident, LABEL=label)
    size = {"WIDTH": str(one.width), "HEIGHT": str(one.height)}
    page = child(child(root, "Layout"), "Page", ID="page_1", PHYSICAL_IMG_NR="1", **size)
    space = child(page, "PrintSpace", HPOS="0", VPOS="0", **size)
    for region in regions:
        label = str(region.thing["label"])
        block = _child(space, "TextBlock", region, {"TAGREFS": tags[label]} if label in tags else {})
        for line in region.inner:
            row = _child(block, "TextLine", line, {})
            for word in line.inner:
                sure = word.thing.get("score")
                _child(row, "String", word, {"CONTENT": word.text} | ({"WC": f"{sure:.2f}"} if sure is not None else {}))
            if not line.inner and line.text:
                pack.losses.add("texts of lines and regions without words in them")
        if not region.inner and region.text:
            pack.losses.add("texts of lines and regions without words in them")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + indent(root).decode()


def _child(parent: ElementTree.Element, tag: str, one: Nested, more: dict[str, str]) -> ElementTree.Element:
    x, y, w, h = (pixels(v) for v in one.rect)
    return child(parent, tag, ID=one.id, HPOS=x, VPOS=y, WIDTH=w, HEIGHT=h, **more)


PLUGIN = Alto()
