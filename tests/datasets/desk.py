"""Takes data sets in and out again, as a person would: into a new project with the questions that the data set answers."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from data_bench import SHARED, Bench
from milo.kinds.format import BadRow, Row
from milo.kinds.registry import Registry
from milo.testing.builders import make_source
from milo.testing.contracts import check_reader

TYPES = {
    "boxes": "boxes", "polygons": "polygons", "masks": "masks", "keypoints": "keypoints", "polylines": "lines", "labels": "choices",
    "text": "text", "tracks": "tracks",
}  # fmt: skip


def real(path: str) -> Path:
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"{found} is not on this machine")
    return found


def picture(width: int, height: int, format: str = "PNG", colour: Any = (30, 60, 90)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, format)
    return out.getvalue()


def lay(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


class Desk:
    """One test's tools."""

    def __init__(self, registry: Registry, bench: Bench, folder: Path) -> None:
        self.registry, self.bench, self.folder = registry, bench, folder

    def read(self, name: str, path: Path, **options: Any) -> tuple[list[Row], list[str]]:
        """Rows and reasons, held to the promises of readers."""
        found = check_reader(self.registry.formats.get(name), make_source(path, extract_to=str(self.folder / "out"), **options))
        return [r for r in found if isinstance(r, Row)], [r.reason for r in found if isinstance(r, BadRow)]

    def project_for(self, name: str, path: Path, only: tuple[str, ...] = (), **options: Any) -> int:
        """A project that asks what the data set answers, each question named like its column."""
        source = make_source(path, extract_to=str(self.folder / "look"), **options)
        answers = self.registry.formats.get(name).answers(source)  # type: ignore[attr-defined]
        questions = [
            {"name": a.column, "type": TYPES[a.shape], "config": a.config, "required": False}
            for a in answers
            if not a.column.startswith("predicted_") and (not only or a.column in only)
        ]
        return self.bench.project(*questions, fields=({"name": "image", "kind": "image"},))

    def bring(self, path: Path, **body: Any) -> dict[str, Any]:
        """Import a folder or an archive on the disk."""
        done = self.bench.bring(path=str(path), copy=True, **body)
        assert done["state"] == "done", done
        return done

    def values(self) -> dict[str, dict[str, Any]]:
        """What the project holds: picture -> question -> value, without ids and numbers that only order things."""
        lines = self.bench.export("jsonl").decode().splitlines()
        return {Path(r["data"]["image"]["name"]).name: r["labels"] for r in map(json.loads, lines)}

    def out(self, name: str, **query: Any) -> Path:
        """Export to a file."""
        path = self.folder / f"{name}{len(list(self.folder.iterdir()))}.zip"
        path.write_bytes(self.bench.export(name, **query))
        return path

    def lost(self, name: str, **query: Any) -> list[str]:
        """What such an export cannot carry."""
        return self.bench.call("GET", "/export/report", params={"format": name, **query})["lost"]


def plain(values: dict[str, dict[str, Any]], digits: int = 3) -> Any:
    """Values to be compared: numbers rounded, things in order, without ids and groups."""

    def rounded(value: Any) -> Any:
        if isinstance(value, float | int) and not isinstance(value, bool):
            return round(float(value), digits) + 0.0
        if isinstance(value, list):
            return [rounded(v) for v in value]
        if isinstance(value, dict):
            return {k: rounded(v) for k, v in value.items() if k not in ("id", "group")}
        return value

    return {
        name: {
            q: sorted(json.dumps(one, sort_keys=True) for one in rounded(v)) if isinstance(v, list) else v
            for q, v in labels.items()
        }
        for name, labels in values.items()
    }
