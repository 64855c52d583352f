"""Answers that connected models write, compared from a program."""

from __future__ import annotations

from milo import Client


def test_answers_are_made_compared_and_written_on(client: Client) -> None:
    for name in ("left", "right"):
        client.add_connection(name, "scripted", config={"rules": [{"when": "why", "answer": "so"}, {"answer": f"by {name}"}]})
    live = {"models": ["left", "right"], "prompt": "{{text}}", "follow_ups": 1}
    project = client.create_project(
        {
            "name": "Arena",
            "fields": [{"name": "text"}, {"name": "answers", "kind": "table"}],
            "questions": [{"name": "better", "type": "pairwise", "field": "answers", "config": {"live": live, "blind": False}}],
            "policy": {"blind_share": 0.0, "data": {"models": ["local"]}, "budgets": {"candidates": {"tokens": 100_000}}},
        }
    )
    project.import_rows([{"text": "Name a colour."}])
    (work,) = project.queue(1)
    made = work.candidates("better")
    assert made.state == "ready"
    assert sorted(entry["text"] for entry in work.data["answers"]) == ["by left", "by right"]
    longer = work.write_on("better", "Why?")
    assert (longer.turns, longer.follow_ups) == (2, 0)
    assert work.data["answers"][0]["messages"][-1] == {"role": "assistant", "content": "so"}
    assert work.submit({"better": "1"}).ok
    used = next(one for one in project.budgets() if one.role == "candidates")
    assert used.tokens > 0
    assert used.max_tokens == 100_000
    project.delete()
