"""Every judge against llama.cpp's own server, on models made on the spot: reviews by schema, distributions from the probabilities
of tokens, both orders of a pair, a panel.

The models know which byte follows which and nothing else, so that their reviews mean nothing, but the probabilities of the scores
they choose among are known, and must come out of the judge as they went in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from llm.judge_bench import ANSWER, RUBRIC, SOURCE
from llm_bench import LlmBench
from milo.domain.rubric import mean_of, weigh
from milo.domain.verdict import CriterionScore

pytest.importorskip("xllamacpp", reason="the extra gguf is not installed")
pytest.importorskip("gguf", reason="the package gguf, which writes model files, is not installed")
SCORES = b'"1"2"3"4"2"1"3"2' * 40
"""Read by a model that opens its strings with a score: 2 the most probable, 4 the least."""
LETTERS = b'"A"B"A"T"A"B"A"B' * 40
KNOWN = {"right": {"1": 2 / 8, "2": 3 / 8, "3": 2 / 8, "4": 1 / 8}, "score": {"1": 2 / 7, "2": 3 / 7, "3": 2 / 7}}
SCALES = {c.name: {str(level.score) for level in c.levels} for c in RUBRIC.criteria}
QUESTION = {"name": "answer", "type": "text", "title": "Where does it rise?"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlmBench]:
    from llm.tiny_gguf import write_model
    from milo.infra.connections import Connections, Entered

    folder = tmp_path_factory.mktemp("court")
    made = LlmBench(folder, {"questions": [QUESTION]})
    limits = {"concurrency": 2, "seconds": 120.0, "cache_days": 0}
    for name, text in (("scores", SCORES), ("twin", SCORES), ("letters", LETTERS)):
        config = {"file": str(write_model(folder / f"{name}.gguf", text)), "context": 4096, "threads": 1}
        Connections(made.ws).add(Entered(name, "gguf", name, config, None, limits, {}), None)
    made.call("POST", f"/projects/{made.id}/rubrics", {"rubric": msgspec.to_builtins(RUBRIC)})
    for item in made.add([{"text": SOURCE}, {"text": "Another river."}]):
        made.answer(item, ANSWER, "answer")
    yield made
    made.close()


def judge(made: LlmBench, name: str, plugin: str, config: dict[str, Any], **more: Any) -> int:
    body = {"name": name, "plugin": plugin, "question": "answer", "rubric": "facts", "config": config, **more}
    return made.call("POST", f"/projects/{made.id}/judges", body)["id"]


def holds_together(verdict: dict[str, Any]) -> list[CriterionScore]:
    """Scores of the rubric, with distributions that are ones over its scale, and a total that follows from them."""
    scores = [msgspec.convert(s, CriterionScore) for s in verdict["scores"]]
    assert [s.criterion for s in scores] == list(SCALES)
    for score in scores:
        assert score.distribution is not None
        assert set(score.distribution) <= SCALES[score.criterion]
        assert sum(score.distribution.values()) == pytest.approx(1)
        assert mean_of(score.distribution) == pytest.approx(score.score)
        assert all(quote in SOURCE or quote in ANSWER for quote in score.evidence)
    assert (verdict["total"], verdict["passed"]) == pytest.approx(weigh(RUBRIC, scores))
    return scores


def as_known(verdict: dict[str, Any]) -> None:
    """The distributions are the model's own."""
    assert {s.criterion: s.distribution for s in holds_together(verdict)} == {
        name: pytest.approx(spread, abs=0.005) for name, spread in KNOWN.items()
    }


def test_finished_work_is_judged_with_distributions_from_token_probabilities(house: LlmBench) -> None:
    ident = judge(house, "one", "rubric", {"connection": "scores"})
    job = house.call("POST", f"/projects/{house.id}/judges/{ident}/run", {})["id"]
    house.quiet(120)
    found = house.call("GET", f"/jobs/{job}")
    assert (found["state"], found["result"]["judged"], found["result"]["failed"]) == ("done", 2, 0), found
    verdicts = house.call("GET", f"/projects/{house.id}/verdicts?judge={ident}")
    assert len(verdicts) == 2
    for one in verdicts:
        as_known(one["verdict"])
    asked = house.rows("SELECT count(*), sum(output_tokens) FROM model_call")
    assert asked[0][0] >= 2
    assert asked[0][1] > 100


def test_live_advice_and_several_samples(house: LlmBench) -> None:
    ident = judge(house, "live", "rubric", {"connection": "scores", "samples": 4, "logprobs": False}, live="asked")
    body = {"item_id": house.items()[0], "question": "answer", "value": ANSWER}
    given = house.call("POST", f"/projects/{house.id}/judges/{ident}/review", body)
    shares = {p for s in holds_together(given["verdict"]["verdict"]) for p in (s.distribution or {}).values()}
    assert shares <= {0.0, 0.25, 0.5, 0.75, 1.0}


def test_a_pair_is_asked_in_both_orders(house: LlmBench) -> None:
    ident = judge(house, "pair", "pairwise", {"connection": "letters"})
    body = {"item_id": house.items()[0], "value": ANSWER, "other": "In the Giant Mountains."}
    verdict = house.call("POST", f"/projects/{house.id}/judges/{ident}/compare", body)["verdict"]["verdict"]
    info = verdict["info"]
    assert (info["forward"], info["swapped"], info["consistent"]) == (1, -1, False), "A in both orders: it prefers the place"
    assert (verdict["total"], verdict["passed"]) == (0.5, True)
    assert {s["score"] for s in verdict["scores"]} == {0.0}
    assert info["first_probability"] == pytest.approx(0.5, abs=0.005), "4 of 7 for the first in either order: no preference"
    assert len(info["reasons"]) == 2


def test_a_panel_of_two_servers(house: LlmBench) -> None:
    members = [{"connection": "scores"}, {"connection": "twin"}]
    ident = judge(house, "panel", "panel", {"members": members}, live="asked")
    body = {"item_id": house.items()[0], "question": "answer", "value": ANSWER}
    verdict = house.call("POST", f"/projects/{house.id}/judges/{ident}/review", body)["verdict"]["verdict"]
    as_known(verdict)
    assert [m["connection"] for m in verdict["info"]["members"]] == ["scores", "twin"]
    assert verdict["info"]["disagreement"] == pytest.approx(dict.fromkeys(SCALES, 0.0), abs=0.01), "the same model twice"
