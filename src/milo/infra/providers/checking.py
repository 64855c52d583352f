"""What no answer may be, whoever gave it: JSON that is none, infinite numbers, cut short, refused.

Whether the JSON fits its schema is asked by whoever knows what the values mean.
"""

from __future__ import annotations

import msgspec

from milo.domain.errors import BadAnswer
from milo.kinds.provider import Reply, Request

_RAW = 4_000
_read = msgspec.json.Decoder().decode


def flaw(request: Request, reply: Reply) -> BadAnswer | None:
    """What makes the reply useless, or None. A request without a schema takes any text."""
    if request.json_schema is None or (reply.tool_calls and not reply.text):
        return None
    if reply.finish == "refused":
        return _bad(reply, "The model declined to answer.")
    if reply.finish == "length":
        return _bad(reply, f"The answer was cut off at {request.max_tokens} tokens. Allow more, or ask for less.")
    fault = _fault(reply.text)
    return None if fault is None else _bad(reply, fault)


def _fault(text: str) -> str | None:
    try:
        _read(text)
    except msgspec.DecodeError as error:
        return f"The answer is no JSON with finite numbers: {error}."
    except RecursionError:
        return "The answer is JSON nested too deeply."
    except UnicodeEncodeError:
        return "The answer holds half of a surrogate pair, which is no text."
    return None


def _bad(reply: Reply, message: str) -> BadAnswer:
    return BadAnswer(message, place="json", raw=reply.text[:_RAW])
