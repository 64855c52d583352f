"""Words, lines and regions read from pages by a machine: what hOCR and ALTO have in common.

Stands alone because both nest words in lines in regions, and Milo has them side by side: boxes labelled `word`, `line` and
`region`, with what stands there in the attribute `text`, and a reader's confidence as `score` (the boxes are then in the column
`predicted_boxes`). The words are the reading text of the page besides; of a PDF file that lies beside, they are that only. On
the way out, a word goes into the line that its middle lies in, a line into its region; where there is none, one is made around
it, whose id begins with `MADE`, and which is passed over when it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import Any, BinaryIO

import msgspec

from milo.builtin.formats._packing import Pack, Packed, Thing, short, upright
from milo.builtin.formats._pictures import Picture
from milo.builtin.formats._tree import Tree
from milo.builtin.formats._tuning import Losses
from milo.kinds.format import ExportContext, ExportRow, ReadPage, Report

WORD, LINE, REGION = "word", "line", "region"
MADE = "made_"
KNOWN: dict[str, dict[str, Any]] = {
    column: {"labels": [WORD, LINE, REGION], "attributes": [{"name": "text", "type": "text"}]}
    for column in ("boxes", "predicted_boxes")
}
MAX_FILE = 64 << 20
_LONGEST = 500
Rect = tuple[float, float, float, float]


def box(label: str, rect: Rect, text: str, ident: str = "", score: float | None = None) -> Thing:
    """A word, line or region."""
    thing: Thing = {"x": rect[0], "y": rect[1], "w": rect[2], "h": rect[3], "label": label}
    if ident:
        thing["id"] = ident[:64]
    if text.strip():
        thing["attributes"] = {"text": " ".join(text.split())[:_LONGEST]}
    return thing | ({"score": min(1.0, max(0.0, score))} if score is not None else {})


class Found(msgspec.Struct):
    """What a file says of one page: `size` is [width, height] in the unit of its places, `words` are those of its things."""

    things: list[Thing]
    words: list[Thing]
    size: tuple[float, float] | None

    def page(self, number: int) -> list[ReadPage]:
        """The words as they are kept for reading; nothing for a page without."""
        said = [
            [t["x"], t["y"], t["w"], t["h"], t["attributes"]["text"], *([t["score"]] if "score" in t else [])]
            for t in self.words
            if "attributes" in t and t["w"] > 0 and t["h"] > 0
        ]
        return [ReadPage(said, self.size, number)] if said else []


def taken(picture: Picture, *pages: Found, shares: bool = False) -> None:
    """Put the things of the pages where they belong: read by a machine, if one says how sure it is of any. `shares`: their
    places are shares of the page's size, which is known; so they are on several pages whose sizes are."""
    shares = shares or (len(pages) > 1 and all(found.size for found in pages))
    column = "predicted_boxes" if any("score" in thing for found in pages for thing in found.things) else "boxes"
    picture.columns.setdefault(column, [])
    for number, found in enumerate(pages):
        for thing in found.things:
            if thing["w"] > 0 and thing["h"] > 0:
                placed = _in_shares(thing, found.size) if shares and found.size else thing
                picture.add(column, placed | ({"page": number} if number else {}))
            else:
                picture.trouble.append(f"a {thing['label']} without an area")
    if shares:
        picture.shares.add(column)
    picture.pages = [one for number, found in enumerate(pages) for one in found.page(number)]
    if picture.pages:
        picture.more["text"] = " ".join(word[4] for page in picture.pages for word in page.words)


def _in_shares(thing: Thing, size: tuple[float, float]) -> Thing:
    width, height = size
    places = {"x": thing["x"] / width, "y": thing["y"] / height, "w": thing["w"] / width, "h": thing["h"] / height}
    return thing | places


def whole(number: int, name: str, pages: list[Found], losses: Losses) -> Picture:
    """A document with the words of its pages, which follow one another."""
    read = [one for place, page in enumerate(pages) for one in page.page(place)]
    losses.add("marks on the pages of PDF files other than words", sum(len(one.things) - len(one.words) for one in pages))
    more: dict[str, Any] = {"text": " ".join(word[4] for page in read for word in page.words)} if read else {}
    return Picture(number, name, name, {}, more, media="document", pages=read)


def document_beside(tree: Tree, name: str, wanted: str) -> str | None:
    """The PDF file in the same folder that the pages are of: the one that is named, or of the file's own name where no picture
    is meant."""
    folder, _, own = name.rpartition("/")
    picture = picture_beside(tree, name, wanted)
    if picture is not None and not picture.lower().endswith(".pdf"):
        return None
    stems = {PurePosixPath(one).stem for one in (wanted, own) if one}
    papers = (one for one in tree.names if one.lower().endswith(".pdf") and one.rpartition("/")[0] == folder)
    return next((one for one in papers if PurePosixPath(one).stem in stems), None)


def sheaf_beside(tree: Tree, name: str, wanted: list[str]) -> str | None:
    """The TIFF file that all of several pages are of."""
    found = {picture_beside(tree, name, one) for one in wanted}
    one = found.pop() if len(wanted) > 1 and len(found) == 1 else None
    return one if one is not None and one.lower().endswith((".tif", ".tiff")) else None


def picture_beside(tree: Tree, name: str, wanted: str) -> str | None:
    """The page's picture: as the file names it, else the one of the file's own name."""
    folder, _, own = name.rpartition("/")
    found = tree.picture(wanted, folder) if wanted else None
    if found is None:
        stem = own.rpartition(".")[0]
        beside = [one for one in tree.pictures_of(stem) if one.rpartition("/")[0] == folder]
        found = beside[0] if len(beside) == 1 else None
    return found


class Nested:
    """A thing on the way out, with those in it."""

    def __init__(self, thing: Thing, ident: str) -> None:
        self.thing, self.id = thing, ident
        self.rect: Rect = upright(thing)
        self.text = str((thing.get("attributes") or {}).get("text") or "")
        self.inner: list[Nested] = []

    def holds(self, other: Nested) -> bool:
        """Whether the other's middle lies in it."""
        x, y = other.rect[0] + other.rect[2] / 2, other.rect[1] + other.rect[3] / 2
        return self.rect[0] <= x <= self.rect[0] + self.rect[2] and self.rect[1] <= y <= self.rect[1] + self.rect[3]


def nested(pack: Pack, one: Packed) -> list[Nested]:
    """The regions of a page with their lines and words; what neither format has room for is counted."""
    by_label: dict[str, list[Nested]] = {WORD: [], LINE: [], REGION: []}
    for _, things in one.values(pack.questions):
        pack.plain_losses([t | {"attributes": _others(t)} for t in things], "score")
        for thing in things:
            if thing.get("angle"):
                pack.losses.add("turned boxes, written as the upright box around them")
            label = str(thing["label"]).casefold()
            label = label if label in by_label else REGION
            by_label[label].append(Nested(thing, str(thing.get("id") or f"{label}_{len(by_label[label]) + 1}")))
    lines = _filed(by_label[WORD], by_label[LINE])
    return _filed(lines, by_label[REGION])


def _others(thing: Thing) -> dict[str, Any]:
    return {name: value for name, value in (thing.get("attributes") or {}).items() if name != "text"}


def _filed(inner: Iterable[Nested], outer: list[Nested]) -> list[Nested]:
    """The outer ones with the inner ones in them; the smallest that holds one takes it."""
    found = list(outer)
    for one in inner:
        fitting = [home for home in outer if home.holds(one)]
        if fitting:
            min(fitting, key=lambda home: home.rect[2] * home.rect[3]).inner.append(one)
        else:
            made = Nested(one.thing | {"attributes": {}}, f"{MADE}{one.id}")
            made.inner.append(one)
            found.append(made)
    return found


def pixels(value: float) -> str:
    """A place as it is written: whole numbers without a point."""
    return f"{short(value):g}" if float(value).is_integer() else str(short(value))


def written(
    rows: Iterable[ExportRow], sink: BinaryIO, context: ExportContext, ending: str, document: Callable[[Pack, Packed], str]
) -> Report:
    """An archive with a document for each picture, and the pictures where they are asked for."""
    pack = Pack(sink, context, ("boxes",), "a question about boxes on pictures")
    with pack.archive:
        for one in pack.pictures(rows):
            folder = f"{one.subset}/" if one.subset else ""
            pack.add_text(f"{folder}{one.stem}{ending}", document(pack, one))
            pack.add_picture(one, f"{folder}{one.name}")
    return Report(pack.rows, pack.losses.lines() + (["provenance and keys"] if pack.rows else []))
