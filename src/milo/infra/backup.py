"""Copies a workspace while it is in use: the database by SQLite's online backup, then the files of media and trained models.

Media files are only ever added under names that no other content has, so a database copied first never refers to a file that
the copy lacks.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from milo.domain.errors import Conflict, NotFound, StorageTrouble
from milo.infra.sql.database import trouble

DATABASE = "milo.db"
_PAGES = 2_000
Progress = Callable[[int, int], None]
"""Called with steps done and steps in all."""


class Backup(msgspec.Struct, frozen=True):
    """What was copied."""

    target: str
    bytes: int
    media_files: int


def back_up(workspace: Path, target: Path, on_progress: Progress | None = None) -> Backup:
    """Copy the workspace to a folder, or to a ZIP file if `target` ends in .zip. Raises Conflict if it exists already.

    The copy is made under another name and renamed at the end: a target that is there is whole.
    """
    if not (workspace / DATABASE).is_file():
        raise NotFound(f"There is no workspace at {workspace}.")
    if target.exists():
        raise Conflict(f"{target} exists already. Name another target.")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".milo-backup-", dir=target.parent) as scratch:
            return _copy(workspace, target, Path(scratch), on_progress)
    except OSError as error:
        raise StorageTrouble(f"The backup could not be written ({error}); nothing was left at {target}.") from error


def _copy(workspace: Path, target: Path, scratch: Path, on_progress: Progress | None) -> Backup:
    database = scratch / DATABASE
    _copy_database(workspace / DATABASE, database, on_progress)
    media, models = _files(workspace / "media"), _files(workspace / "models")
    made = scratch / "made"
    if target.suffix == ".zip":
        _zip(made, database, workspace, [*media, *models])
    else:
        _folder(made, database, workspace, [*media, *models])
    size = database.stat().st_size if database.exists() else (made / DATABASE).stat().st_size
    total = size + sum(p.stat().st_size for p in media)
    made.rename(target)
    return Backup(str(target), total, len(media))


def _copy_database(source: Path, target: Path, on_progress: Progress | None) -> None:
    def tell(status: int, left: int, total: int) -> None:
        if on_progress is not None:
            on_progress(total - left, total)

    try:
        reading = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
        writing = sqlite3.connect(target)
        with reading, writing:
            reading.backup(writing, pages=_PAGES, progress=tell, sleep=0.01)
        reading.close()
        writing.execute("PRAGMA journal_mode = DELETE")
        problem = writing.execute("PRAGMA quick_check").fetchone()[0]
        writing.close()
    except sqlite3.Error as error:
        raise trouble(error) from error
    if problem != "ok":
        raise StorageTrouble(f"The copied database is damaged: {problem}. The workspace itself may be, too.")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _zip(made: Path, database: Path, workspace: Path, files: list[Path]) -> None:
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as out:
        out.write(database, DATABASE)
        for path in files:
            out.write(path, path.relative_to(workspace).as_posix(), zipfile.ZIP_STORED)


def _folder(made: Path, database: Path, workspace: Path, files: list[Path]) -> None:
    made.mkdir()
    (made / "media").mkdir()
    shutil.move(database, made / DATABASE)
    for path in files:
        there = made / path.relative_to(workspace)
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, there)
