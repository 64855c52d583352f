"""One process per workspace, and settings that name their mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from milo.domain.errors import Conflict, InvalidConfig
from milo.infra.lock import WorkspaceLock, is_held, read_note
from milo.settings import Settings, from_environment


def test_the_lock_is_held_by_one_and_free_after(tmp_path: Path) -> None:
    assert not is_held(tmp_path)
    lock = WorkspaceLock(tmp_path)
    lock.acquire()
    lock.announce("http://127.0.0.1:1234", "secret")
    assert is_held(tmp_path)
    with pytest.raises(Conflict, match=r"http://127\.0\.0\.1:1234"):
        WorkspaceLock(tmp_path).acquire()
    note = read_note(tmp_path)
    assert note is not None
    assert note.token == "secret"
    assert (tmp_path / "server.json").stat().st_mode & 0o077 == 0
    lock.release()
    assert not is_held(tmp_path)
    assert read_note(tmp_path) is None


def test_a_damaged_note_is_no_note(tmp_path: Path) -> None:
    (tmp_path / "server.json").write_text("{")
    assert read_note(tmp_path) is None


def test_settings_come_from_the_environment() -> None:
    found = from_environment(
        {
            "MILO_WORKSPACE": "/data",
            "MILO_PORT": "9000",
            "MILO_ALLOWED_HOSTS": "a.example, b.example",
            "MILO_SECURE_COOKIES": "yes",
        }
    )
    assert found == Settings(workspace=Path("/data"), port=9000, allowed_hosts=("a.example", "b.example"), secure_cookies=True)
    assert from_environment({}) == Settings()
    assert from_environment({}).trust_code is False


def test_a_setting_that_is_no_number_is_named() -> None:
    with pytest.raises(InvalidConfig, match="MILO_PORT") as caught:
        from_environment({"MILO_PORT": "http"})
    assert caught.value.place == "MILO_PORT"
