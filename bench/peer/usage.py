"""What a process and its children use: CPU seconds to the nanosecond and resident memory, read from the kernel (Linux).

CPU seconds are the figure to compare on a shared machine: they do not grow when others are busy, as wall time does.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()


def family(pid: int) -> list[int]:
    """The process and all its descendants that are alive."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                children.setdefault(int(_stat(int(entry))[1]), []).append(int(entry))
            except OSError:
                continue
    found, queue = [], [pid]
    while queue:
        one = queue.pop()
        found.append(one)
        queue += children.get(one, [])
    return found


def cpu_of(pid: int) -> float:
    """CPU seconds of one process, dead threads and reaped children included."""
    try:
        fields = _stat(pid)
        return time.clock_gettime((~pid << 3) | 2) + (int(fields[13]) + int(fields[14])) / TICKS
    except OSError:
        return 0.0


def cpu(pid: int) -> float:
    """CPU seconds of the family."""
    return sum(cpu_of(one) for one in family(pid))


def memory(pid: int) -> float:
    """Resident memory of the family in MB (10**6 bytes); pages that they share count once for each."""
    pages = 0
    for one in family(pid):
        try:
            pages += int(Path(f"/proc/{one}/statm").read_text().split()[1])
        except OSError:
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _busy() -> float:
    fields = [int(x) for x in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS


class Phase:
    """Measures a stretch of work: wall and CPU seconds of the server, its peak memory, and how many cores others kept busy."""

    def __init__(self, pid: int) -> None:
        self._pid, self._running = pid, True
        self.wall = self.server = self.peak = self.others = 0.0

    def __enter__(self) -> Phase:
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._before = (time.perf_counter(), cpu(self._pid), time.process_time(), _busy())
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        wall, server, mine, busy = self._before
        self.wall = time.perf_counter() - wall
        self.server = cpu(self._pid) - server
        foreign = _busy() - busy - self.server - (time.process_time() - mine)
        self.others = max(0.0, foreign / self.wall)
        self._running = False
        self._thread.join()

    def _sample(self) -> None:
        while self._running:
            self.peak = max(self.peak, memory(self._pid))
            time.sleep(0.1)

    def row(self, n: int) -> dict[str, Any]:
        """The figures for `n` pieces of work."""
        return {
            "n": n,
            "wall_s": round(self.wall, 3),
            "cpu_s": round(self.server, 3),
            "cpu_ms_each": round(self.server / max(n, 1) * 1000, 3),
            "per_cpu_s": round(n / max(self.server, 1e-6), 1),
            "peak_mb": round(self.peak, 1),
            "others_cores": round(self.others, 2),
        }
