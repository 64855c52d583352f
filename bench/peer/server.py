"""Starts a product on a fresh folder and stops it; measures the first start."""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from peer.product import Product
from peer.usage import cpu, family, memory


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _end_with_parent() -> None:
    """In the child: be killed when the benchmark is, however it ends. Linux only; elsewhere nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Server:
    """A running product, in an empty folder or (not `fresh`) in one as it is. `first` holds what it took until the front page
    came: wall and CPU seconds, and memory."""

    def __init__(self, product: Product, data: Path, *, fresh: bool = True) -> None:
        if fresh:
            shutil.rmtree(data, ignore_errors=True)
        data.mkdir(parents=True, exist_ok=True)
        self.product, self.data, self.port = product, data, free_port()
        command, environment = product.command(data, self.port)
        self._log = (data.parent / f"{data.name}.log").open("wb")
        began = time.perf_counter()
        self._process = subprocess.Popen(
            command, env=environment, cwd=data, stdout=self._log, stderr=subprocess.STDOUT, start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - before this nothing has started a thread
        )  # fmt: skip
        self.pid = self._process.pid
        self._wait(600)
        self.first: dict[str, Any] = {"wall_s": round(time.perf_counter() - began, 2), "cpu_s": round(cpu(self.pid), 2)}
        time.sleep(1.5)
        self.first["memory_mb"] = round(memory(self.pid), 1)

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """End it and whatever it started."""
        members = family(self.pid)
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pid in members:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._log.close()

    def _wait(self, seconds: float) -> None:
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            if self._process.poll() is not None:
                raise RuntimeError(f"{self.product.name} ended at once; see {self._log.name}")
            try:
                link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
                link.request("GET", self.product.front_page)
                if link.getresponse().read() is not None:
                    return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"{self.product.name} did not answer within {seconds:.0f} s; see {self._log.name}")
