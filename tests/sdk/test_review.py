"""Resolving and review from a program: cases come, decisions are made and taken back, ways are compared."""

from __future__ import annotations

import json
from pathlib import Path

from milo.sdk import Project


def bring(project: Project, folder: Path, gold: str | None = None) -> None:
    """One item on which two people differ, perhaps with gold."""
    notes = [
        {"question": "topic", "role": "answer", "author_kind": "person", "author": who, "value": value}
        for who, value in (("ann", "bug"), ("bob", "praise"))
    ]
    if gold is not None:
        notes.append({"question": "topic", "role": "gold", "author_kind": "person", "author": "expert", "value": gold})
    file = folder / "answers.jsonl"
    file.write_text(json.dumps({"milo": 1, "key": "1", "data": {"text": "It crashes, but nicely"}, "annotations": notes}))
    project.import_file(file)


def test_a_conflict_is_resolved_and_the_decision_taken_back(project: Project, tmp_path: Path) -> None:
    bring(project, tmp_path)
    review = project.review
    assert (review.resolve().info.result or {})["topic"]["conflicts"] == 1
    assert project.status().review == 1
    [case] = review.next(5)
    assert (case.kind, sorted(a.value for a in case.answers)) == ("conflict", ["bug", "praise"])
    assert review.accept(case, case.answers[0]) > 0
    assert review.info().decided == {"accept": 1}
    review.undo(case)
    review.fix(case, "praise")
    [row] = project.export()
    assert (row["labels"], row["provenance"]["topic"]["role"]) == ({"topic": "praise"}, "gold")
    assert review.info().open == 0


def test_ways_of_resolving_are_compared(project: Project, tmp_path: Path) -> None:
    bring(project, tmp_path, gold="bug")
    found = project.review.compare("topic")
    assert found["gold"] == 1
    assert {row["name"] for row in found["rows"]} >= {"merge", "majority", "dawid_skene"}
    assert {row["n"] for row in found["rows"]} == {1}
