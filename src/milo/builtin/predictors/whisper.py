"""A Whisper model of your own (a folder in the form of CTranslate2), which writes down what is said.

Stands alone because the model is brought by the owner of the workspace and registered like other own models; nothing is
downloaded. It knows no speakers: all segments get one label. The score of a segment is the mean probability of its tokens,
which is no calibrated confidence; how often it is right, blind answers tell.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from milo.builtin.predictors._own import check_own
from milo.builtin.predictors._sound import sound_fields, sound_path
from milo.builtin.predictors._unlearned import Unlearned
from milo.builtin.predictors.speech import labels_of
from milo.domain.annotation import Prediction
from milo.domain.errors import InvalidConfig, MissingExtra
from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate

_FILES = ("model.bin", "config.json", "tokenizer.json")
_SETTINGS = ("own", "label", "language", "beam")


class Whisper(Unlearned):
    """Settings: `own`, the name of a registered folder; `label` (default: the question's first); `language` (a code such as
    "en"; default: as it hears); `beam` (1 to 10, default 5)."""

    name = "whisper"
    title = "Whisper folder of your own"
    why = "It writes down what it hears and does not learn."
    own = "whisper"

    def accepts(self, question: Question, fields: tuple[Field, ...]) -> bool:
        """Segments with words, or a text, on audio or video."""
        worded = question.shape == "segments" and bool(question.config.get("words"))
        return (worded or question.shape == "text") and bool(sound_fields(question, fields))

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        """The settings, checked. Raises InvalidConfig."""
        found = check_own(config, _SETTINGS)
        beam = found.get("beam", 5)
        if isinstance(beam, bool) or not isinstance(beam, int) or not 1 <= beam <= 10:
            raise InvalidConfig(f"beam is {beam!r:.40}; it must be a whole number from 1 to 10.", place="config.beam")
        labels = labels_of(question)
        if found.get("label") is not None and found["label"] not in labels:
            raise InvalidConfig(
                f'label is {found["label"]!r:.60}; it must be a label of "{question.name}".', place="config.label"
            )
        return found

    def predict(
        self,
        question: Question,
        fields: tuple[Field, ...],
        config: dict[str, Any],
        model: bytes | None,
        items: Iterable[Candidate],
    ) -> Iterator[Prediction]:
        """What is said in each recording that can be decoded."""
        label = config.get("label") or next(iter(labels_of(question)), "")
        for item in items:
            path = sound_path(item.data, sound_fields(question, fields))
            if path is None:
                continue
            heard = _transcribed(str(config["path"]), path, config.get("language"), int(config.get("beam", 5)))
            if heard is None:
                continue
            if question.shape == "text":
                text = " ".join(said for _, _, said, _ in heard if said)
                if text:
                    yield Prediction(item.item_id, question.name, text, None)
                continue
            segments = [{"start": a, "end": b, "label": label, "text": said, "score": score} for a, b, said, score in heard]
            yield Prediction(item.item_id, question.name, segments, None)

    def check_place(self, place: str, settings: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The absolute path of a folder on the server's disk; there are no further settings. Raises InvalidConfig."""
        if settings:
            raise InvalidConfig(
                "A Whisper folder has no settings; language and beam are set where it is used.", place="settings"
            )
        folder = Path(place).resolve()
        missing = [name for name in _FILES if not (folder / name).is_file()]
        if missing:
            raise InvalidConfig(
                f"{folder} is no Whisper folder in the form of CTranslate2: {', '.join(missing)} is missing. Convert a "
                "model with ct2-transformers-converter, or bring a folder that faster-whisper reads.",
                place="place",
            )
        return str(folder), {}

    def describe(self, place: str, settings: dict[str, Any]) -> dict[str, Any]:
        """What the folder is, for who registers it. Raises InvalidConfig, MissingExtra."""
        model = _loaded(place)
        kind = "many languages" if model.model.is_multilingual else "English only"
        return {"task": "transcribe", "kind": kind, "labels": []}


@lru_cache(maxsize=1)
def _loaded(folder: str) -> Any:
    try:
        from faster_whisper import WhisperModel  # type: ignore[import-not-found]
    except ModuleNotFoundError:
        raise MissingExtra("Whisper", "whisper") from None
    try:
        return WhisperModel(folder, device="cpu", compute_type="int8", local_files_only=True, cpu_threads=2)
    except (RuntimeError, ValueError, OSError) as error:
        raise InvalidConfig(f"{folder} cannot be loaded as a Whisper model: {str(error)[:200]}", place="place") from None


def _transcribed(folder: str, path: str, language: str | None, beam: int) -> list[tuple[float, float, str, float]] | None:
    """(start, end, words, score) of what is said; None for a file that cannot be decoded."""
    model = _loaded(folder)
    try:
        segments, about = model.transcribe(
            path, language=language, beam_size=beam, vad_filter=True, condition_on_previous_text=False
        )
        found = [(round(s.start, 3), round(s.end, 3), s.text.strip(), math.exp(min(0.0, s.avg_logprob))) for s in segments]
    except (RuntimeError, ValueError, OSError, IndexError):
        return None
    return [(a, min(b, about.duration), said, round(score, 4)) for a, b, said, score in found if min(b, about.duration) > a]


PLUGIN = Whisper()
