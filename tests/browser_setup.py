"""Finds a Chromium for the browser tests, and installs one where that is possible."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The path of a Chromium: MILO_CHROMIUM, one of the system's, or Playwright's own."""
    named = os.environ.get("MILO_CHROMIUM")
    if named:
        return named
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> bool:
    """Try Playwright's download, then the system's package where that is allowed."""
    print("No Chromium found; installing one for the browser tests ...")
    if _runs([sys.executable, "-m", "playwright", "install", "chromium"]):
        return True
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        return _runs(["apt-get", "update", "-qq"]) and _runs(["apt-get", "install", "-y", "-qq", "chromium"])
    return False


def _runs(command: list[str]) -> bool:
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


if __name__ == "__main__":
    if chromium() is None and not (install() and chromium()):
        sys.exit(
            "No Chromium could be installed. Install it with your system's package manager, or name one with "
            "MILO_CHROMIUM=/path/to/chromium. Without it: make test ARGS=\"-m 'not browser'\" after setting MILO_CHROMIUM=none."
        )
