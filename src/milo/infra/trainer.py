"""The child process that fits and predicts: `python -m milo.infra.trainer FOLDER`, or `--serve` for many folders.

It reads the folder that `milo.infra.training_job` describes and writes `model.bin`, `predictions.jsonl`,
`check_predictions.jsonl` and last `result.json`, each under a temporary name first. Progress goes to standard output as
JSON lines; whatever the predictors print goes to standard error. It imports nothing that knows the database and runs at
low priority on one core. With `--serve` it takes folders from standard input, one a line, and ends when that closes (so it
never outlives its parent) or after a time without work.
"""

from __future__ import annotations

import argparse
import math
import os
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import msgspec

from milo.domain.annotation import Prediction
from milo.domain.errors import MiloError
from milo.infra import training_job as t
from milo.kinds.predictor import Candidate, Example, Predictor

T = TypeVar("T")
Tell = Callable[[dict[str, Any]], None]
_EVERY = 0.2
"""Seconds between two reports of progress."""


def main(argv: list[str] | None = None) -> int:
    """Run one folder, or serve. The exit status is 0 if the job went well."""
    parser = argparse.ArgumentParser(prog="milo.infra.trainer", description="Fits a predictor and lets it predict.")
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--serve", action="store_true", help="take folders from standard input, one a line")
    parser.add_argument("--idle", type=float, default=120.0, help="seconds without work after which to end")
    parser.add_argument("--memory", type=int, default=0, help="limit of the address space in MB, 0 for none")
    args = parser.parse_args(argv)
    if not args.serve and args.folder is None:
        parser.error("name a folder, or use --serve")
    be_modest(args.memory)
    tell = _private_stdout()
    if args.serve:
        serve(tell, args.idle)
        return 0
    return 0 if run_folder(args.folder, tell).error is None else 1


def be_modest(memory_mb: int) -> None:
    """Low priority, one core, bounded memory; must come before the numerical libraries are loaded."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    if hasattr(os, "nice"):
        os.nice(10)
    if memory_mb > 0 and sys.platform != "win32":
        import resource

        limit = memory_mb * 2**20
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (limit if hard < 0 else min(limit, hard), hard))


def serve(tell: Tell, idle: float) -> None:
    """Run the folders named on standard input until it closes or nothing came for `idle` seconds."""
    folders: queue.SimpleQueue[str] = queue.SimpleQueue()

    def listen() -> None:
        for line in sys.stdin:
            folders.put(line.rstrip("\n"))
        os._exit(0)

    threading.Thread(target=listen, daemon=True, name="listen").start()
    while True:
        try:
            folder = folders.get(timeout=idle)
        except queue.Empty:
            return
        tell({"started": folder})
        run_folder(Path(folder), tell)
        tell({"finished": folder})


def run_folder(folder: Path, tell: Tell) -> t.TrainingResult:
    """Do the job in a folder and leave `result.json` there, whatever happens."""
    start = time.monotonic()
    try:
        result = _work(folder, tell)
    except MiloError as error:
        result = t.TrainingResult(error=error.message)
    except MemoryError:
        traceback.print_exc()
        result = t.TrainingResult(error="There was not enough memory. Use fewer examples, or allow more memory.")
    except Exception as error:  # noqa: BLE001 - the edge to the plug-in's own code
        traceback.print_exc()
        result = t.TrainingResult(error=_said(error))
    result = msgspec.structs.replace(result, seconds=time.monotonic() - start)
    _replace(folder / t.RESULT, lambda file: file.write(msgspec.json.encode(result)))
    return result


def _work(folder: Path, tell: Tell) -> t.TrainingResult:
    tell({"phase": "load", "done": 0, "total": None})
    job = t.read_job(folder)
    predictor = _find(job)
    (folder / t.MODEL).unlink(missing_ok=True)
    check = _Rows(folder / t.CHECK, Candidate)
    examples = _Rows(folder / t.EXAMPLES, Example)
    info: dict[str, Any] = {}
    n, model = 0, None
    if job.model_in is not None:
        model = (folder / job.model_in).read_bytes()
    elif predictor.learns:
        blind = {row.item_id for row in check}
        learned = [e for e in examples if e.item_id not in blind]
        tell({"phase": "fit", "done": 0, "total": len(learned)})
        fitted = predictor.fit(job.question, job.fields, job.config, learned)
        model, info, n = fitted.model, fitted.info, int(fitted.info.get("n", len(learned)))
        if model is not None:
            kept = model
            _replace(folder / t.MODEL, lambda file: file.write(kept))
    writing = _Writing(predictor, job, model, tell)
    candidates = _Rows(folder / t.CANDIDATES, Candidate)
    ready = model is not None or not predictor.learns
    predicted = writing.run(candidates if ready else (), folder / t.PREDICTIONS, "predict", job.total)
    checked = writing.run(check if ready else (), folder / t.CHECK_PREDICTIONS, "check", None)
    bad = examples.bad + candidates.bad + check.bad + writing.bad
    return t.TrainingResult(info, n, n > 0 and model is not None, predicted, checked, bad)


class _Rows:
    """The rows of a JSON-lines file, streamed; lines that cannot be read are counted in `bad` and left out."""

    def __init__(self, path: Path, kind: type[Any]) -> None:
        self.path, self.bad = path, 0
        self._decoder = msgspec.json.Decoder(kind)

    def __iter__(self) -> Iterator[Any]:
        self.bad = 0
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for line in file:
                try:
                    yield self._decoder.decode(line)
                except msgspec.DecodeError:
                    self.bad += 1


class _Writing:
    """Lets a predictor answer items and writes what makes sense of it; `bad` counts the rest."""

    def __init__(self, predictor: Predictor, job: t.TrainingJob, model: bytes | None, tell: Tell) -> None:
        self.predictor, self.job, self.model, self.tell = predictor, job, model, tell
        self.bad = 0

    def run(self, items: Any, path: Path, phase: str, total: int | None) -> int:
        """Write the predictions for `items` to `path`; how many were written."""
        encoder = msgspec.json.Encoder()
        written = 0

        def write(file: BinaryIO) -> None:
            nonlocal written
            stream = _counted(items, lambda done: self.tell({"phase": phase, "done": done, "total": total}))
            job = self.job
            for said in self.predictor.predict(job.question, job.fields, job.config, self.model, stream):
                line = self._line(said, encoder)
                if line:
                    file.write(line)
                    written += 1

        _replace(path, write)
        return written

    def _line(self, said: Prediction, encoder: msgspec.json.Encoder) -> bytes | None:
        score = said.score
        if said.question != self.job.question.name or (score is not None and not math.isfinite(score)):
            self.bad += 1
            return None
        if score is not None:
            said = msgspec.structs.replace(said, score=min(1.0, max(0.0, float(score))))
        return encoder.encode(said) + b"\n"


def _counted(items: Any, report: Callable[[int], None]) -> Iterator[Any]:
    """The items as they are, reporting how many were taken, at most every `_EVERY` seconds and at the end."""
    due, done = time.monotonic() + _EVERY, 0
    for done, item in enumerate(chain(items), 1):
        yield item
        if done % 32 == 0 and time.monotonic() >= due:
            report(done)
            due = time.monotonic() + _EVERY
    report(done)


def _find(job: t.TrainingJob) -> Predictor:
    from milo.kinds.registry import Registry

    registry = Registry()
    for package in job.packages:
        registry.load_package(package, ("predictors",))
    registry.load_entry_points(("predictors",))
    if job.plugins_folder:
        registry.load_folder(Path(job.plugins_folder))
    return registry.predictors.get(job.predictor)


def _replace(path: Path, write: Callable[[BinaryIO], Any]) -> None:
    """Write a file under a temporary name, then give it its own: it is there whole or not at all."""
    draft = path.with_name(path.name + ".tmp")
    with draft.open("wb") as file:
        write(file)
    draft.replace(path)


def _said(error: Exception) -> str:
    """The error and where it happened, in one line."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"The predictor failed: {type(error).__name__}: {str(error)[:500]}{where}."


def _private_stdout() -> Tell:
    """Keep standard output for our own lines: what anyone else prints goes to standard error."""
    sys.stdout.flush()
    own = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)

    def tell(message: dict[str, Any]) -> None:
        own.write(msgspec.json.encode(message) + b"\n")

    return tell


if __name__ == "__main__":
    sys.exit(main())
