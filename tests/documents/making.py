"""PDF files for tests, written by hand: pages of any size, turned and cropped, with words at known places; and broken ones."""

from __future__ import annotations

from typing import Any


def page(*words: tuple[float, float, float, str], size: tuple[float, float] = (300, 400), **more: Any) -> dict[str, Any]:
    """A page with words at (x, y of the baseline from the BOTTOM left, font size, text); `rotate`, `crop` as PDF has them."""
    return {"words": words, "size": size, **more}


def pdf(*pages: dict[str, Any], encrypted: bool = False) -> bytes:
    """A PDF file of these pages, set in Helvetica."""
    objects: list[bytes] = []

    def add(body: str | bytes) -> int:
        objects.append(body.encode("latin-1") if isinstance(body, str) else body)
        return len(objects)

    font = add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    tree = len(objects) + 1 + 2 * len(pages)
    kids: list[str] = []
    for one in pages:
        drawn = "".join(f"BT /F1 {s} Tf {x} {y} Td ({_escaped(t)}) Tj ET\n" for x, y, s, t in one["words"]) + one.get("raw", "")
        content = add(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
        crop = f"/CropBox [{' '.join(map(str, one['crop']))}]" if one.get("crop") else ""
        kids.append(f"{len(objects) + 1} 0 R")
        add(
            f"<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 {one['size'][0]} {one['size'][1]}] {crop} /Rotate {one.get('rotate', 0)} "
            f"/Contents {content} 0 R /Resources << /Font << /F1 {font} 0 R >> >> >>"
        )
    add(f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(pages)} >>")
    root = add(f"<< /Type /Catalog /Pages {tree} 0 R >>")
    secret = ""
    if encrypted:
        locked = "<< /Filter /Standard /V 1 /R 2 /P -44 /O <" + "41" * 32 + "> /U <" + "42" * 32 + "> >>"
        secret = f"/Encrypt {add(locked)} 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]"
    return _written(objects, f"/Root {root} 0 R {secret}")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _written(objects: list[bytes], trailer: str) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places: list[int] = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{at:010d} 00000 n \n".encode() for at in places)
    out += f"trailer << /Size {len(objects) + 1} {trailer} >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)
