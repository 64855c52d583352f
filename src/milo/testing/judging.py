"""What every judge must keep, and a stand-in for a model that answers any JSON schema.

Stands alone because a judge is tried out without a model: what counts is what it asks, what it makes of the answer, and that
it gives up in the end where no answer fits.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

import msgspec

from milo.domain.errors import BadAnswer
from milo.domain.rubric import mean_of, unit
from milo.domain.verdict import Criterion, CriterionScore, Rubric, Verdict
from milo.kinds.asking import Judge, Judged, Shown, Task
from milo.kinds.provider import Reply, Request, Usage, text_of
from milo.testing.contracts import check_names

_MOST_CALLS = 200
_UNSEEN = "author-canary"


class SchemaModel:
    """Answers each request with a small value of its JSON schema; of several options the one at `pick` (0: first, -1: last).
    `answer` overrides: text that is given to whatever is asked. `asked` keeps the requests."""

    def __init__(self, pick: int = 0, answer: str | None = None) -> None:
        self.pick, self.answer = pick, answer
        self.asked: list[tuple[str, Request]] = []

    async def __call__(self, connection: str, request: Request) -> Reply:
        """The answer, under the model name "stand-in"."""
        self.asked.append((connection, request))
        made = "" if request.json_schema is None else msgspec.json.encode(self._of(request.json_schema)).decode()
        return Reply(made if self.answer is None else self.answer, Usage(1, 1), model="stand-in")

    def _of(self, schema: dict[str, Any]) -> Any:
        if "enum" in schema:
            return schema["enum"][self.pick]
        if "anyOf" in schema:
            return self._of(schema["anyOf"][-1])
        kind = schema.get("type")
        if kind == "object":
            wanted = cast("dict[str, Any]", schema.get("properties", {}))
            return {name: self._of(part) for name, part in wanted.items()}
        if kind == "array":
            return [self._of(schema["items"])] * int(schema.get("minItems", 0))
        return {"string": "x", "integer": schema.get("minimum", 0), "number": 0.5, "boolean": True}.get(str(kind))


def check_judge(
    plugin: Judge,
    task: Task,
    config: dict[str, Any],
    rubric: Rubric,
    shown: Shown,
    judged: Judged,
    model: SchemaModel | None = None,
) -> Verdict:
    """Hold a judge to its promises on one answer; returns its verdict."""
    check_names(plugin, ("name", "title"))
    assert isinstance(plugin.compares, bool), "compares is true or false"
    settled = plugin.check_config(config, task.question)
    assert plugin.check_config(settled, task.question) == settled, "check_config must leave a completed config as it is"
    named = plugin.connections(settled)
    assert named, "a judge names the connections that it asks"
    assert all(named), "a connection has a name"
    told = model or SchemaModel()
    marked = msgspec.structs.replace(shown, item=msgspec.structs.replace(shown.item, key=_UNSEEN, meta={"by": _UNSEEN}))
    whose = msgspec.structs.replace(judged, suggested_by=(_UNSEEN,))
    verdict = asyncio.run(plugin.judge(task, settled, rubric, marked, whose, told))
    assert told.asked, "a judge asks a model"
    assert {connection for connection, _ in told.asked} <= set(named), "it asks only the connections that it names"
    sent = "".join(text_of(m) for _, request in told.asked for m in request.messages)
    assert _UNSEEN not in sent, "who made the answer, the item's key and its metadata stay out of the prompt"
    _check_verdict(plugin, rubric, verdict, shown, judged)
    assert not verdict.own_model, "it is not its own model's suggestion"
    own = asyncio.run(
        plugin.judge(task, settled, rubric, shown, msgspec.structs.replace(judged, suggested_by=tuple(named)), told)
    )
    assert own.own_model, "a judge says so where its own model made the suggestion"
    for nonsense in ("", "no JSON", "NaN", "[]", '{"criteria": {"score": Infinity}}'):
        _check_gives_up(plugin, task, settled, rubric, shown, judged, SchemaModel(answer=nonsense))
    return verdict


def _check_verdict(plugin: Judge, rubric: Rubric, verdict: Verdict, shown: Shown, judged: Judged) -> None:
    assert [s.criterion for s in verdict.scores] == [c.name for c in rubric.criteria], "one score for each criterion, in order"
    assert 0.0 <= verdict.total <= 1.0, f"the total {verdict.total} is not in 0..1"
    assert msgspec.json.decode(msgspec.json.encode(verdict), type=Verdict) == verdict, "a verdict must survive JSON"
    texts = [v for v in shown.data.values() if isinstance(v, str)] + [str(judged.value), str(judged.other)]
    for criterion, score in zip(rubric.criteria, verdict.scores, strict=True):
        if plugin.compares:
            assert score.score in (-1.0, 0.0, 1.0), f"a comparison says -1, 0 or 1, not {score.score}"
        else:
            _check_score(criterion, score)
        for quote in score.evidence:
            assert any(quote in text for text in texts), f"evidence must stand in the item or the answer: {quote!r}"


def _check_score(criterion: Criterion, score: CriterionScore) -> None:
    low, high = criterion.levels[0].score, criterion.levels[-1].score
    assert low <= score.score <= high, f"the score {score.score} of {criterion.name} is not on its scale {low}..{high}"
    assert 0.0 <= unit(criterion, score.score) <= 1.0
    if score.distribution is not None:
        scale = {str(level.score) for level in criterion.levels}
        assert set(score.distribution) <= scale, f"the distribution of {criterion.name} leaves the scale"
        assert abs(sum(score.distribution.values()) - 1) < 1e-6, "a distribution sums to 1"
        assert abs(mean_of(score.distribution) - score.score) < 1e-6, "the score is the mean of the distribution"


def _check_gives_up(
    plugin: Judge, task: Task, config: dict[str, Any], rubric: Rubric, shown: Shown, judged: Judged, model: SchemaModel
) -> None:
    try:
        taken = asyncio.run(plugin.judge(task, config, rubric, shown, judged, model))
    except BadAnswer:
        assert len(model.asked) <= _MOST_CALLS, f"it asked {len(model.asked)} times before it gave up"
        return
    raise AssertionError(f"{model.answer!r} is no judgement, but became {taken!r}")
