"""Remembered lists, downloads by pieces, and the decoding process."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from data_bench import Bench
from milo.infra.exporting import Gone, Pipe
from milo.infra.found import Found
from milo.infra.image_worker import ImageWorker


def test_a_list_is_kept_for_a_while_and_longer_for_scrolling() -> None:
    now = [0.0]
    found = Found(lambda: now[0])
    calls: list[int] = []

    def find() -> int:
        calls.append(1)
        return len(calls)

    assert [found.get(1, "a", find), found.get(1, "a", find)] == [1, 1]
    now[0] = 5.0
    assert found.get(1, "a", find, scrolling=True) == 1
    assert found.get(1, "a", find) == 2
    assert found.get(2, "a", find) == 3
    found.forget(1)
    assert [found.get(2, "a", find), found.get(1, "a", find, scrolling=True)] == [3, 4]


def test_what_is_kept_is_bounded() -> None:
    found = Found(lambda: 0.0)
    for n in range(200):
        found.get(1, n, lambda: np.zeros(200_000))
    assert len(found._entries) < 64


def test_a_pipe_gives_what_was_written_and_holds_back_the_writer() -> None:
    pipe, written = Pipe(), [0]

    def write() -> None:
        for _ in range(100):
            pipe.write(b"x" * 70_000)
            written[0] += 1
        pipe.end()

    worker = threading.Thread(target=write)
    worker.start()
    time.sleep(0.3)
    assert written[0] < 40
    got = b""
    while (piece := pipe.take()) is not None:
        got += piece
    worker.join()
    assert len(got) == 7_000_000


def test_a_writer_stops_when_the_reader_is_gone_and_errors_reach_the_reader() -> None:
    pipe = Pipe()
    pipe.leave()
    with pytest.raises(Gone):
        pipe.write(b"x" * 70_000)
    pipe = Pipe()
    pipe.end(ValueError("broke"))
    with pytest.raises(ValueError, match="broke"):
        pipe.take()


def test_a_decoder_that_hangs_or_dies_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (30, 20)).save(path)
    worker = ImageWorker()
    assert worker.ask("probe", path) == {"width": 30, "height": 20}
    assert worker._child is not None
    worker._child.kill()
    worker._child.wait()
    assert worker.ask("probe", path)["width"] == 30
    worker.close()
    slow = ImageWorker(seconds=0.001)
    assert "took longer" in slow.ask("probe", path)["error"]
    slow.close()


def test_a_deleted_project_leaves_nothing_to_be_found_in_the_next(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    first = bench.project()
    bench.add("needle one", "needle two")
    assert bench.wait(bench.ws.jobs.submit("index", first, {})).state == "done"
    bench.call("DELETE", f"/api/projects/{first}")
    deadline = time.monotonic() + 60
    while bench.one("SELECT count(*) FROM item") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert bench.one("SELECT count(*) FROM item_text WHERE item_text MATCH 'needle'") == 0
    bench.close()
