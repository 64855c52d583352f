"""Documents: the sizes of their pages, pages as pictures, words with places, where a text stands.

What a file says of itself is for every member of its project. What a machine has read from a picture is a model's word: it
is asked for with the item, and not given on a blind one.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from starlette.responses import Response

from milo.api.endpoint import Call, endpoint
from milo.api.routes.live import field_media, standing
from milo.api.routes.media import media_file, media_row
from milo.infra.documents import PageWords, Run, TextHit

_NOT_HERE = "What a machine reads from pages is not shown with this item."


class Pages(msgspec.Struct):
    """`count` pages; `sizes` are runs of [width, height, how many pages] in points of the page as shown."""

    count: int
    sizes: list[Run]


class ScaleQuery(msgspec.Struct):
    """Pixels a point: 0.2, 0.5, 1, 1.5, 2, 3 or 4; others are rounded up."""

    scale: float = 1.0


class FindQuery(msgspec.Struct):
    """What is looked for, in one line; small and capital letters are the same."""

    text: str = ""


class FindReadQuery(msgspec.Struct):
    """What is looked for, and the field of the item that holds the document, which must be given."""

    text: str = ""
    field: str = ""


class ReadQuery(msgspec.Struct):
    """The field of the item that holds the document, which must be given, and the page, from 0."""

    field: str = ""
    page: int = 0


class ReadWords(msgspec.Struct, omit_defaults=True):
    """The words of a page: each [line, x, y, w, h, text], read ones with a score as seventh. `state`: "ready", "reading"
    (ask again in a moment), "scan" (the page is a picture), "failed" or "withheld", with the reason. `source`: "text" layer
    or "ocr"."""

    state: Literal["ready", "reading", "scan", "failed", "withheld"]
    words: list[list[float | str]] = []
    source: Literal["", "text", "ocr"] = ""
    reason: str = ""


class Hits(msgspec.Struct):
    """At most 500 places, in the order of the pages."""

    hits: list[TextHit]


@endpoint("GET", "/media/{m}/pages", "self", reply=Pages)
def list_pages(call: Call) -> Pages:
    """The pages of a document (or the one of an image), for members of its project."""
    runs = call.workspace.data.documents.sizes(media_row(call))
    return Pages(sum(int(run[2]) for run in runs), runs)


@endpoint("GET", "/media/{m}/pages/{n}", "self", query=ScaleQuery, reply=bytes, media_type="image/webp")
def get_page(call: Call) -> Response:
    """A page as a picture, for members of its project; pages count from 0."""
    row = media_row(call)
    return media_file(call.workspace.data.documents.picture(row, call.params["n"], call.query.scale), "image/webp", row)


@endpoint("GET", "/media/{m}/pages/{n}/words", "self", reply=ReadWords)
def get_words(call: Call) -> ReadWords:
    """The words of a page's text layer, for members of its project; "scan" where there is none."""
    return _told(call.workspace.data.documents.words(media_row(call), call.params["n"]))


@endpoint("GET", "/media/{m}/find", "self", query=FindQuery, reply=Hits)
def find_text(call: Call) -> Hits:
    """Where a text stands in the text layer of a document, for members of its project."""
    return Hits(call.workspace.data.documents.find(media_row(call), call.query.text))


@endpoint("GET", "/projects/{p}/items/{i}/words", "work.submit", query=ReadQuery, reply=ReadWords)
def read_words(call: Call) -> ReadWords:
    """The words of a page of an item that is lent to the caller: of its text layer, or as read by a machine, if that may be
    seen."""
    held = call.workspace.db.read(lambda c: standing(c, call))
    row = call.workspace.db.read(lambda c: field_media(c, call, call.query.field))
    documents = call.workspace.data.documents
    if not held:
        return _told(documents.read(row, call.query.page))
    found = documents.words(row, call.query.page)
    return ReadWords("withheld", reason=_NOT_HERE) if found.state == "scan" else _told(found)


@endpoint("GET", "/projects/{p}/items/{i}/find", "work.submit", query=FindReadQuery, reply=Hits)
def find_read_text(call: Call) -> Hits:
    """Where a text stands in a document of an item that is lent to the caller: in its text layer, and in what a machine has
    read by now, if that may be seen."""
    held = call.workspace.db.read(lambda c: standing(c, call))
    row = call.workspace.db.read(lambda c: field_media(c, call, call.query.field))
    return Hits(call.workspace.data.documents.find(row, call.query.text, read=not held))


def _told(found: PageWords) -> ReadWords:
    return ReadWords(found.state, found.words, found.source, found.reason)
