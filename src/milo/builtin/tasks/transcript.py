"""`transcript`: who says what, and when; segments with a speaker (the label) and words.

Stands alone because words are compared and merged otherwise than times. The value is a list of {start, end, label, text, id?,
score?, attributes?} in seconds; `text` may be "" where nothing could be understood. Timing is free: segments may overlap as
speakers do, and two people need not cut the talk at the same places to agree. An attribute that is named in `of_speaker`
(language, age group) belongs to the speaker: it is the same in all of their segments of an item, and is filled in where it is
missing.
"""

from __future__ import annotations

from bisect import bisect_left
from math import fsum
from typing import Any, cast

import msgspec

from milo.builtin.tasks._attributes import attributes_agree, merge_attributes
from milo.builtin.tasks._config import config_error, value_error
from milo.builtin.tasks._distance import edit_distance, similarity, tokens
from milo.builtin.tasks._labels import normalise_labels
from milo.builtin.tasks._timed import GivenSegment, Segment, Timed, time_agreement, time_iou
from milo.domain.question import Question

MAX_TEXT = 20_000
SPEAKERS = ["Speaker 1", "Speaker 2", "Speaker 3", "Speaker 4"]


class _Said(GivenSegment, forbid_unknown_fields=True, kw_only=True):
    text: str = ""


class Transcript(Timed):
    """Words with speakers and times. Agreement is 1 - word error rate, symmetric: for each speaker the words in order of time,
    edit distance over the longer of the two, summed over speakers. With attributes, half of it is how far these agree,
    weighted by time."""

    name = "transcript"
    title = "Transcript with speakers"
    given = _Said
    own_keys = ("of_speaker", "words")

    def labels_of(self, question: Question) -> list[dict[str, Any]]:
        """The speakers; "Speaker 1" to "Speaker 4" where none are named."""
        if not question.config.get("labels"):
            question = msgspec.structs.replace(question, config={**question.config, "labels": SPEAKERS})
        return normalise_labels(question)

    def settings(self, question: Question, attributes: list[dict[str, Any]]) -> dict[str, Any]:
        """`of_speaker`: the names of attributes that belong to the speaker, not to the single segment. `words` (true) tells
        helpers that segments have words."""
        given = question.config.get("of_speaker", [])
        names = {one["name"] for one in attributes}
        if not isinstance(given, list) or not all(isinstance(name, str) and name in names for name in cast("list[Any]", given)):
            raise config_error(
                question,
                "of_speaker",
                f"of_speaker is {given!r:.80}; it must be a list of names of attributes of this question.",
            )
        if question.config.get("words", True) is not True:
            raise config_error(question, "words", "words must be true: segments of a transcript have words.")
        return {"words": True} | ({"of_speaker": given} if given else {})

    def words(self, question: Question, given: _Said) -> dict[str, Any]:
        """The text, without white space around it."""
        text = given.text.strip()
        if len(text) > MAX_TEXT:
            raise value_error(
                question, f"the text at {given.start:g} s has {len(text):,} characters; at most {MAX_TEXT:,} fit."
            )
        if any("\ud800" <= c <= "\udfff" for c in text):
            raise value_error(question, f"the text at {given.start:g} s holds half a character (a lone surrogate).")
        return {"text": text}

    def whole(self, question: Question, segments: list[Segment]) -> list[Segment]:
        """What belongs to a speaker is the same everywhere. Raises InvalidValue where it is not."""
        known: dict[tuple[str, str], Any] = {}
        names = cast("list[str]", question.config.get("of_speaker") or [])
        for one in segments:
            for name in names:
                said = one.get("attributes", {}).get(name)
                if said is not None and known.setdefault((one["label"], name), said) != said:
                    raise value_error(
                        question,
                        f'"{one["label"]}" has two answers for "{name}": {known[one["label"], name]!r:.40} and {said!r:.40}. '
                        "It belongs to the speaker and must be the same in all segments.",
                    )
        return [_filled(question, one, known) for one in segments] if known else segments

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """See the class; where neither has words, the share of time on which both have the same speaker."""
        words = _word_agreement(a, b)
        same = words if words is not None else time_agreement(a, b)
        if not question.config.get("attributes"):
            return same
        return (same + _attribute_agreement(question, a, b)) / 2

    def same_words(self, a: Segment, b: Segment) -> bool:
        """But for what `similarity` passes over."""
        return similarity(a["text"], b["text"]) == 1.0

    def blended(self, question: Question, members: list[Segment]) -> dict[str, Any]:
        """The text that is closest to all others."""
        texts = sorted(one["text"] for one in members)
        close = [fsum(sorted(similarity(one, other) for other in texts)) for one in texts]
        return {"text": texts[close.index(max(close))]}

    def together(self, question: Question, merged: list[Segment], values: list[list[Segment]]) -> list[Segment]:
        """What belongs to a speaker is merged over the answers, not over segments."""
        names = cast("list[str]", question.config.get("of_speaker") or [])
        if not names:
            return merged
        speakers: dict[str, dict[str, Any]] = {}
        for label in {one["label"] for one in merged}:
            first = [
                next((one["attributes"] for one in value if one["label"] == label and "attributes" in one), {})
                for value in values
            ]
            own = [{name: part for name, part in given.items() if name in names} for given in first if given]
            speakers[label] = merge_attributes(question, label, own) if own else {}
        return [
            one
            | {
                "attributes": {name: part for name, part in one["attributes"].items() if name not in names}
                | speakers[one["label"]]
            }
            for one in merged
        ]

    def word_schema(self) -> dict[str, Any]:
        """The words as text."""
        return {"text": {"type": "string"}}

    def word_rule(self) -> str:
        """What the words are."""
        return (
            "`label` is the speaker, `text` what is said in the segment, word for word; an empty text where nothing can be "
            "understood."
        )


def _filled(question: Question, one: Segment, known: dict[tuple[str, str], Any]) -> Segment:
    """With what is known of its speaker, in the order of the question's attributes."""
    own = one.get("attributes", {}) | {name: said for (label, name), said in known.items() if label == one["label"]}
    order = [str(entry["name"]) for entry in cast("list[dict[str, Any]]", question.config.get("attributes") or [])]
    attributes = {name: own[name] for name in order if name in own}
    return one | {"attributes": attributes} if attributes else one


def _said(segments: list[Segment], label: str) -> list[str]:
    return [word for one in segments if one["label"] == label for word in tokens(one["text"])]


def _word_agreement(a: list[Segment], b: list[Segment]) -> float | None:
    wrong = longer = 0
    for label in {one["label"] for one in (*a, *b)}:
        ours, theirs = _said(a, label), _said(b, label)
        wrong += edit_distance(ours, theirs)
        longer += max(len(ours), len(theirs))
    return 1.0 - wrong / longer if longer else None


def _attribute_agreement(question: Question, a: list[Segment], b: list[Segment]) -> float:
    """The mean agreement of attributes between each segment and the one of the same speaker in the other answer that is most
    alike in time, weighted by its length. 1 where nothing overlaps and there are no attributes; 0 where nothing overlaps
    otherwise."""
    weighed = [*_one_way(question, a, b), *_one_way(question, b, a)]
    if weighed:
        return min(1.0, fsum(length * same for length, same in weighed) / fsum(length for length, _ in weighed))
    return 0.0 if any(one.get("attributes") for one in (*a, *b)) else 1.0


def _one_way(question: Question, a: list[Segment], b: list[Segment]) -> list[tuple[float, float]]:
    """(length, how far its attributes agree) of each segment that has a partner."""
    theirs = sorted(b, key=lambda one: one["start"])
    starts = [one["start"] for one in theirs]
    longest = max((one["end"] - one["start"] for one in theirs), default=0.0)
    found: list[tuple[float, float]] = []
    for one in a:
        near = theirs[bisect_left(starts, one["start"] - longest) : bisect_left(starts, one["end"])]
        near = [other for other in near if other["label"] == one["label"] and other["end"] > one["start"]]
        if near:
            other = max(near, key=lambda other: (time_iou(one, other), -other["start"], -other["end"]))
            same = attributes_agree(question, one["label"], one.get("attributes", {}), other.get("attributes", {}))
            found.append((one["end"] - one["start"], same))
    return found


PLUGIN = Transcript()
