"""Where uploaded files wait until they are imported: one folder for each upload, which belongs to one project.

Names come from browsers and are not to be trusted: they stay below the upload's folder, or are refused.
"""

from __future__ import annotations

import re
import secrets
import shutil
import time
from pathlib import Path

import msgspec

from milo.domain.errors import Invalid, NotFound, StorageTrouble

_TOKEN = re.compile(r"^[0-9a-f]{32}$")
_MAX_AGE = 7 * 24 * 3600
FILES = "files"
MAX_FILES = 200_000


class Uploads:
    """The folder `uploads/` of a workspace."""

    def __init__(self, workspace: Path) -> None:
        self._root = workspace / "uploads"
        self._files: dict[str, int] = {}

    def begin(self, project_id: int, name: str, upload: str | None) -> tuple[str, Path]:
        """(token, where to write the file `name`): of a new upload, or of one that goes on. Raises Invalid or NotFound."""
        relative = safe_name(name)
        try:
            return self._begin(project_id, name, relative, upload)
        except OSError as error:
            raise StorageTrouble(f'There is no room for "{name[:60]}" ({error.strerror}); nothing was kept of it.') from error

    def _begin(self, project_id: int, name: str, relative: Path, upload: str | None) -> tuple[str, Path]:
        if upload is None:
            upload = secrets.token_hex(16)
            folder = self._root / upload
            folder.mkdir(parents=True)
            (folder / "upload.json").write_bytes(msgspec.json.encode({"project": project_id}))
        else:
            folder = self.folder(project_id, upload)
        self._count(folder, upload)
        target = folder / FILES / relative
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise Invalid(f'"{name[:200]}" is a folder and a file in this upload.', place="name") from None
        if target.is_dir():
            raise Invalid(f'"{name[:200]}" is a folder in this upload.', place="name")
        return upload, target

    def _count(self, folder: Path, upload: str) -> None:
        """One more file. Raises Invalid beyond the limit."""
        if upload not in self._files:
            self._files[upload] = sum(1 for p in (folder / FILES).rglob("*") if p.is_file())
        if self._files[upload] >= MAX_FILES:
            raise Invalid(f"An upload holds {MAX_FILES:,} files at most. Import it, or send a ZIP file.", place="name")
        self._files[upload] += 1

    def folder(self, project_id: int, upload: str) -> Path:
        """The folder of an upload of this project. Raises NotFound."""
        folder = self._root / upload
        if _TOKEN.match(upload) and (folder / "upload.json").is_file():
            known = msgspec.json.decode((folder / "upload.json").read_bytes())
            if known["project"] == project_id:
                return folder
        raise NotFound("There is no such upload; it may have been imported already. Send the files again.", place="upload")

    def files(self, project_id: int, upload: str) -> list[Path]:
        """The files of an upload, by name."""
        root = self.folder(project_id, upload) / FILES
        return sorted(p for p in root.rglob("*") if p.is_file() and not p.is_symlink())

    def remove(self, project_id: int, upload: str) -> None:
        """Forget an upload."""
        self._files.pop(upload, None)
        shutil.rmtree(self.folder(project_id, upload), ignore_errors=True)

    def sweep(self, keep: set[str]) -> None:
        """Forget uploads that were never imported, after a week; not those in `keep`."""
        if not self._root.is_dir():
            return
        for folder in self._root.iterdir():
            if folder.name not in keep and _TOKEN.match(folder.name) and time.time() - folder.stat().st_mtime > _MAX_AGE:
                shutil.rmtree(folder, ignore_errors=True)


def safe_name(name: str) -> Path:
    """A relative path without a way out. Raises Invalid."""
    parts = [p for p in name.replace("\\", "/").split("/") if p not in ("", ".")]
    if name.startswith(("/", "\\")) or not parts or ".." in parts or ":" in parts[0] or not name.isprintable():
        raise Invalid(f'"{name[:200]}" is no valid file name: give a path relative to the folder, without "..".', place="name")
    if any(len(p.encode()) > 255 for p in parts) or len(name.encode()) > 2_000:
        raise Invalid(f'The file name "{name[:60]}..." is too long.', place="name")
    return Path(*parts)
