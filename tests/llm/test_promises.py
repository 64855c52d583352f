"""Promises on a connected model: its confidence is held still before the first look, and answers that taught it do not test it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llm_bench import LlmBench

Make = Callable[..., LlmBench]
RULES = [
    {"when": "thanks", "answer": {"mood": "praise", "confidence": 0.9}},
    {"when": "fine", "answer": {"mood": "praise", "confidence": 0.4}},
    {"answer": {"mood": "complaint", "confidence": 0.6}},
]


def looked(made: LlmBench) -> dict[str, Any]:
    return made.call("POST", f"/projects/{made.id}/guarantee", {"question": "mood", "wish": {"target": 0.3}})


def test_the_confidence_is_held_still_from_the_first_look_on(bench: Make) -> None:
    made = bench(blind_share=0.6)
    made.script(rules=RULES)
    texts = ("many thanks", "all fine here", "it broke")
    rows = [{"text": f"{texts[k % 3]} number {k}"} for k in range(210)]
    written = {item: row["text"] for item, row in zip(made.add(rows), rows, strict=True)}
    config = {"connection": "script"}
    made.model = made.call(
        "POST", f"/projects/{made.id}/models", {"plugin": "llm", "name": "gpt", "question": "mood", "config": config}
    )
    made.annotate({"what": "all"})
    blind = sorted(r[0] for r in made.rows("SELECT id FROM item WHERE blind = 1"))
    assert len(blind) > 95

    def answer(items: list[int], fine: str) -> None:
        for item in items:
            text = written[item]
            made.answer(item, fine if "fine" in text else "praise" if "thanks" in text else "complaint")

    answer(blind[:60], "complaint")
    made.quiet()
    assert "60 of about 80 blind answers" in looked(made)["why"]
    answer(blind[60:90], "complaint")
    made.quiet()
    made.until(lambda: looked(made)["audits"])
    made.quiet()
    taught = made.rows("SELECT json_array_length(data, '$.taught_by') FROM confidence_frozen")[0][0]
    assert taught == 50
    assert looked(made)["audits"] == 90 - taught
    scores = made.rows("SELECT item_id, score FROM annotation WHERE role = 'suggestion' ORDER BY item_id")
    assert len({s for _, s in scores}) == 3
    answer(blind[90:], "praise")
    made.quiet()
    assert looked(made)["audits"] == len(blind) - taught
    assert made.rows("SELECT item_id, score FROM annotation WHERE role = 'suggestion' ORDER BY item_id") == scores
    view = made.call("GET", f"{made.path}/confidence")
    assert (view["ready"], view["n"], view["frozen"]) == (True, len(blind), True)

    ident = made.rows("SELECT id FROM connection WHERE name = 'script'")[0][0]
    version = made.models()["gpt"]["version"]
    made.call("PATCH", f"/connections/{ident}", {"config": {"rules": RULES[::-1]}})
    assert made.models()["gpt"]["version"] == version + 1
    assert not made.call("GET", f"{made.path}/confidence")["ready"]
