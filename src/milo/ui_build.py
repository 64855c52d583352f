"""Builds the web app into the package, and knows whether that is needed.

Standard library only, because the build hook loads it by path. A stamp beside the built files holds a hash of all that went in;
equal stamp, nothing to do. A marker in `node_modules` holds the hash of the lock file; equal marker, nothing to install.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import IO

STAMP = ".stamp"
_MARKER = ".milo-lock"
_INPUTS = ("index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")
_FOLDERS = ("src", "public")
_NOT_BUILT = (".test.ts", ".test.tsx")
_LOCK_SECONDS = 600

Say = Callable[[str], None]


class BuildFailed(Exception):
    """The web app could not be built; the message says why and what to do."""


def checkout_root() -> Path | None:
    """The source checkout that this package runs from, if it does."""
    root = Path(__file__).resolve().parents[2]
    return root if (root / "web" / "package.json").is_file() and (root / "pyproject.toml").is_file() else None


def output_of(root: Path) -> Path:
    """Where the built files go."""
    return root / "src" / "milo" / "_ui"


def is_fresh(root: Path) -> bool:
    """Whether the built files match the sources."""
    out = output_of(root)
    stamp = out / STAMP
    return (out / "index.html").is_file() and stamp.is_file() and stamp.read_text() == stamp_of(root)


def stamp_of(root: Path) -> str:
    """The hash of all that goes into the build."""
    web = root / "web"
    digest = hashlib.sha256()
    for path in sorted(_inputs(web)):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(web).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def build(root: Path, *, force: bool = False, say: Say = print) -> bool:
    """Build what is missing or stale; whether anything was done. Raises BuildFailed."""
    if not force and is_fresh(root):
        return False
    npm = shutil.which("npm")
    if npm is None:
        raise BuildFailed("npm was not found. Install Node 20.19 or newer, then run: make web")
    with _lock(root, say):
        if not force and is_fresh(root):
            return False
        stamp = stamp_of(root)
        _install(root / "web", npm, say)
        say("Building the web app ...")
        start = time.monotonic()
        _run([npm, "run", "--silent", "build"], root / "web")
        _compress(output_of(root))
        (output_of(root) / STAMP).write_text(stamp)
        say(f"Built the web app in {time.monotonic() - start:.0f} s.")
    return True


def _inputs(web: Path) -> Iterator[Path]:
    for name in _INPUTS:
        if (web / name).is_file():
            yield web / name
    for folder in _FOLDERS:
        for path in (web / folder).rglob("*"):
            if path.is_file() and not path.name.endswith(_NOT_BUILT):
                yield path


def _install(web: Path, npm: str, say: Say) -> None:
    marker = web / "node_modules" / _MARKER
    lock = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    if marker.is_file() and marker.read_text() == lock:
        return
    say("Installing what the web app is built with (about half a minute) ...")
    _run([npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], web)
    marker.write_text(lock)


def _run(command: list[str], folder: Path) -> None:
    environment = {**os.environ, "CI": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-30:])
        raise BuildFailed(f"{' '.join(command[:3])} failed in {folder}:\n{tail}")


def _compress(out: Path) -> None:
    for path in out.rglob("*"):
        if path.suffix in (".js", ".css", ".svg") and path.stat().st_size > 1024:
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


@contextlib.contextmanager
def _lock(root: Path, say: Say) -> Generator[None]:
    """One build at a time; the operating system lifts the lock of a killed one."""
    with (root / "web" / ".build-lock").open("a+") as file:
        deadline = time.monotonic() + _LOCK_SECONDS
        held = _taken(file)
        if not held:
            say("Another build of the web app is running; waiting for it ...")
        while not held:
            if time.monotonic() > deadline:
                raise BuildFailed(f"Another build still runs after {_LOCK_SECONDS} seconds. End it, then try again.")
            time.sleep(0.2)
            held = _taken(file)
        yield


def _taken(file: IO[str]) -> bool:
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


if __name__ == "__main__":
    try:
        build(Path(__file__).resolve().parents[2], force="--force" in sys.argv)
    except BuildFailed as failure:
        raise SystemExit(f"milo: {failure}") from None
