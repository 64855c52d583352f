"""The server's side of image decoding: a child process that is started when needed and killed when it takes too long."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import msgspec

_SECONDS = 30.0
_IDLE = 60.0


class ImageWorker:
    """One child at a time; callers wait for their turn."""

    def __init__(self, seconds: float = _SECONDS, module: str = "milo.infra.images", idle: float = _IDLE) -> None:
        self._seconds = seconds
        self._module, self._idle_seconds = module, idle
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._idle: threading.Timer | None = None

    def ask(self, do: str, path: Path, **more: Any) -> dict[str, Any]:
        """What the child says; {"error"} if it died over the file or took too long."""
        with self._lock:
            self._rest()
            child = self._running()
            late = threading.Timer(self._seconds, child.kill)
            late.daemon = True
            late.start()
            try:
                reply = self._exchange(child, {"do": do, "path": str(path), **more})
            finally:
                late.cancel()
            if reply is None:
                self._stop()
                return {"error": f"decoding it failed or took longer than {self._seconds:.0f} s"}
            self._idle = threading.Timer(self._idle_seconds, self.close)
            self._idle.daemon = True
            self._idle.start()
            return reply

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._rest()
            self._stop()

    def _rest(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._stop()
            environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
            self._child = subprocess.Popen(
                [sys.executable, "-m", self._module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
        return self._child

    def _exchange(self, child: subprocess.Popen[bytes], request: dict[str, Any]) -> dict[str, Any] | None:
        if child.stdin is None or child.stdout is None:
            return None
        try:
            child.stdin.write(msgspec.json.encode(request) + b"\n")
            child.stdin.flush()
            line = child.stdout.readline()
        except OSError:
            return None
        return msgspec.json.decode(line) if line.endswith(b"\n") else None

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue
