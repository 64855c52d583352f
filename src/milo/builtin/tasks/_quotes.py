"""Spans as models write them: words copied from the text, resolved to offsets on our own text.

Stands alone because this is where a model's claim about a text is checked: a quote that is not there is never moved to
something like it. What may differ, since models do not copy it faithfully, `milo.domain.quotes` says.
"""

from __future__ import annotations

from typing import Any

from milo.builtin.tasks._config import value_error
from milo.domain.question import Question
from milo.domain.quotes import MOST, Place, places
from milo.kinds.task_type import Read

ASKED = (
    "Answer with the list of all spans; an empty list if there are none. `quote`: the exact words, copied from the text letter "
    "by letter. `occurrence`: which one is meant if these words stand in the text more than once, counted from 1; else 1."
)


def schema(labels: list[str], most: int) -> dict[str, Any]:
    """The JSON schema of a list of quotes."""
    quote = {
        "type": "object",
        "properties": {
            "quote": {"type": "string", "minLength": 1},
            "label": {"type": "string", "enum": labels},
            "occurrence": {"type": "integer", "minimum": 1},
        },
        "required": ["quote", "label", "occurrence"],
        "additionalProperties": False,
    }
    return {"type": "array", "items": quote, "maxItems": most}


def found(question: Question, answer: list[dict[str, Any]], text: str, last: bool) -> Read:
    """Where the quotes stand. Raises InvalidValue naming those that do not, unless it is the `last` attempt and others do."""
    spans: list[dict[str, Any]] = []
    missing: list[str] = []
    for one in answer:
        place = find(text, one["quote"], int(one["occurrence"]))
        if place is None:
            missing.append(one["quote"])
        else:
            spans.append({"start": place[0], "end": place[1], "label": one["label"]})
    if missing and not (last and spans):
        shown = ", ".join(f'"{quote[:80]}"' for quote in missing[:5])
        raise value_error(
            question, f"these words do not stand in the text: {shown}. Copy quotes from the text letter by letter."
        )
    return Read(spans, tuple(f'"{quote[:80]}" does not stand in the text' for quote in missing))


def find(text: str, quote: str, occurrence: int = 1) -> Place | None:
    """Start and end, in code points, of the n-th place where the words stand, None where they do not. A single place is meant
    whatever the number says."""
    if not quote.strip():
        return None
    stands = _exactly(text, quote) or places(text, quote)
    if len(stands) == 1:
        return stands[0]
    return stands[occurrence - 1] if 1 <= occurrence <= len(stands) else None


def _exactly(text: str, quote: str) -> list[Place]:
    """All places letter by letter, overlapping ones included."""
    out: list[Place] = []
    at = text.find(quote)
    while at >= 0 and len(out) < MOST:
        out.append((at, at + len(quote)))
        at = text.find(quote, at + 1)
    return out


def quoted(spans: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    """Spans as quotes; `found` leads back to them."""
    out: list[dict[str, Any]] = []
    for span in spans:
        words = text[span["start"] : span["end"]]
        stands, own = _exactly(text, words), (span["start"], span["end"])
        number = stands.index(own) + 1 if own in stands else 1
        out.append({"quote": words, "label": span["label"], "occurrence": number})
    return out
