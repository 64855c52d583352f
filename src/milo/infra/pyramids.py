"""Images as browsers take them: pages of files that no browser shows, and tiles of images too large for one piece.

Stands alone because tiles of a large image may take a minute to cut: they have a decoding process and a thread of their own,
and are asked for again until they are there. Both are kept in the cache of the workspace, which may be deleted at any time.
"""

from __future__ import annotations

import base64
import hashlib
import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from milo.domain.errors import Invalid, MissingExtra, NotFound
from milo.infra.image_worker import ImageWorker
from milo.infra.media import MediaStore
from milo.infra.sql.items import MediaRow

_SECONDS = 600.0
_MOST_WAITING = 50
Window = tuple[float, float]


class Pyramid(msgspec.Struct, frozen=True):
    """What there is of tiles. `ready`: false while they are being cut; ask again. Level 0 is the whole image in one tile, each
    further level is twice as fine, the last (`levels` - 1) is the image itself; a tile has `tile` pixels a side, less at the
    right and lower edge. `width` and `height` are those of the upright page."""

    ready: bool
    width: int = 0
    height: int = 0
    tile: int = 0
    levels: int = 0


class Seen(msgspec.Struct, frozen=True):
    """How a tool gets at what a person sees of an image: a file that decodes as it is shown, with what tells it from others,
    or the folder of its tiles ({folder, width, height, tile, levels})."""

    path: Path
    sha256: str
    tiles: dict[str, Any] | None = None


class Pyramids:
    """Tiles and pages of the images of a workspace."""

    def __init__(self, media: MediaStore) -> None:
        self._media = media
        self._worker = ImageWorker(seconds=_SECONDS, module="milo.infra.tile_work")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="milo-tiles")
        self.threads = ThreadPoolExecutor(4, thread_name_prefix="milo-pages")
        self._lock = threading.Lock()
        self._making: dict[Path, Future[dict[str, Any]]] = {}

    def close(self) -> None:
        """End the decoding process."""
        for threads in (self._thread, self.threads):
            threads.shutdown(wait=False, cancel_futures=True)
        self._worker.close()

    def page(self, row: MediaRow, number: int, window: Window | None) -> tuple[bytes, str]:
        """One page as (picture, media type); one whose window nobody changed is kept. Raises Invalid and NotFound."""
        if window is not None:
            made = self._media.ask(row, "shown", page=number, window=list(window))
            return base64.b64decode(made["data"]), made["mime"]
        data = self.page_file(row, number).read_bytes()
        return data, "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"

    def page_file(self, row: MediaRow, number: int) -> Path:
        """The file of a page in its own window, made if need be. Raises Invalid and NotFound."""
        out = self._media.cached(row, f"page-{number}.picture")
        if not out.exists():
            self._media.ask(row, "shown", page=number, out=str(out))
        return out

    def seen(self, row: MediaRow, number: int) -> Seen | None:
        """See `Seen`; None while the tiles are being cut. Raises Invalid and NotFound."""
        view = row.known.get("view")
        source, name = self._media.file(row), row.sha256.hex()
        if view == "tiles":
            found = self.pyramid(row, number)
            folder = self._media.cached(row, f"tiles-{number}")
            tiles = {k: getattr(found, k) for k in ("width", "height", "tile", "levels")}
            return Seen(source, name, {"folder": str(folder), **tiles}) if found.ready else None
        if view == "page" or number:
            return Seen(self.page_file(row, number), hashlib.sha256(f"{name}/{number}".encode()).hexdigest())
        return Seen(source, name)

    def pyramid(self, row: MediaRow, number: int) -> Pyramid:
        """What there is of tiles; begins to cut them where there are none. Raises Invalid, NotFound and MissingExtra."""
        about = self._media.cached(row, f"tiles-{number}.json")
        if about.exists():
            return msgspec.json.decode(about.read_bytes(), type=Pyramid)
        if row.error:
            raise Invalid(f'"{row.name}" cannot be shown: {row.error}.', place="media")
        with self._lock:
            running = self._making.get(about)
            if running is None:
                if len(self._making) >= _MOST_WAITING:
                    return Pyramid(False)
                source, out = self._media.file(row), self._media.cached(row, f"tiles-{number}")
                self._making[about] = self._thread.submit(self._make, source, out, about, number)
                return Pyramid(False)
            if not running.done():
                return Pyramid(False)
            del self._making[about]
        return self._outcome(row, running)

    def tile(self, row: MediaRow, number: int, level: int, column: int, tile_row: int) -> Path:
        """The file of one tile. Raises NotFound where there is none."""
        path = self._media.cached(row, f"tiles-{number}") / str(level) / f"{column}_{tile_row}.jpg"
        if not path.is_file():
            raise NotFound(f"There is no tile {column}, {tile_row} at level {level} of this image.", place="row")
        return path

    def _make(self, source: Path, out: Path, about: Path, number: int) -> dict[str, Any]:
        reply = self._worker.ask("pyramid", source, out=str(out), page=number)
        if "error" not in reply:
            part = about.with_name(f".{about.name}.{os.getpid()}.part")
            part.write_bytes(msgspec.json.encode({"ready": True, **reply}))
            os.replace(part, about)
        return reply

    def _outcome(self, row: MediaRow, made: Future[dict[str, Any]]) -> Pyramid:
        reply = made.result()
        if "missing" in reply:
            what, extra = (
                ("DICOM files", "dicom") if reply["missing"] == "pydicom" else ("Images beyond 120 megapixels", "tiles")
            )
            raise MissingExtra(what, extra)
        if "error" in reply:
            raise Invalid(f'"{row.name}" cannot be cut into tiles: {reply["error"]}.', place="media")
        return msgspec.convert({"ready": True, **reply}, Pyramid)
