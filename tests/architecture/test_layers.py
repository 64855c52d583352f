"""The house keeps its layers: who imports whom, who reads the environment, and what a plain import costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "milo"
MODULES = sorted(SOURCE.rglob("*.py"))
LONGEST = 400


def test_the_import_contracts_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    if not Path(command[0]).exists():
        pytest.skip("import-linter is not installed; make check runs it")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]


def loaded_by(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint(*sorted({{m.split('.')[0] for m in sys.modules}} | set(sys.modules)))"
    return set(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split())


def test_the_client_ships_without_the_server() -> None:
    loaded = loaded_by("from milo import Client")
    assert not loaded & {
        "starlette",
        "uvicorn",
        "sqlalchemy",
        "numpy",
        "yaml",
        "milo.api",
        "milo.bootstrap",
        "milo.infra",
        "milo.flow",
    }


def test_a_plain_import_loads_next_to_nothing() -> None:
    assert not loaded_by("import milo") & {"msgspec", "httpx2", "numpy", "starlette"}


def test_finding_plugins_loads_no_numerics_but_numpy() -> None:
    loaded = loaded_by("from milo.kinds.registry import Registry\nRegistry().load_package('milo.builtin')")
    assert not loaded & {"sklearn", "scipy", "PIL", "pyarrow", "onnxruntime", "tokenizers"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_every_module_says_what_it_is_and_fits_a_head(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "a module docstring is missing"
    assert text.count("\n") <= LONGEST


def test_settings_is_the_only_reader_of_the_environment() -> None:
    allowed = {"settings.py", "cli/dev.py", "ui_build.py", "infra/training.py", "infra/trainer.py", "infra/image_worker.py"}
    """All but the first hand the environment on to processes that they start, or set what numerics read."""
    readers = {str(p.relative_to(SOURCE)) for p in MODULES if "os.environ" in (text := p.read_text()) or "getenv" in text}
    assert readers - allowed == set()


def test_sql_lives_in_its_folder() -> None:
    words = ("SELECT ", "INSERT INTO ", "DELETE FROM ", "UPDATE ")
    allowed = {"infra/backup.py"}
    found: set[str] = set()
    for path in MODULES:
        name = path.relative_to(SOURCE).as_posix()
        if name.startswith("infra/sql/") or name in allowed:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(words):
                found.add(name)
    assert found == set()


def test_a_measuring_page_never_takes_the_name_of_a_folder_of_tests() -> None:
    """Tests that borrow from bench/ put it on the path, where a module hides a folder of tests with its name."""
    folders = {p.name for p in (ROOT / "tests").iterdir()}
    assert not [str(p.relative_to(ROOT)) for p in (ROOT / "bench").rglob("*.py") if p.stem in folders]
