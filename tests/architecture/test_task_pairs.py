"""A task type is one file and one folder of the same name, and nothing else knows it by name."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from milo.kinds.registry import Registry

ROOT = Path(__file__).parents[2]
SOURCE, WEB = ROOT / "src" / "milo", ROOT / "web" / "src"
SHARED = {
    "choice", "choices", "rating", "text", "spans", "boxes", "polygons", "lines", "keypoints", "masks", "response", "pairwise",
    "relations", "segments", "tracks", "fields",
}  # fmt: skip
"""Names that mean something else as well: a shape, a kind of field, a recipe, a judge, an everyday word."""


def _names() -> set[str]:
    registry = Registry()
    registry.load_package("milo.builtin", ("tasks",))
    return {plugin.name for plugin in registry.task_types.all()}


def test_every_task_type_has_its_widget_and_every_widget_its_task_type() -> None:
    folders = {path.parent.name for path in WEB.glob("tasks/*/index.tsx")}
    modules = {path.stem for path in (SOURCE / "builtin" / "tasks").glob("[!_]*.py")}
    assert folders == modules == _names()


def _texts(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


@pytest.mark.parametrize("name", sorted(_names() - SHARED))
def test_no_other_code_knows_a_task_type_by_name(name: str) -> None:
    own = {SOURCE / "builtin" / "tasks" / f"{name}.py"}
    known = {p for p in SOURCE.rglob("*.py") if name in _texts(p)} - own - set((SOURCE / "builtin" / "recipes").glob("*.py"))
    quoted = re.compile(f"[\"'`]{name}[\"'`]")
    web = {
        p
        for p in WEB.rglob("*.ts*")
        if ".test." not in p.name and p.parent.name != name and quoted.search(p.read_text("utf-8"))
    }
    web -= {WEB / "api" / "schema.d.ts"}
    assert known | web == set()
