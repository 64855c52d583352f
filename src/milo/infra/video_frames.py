"""The frames of a video, by their number: when each is shown, and any of them as a picture. Runs in the decoding process.

Stands alone because a frame's number must mean the same picture everywhere. Frame n is the one with the n-th smallest
presentation time of those that a decoder gives out: what a container says of its length or rate is not asked. The times come
from the packets, without decoding the file to its end; what no decoder shows at either end (packets before the first picture
that can be decoded, a cut off tail) is found by decoding there. A file whose packets have no times is decoded once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from milo.infra.av_probe import film_of

MAX_PIXELS = 70_000_000
_KEPT_BYTES = 96 * 1024 * 1024
_NEAR = 24
"""A frame at most this far ahead is reached by decoding on, without looking for a key frame."""
_MOST_FRAMES = 3_000_000
_ALL_DECODED = 3_000
"""A strip of a video with at most this many frames shows the very frames of its moments."""


class Unreadable(Exception):
    """What cannot be decoded, in words."""


class Film:
    """An open video. The last decoded frames stay in memory, so that stepping back is quick."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._container: Any = None
        self._stream: Any = None
        self._restart()
        self._kept: OrderedDict[int, Any] = OrderedDict()
        self._bytes = 0
        self._decoding: Iterator[Any] = iter(())
        self._at = -1
        self._times, self._keys = self._table()
        self._index = {time: n for n, time in enumerate(self._times)}

    def close(self) -> None:
        """Free the file."""
        self._kept.clear()
        self._container.close()

    def __len__(self) -> int:
        return len(self._times)

    def picture(self, number: int) -> Any:
        """A frame as it is shown."""
        return picture(self.frame(number), self._stream.sample_aspect_ratio)

    def seconds(self) -> list[float]:
        """When each frame is shown, from the first one on."""
        base = float(self._stream.time_base)
        return [round((time - self._times[0]) * base, 6) for time in self._times]

    def key_frames(self) -> list[int]:
        """The numbers of the frames that are decoded without others."""
        return sorted({self._index[time] for time in self._keys if time in self._index})

    def frame(self, number: int) -> Any:
        """A decoded frame. Raises Unreadable for one that is not there or damaged."""
        if not 0 <= number < len(self._times):
            raise Unreadable(f"there is no frame {number:,}; the video has the frames 0 to {len(self._times) - 1:,}")
        if number not in self._kept:
            if not self._at < number <= max(self._at + _NEAR, self._next_key() - 1):
                self._seek(number)
            if not self._decode_to(number) and not self._decode_from_earlier(number):
                raise Unreadable(f"frame {number:,} cannot be decoded; the file is damaged there")
        self._kept.move_to_end(number)
        return self._kept[number]

    def _next_key(self) -> int:
        """The next key frame after what was decoded last; up to there, decoding on is the shortest way."""
        if self._at < 0:
            return -1
        at = bisect_right(self._keys, self._times[self._at])
        return self._index.get(self._keys[at], -1) if at < len(self._keys) else len(self._times)

    def _restart(self) -> None:
        """Open the file anew: the one way to its first frame that no container gets wrong."""
        import av

        if self._container is not None:
            self._container.close()
        self._container = av.open(str(self._path), metadata_errors="ignore")
        self._stream = film_of(self._container)
        if self._stream is None:
            raise Unreadable("there is no film in it")
        self._stream.thread_count = 1

    def _seek(self, number: int, back: int = 0) -> None:
        """Go to the key frame at or before a frame, or `back` key frames earlier, or to the start."""
        at = bisect_right(self._keys, self._times[number]) - 1 - back
        if at >= 0:
            self._rewind(self._keys[at])
        else:
            self._restart()
        self._decoding = self._decoded()
        self._at = -1

    def _decode_from_earlier(self, number: int) -> bool:
        """Some containers land behind the key frame that was asked for, and some key frames cannot be decoded from."""
        for back in (1, 3, len(self._keys) + 1):
            self._seek(number, back)
            if self._decode_to(number):
                return True
        return False

    def _decode_to(self, number: int) -> bool:
        """Decode on until the frame is there; False if it is passed by."""
        wanted = self._times[number]
        for frame in self._decoding:
            at = self._index.get(frame.pts)
            if at is not None:
                self._keep(at, frame)
                self._at = at
            if frame.pts is not None and frame.pts >= wanted:
                return frame.pts == wanted
        self._at = -1
        return False

    def _decoded(self) -> Iterator[Any]:
        """Frames from here on; a damaged packet is passed over."""
        from av.error import EOFError as End
        from av.error import FFmpegError

        try:
            for packet in self._container.demux(self._stream):
                try:
                    yield from packet.decode()
                except End:
                    return
                except FFmpegError:
                    continue
        except FFmpegError:
            return

    def _keep(self, number: int, frame: Any) -> None:
        size = frame.width * frame.height * 3 // 2
        if number not in self._kept:
            self._bytes += size
        self._kept[number] = frame
        self._kept.move_to_end(number)
        while self._bytes > _KEPT_BYTES and len(self._kept) > 1:
            _, old = self._kept.popitem(last=False)
            self._bytes -= old.width * old.height * 3 // 2

    def _table(self) -> tuple[list[int], list[int]]:
        """Presentation times of all frames, and of the key frames, in units of the stream's time base."""
        times: list[int] = []
        keys: list[int] = []
        for packet in self._packets():
            if packet.size == 0 or packet.is_discard:
                continue
            if packet.pts is None:
                return self._decoded_table()
            times.append(packet.pts)
            if packet.is_keyframe:
                keys.append(packet.pts)
            if len(times) > _MOST_FRAMES:
                raise Unreadable(f"it has more than {_MOST_FRAMES:,} frames; cut it into parts")
        if not times:
            raise Unreadable("there are no frames in it")
        times, keys = sorted(set(times)), sorted(set(keys))
        first, last = self._first_shown(times), self._last_shown(times, keys)
        return [time for time in times if first <= time <= last], [key for key in keys if first <= key <= last]

    def _packets(self) -> Iterator[Any]:
        from av.error import FFmpegError

        try:
            yield from self._container.demux(self._stream)
        except FFmpegError:  # a cut off file: what was read until here is what there is
            return

    def _first_shown(self, times: list[int]) -> int:
        self._restart()
        for frame in self._decoded():
            if frame.pts is not None and frame.pts >= times[0]:
                _check_size(frame)
                return frame.pts
        raise Unreadable("no frame of it can be decoded")

    def _last_shown(self, times: list[int], keys: list[int]) -> int:
        """The last frame that comes out, from the last key frame on, or from an earlier one where nothing comes."""
        for key in [*reversed(keys[-3:]), times[0]]:
            self._rewind(key)
            found = [frame.pts for frame in self._decoded() if frame.pts is not None]
            if found and max(found) >= key:
                return max(found)
        raise Unreadable("no frame of it can be decoded")

    def _rewind(self, time: int) -> None:
        self._container.seek(time, stream=self._stream, backward=True, any_frame=False)
        self._stream.codec_context.flush_buffers()

    def _decoded_table(self) -> tuple[list[int], list[int]]:
        """For packets without times: the file decoded once. Pictures without a time get the next whole one."""
        self._restart()
        times: list[int] = []
        keys: list[int] = []
        for frame in self._decoded():
            if not times:
                _check_size(frame)
            if frame.pts is None:
                raise Unreadable("its frames have no times; convert it, to MP4 for example")
            times.append(frame.pts)
            if frame.key_frame:
                keys.append(frame.pts)
        if not times:
            raise Unreadable("no frame of it can be decoded")
        return sorted(set(times)), sorted(set(keys))


def _check_size(frame: Any) -> None:
    if frame.width * frame.height > MAX_PIXELS:
        raise Unreadable(
            f"its frames have {frame.width:,} x {frame.height:,} pixels, more than {MAX_PIXELS // 1_000_000} million"
        )


def picture(frame: Any, aspect: Any = None) -> Any:
    """A frame as a Pillow image as it is shown: with square pixels (`aspect`: the width of a stored one), turned as the file
    says."""
    from PIL import Image

    image = frame.to_image()
    if aspect and aspect > 0 and aspect != 1:
        image = image.resize((max(1, round(image.width * float(aspect))), image.height), Image.Resampling.BILINEAR)
    turns = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}
    turn = turns.get(round(frame.rotation or 0) % 360)
    return image if turn is None else image.transpose(turn)


class GreyFrames:
    """The frames of a file as pictures in grey, for tools that follow things through it: `frames[n]`, uint8."""

    def __init__(self, path: Path) -> None:
        self._film = film(path)

    def __len__(self) -> int:
        return len(self._film)

    def __getitem__(self, number: int) -> Any:
        import numpy as np

        return np.asarray(self._film.picture(number).convert("L"))


_open: dict[str, Film] = {}


def film(path: Path) -> Film:
    """The open video of a file; the last one stays open."""
    name = f"{path}:{path.stat().st_mtime_ns}"
    if name not in _open:
        for old in _open.values():
            old.close()
        _open.clear()
        _open[name] = Film(path)
    return _open[name]


def write_table(path: Path, out: Path) -> dict[str, Any]:
    """All presentation times as JSON, for the page: {"frames", "times", "keys", "width", "height"}."""
    one = film(path)
    shown = one.picture(0)
    table = {"frames": len(one), "width": shown.width, "height": shown.height, "times": one.seconds(), "keys": one.key_frames()}
    _write(out, msgspec.json.encode(table))
    return {"frames": len(one)}


def write_still(path: Path, out: Path, number: int, longest: int) -> dict[str, Any]:
    """One frame as a JPEG, `longest` pixels a side at most (0: as it is)."""
    image = film(path).picture(number)
    if longest:
        image.thumbnail((longest, longest))
    _write_jpeg(out, image, 92)
    return {"width": image.width, "height": image.height}


def write_strip(path: Path, out: Path, count: int, height: int) -> dict[str, Any]:
    """`count` small pictures side by side, evenly spread over the video. In a long one each is the last key frame at or before
    its moment, as these are decoded without others."""
    from PIL import Image

    one = film(path)
    keys = list(range(len(one))) if len(one) <= _ALL_DECODED else one.key_frames() or [0]
    strip: Any = None
    done: dict[int, Any] = {}
    for n in range(count):
        wanted = round((n + 0.5) * len(one) / count - 0.5)
        at = keys[max(0, bisect_right(keys, wanted) - 1)]
        if at not in done:
            done[at] = _small(one, at, height)
        tile = done[at]
        if strip is None:
            strip = Image.new("RGB", (tile.width * count, height))
        strip.paste(tile, (n * tile.width, 0))
    _write_jpeg(out, strip, 80)
    return {"count": count}


def _small(one: Film, number: int, height: int) -> Any:
    image = one.picture(number)
    return image.resize((max(1, round(image.width * height / image.height)), height))


def _write_jpeg(out: Path, image: Any, quality: int) -> None:
    part = out.with_name(f".{out.name}.part")
    image.convert("RGB").save(part, "JPEG", quality=quality, subsampling=0)
    part.replace(out)


def _write(out: Path, data: bytes) -> None:
    part = out.with_name(f".{out.name}.part")
    part.write_bytes(data)
    part.replace(out)
