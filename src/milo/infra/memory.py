"""Gives memory that was freed back to the system. The C library keeps freed blocks for later, which after an import of a
million rows is many times what the process needs."""

from __future__ import annotations

import ctypes
import sys


def give_back() -> None:
    """Return free memory to the system, where its C library can (glibc); elsewhere nothing happens."""
    if not sys.platform.startswith("linux"):
        return
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError):  # another C library, such as musl
        return
