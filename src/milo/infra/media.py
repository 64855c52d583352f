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

from milo.domain.errors import Invalid, InvalidValue, MissingExtra, NotFound
from milo.infra.image_worker import ImageWorker
from milo.infra.masks import runs
from milo.infra.media_kinds import kind_of, named, sniff, sound_only
from milo.infra.sql.database import Connection, Database
from milo.infra.sql.items import MediaRow, MediaSql
from milo.kinds.format import Row

_SHA256 = re.compile("^[0-9a-f]{64}$")
SIZES = (64, 128, 256, 512, 1024)
SHOWN_INLINE = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/bmp", "image/svg+xml"})
_WORK = {"audio": "milo.infra.audio_work", "video": "milo.infra.video_work", "document": "milo.infra.document_work"}
_EXTRA = {"audio": "audio", "video": "video", "document": "documents"}


class Found(msgspec.Struct, frozen=True):
    """A file that was looked at, not yet on record."""

    row: MediaRow

    def value(self, media_id: int) -> dict[str, Any]:
        """What the item's field holds."""
        row = self.row
        own = {"width": row.width, "height": row.height, "name": row.name, "error": row.error}
        return {"media": media_id, "mime": row.mime} | {k: v for k, v in own.items() if v is not None} | row.known


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
        self._workers = {kind: ImageWorker(module=module) for kind, module in _WORK.items()}
        self._masks = ImageWorker(module="milo.infra.mask_work")

    def close(self) -> None:
        """End the decoding processes."""
        self._worker.close()
        for worker in (*self._workers.values(), self._masks):
            worker.close()

    def runs(self, cell: Any, column: str, row: Row, data: dict[str, Any]) -> tuple[Any, list[str]]:
        """A label cell with runs in place of pictures of masks and classes (None: nothing is left), and what went wrong."""
        pictures = (v for v in data.values() if isinstance(v, dict) and v.get("width") and v.get("height"))
        size = next(([v["height"], v["width"]] for v in pictures), None)
        return runs(self._masks, cell, column, row, size)

    def look_at(
        self, project_id: int, path: Path, name: str, *, copy: bool, move: bool = False, kind: str | None = None
    ) -> Found:
        """Hash, identify and measure a file, and copy it if asked to. Raises InvalidValue if it is of no known kind, or not of
        the one that is wanted (`kind`).

        A file that is damaged is taken, with its error on record: it is part of the data.
        """
        try:
            with path.open("rb") as stream:
                found = sniff(stream.read(1024))
                stream.seek(0)
                digest = hashlib.file_digest(stream, "sha256").digest()
            size = path.stat().st_size
        except OSError as error:
            raise InvalidValue(f"{name}: cannot be read: {error.strerror or error}") from None
        if found is None:
            wanted = kind or "image, audio, video or document"
            raise InvalidValue(f"{name}: its content is no {wanted} of a known kind" + (" (it is empty)" if not size else ""))
        mime, suffix, known = self._measured(path, name, *found)
        # A picture of a page is a document of one page.
        if kind is not None and kind_of(mime) != kind and (kind, kind_of(mime)) != ("document", "image"):
            raise InvalidValue(f"{name}: its content is {named(kind_of(mime))} ({mime}), but the field holds {named(kind)}")
        storage, where = ("copied", self._copy(path, digest, suffix, move)) if copy else ("referenced", str(path.resolve()))
        width, height, trouble = known.pop("width", None), known.pop("height", None), known.pop("error", None)
        facts = msgspec.json.encode(known).decode() if known else None
        return Found(MediaRow(0, project_id, digest, storage, where, name[-500:], mime, size, width, height, trouble, facts))

    def _measured(self, path: Path, name: str, mime: str, suffix: str) -> tuple[str, str, dict[str, Any]]:
        """(media type, suffix, what is known of the file) once it was opened."""
        kind = kind_of(mime)
        if kind == "image":
            known: dict[str, Any] = {} if mime == "image/svg+xml" else self._worker.ask("probe", path)
            if known.pop("missing", None):
                raise InvalidValue(f'{name}: DICOM files need the extra "dicom": pip install "milo[dicom]"')
            return mime, suffix, known
        known = self._workers[kind].ask("probe", path)
        if "missing" in known:
            what = named(kind)
            raise InvalidValue(f'{name}: {what} needs the extra "{_EXTRA[kind]}": pip install "milo[{_EXTRA[kind]}]"')
        if known.pop("kind", kind) == "audio" and kind == "video":
            mime, suffix = sound_only(mime)
        return mime, suffix, known

    def ask(self, row: MediaRow, do: str, **more: Any) -> dict[str, Any]:
        """What the decoding process of this kind of file makes of it. Raises NotFound if the file is gone, Invalid with the
        reason if it cannot be decoded, MissingExtra if what decodes it is not installed."""
        kind = kind_of(row.mime)
        reply = self._workers.get(kind, self._worker).ask(do, self.file(row), **more)
        if "missing" in reply:
            raise MissingExtra(f"Reading {named(kind)}", _EXTRA.get(kind, "dicom"))
        if "error" in reply:
            raise Invalid(f'"{row.name}" cannot be decoded: {reply["error"]}.', place="media")
        return reply

    def cached(self, row: MediaRow, name: str) -> Path:
        """Where something made of a file is kept, whether or not it is there yet; the folder is made."""
        digest = row.sha256.hex()
        path = self._root / "cache" / "made" / digest[:2] / f"{digest}-{name}"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

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
