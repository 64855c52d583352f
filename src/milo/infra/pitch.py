"""The pitch of a voice over time: its fundamental frequency (F0) in Hz, every 10 ms, and where there is none.

Runs in a child process. Stands alone because it is one method: short windows are compared with themselves moved by each lag
(autocorrelation, less what the window itself does), the few best lags of each window are candidates, and the way through all
windows that costs least is taken, since voices rarely leap by an octave. The candidates of a long sound wait in a file, and the
way is found in pieces of five minutes. Limits and costs are those that Praat's command "To Pitch (ac)" begins with.

Method: Boersma, Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio of a sampled
sound, IFA Proceedings 17 (1993).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from milo.infra.sound_pictures import Sound, coarser, windows_of

FLOOR, CEILING = 75.0, 600.0
PER_SECOND = 100
UNVOICED = (65_535, 0)
"""What stands for no pitch in place of the lowest and highest of a stretch."""
_RATE = 16_000
_WINDOW = round(3 * _RATE / FLOOR)
_HOP = _RATE // PER_SECOND
_FFT = 2048
_KEPT = 5
"""Candidates of a window with a pitch."""
_SILENCE, _VOICED, _OCTAVE, _LEAP, _TURN = 0.03, 0.45, 0.01, 0.35, 0.14
_AT_ONCE = 1_024
_PIECE = 30_000
Reals = NDArray[np.float32]


def pitch(path: Path, out: Path) -> dict[str, Any]:
    """Write to `out` the lowest and highest pitch of each stretch, in tenths of Hz, as uint16; {"floor", "ceiling" (Hz),
    "levels", "median" (Hz, of the windows with a pitch; 0 where none has one), "trouble"?}."""
    sound = Sound(path, _RATE)
    waiting = out.with_name(f".{out.name}.{os.getpid()}.candidates")
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with waiting.open("w+b") as file:
            loudest = _gather(sound, file)
            if not sound.n:
                return {"error": sound.trouble or "there is no sound in it"}
            median, levels = _written(file, part, loudest)
        os.replace(part, out)
    finally:
        waiting.unlink(missing_ok=True)
    found = {"floor": FLOOR, "ceiling": CEILING, "median": median, "levels": levels}
    return found | ({"trouble": sound.trouble} if sound.trouble else {})


def _gather(sound: Sound, file: BinaryIO) -> float:
    """Write the candidates of each window: its own peak, then frequencies, then strengths; the peak of the whole sound."""
    loudest = 0.0
    for windows in windows_of(sound.pieces(), _WINDOW, _HOP, _AT_ONCE):
        frames = windows.astype(np.float32)
        centred = frames - frames.mean(axis=1, keepdims=True)
        peaks = np.abs(centred).max(axis=1)
        loudest = max(loudest, float(peaks.max()))
        frequencies, strengths = _candidates(centred)
        file.write(np.hstack([peaks[:, None], frequencies, strengths]).astype(np.float32).tobytes())
    return loudest


def _autocorrelation(frames: Reals) -> Reals:
    """By lag, up to that of the floor and one more; 1 at none."""
    most = int(_RATE / FLOOR) + 2
    spectrum = np.fft.rfft(frames, _FFT, axis=1)
    found = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, _FFT, axis=1)[:, : most + 1]
    return (found / np.maximum(found[:, :1], 1e-9)).astype(np.float32)


_HANN = np.hanning(_WINDOW).astype(np.float32)
_OF_WINDOW = _autocorrelation(_HANN[None, :])[0]


def _candidates(frames: Reals) -> tuple[Reals, Reals]:
    """The frequencies of the highest peaks of each window, and how strong they are; 0 and less than nothing where there are
    fewer."""
    like = _autocorrelation(frames * _HANN) / _OF_WINDOW
    first = int(_RATE / CEILING)
    before, here, after = like[:, first - 1 : -2], like[:, first:-1], like[:, first + 1 :]
    peaked = (here > before) & (here >= after) & (here > 0.5 * _VOICED)
    bend = before - 2 * here + after
    shift = np.where(peaked, 0.5 * (before - after) / np.where(bend < 0, bend, -1.0), 0.0)
    height = here - 0.25 * (before - after) * shift
    height = np.where(height > 1, 1 / np.maximum(height, 1e-9), height)
    lags = np.arange(first, first + here.shape[1], dtype=np.float32) + shift
    strength = np.where(peaked, height - _OCTAVE * np.log2(FLOOR * lags / _RATE), -np.inf).astype(np.float32)
    best = np.argpartition(-strength, _KEPT - 1, axis=1)[:, :_KEPT]
    strengths = np.take_along_axis(strength, best, axis=1)
    frequencies = np.take_along_axis(_RATE / lags, best, axis=1).astype(np.float32)
    fits = np.isfinite(strengths) & (frequencies >= FLOOR) & (frequencies <= CEILING)
    return np.where(fits, frequencies, 0).astype(np.float32), np.where(fits, strengths, -1e9).astype(np.float32)


def _written(waiting: BinaryIO, part: Path, loudest: float) -> tuple[float, list[dict[str, Any]]]:
    """Write the pitch of each window and coarser levels; the median pitch, and the levels."""
    width = 4 * (1 + 2 * _KEPT)
    waiting.seek(0)
    count = 0
    heard = np.zeros(10 * int(CEILING) + 1, np.int64)
    with part.open("w+b") as file:
        while piece := waiting.read(_PIECE * width):
            rows = np.frombuffer(piece, np.float32).reshape(-1, 1 + 2 * _KEPT)
            hertz = way_through(rows[:, 1 : 1 + _KEPT], rows[:, 1 + _KEPT :], rows[:, 0] / max(loudest, 1e-9))
            tenths = np.rint(10 * hertz).astype(np.int64)
            heard += np.bincount(tenths, minlength=len(heard))
            voiced = hertz > 0
            pairs = np.stack([np.where(voiced, tenths, UNVOICED[0]), np.where(voiced, tenths, UNVOICED[1])], axis=1)
            file.write(pairs.astype(np.uint16).tobytes())
            count += len(rows)
        levels = coarser(file, count, float(PER_SECOND), np.dtype(np.uint16), 2)
    heard[0] = 0
    middle = int(np.searchsorted(heard.cumsum(), (heard.sum() + 1) // 2)) / 10 if heard.sum() else 0.0
    return middle, levels


def way_through(frequencies: Reals, strengths: Reals, loudness: Reals) -> NDArray[np.float64]:
    """The pitch of each window, 0 for none, along the way that costs least: strong candidates, few leaps, few turns between
    voice and none. `loudness`: the peak of each window as a share of that of the whole sound."""
    n = len(frequencies)
    silent = np.maximum(0.0, 2.0 - loudness / (_SILENCE / (1 + _VOICED)))
    hertz = np.hstack([np.zeros((n, 1)), frequencies.astype(np.float64)])
    worth = np.hstack([(_VOICED + silent)[:, None], strengths.astype(np.float64)])
    octaves = np.log2(np.maximum(hertz, FLOOR))
    leaps = _LEAP * np.abs(octaves[1:, None, :] - octaves[:-1, :, None])
    voiced = hertz > 0
    both = voiced[1:, None, :] & voiced[:-1, :, None]
    costs = np.where(both, leaps, np.where(voiced[1:, None, :] == voiced[:-1, :, None], 0.0, _TURN))
    came = np.zeros((n, hertz.shape[1]), np.int64)
    so_far = worth[0]
    for at in range(1, n):
        ways = so_far[:, None] - costs[at - 1]
        came[at] = ways.argmax(axis=0)
        so_far = ways.max(axis=0) + worth[at]
    found = np.zeros(n)
    place = int(so_far.argmax())
    for at in range(n - 1, -1, -1):
        found[at] = hertz[at, place]
        place = int(came[at, place])
    return found
