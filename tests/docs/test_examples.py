"""Every example of the documents runs: Python against a server on an empty workspace, YAML as project files."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

from milo.api.server import PrivateServer
from milo.cli.main import app
from milo.flow.project_file import read_project
from milo.flow.projects import complete, predictors_of
from milo.kinds.registry import Registry
from milo.sdk import Client
from milo.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TICKETS = "id,text,channel\n1,I was charged twice for March.,mail\n2,Where is my parcel?,chat\n3,I cannot log in.,mail\n"


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def with_blocks(language):
    found = [page for page in PAGES if blocks(page, language)]
    return pytest.mark.parametrize("page", found, ids=[p.relative_to(ROOT).as_posix() for p in found])


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = PrivateServer(Settings(workspace=tmp_path_factory.mktemp("docs") / "workspace"))
    with Client(server.url) as visitor:
        visitor.set_up("owner", "correct horse battery")
    yield server
    server.close()


@with_blocks("python")
def test_python_examples_run(page, server, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tickets.csv").write_text(TICKETS, encoding="utf-8")
    names = {"__name__": "example"}
    for block in blocks(page, "python"):
        code = block.replace("http://127.0.0.1:8000", server.url).replace("milo_...", server.token)
        exec(compile(code, page.name, "exec"), names)
    client = names.get("client")
    if isinstance(client, Client):
        client.close()


@with_blocks("yaml")
def test_yaml_examples_are_valid(page):
    registry = Registry()
    registry.load_package("milo.builtin")
    base = read_project(next(t for t in blocks(ROOT / "docs/how-to/project-as-code.md", "yaml") if t.startswith("name:")))
    for text in blocks(page, "yaml"):
        given = yaml.safe_load(text)
        if "name" not in given:
            labels = ["billing", "delivery", "other"]
            question = {"name": "topic", "type": "choice", "config": {"labels": labels}}
            given = {"name": "part", "fields": [{"name": "text"}], "questions": [question], **given}
        spec = complete(read_project(yaml.safe_dump(given)), registry)
        seen = any(field.kind not in ("audio", "video", "document") for field in spec.fields)
        learnable = seen and any(q.shape in ("label", "labels", "number") for q in spec.questions)
        assert predictors_of(spec, registry) or not learnable
    assert base.name


def command_lines():
    for page in PAGES:
        for line in re.findall(r"^(?:[A-Z_]+=\S+ )*(milo [a-z].*)$", page.read_text(encoding="utf-8"), re.MULTILINE):
            yield page.relative_to(ROOT).as_posix(), line


@pytest.mark.parametrize(("page", "line"), list(command_lines()))
def test_command_lines_are_understood(page, line):
    tokens = shlex.split(line)[1:]
    app.parse_args(tokens, exit_on_error=False, print_error=False)
