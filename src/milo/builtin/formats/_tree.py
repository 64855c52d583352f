"""The files of a data set, whether it is a folder, an archive or one file with others beside it.

Stands alone because a data set is several files that name each other: annotations here, pictures there. Names are relative,
with "/" between folders. Nothing outside of the folder is ever read: links that lead out, and links to folders, are left out.
Of an archive only what is asked for is unpacked, into the folder given by the option `extract_to`.
"""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path, PurePosixPath
from types import TracebackType

from milo.builtin.formats._archive import DAMAGE, Members, Refused, is_file_name, printable
from milo.builtin.formats._media import IMAGE_SUFFIXES, VIDEO_SUFFIXES, is_ignored
from milo.domain.errors import NotFound
from milo.kinds.format import Source

MAX_FILES = 2_000_000
MAX_BESIDE = 200_000
"""Files looked at beside a single annotation file."""


class Unreadable(Exception):
    """A file that cannot be read, and why."""


class Tree:
    """The files of a source. Use it as a context. `trouble` says of some why they were left out; `single` is the name of the
    file if the source is one. Raises NotFound if there is none, Unreadable for an archive that is none."""

    def __init__(self, source: Source) -> None:
        self.trouble: list[str] = []
        self.single: str | None = None
        self._archive: zipfile.ZipFile | None = None
        self._entries: dict[str, zipfile.ZipInfo] = {}
        self._unpacked: dict[str, Path] = {}
        if source.path.is_file() and zipfile.is_zipfile(source.path):
            self._open(source)
        elif source.path.is_file():
            self.root, self.single = source.path.parent.resolve(), source.path.name
            self.names = sorted({self.single, *self._listed(MAX_BESIDE)})
        elif not source.path.is_dir():
            raise NotFound(f"There is no file or folder {source.path}.", place=str(source.path))
        else:
            self.root = source.path.resolve()
            self.names = sorted(self._listed(MAX_FILES))
        self._known = set(self.names)
        self._pictures: dict[str, list[str]] | None = None

    def __enter__(self) -> Tree:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._archive is not None:
            self._archive.close()

    def _listed(self, most: int) -> list[str]:
        found: list[str] = []
        for name, trouble in islice(walk(self.root), most):
            if trouble:
                self.trouble.append(f"{name}: {trouble}")
            else:
                found.append(name)
        return found

    def _open(self, source: Source) -> None:
        try:
            self._archive = zipfile.ZipFile(source.path)
        except DAMAGE as error:
            raise Unreadable(f"not a readable ZIP archive: {error}") from None
        self._members = Members(self._archive, source)
        for member in self._archive.infolist():
            if not is_file_name(member.filename):
                continue
            try:
                self._entries[self._members.checked(member)] = member
            except Refused as refused:
                self.trouble.append(f"{printable(member.filename)}: {refused}")
        self.root = Path()
        self.names = sorted(self._entries)

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def ending(self, *suffixes: str) -> list[str]:
        """The names with one of these endings (in lower case), by name."""
        if self.single is not None:
            return [self.single] if self.single.lower().endswith(suffixes) else []
        return [name for name in self.names if name.lower().endswith(suffixes)]

    def content(self, name: str, limit: int) -> bytes:
        """What a file holds. Raises Unreadable."""
        try:
            if self._archive is not None:
                return self._members.content(self._entries[name], limit)
            with (self.root / name).open("rb") as stream:
                found = stream.read(limit + 1)
        except (Refused, *DAMAGE) as error:
            raise Unreadable(f"{name}: cannot be read: {error}") from None
        if len(found) > limit:
            raise Unreadable(f"{name}: larger than {limit >> 20} MiB")
        return found

    def head(self, name: str, size: int = 4096) -> bytes:
        """The beginning of a file; empty where it cannot be read."""
        with suppress(*DAMAGE):
            if self._archive is not None:
                with self._archive.open(self._entries[name]) as stream:
                    return stream.read(size)
            with (self.root / name).open("rb") as stream:
                return stream.read(size)
        return b""

    def file(self, name: str) -> Path:
        """A file on the disk, unpacked if need be. Raises Unreadable."""
        if self._archive is None:
            return self.root / name
        if name not in self._unpacked:
            try:
                self._unpacked[name] = self._members.unpack(self._entries[name], name)
            except (Refused, *DAMAGE) as error:
                raise Unreadable(f"{name}: cannot be unpacked: {error}") from None
        return self._unpacked[name]

    def picture(self, wanted: str, *near: str) -> str | None:
        """The picture that an annotation file means: below one of the folders `near`, else the only one whose path ends so
        (with the same name, if the path names folders that are not there)."""
        plain = str(PurePosixPath(wanted.replace("\\", "/"))).lstrip("/")
        for folder in near:
            name = str(PurePosixPath(folder) / plain) if folder else plain
            if name in self._known:
                return name
        found = self.pictures_of(PurePosixPath(plain).name)
        ending = [name for name in found if name == plain or name.endswith(f"/{plain}")]
        for some in (ending, found):
            if len(some) == 1:
                return some[0]
        return None

    def video(self, wanted: str, *near: str) -> str | None:
        """The video of that name (without its ending, if need be) in one of these folders, else the only one there, else the
        only one of that name anywhere, else the only one at all."""
        last = PurePosixPath(wanted.replace("\\", "/"))
        found = [name for name in self.names if PurePosixPath(name).suffix.lower() in VIDEO_SUFFIXES]
        beside = [name for name in found if name.rpartition("/")[0] in near]
        named = [name for name in found if last.name and PurePosixPath(name).stem in (last.name, last.stem)]
        for some in ([name for name in named if name in beside], beside, named, found):
            if len(some) == 1:
                return some[0]
        return None

    def pictures_of(self, name: str) -> list[str]:
        """The pictures of that file name, with or without its ending, in any folder."""
        if self._pictures is None:
            self._pictures = {}
            for one in self.names:
                path = PurePosixPath(one)
                if path.suffix.lower() in IMAGE_SUFFIXES:
                    self._pictures.setdefault(path.name, []).append(one)
                    self._pictures.setdefault(path.stem, []).append(one)
        return self._pictures.get(name, [])


def walk(root: Path, below: str = "") -> Iterator[tuple[str, str]]:
    """Every file below the folder as (relative path, what is wrong with it or "")."""
    try:
        names = sorted(os.listdir(root / below))
    except OSError as error:
        yield below, f"the folder cannot be read: {error.strerror}"
        return
    for name in names:
        relative = f"{below}/{name}" if below else name
        if is_ignored(name):
            continue
        try:
            mode = (root / relative).lstat().st_mode
        except OSError as error:
            yield relative, f"cannot be read: {error.strerror}"
            continue
        if stat.S_ISDIR(mode):
            yield from walk(root, relative)
        else:
            yield relative, _trouble(root, relative, mode)


def _trouble(root: Path, relative: str, mode: int) -> str:
    """Why a file may not be read, "" if it may."""
    try:
        relative.encode()
    except UnicodeEncodeError:
        return "the file name is not valid UTF-8; rename it"
    if stat.S_ISLNK(mode):
        target = (root / relative).resolve()
        if not target.is_relative_to(root):
            return "a link that leads out of the folder"
        if not target.is_file():
            return "a link that does not lead to a file; links to folders are not followed"
        return ""
    return "" if stat.S_ISREG(mode) else "no regular file"
