"""The time, behind one name, so that tests can move it."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], float]
"""Gives Unix seconds."""

wall: Clock = time.time
