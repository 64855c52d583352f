"""The waveform, the spectrogram, the pitch and the intensity of a sound, made once by the decoding process, kept in the cache
and read tile by tile.

Stands alone because a sound may last hours: what a screen needs of it is a few kilobytes at the right resolution, and making
it takes longer than any other look at a file, so that it has a decoding process and threads of its own.
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from milo.domain.errors import Invalid, MissingExtra, NotFound
from milo.infra.image_worker import ImageWorker
from milo.infra.media import MediaStore
from milo.infra.sql.items import MediaRow

_SECONDS = 600.0
_LONGEST = 12 * 3600.0
_LONG = 300.0
"""Shorter sounds do not wait while longer ones are drawn."""
PEAKS_IN_TILE = 4096
COLUMNS_IN_TILE = 256


class Resolution(msgspec.Struct, frozen=True):
    """One resolution: `count` entries, `per_second` of them; `offset` is where they begin in the file."""

    per_second: float
    count: int
    offset: int


class Waveform(msgspec.Struct, frozen=True):
    """How loud a sound is over time: `levels` from fine to coarse; `peak` is its highest sample of 32,768; `tile` entries come
    in one tile, each a lowest and a highest sample (int16, little-endian). `trouble`: what could not be decoded."""

    duration: float
    levels: list[Resolution]
    peak: int
    tile: int = PEAKS_IN_TILE
    trouble: str | None = None


class Spectrogram(msgspec.Struct, frozen=True):
    """Which frequencies a sound holds over time: columns of `frequencies` bytes, from the lowest to `top` Hz; 0 is -100 dB of
    full scale, 255 is 0 dB; `loudest` is the highest byte; `tile` columns come in one tile."""

    top: float
    frequencies: int
    levels: list[Resolution]
    loudest: int
    tile: int = COLUMNS_IN_TILE


class Pitch(msgspec.Struct, frozen=True):
    """The pitch of a voice over time, in Hz from `floor` to `ceiling`; `median` of the windows with a pitch, 0 where none has
    one. `tile` entries come in one tile, each the lowest and the highest pitch of its stretch in tenths of Hz (uint16,
    little-endian); 65535 and 0 where there is none. `trouble`: what could not be decoded."""

    floor: float
    ceiling: float
    median: float
    levels: list[Resolution]
    tile: int = PEAKS_IN_TILE
    trouble: str | None = None


class Intensity(msgspec.Struct, frozen=True):
    """How strong a sound is over time, in dB of full scale, from `least` (silence) to `loudest`. `tile` entries come in one
    tile, each the lowest and the highest of its stretch in tenths of dB above `least` (uint16, little-endian). `trouble`: what
    could not be decoded."""

    least: float
    loudest: float
    levels: list[Resolution]
    tile: int = PEAKS_IN_TILE
    trouble: str | None = None


class Sounds:
    """Pictures of the sounds of a workspace."""

    def __init__(self, media: MediaStore) -> None:
        self._media = media
        self._workers = {long: ImageWorker(seconds=_SECONDS, module="milo.infra.audio_work") for long in (False, True)}
        self._making = {long: threading.Lock() for long in (False, True)}
        self.threads = ThreadPoolExecutor(2, thread_name_prefix="milo-sound")

    def close(self) -> None:
        """End the decoding processes."""
        self.threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers.values():
            worker.close()

    def waveform(self, row: MediaRow, channel: int | None = None) -> Waveform:
        """Of all channels mixed, or of one (from 0); made if need be. Raises NotFound if the file is gone, Invalid with the
        reason where there is no sound to be had."""
        return self._made(row, "peaks", Waveform, {}, channel)

    def spectrogram(self, row: MediaRow) -> Spectrogram:
        """Made if need be; errors as of `waveform`."""
        return self._made(row, "spectrogram", Spectrogram, {"duration": _length(row)})

    def pitch(self, row: MediaRow) -> Pitch:
        """Made if need be; errors as of `waveform`."""
        return self._made(row, "pitch", Pitch, {})

    def pitches(self, row: MediaRow, level: int, tile: int) -> bytes:
        """Part of the pitch. Raises NotFound where there is none."""
        return self._tile(row, "pitch", self.pitch(row).levels, level, tile, (PEAKS_IN_TILE, 4))

    def intensity(self, row: MediaRow) -> Intensity:
        """Made if need be; errors as of `waveform`."""
        return self._made(row, "intensity", Intensity, {})

    def intensities(self, row: MediaRow, level: int, tile: int) -> bytes:
        """Part of the intensity. Raises NotFound where there is none."""
        return self._tile(row, "intensity", self.intensity(row).levels, level, tile, (PEAKS_IN_TILE, 4))

    def peaks(self, row: MediaRow, level: int, tile: int, channel: int | None = None) -> bytes:
        """Part of the waveform. Raises NotFound where there is none."""
        levels = self.waveform(row, channel).levels
        return self._tile(row, _named("peaks", channel), levels, level, tile, (PEAKS_IN_TILE, 4))

    def columns(self, row: MediaRow, level: int, tile: int) -> bytes:
        """Part of the spectrogram. Raises NotFound where there is none."""
        found = self.spectrogram(row)
        return self._tile(row, "spectrogram", found.levels, level, tile, (COLUMNS_IN_TILE, found.frequencies))

    def _made(self, row: MediaRow, what: str, kind: type[Any], more: dict[str, Any], channel: int | None = None) -> Any:
        about = self._media.cached(row, f"{_named(what, channel)}.json")
        if channel is not None:
            if not 0 <= channel < _channels(row):
                raise Invalid(f'"{row.name}" has {_channels(row)} channels, counted from 0.', place="channel")
            more = more | {"channel": channel}
        if not about.exists():
            with self._making[_length(row) > _LONG]:
                if not about.exists():
                    self._make(row, what, about, more)
        return msgspec.json.decode(about.read_bytes(), type=kind)

    def _make(self, row: MediaRow, what: str, about: Path, more: dict[str, Any]) -> None:
        if row.error:
            raise Invalid(f'"{row.name}" cannot be drawn: {row.error}.', place="media")
        if _length(row) > _LONGEST:
            raise Invalid(f'"{row.name}" is longer than 12 hours. Cut it into parts to see its waveform.', place="media")
        out = about.with_suffix(".bin")
        reply = self._workers[_length(row) > _LONG].ask(what, self._media.file(row), out=str(out), **more)
        if "missing" in reply:
            raise MissingExtra("Reading audio", "audio")
        if "error" in reply:
            raise Invalid(f'"{row.name}" cannot be drawn: {reply["error"]}.', place="media")
        part = about.with_name(f".{about.name}.{os.getpid()}.part")
        part.write_bytes(msgspec.json.encode(reply))
        os.replace(part, about)

    def _tile(self, row: MediaRow, what: str, levels: list[Resolution], level: int, tile: int, size: tuple[int, int]) -> bytes:
        entries, width = size
        if not 0 <= level < len(levels) or not 0 <= tile * entries < levels[level].count:
            raise NotFound(f"There is no tile {tile} at level {level} of this sound.", place="tile")
        one = levels[level]
        with self._media.cached(row, f"{what}.bin").open("rb") as file:
            file.seek(one.offset + tile * entries * width)
            return file.read(min(entries, one.count - tile * entries) * width)


def _named(what: str, channel: int | None) -> str:
    return what if channel is None else f"{what}-{channel}"


def _channels(row: MediaRow) -> int:
    return int(row.known.get("channels") or 1)


def _length(row: MediaRow) -> float:
    return float(row.known.get("duration") or 0.0)
