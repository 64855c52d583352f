"""Forced alignment: when each line of a given transcript is said.

Stands alone because it hears nothing that is not written: the words come from a text field of the item, only their times are
found (PocketSphinx, with the English model that comes with it; no network). Words that its dictionary does not know are
spoken by rule. A line that begins with the name of a label and a colon is said by that speaker.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from milo.builtin.predictors._sound import RATE, samples, sound_fields, sound_path
from milo.builtin.predictors._spelling import phones
from milo.builtin.predictors._unlearned import Unlearned
from milo.builtin.predictors.speech import labels_of
from milo.domain.annotation import Prediction
from milo.domain.errors import InvalidConfig, MissingExtra
from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate

UNITS = ("lines", "words")
MAX_WORDS = 3_000
MAX_SECONDS = 900
_FRAMES = 100
_SILENCE = bytes(RATE)
"""Half a second behind the last word, so that it can end."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_WIDE = {"beam": 1e-80, "wbeam": 1e-60, "pbeam": 1e-80}

Line = tuple[str, str, list[str]]
"""Label, text, and the words in it."""


class Alignment(Unlearned):
    """Settings: `text` (the field with the transcript; default: the first text field), `unit` ("lines": a segment for each
    line, or sentence where there is only one line; "words": for each word)."""

    name = "alignment"
    title = "Forced alignment of a transcript (English)"
    why = "It aligns what is written and does not learn."

    def accepts(self, question: Question, fields: tuple[Field, ...]) -> bool:
        """Segments on audio or video, where there is a text beside it."""
        return question.shape == "segments" and bool(sound_fields(question, fields)) and bool(_texts(fields))

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        """The settings completed by defaults. Raises InvalidConfig."""
        unknown = sorted(set(config) - {"text", "unit"})
        if unknown:
            raise InvalidConfig(f"There is no setting {', '.join(unknown)}. Settings: text, unit.")
        unit = config.get("unit", UNITS[0])
        if unit not in UNITS:
            raise InvalidConfig(f"unit is {unit!r:.40}; it must be one of {', '.join(UNITS)}.", place="config.unit")
        text = config.get("text")
        if text is not None and not isinstance(text, str):
            raise InvalidConfig(f"text is {text!r:.40}; it must be the name of a text field.", place="config.text")
        return {"unit": unit} | ({"text": text} if text else {})

    def predict(
        self,
        question: Question,
        fields: tuple[Field, ...],
        config: dict[str, Any],
        model: bytes | None,
        items: Iterable[Candidate],
    ) -> Iterator[Prediction]:
        """Segments for the lines that were found; nothing where the text cannot be aligned."""
        labels, worded = labels_of(question), bool(question.config.get("words"))
        names = [f.name for f in _texts(fields) if config.get("text") in (None, f.name)]
        for item in items:
            path = sound_path(item.data, sound_fields(question, fields))
            text = next((item.data[n] for n in names if isinstance(item.data.get(n), str) and item.data[n].strip()), None)
            if path is None or text is None or not labels:
                continue
            lines = lines_of(text, labels)
            times = _times(path, [word for _, _, words in lines for word in words])
            segments = list(_segments(lines, times, config["unit"], worded))
            if segments:
                yield Prediction(item.item_id, question.name, segments, None)


def _texts(fields: tuple[Field, ...]) -> list[Field]:
    return [f for f in fields if f.kind in ("text", "markdown")]


def lines_of(text: str, labels: list[str]) -> list[Line]:
    """The lines with their speakers; sentences, where there is only one line. Lines without words are left out."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) == 1:
        lines = _SENTENCE.split(lines[0])
    known = {label.casefold(): label for label in labels}
    found: list[Line] = []
    speaker = labels[0]
    for line in lines:
        name, colon, rest = line.partition(":")
        if colon and name.strip().casefold() in known:
            speaker = known[name.strip().casefold()]
        said = rest.strip() if colon and name.strip().casefold() in known else line
        words = _WORD.findall(said)
        if words:
            found.append((speaker, said, words))
    return found


def _segments(lines: list[Line], times: list[tuple[float, float]], unit: str, worded: bool) -> Iterator[dict[str, Any]]:
    """For each line, or word, whose words were all found."""
    at = 0
    for label, text, words in lines:
        own = times[at : at + len(words)]
        at += len(words)
        if len(own) < len(words):
            return
        parts = [(own[0][0], own[-1][1], text)]
        if unit == "words":
            parts = [(start, end, word) for (start, end), word in zip(own, words, strict=True)]
        for start, end, said in parts:
            if end > start:
                yield {"start": start, "end": end, "label": label} | ({"text": said} if worded else {})


def _times(path: str, words: list[str]) -> list[tuple[float, float]]:
    """Start and end of the words, as far as they were found."""
    try:
        from pocketsphinx import Decoder, get_model_path  # type: ignore[import-untyped]
    except ModuleNotFoundError:
        raise MissingExtra("Forced alignment", "audio") from None
    if not words or len(words) > MAX_WORDS:
        return []
    most = MAX_SECONDS * RATE * 2
    sound = bytearray()
    for piece in samples(path, "Forced alignment"):
        sound += piece
        if len(sound) > most:
            return []
    model = str(get_model_path("en-us"))
    decoder: Any = Decoder(hmm=f"{model}/en-us", dict=f"{model}/cmudict-en-us.dict", lm=None, loglevel="FATAL", **_WIDE)
    spoken = [_known(decoder, word) for word in words]
    try:
        decoder.set_align_text(" ".join(word for word in spoken if word))
        decoder.start_utt()
        decoder.process_raw(bytes(sound) + _SILENCE, full_utt=True)
        decoder.end_utt()
        found = [s for s in decoder.seg() or [] if not s.word.startswith(("<", "[", "+"))]
    except RuntimeError:
        return []
    return _in_place(spoken, [(s.start_frame / _FRAMES, (s.end_frame + 1) / _FRAMES) for s in found])


def _known(decoder: Any, word: str) -> str | None:
    """The word as the dictionary has it, put in if need be; None for one that cannot be spoken."""
    plain = word.lower().replace("’", "'")
    if decoder.lookup_word(plain) is not None:
        return plain
    guess = phones(plain)
    if guess is None:
        return None
    decoder.add_word(plain, guess, True)
    return plain


def _in_place(spoken: list[str | None], times: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """A time for every word; one that cannot be spoken stands at the end of the word before it."""
    found: list[tuple[float, float]] = []
    given = iter(times)
    for word in spoken:
        if word is None:
            at = found[-1][1] if found else 0.0
            found.append((at, at))
            continue
        one = next(given, None)
        if one is None:
            return found
        found.append(one)
    return found


PLUGIN = Alignment()
