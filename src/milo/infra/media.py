"""Files that items refer to: where they lie, what they are, and their thumbnails.

A file is referenced where it lies, or copied into `media/` under the hash of its content. What kind of file it is, is read
from its content, never from its name.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import Any

import msgspec

from milo.domain.errors import Invalid, InvalidValue, NotFound
from milo.infra.image_worker import ImageWorker
from milo.infra.sql.database import Connection, Database
from milo.infra.sql.items import MediaRow, MediaSql

_SHA256 = re.compile("^[0-9a-f]{64}$")
SIZES = (64, 128, 256, 512, 1024)
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"GIF8", "image/gif", ".gif"),
    (b"BM", "image/bmp", ".bmp"),
    (b"II*\0", "image/tiff", ".tif"),
    (b"MM\0*", "image/tiff", ".tif"),
)
SHOWN_INLINE = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/bmp", "image/svg+xml"})


class Found(msgspec.Struct, frozen=True):
    """A file that was looked at, not yet on record."""

    row: MediaRow

    def value(self, media_id: int) -> dict[str, Any]:
        """What the item's field holds."""
        row = self.row
        known = {"width": row.width, "height": row.height, "name": row.name, "error": row.error}
        return {"media": media_id, "mime": row.mime} | {k: v for k, v in known.items() if v is not None}


def sniff(start: bytes) -> tuple[str, str] | None:
    """(media type, suffix) of an image by its first bytes; None for anything else."""
    for magic, mime, suffix in _MAGIC:
        if start.startswith(magic):
            return mime, suffix
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp", ".webp"
    if start[4:12] in (b"ftypavif", b"ftypavis"):
        return "image/avif", ".avif"
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"<svg") or (head.startswith((b"<?xml", b"<!--", b"<!doctype svg")) and b"<svg" in head):
        return "image/svg+xml", ".svg"
    return None


def inside(base: Path, name: str) -> Path:
    """The file that a table or an upload names, if it lies in the folder `base`. Raises InvalidValue if it does not."""
    if "\0" in name or len(name) > 4_000:
        raise InvalidValue("the file name is not valid")
    root = base.resolve()
    try:
        path = (root / name.replace("\\", "/")).resolve()
    except (OSError, RuntimeError) as error:
        raise InvalidValue(f'"{name[:200]}" cannot be followed: {error}') from None
    if not path.is_relative_to(root):
        raise InvalidValue(f'"{name[:200]}" leads out of the folder of the import')
    return path


class MediaStore:
    """The media of a workspace: `path` is its folder."""

    def __init__(self, path: Path, db: Database) -> None:
        self._root = path
        self._db = db
        self._worker = ImageWorker()

    def close(self) -> None:
        """End the decoding process."""
        self._worker.close()

    def look_at(self, project_id: int, path: Path, name: str, *, copy: bool, move: bool = False) -> Found:
        """Hash, identify and measure an image, and copy it if asked to. Raises InvalidValue if it is none.

        An image that is damaged is taken, with its error on record: it is part of the data.
        """
        try:
            with path.open("rb") as stream:
                kind = sniff(stream.read(1024))
                stream.seek(0)
                digest = hashlib.file_digest(stream, "sha256").digest()
            size = path.stat().st_size
        except OSError as error:
            raise InvalidValue(f"{name}: cannot be read: {error.strerror or error}") from None
        if kind is None:
            raise InvalidValue(f"{name}: its content is no image of a known kind" + (" (it is empty)" if not size else ""))
        storage, where = ("copied", self._copy(path, digest, kind[1], move)) if copy else ("referenced", str(path.resolve()))
        known = {} if kind[0] == "image/svg+xml" else self._worker.ask("probe", path if not move else self._root / where)
        row = MediaRow(
            0, project_id, digest, storage, where, name[-500:], kind[0], size,
            known.get("width"), known.get("height"), known.get("error"),
        )  # fmt: skip
        return Found(row)

    def known(self, project_id: int, sha256: Any, media_id: Any, name: Any) -> MediaRow | None:
        """The file on record in this project that an export means: by its hash, else by number and name."""
        if isinstance(sha256, str) and _SHA256.match(sha256):
            return self._db.read(lambda c: MediaSql(c).by_hash(project_id, bytes.fromhex(sha256)))
        row = self._db.read(lambda c: MediaSql(c).get(media_id)) if isinstance(media_id, int) else None
        return row if row is not None and row.project_id == project_id and row.name == name else None

    def put(self, connection: Connection, found: Found) -> dict[str, Any]:
        """Record a file inside a transaction; the value of the item's field."""
        return found.value(MediaSql(connection).put(found.row))

    def _copy(self, path: Path, digest: bytes, suffix: str, move: bool) -> str:
        name = digest.hex()
        relative = f"media/{name[:2]}/{name}{suffix}"
        target = self._root / relative
        if target.exists():
            return relative
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        if move:
            try:
                os.link(path, target)
            except FileExistsError:
                return relative
            except OSError:
                shutil.copyfile(path, part)
                os.replace(part, target)
            return relative
        shutil.copyfile(path, part)
        os.replace(part, target)
        return relative

    def file(self, row: MediaRow) -> Path:
        """Where the file lies. Raises NotFound if it is gone."""
        path = self._root / row.path if row.storage == "copied" else Path(row.path)
        if not path.is_file():
            where = "It was referenced in place, and has been moved or deleted" if row.storage != "copied" else "It is missing"
            raise NotFound(f'The file of "{row.name}" is gone. {where}: {row.path}. Put it back to see it.', place=row.path)
        return path

    def thumbnail(self, row: MediaRow, size: int) -> Path:
        """The thumbnail that is at least `size` pixels long, made if need be. Raises NotFound or Invalid with the reason."""
        fitting = next((s for s in SIZES if s >= size), SIZES[-1])
        name = row.sha256.hex()
        target = self._root / "cache" / "thumbs" / name[:2] / f"{name}-{fitting}.webp"
        if target.exists():
            return target
        source = self.file(row)
        target.parent.mkdir(parents=True, exist_ok=True)
        made = self._worker.ask("thumbnail", source, out=str(target), size=fitting)
        if "error" in made:
            raise Invalid(f'"{row.name}" has no thumbnail: {made["error"]}.', place="media")
        return target

    def picture(self, row: MediaRow, size: int, most: int) -> bytes:
        """An upright JPEG of at most `size` pixels a side and `most` bytes, without metadata. Raises NotFound or Invalid."""
        import base64

        made = self._worker.ask("picture", self.file(row), size=size, most=most)
        if "error" in made:
            raise Invalid(f'"{row.name}" cannot be shown: {made["error"]}.', place="media")
        return base64.b64decode(made["data"])

    def vector(self, row: MediaRow) -> bytes | None:
        """The image's description for finding similar ones, float16; None if it cannot be decoded."""
        import base64

        reply = self._worker.ask("features", self.file(row))
        return base64.b64decode(reply["vector"]) if "vector" in reply else None
