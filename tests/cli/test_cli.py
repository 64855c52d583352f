"""The command line on a real workspace folder, alone and beside a running server."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from milo.infra.lock import read_note

COMMANDS = ("demo", "serve", "import", "export", "project", "user", "model", "train", "suggest", "annotate", "status", "backup")


def milo(workspace: Path, *arguments: str, given: str = "", fails: bool = False) -> str:
    environment = {**os.environ, "MILO_WORKSPACE": str(workspace), "COLUMNS": "200", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "milo.cli.main", *arguments],
        input=given, capture_output=True, text=True, env=environment, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode != 0) == fails, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stderr if fails else done.stdout


def as_json(text: str) -> Any:
    return json.loads(text)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "ws"
    assert "owner" in milo(folder, "user", "add", "ann", "--password-stdin", given="correct horse\n")
    milo(folder, "project", "create", "Tickets", "--recipe", "text_classification")
    return folder


def test_help_is_quick_and_loads_no_web_framework_or_numerics() -> None:
    code = (
        "import sys; from milo.cli.main import app; app('--help', exit_on_error=False, result_action='return_value');"
        "heavy = {'starlette', 'uvicorn', 'sqlalchemy', 'alembic', 'numpy', 'sklearn', 'PIL', 'httpx2'} & set(sys.modules);"
        "print('HEAVY', sorted(heavy))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "HEAVY []" in out
    assert all(name in out for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, tmp_path: Path) -> None:
    out = milo(tmp_path, command, "--help")
    assert "Usage: milo " + command in out
    assert "[required]" not in out or "─" in out


def test_import_and_export(workspace: Path, tmp_path: Path) -> None:
    source = tmp_path / "rows.csv"
    source.write_text("id,text,lang\n" + "".join(f"{n},message {n},en\n" for n in range(50)) + "51\n")
    first = as_json(milo(workspace, "import", str(source), "-p", "Tickets", "--json"))
    assert (first["added"], first["bad"]) == (50, 1)
    again = milo(workspace, "import", str(source), "-p", "1")
    assert again.startswith("0 added, 50 there already")
    assert "rows.csv, line 52" in again
    target = tmp_path / "out.jsonl"
    milo(workspace, "export", "Tickets", str(target))
    rows = [json.loads(line) for line in target.read_text().splitlines()]
    assert {row["data"]["text"] for row in rows} == {f"message {n}" for n in range(50)}
    lines = milo(workspace, "export", "Tickets", "-").splitlines()
    assert len(lines) == 50


def test_project_as_code(workspace: Path, tmp_path: Path) -> None:
    file = tmp_path / "project.yaml"
    milo(workspace, "project", "file", "Tickets", str(file))
    made = as_json(milo(workspace, "project", "create", "Copy", "--file", str(file), "--json"))
    original = as_json(milo(workspace, "project", "show", "Tickets", "--json"))
    assert made["spec"]["questions"] == original["project"]["spec"]["questions"]
    milo(workspace, "project", "delete", "Copy", "--yes")
    assert [p["spec"]["name"] for p in as_json(milo(workspace, "project", "list", "--json"))] == ["Tickets"]


def test_people(workspace: Path) -> None:
    milo(workspace, "user", "add", "bo", "--role", "annotator", "--password-stdin", given="correct horse\n")
    milo(workspace, "user", "member", "Tickets", "bo", "reviewer")
    changed = as_json(milo(workspace, "user", "change", "bo", "--name", "Bo", "--no-active", "--json"))
    assert (changed["name"], changed["active"]) == ("Bo", False)
    assert "milo_" in milo(workspace, "user", "token", "laptop")


def test_models(workspace: Path) -> None:
    found = as_json(milo(workspace, "model", "list", "Tickets", "--json"))
    assert found[0]["state"] == "waiting"
    assert "can suggest yet" in milo(workspace, "suggest", "Tickets", fails=True)


def test_rubrics(workspace: Path, tmp_path: Path) -> None:
    file = tmp_path / "care.yaml"
    file.write_text("""
name: care
criteria:
  - name: kind
    title: Kind
    levels:
      - {score: 1, description: It hurts.}
      - {score: 2, description: It does not hurt.}
    pass_mark: 2
""")
    assert "care, version 1" in milo(workspace, "rubric", "add", "Tickets", str(file))
    assert "care, version 1" in milo(workspace, "rubric", "add", "Tickets", str(file)), "nothing changed"
    file.write_text(file.read_text().replace("It hurts.", "It hurts somebody."))
    assert "care, version 2" in milo(workspace, "rubric", "add", "Tickets", str(file))
    saved = tmp_path / "saved.json"
    milo(workspace, "rubric", "save", "Tickets", "care", str(saved))
    assert as_json(saved.read_text())["criteria"][0]["name"] == "kind"
    file.write_text(file.read_text().replace("name: care", "name: open-care"))
    assert "for all projects" in milo(workspace, "rubric", "share", str(file))
    listed = {r["rubric"]["name"]: r for r in as_json(milo(workspace, "rubric", "list", "Tickets", "--json"))}
    assert listed["care"]["version"] == 2
    assert (listed["care"]["shared"], listed["open-care"]["shared"]) == (False, True)
    assert 'no rubric "none"' in milo(workspace, "rubric", "save", "Tickets", "none", str(saved), fails=True)
    assert as_json(milo(workspace, "judge", "changes", "Tickets", "--json"))[0]["n"] == 0


def test_python_rules_enter_by_the_command_line(workspace: Path, tmp_path: Path) -> None:
    made = as_json(
        milo(workspace, "model", "add", "Tickets", "rules", "topic", "--python", "string:capwords", "--name", "mine", "--json")
    )
    assert made["config"]["trusted"] is True
    milo(workspace, "model", "delete", "Tickets", "mine")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("import", "nowhere.csv", "-p", "Tickets"), "no file or folder"),
        (("export", "Nothing", "x.csv"), 'no project "Nothing"'),
        (("export", "Tickets", "x.csv", "--what", "all"), "resolved or everything"),
        (("project", "create", "x"), "--recipe NAME or --file PATH"),
        (("project", "create", "x", "--recipe", "nope"), 'no recipe "nope"'),
        (("user", "add", "zoe", "--password-stdin"), "8 to"),
        (("status", "--url", "http://127.0.0.1:9"), "Is the server running"),
    ],
)
def test_errors_say_what_to_do(workspace: Path, arguments: tuple[str, ...], words: str) -> None:
    assert words in milo(workspace, *arguments, fails=True)


def test_no_workspace_is_said_and_none_is_made(tmp_path: Path) -> None:
    assert "milo serve" in milo(tmp_path / "none", "status", fails=True)
    assert not (tmp_path / "none").exists()


def test_a_backup_is_a_whole_workspace(workspace: Path, tmp_path: Path) -> None:
    (workspace / "media" / "ab").mkdir(exist_ok=True)
    (workspace / "media" / "ab" / "file").write_bytes(b"picture")
    milo(workspace, "backup", str(tmp_path / "copy"))
    assert [p["spec"]["name"] for p in as_json(milo(tmp_path / "copy", "project", "list", "--json"))] == ["Tickets"]
    assert (tmp_path / "copy" / "media" / "ab" / "file").read_bytes() == b"picture"
    packed = as_json(milo(workspace, "backup", str(tmp_path / "copy.zip"), "--json"))
    assert packed["media_files"] == 1
    assert sorted(zipfile.ZipFile(tmp_path / "copy.zip").namelist()) == ["media/ab/file", "milo.db"]
    assert "exists already" in milo(workspace, "backup", str(tmp_path / "copy"), fails=True)


@pytest.fixture
def server(workspace: Path) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "milo.cli.main", "serve", "-w", str(workspace), "--port", "0", "--no-build-ui"],
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while (note := read_note(workspace)) is None or note.pid != process.pid:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.05)
    yield note.url
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 0


def test_beside_a_server_commands_go_through_it(workspace: Path, server: str, tmp_path: Path) -> None:
    assert f"a server runs at {server}" in milo(workspace, "status")
    assert oct((workspace / "server.json").stat().st_mode & 0o777) == "0o600"
    assert "already runs" in milo(workspace, "serve", "--port", "0", "--no-build-ui", fails=True)
    token = milo(workspace, "user", "token", "remote").strip()
    listed = milo(tmp_path / "elsewhere", "project", "list", "--url", server, "--token", token, "--json")
    assert as_json(listed)[0]["spec"]["name"] == "Tickets"
    milo(workspace, "backup", str(tmp_path / "live"))
    assert sqlite3.connect(tmp_path / "live" / "milo.db").execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_after_the_server_the_note_is_gone(workspace: Path) -> None:
    assert read_note(workspace) is None
