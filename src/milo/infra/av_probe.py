"""What a file of sound or film holds, without decoding it to the end.

Stands alone because both kinds share their containers: only opening one tells whether there is film in it. Durations and
frames are counted over the packets, since what a container says of its own length is often wrong.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

_LONGEST = 48 * 3600.0


def probe(path: Path) -> dict[str, Any]:
    """{"duration" (seconds), "rate" and "channels" of the sound, "width", "height", "fps", "frames" of the film}; "error" says
    what is wrong with the file. `kind` is "audio" where there is no film."""
    import av
    from av.error import FFmpegError

    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            return _streams(container)
    except FFmpegError as error:
        return {"error": _words(error)}


def _streams(container: Any) -> dict[str, Any]:
    film = film_of(container)
    sound = next(iter(container.streams.audio), None)
    if film is None and sound is None:
        return {"error": "there is neither sound nor film in it, or it is cut short"}
    main: Any = film if film is not None else sound
    found: dict[str, Any] = {"kind": "video" if film is not None else "audio"}
    if main.codec_context is None:
        return found | {"error": "it is of a kind (codec) that cannot be decoded here; convert it, to FLAC or MP4 for example"}
    if sound is not None and sound.codec_context is not None:
        found |= {"rate": sound.rate, "channels": sound.channels}
    times, end = _times(container, main)
    if not times:
        return found | {"error": "there is nothing in it: it has no packets of sound or film"}
    duration = end - times[0]
    if not 0 < duration <= _LONGEST:
        return found | {"error": f"its packets last {duration:.3f} s, which cannot be shown"}
    found["duration"] = round(duration, 6)
    if film is not None:
        found |= {"width": film.width, "height": film.height, "frames": len(times), "fps": round(len(times) / duration, 3)}
        if _varies(times):
            found["variable"] = True
    trouble = _first_frame(container, main)
    return found | ({"error": trouble} if trouble else {})


def film_of(container: Any) -> Any:
    """The first stream of film, None where there is only sound."""
    return next((stream for stream in container.streams.video if not _is_cover(stream)), None)


def _is_cover(stream: Any) -> bool:
    """A picture that is attached to a piece of music."""
    from av.stream import Disposition

    return bool(stream.disposition & Disposition.attached_pic)


def _times(container: Any, stream: Any) -> tuple[list[float], float]:
    """When each packet is shown, in order, and when the last one ends; seconds on the stream's clock."""
    base = float(stream.time_base or 0)
    times: list[float] = []
    end = 0.0
    for packet in container.demux(stream):
        if packet.size == 0 or (packet.pts is None and packet.dts is None):
            continue
        at = float(packet.pts if packet.pts is not None else packet.dts) * base
        times.append(at)
        end = max(end, at + float(packet.duration or 0) * base)
    times.sort()
    if len(times) > 1 and end <= times[-1]:
        end = times[-1] + (times[-1] - times[0]) / (len(times) - 1)
    return times, end


def _varies(times: list[float]) -> bool:
    """Whether the time from frame to frame changes by more than rounding to a millisecond explains."""
    if len(times) < 3:
        return False
    steps = [b - a for a, b in pairwise(times)]
    return max(steps) - min(steps) > 0.0021


def _first_frame(container: Any, stream: Any) -> str:
    """Why the first frame cannot be decoded; "" if it can."""
    from av.error import FFmpegError

    try:
        container.seek(0)
        stream.thread_count = 1
        if next(iter(container.decode(stream)), None) is None:
            return "it cannot be decoded: no frame comes out of it"
    except (FFmpegError, ValueError) as error:
        return f"it cannot be decoded: {_words(error)}"
    return ""


def _words(error: BaseException) -> str:
    said = getattr(error, "strerror", None) or str(error)
    return f"damaged or cut short: {said[:160]}"
