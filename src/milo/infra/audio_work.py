"""Decoding audio, in a child process (`python -m milo.infra.audio_work`); the parent asks through `MediaStore.ask` and
`Sounds`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from milo.infra.av_probe import probe
from milo.infra.child import serve
from milo.infra.intensity import intensity
from milo.infra.pitch import pitch
from milo.infra.sound_pictures import peaks, spectrogram


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The reply to one request: what to do is in `do`, the file in `path`."""
    path = Path(request["path"])
    if request["do"] == "probe":
        return probe(path)
    if request["do"] == "peaks":
        return peaks(path, Path(request["out"]), request.get("channel"))
    if request["do"] == "spectrogram":
        return spectrogram(path, Path(request["out"]), float(request["duration"]))
    if request["do"] == "pitch":
        return pitch(path, Path(request["out"]))
    if request["do"] == "intensity":
        return intensity(path, Path(request["out"]))
    return {"error": f'there is no job "{request["do"]}" for audio'}


if __name__ == "__main__":
    serve(answer)
