"""The child process of live tools that run a model of the owner's: `python -m milo.infra.live_own`.

A process of its own, because a large encoder takes memory and seconds, and quick tools must not wait for it.
"""

from __future__ import annotations

from milo.infra.live import main

MEMORY = 16 * 1024**3

if __name__ == "__main__":
    main(MEMORY)
