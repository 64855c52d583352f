"""Taking files out of a ZIP archive that is not to be trusted.

Stands alone because every format that reads archives must refuse the same things. Members are unpacked one by one. A member is
refused if its name is absolute or climbs ("..", a drive, a backslash), if it is a link, encrypted or a repeated name, if it
grows more than 200-fold (a bomb), or if it goes beyond the limits: what counts is the bytes that come out, never what the
archive says of itself.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from milo.builtin.formats._media import is_ignored
from milo.domain.errors import InvalidConfig
from milo.kinds.format import Source

MAX_MEMBER = 512 * 1024 * 1024
MAX_TOTAL = 64 * 1024 * 1024 * 1024
MAX_RATIO = 200
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
"""What reading a damaged archive may raise."""
_RATIO_FROM = 1024 * 1024
_CHUNK = 1 << 18


class Refused(Exception):
    """A member that may not be unpacked, and why."""


class Members:
    """The members of an archive, with a budget of bytes. Options of the source: `extract_to`, `max_total` in bytes."""

    def __init__(self, archive: zipfile.ZipFile, source: Source) -> None:
        self._archive, self._source = archive, source
        self.left = int(source.options.get("max_total", MAX_TOTAL))
        self._seen: set[str] = set()

    def checked(self, member: zipfile.ZipInfo) -> str:
        """The safe relative path of a member. Raises Refused."""
        name = member.filename
        path = PurePosixPath(name)
        if not path.parts:
            raise Refused("a member without a name")
        if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in path.parts[0] or "\0" in name:
            raise Refused("the path leads out of the archive's folder")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise Refused("a link; links are not unpacked")
        if member.flag_bits & 1:
            raise Refused("encrypted; unpack it yourself and import the folder")
        relative = str(path)
        if relative in self._seen:
            raise Refused("the archive has two files of this name")
        self._seen.add(relative)
        return relative

    def content(self, member: zipfile.ZipInfo, limit: int) -> bytes:
        """What a member holds. Raises Refused beyond a limit."""
        return b"".join(self._chunks(member, limit))

    def unpack(self, member: zipfile.ZipInfo, relative: str, limit: int = MAX_MEMBER) -> Path:
        """Write a member below the folder `extract_to`: beside the target, then moved, so that a broken archive leaves no half
        file under its name. Raises Refused, and InvalidConfig where there is no such folder."""
        target = self._target(relative)
        part = target.with_name(f".{target.name[:100]}.part")
        try:
            with part.open("wb") as sink:
                for chunk in self._chunks(member, limit):
                    sink.write(chunk)
            os.replace(part, target)
        finally:
            part.unlink(missing_ok=True)
        return target

    def _target(self, relative: str) -> Path:
        folder = self._source.options.get("extract_to")
        if folder is None:
            raise InvalidConfig("This archive holds files; say where to unpack them (extract_to).", place="extract_to")
        root = Path(str(folder)).resolve()
        target = root / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.parent.resolve().is_relative_to(root):
            raise Refused("the path leads out of the archive's folder")
        return target

    def _chunks(self, member: zipfile.ZipInfo, limit: int) -> Iterator[bytes]:
        """The content in pieces, counted as it comes out. Raises Refused beyond a limit."""
        out = 0
        with self._archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                out += len(chunk)
                self.left -= len(chunk)
                if out > limit:
                    raise Refused(f"unpacks to more than {limit >> 20} MiB")
                if out > _RATIO_FROM and out > MAX_RATIO * max(1, member.compress_size):
                    raise Refused(f"grows more than {MAX_RATIO}-fold when unpacked, as a ZIP bomb does")
                if self.left <= 0:
                    raise Refused("the archive unpacks to more than allowed")
                yield chunk


def is_file_name(name: str) -> bool:
    """Whether a member is a file of interest: no folder, nothing hidden."""
    return not name.endswith("/") and not any(is_ignored(part) for part in name.split("/") if part not in (".", ".."))


def printable(name: str) -> str:
    """A member's name as it may stand in a report."""
    return name[:200].encode("utf-8", "replace").decode()
