"""What of a conversation can be marked: its turns, and inside them the steps, that is calls of tools and what came back.

Stands alone because several ways of writing a trace mean the same. The steps of a turn count from 0: first the parts of its
`content` that are calls or results ({"type": "tool_use" | "tool_call" | "tool_result", ...}), then its `tool_calls`. A turn
whose role is tool or function is a result as a whole, and has no steps of its own.
"""

from __future__ import annotations

from typing import Any, cast

Place = tuple[int, int]
"""(turn, step), both from 0; step -1 stands for the turn's own words."""
WORDS = -1
RESULT_ROLES = ("tool", "function")
_CALLS = ("tool_use", "tool_call")
_RESULTS = ("tool_result",)


def steps_of(turn: dict[str, Any]) -> list[str]:
    """ "call" or "result" for each step of a turn, in order."""
    if turn.get("role") in RESULT_ROLES:
        return []
    content, calls = turn.get("content"), turn.get("tool_calls")
    kinds = [_kind(part) for part in cast("list[Any]", content)] if isinstance(content, list) else []
    return [kind for kind in kinds if kind] + ["call"] * (len(cast("list[Any]", calls)) if isinstance(calls, list) else 0)


def places(turns: list[Any], roles: list[str], steps: bool) -> list[Place]:
    """What is asked about, in order: the turns of these roles (none: all); with `steps` also each of their calls, and every
    result, whoever's turn it is in. A turn of calls alone has no words to mark."""
    found: list[Place] = []
    for at, turn in enumerate(turns):
        read = cast("dict[str, Any]", turn) if isinstance(turn, dict) else {}
        meant = not roles or read.get("role") in roles
        inside = steps_of(read) if steps else []
        whole = meant or (steps and read.get("role") in RESULT_ROLES)
        if whole and (not inside or _has_words(read)):
            found.append((at, WORDS))
        found += [(at, k) for k, kind in enumerate(inside) if meant or kind == "result"]
    return found


def _kind(part: Any) -> str:
    kind = cast("dict[str, Any]", part).get("type") if isinstance(part, dict) else None
    return "call" if kind in _CALLS else "result" if kind in _RESULTS else ""


def _has_words(turn: dict[str, Any]) -> bool:
    content = turn.get("content")
    if isinstance(content, list):
        return any(_says(part) for part in cast("list[Any]", content))
    return content is not None and content != ""


def _says(part: Any) -> bool:
    if isinstance(part, dict):
        read = cast("dict[str, Any]", part)
        return _kind(read) == "" and read.get("text") != ""
    return isinstance(part, str) and part != ""
