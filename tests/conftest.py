"""For all tests: property tests have no deadline, and on CI they draw the same examples each time."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("milo", deadline=None)
settings.register_profile("milo-ci", deadline=None, derandomize=True)
settings.load_profile("milo-ci" if os.environ.get("CI") else "milo")
