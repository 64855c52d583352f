"""A PDF file with text and lines, written by hand: enough for sample documents, without a library.

Places are points from the top left corner of the page, y down to the foot of the letters, as everywhere in Milo. Text is set in
Helvetica or its bold, which every reader has; characters are those of Windows-1252.
"""

from __future__ import annotations

from typing import NamedTuple

WIDTH, HEIGHT = 595, 842
"""A4 in points."""
_NARROW = {
    " ": 278,
    ".": 278,
    ",": 278,
    ":": 278,
    "'": 191,
    "-": 333,
    "/": 278,
    "i": 222,
    "l": 222,
    "I": 278,
    "t": 278,
    "f": 278,
    "r": 333,
    "j": 222,
}
_WIDE = {"m": 833, "w": 722, "M": 833, "W": 944, "%": 889, "@": 1015}


class Text(NamedTuple):
    """Words at a place; `right`: the place is their right end."""

    x: float
    y: float
    words: str
    size: float = 10
    bold: bool = False
    right: bool = False


class Rule(NamedTuple):
    """A level line."""

    x: float
    y: float
    w: float


def wide(text: str, size: float) -> float:
    """About how wide a text is in Helvetica; right for figures."""
    return sum(_NARROW.get(c, _WIDE.get(c, 667 if c.isupper() else 556)) for c in text) * size / 1000


def pdf(pages: list[list[Text | Rule]]) -> bytes:
    """The file. Equal pages give equal bytes."""
    objects = [
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    ]
    tree = 3 + 2 * len(pages)
    kids: list[str] = []
    for page in pages:
        drawn = b"\n".join(_drawn(mark) for mark in page)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
        kids.append(f"{len(objects) + 1} 0 R")
        fonts = "/Resources << /Font << /F1 1 0 R /F2 2 0 R >> >>"
        about = f"/MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {len(objects)} 0 R {fonts}"
        objects.append(f"<< /Type /Page /Parent {tree} 0 R {about} >>".encode())
    objects.append(f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(pages)} >>".encode())
    objects.append(f"<< /Type /Catalog /Pages {tree} 0 R >>".encode())
    return _file(objects)


def _drawn(mark: Text | Rule) -> bytes:
    if isinstance(mark, Rule):
        return f"0.5 w {mark.x:g} {HEIGHT - mark.y:g} m {mark.x + mark.w:g} {HEIGHT - mark.y:g} l S".encode()
    x = mark.x - wide(mark.words, mark.size) if mark.right else mark.x
    words = mark.words.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    at = f"BT /F{2 if mark.bold else 1} {mark.size:g} Tf {x:.2f} {HEIGHT - mark.y:g} Td (".encode()
    return at + words + b") Tj ET"


def _file(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places: list[int] = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % at for at in places)
    out += b"trailer << /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(objects), table)
    return bytes(out)
