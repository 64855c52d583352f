"""What an item with a great many things costs the server: CPU ms of its process for each request, without a network.

    python bench/heavy_items.py [--repeat 5] [--only boxes] [--profile]

For each case an item with suggestions is taken (`next`), opened again by its address (`open`), its answer kept as a draft
(`draft`) and submitted (`submit`: checked and stored). The budget of each is 100 ms.
"""

from __future__ import annotations

import argparse
import cProfile
import functools
import pstats
import random
import statistics
import tempfile
import time
import uuid
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np
from PIL import Image
from starlette.testclient import TestClient

from milo.api.app import create_app
from milo.bootstrap import open_workspace
from milo.settings import Settings
from milo.stats import rle

LABELS = ["person", "place", "date", "role", "thing"]
WIDTH, HEIGHT = 4000, 3000
WORDS = [
    "the",
    "harbour",
    "opened",
    "again",
    "on",
    "Monday",
    "after",
    "a",
    "storm",
    "had",
    "closed",
    "it",
    "for",
    "three",
    "days",
]


def main() -> None:
    """Measure every case and print a table."""
    reader = argparse.ArgumentParser(description="The server's part of heavy items.")
    reader.add_argument("--repeat", type=int, default=5)
    reader.add_argument("--only", default="", help="only cases whose name holds this word")
    reader.add_argument("--profile", action="store_true", help="print where the time of all submissions goes")
    given = reader.parse_args()
    print("| | answer, kB | next | open | draft | submit |\n|---|---:|---:|---:|---:|---:|")
    for name, make in CASES.items():
        if given.only in name:
            with tempfile.TemporaryDirectory(prefix="milo-bench-") as folder:
                case(name, *make(), Path(folder), given.repeat, given.profile)


def case(name: str, kind: str, task: str, data: str, value: list[Any], folder: Path, repeat: int, profile: bool) -> None:
    """One row of the table."""
    ws = open_workspace(folder, Settings(workspace=folder))
    client = TestClient(create_app(ws))
    client.post("/api/setup", json={"login": "owner", "password": "a long pass word"}).raise_for_status()
    client.headers["Authorization"] = f"Bearer {ws.auth.local_token()}"
    spec = {
        "name": "Heavy", "fields": [{"name": "it", "kind": kind}], "policy": {"blind_share": 0.0},
        "questions": [{"name": "q", "type": task, "config": {"labels": LABELS}}],
    }  # fmt: skip
    at = f"/api/projects/{sent(client, 'POST', '/api/projects', spec)['id']}"
    ids = brought(client, at, [given(data, n, folder / "files") for n in range(repeat + 1)], folder / "files")
    for one in ids:
        kept = sent(client, "POST", f"{at}/suggestions", [{"item_id": one, "question": "q", "value": value, "score": 0.5}])
        if kept["added"] != 1:
            raise SystemExit(f"The suggestions of {name!r} were refused: {kept}")
    watch = cProfile.Profile()
    times: dict[str, list[float]] = {"next": [], "open": [], "draft": [], "submit": []}
    for _ in range(repeat + 1):
        lent = spent(times["next"], lambda: sent(client, "GET", f"{at}/queue?n=1", None))[0]
        item = lent["item"]["id"]
        spent(times["open"], lambda item=item: sent(client, "GET", f"{at}/items/{item}/work", None))
        spent(times["draft"], lambda item=item: sent(client, "PUT", f"{at}/items/{item}/draft", {"values": {"q": value}}))
        body = {
            "op_id": str(uuid.uuid4()), "item_id": item, "assignment_id": lent["assignment"]["id"], "values": {"q": value},
            "shown": {}, "accepted": {}, "keystrokes": 1, "client_at": 0, "schema_version": 1, "events": [],
        }  # fmt: skip
        if profile:
            watch.enable()
        spent(times["submit"], functools.partial(sent, client, "POST", f"{at}/answers", body))
        watch.disable()
    size = len(msgspec.json.encode(value)) / 1000
    print(f"| {name} | {size:,.0f} | " + " | ".join(f"{statistics.median(of[1:]):.0f}" for of in times.values()) + " |")
    if profile:
        pstats.Stats(watch).sort_stats("cumulative").print_stats(45)
    ws.close()


def given(data: str, n: int, folder: Path) -> str:
    """The n-th text, or a file of this kind in the folder."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{n}.{data[-3:]}"
    if data == "png":
        Image.new("RGB", (WIDTH, HEIGHT), (n, 90, 90)).save(path)
    elif data == "wav":
        with wave.open(str(path), "wb") as out:
            out.setparams((1, 2, 1000, 0, "NONE", ""))
            out.writeframes(n.to_bytes(2, "little") * 3_600_000)
    elif data == "mp4":
        with av.open(str(path), "w") as out:
            stream = out.add_stream("libx264", rate=25)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            for k in range(1000):
                out.mux(
                    stream.encode(av.VideoFrame.from_ndarray(np.full((48, 64, 3), (n + k) % 255, np.uint8), format="rgb24"))
                )
            out.mux(stream.encode())
    else:
        return f"{data}{n}"
    return path.name


def brought(client: TestClient, at: str, values: list[str], folder: Path) -> list[int]:
    """Texts posted, or all files of the folder imported; the ids of the items."""
    if not any(folder.iterdir()):
        return sent(client, "POST", f"{at}/items", [{"data": {"it": one}} for one in values])["ids"]
    job = sent(client, "POST", f"{at}/import", {"path": str(folder), "format": "folder"})["id"]
    while (row := sent(client, "GET", f"/api/jobs/{job}", None))["state"] in ("queued", "running"):
        time.sleep(0.1)
    ids = [item["id"] for item in sent(client, "GET", f"{at}/items", None)["rows"]]
    if len(ids) != len(values):
        raise SystemExit(f"The import took {len(ids)} of {len(values)} files: {row}")
    return ids


def sent(client: TestClient, method: str, path: str, body: Any) -> Any:
    """The answer to a request that has to succeed."""
    reply = client.request(method, path, content=None if body is None else msgspec.json.encode(body))
    if reply.status_code >= 400:
        raise SystemExit(f"{method} {path}: {reply.status_code} {reply.text[:500]}")
    return msgspec.json.decode(reply.content)


def spent(times: list[float], act: Callable[[], Any]) -> Any:
    """What `act` gives; its CPU ms, of all threads of this process, go to `times`."""
    began = time.process_time()
    found = act()
    times.append(1000 * (time.process_time() - began))
    return found


def places(n: int) -> list[tuple[float, float, float, float, str]]:
    """Places on a picture, 10 to 120 pixels wide and high, with labels."""
    draw = random.Random(1)

    def some(least: float, most: float) -> float:
        return round(draw.uniform(least, most), 2)

    return [(some(0, WIDTH - 120), some(0, HEIGHT - 120), some(10, 120), some(10, 120), draw.choice(LABELS)) for _ in range(n)]


def outline(x: float, y: float, w: float, h: float) -> list[tuple[float, float]]:
    """Twenty corners around a place."""
    turns = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    return [(round(x + w * (0.5 + 0.4 * float(np.cos(t))), 2), round(y + h * (0.5 + 0.4 * float(np.sin(t))), 2)) for t in turns]


def mask(x: float, y: float, w: float, h: float) -> str:
    """The runs of an ellipse of that place."""
    left, width, rows = int(x), int(w), []
    before = 0
    for column in range(width):
        half = h / 2 * (1 - ((column + 0.5) / width * 2 - 1) ** 2) ** 0.5
        start = (left + column) * HEIGHT + int(y + h / 2 - half)
        rows += [start - before, max(1, int(2 * half))]
        before = start + rows[-1]
    return rle.write_text(np.array([*rows, WIDTH * HEIGHT - before]))


def spans() -> list[Any]:
    """20,000 stretches of a text of 500,000 characters."""
    draw = random.Random(2)
    starts = sorted(draw.randrange(499_000) for _ in range(20_000))
    return [
        {"id": f"s{n}", "start": s, "end": s + draw.randrange(4, 40), "label": draw.choice(LABELS)}
        for n, s in enumerate(starts)
    ]


def tracks() -> list[Any]:
    """200 things through 1,000 frames, with 20 key frames each."""
    found: list[Any] = []
    for n, (x, y, w, h, label) in enumerate(places(200)):
        keys = [{"frame": 50 * k, "box": [x / 100 + k / 2, y / 100 + k / 2, w / 10, h / 10]} for k in range(20)]
        found.append({"id": f"t{n}", "label": label, "keyframes": keys})
    return found


def segments() -> list[Any]:
    """5,000 segments of an hour."""
    return [{"id": f"g{n}", "start": 0.7 * n, "end": 0.7 * n + 0.6, "label": LABELS[n % 5]} for n in range(5000)]


def text() -> str:
    """500,000 characters."""
    draw = random.Random(3)
    return " ".join(draw.choice(WORDS) for _ in range(110_000))[:500_000]


def on_picture(
    task: str, n: int, shape: Callable[[float, float, float, float], dict[str, Any]]
) -> tuple[str, str, str, list[Any]]:
    """That many things on a picture."""
    return (
        "image",
        task,
        "png",
        [{"id": f"r{i}", "label": label, **shape(*place)} for i, (*place, label) in enumerate(places(n))],
    )


CASES: dict[str, Callable[[], tuple[str, str, str, list[Any]]]] = {
    "text of 500 kB, 20,000 spans": lambda: ("text", "spans", text(), spans()),
    "2,000 boxes": lambda: on_picture("boxes", 2000, lambda x, y, w, h: {"x": x, "y": y, "w": w, "h": h}),
    "10,000 polygons": lambda: on_picture("polygons", 10_000, lambda x, y, w, h: {"points": outline(x, y, w, h)}),
    "10,000 masks": lambda: on_picture(
        "masks", 10_000, lambda x, y, w, h: {"size": [HEIGHT, WIDTH], "counts": mask(x, y, w, h)}
    ),
    "200 tracks of 20 key frames": lambda: ("video", "tracks", "mp4", tracks()),
    "5,000 segments of sound": lambda: ("audio", "segments", "wav", segments()),
}


if __name__ == "__main__":
    main()
