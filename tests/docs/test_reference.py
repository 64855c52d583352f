"""The reference pages are current, and everything that can be documented is."""

import importlib.util
import inspect
import re
import sys
from pathlib import Path

import pytest

from milo.api.app import ROUTES
from milo.api.endpoint import ENDPOINTS
from milo.cli.main import app
from milo.domain import errors
from milo.kinds.registry import KINDS, Registry

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"
SOURCE = ROOT / "src" / "milo"


@pytest.fixture(scope="module")
def generate():
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["docs_generate"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["commands.md", "settings.md", "routes.md", "kinds.md", "errors.md"])
def test_page_is_current(generate, name):
    text = (REFERENCE / name).read_text(encoding="utf-8")
    assert text == generate.page(name), "run: python docs/generate.py"


def test_every_command_and_option_is_explained():
    text = (REFERENCE / "commands.md").read_text(encoding="utf-8")
    missing = [name for name in app if not name.startswith("-") and f"## `milo {name}" not in text]
    assert not missing
    assert not re.findall(r"^\| `[^`]*` \|  ?\|$", text, re.MULTILINE), "an option without a word of help"


def test_every_setting_that_is_read_is_documented():
    text = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    read = set(re.findall(r"MILO_[A-Z_]+", (SOURCE / "settings.py").read_text(encoding="utf-8")))
    assert {name for name in read if f"`{name}`" not in text} == set()


def test_only_settings_reads_the_environment():
    names = {"MILO_SKIP_UI", "MILO_SERVER"}
    for path in SOURCE.rglob("*.py"):
        if path.name in ("settings.py", "ui_build.py") or path.parts[-2:] == ("cli", "dev.py"):
            continue
        used = set(re.findall(r"environ(?:\.get\(|\[)\"(MILO_[A-Z_]+)", path.read_text(encoding="utf-8")))
        assert used <= names, path


def test_every_route_is_documented_and_says_what_it_does():
    tags = {module.__name__.rpartition(".")[2] for module in ROUTES}
    assert {end.tag for end in ENDPOINTS} == tags
    text = (REFERENCE / "routes.md").read_text(encoding="utf-8")
    for end in ENDPOINTS:
        assert f"`{end.method} {end.path}`" in text
        assert inspect.getdoc(end.handler), end.path


def test_every_plugin_is_documented():
    registry = Registry()
    registry.load_package("milo.builtin")
    text = (REFERENCE / "kinds.md").read_text(encoding="utf-8")
    for kind in KINDS:
        for plugin in registry.shelf(kind).all():
            assert f"### `{plugin.name}`" in text


def test_every_kind_has_a_page_on_extending():
    pages = {path.stem for path in (ROOT / "docs" / "extend").glob("*.md")}
    assert pages == {"task-type", "format", "predictor", "sampler", "provider", "judge", "aggregator"}


def test_every_error_is_documented():
    text = (REFERENCE / "errors.md").read_text(encoding="utf-8")
    for name, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, errors.MiloError):
            assert f"`{name}`" in text
