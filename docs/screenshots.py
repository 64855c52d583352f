"""Takes the pictures of the documentation: a server on a folder of its own, the samples, some answers, a browser.

    python docs/screenshots.py            # all pictures, into docs/images
    python docs/screenshots.py data       # only those whose name begins so

The pages of trust are drawn of a project of their own, in which a scripted team labels and goes through a study.

Needs Playwright, Pillow and a Chromium (`MILO_CHROMIUM`, or one that is installed). The answers are the sample's own gold
labels, given through the API, so that the models in the pictures have learned from something.
"""

from __future__ import annotations

import http.cookiejar
import io
import json
import os
import random
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
TEAM = {
    "ada": "Ada Moreno",
    "ben": "Ben Osei",
    "cleo": "Cleo Martin",
    "dan": "Dan Weiss",
    "eva": "Eva Lund",
    "finn": "Finn Hart",
}
TRUST = ("quality", "totals", "study")
"""Pictures of what a team has made; in the light theme only."""
ROUNDS = 5
"""Of ten answers by everybody, before the study."""
Step = Callable[[Page], None]


class Api:
    """The server of the pictures, signed in; if nobody else is named, as the demo's owner."""

    def __init__(self, base: str, login: str = "demo", password: str = "demo-milo") -> None:  # noqa: S107 - the demo's own
        self.base, self._csrf = base, ""
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())).open
        self._csrf = self.call("POST", "/login", {"login": login, "password": password})["csrf"]

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


def team(api: Api) -> tuple[int, int]:
    """A project with gold and suggestions, labelled by a scripted team, and its study; their ids."""
    messages, gold = [json.loads(line) for line in (DEMO / "messages.jsonl").read_text("utf-8").splitlines()], gold_labels()
    topics = sorted({gold[str(one["id"])] for one in messages})
    question = {"name": "topic", "type": "choice", "title": "What is it about?", "config": {"labels": topics}}
    policy = {"blind_share": 0.35, "overlap": 2, "order": "random", "resolve": {"aggregator": "majority"}}
    made = {"name": "Support mail", "fields": [{"name": "text"}], "questions": [question], "policy": policy}
    at = f"/projects/{api.call('POST', '/projects', made)['id']}"
    ids = api.call("POST", f"{at}/items", [{"data": {"text": one["text"]}, "key": str(one["id"])} for one in messages])["ids"]
    truth = {item: gold[str(one["id"])] for item, one in zip(ids, messages, strict=True)}
    for item in ids[::2]:  # before anything is suggested, so that it may test models
        api.call("POST", f"{at}/gold", {"item_id": item, "values": {"topic": truth[item]}})
    chance = random.Random(1)
    said = [(item, score := chance.random() ** 0.5, chance.random() < 0.6 + 0.38 * score) for item in ids]
    rows = [
        {"item_id": i, "question": "topic", "value": truth[i] if right else chance.choice(topics), "score": round(score, 3)}
        for i, score, right in said
    ]
    api.call("POST", f"{at}/suggestions?name=helper", rows)
    people: dict[int, Api] = {}
    for login, name in TEAM.items():
        user = api.call("POST", "/users", {"login": login, "name": name, "password": "demo-team"})["id"]
        api.call("PUT", f"{at}/members/{user}", {"role": "annotator"})
        people[user] = Api(api.base, login, "demo-team")
    for _ in range(ROUNDS):
        for n, person in enumerate(people.values()):
            for work in person.call("GET", f"{at}/queue?n=10"):
                pace(person, at, work, truth, topics, chance, 12 + 2 * n)
    study = api.call("POST", f"{at}/studies", {
        "name": "Do suggestions help?", "question": "topic", "people": list(people), "per_arm": 12, "warm_up": 1,
    })["id"]  # fmt: skip
    api.call("POST", f"{at}/studies/{study}/freeze")
    for n, person in enumerate(people.values()):
        take_part(person, at, lambda one, who=person, n=n: pace(who, at, one, truth, topics, chance, 12 + 2 * n))
    return int(at.rsplit("/", maxsplit=1)[-1]), study


def take_part(person: Api, at: str, answer_one: Callable[[dict[str, Any]], None]) -> None:
    """Go through a person's whole part of the study."""
    forms: dict[str, Any] = {"tlx": [30, 15, 35, 25, 40, 20]}
    while (part := person.call("GET", f"{at}/study"))["phase"] not in ("none", "finished"):
        phase = part["phase"]
        for one in person.call("GET", f"{at}/queue?n=10") if phase == "working" else ():
            answer_one(one)
        if phase == "form":
            person.call(
                "POST", f"{at}/study", {"phase": phase, "form": forms | ({"trust": [4, 4, 5]} if part["asks_trust"] else {})}
            )
        elif phase == "closing":
            saving = {arm["name"]: 40 for arm in part["helped"]}
            person.call("POST", f"{at}/study", {"phase": phase, "closing": {"saving": saving}})
        elif phase != "working":
            person.call("POST", f"{at}/study", {"phase": phase, "attitude": 3})


def pace(
    person: Api, at: str, work: dict[str, Any], truth: dict[int, str], topics: list[str], chance: random.Random, base: float
) -> None:
    """An answer at a person's own pace: mostly right, quicker with a suggestion, which is often taken."""
    item, held = work["item"]["id"], work["suggestions"]
    seconds = base * chance.lognormvariate(0, 0.35) * (0.65 if held else 1)
    own = truth[item] if chance.random() < 0.9 else chance.choice(topics)
    value = held[0]["value"] if held and chance.random() < 0.6 else own
    shown = {"topic": [{"id": one["id"], "value": one["value"]} for one in held]} if held else {}
    events = [{"kind": "opened", "at": 0}, {"kind": "submitted", "at": round(seconds * 1000)}]
    body = {"op_id": uuid.uuid4().hex, "item_id": item, "values": {"topic": value}, "events": events, "shown": shown}
    person.call("POST", f"{at}/answers", body)


def trusted(api: Api) -> Iterator[tuple[str, str, Step]]:
    """The scenes of the team's project."""
    project, study = team(api)
    yield "quality", f"/p/{project}/quality", lambda page: page.get_by_role("heading", name="By label").wait_for()
    yield "totals", f"/p/{project}/totals", of_helper
    yield "study", f"/p/{project}/studies/{study}", lambda page: page.get_by_role("heading", name="Arms").wait_for()


def of_helper(page: Page) -> None:
    """Choose the model that spoke of all items."""
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name="helper").click()
    page.get_by_role("heading", name="How good is helper?").wait_for()


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
        if not wanted.startswith(TRUST):
            fill(api)
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        for name, address, step in () if wanted.startswith(TRUST) else scenes(api):
            for theme in ("light", "dark") if name.startswith(wanted) else ():
                shoot(browser, base, name, address, step, theme)
        for name, address, step in trusted(api) if any(name.startswith(wanted) for name in TRUST) else ():
            if name.startswith(wanted):
                shoot(browser, base, name, address, step, "light")
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:2])
