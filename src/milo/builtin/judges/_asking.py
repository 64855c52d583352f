"""Asks a model for a review until the answer fits, and turns answers into scores with their distributions.

Stands alone because the single judge and the panel do exactly this, one for one connection, one for several.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from milo.builtin.judges._prompt import PROPOSABLE, PROPOSE, REVIEW, head, material, review_schema, sources
from milo.builtin.judges._reading import Review, read_review, verify
from milo.domain.errors import BadAnswer, InvalidConfig, InvalidValue, ModelRefused
from milo.domain.rubric import mean_of, weigh
from milo.domain.verdict import CriterionScore, Rubric, Verdict
from milo.kinds.asking import Ask, Judged, Shown, Task
from milo.kinds.provider import Reply, Request, assistant, user

T = TypeVar("T")
TOP = 10
DEFAULTS: dict[str, Any] = {
    "instructions": "", "samples": 1, "logprobs": True, "temperature": None, "max_tokens": 1500, "retries": 2, "propose": True,
}  # fmt: skip
_KINDS: dict[str, tuple[type, ...]] = {
    "connection": (str,), "instructions": (str,), "samples": (int,), "logprobs": (bool,), "max_tokens": (int,),
    "retries": (int,), "temperature": (int, float, type(None)), "propose": (bool,),
}  # fmt: skip
_BOUNDS = {"samples": (1, 20), "max_tokens": (100, 32_000), "retries": (0, 5), "temperature": (0, 2)}


def settled(config: Mapping[str, Any], defaults: Mapping[str, Any], place: str = "config") -> dict[str, Any]:
    """A connection's settings completed by defaults. Raises InvalidConfig."""
    known = ["connection", *defaults]
    if unknown := sorted(set(config) - set(known)):
        raise InvalidConfig(f"Unknown settings: {', '.join(unknown)}. Known: {', '.join(known)}.", place=place)
    done = {**defaults, **config}
    if not done.get("connection"):
        raise InvalidConfig("A judge needs the name of a connected model.", place=f"{place}.connection")
    for name, value in done.items():
        kinds = _KINDS[name]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise InvalidConfig(f"{name} is {value!r}, which is not of the right kind.", place=f"{place}.{name}")
        if name in _BOUNDS and value is not None and not _BOUNDS[name][0] <= value <= _BOUNDS[name][1]:
            low, high = _BOUNDS[name]
            raise InvalidConfig(f"{name} is {value}; it must be {low} to {high}.", place=f"{place}.{name}")
    return done


async def ask_until_it_fits(
    ask: Ask, connection: str, request: Request, retries: int, read: Callable[[Reply], T]
) -> tuple[T, Reply, int]:
    """What was read, the reply, and how often it was asked. A wrong answer is sent back with the error; BadAnswer in the end.
    A server that refuses token probabilities is asked again without them."""
    messages = request.messages
    attempt = 0
    while True:
        attempt += 1
        try:
            reply = await ask(connection, msgspec.structs.replace(request, messages=messages))
            return read(reply), reply, attempt
        except ModelRefused:
            if not request.top_logprobs:
                raise
            request = msgspec.structs.replace(request, top_logprobs=0)
            attempt -= 1
        except BadAnswer as error:
            if attempt > retries:
                raise
            again = user(f"{error.message} Answer again, with the corrected JSON object only.")
            messages = (*request.messages, assistant(error.raw or "(nothing)"), again)


async def review(
    task: Task, config: dict[str, Any], rubric: Rubric, shown: Shown, judged: Judged, ask: Ask
) -> tuple[list[CriterionScore], str, dict[str, Any]]:
    """Scores by criterion, the advice, and notes (model, attempts, dropped quotes, proposal), by one connection."""
    propose = config["propose"] and task.task_type.shape in PROPOSABLE
    many = config["samples"] > 1
    first = Request(
        (
            head(task, rubric, config["instructions"]),
            material(task, shown, [("", judged.value)], f"{REVIEW}\n{PROPOSE}" if propose else REVIEW),
        ),
        max_tokens=config["max_tokens"],
        temperature=config["temperature"] if config["temperature"] is not None else (0.7 if many else 0.0),
        json_schema=review_schema(task, rubric, propose),
        schema_name="review",
        top_logprobs=TOP if config["logprobs"] else 0,
    )
    asked = [msgspec.structs.replace(first, seed=n) if many else first for n in range(config["samples"])]
    done = await asyncio.gather(
        *(
            ask_until_it_fits(ask, config["connection"], one, config["retries"], lambda reply: read_review(reply, rubric))
            for one in asked
        )
    )
    reviews = [one[0] for one in done]
    scores = _scores(rubric, reviews)
    nearest = min(reviews, key=lambda r: sum(abs(r.parts[s.criterion].score - s.score) for s in scores))
    texts = sources(task, shown, judged.value)
    notes: dict[str, Any] = {"model": done[0][1].model, "attempts": sum(one[2] for one in done), "samples": len(done)}
    told: list[CriterionScore] = []
    missing: dict[str, int] = {}
    for score in scores:
        part = nearest.parts[score.criterion]
        evidence, dropped = verify(part.quotes, texts)
        if dropped:
            missing[score.criterion] = dropped
        told.append(msgspec.structs.replace(score, evidence=evidence, reason=part.reason))
    if missing:
        notes["quotes_not_found"] = missing
    proposal = _proposal(task, shown, judged, nearest) if propose else None
    if proposal is not None:
        notes["proposal"] = proposal
    return told, nearest.advice, notes


def _scores(rubric: Rubric, reviews: Sequence[Review]) -> list[CriterionScore]:
    out: list[CriterionScore] = []
    for criterion in rubric.criteria:
        parts = [r.parts[criterion.name] for r in reviews]
        if len(parts) == 1 and parts[0].distribution is None:
            out.append(CriterionScore(criterion.name, float(parts[0].score)))
            continue
        spread = mean_distribution([p.distribution or {str(p.score): 1.0} for p in parts])
        out.append(CriterionScore(criterion.name, mean_of(spread), spread))
    return out


def mean_distribution(spreads: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean of distributions over scores, by score from low to high; sums to 1."""
    scores = sorted({score for spread in spreads for score in spread}, key=int)
    mean = {score: sum(spread.get(score, 0.0) for spread in spreads) / len(spreads) for score in scores}
    total = sum(mean.values())
    return {score: p / total for score, p in mean.items()}


def _proposal(task: Task, shown: Shown, judged: Judged, found: Review) -> Any:
    """The better answer that the model wrote, if it is a valid one and another than what is there."""
    if found.proposal is None:
        return None
    try:
        value = task.task_type.check(task.question, found.proposal, shown.item)
    except InvalidValue:
        return None
    return None if value == judged.value else value


def verdict(rubric: Rubric, scores: Sequence[CriterionScore], advice: str, own_model: bool, notes: dict[str, Any]) -> Verdict:
    """The scores weighed."""
    total, passed = weigh(rubric, scores)
    return Verdict(tuple(scores), total, passed, advice, own_model, notes)
