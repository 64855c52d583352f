"""What the ear gets as the eye sees it: the loudness of a sound at several resolutions, and its frequencies over time.

Runs in a child process. Stands alone because it is arithmetic on samples: a sound goes through in pieces, so that memory does
not grow with its length, and what comes out are plain arrays in a file, level after level, coarser by four each time.

- Peaks: for each stretch of about a millisecond the lowest and the highest sample, int16, of all channels mixed to
  one, or of one channel.
- Spectrogram: columns of 128 frequencies from 0 to half of the rate (16 or 8 kHz), one byte each: 0 is -100 dB and less, 255
is 0 dB of full scale. Hann windows of 32 ms. Coarser columns are the loudest of four.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

COARSER = 4
FREQUENCIES = 128
_FINE = 1000
"""Peaks a second, about, at the finest level."""
_FEWEST = 512
"""No level coarser than one with fewer entries than this."""
_PIECE = 1 << 18
_GAP = 0.05
_MOST_SILENCE = 900.0
"""Seconds of silence put in for gaps, in all: a few damaged time stamps must not make hours of it."""
_BAD_PACKETS = 200
_SHORT = 600.0
"""Up to this length in seconds, a spectrogram has columns every 4 ms, beyond every 16 ms."""
_FLOOR = 100.0

Samples = NDArray[np.int16]


class Sound:
    """The samples of a file as one channel, piece by piece: all channels mixed, or one of them (from 0). `trouble` says
    afterwards what could not be decoded."""

    def __init__(self, path: Path, rate: int | None = None, channel: int | None = None) -> None:
        self._path, self._wanted, self._channel = path, rate, channel
        self._channels = 1
        self.rate = 0
        self.n = 0
        self._silent = 0.0
        self.trouble: str | None = None

    def pieces(self) -> Iterator[Samples]:
        """Samples of one channel; silence where the file leaves a gap, so that a place in the samples is a place in time."""
        import av
        from av.error import FFmpegError

        with av.open(str(self._path), metadata_errors="ignore") as container:
            if not container.streams.audio:
                return
            stream = container.streams.audio[0]
            stream.codec_context.thread_count = 1
            self.rate = self._wanted or int(stream.rate)
            if self._channel is not None and self._channel >= stream.channels:
                self.trouble = f"there is no channel {self._channel}; it has {stream.channels}, counted from 0"
                return
            self._channels = stream.channels
            layout = "mono" if self._channel is None else stream.layout.name
            resample = av.AudioResampler(format="s16", layout=layout, rate=self.rate)
            first: float | None = None
            bad = 0
            for packet in container.demux(stream):
                try:
                    for frame in packet.decode():
                        at = float(frame.pts * frame.time_base) if frame.pts is not None and frame.time_base else None
                        if at is not None:
                            first = at if first is None else first
                            yield from self._silence(at - first)
                        frame.pts = None
                        for part in resample.resample(frame):
                            yield self._counted(self._one(part.to_ndarray()))
                except FFmpegError as error:
                    bad += 1
                    self.trouble = f"damaged after {self.n / self.rate:.2f} s: {(error.strerror or str(error))[:120]}"
                    if bad > _BAD_PACKETS:
                        return
            for part in resample.resample(None):
                yield self._counted(self._one(part.to_ndarray()))

    def _one(self, packed: NDArray[Any]) -> Samples:
        samples = cast("Samples", packed.reshape(-1))
        return samples if self._channel is None else samples[self._channel :: self._channels]

    def _silence(self, at: float) -> Iterator[Samples]:
        missing = int(at * self.rate) - self.n
        if not _GAP * self.rate < missing <= (_MOST_SILENCE - self._silent) * self.rate:
            return
        self._silent += missing / self.rate
        while missing > 0:
            yield self._counted(np.zeros(min(missing, _PIECE), np.int16))
            missing -= _PIECE

    def _counted(self, samples: Samples) -> Samples:
        self.n += len(samples)
        return samples


def blocks_of(pieces: Iterator[Samples], size: int) -> Iterator[Samples]:
    """The same samples in blocks whose length is a multiple of `size`, but for the last one."""
    held: list[Samples] = []
    n = 0
    for piece in pieces:
        held.append(piece)
        n += len(piece)
        if n >= _PIECE:
            joined = np.concatenate(held)
            cut = n - n % size
            yield joined[:cut]
            held, n = [joined[cut:]], n - cut
    if n:
        yield np.concatenate(held)


def peaks(path: Path, out: Path, channel: int | None = None) -> dict[str, Any]:
    """Write the peaks of all channels mixed, or of one, to `out`; {"duration", "levels": [{"per_second", "count", "offset"}],
    "peak" (highest absolute sample), "trouble"?}."""
    sound = Sound(path, channel=channel)
    pieces = sound.pieces()
    start = next(pieces, None)
    if start is None or not sound.rate:
        return {"error": sound.trouble or "there is no sound in it"}
    size = max(1, round(sound.rate / _FINE))
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    count, highest = 0, 0
    with part.open("w+b") as file:
        for block in blocks_of(_after(start, pieces), size):
            pairs = _pairs(block, size)
            count += len(pairs)
            highest = max(highest, int(np.abs(pairs.astype(np.int32)).max()))
            file.write(pairs.tobytes())
        levels = coarser(file, count, sound.rate / size, np.dtype(np.int16), 2)
    os.replace(part, out)
    found = {"duration": round(sound.n / sound.rate, 6), "levels": levels, "peak": highest}
    return found | ({"trouble": sound.trouble} if sound.trouble else {})


def _after(first: Samples, rest: Iterator[Samples]) -> Iterator[Samples]:
    yield first
    yield from rest


def _pairs(block: Samples, size: int) -> Samples:
    """(lowest, highest) of each `size` samples; of what is left over at the end as well."""
    short = -len(block) % size
    if short:
        block = np.concatenate([block, np.full(short, block[-1], np.int16)])
    rows = block.reshape(-1, size)
    return np.stack([rows.min(axis=1), rows.max(axis=1)], axis=1)


def coarser(file: BinaryIO, count: int, per_second: float, kind: np.dtype[Any], width: int) -> list[dict[str, Any]]:
    """Append coarser and coarser levels to what lies in the file; all levels with their place."""
    entry = kind.itemsize * width
    levels: list[dict[str, Any]] = [{"per_second": per_second, "count": count, "offset": 0}]
    offset, end = 0, count * entry
    while count > _FEWEST:
        made = 0
        for at in range(0, count, _PIECE):
            n = min(_PIECE, count - at)
            file.seek(offset + at * entry)
            rows = np.frombuffer(file.read(n * entry), kind).reshape(-1, width)
            joined = _joined(rows)
            file.seek(end + made * entry)
            file.write(joined.tobytes())
            made += len(joined)
        per_second /= COARSER
        levels.append({"per_second": per_second, "count": made, "offset": end})
        offset, end, count = end, end + made * entry, made
    return levels


def _joined(rows: NDArray[Any]) -> NDArray[Any]:
    short = -len(rows) % COARSER
    if short:
        rows = np.concatenate([rows, np.repeat(rows[-1:], short, axis=0)])
    four = rows.reshape(-1, COARSER, rows.shape[1])
    if rows.shape[1] != 2:
        return four.max(axis=1)
    return np.stack([four[:, :, 0].min(axis=1), four[:, :, 1].max(axis=1)], axis=1)


def spectrogram(path: Path, out: Path, duration: float) -> dict[str, Any]:
    """Write the spectrogram to `out`; {"top" (Hz), "frequencies", "levels", "loudest" (0..255)}."""
    import av

    with av.open(str(path), metadata_errors="ignore") as container:
        if not container.streams.audio:
            return {"error": "there is no sound in it"}
        own = int(container.streams.audio[0].rate)
    rate = 16_000 if own >= 12_000 else 8_000
    window = 2 * FREQUENCIES * (2 if rate > 8_000 else 1)
    hop = window // (8 if duration <= _SHORT else 2)
    sound = Sound(path, rate)
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    count, loudest = 0, 0
    with part.open("w+b") as file:
        for columns in _columns(sound.pieces(), window, hop):
            count += len(columns)
            loudest = max(loudest, int(columns.max(initial=0)))
            file.write(columns.tobytes())
        if not count:
            return {"error": sound.trouble or "there is no sound in it"}
        levels = coarser(file, count, rate / hop, np.dtype(np.uint8), FREQUENCIES)
    os.replace(part, out)
    return {"top": rate / 2, "frequencies": FREQUENCIES, "levels": levels, "loudest": loudest}


def _columns(pieces: Iterator[Samples], window: int, hop: int) -> Iterator[NDArray[np.uint8]]:
    """Columns around every `hop`-th sample, beginning with the first."""
    shape = np.hanning(window).astype(np.float32)
    for frames in windows_of(pieces, window, hop, 4096):
        yield _decibels(frames, shape)


def windows_of(pieces: Iterator[Samples], window: int, hop: int, at_once: int) -> Iterator[Samples]:
    """Windows around every `hop`-th sample, beginning with the first; at most so many at once, shape (n, window)."""
    held: NDArray[np.int16] = np.zeros(window // 2, np.int16)
    for piece in blocks_of(_padded(pieces, window // 2), hop):
        held = np.concatenate([held, piece])
        n = max(0, (len(held) - window) // hop + 1)
        for at in range(0, n, at_once):
            stretch = held[at * hop : (min(at + at_once, n) - 1) * hop + window]
            yield np.lib.stride_tricks.sliding_window_view(stretch, window)[::hop]
        held = held[n * hop :]


def _padded(pieces: Iterator[Samples], after: int) -> Iterator[Samples]:
    yield from pieces
    yield np.zeros(after, np.int16)


def _decibels(frames: Samples, shape: NDArray[np.float32]) -> NDArray[np.uint8]:
    power = np.abs(np.fft.rfft(frames.astype(np.float32) * (shape / 32768.0), axis=1))[:, 1:].astype(np.float32)
    strong = power.reshape(len(frames), FREQUENCIES, -1).max(axis=2) * (2.0 / float(shape.sum()))
    db = 20.0 * np.log10(np.maximum(strong, 1e-6))
    return np.clip((db + _FLOOR) * (255.0 / _FLOOR), 0, 255).astype(np.uint8)
