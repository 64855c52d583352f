"""Readers on damaged files: cut, flipped or random bytes give bad rows, never an exception, an endless loop or silence."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milo.builtin.formats import _elements
from milo.kinds.format import BadRow, Row, Source
from milo.kinds.registry import Registry

ROWS: list[dict[str, Any]] = [{"id": i, "text": f'é 👩‍🚀 "{i}", {{x}}, [y]\n', "deep": {"a": [{"b": i}]}} for i in range(6)]


def _archive() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(4):
            archive.writestr(f"d/{i}.txt", f"text {i} " * 20)
    return sink.getvalue()


def _table() -> bytes:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    sink = io.BytesIO()
    pq.write_table(pa.table({"text": ["a", "b"] * 50}), sink)
    return sink.getvalue()


WHOLE: dict[str, bytes] = {
    "csv": ("id,text\n" + "".join(f'{i},"é, ""{i}""\nsecond line"\n' for i in range(6))).encode(),
    "jsonl": "".join(json.dumps(row) + "\n" for row in ROWS).encode(),
    "json": json.dumps({"n": 1, "rows": ROWS, "more": [1]}, ensure_ascii=False, indent=1).encode(),
    "text": "é one\n\ntwo\n".encode(),
    "zip": _archive(),
    "parquet": _table(),
}
_edits = st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=3), st.integers(0, 4)), max_size=4)


def _damaged(content: bytes, edits: list[tuple[int, bytes, int]]) -> bytes:
    for place, new, drop in edits:
        at = place % (len(content) + 1)
        content = content[:at] + new + content[at + drop :]
    return content


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_any_damage_is_survived(registry: Registry, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_elements, "_CHUNK", 50)
    path = tmp_path / "data"
    plugin = registry.formats.get(name)

    @settings(max_examples=150, deadline=5_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(_edits | st.binary(max_size=200))
    def survives(how: Any) -> None:
        path.write_bytes(how if isinstance(how, bytes) else _damaged(WHOLE[name], how))
        found = list(plugin.read(Source(path, name)))
        assert len(found) < 500
        assert all(isinstance(row, BadRow) or row.source == name for row in found)

    survives()


@pytest.mark.parametrize("at", range(len(WHOLE["jsonl"].splitlines()[0])))
def test_one_bad_byte_in_jsonl_costs_one_row_at_most(registry: Registry, at: int, tmp_path: Path) -> None:
    content = WHOLE["jsonl"][:at] + b"\xff" + WHOLE["jsonl"][at + 1 :]
    path = tmp_path / "data"
    path.write_bytes(content)
    found = list(registry.formats.get("jsonl").read(Source(path, "x")))
    assert [isinstance(row, BadRow) for row in found] == [True] + [False] * 5


def test_an_undamaged_file_is_read_whole(registry: Registry, tmp_path: Path) -> None:
    counts: dict[str, int] = {}
    for name, content in WHOLE.items():
        (tmp_path / name).write_bytes(content)
        found = list(registry.formats.get(name).read(Source(tmp_path / name, name)))
        assert all(isinstance(row, Row) for row in found)
        counts[name] = len(found)
    assert counts == {"csv": 6, "jsonl": 6, "json": 6, "text": 2, "zip": 4, "parquet": 100}
