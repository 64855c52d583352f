"""Reads what a judging model wrote: JSON that is checked to the last word, quotes that must stand in the text, and the
probabilities of the scores that were not chosen. Pure; raises BadAnswer with words that can be sent back to the model."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import msgspec

from milo.domain.errors import BadAnswer
from milo.domain.rubric import options
from milo.domain.verdict import Rubric
from milo.kinds.provider import Reply, TokenLogprob

_FENCE = re.compile(r"\A\s*```[a-zA-Z]*\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)
_MOST_QUOTES, _LONGEST_QUOTE, _LONGEST_REASON = 5, 600, 2_000
_ENOUGH_MASS = 0.5
"""The share of probability on the options below which the alternatives say nothing about the score."""
_AROUND = " \t\r\n\"',:}"


class Part(msgspec.Struct, frozen=True):
    """What a model said of one criterion; `quotes` not yet looked for in the text."""

    score: int
    reason: str
    quotes: tuple[str, ...]
    distribution: dict[str, float] | None = None


class Review(msgspec.Struct, frozen=True):
    """A review as it was read, by criterion."""

    parts: dict[str, Part]
    advice: str
    proposal: Any = None


class Comparison(msgspec.Struct, frozen=True):
    """Which is better, "A", "B" or "T", in all and by criterion; `a_share`: probability of A against B, if it can be read."""

    better: str
    reason: str
    by_criterion: dict[str, tuple[str, str]]
    a_share: float | None = None


def read_review(reply: Reply, rubric: Rubric) -> Review:
    """The review in a reply. Raises BadAnswer saying what is wrong with it."""
    data = _object(reply)
    given = data.get("criteria")
    if not isinstance(given, dict):
        raise _bad('"criteria" must be an object with one entry for each criterion', reply)
    chances = _chances(reply, {c.name: list(options(c)) for c in rubric.criteria}, "score")
    parts: dict[str, Part] = {}
    for criterion in rubric.criteria:
        one = cast("dict[str, Any]", given).get(criterion.name)
        if not isinstance(one, dict):
            raise _bad(f'the criterion "{criterion.name}" is missing', reply)
        entry = cast("dict[str, Any]", one)
        named = options(criterion)
        option = _option(entry.get("score"))
        if option not in named:
            raise _bad(f'the score of "{criterion.name}" is {entry.get("score")!r}; give one of {", ".join(named)}', reply)
        found = chances.get(criterion.name)
        spread = {str(named[o]): p for o, p in found.items()} if found else None
        parts[criterion.name] = Part(named[option], _text(entry.get("reason")), _quotes(entry.get("evidence")), spread)
    return Review(parts, _text(data.get("advice")), data.get("proposal"))


def read_comparison(reply: Reply, rubric: Rubric) -> Comparison:
    """The comparison in a reply. Raises BadAnswer saying what is wrong with it."""
    data = _object(reply)
    given = cast("dict[str, Any]", data.get("criteria")) if isinstance(data.get("criteria"), dict) else {}
    by_criterion: dict[str, tuple[str, str]] = {}
    for criterion in rubric.criteria:
        entry = given.get(criterion.name)
        better = cast("dict[str, Any]", entry).get("better") if isinstance(entry, dict) else None
        if better not in ("A", "B", "T"):
            raise _bad(f'"better" of "{criterion.name}" must be "A", "B" or "T"', reply)
        by_criterion[criterion.name] = (better, _text(cast("dict[str, Any]", entry).get("reason")))
    if data.get("better") not in ("A", "B", "T"):
        raise _bad('"better" must be "A", "B" or "T"', reply)
    found = _chances(reply, {"": ["A", "B", "T"]}, "better", last=True).get("")
    share = found["A"] / (found["A"] + found["B"]) if found and found["A"] + found["B"] > 0 else None
    return Comparison(data["better"], _text(data.get("reason")), by_criterion, share)


def _object(reply: Reply) -> dict[str, Any]:
    if reply.finish == "length":
        raise _bad("the answer was cut short; be briefer", reply)
    fenced = _FENCE.match(reply.text)
    try:
        data = msgspec.json.decode(fenced.group(1) if fenced else reply.text.strip())
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise _bad(f"the answer is no JSON ({error})", reply) from None
    if not isinstance(data, dict):
        raise _bad("the answer must be one JSON object", reply)
    return cast("dict[str, Any]", data)


def _bad(what: str, reply: Reply) -> BadAnswer:
    return BadAnswer(f"The judge's answer cannot be used: {what}.", raw=reply.text[:4_000])


def _option(value: Any) -> str:
    """An option as text; a whole number stands for its digits, true and 2.5 for nothing."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() if isinstance(value, str | int) else ""


def _text(value: Any) -> str:
    return value.strip()[:_LONGEST_REASON] if isinstance(value, str) else ""


def _quotes(value: Any) -> tuple[str, ...]:
    given = cast("list[Any]", value) if isinstance(value, list) else [value]
    return tuple(q.strip() for q in given if isinstance(q, str) and q.strip())[:_MOST_QUOTES]


def verify(quotes: Iterable[str], sources: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """The quotes that stand in the sources, in the sources' own words, and how many do not. White space and the kind of
    quotation marks do not count, and a quote's ends may be an ellipsis."""
    kept: dict[str, None] = {}
    dropped = 0
    for quote in quotes:
        found = next((hit for source in sources if (hit := _find(quote, source)) is not None), None)
        if found is None:
            dropped += 1
        else:
            kept[found] = None
    return tuple(kept), dropped


def _find(quote: str, source: str) -> str | None:
    for text in (quote, quote.strip("\"'\u201c\u201d\u2018\u2019\u00ab\u00bb").strip(".\u2026 ")):
        words = text.split()
        if not words or len(text) > _LONGEST_QUOTE:
            continue
        if text in source:
            return text
        pattern = r"\s+".join(
            re.sub("[\"'\u201c\u201d\u2018\u2019]", "[\"'\u201c\u201d\u2018\u2019]", re.escape(w)) for w in words
        )
        if (hit := re.search(pattern, source)) is not None:
            return hit.group(0)
    return None


def _chances(
    reply: Reply, options_of: Mapping[str, Sequence[str]], key: str, *, last: bool = False
) -> dict[str, dict[str, float]]:
    """By criterion the probability of each option at the place where the model chose one, renormalised over the options. With
    `last` it is the last choice of all, under the only name given."""
    if not reply.logprobs:
        return {}
    written = "".join(token.token for token in reply.logprobs)
    names = "|".join(re.escape(name) for name in options_of if name)
    pattern = rf'"({names})"\s*:\s*\{{|"{key}"\s*:\s*"?(?=[^\s{{"])' if names else rf'"{key}"\s*:\s*"?(?=[^\s{{"])'
    out: dict[str, dict[str, float]] = {}
    current = next(iter(options_of)) if last else ""
    for hit in re.finditer(pattern, written):
        if not last and hit.group(1) is not None:
            current = hit.group(1)
        elif current or last:
            found = _at(reply.logprobs, hit.end(), options_of[current])
            out.pop(current, None)
            if found is not None:
                out[current] = found
    return out


def _at(tokens: Sequence[TokenLogprob], place: int, names: Sequence[str]) -> dict[str, float] | None:
    start = 0
    for token in tokens:
        end = start + len(token.token)
        if start <= place < end:
            return _renormalised(token, names)
        start = end
    return None


def _renormalised(token: TokenLogprob, names: Sequence[str]) -> dict[str, float] | None:
    seen = dict(token.top) | {token.token: token.logprob}
    mass = dict.fromkeys(names, 0.0)
    for text, logprob in seen.items():
        name = text.strip(_AROUND)
        if name in mass and not math.isnan(logprob) and logprob <= 1e-6:
            mass[name] += math.exp(min(0.0, logprob))
    total = sum(mass.values())
    return {name: p / total for name, p in mass.items()} if total >= _ENOUGH_MASS else None
