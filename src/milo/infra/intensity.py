"""The intensity of a sound over time: how strong it is in dB, every 10 ms.

Runs in a child process. Stands alone because it is one method: the mean square of each short window, its own mean taken off and
weighed towards its middle, so that the single swings of a voice do not show. The window is the one of Praat's command "To
Intensity" at 75 Hz, the lowest pitch that is looked for; a file does not say how loud its sound was in the air, so that dB are
those of full scale: a sine as strong as the file can hold has -3 dB, silence has `LEAST`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from milo.infra.pitch import FLOOR
from milo.infra.sound_pictures import Sound, coarser, windows_of

LEAST = -100.0
PER_SECOND = 100
_RATE = 16_000
_WINDOW = round(6.4 * _RATE / FLOOR)
_AT_ONCE = 1_024
_KAISER = np.kaiser(_WINDOW, 2 * np.pi**2 + 0.5)
_SHAPE = (_KAISER / _KAISER.sum()).astype(np.float32)


def intensity(path: Path, out: Path) -> dict[str, Any]:
    """Write to `out` the lowest and highest intensity of each stretch, in tenths of dB above `LEAST`, as uint16; {"least",
    "loudest" (dB), "levels", "trouble"?}."""
    sound = Sound(path, _RATE)
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    count, loudest = 0, 0
    with part.open("w+b") as file:
        for windows in windows_of(sound.pieces(), _WINDOW, _RATE // PER_SECOND, _AT_ONCE):
            frames = windows.astype(np.float32) / 32_768
            frames -= frames.mean(axis=1, keepdims=True)
            decibels = 10 * np.log10(np.maximum(frames**2 @ _SHAPE, 10 ** (LEAST / 10)))
            tenths = np.rint(10 * (decibels - LEAST)).astype(np.uint16)
            loudest = max(loudest, int(tenths.max(initial=0)))
            file.write(np.repeat(tenths, 2).tobytes())
            count += len(tenths)
        if not sound.n:
            part.unlink()
            return {"error": sound.trouble or "there is no sound in it"}
        levels = coarser(file, count, float(PER_SECOND), np.dtype(np.uint16), 2)
    os.replace(part, out)
    found = {"least": LEAST, "loudest": LEAST + loudest / 10, "levels": levels}
    return found | ({"trouble": sound.trouble} if sound.trouble else {})
