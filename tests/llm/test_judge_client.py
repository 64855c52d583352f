"""Judges from a program and from the command line, against a server on a folder of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from llm.judge_bench import RUBRIC, review
from llm_bench import LlmBench
from milo.cli.main import app
from milo.sdk import Client

SPEC: dict[str, Any] = {"name": "Rivers", "fields": [{"name": "text"}], "questions": [{"name": "answer", "type": "text"}]}


@pytest.fixture
def judged(bench: Callable[..., LlmBench]) -> LlmBench:
    """A project with six answers, of which four are good, and a scripted judge."""
    found = bench(SPEC)
    found.script(rules=[{"when": "<answer>\\s*good", "answer": review("4", quotes=())}, {"answer": review("1", quotes=())}])
    for k, item in enumerate(found.add([{"text": f"river {k}"} for k in range(6)])):
        found.answer(item, "good" if k < 4 else "bad", "answer")
    return found


def test_a_program_sets_up_a_judge_runs_it_and_reads_the_report(judged: LlmBench) -> None:
    with Client(judged.server.url, token=judged.server.token) as client:
        project = client.project("Rivers")
        assert project.add_rubric(RUBRIC)["version"] == 1
        judge = project.add_judge("first", "answer", "facts", connection="script")
        assert judge.estimate()["answers"] == 6
        job = judge.run(tokens=10**6)
        assert (job.info.result or {})["passed"] == 4
        assert [v.verdict.passed for v in judge.verdicts(passed=False)] == [False, False]
        report = judge.report()
        assert (report["judged"], report["passed"], report["tested"]) == (6, 4, False)
        assert judge.change(enabled=False).enabled is False
        assert [one.name for one in project.judges()] == ["first"]


def test_the_command_line_says_what_it_takes_runs_and_reports(judged: LlmBench, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--url", judged.server.url, "--token", judged.server.token]
    with Client(judged.server.url, token=judged.server.token) as client:
        client.project("Rivers").add_rubric(RUBRIC)
        client.project("Rivers").add_judge("first", "answer", "facts", connection="script")

    def milo(*words: str) -> str:
        app([*words, *where], result_action="return_value")
        return capsys.readouterr().out

    assert "6 answers, 6 calls" in milo("judge", "run", "Rivers", "first", "--dry")
    assert "6 judged, 4 passed" in milo("judge", "run", "Rivers", "first")
    assert "4 of 6" in milo("judge", "list", "Rivers")
    told = milo("judge", "report", "Rivers", "first")
    assert "not tested here yet: 0 of about 50 audits" in told
    assert "67%" in told
    assert json.loads(milo("judge", "report", "Rivers", "first", "--json"))["judged"] == 6
