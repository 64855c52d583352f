"""The frames of the workspace's videos: their times, single frames as pictures, and a strip of small ones; made by a decoding
process of its own and kept in the cache.

Stands alone because people step through videos while others import: neither must wait for the other.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from milo.domain.errors import Invalid, MissingExtra, NotFound
from milo.infra.image_worker import ImageWorker
from milo.infra.media import MediaStore
from milo.infra.media_kinds import kind_of
from milo.infra.sql.items import MediaRow

_SECONDS = 120.0
SIZES = (0, 320, 640, 1280)
STRIPS = (8, 16, 32)
STRIP_HEIGHT = 54


class Films:
    """The videos of a workspace, frame by frame."""

    def __init__(self, media: MediaStore) -> None:
        self._media = media
        self._worker = ImageWorker(seconds=_SECONDS, module="milo.infra.video_work")
        self._posters = ImageWorker(seconds=_SECONDS, module="milo.infra.video_work")
        self.threads = ThreadPoolExecutor(2, thread_name_prefix="milo-film")

    def close(self) -> None:
        """End the decoding process."""
        self.threads.shutdown(wait=False, cancel_futures=True)
        self._worker.close()
        self._posters.close()

    def frames(self, row: MediaRow) -> Path:
        """The table of all frames as JSON. Raises NotFound if the file is gone, Invalid with the reason if it is no video that
        can be decoded."""
        return self._made(row, "frames.json", "frames")

    def still(self, row: MediaRow, frame: int, longest: int) -> Path:
        """A frame as a JPEG, its longer side at most one of `SIZES` (0: as it is)."""
        size = next((s for s in SIZES[1:] if 0 < longest <= s), 0)
        return self._made(row, f"{frame}-{size}.jpg", "still", frame=frame, longest=size)

    def poster(self, row: MediaRow, longest: int) -> Path:
        """A frame a tenth into the video as a JPEG, made by a process of its own: a list full of them keeps nobody waiting who
        steps through one."""
        size = next((s for s in SIZES[1:] if longest <= s), SIZES[-1])
        frame = int(row.known.get("frames") or 0) // 10
        return self._made(row, f"{frame}-{size}.jpg", "still", self._posters, frame=frame, longest=size)

    def strip(self, row: MediaRow, count: int) -> Path:
        """Small pictures side by side, evenly spread."""
        many = next((s for s in STRIPS if s >= count), STRIPS[-1])
        return self._made(row, f"strip-{many}.jpg", "strip", count=many, height=STRIP_HEIGHT)

    def _made(self, row: MediaRow, name: str, do: str, worker: ImageWorker | None = None, **more: Any) -> Path:
        if kind_of(row.mime) != "video":
            raise NotFound(f'"{row.name}" is no video ({row.mime}); it has no frames.', place="m")
        out = self._media.cached(row, f"film-{name}")
        if out.exists():
            return out
        if row.error:
            raise Invalid(f'"{row.name}" cannot be shown: {row.error}.', place="media")
        reply = (worker or self._worker).ask(do, self._media.file(row), out=str(out), **more)
        if "missing" in reply:
            raise MissingExtra("Reading a video", "video")
        if "error" in reply:
            raise Invalid(f'"{row.name}" cannot be shown: {reply["error"]}.', place="media")
        return out
