"""Takes the pictures of the documentation: a server on a folder of its own, the samples, some answers, a browser.

    python docs/screenshots.py            # all pictures, into docs/images
    python docs/screenshots.py data       # only those whose name begins so

Needs Playwright, Pillow and a Chromium (`MILO_CHROMIUM`, or one that is installed). The answers are the sample's own gold
labels, given through the API, so that the models in the pictures have learned from something.
"""

from __future__ import annotations

import http.cookiejar
import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from milo.builtin.demo.digits import pictures

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
DEMO = ROOT / "src" / "milo" / "builtin" / "demo"
SIZE = {"width": 1440, "height": 900}
ANSWERS = {1: 60, 2: 60}
LARGEST = 250_000
"""Bytes; a larger picture gets by with fewer colours."""
ROWS = "id,text,channel\n" + "".join(
    f'R-{n:03},"{text}",{("email", "web form")[n % 2]}\n'
    for n, text in enumerate(
        ("Where is my parcel? It was due on Monday.", "The lamp arrived with a broken shade.", "Can I pay by invoice?") * 14
    )
)
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
Step = Callable[[Page], None]


class Api:
    """The server of the pictures, signed in as the demo's owner."""

    def __init__(self, base: str) -> None:
        self.base, self._csrf = base, ""
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())).open
        self._csrf = self.call("POST", "/login", {"login": "demo", "password": "demo-milo"})["csrf"]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The decoded answer. Raises urllib.error.HTTPError for a refusal."""
        headers = {"Content-Type": "application/json", "X-CSRF-Token": self._csrf}
        data = None if body is None else json.dumps(body).encode()
        with self._open(urllib.request.Request(f"{self.base}/api{path}", data, headers, method=method)) as reply:  # noqa: S310 - our own server
            return json.loads(reply.read() or b"null")


@contextmanager
def served() -> Generator[str]:
    """A demo server on a folder that is gone afterwards; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tempfile.mkdtemp(prefix="milo-pictures-")
    command = [sys.executable, "-m", "milo.cli.main", "demo", "-w", f"{folder}/demo", "--port", str(port), "--no-browser"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        base = f"http://127.0.0.1:{port}"
        wait(lambda: ready(base), 300, "the server to start")
        yield base
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def ready(base: str) -> bool:
    """Whether the server answers and has its samples."""
    try:
        return len(Api(base).call("GET", "/projects")) >= len(ANSWERS)
    except (urllib.error.URLError, ConnectionError):
        return False


def wait(done: Callable[[], bool], seconds: float, what: str) -> None:
    """Ask twice a second. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise TimeoutError(f"Waited {seconds:.0f} s for {what}.")
        time.sleep(0.5)


def fill(api: Api) -> None:
    """Answer some items of each sample and wait until the models have learned."""
    gold = gold_labels()
    for project, n in ANSWERS.items():
        given, end = 0, time.monotonic() + 120
        while given < n and time.monotonic() < end:
            works = api.call("GET", f"/projects/{project}/queue?n=10")
            for work in works:
                answer(api, project, work, gold)
            given += len(works)
            time.sleep(0 if works else 0.5)
    wait(lambda: all(learned(api, p) for p in ANSWERS), 120, "the models to learn")
    time.sleep(3)


def gold_labels() -> dict[str, str]:
    """The right answer to the first question, by the key of the item."""
    digits = {f"D-{number:03d}": str(digit) for number, (digit, _) in enumerate(pictures(), 1)}
    return json.loads((DEMO / "gold.json").read_text("utf-8")) | digits


def answer(api: Api, project: int, work: dict[str, Any], gold: dict[str, Any]) -> None:
    """One answer: the gold topic and what the words of the text say of urgency, or the gold digit."""
    item = work["item"]
    values: dict[str, Any] = {}
    if project == 1:
        pressing = len(re.findall(r"today|urgent|still|again|broke|wrong|hurt|never", item["data"]["text"], re.IGNORECASE))
        values = {"topic": gold[item["key"]], "urgency": min(5, 2 + pressing)}
        marks = [s["value"] for s in work["suggestions"] if s["question"] == "details"]
        values |= {"details": marks[0]} if marks else {}
    else:
        values = {"digit": gold[item["key"]]}
    api.call(
        "POST",
        f"/projects/{project}/answers",
        {
            "op_id": str(uuid.uuid4()), "item_id": item["id"], "assignment_id": work["assignment"]["id"], "values": values,
            "shown": {}, "accepted": {}, "events": [], "client_at": time.time() * 1000, "schema_version": 1,
        },
    )  # fmt: skip


def learned(api: Api, project: int) -> bool:
    """Whether every model that learns has done so, and no job is under way."""
    models = [m for m in api.call("GET", f"/projects/{project}/models") if m["learns"] and m["enabled"]]
    jobs = api.call("GET", f"/jobs?project={project}")
    return all(m["version"] > 0 for m in models) and all(j["state"] in ("done", "cancelled", "failed") for j in jobs)


def unanswered(api: Api, project: int, filters: str = "", letters: int = 0) -> int:
    """An item of some length that nobody has answered, on whose first question the surest model is right."""
    gold = gold_labels()
    rows = api.call("GET", f"/projects/{project}/items?status=new&has=suggestion&sort=-confidence&limit=200{filters}")["rows"]
    fitting = [row for row in rows if len(row["data"].get("text", "")) >= letters]
    right = [row for row in fitting if row["suggestion"] and row["suggestion"]["value"] == gold[row["key"]]]
    return (right or fitting or rows)[0]["id"]


def scenes(api: Api) -> Iterator[tuple[str, str, Step]]:
    """(name, address, what to do before the picture is taken)."""
    text, spans = unanswered(api, 1, letters=160), unanswered(api, 1, "&suggested=details:product&suggested=details:date", 80)
    yield "workbench", f"/p/1/label?item={text}", nothing
    yield "workbench-spans", f"/p/1/label?item={spans}", mark
    yield "workbench-digits", f"/p/2/label?item={unanswered(api, 2)}", nothing
    yield "data", "/p/1/data?sort=updated", nothing
    yield "models", "/p/1/models", asked
    yield "assistant", f"/p/1/label?item={text}", ask
    yield "judges", "/p/1/judges", nothing
    yield "studio", f"/p/1/models/{scripted(api)}", nothing
    yield "connections", "/connections", nothing
    yield "new-project", "/projects/new", nothing
    yield "import", "/p/1/import", give


def nothing(page: Page) -> None:
    """The page as it opens."""


def scripted(api: Api) -> int:
    """The model of the sample that asks the script."""
    return next(m["id"] for m in api.call("GET", "/projects/1/models") if m["plugin"] == "llm")


def asked(page: Page) -> None:
    """Down to the model that asks."""
    page.get_by_text("Spent so far").scroll_into_view_if_needed()
    page.mouse.move(700, 500)
    page.mouse.wheel(0, 220)


def ask(page: Page) -> None:
    """Ask the assistant for a draft and wait for it."""
    page.keyboard.press("Shift+D")
    page.get_by_role("button", name="Use it").wait_for()


def mark(page: Page) -> None:
    """Take over what the models say, and go to the question of the marks."""
    for key in ("Shift+A", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)


def give(page: Page) -> None:
    """Hand in a small table."""
    page.locator("input[type=file]").first.set_input_files(
        files=[{"name": "messages.csv", "mimeType": "text/csv", "buffer": ROWS.encode()}]
    )
    page.get_by_role("table").wait_for()


def chromium() -> str | None:
    """The browser that is named, or one of the system's; None for Playwright's own."""
    found = (path for name in CHROMIUMS if (path := shutil.which(name)))
    return os.environ.get("MILO_CHROMIUM") or next(found, None)


def shoot(browser: Browser, base: str, name: str, address: str, step: Step, theme: str) -> None:
    """One picture, with few enough colours to stay small."""
    context = browser.new_context(viewport=SIZE, color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{base}/login")
    page.get_by_label("Login").fill("demo")
    page.get_by_label("Password", exact=True).fill("demo-milo")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto(base + address)
    page.get_by_role("main").wait_for()
    page.wait_for_timeout(1500)
    step(page)
    page.wait_for_timeout(1200)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    context.close()
    target = IMAGES / f"{name}-{theme}.png"
    picture.save(target, optimize=True)
    if target.stat().st_size > LARGEST:
        picture.quantize(256, dither=Image.Dither.NONE).save(target, optimize=True)
    print(f"{target.name}  {target.stat().st_size // 1000} kB", flush=True)


def main(wanted: str = "") -> None:
    """Take the pictures whose name begins with `wanted`."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with served() as base, sync_playwright() as playwright:
        api = Api(base)
        fill(api)
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        for name, address, step in scenes(api):
            for theme in ("light", "dark") if name.startswith(wanted) else ():
                shoot(browser, base, name, address, step, theme)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:2])
