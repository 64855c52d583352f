"""Decoding PDF files, in a child process (`python -m milo.infra.document_work`); the parent asks through `MediaStore.ask`.

Pages count from 0. Sizes are points (1/72 inch) of the page as shown: cropped and turned as the file says.
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Callable
from io import BytesIO
from itertools import groupby
from math import isfinite, sqrt
from pathlib import Path
from typing import Any

from milo.infra.child import serve

MAX_PAGES = 5_000
MAX_POINTS = 100_000.0
"""A page with a longer side is not drawn: 35 metres are no page but a mistake, or an attack."""
MAX_PIXELS = 30_000_000
MAX_SIDE = 16_000
"""WebP takes no longer side."""
_RUNS = 500
"""Runs of equal page sizes that are told with the file; beyond them sizes are asked for page by page."""
_QUALITY = 82
_kept: dict[str, Any] = {}


class Unreadable(Exception):
    """A document of which nothing can be shown; its words say why."""


def opened(path: Path) -> Any:
    """The document; the last one stays open. Raises Unreadable."""
    import pypdfium2

    stamp = path.stat()
    key = f"{path}|{stamp.st_size}|{stamp.st_mtime_ns}"
    if key not in _kept:
        _close()
        try:
            document = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError as error:
            raise Unreadable(_words(str(error), path)) from None
        if not len(document):
            document.close()
            raise Unreadable("the document has no pages")
        _kept[key] = document
    return _kept[key]


def _close() -> None:
    for document in _kept.values():
        document.close()
    _kept.clear()


def probe(path: Path) -> dict[str, Any]:
    """{"pages", "sizes"}: sizes are runs of [width, height, how many pages]; "error" says what is wrong with the file."""
    try:
        document = opened(path)
    except Unreadable as error:
        return {"error": str(error)}
    pages = len(document)
    if pages > MAX_PAGES:
        return {"pages": pages, "error": f"{pages:,} pages are more than {MAX_PAGES:,}; split the document"}
    sizes = [size_of(document, number) for number in range(pages)]
    wrong = next((n for n, size in enumerate(sizes) if not _fits(size)), None)
    if wrong is not None:
        width, height = sizes[wrong]
        return {"pages": pages, "error": f"page {wrong + 1} is {width:g} x {height:g} points large, which cannot be shown"}
    found: dict[str, Any] = {"pages": pages}
    runs = [[*size, len(list(group))] for size, group in groupby(sizes)]
    return found | ({"sizes": runs} if len(runs) <= _RUNS else {})


def size_of(document: Any, number: int) -> tuple[float, float]:
    """Width and height of a page, to a hundredth of a point; zeros for one that cannot be read."""
    import pypdfium2

    try:
        width, height = document.get_page_size(number)
    except pypdfium2.PdfiumError:
        return 0.0, 0.0
    return round(width, 2), round(height, 2)


def _fits(size: tuple[float, float]) -> bool:
    return all(isfinite(side) and 0 < side <= MAX_POINTS for side in size)


def sizes(path: Path) -> dict[str, Any]:
    """The size of every page, as runs, however many."""
    document = opened(path)
    each = (size_of(document, number) for number in range(min(len(document), MAX_PAGES)))
    return {"sizes": [[*size, len(list(group))] for size, group in groupby(each)]}


def page(path: Path, number: int, scale: float, out: Path) -> dict[str, Any]:
    """Draw a page at `scale` pixels a point, or as many as a picture may have, and write it as WebP."""
    image = drawn(opened(path), number, scale)
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    image.save(part, "WEBP", quality=_QUALITY, method=2)
    os.replace(part, out)
    return {"width": image.width, "height": image.height}


def shot(path: Path, number: int, side: int, most: int) -> dict[str, Any]:
    """{"data"}: a page as JPEG in base64, its longer side `side` pixels, of at most `most` bytes. Raises Unreadable."""
    document = opened(path)
    image = drawn(document, number, side / max(*size_of(document, number), 1.0))
    for quality in (85, 65, 45, 25):
        out = BytesIO()
        image.save(out, "JPEG", quality=quality)
        if out.tell() <= most:
            return {"data": b64encode(out.getvalue()).decode()}
    raise Unreadable(f"page {number + 1} does not fit into {most:,} bytes")


def drawn(document: Any, number: int, scale: float) -> Any:
    """The page as a picture on white. Raises Unreadable."""
    import pypdfium2

    if not 0 <= number < len(document):
        raise Unreadable(f"there is no page {number + 1}; the document has {len(document)}")
    width, height = size_of(document, number)
    if not _fits((width, height)):
        raise Unreadable(f"page {number + 1} is {width:g} x {height:g} points large, which cannot be shown")
    most = min(scale, sqrt(MAX_PIXELS / (width * height)), MAX_SIDE / max(width, height))
    try:
        sheet = document[number]
        bitmap = sheet.render(scale=most, may_draw_forms=True)
        image = bitmap.to_pil().convert("RGB")
    except pypdfium2.PdfiumError as error:
        raise Unreadable(f"page {number + 1} cannot be drawn: {str(error)[:160]}") from None
    sheet.close()
    return image


def _words(said: str, path: Path) -> str:
    if "assword" in said and b"/Encrypt" not in path.read_bytes():
        return "damaged: there are no pages in it"  # the library takes a broken tree of pages for a locked one
    if "assword" in said:
        return "it is encrypted with a password; save a copy without one, then import that"
    return f"damaged: {said[:160]}"


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The reply to one request: what to do is in `do`, the file in `path`."""
    from milo.infra import pdf_words

    path, do = Path(request["path"]), request["do"]
    jobs: dict[str, Callable[[], dict[str, Any]]] = {
        "probe": lambda: probe(path),
        "sizes": lambda: sizes(path),
        "page": lambda: page(path, int(request["page"]), float(request["scale"]), Path(request["out"])),
        "shot": lambda: shot(path, int(request["page"]), int(request["side"]), int(request["most"])),
        "words": lambda: {"words": pdf_words.words(opened(path), int(request["page"]))},
        "find": lambda: {"hits": pdf_words.find(opened(path), str(request["text"]), int(request["most"]))},
    }
    if do not in jobs:
        return {"error": f'there is no job "{do}" for documents'}
    try:
        return jobs[do]()
    except Unreadable as error:
        return {"error": str(error)}


if __name__ == "__main__":
    serve(answer)
