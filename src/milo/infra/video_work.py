"""Decoding video, in a child process (`python -m milo.infra.video_work`); the parent asks through `MediaStore.ask`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from milo.infra.av_probe import probe
from milo.infra.child import serve
from milo.infra.video_frames import Unreadable, film, write_still, write_strip, write_table


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The reply to one request: what to do is in `do`, the file in `path`."""
    path = Path(request["path"])
    try:
        return _done(request, path)
    except Unreadable as error:
        return {"error": str(error)}


def _done(request: dict[str, Any], path: Path) -> dict[str, Any]:
    if request["do"] == "probe":
        return look_at(path)
    if request["do"] == "frames":
        return write_table(path, Path(request["out"]))
    if request["do"] == "still":
        return write_still(path, Path(request["out"]), request["frame"], request["longest"])
    if request["do"] == "strip":
        return write_strip(path, Path(request["out"]), request["count"], request["height"])
    return {"error": f'there is no job "{request["do"]}" for video'}


def look_at(path: Path) -> dict[str, Any]:
    """What is in it; the frames are those that a decoder gives out, their size is that of the picture as shown."""
    found = probe(path)
    if found.get("kind") != "video" or "error" in found:
        return found
    try:
        one = film(path)
        width, height = one.picture(0).size
    except Unreadable as error:
        return found | {"error": str(error)}
    return found | {"frames": len(one), "width": width, "height": height}


if __name__ == "__main__":
    serve(answer)
