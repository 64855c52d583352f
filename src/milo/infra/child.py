"""The child's side of decoding files that are not to be trusted: one JSON request a line in, one reply a line out.

A child never opens the database, is less urgent than the server and has bounded memory; its parent (`milo.infra.image_worker`)
kills it where it takes too long.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

import msgspec

MEMORY = 3 * 1024**3
Answer = Callable[[dict[str, Any]], dict[str, Any]]


def serve(answer: Answer, memory: int = MEMORY) -> None:
    """Answer requests from standard input until it ends. Whatever `answer` raises becomes {"error"}."""
    limit(memory)
    warnings.simplefilter("ignore")
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not come between the replies
    for line in sys.stdin.buffer:
        out.write(msgspec.json.encode(_safely(answer, msgspec.json.decode(line))) + b"\n")
        out.flush()


def _safely(answer: Answer, request: dict[str, Any]) -> dict[str, Any]:
    try:
        return answer(request)
    except MemoryError:
        return {"error": "it needs more memory than a file may take"}
    except ModuleNotFoundError as error:
        return {"error": f"{error.name} is not installed", "missing": error.name}
    except Exception as error:  # noqa: BLE001 - decoders raise anything on a damaged file; it is said, and the child lives on
        return {"error": f"damaged: {str(error)[:200] or type(error).__name__}"}


def limit(memory: int, nice: int = 5) -> None:
    """Less urgent than the server by `nice`, and at most `memory` bytes of address space."""
    if sys.platform == "win32":
        return
    import resource

    os.nice(nice)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
