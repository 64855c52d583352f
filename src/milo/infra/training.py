"""Training as the server sees it: one warm child process, started when needed, killed on stop, replaced after a crash.

The worker stays for two minutes after its last job, because loading the numerical libraries costs more than a small
training; it dies with the parent, and a crash of it is an error of one job only.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from typing import IO, Any

import msgspec

import milo
from milo.infra.training_job import (
    JOB,
    RESULT,
    OnProgress,
    Progress,
    ShouldStop,
    TrainingJob,
    TrainingResult,
    read_model,
    read_predictions,
    read_result,
    write_job,
    write_rows,
)

__all__ = [
    "Progress", "TrainerPool", "TrainingJob", "TrainingResult", "read_model", "read_predictions", "read_result",
    "run_training", "write_job", "write_rows",
]  # fmt: skip

_POLL = 0.1


class TrainerPool:
    """Runs jobs one after another in one warm worker. Safe to use from several threads.

    `idle_seconds`: how long an unused worker stays; `memory_mb`: its limit of address space, 0 for none.
    """

    def __init__(self, idle_seconds: float = 120.0, memory_mb: int = 8192) -> None:
        self._idle, self._memory = idle_seconds, memory_mb
        self._turn = threading.Lock()
        self._worker: _Worker | None = None

    def run(
        self, workdir: Path, on_progress: OnProgress | None = None, should_stop: ShouldStop | None = None
    ) -> TrainingResult:
        """Do the job in `workdir` (see `write_job`) and return its result, errors included. Blocks.

        `on_progress` is called in this thread; `should_stop` is asked about ten times a second, and a job
        that is told to stop is killed at once.
        """
        tell, stop = on_progress or _ignore, should_stop or _never
        while not self._turn.acquire(timeout=_POLL):
            if stop():
                return TrainingResult(stopped=True)
        try:
            (workdir / RESULT).unlink(missing_ok=True)
            return self._run(workdir, tell, stop) or self._run(workdir, tell, stop) or _NEVER_BEGAN
        finally:
            self._turn.release()

    def close(self) -> None:
        """End the worker; the pool can be used again, with a new one."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()

    def __enter__(self) -> TrainerPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process id of the worker, if one is alive."""
        return self._worker.process.pid if self._worker and self._worker.alive else None

    def _run(self, workdir: Path, tell: OnProgress, stop: ShouldStop) -> TrainingResult | None:
        """None if the worker ended before it took up the job (it was idle too long): another one can try."""
        if self._worker is None or not self._worker.alive:
            self.close()
            self._worker = _Worker(self._idle, self._memory)
        worker = self._worker
        outcome = worker.run(workdir, tell, stop)
        if not worker.alive or outcome == "stopped":
            self.close()
        if outcome == "stopped":
            return TrainingResult(stopped=True)
        if outcome == "never began":
            return None
        return read_result(workdir) or TrainingResult(error=worker.epitaph())


def _ignore(progress: Progress) -> None:
    """Nobody wants to know."""


def _never() -> bool:
    return False


_NEVER_BEGAN = TrainingResult(error="The training process could not be started. Look at the server's log for the reason.")


def run_training(
    job: TrainingJob,
    workdir: Path,
    *,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
    pool: TrainerPool | None = None,
) -> TrainingResult:
    """Run a job over the examples and candidates in `workdir`, in the pool's worker or in one of its own."""
    (workdir / JOB).write_bytes(msgspec.json.encode(job))
    if pool is not None:
        return pool.run(workdir, on_progress, should_stop)
    with TrainerPool() as own:
        return own.run(workdir, on_progress, should_stop)


class _Worker:
    """One child process and the threads that read from it."""

    def __init__(self, idle: float, memory: int) -> None:
        command = [sys.executable, "-m", "milo.infra.trainer", "--serve", f"--idle={idle}", f"--memory={memory}"]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=_environment())
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._last_words: deque[str] = deque(maxlen=5)
        self._threads = [
            threading.Thread(target=self._listen, args=(self.process.stdout,), daemon=True),
            threading.Thread(target=self._note, args=(self.process.stderr,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process.poll() is None

    def run(self, workdir: Path, tell: OnProgress, stop: ShouldStop) -> str:
        """Hand over a folder and wait: "finished", "crashed", "never began" or "stopped"."""
        begun = False
        if not self._send(str(workdir.resolve())):
            return "never began"
        while True:
            if stop():
                return "stopped"
            try:
                line = self._lines.get(timeout=_POLL)
            except queue.Empty:
                continue
            if line is None:
                return "crashed" if begun else "never began"
            message: dict[str, Any] = msgspec.json.decode(line)
            begun = begun or "started" in message
            if "finished" in message:
                return "finished"
            if "phase" in message:
                tell(msgspec.convert(message, Progress))

    def kill(self) -> None:
        """End the process now and collect what is left of it."""
        if self.alive:
            self.process.kill()
        self.process.wait()
        for thread in self._threads:
            thread.join(timeout=5)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def epitaph(self) -> str:
        """Why it died, in a sentence."""
        code = self.process.wait(timeout=5) if self.process.stdout is None or not self.alive else 0
        words = " ".join(self._last_words).strip()
        said = f" It last said: {words[-400:]}" if words else ""
        if code == -signal.SIGKILL:
            return f"The training process was killed, most likely because memory ran out.{said}"
        if code < 0:
            return f"The training process crashed with the signal {signal.Signals(-code).name}.{said}"
        return f"The training process ended with status {code} and left no result.{said}"

    def _send(self, line: str) -> bool:
        try:
            assert self.process.stdin is not None
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            return False
        return True

    def _listen(self, stream: IO[bytes]) -> None:
        for line in stream:
            self._lines.put(line)
        self.process.wait()
        self._lines.put(None)

    def _note(self, stream: IO[bytes]) -> None:
        for line in stream:
            self._last_words.append(line.decode("utf-8", "replace").strip())


def _environment() -> dict[str, str]:
    """The parent's environment, one thread for the numerical libraries, and this very Milo on the path."""
    home = str(Path(milo.__file__).resolve().parent.parent)
    path = os.pathsep.join(p for p in (home, os.environ.get("PYTHONPATH", "")) if p)
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**os.environ, **threads, "PYTHONPATH": path}
