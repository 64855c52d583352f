"""`milo connection`: add, test, list, change, ledger, remove; a key comes from a pipe or a variable, never from the line itself."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from milo.cli.main import app

KEY = "sk-from-a-pipe-123456"


@pytest.fixture
def milo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    where = tmp_path / "ws"

    def run(*words: str, stdin: str = "") -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        capsys.readouterr()
        app([*words, "-w", str(where)], exit_on_error=False, result_action="return_value")
        return capsys.readouterr().out

    run("user", "add", "owner", "--password-stdin", stdin="correct horse battery\n")
    return run


def test_a_connection_from_the_command_line(milo: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"rules": [{"answer": "ready when you are"}]}))
    out = milo("connection", "add", "talk", "scripted", "--config", str(script), "--key-stdin", "--input-price", "3", stdin=KEY)
    assert 'Connected "talk"' in out
    assert "reachable" in out
    assert KEY not in out
    monkeypatch.setenv("SOME_KEY", KEY)
    changed = json.loads(milo("connection", "change", "talk", "--key-from", "SOME_KEY", "--output-price", "6", "--json"))
    assert (changed["has_key"], changed["prices"]) == (True, {"input": 3.0, "output": 6.0})
    assert json.loads(milo("connection", "test", "talk", "--json"))["ok"]
    listed = milo("connection", "list")
    assert "talk" in listed
    assert "streaming" in listed
    (total,) = json.loads(milo("connection", "ledger", "--by", "purpose", "--json"))
    assert total["key"] == "probe"
    assert "talk" in milo("connection", "ledger")
    milo("connection", "remove", "talk")
    assert json.loads(milo("connection", "list", "--json")) == []
