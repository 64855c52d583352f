"""The web app is built when its sources changed, once at a time, and says clearly when it cannot be."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from milo import ui_build

LOG = "calls.log"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose npm writes down what it was asked for and makes one page."""
    web = tmp_path / "web"
    (web / "src").mkdir(parents=True)
    (web / "src" / "main.ts").write_text("let a = 1;")
    (web / "src" / "main.test.ts").write_text("test")
    (web / "package.json").write_text("{}")
    (web / "package-lock.json").write_text("{}")
    tools = tmp_path / "tools"
    tools.mkdir()
    npm = tools / "npm"
    out = tmp_path / "src" / "milo" / "_ui"
    npm.write_text(
        f'#!/bin/sh\necho "$1" >> {tmp_path / LOG}\n[ "$1" = ci ] && mkdir -p node_modules\n'
        f'if [ "$1" = run ]; then mkdir -p {out}/assets; echo page > {out}/index.html; '
        f"head -c 3000 /dev/zero > {out}/assets/a.js; fi\nexit 0\n"
    )
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return tmp_path


def calls(checkout: Path) -> list[str]:
    return (checkout / LOG).read_text().split() if (checkout / LOG).exists() else []


def quiet(text: str) -> None:
    pass


def test_it_builds_what_is_missing_and_nothing_twice(checkout: Path) -> None:
    assert ui_build.build(checkout, say=quiet) is True
    assert calls(checkout) == ["ci", "run"]
    assert ui_build.build(checkout, say=quiet) is False
    assert calls(checkout) == ["ci", "run"]
    assert (ui_build.output_of(checkout) / "assets" / "a.js.gz").exists()


def test_a_changed_source_is_built_again_without_installing_again(checkout: Path) -> None:
    ui_build.build(checkout, say=quiet)
    (checkout / "web" / "src" / "main.ts").write_text("let a = 2;")
    assert not ui_build.is_fresh(checkout)
    ui_build.build(checkout, say=quiet)
    assert calls(checkout) == ["ci", "run", "run"]


def test_a_changed_lock_is_installed_again(checkout: Path) -> None:
    ui_build.build(checkout, say=quiet)
    (checkout / "web" / "package-lock.json").write_text('{"a": 1}')
    ui_build.build(checkout, say=quiet)
    assert calls(checkout) == ["ci", "run", "ci", "run"]


def test_tests_do_not_count_as_sources(checkout: Path) -> None:
    ui_build.build(checkout, say=quiet)
    (checkout / "web" / "src" / "main.test.ts").write_text("another test")
    assert ui_build.is_fresh(checkout)


def test_built_files_that_were_deleted_are_built_again(checkout: Path) -> None:
    ui_build.build(checkout, say=quiet)
    (ui_build.output_of(checkout) / "index.html").unlink()
    assert ui_build.build(checkout, say=quiet) is True


def test_without_npm_it_says_what_to_install(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(checkout))
    with pytest.raises(ui_build.BuildFailed, match=r"Node 20\.19"):
        ui_build.build(checkout, say=quiet)


def test_a_failed_build_shows_its_output_and_leaves_no_stamp(checkout: Path) -> None:
    npm = checkout / "tools" / "npm"
    npm.write_text('#!/bin/sh\n[ "$1" = ci ] && mkdir -p node_modules && exit 0\necho "src/main.ts: no such thing"\nexit 2\n')
    with pytest.raises(ui_build.BuildFailed, match="no such thing"):
        ui_build.build(checkout, say=quiet)
    assert not ui_build.is_fresh(checkout)


def test_a_lock_left_by_a_killed_build_is_taken_over(checkout: Path) -> None:
    (checkout / "web" / ".build-lock").touch()
    assert ui_build.build(checkout, say=quiet) is True


def test_two_builds_at_once_build_once(checkout: Path) -> None:
    npm = checkout / "tools" / "npm"
    npm.write_text(npm.read_text().replace("#!/bin/sh\n", "#!/bin/sh\nsleep 0.3\n"))
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: ui_build.build(checkout, say=quiet), range(2)))
    assert sorted(done) == [False, True]
    assert calls(checkout) == ["ci", "run"]
