"""Speech activity: where somebody speaks, as segments to label or to write down.

Stands alone because it hears speech and nothing of what is said. Two detectors: silero's network, where the extra `whisper`
is installed (it comes with faster-whisper; music does not mislead it), else WebRTC's, which is tiny and quick and takes some
music for speech. Frames are joined over short pauses; short bursts are dropped. It gives no probability: what it is worth,
blind answers tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from itertools import islice
from typing import Any, cast

from milo.builtin.predictors._sound import RATE, samples, sound_fields, sound_path
from milo.builtin.predictors._unlearned import Unlearned
from milo.domain.annotation import Prediction
from milo.domain.errors import InvalidConfig, MissingExtra
from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate

ENGINES = ("auto", "silero", "webrtc")
_FRAME = 0.03
_NUMBERS: dict[str, tuple[float, float, float]] = {
    "pause": (0.3, 0.0, 10.0),
    "shortest": (0.2, 0.0, 10.0),
    "pad": (0.1, 0.0, 2.0),
}
"""Setting -> (default, least, most), in seconds."""


class SpeechActivity(Unlearned):
    """Settings: `label` (default: the question's first), `engine` ("auto", "silero", "webrtc"), `pause` (0.3 s: shorter
    silences do not part segments), `shortest` (0.2 s: what is shorter is dropped), `pad` (0.1 s put on both ends)."""

    name = "speech"
    title = "Speech activity"
    why = "It listens as it is and does not learn."

    def accepts(self, question: Question, fields: tuple[Field, ...]) -> bool:
        """Segments on audio or video."""
        return question.shape == "segments" and bool(sound_fields(question, fields))

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        """The settings completed by defaults. Raises InvalidConfig."""
        unknown = sorted(set(config) - {"label", "engine", *_NUMBERS})
        if unknown:
            raise InvalidConfig(f"There is no setting {', '.join(unknown)}. Settings: label, engine, {', '.join(_NUMBERS)}.")
        labels = labels_of(question)
        label = config.get("label", labels[0] if labels else None)
        if label not in labels:
            raise InvalidConfig(f'label is {label!r:.60}; it must be a label of "{question.name}".', place="config.label")
        engine = config.get("engine", ENGINES[0])
        if engine not in ENGINES:
            raise InvalidConfig(f"engine is {engine!r:.40}; it must be one of {', '.join(ENGINES)}.", place="config.engine")
        found: dict[str, Any] = {"label": label, "engine": engine}
        for name, (default, low, high) in _NUMBERS.items():
            value = config.get(name, default)
            if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
                raise InvalidConfig(
                    f"{name} is {value!r:.40}; it must be from {low:g} to {high:g} seconds.", place=f"config.{name}"
                )
            found[name] = float(value)
        return found

    def predict(
        self,
        question: Question,
        fields: tuple[Field, ...],
        config: dict[str, Any],
        model: bytes | None,
        items: Iterable[Candidate],
    ) -> Iterator[Prediction]:
        """The segments of each recording; an empty list where nobody speaks."""
        voiced = _silero if _engine(config["engine"]) == "silero" else _webrtc
        for item in items:
            path = sound_path(item.data, sound_fields(question, fields))
            if path is None:
                continue
            length, stretches = voiced(path)
            if length <= 0:
                continue
            least = max(config["shortest"], float(question.config.get("min_length", 0.0)))
            found = joined(stretches, config["pause"], config["shortest"], config["pad"], length)
            segments = [{"start": a, "end": b, "label": config["label"]} for a, b in found if b - a >= least]
            yield Prediction(item.item_id, question.name, segments, None)


def labels_of(question: Question) -> list[str]:
    """The labels of a question, in order."""
    entries = cast("list[Any]", question.config.get("labels") or [])
    return [entry if isinstance(entry, str) else str(entry["value"]) for entry in entries]


def _engine(wanted: str) -> str:
    silero, webrtc = find_spec("faster_whisper") is not None, find_spec("webrtcvad") is not None
    if wanted in ("auto", "silero") and silero:
        return "silero"
    if wanted == "silero":
        raise MissingExtra("The speech detector silero", "whisper")
    if not webrtc:
        raise MissingExtra("Finding speech", "audio")
    return "webrtc"


def joined(
    stretches: Iterable[tuple[float, float]], pause: float, shortest: float, pad: float, length: float
) -> list[tuple[float, float]]:
    """Stretches of speech, apart by more than `pause`, longer than `shortest` without their `pad`, within the recording."""
    runs: list[list[float]] = []
    for start, end in stretches:
        if runs and start - runs[-1][1] <= pause:
            runs[-1][1] = max(runs[-1][1], end)
        else:
            runs.append([start, end])
    found: list[tuple[float, float]] = []
    for start, end in ((a, b) for a, b in runs if b - a >= shortest):
        left = max(start - pad, 0.0)
        if found and left < found[-1][1]:
            middle = (found[-1][1] + left) / 2
            found[-1], left = (found[-1][0], middle), middle
        found.append((left, min(end + pad, length)))
    return [(round(a, 3), round(b, 3)) for a, b in found if b > a]


def _webrtc(path: str) -> tuple[float, list[tuple[float, float]]]:
    """(length, voiced stretches)."""
    import webrtcvad

    detector: Any = webrtcvad.Vad(2)
    size, held, frame = int(_FRAME * RATE) * 2, b"", 0
    stretches: list[tuple[float, float]] = []
    total = 0
    for piece in samples(path, "Finding speech"):
        held += piece
        total += len(piece)
        at = 0
        while at + size <= len(held):
            if detector.is_speech(held[at : at + size], RATE):
                start = frame * _FRAME
                if stretches and start - stretches[-1][1] < _FRAME / 2:
                    stretches[-1] = (stretches[-1][0], start + _FRAME)
                else:
                    stretches.append((start, start + _FRAME))
            at += size
            frame += 1
        held = held[at:]
    return total / 2 / RATE, _without_specks(stretches)


def _without_specks(stretches: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Single frames that stand alone are clicks, not speech."""
    return [(a, b) for a, b in stretches if b - a > 2.5 * _FRAME]


def _silero(path: str) -> tuple[float, list[tuple[float, float]]]:
    import numpy as np
    from faster_whisper.vad import VadOptions, get_speech_timestamps  # type: ignore[import-not-found]

    pieces = samples(path, "Finding speech")
    length, found = 0.0, list[tuple[float, float]]()
    while part := b"".join(islice(pieces, 4_000)):
        sound = np.frombuffer(part, np.int16).astype(np.float32) / 32768.0
        options = VadOptions(speech_pad_ms=0, min_silence_duration_ms=100)
        for one in cast("list[dict[str, int]]", get_speech_timestamps(sound, options)):
            found.append((length + one["start"] / RATE, length + one["end"] / RATE))
        length += len(sound) / RATE
    return length, found


PLUGIN = SpeechActivity()
