"""Asking for one letter: each option has a letter of its own, and the probabilities of the letters are the model's own doubt.

Stands alone because tokens need care: servers report probabilities before a grammar is applied, with blanks and marks around
the letter, and models prefer letters by their place. So the letters are renormalised over those that are allowed, and options
are shuffled for each item.
"""

from __future__ import annotations

import math
import random
import re
from string import ascii_uppercase
from typing import Any, cast

from milo.domain.errors import BadAnswer
from milo.kinds.provider import Reply

WORDS = "Answer with the letter of one of the options that stand below the item, and with nothing else."
TOP = 20
_LETTER = re.compile(r"\W*([A-Za-z])\W*\Z")
_AROUND = " \t\r\n\"'`*()[].:#Ġ▁"
_TOKENS = 3


def options_of(schema: dict[str, Any]) -> list[Any] | None:
    """The values that a schema allows, if they are few: an enumeration, or a short range of whole numbers."""
    if "enum" in schema:
        values = cast("list[Any]", schema["enum"])
    elif schema.get("type") == "integer" and "minimum" in schema and "maximum" in schema:
        low, high = int(schema["minimum"]), int(schema["maximum"])
        values = list(range(low, high + 1)) if high - low < len(ascii_uppercase) else []
    else:
        return None
    return list(values) if 2 <= len(values) <= len(ascii_uppercase) else None


def shuffled(options: list[Any], seed: int, item_id: int) -> list[Any]:
    """The options in an order that depends on the item only."""
    out = list(options)
    random.Random(f"{seed}:{item_id}").shuffle(out)
    return out


def listed(options: list[Any]) -> str:
    """The options as lines, each with its letter."""
    lines = [f"{letter}. {option}" for letter, option in zip(ascii_uppercase, options, strict=False)]
    return "Options:\n" + "\n".join(lines) + "\n\nAnswer with one letter."


def read_letter(reply: Reply, options: list[Any]) -> tuple[Any, dict[int, float] | None]:
    """The option that is meant, and the probability of each place in `options` (None where the server tells none).

    The surest letter counts, not the one that was drawn. Raises BadAnswer where neither names an option.
    """
    shares = probabilities(reply, len(options))
    if shares is not None:
        return options[max(shares, key=lambda place: (shares[place], -place))], shares
    match = _LETTER.match(reply.text.strip())
    place = ascii_uppercase.find(match.group(1).upper()) if match else -1
    if not 0 <= place < len(options):
        raise BadAnswer(f"{reply.text[:80]!r} is not one of the letters.", raw=reply.text[:1000])
    return options[place], None


def probabilities(reply: Reply, n: int) -> dict[int, float] | None:
    """The probability of each of the first n letters, summing to 1: from the first token that has any of them among its
    alternatives. Letters that the server does not list have 0."""
    for token in (reply.logprobs or ())[:_TOKENS]:
        alternatives = {token.token: token.logprob, **dict(token.top)}
        mass = dict.fromkeys(range(n), 0.0)
        for text, logprob in alternatives.items():
            bare = text.strip(_AROUND)
            place = ascii_uppercase.find(bare) if len(bare) == 1 else -1
            if 0 <= place < n and not math.isnan(logprob):
                mass[place] += math.exp(min(0.0, logprob))
        total = sum(mass.values())
        if total > 0:
            return {place: share / total for place, share in mass.items()}
    return None


def averaged(
    first: dict[int, float], options: list[Any], second: dict[int, float], turned: list[Any]
) -> tuple[dict[Any, float], float]:
    """The mean of two distributions over the same options in two orders, and their overlap (1: equal, 0: nothing shared)."""
    a = {options[place]: share for place, share in first.items()}
    b = {turned[place]: share for place, share in second.items()}
    return {o: (a[o] + b[o]) / 2 for o in options}, sum(min(a[o], b[o]) for o in options)


def mean_probability(reply: Reply) -> float | None:
    """The geometric mean of the probabilities of the answer's tokens, None where the server tells none."""
    found = [t.logprob for t in reply.logprobs or () if not math.isnan(t.logprob)]
    return math.exp(min(0.0, sum(found) / len(found))) if found else None
