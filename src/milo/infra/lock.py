"""One process per workspace: a lock that the operating system lifts when its holder dies, and a note on where it listens."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO

import msgspec

from milo.domain.errors import Conflict


class ServerNote(msgspec.Struct, frozen=True):
    """Where the running server listens, and a token for the person who owns the workspace's files. The file is readable
    by its owner alone, as the database is; the token dies with the server."""

    url: str
    token: str
    pid: int


class WorkspaceLock:
    """Holds `<workspace>/lock`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Take the lock. Raises Conflict if another process holds it."""
        file = (self._folder / "lock").open("a+")
        if not _try_lock(file):
            file.close()
            note = read_note(self._folder)
            where = f" at {note.url}" if note else ""
            raise Conflict(f"Another Milo already runs{where} on the workspace {self._folder}. Use that one, or stop it first.")
        self._file = file

    def announce(self, url: str, token: str) -> None:
        """Leave the note for the command line."""
        path = self._folder / "server.json"
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(msgspec.json.encode(ServerNote(url, token, os.getpid())))

    def release(self) -> None:
        """Give it back."""
        if self._file is not None:
            (self._folder / "server.json").unlink(missing_ok=True)
            self._file.close()
            self._file = None


def read_note(folder: Path) -> ServerNote | None:
    """Where the server of a workspace listens, if it said so."""
    try:
        return msgspec.json.decode((folder / "server.json").read_bytes(), type=ServerNote)
    except (OSError, msgspec.MsgspecError):
        return None


def is_held(folder: Path) -> bool:
    """Whether a process holds the workspace now."""
    path = folder / "lock"
    if not path.exists():
        return False
    with path.open("a+") as file:
        return not _try_lock(file)


def _try_lock(file: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
