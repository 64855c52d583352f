"""The training process: files in, files out, progress, stop, crash, warm worker, and no orphan."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

import milo
from milo.domain.question import Field, Question
from milo.infra.training import (
    Progress,
    TrainerPool,
    TrainingJob,
    read_model,
    read_predictions,
    read_result,
    run_training,
    write_job,
)
from milo.kinds.predictor import Candidate, Example

QUESTION = Question("topic", "any", config={"labels": ["billing", "shipping"]}, shape="label")
FIELDS = (Field("text"),)
JOB = TrainingJob("text_classifier", QUESTION, FIELDS)
SAID = {"billing": "please refund the invoice, I was charged twice", "shipping": "where is my parcel, the courier is late"}
EXAMPLES = [Example(i, {"text": f"{SAID[label]} {i}"}, label) for i, label in enumerate(["billing", "shipping"] * 6, start=1)]
CANDIDATES = [Candidate(100 + i, {"text": text}) for i, text in enumerate(["charged twice", "the parcel is late"])]

PLUGIN = """
import os, sys, time
from milo.domain.annotation import Prediction
from milo.kinds.predictor import Fitted

class Odd:
    name, title, learns = "odd", "Odd", True
    def accepts(self, question, fields): return True
    def check_config(self, config, question): return config
    def fit(self, question, fields, config, examples):
        print("noise on standard output")
        what = config.get("what")
        if what == "raise": raise ZeroDivisionError("one over none")
        if what == "exit": print("last words", file=sys.stderr, flush=True); os._exit(9)
        if what == "abort": os.abort()
        if what == "sleep": time.sleep(60)
        if what == "memory": bytearray(1 << 45)
        if what == "die once" and not os.path.exists(config["flag"]):
            open(config["flag"], "w").close(); os._exit(1)
        return Fitted(b"model", {"n": len(examples), "seen": [e.item_id for e in examples], "pid": os.getpid(),
                                 "nice": os.nice(0), "database": [m for m in sys.modules if "sqlalchemy" in m or ".sql" in m]})
    def predict(self, question, fields, config, model, items):
        for i, item in enumerate(items):
            score = [0.5, 1.5, float("nan"), None][i % 4]
            yield Prediction(item.item_id, question.name, "billing", score)

PLUGIN = Odd()
"""


@pytest.fixture
def plugins(tmp_path: Path) -> str:
    folder = tmp_path / "plugins" / "predictors"
    folder.mkdir(parents=True)
    (folder / "odd.py").write_text(PLUGIN)
    return str(folder.parent)


@pytest.fixture(scope="module")
def pool() -> Iterator[TrainerPool]:
    with TrainerPool() as made:
        yield made


def odd(plugins: str, **config: Any) -> TrainingJob:
    return TrainingJob("odd", QUESTION, FIELDS, config=config, plugins_folder=plugins)


def test_fits_predicts_and_tells(tmp_path: Path, pool: TrainerPool) -> None:
    told: list[Progress] = []
    write_job(tmp_path, JOB, EXAMPLES, CANDIDATES, check=CANDIDATES[:1])
    result = pool.run(tmp_path, told.append)
    assert result.error is None
    assert (result.n, result.fitted, result.predicted, result.checked, result.bad) == (12, True, 2, 1, 0)
    said = list(read_predictions(tmp_path))
    assert [(p.item_id, p.value) for p in said] == [(100, "billing"), (101, "shipping")]
    assert all(p.score is not None and 0 < p.score <= 1 for p in said)
    assert [p.item_id for p in read_predictions(tmp_path, check=True)] == [100]
    assert {p.phase for p in told} >= {"load", "fit", "predict"}
    assert told[-1] == Progress("check", 1, None)
    assert not list(tmp_path.glob("*.tmp"))


def test_a_model_can_be_used_again(tmp_path: Path, pool: TrainerPool) -> None:
    write_job(tmp_path, JOB, EXAMPLES, CANDIDATES)
    pool.run(tmp_path)
    model = read_model(tmp_path)
    assert model
    (tmp_path / "earlier.bin").write_bytes(model)
    before = list(read_predictions(tmp_path))
    write_job(tmp_path, msgspec.structs.replace(JOB, model_in="earlier.bin"), [], CANDIDATES)
    result = pool.run(tmp_path)
    assert (result.error, result.n, result.fitted, result.predicted) == (None, 0, False, 2)
    assert list(read_predictions(tmp_path)) == before
    assert read_model(tmp_path) is None


def test_too_little_is_no_error(tmp_path: Path, pool: TrainerPool) -> None:
    write_job(tmp_path, JOB, EXAMPLES[:3], CANDIDATES)
    result = pool.run(tmp_path)
    assert result.error is None
    assert not result.fitted
    assert "at least 6" in result.info["why"]
    assert list(read_predictions(tmp_path)) == []


def test_blind_items_never_teach_and_bad_lines_are_counted(tmp_path: Path, pool: TrainerPool, plugins: str) -> None:
    check = [Candidate(1, {"text": "a"}), Candidate(5, {"text": "b"})]
    write_job(tmp_path, odd(plugins), EXAMPLES, [Candidate(i, {}) for i in range(200, 204)], check)
    with (tmp_path / "examples.jsonl").open("a") as file:
        file.write('{"item_id": "no number"}\n')
    result = pool.run(tmp_path)
    assert result.info["seen"] == [i for i in range(1, 13) if i not in (1, 5)]
    assert [(p.item_id, p.score) for p in read_predictions(tmp_path)] == [(200, 0.5), (201, 1.0), (203, None)]
    assert result.bad == 2
    assert result.info["database"] == []
    assert result.info["nice"] == min(19, os.nice(0) + 10)


def test_the_worker_stays_warm(tmp_path: Path, pool: TrainerPool) -> None:
    write_job(tmp_path, JOB, EXAMPLES, CANDIDATES)
    pool.run(tmp_path)
    before = pool.pid
    assert pool.run(tmp_path).seconds < 1.0
    assert pool.pid == before is not None


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("raise", r"ZeroDivisionError: one over none \(odd.py, line \d+\)"),
        ("exit", r"ended with status 9 .* last words"),
        ("abort", r"signal SIGABRT"),
        ("memory", r"not enough memory"),
    ],
)
def test_a_crash_is_a_clear_error_and_the_next_job_works(
    tmp_path: Path, pool: TrainerPool, plugins: str, what: str, message: str
) -> None:
    write_job(tmp_path, odd(plugins, what=what), EXAMPLES, CANDIDATES)
    result = pool.run(tmp_path)
    assert result.error is not None
    assert __import__("re").search(message, result.error), result.error
    write_job(tmp_path, JOB, EXAMPLES, CANDIDATES)
    assert pool.run(tmp_path).error is None


def test_stop_kills_at_once(tmp_path: Path, plugins: str) -> None:
    write_job(tmp_path, odd(plugins, what="sleep"), EXAMPLES, CANDIDATES)
    told: list[str] = []
    with TrainerPool() as own:
        start = time.monotonic()
        result = own.run(tmp_path, lambda p: told.append(p.phase), lambda: "fit" in told)
        assert time.monotonic() - start < 50
        assert result.stopped
        assert result.error is None
        assert own.pid is None


def test_an_idle_worker_ends_and_another_takes_over(tmp_path: Path) -> None:
    write_job(tmp_path, JOB, EXAMPLES, CANDIDATES)
    with TrainerPool(idle_seconds=0.3) as own:
        assert own.run(tmp_path).error is None
        deadline = time.monotonic() + 60
        while own.pid is not None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert own.pid is None
        assert own.run(tmp_path).error is None


def test_threads_take_turns(tmp_path: Path, pool: TrainerPool) -> None:
    folders = [tmp_path / str(i) for i in range(3)]
    errors: list[Any] = []

    def go(folder: Path) -> None:
        errors.append(run_training(JOB, folder, pool=pool).error)

    for folder in folders:
        write_job(folder, JOB, EXAMPLES, CANDIDATES)
    threads = [threading.Thread(target=go, args=(f,)) for f in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == [None, None, None]
    assert all(len(list(read_predictions(f))) == 2 for f in folders)


def test_unknown_predictor_and_missing_job(tmp_path: Path, pool: TrainerPool) -> None:
    write_job(tmp_path, msgspec.structs.replace(JOB, predictor="no_such"), EXAMPLES, CANDIDATES)
    error = pool.run(tmp_path).error
    assert error is not None
    assert "text_classifier" in error
    (tmp_path / "job.json").write_text("{")
    assert "cannot be read" in (pool.run(tmp_path).error or "")


PARENT = """
import sys, time
from pathlib import Path
from milo.infra.training import TrainerPool
pool = TrainerPool()
pool.run(Path(sys.argv[1]), lambda p: print(pool.pid, p.phase, flush=True))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_the_worker_dies_with_its_parent(tmp_path: Path, plugins: str) -> None:
    write_job(tmp_path, odd(plugins, what="sleep"), EXAMPLES, CANDIDATES)
    environment = {**os.environ, "PYTHONPATH": str(Path(milo.__file__).parent.parent)}
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, env=environment)
    assert parent.stdout is not None
    worker = 0
    for line in parent.stdout:
        worker = int(line.split()[0])
        if b"fit" in line:
            break
    assert psutil.pid_exists(worker)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 60
    while _running(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _running(worker)


def _running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_by_hand_from_the_command_line(tmp_path: Path) -> None:
    write_job(tmp_path, JOB, EXAMPLES, CANDIDATES)
    environment = {**os.environ, "PYTHONPATH": str(Path(milo.__file__).parent.parent)}
    command = [sys.executable, "-m", "milo.infra.trainer", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, check=True, env=environment)
    assert [json.loads(line)["phase"] for line in done.stdout.splitlines()][:2] == ["load", "fit"]
    result = read_result(tmp_path)
    assert result is not None
    assert result.predicted == 2
