"""The words of a PDF page's text layer with their places, and where a text stands. Runs in the decoding process only.

Stands alone because PDF knows no words, only characters in the page's own space, which is turned and cropped before it is
shown: the space that places are given in is points of the page as shown, from its top left corner, y down.
"""

from __future__ import annotations

import ctypes
from typing import Any

from milo.infra.lines import Word, in_lines

MAX_CHARACTERS = 200_000
MAX_WORDS = 20_000
_FINE = 1_000
"""The library turns places into whole device pixels; at this many a point they are exact enough."""
_GAP = 0.35
"""Characters further apart than this share of their height are of different words, even without a space between them."""
Box = tuple[float, float, float, float]


class Frame:
    """How places of a page's own space become places on the page as shown."""

    def __init__(self, page: Any) -> None:
        width, height = page.get_size()
        fine = min(_FINE, int(2**30 / max(width, height, 1.0)))
        origin, right, up = (self._device(page, width, height, fine, *point) for point in ((0, 0), (1000, 0), (0, 1000)))
        self._at = origin
        self._x = ((right[0] - origin[0]) / 1000, (right[1] - origin[1]) / 1000)
        self._y = ((up[0] - origin[0]) / 1000, (up[1] - origin[1]) / 1000)
        self.width, self.height = width, height

    @staticmethod
    def _device(page: Any, width: float, height: float, fine: int, x: float, y: float) -> tuple[float, float]:
        from pypdfium2 import raw

        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page.raw, 0, 0, round(width * fine), round(height * fine), 0, x, y, across, down)
        return across.value / fine, down.value / fine

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """x, y, w, h of a rectangle, cut at the edges of the page; without area where it lies off the page."""
        corners = [self._point(x, y) for x in (left, right) for y in (bottom, top)]
        x1, x2 = max(0.0, min(c[0] for c in corners)), min(self.width, max(c[0] for c in corners))
        y1, y2 = max(0.0, min(c[1] for c in corners)), min(self.height, max(c[1] for c in corners))
        return x1, y1, max(0.0, x2 - x1), max(0.0, y2 - y1)

    def _point(self, x: float, y: float) -> tuple[float, float]:
        return self._at[0] + x * self._x[0] + y * self._y[0], self._at[1] + x * self._x[1] + y * self._y[1]


def words(document: Any, number: int) -> list[list[Any]]:
    """The words of a page in lines, each [line, x, y, w, h, text]; none for a page without a text layer."""
    page = document[number]
    text_page = page.get_textpage()
    try:
        return in_lines(_words(text_page, Frame(page)))[:MAX_WORDS]
    finally:
        text_page.close()
        page.close()


def _words(text_page: Any, frame: Frame) -> list[Word]:
    from pypdfium2 import raw

    found: list[Word] = []
    letters: list[str] = []
    around: Box | None = None
    box = [ctypes.c_double() for _ in range(4)]
    loose = raw.FS_RECTF()
    for index in range(min(text_page.count_chars(), MAX_CHARACTERS)):
        code = raw.FPDFText_GetUnicode(text_page.raw, index)
        letter = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " "
        place = None if letter.isspace() else _place(raw, text_page.raw, index, frame, loose, box)
        if place is None or not letter.isprintable() or (around is not None and _apart(around, place)):
            _end(found, letters, around)
            letters, around = [], None
        if place is not None and letter.isprintable():
            letters.append(letter)
            around = place if around is None else _union(around, place)
    _end(found, letters, around)
    return found


def _place(raw: Any, text_page: Any, index: int, frame: Frame, loose: Any, box: list[Any]) -> Box | None:
    """Where a character stands: the room of its font, or its ink where the font's is not known."""
    if raw.FPDFText_GetLooseCharBox(text_page, index, loose):
        place = frame.box(loose.left, loose.bottom, loose.right, loose.top)
        if place[2] > 0 and place[3] > 0:
            return place
    if raw.FPDFText_GetCharBox(text_page, index, *box):
        left, right, bottom, top = (one.value for one in box)
        place = frame.box(left, bottom, right, top)
        if place[2] > 0 and place[3] > 0:
            return place
    return None


def _apart(word: Box, place: Box) -> bool:
    """Whether a character is of another word: on another line, or behind a gap."""
    tall = max(min(word[3], place[3]), 0.1)
    overlap_y = min(word[1] + word[3], place[1] + place[3]) - max(word[1], place[1])
    overlap_x = min(word[0] + word[2], place[0] + place[2]) - max(word[0], place[0])
    if word[3] > 3 * word[2] and overlap_x > 0.3 * min(word[2], place[2]):  # written upwards or downwards
        return -overlap_y > _GAP * max(word[2], place[2])
    if overlap_y < 0.3 * tall and overlap_x < 0.3 * min(word[2], place[2]):
        return True
    if overlap_y < 0.3 * tall:
        return -overlap_y > _GAP * max(word[2], place[2])
    return -overlap_x > _GAP * tall


def _union(a: Box, b: Box) -> Box:
    x, y = min(a[0], b[0]), min(a[1], b[1])
    return x, y, max(a[0] + a[2], b[0] + b[2]) - x, max(a[1] + a[3], b[1] + b[3]) - y


def _end(found: list[Word], letters: list[str], around: Box | None) -> None:
    if around is not None and letters:
        found.append((*around, "".join(letters)))


def _joined(boxes: list[Box]) -> list[list[float]]:
    """One rectangle for each line of a hit, of those that have an area."""
    found: list[Box] = []
    for box in boxes:
        if box[2] <= 0 or box[3] <= 0:
            continue
        if found and min(found[-1][1] + found[-1][3], box[1] + box[3]) > max(found[-1][1], box[1]):
            found[-1] = _union(found[-1], box)
        else:
            found.append(box)
    return [[round(v, 2) for v in box] for box in found]


def find(document: Any, text: str, most: int) -> list[dict[str, Any]]:
    """Where a text stands, small and capital letters alike, as [{page, places}]; at most `most`, in the order of the pages."""
    hits: list[dict[str, Any]] = []
    for number in range(len(document)):
        page = document[number]
        text_page = page.get_textpage()
        try:
            frame = Frame(page)
            searcher = text_page.search(text, match_case=False, match_whole_word=False)
            while len(hits) < most and (found := searcher.get_next()) is not None:
                rects = [text_page.get_rect(i) for i in range(text_page.count_rects(*found))]
                hits.append({"page": number, "places": _joined([frame.box(*rect) for rect in rects])})
        finally:
            text_page.close()
            page.close()
        if len(hits) >= most:
            break
    return hits
