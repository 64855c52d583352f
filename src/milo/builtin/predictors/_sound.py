"""Sound as helpers of speech read it: one channel, 16,000 samples a second, 16 bits; and which field and file it comes from.

Stands alone because every helper of speech begins with it. Runs where predictors run, in a child process.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from milo.domain.errors import MissingExtra
from milo.domain.question import Field, Question

RATE = 16_000
LONGEST = 4 * 3600.0
"""Seconds of one recording that are listened to."""


def sound_fields(question: Question, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The fields with sound: the question's own field if it has one, else all of them."""
    own = [f for f in fields if f.name == question.field]
    return tuple(f for f in own or fields if f.kind in ("audio", "video"))


def sound_path(data: dict[str, Any], fields: tuple[Field, ...]) -> str | None:
    """The file of the first sound that can be read."""
    for field in fields:
        value = data.get(field.name)
        if isinstance(value, dict):
            media = cast("dict[str, Any]", value)
            if isinstance(media.get("path"), str) and media["path"] and not media.get("error"):
                return str(media["path"])
    return None


def samples(path: str, what: str) -> Iterator[bytes]:
    """The samples, piece by piece; nothing where there is no sound, or it is damaged from there on. Raises MissingExtra."""
    try:
        import av
        from av.error import FFmpegError
    except ModuleNotFoundError:
        raise MissingExtra(what, "audio") from None
    left = int(LONGEST * RATE) * 2
    try:
        with av.open(path, metadata_errors="ignore") as container:
            if not container.streams.audio:
                return
            resample = av.AudioResampler(format="s16", layout="mono", rate=RATE)
            for frame in container.decode(container.streams.audio[0]):
                frame.pts = None
                for part in resample.resample(frame):
                    data = part.to_ndarray().tobytes()
                    yield data[:left]
                    left -= len(data)
                if left <= 0:
                    return
            for part in resample.resample(None):
                yield part.to_ndarray().tobytes()
    except (FFmpegError, OSError, ValueError):
        return
