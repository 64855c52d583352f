"""Pages of image files that no browser shows as they are: TIFF with any number of pages, and slices of DICOM files.

Stands alone because such a file holds several pictures, often with more than 256 levels of grey: `window` = (low, high) are the
levels that are shown as black and white. Runs in the decoding process only (`milo.infra.images`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

MAX_PAGES = 5_000
DICOM = "application/dicom"
TIFF = "image/tiff"
Window = tuple[float, float]
_DEEP = frozenset({"I", "F", "I;16", "I;16B", "I;16L", "I;16N"})
_SPREAD = (0.5, 99.5)
"""Percentiles of the levels that are shown from black to white where the file names no window."""


class Unreadable(ValueError):
    """What this file holds cannot be shown; the message says why."""


def mime_of(path: Path) -> str:
    """DICOM, TIFF or "", by the first bytes."""
    with path.open("rb") as stream:
        start = stream.read(132)
    if start[128:132] == b"DICM":
        return DICOM
    return TIFF if start[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+") else ""


def probe_tiff(path: Path, most: int) -> dict[str, Any]:
    """Sizes of all pages. Raises what Pillow raises for a damaged file."""
    with Image.open(path) as image:
        found: list[tuple[int, int]] = []
        while True:
            width, height = image.size
            turned = image.getexif().get(0x0112) in (5, 6, 7, 8)
            found.append((height, width) if turned else (width, height))
            try:
                image.seek(len(found))
            except EOFError:
                break
            if len(found) >= MAX_PAGES:
                raise Unreadable(f"more than {MAX_PAGES:,} pages; split the file")
    return _paged(found, most)


def _paged(found: list[tuple[int, int]], most: int) -> dict[str, Any]:
    """Width and height of the first page; of several, how many and their sizes in runs of [width, height, how many]."""
    largest = max(width * height for width, height in found)
    about: dict[str, Any] = {"width": found[0][0], "height": found[0][1], "view": "tiles" if largest > most else "page"}
    if len(found) > 1:
        runs: list[list[int]] = []
        for width, height in found:
            if runs and runs[-1][:2] == [width, height]:
                runs[-1][2] += 1
            else:
                runs.append([width, height, 1])
        about |= {"pages": len(found), "sizes": runs}
    return about


def probe_dicom(path: Path, most: int) -> dict[str, Any]:
    """Size, number of slices, and the window that the file names or that its levels suggest. Raises Unreadable."""
    header = _dicom_header(path)
    rows, columns = int(header.get("Rows", 0)), int(header.get("Columns", 0))
    frames = int(header.get("NumberOfFrames", 1) or 1)
    if rows < 1 or columns < 1 or "PixelData" not in header:
        raise Unreadable("this DICOM file holds no picture")
    if rows * columns > most:
        raise Unreadable(f"{columns:,} x {rows:,} pixels are more than a DICOM slice may have here")
    if frames > MAX_PAGES:
        raise Unreadable(f"more than {MAX_PAGES:,} slices; split the file")
    about = _paged([(columns, rows)] * frames, most)
    levels = _levels(path, 0, header)
    if levels.ndim == 2:
        low, high = _window_of(header, levels)
        about |= {"window": [low, high], "range": [float(levels.min()), float(levels.max())]}
    return about


def page(path: Path, number: int, window: Window | None, most: int) -> Image.Image:
    """One page, upright, as grey (L) or colour (RGB). Raises Unreadable for a page that there is not."""
    kind = mime_of(path)
    if kind == DICOM:
        return _dicom_page(path, number, window, most)
    with Image.open(path) as image:
        if number:
            try:
                image.seek(number)
            except EOFError:
                raise Unreadable(f"there is no page {number + 1}") from None
        if image.width * image.height > most:
            raise Unreadable(f"{image.width:,} x {image.height:,} pixels are too many to show as one picture")
        upright = ImageOps.exif_transpose(image)
    if upright.mode in _DEEP:
        import numpy as np

        return _shown(np.asarray(upright, np.float32), window)
    return upright.convert("RGB") if upright.mode not in ("L", "RGB") else upright


def _dicom_page(path: Path, number: int, window: Window | None, most: int) -> Image.Image:
    header = _dicom_header(path)
    if int(header.get("Rows", 0)) * int(header.get("Columns", 0)) > most:
        raise Unreadable("this slice has too many pixels")
    if not 0 <= number < int(header.get("NumberOfFrames", 1) or 1):
        raise Unreadable(f"there is no slice {number + 1}")
    levels = _levels(path, number, header)
    if levels.ndim == 3:
        return Image.fromarray(levels.astype("uint8"), "RGB")
    shown = _shown(levels, window or _window_of(header, levels))
    return ImageOps.invert(shown) if header.get("PhotometricInterpretation") == "MONOCHROME1" else shown


def _dicom_header(path: Path) -> Any:
    import pydicom

    try:
        return pydicom.dcmread(path, defer_size=1024)
    except Exception as error:  # noqa: BLE001 - the parser raises anything on a damaged file
        raise Unreadable(f"damaged: {str(error)[:160]}") from None


def _levels(path: Path, number: int, header: Any) -> Any:
    """The levels of one slice as floats, rescaled as the file says (Hounsfield units of a CT); RGB for colour."""
    from pydicom.pixels.processing import convert_color_space
    from pydicom.pixels.utils import pixel_array

    try:
        frame = pixel_array(path, index=number) if int(header.get("NumberOfFrames", 1) or 1) > 1 else pixel_array(path)
        kind = str(header.get("PhotometricInterpretation", ""))
        if frame.ndim == 3:
            return convert_color_space(frame, kind, "RGB") if kind.startswith("YBR") else frame
    except Exception as error:  # noqa: BLE001 - a missing decoder and a damaged file look alike here
        raise Unreadable(f"its pixels cannot be decoded: {str(error)[:160]}") from None
    return frame.astype("float32") * float(header.get("RescaleSlope", 1) or 1) + float(header.get("RescaleIntercept", 0) or 0)


def _window_of(header: Any, levels: Any) -> Window:
    """The window that the file names, the first of several; else from almost the lowest level to almost the highest."""
    middle, width = header.get("WindowCenter"), header.get("WindowWidth")
    try:
        middle, width = (
            float(one[0] if hasattr(one, "__len__") and not isinstance(one, str) else one) for one in (middle, width)
        )
        if width >= 1:
            return middle - width / 2, middle + width / 2
    except (TypeError, ValueError, IndexError):
        pass
    return _spread(levels)


def _spread(levels: Any) -> Window:
    import numpy as np

    low, high = (float(n) for n in np.percentile(levels[np.isfinite(levels)], _SPREAD)) if levels.size else (0.0, 1.0)
    return (low, high) if high > low else (low, low + 1.0)


def _shown(levels: Any, window: Window | None) -> Image.Image:
    """Grey from black at `low` to white at `high`."""
    import numpy as np

    low, high = window or _spread(levels)
    share = (np.nan_to_num(levels) - low) / max(high - low, 1e-9)
    return Image.fromarray(np.rint(np.clip(share, 0, 1) * 255).astype(np.uint8), "L")
