"""How well and how fast a box is carried through a real video by optical flow.

It stands alone because it needs a clip with places that people set, which is read where it lies: a folder with the frames in
`img/` and `groundtruth_rect.txt` (x, y, w, h on each line). The frames are made into a video and read back as the server does.
From every tenth frame the true box is carried on until the tool stops; the overlap with the true boxes is measured on every
frame that it reached. Decoding is not counted in the CPU time, and given by itself.

    python bench/carry.py FOLDER
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np
from PIL import Image

from milo.builtin.predictors.optical_flow import follow
from milo.domain.shapes import Box, Keyframe, Track, iou
from milo.domain.tracks import place_at
from milo.infra.video_frames import GreyFrames

RESULTS = Path(__file__).resolve().parent / "results" / "carry.json"


def _video(folder: Path, path: Path) -> None:
    pictures = sorted((folder / "img").glob("*.jpg"))
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream("libx264", rate=25, options={"crf": "18"})
        with Image.open(pictures[0]) as first:
            stream.width, stream.height, stream.pix_fmt = first.width, first.height, "yuv420p"
        for one in pictures:
            with Image.open(one) as image:
                out.mux(stream.encode(av.VideoFrame.from_image(image.convert("RGB"))))
        out.mux(stream.encode(None))


def _boxes(folder: Path) -> list[list[float]]:
    lines = (folder / "groundtruth_rect.txt").read_text(encoding="utf-8").split("\n")
    return [[float(n) for n in line.replace(",", " ").split()] for line in lines if line.strip()]


def _carried(frames: list[Any], boxes: list[list[float]], start: int) -> dict[str, Any]:
    begun = time.process_time()
    found = follow(frames, Keyframe(frame=start, box=boxes[start]), 1, 120)
    spent = time.process_time() - begun
    keys = [Keyframe(frame=start, box=boxes[start]), *msgspec.convert(found["keyframes"], list[Keyframe])]
    track = Track(label="", keyframes=keys)
    scores = [_overlap(track, frame, boxes[frame]) for frame in range(start + 1, found["to"] + 1)]
    return {"start": start, "frames": len(scores), "lost": found["lost"], "keys": len(keys) - 1, "scores": scores, "cpu": spent}


def _overlap(track: Track, frame: int, truth: list[float]) -> float:
    at = place_at(track, frame)
    assert at is not None
    a, b = (Box(x=k[0], y=k[1], w=k[2], h=k[3], label="") for k in (at.box or [], truth))
    return iou(a, b)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    boxes = _boxes(folder)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "clip.mp4"
        _video(folder, path)
        begun = time.process_time()
        reader = GreyFrames(path)
        frames = [reader[n] for n in range(len(reader))]
        decoding = time.process_time() - begun
    runs = [_carried(frames, boxes, start) for start in range(0, len(frames) - 10, 10)]
    scores = np.array([score for run in runs for score in run.pop("scores")])
    result = {
        "frames": len(frames),
        "size": list(frames[0].shape[::-1]),
        "carried": int(scores.size),
        "mean_iou": round(float(scores.mean()), 3),
        "share_over_half": round(float((scores >= 0.5).mean()), 3),
        "least_iou": round(float(scores.min()), 3),
        "frames_per_run": round(float(np.mean([run["frames"] for run in runs])), 1),
        "frames_per_cpu_second": round(scores.size / sum(run["cpu"] for run in runs), 1),
        "decoded_per_cpu_second": round(len(frames) / decoding, 1),
        "key_frames_per_100": round(100 * sum(run["keys"] for run in runs) / scores.size, 1),
        "runs": [{name: value for name, value in run.items() if name != "cpu"} for run in runs],
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({name: value for name, value in result.items() if name != "runs"}, indent=1))


if __name__ == "__main__":
    main()
