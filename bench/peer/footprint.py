"""How much an installed package brings along: `python footprint.py NAME` in the environment to be measured.

Counts the package and everything that it requires (without extras), as files on disk.
"""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(name: str, extras: frozenset[str] = frozenset()) -> dict[str, Distribution]:
    """The installed distributions that `name` needs, itself included."""
    from packaging.requirements import Requirement

    found: dict[str, Distribution] = {}
    queue = [(name, extras)]
    seen: set[tuple[str, frozenset[str]]] = set()
    while queue:
        one, wanted = queue.pop()
        if (one, wanted) in seen:
            continue
        seen.add((one, wanted))
        try:
            found[one] = distribution(one)
        except PackageNotFoundError:
            continue
        for line in found[one].requires or []:
            need = Requirement(line)
            if need.marker is None or any(need.marker.evaluate({"extra": e}) for e in wanted | {""}):
                queue.append((_plain(need.name), frozenset(need.extras)))
    return found


def size_of(one: Distribution) -> int:
    """Bytes on disk; of an editable install, the source folder."""
    files = [Path(str(one.locate_file(f))) for f in one.files or []]
    total = sum(p.stat().st_size for p in files if p.is_file() and "__pycache__" not in p.parts)
    if one.metadata["Name"] == "milo" and total < 1_000_000:
        import importlib.util

        spec = importlib.util.find_spec("milo")
        root = Path((spec.submodule_search_locations or [""])[0]) if spec else Path()
        total += sum(p.stat().st_size for p in root.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return total


if __name__ == "__main__":
    sys.path.pop(0)  # this folder: its modules have names of packages
    packages = closure(_plain(sys.argv[1]))
    print(json.dumps({"packages": len(packages), "mb": round(sum(map(size_of, packages.values())) / 1e6, 1)}))
