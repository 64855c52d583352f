"""The workload: the same data and the same actions in the same order for every product."""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from peer.product import LABELS, Seat
from peer.server import Server
from peer.usage import Phase, cpu_of, memory
from peer.wire import Refused

WORDS = (  # noqa: SIM905
    "the parcel came late but the chair is comfortable and the colour is warmer than on the screen so we keep it "
    "although one screw was missing and the manual is short please send another refund invoice lamp table thanks"
).split()


@dataclass(frozen=True)
class Plan:
    """How much of everything."""

    size: int = 10_000
    chunk: int = 1_000
    predictions: int = 2_000
    cycles: int = 200
    cycle_seconds: float = 5.0
    pages: int = 10
    people: int = 8
    seconds: float = 30.0


def rows(size: int) -> Iterator[dict[str, Any]]:
    """Texts of about 160 characters; one in a hundred holds the word "needle"."""
    rng = random.Random(11)
    for number in range(size):
        text = " ".join(rng.choices(WORDS, k=29)) + (" needle" if number % 100 == 0 else "")
        yield {"text": f"{number}: {text}", "ext_id": number}


def run(server: Server, plan: Plan, say: Callable[[str, dict[str, Any]], None]) -> None:
    """All phases; each is told as it ends."""
    seat = server.product.open(server.base)
    seat.create_project(f"bench {plan.size}")
    say("import", import_all(server, seat, plan))
    with Phase(server.pid) as phase:
        seat.settle()
    say("after_import", phase.row(plan.size))
    ids = seat.first_ids(plan.predictions)
    body = seat.predictions_body(ids)
    with Phase(server.pid) as phase:
        seat.import_predictions(body)
    say("predictions", phase.row(len(ids)))
    for name, result in one_annotator(server, seat, plan).items():
        say(name, result)
    for name, look in views(seat, plan).items():
        say(name, repeated(server, look, plan.pages))
    with Phase(server.pid) as phase:
        size = seat.export()
    say("export", phase.row(plan.size) | {"bytes": size})
    say("together", together(server, seat, plan))
    say("memory_at_end", {"mb": round(memory(server.pid), 1)})


def import_all(server: Server, seat: Seat, plan: Plan) -> dict[str, Any]:
    """Chunk by chunk; making the requests is not measured."""
    bodies: list[bytes] = []
    chunk: list[dict[str, Any]] = []
    for row in rows(plan.size):
        chunk.append(row)
        if len(chunk) == plan.chunk:
            bodies.append(seat.import_body(chunk))
            chunk = []
    if chunk:
        bodies.append(seat.import_body(chunk))
    with Phase(server.pid) as phase:
        for body in bodies:
            seat.import_rows(body)
    return phase.row(plan.size)


def one_annotator(server: Server, seat: Seat, plan: Plan) -> dict[str, dict[str, Any]]:
    """Next item, answer, next item, ...: at least `cycles` times and `cycle_seconds` long."""
    rng, spent = random.Random(5), {"next": 0.0, "save": 0.0}
    times: dict[str, list[float]] = {"next": [], "save": []}
    for _ in range(5):
        seat.save(_some(seat.next()), LABELS[0])
    until = time.perf_counter() + plan.cycle_seconds
    most = min(2_000, plan.size // 4)
    while len(times["save"]) < min(plan.cycles, most) or (time.perf_counter() < until and len(times["save"]) < most):
        a, t0 = cpu_of(server.pid), time.perf_counter()
        item = _some(seat.next())
        b, t1 = cpu_of(server.pid), time.perf_counter()
        seat.save(item, rng.choice(LABELS))
        c, t2 = cpu_of(server.pid), time.perf_counter()
        spent["next"] += b - a
        spent["save"] += c - b
        times["next"].append(t1 - t0)
        times["save"].append(t2 - t1)
    return {name: _spread(times[name], spent[name]) for name in times}


def _some(item: Any) -> Any:
    if item is None:
        raise RuntimeError("the queue is empty before the workload is done")
    return item


def views(seat: Seat, plan: Plan) -> dict[str, Callable[[], Any]]:
    """What a manager looks at."""
    return {
        "page_first": lambda: seat.page(1),
        "page_deep": lambda: seat.page(max(1, plan.size // 50 - 2)),
        "filter_text": lambda: seat.page(1, "needle"),
        "filter_unlabelled": lambda: seat.page(1, unlabelled=True),
        "filter_unlabelled_deep": lambda: seat.page(max(1, plan.size // 100), unlabelled=True),
    }


def repeated(server: Server, look: Callable[[], Any], n: int) -> dict[str, Any]:
    """The same request `n` times; the first one is told apart, since it may fill a cache."""
    times: list[float] = []
    with Phase(server.pid) as first:
        look()
    with Phase(server.pid) as phase:
        for _ in range(n):
            began = time.perf_counter()
            seen = look()
            times.append(time.perf_counter() - began)
    return _spread(times, phase.server) | {"first_cpu_ms": round(first.server * 1000, 2), "rows_total": list(seen)}


def together(server: Server, owner: Seat, plan: Plan) -> dict[str, Any]:
    """Several people at once, each next and save in a loop. With an overlap of one, an item answered twice is a defect."""
    seats = [owner.colleague(i) for i in range(plan.people)]
    done: list[list[int]] = [[] for _ in seats]
    failed: list[str] = []
    until = time.perf_counter() + plan.seconds

    def work(seat: Seat, mine: list[int], seed: int) -> None:
        rng = random.Random(seed)
        while time.perf_counter() < until:
            try:
                item = seat.next()
                if item is None:
                    return
                seat.save(item, rng.choice(LABELS))
                mine.append(seat.id_of(item))
            except (Refused, OSError) as error:
                failed.append(str(error)[:120])

    threads = [threading.Thread(target=work, args=(s, d, i)) for i, (s, d) in enumerate(zip(seats, done, strict=True))]
    with Phase(server.pid) as phase:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    times = Counter(i for mine in done for i in mine)
    twice = sum(n > 1 for n in times.values())
    return phase.row(times.total()) | {
        "answered_twice": twice,
        "failed": len(failed),
        "why": Counter(failed).most_common(3),
        "per_s": round(times.total() / phase.wall, 1),
    }


def _spread(times: list[float], cpu_seconds: float) -> dict[str, Any]:
    ms = sorted(t * 1000 for t in times)
    return {
        "n": len(ms),
        "cpu_ms_each": round(cpu_seconds / len(ms) * 1000, 3),
        "p50_ms": round(statistics.median(ms), 2),
        "p95_ms": round(ms[min(len(ms) - 1, int(0.95 * len(ms)))], 2),
    }
