"""What the `llm` predictor gathers of how sure a model is: letters with probabilities, samples, committees, the order swapped."""

from __future__ import annotations

import math
from typing import Any

import pytest

from llm.voices import ask, shown, task, value
from milo.domain.errors import Unreachable
from milo.kinds.provider import Reply, Request, TokenLogprob, Usage, text_of


def letter(shares: dict[str, float], said: str = "") -> Reply:
    top = tuple((token, math.log(p)) for token, p in shares.items())
    return Reply(said or max(shares, key=lambda t: shares[t]), Usage(9, 1), logprobs=(TokenLogprob(top[0][0], top[0][1], top),))


def options(request: Request) -> list[str]:
    """The options of a request for a letter, in order."""
    lines = text_of(request.messages[-1]).split("Options:\n")[1].split("\n\n")[0].split("\n")
    return [line.split(". ", 1)[1] for line in lines]


def test_letters_are_renormalised_and_mapped_back() -> None:
    def say(_: str, request: Request) -> Reply:
        place = options(request).index("complaint")
        others = [n for n in range(3) if n != place]
        return letter({" " + "ABC"[place]: 0.3, "ABC"[others[0]]: 0.1, "The": 0.55, "a": 0.05})

    seen: set[tuple[str, ...]] = set()
    for ident in range(20):
        answer, voices = ask(say, None, shown(ident=ident), confidence=["logprob"])
        assert value(answer) == "complaint"
        assert answer.signals["logprob"] == pytest.approx(0.75)
        ((_, request),) = voices.asked
        assert (request.max_tokens, request.json_schema, request.top_logprobs) == (1, None, 20)
        seen.add(tuple(options(request)))
    assert len(seen) > 2


def test_a_liking_for_the_first_letter_is_cancelled() -> None:
    answer, voices = ask(
        lambda *_: letter({"A": 0.6, "B": 0.4}), task(config={"labels": ["x", "y"]}), confidence=["logprob", "order"]
    )
    assert len(voices.asked) == 2
    assert answer.signals["logprob"] == pytest.approx(0.5)
    assert answer.signals["order"] == pytest.approx(0.8)


def test_a_server_without_logprobs_and_one_that_talks() -> None:
    answer, _ = ask(lambda _, request: "b)" if request.json_schema is None else "?", confidence=["logprob"])
    assert value(answer) in ("praise", "complaint", "other")
    assert "logprob" not in answer.signals
    answer, voices = ask(lambda _, r: "Well" if r.json_schema is None else {"mood": "other"}, confidence=["logprob"])
    assert value(answer) == "other"
    assert [r.json_schema is None for _, r in voices.asked] == [True, False]


def test_letters_beside_a_full_answer() -> None:
    def say(_: str, request: Request) -> Any:
        if request.json_schema is not None:
            return {"reason": "It says thanks.", "mood": "praise", "confidence": 0.9}
        return letter({"ABC"[options(request).index("praise")]: 0.5, "ABC"[options(request).index("other")]: 0.25})

    answer, voices = ask(say, reason=True, confidence=["logprob", "stated"])
    assert value(answer) == "praise"
    assert answer.signals["logprob"] == pytest.approx(2 / 3, abs=1e-5)
    assert answer.signals["stated"] == 0.9
    assert answer.prediction.reason == "It says thanks."
    assert len(voices.asked) == 2
    assert list(voices.asked[0][1].json_schema["properties"]) == ["reason", "mood", "confidence"]


def test_ratings_are_asked_by_letter_too() -> None:
    def say(_: str, request: Request) -> Reply:
        return letter({"ABCDE"[options(request).index("4")]: 0.9})

    assert value(ask(say, task("rating", {"min": 1, "max": 5}), confidence=["logprob"])[0]) == 4


def test_free_answers_have_the_probability_of_their_tokens() -> None:
    reply = Reply('{"mood": "x"}', Usage(), logprobs=(TokenLogprob("a", math.log(0.5)), TokenLogprob("b", math.log(0.5))))
    answer, voices = ask(lambda *_: reply, task("text", {}), confidence=["logprob"])
    assert answer.signals["logprob"] == pytest.approx(0.5)
    assert voices.asked[0][1].top_logprobs == 1


def test_samples_and_committee_agree_in_part() -> None:
    said = iter(["praise", "other", "praise", "praise"])
    answer, voices = ask(lambda *_: {"mood": next(said)}, samples=4, confidence=["samples"])
    assert value(answer) == "praise"
    assert answer.signals["samples"] == 0.75
    assert [r.seed for _, r in voices.asked] == [0, 1, 2, 3]
    assert {r.temperature for _, r in voices.asked} == {0.7}
    by = {"a": "praise", "b": "other", "c": "other"}
    answer, voices = ask(
        lambda name, _: {"mood": by[name]}, committee=[{"connection": "b"}, {"connection": "c", "instructions": "Be strict."}],
        confidence=["committee"], instructions="Be kind.",
    )  # fmt: skip
    assert value(answer) == "other"
    assert answer.signals["committee"] == pytest.approx(2 / 3, abs=1e-5)
    systems = [text_of(r.messages[0]) for _, r in voices.asked]
    assert ["Be kind." in s for s in systems] == [True, True, False]
    assert "Be strict." in systems[2]


def test_a_silent_member_does_not_stop_the_others_but_silence_of_most_does() -> None:
    committee = [{"connection": "b"}, {"connection": "c"}]
    answer, _ = ask(lambda name, _: Unreachable("gone") if name == "b" else {"mood": "other"}, committee=committee)
    assert value(answer) == "other"
    answer, _ = ask(lambda name, _: {"mood": "other"} if name == "b" else "?", committee=committee, retries=0)
    assert answer.prediction is None


def test_order_swap_turns_the_labels_of_the_prompt() -> None:
    def say(_: str, request: Request) -> Any:
        return {"mood": request.json_schema["properties"]["mood"]["enum"][0]}  # type: ignore[index]

    answer, voices = ask(say, confidence=["order"])
    assert value(answer) == "praise"
    assert answer.signals["order"] == 0.0
    text = text_of(voices.asked[1][1].messages[0])
    assert text.index("- other") < text.index("- praise")
