"""Recorded crowds brought into a project as Milo's own export would: one row an item, with every person's answer."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from data_bench import SHARED, Bench


def recorded(name: str, folder: str = "crowds") -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Items and labels of a recorded data set; the test is skipped where it is not there."""
    items, labels = SHARED / folder / f"{name}.items.jsonl", SHARED / folder / f"{name}.labels.csv"
    if not items.exists():
        pytest.skip(f"The recorded answers {items.name} are not on this machine.")
    with labels.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [json.loads(line) for line in items.read_text(encoding="utf-8").splitlines()], rows


def bring(bench: Bench, question: dict[str, Any], answers: dict[str, list[dict[str, Any]]], **policy: Any) -> dict[str, int]:
    """A project with these annotations by item key, imported as a file; the ids of the items by key."""
    bench.project(question, **policy)
    rows = [
        {
            "milo": 1,
            "id": n,
            "key": key,
            "status": "open",
            "data": {"text": f"item {key}"},
            "meta": {},
            "labels": {},
            "annotations": given,
        }
        for n, (key, given) in enumerate(answers.items(), 1)
    ]
    content = "\n".join(json.dumps(row) for row in rows).encode()
    report = bench.bring(upload=bench.send("answers.jsonl", content))
    assert report["state"] == "done", report
    return {key: ident for ident, key in bench.all("SELECT id, key FROM item WHERE id / 1000000000 = ?", bench.p)}


def answer(question: str, value: Any, author: str | None, role: str = "answer") -> dict[str, Any]:
    """One person's answer in the form of an export."""
    return {"question": question, "role": role, "value": value, "author": author, "author_kind": "person"}


def crowd(bench: Bench, name: str, question: str = "entails") -> dict[str, int]:
    """A recorded crowd as a project: labels as they are, gold as gold."""
    items, labels = recorded(name)
    names = sorted({row["label"] for row in labels})
    given: dict[str, list[dict[str, Any]]] = {
        item["item"]: [answer(question, str(item["gold"]), None, "gold")] for item in items
    }
    for row in labels:
        given[row["item"]].append(answer(question, row["label"], row["rater"]))
    return bring(bench, {"name": question, "type": "choice", "config": {"labels": names}}, given)


def fixture(tmp: Path) -> Bench:
    """A bench."""
    return Bench(tmp)
