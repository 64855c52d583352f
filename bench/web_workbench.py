"""Measures how long the next item takes to stand on the screen after a submit, in a real headless Chromium with real keys.

It stands alone because it needs the built page, a server and a browser, and nothing of the heavy surfaces' own pages.
A server is started on a temporary workspace with 300 short texts and 60 images of 1600 x 1000 pixels. The figure is the
page's own entry "submit-to-drawn": from the submit to the painted frame that shows the next item; with images, to
the frame in which the image itself was drawn, if that was later. No GPU is used.

    python bench/web_workbench.py [--chromium /usr/bin/chromium] [--texts 300] [--images 60]
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from running import PASSWORD, Api, Server  # noqa: E402

RESULTS = ROOT / "bench" / "results" / "web_workbench.json"
GOAL_MS = 100.0
SIZE = (1600, 1000)
LABELS = ["billing", "delivery", "returns", "other"]
WATCH = """
window.seen = {submits: [], images: []};
new PerformanceObserver((list) => {
  for (const e of list.getEntries()) {
    if (e.name === 'submit-to-drawn') seen.submits.push([e.startTime, e.duration]);
    if (e.name === 'image-drawn') seen.images.push(e.startTime);
  }
}).observe({entryTypes: ['mark', 'measure']});
"""


def _project(owner: Api, name: str, field: dict[str, str], question: dict[str, Any]) -> int:
    policy = {"blind_share": 0, "order": "imported", "instant_submit": question["type"] == "choice"}
    spec = {"name": name, "guidelines": "", "fields": [field], "questions": [question], "policy": policy}
    return int(owner.call("POST", "/api/projects", spec)["id"])


def _texts(owner: Api, n: int) -> int:
    question = {"name": "topic", "type": "choice", "title": "Topic", "config": {"labels": LABELS}}
    project = _project(owner, "Texts", {"name": "text"}, question)
    words = "The parcel did not arrive and nobody answers the telephone, although I was promised a call. " * 4
    owner.call("POST", f"/api/projects/{project}/items", [{"data": {"text": f"{k}. {words}"}, "key": str(k)} for k in range(n)])
    return project


def _picture(k: int) -> bytes:
    """A picture with structure, so that it does not compress to nothing."""
    noise = Image.effect_noise((SIZE[0] // 4, SIZE[1] // 4), 60 + k % 20).resize(SIZE).filter(ImageFilter.GaussianBlur(1))
    picture = Image.merge("RGB", (noise, noise.rotate(180), noise.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
    ImageDraw.Draw(picture).text((40, 40), f"image {k}", fill="white", font_size=120)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def _images(owner: Api, n: int) -> int:
    question = {"name": "objects", "type": "boxes", "title": "Objects", "config": {"labels": ["car", "person", "sign"]}}
    project = _project(owner, "Images", {"name": "image", "kind": "image"}, question)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as files:
        for k in range(n):
            files.writestr(f"{k:03}.jpg", _picture(k))
    _, out, _ = owner.raw("POST", f"/api/projects/{project}/uploads?name=images.zip", packed.getvalue())
    upload = json.loads(out)["upload"]
    mapping = owner.call("POST", f"/api/projects/{project}/import/preview", {"upload": upload})["mapping"]
    owner.call("POST", f"/api/projects/{project}/import", {"upload": upload, "mapping": mapping})
    end = time.monotonic() + 120
    while owner.call("GET", f"/api/projects/{project}")["counts"]["items"] < n:
        if time.monotonic() > end:
            raise SystemExit("The images were not imported within two minutes.")
        time.sleep(0.3)
    return project


def _open(browser: Browser, server: Server, project: int) -> Page:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(WATCH)
    page.goto(server.address + "/login")
    page.get_by_role("textbox", name="Login").fill("owner")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto(f"{server.address}/p/{project}/label")
    page.get_by_role("button", name="Submit").wait_for()
    page.wait_for_timeout(2500)
    return page


def _drive(page: Page, keys: list[str], n: int, pause_ms: int) -> None:
    """Presses the keys for each item and waits until the next one is drawn."""
    for done in range(1, n + 1):
        for key in keys:
            page.keyboard.press(key)
        page.wait_for_function("n => window.seen.submits.length >= n", arg=done)
        page.wait_for_timeout(pause_ms)


def _figures(page: Page, images: bool) -> list[float]:
    """Milliseconds per submit."""
    seen = page.evaluate("window.seen")
    found: list[float] = []
    for start, duration in seen["submits"]:
        later = [at - start for at in seen["images"] if at >= start]
        found.append(max(duration, later[0]) if images and later else duration)
    return found


def _summary(values: list[float]) -> dict[str, Any]:
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return {"n": len(ordered), "median": round(statistics.median(ordered), 1), "p95": round(p95, 1), "met": p95 <= GOAL_MS}


def _measure(chromium: str, texts: int, images: int) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="milo-bench-") as folder, Server(Path(folder) / "ws") as server:
        owner = server.owner()
        plan = [
            ("text, one key", _texts(owner, texts), ["1"], texts - 10, 150),
            ("image 1600x1000, boxes", _images(owner, images), ["Control+Enter"], images - 5, 700),
        ]
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            for name, project, keys, n, pause in plan:
                page = _open(browser, server, project)
                _drive(page, keys, n, pause)
                found[name] = _summary(_figures(page, images="image" in name))
                _print(name, found[name])
                page.close()
            browser.close()
        owner.close()
    return found


def _print(name: str, one: dict[str, Any]) -> None:
    verdict = "met" if one["met"] else "MISSED"
    print(
        f"{name:<28} median {one['median']:6.1f} ms   p95 {one['p95']:6.1f} ms   n {one['n']}   goal p95 {GOAL_MS:g} {verdict}"
    )


def main() -> None:
    """Runs both cases, prints a table and writes the figures as JSON."""
    reader = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    reader.add_argument("--chromium", default=shutil.which("chromium") or "/usr/bin/chromium")
    reader.add_argument("--texts", type=int, default=300)
    reader.add_argument("--images", type=int, default=60)
    options = reader.parse_args()
    before = os.getloadavg()[0]
    found = _measure(options.chromium, options.texts, options.images)
    machine = {"system": platform.platform(), "cores": os.cpu_count(), "load_before": before, "load_after": os.getloadavg()[0]}
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps({"machine": machine, "submit_to_drawn_ms": found}, indent=2))
    print(f"\n{RESULTS.relative_to(ROOT)} written; load before {before:.1f} on {os.cpu_count()} cores.")


if __name__ == "__main__":
    main()
