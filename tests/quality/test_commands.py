"""Quality on the command line and from Python: the same figures as the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from data_bench import Bench
from milo.cli.connection import Where, connect
from milo.cli.quality import agreement, errors, gold, people, stand_in
from milo.domain.errors import NotFound
from quality.crowds import answer


def test_the_commands_print_what_the_page_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Bench(tmp_path).close()
    where = Where(workspace=tmp_path / "workspace")
    rows: list[dict[str, Any]] = []
    for n in range(40):
        said = ["delivery" if n % 2 else "invoice"] * 2
        if n % 8 == 0:
            said[1] = "delivery"
        given = [answer("topic", said[0], "ann"), answer("topic", said[1], "bob"), answer("topic", said[0], None, "gold")]
        rows.append(
            {"milo": 1, "id": n + 1, "key": f"k{n}", "status": "open", "data": {"text": f"Ticket {n}"}, "meta": {},
             "labels": {}, "annotations": given}
        )  # fmt: skip
    file = tmp_path / "answers.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    asked = {"name": "topic", "type": "choice", "config": {"labels": ["delivery", "invoice"]}}
    with connect(where) as client:
        project = client.create_project({"name": "Quality", "fields": [{"name": "text"}], "questions": [asked]})
        project.import_file(file)
        report = project.quality.agreement("topic")
        assert report["observed"]["value"] == pytest.approx(1 - 5 / 40)
        assert [one["name"] for one in project.quality.people("topic")["people"]] == ["ann", "bob"]
        assert len(list(project.quality.gold("topic"))) == 40
        with pytest.raises(NotFound, match="no model"):
            project.quality.stand_in("topic", "nobody")
        ids = [row.id for row in project.items()]
        project.add_suggestions(({"item_id": i, "question": "topic", "value": "delivery", "score": 0.9} for i in ids), name="m")

    agreement("Quality", "topic", pairs=True, where=where)
    printed = capsys.readouterr().out
    assert "2 people, 40 of 40 items" in printed
    assert "Krippendorff's alpha" in printed
    assert "0.875" in printed
    people("Quality", "topic", where=where)
    assert "ann" in capsys.readouterr().out
    errors("Quality", "topic", where=where)
    assert "--search" in capsys.readouterr().out
    gold("Quality", "topic", where=where)
    assert "40 items have gold" in capsys.readouterr().out
    stand_in("Quality", "topic", "m", where=where)
    assert capsys.readouterr().out.strip()
    agreement("Quality", "topic", where=Where(workspace=tmp_path / "workspace", json=True))
    assert json.loads(capsys.readouterr().out)["question"] == "topic"
