"""Measures the two heavy surfaces of the web app, boxes, polygons and masks on an image and spans in a text, in a real
headless Chromium.

It stands alone because it needs a browser and the built measuring pages (`npm run build:bench` in `web/`), not the
server. Frames are counted by `requestAnimationFrame` while real mouse events arrive; latencies run from the input
event to the frame painted after it. No GPU is used, so that the figures hold for a laptop without one. On a busy machine frames
are lost to others; the CPU time of the main thread for each frame (`pan_cpu`, `zoom_cpu`) and for a full drawing
(`redraw_cpu`) then says more.

    python bench/web_surfaces.py [--build] [--chromium /usr/bin/chromium] [--repeat 3]
"""

from __future__ import annotations

import argparse
import functools
import http.server
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "web" / "dist" / "bench"
RESULTS = ROOT / "bench" / "results" / "web_surfaces.json"


@dataclass(frozen=True)
class Figure:
    """One measured number against its goal. `unit` is fps (more is better) or ms (less is better)."""

    name: str
    value: float
    unit: str
    goal: float | None
    spread: tuple[float, float]

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        return self.value >= self.goal if self.unit == "fps" else self.value <= self.goal


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@contextmanager
def _served(folder: Path) -> Generator[str]:
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/dev"
    server.shutdown()


def _latency(page: Page, event: str, act: Callable[[], None]) -> float:
    """Milliseconds from the event that `act` causes to the painted frame after it."""
    page.evaluate("type => bench.watchNext(type)", event)
    act()
    return float(page.evaluate("bench.takeLatency()"))


def _work(page: Page, event: str, act: Callable[[], None]) -> float:
    """Milliseconds of main-thread work that the event causes, up to and with layout; no waiting for a frame."""
    page.evaluate("type => bench.watchWork(type)", event)
    act()
    return float(page.evaluate("bench.takeWork()"))


class _Frames:
    """Counts the frames of a page, and the CPU time that its main thread takes."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def main_thread(self) -> float:
        """CPU time of the main thread so far, in ms."""
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return 1000 * next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")

    def during(self, act: Callable[[], None]) -> tuple[float, float]:
        """Frames per second while `act` runs, and ms of the main thread for each."""
        before = self.main_thread()
        self._page.evaluate("bench.startFrames()")
        act()
        found = self._page.evaluate("bench.stopFrames()")
        return float(found["fps"]), (self.main_thread() - before) / max(1, found["n"])


def _surface(page: Page) -> tuple[float, float]:
    """The centre of the drawing surface."""
    box = page.locator("canvas").first.bounding_box()
    if box is None:
        raise SystemExit("The measuring page shows no canvas.")
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _pan(page: Page, x: float, y: float, steps: int = 160) -> None:
    """Drags the image about with the middle button for about two seconds."""
    page.mouse.move(x, y)
    page.mouse.down(button="middle")
    for i in range(steps):
        page.mouse.move(x + 120 * ((i % 40) / 40 - 0.5), y + 80 * ((i % 25) / 25 - 0.5))
        time.sleep(0.008)
    page.mouse.up(button="middle")


def _zoom(page: Page, x: float, y: float, steps: int = 60) -> None:
    """Wheels in and out again around one point."""
    page.mouse.move(x, y)
    for i in range(steps):
        page.mouse.wheel(0, -40 if i < steps // 2 else 40)
        time.sleep(0.02)


def _boxes(browser: Browser, base: str, n: int, kind: str = "boxes", key: str = "b", relations: int = 0) -> dict[str, float]:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{base}/bench-canvas.html?n={n}&kind={kind}&relations={relations}")
    page.wait_for_function("window.bench && performance.getEntriesByName('regions-drawn').length > 0")
    page.wait_for_timeout(1500)
    x, y = _surface(page)
    found: dict[str, float] = {}
    frames = _Frames(page)
    found["pan"], found["pan_cpu"] = frames.during(lambda: _pan(page, x, y))
    before = frames.main_thread()
    found["redraw"] = float(page.evaluate("bench.redrawAfterRest()"))
    found["redraw_cpu"] = frames.main_thread() - before
    found["zoom"], found["zoom_cpu"] = frames.during(lambda: _zoom(page, x, y))
    page.wait_for_timeout(500)
    page.keyboard.press("v")
    found["select"] = statistics.median(_latency(page, "keydown", lambda: page.keyboard.press("j")) for _ in range(9))
    found["click"] = statistics.median(
        _latency(page, "pointerdown", lambda i=i: page.mouse.click(x + 7 * i, y + 5 * i)) for i in range(7)
    )
    found["draw"] = statistics.median(_draw(page, x + 40 * i, y - 200, key) for i in range(5))
    found["label"] = statistics.median(
        _latency(page, "keydown", lambda k=k: page.keyboard.press(k)) for k in ("1", "2", "3", "4", "5")
    )
    page.close()
    return found


def _draw(page: Page, x: float, y: float, key: str) -> float:
    """Draws one box, outline or stroke; milliseconds from letting go to the painted thing."""
    page.keyboard.press("Escape")
    page.keyboard.press(key)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 50, steps=4)
    if key == "p":
        page.mouse.move(x, y + 40, steps=4)
        page.mouse.move(x + 2, y + 2, steps=4)
    return _latency(page, "pointerup", page.mouse.up)


def _text(browser: Browser, base: str, query: str) -> dict[str, float]:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{base}/bench-text.html?{query}")
    page.wait_for_function("window.bench !== undefined")  # bench.mount itself would be called
    found = {"first_paint": float(page.evaluate("bench.mount()"))}
    page.wait_for_timeout(800)
    found["select"] = statistics.median(
        _latency(page, "pointerup", functools.partial(page.mouse.click, *_mark(page, i))) for i in range(3, 12)
    )
    found["select_work"] = statistics.median(
        _work(page, "pointerup", functools.partial(page.mouse.click, *_mark(page, i))) for i in range(3, 12)
    )
    found["create"] = statistics.median(_create(page, i) for i in range(6))
    page.mouse.move(600, 500)
    found["scroll"], found["scroll_cpu"] = _Frames(page).during(lambda: _scroll(page))
    page.close()
    return found


def _mark(page: Page, i: int) -> tuple[float, float]:
    """A point on the first line of a marked run of text."""
    box = page.evaluate(
        "i => { const b = document.querySelectorAll('mark')[i].getClientRects()[0]; return [b.x, b.y, b.height] }",
        i,
    )
    return box[0] + 2, box[1] + box[2] / 2


def _create(page: Page, i: int) -> float:
    """Selects the i-th long unmarked run of text with the mouse, then presses a label key."""
    page.keyboard.press("Escape")
    left, right, y = page.evaluate(
        """i => { const runs = [...document.querySelectorAll('span[data-o]')].map(e => e.getClientRects()[0]);
                  const b = runs.filter(b => b && b.width > 120)[i];
                  return [b.left, b.right, b.y + b.height / 2].map(Math.round) }""",
        i,
    )
    page.mouse.move(left + 12, y)
    page.mouse.down()
    page.mouse.move(right - 12, y, steps=4)
    page.mouse.up()
    before = page.evaluate("bench.spans")
    spent = _latency(page, "keydown", lambda: page.keyboard.press("3"))
    if page.evaluate("bench.spans") != before + 1:
        raise SystemExit("The measuring page made no span from a selection and a key.")
    return spent


def _scroll(page: Page) -> None:
    for _ in range(60):
        page.mouse.wheel(0, 240)
        time.sleep(0.02)


GOALS: dict[str, tuple[str, float | None]] = {
    "pan": ("fps", 50),
    "pan_cpu": ("ms", None),
    "zoom": ("fps", 50),
    "zoom_cpu": ("ms", None),
    "redraw": ("ms", 300),
    "redraw_cpu": ("ms", None),
    "select": ("ms", 50),
    "select_work": ("ms", 16),
    "click": ("ms", 50),
    "draw": ("ms", 50),
    "label": ("ms", 50),
    "first_paint": ("ms", 200),
    "create": ("ms", 50),
    "scroll": ("fps", 50),
    "scroll_cpu": ("ms", None),
}


def _figures(name: str, runs: list[dict[str, float]]) -> list[Figure]:
    figures: list[Figure] = []
    for key in runs[0]:
        values = sorted(run[key] for run in runs)
        unit, goal = GOALS[key]
        figures.append(Figure(f"{name}: {key}", statistics.median(values), unit, goal, (values[0], values[-1])))
    return figures


def _measure(chromium: str, repeat: int, only: str) -> list[Figure]:
    cases: list[tuple[str, Callable[[Browser, str], dict[str, float]]]] = [
        ("2,000 boxes in view", lambda b, u: _boxes(b, u, 2000)),
        ("5,000 boxes in view", lambda b, u: _boxes(b, u, 5000)),
        ("10,000 boxes in view", lambda b, u: _boxes(b, u, 10_000)),
        ("2,000 polygons in view", lambda b, u: _boxes(b, u, 2000, "polygons", "p")),
        ("10,000 polygons in view", lambda b, u: _boxes(b, u, 10_000, "polygons", "p")),
        ("2,000 masks in view", lambda b, u: _boxes(b, u, 2000, "masks", "m")),
        ("10,000 masks in view", lambda b, u: _boxes(b, u, 10_000, "masks", "m")),
        ("500 boxes, 1,000 relations in view", lambda b, u: _boxes(b, u, 500, relations=1000)),
        ("50 kB, 1,000 relations", lambda b, u: _text(b, u, "chars=50000&spans=2000&relations=1000")),
        ("50 kB, 2,000 spans", lambda b, u: _text(b, u, "chars=50000&spans=2000")),
        ("50 kB, 2,000 spans, one line", lambda b, u: _text(b, u, "chars=50000&spans=2000&one")),
        ("500 kB, 20,000 spans", lambda b, u: _text(b, u, "chars=500000&spans=20000")),
    ]
    figures: list[Figure] = []
    shown = 0
    with _served(PAGES) as base, sync_playwright() as play:
        for name, case in cases:
            if only not in name:
                continue
            browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            figures += _figures(name, [case(browser, base) for _ in range(repeat)])
            browser.close()
            _print(figures[shown:])
            shown = len(figures)
    return figures


def _print(figures: list[Figure]) -> None:
    for f in figures:
        goal = "" if f.goal is None else f"goal {f.goal:g}  {'met' if f.met else 'MISSED'}"
        print(f"{f.name:<46} {f.value:8.1f} {f.unit:<4} ({f.spread[0]:.1f}–{f.spread[1]:.1f})  {goal}")


def main() -> None:
    """Runs all cases, prints a table and writes the figures as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--build", action="store_true", help="build the measuring pages first")
    parser.add_argument("--chromium", default=shutil.which("chromium") or "/usr/bin/chromium")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", default="", help="only cases whose name holds this word")
    options = parser.parse_args()
    if options.build:
        subprocess.run(["npm", "run", "build:bench"], cwd=ROOT / "web", check=True)
    if not PAGES.is_dir():
        sys.exit("The measuring pages are not built. Run this with --build, or `npm run build:bench` in web/.")
    load = os.getloadavg()[0]
    figures = _measure(options.chromium, options.repeat, options.only)
    machine = {"system": platform.platform(), "cores": os.cpu_count(), "load_before": load}
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps({"machine": machine, "figures": [asdict(f) | {"met": f.met} for f in figures]}, indent=2))
    print(f"\n{RESULTS.relative_to(ROOT)} written; load before {load:.1f} on {os.cpu_count()} cores.")


if __name__ == "__main__":
    main()
