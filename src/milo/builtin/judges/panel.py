"""`panel`: several models score the same answer; what counts is the mean of their distributions, and how far they disagree.

Stands alone because one model's habits (its own family's style, long answers) weigh less among several. A member that fails
is left out and named, as long as two remain.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

import msgspec

from milo.builtin.judges._asking import DEFAULTS, mean_distribution, review, settled, verdict
from milo.domain.errors import BadAnswer, InvalidConfig, ModelTrouble
from milo.domain.question import Question
from milo.domain.rubric import mean_of, unit, weigh
from milo.domain.verdict import CriterionScore, Rubric, Verdict
from milo.kinds.asking import Ask, Judged, Shown, Task

_FEWEST, _MOST = 2, 7
Opinion = tuple[list[CriterionScore], str, dict[str, Any]]


class PanelJudge:
    """Scores one answer by several models."""

    name = "panel"
    title = "Panel of several models"
    compares = False

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        """Settings: `members` (2 to 7, each with `connection` and the settings of the plain judge); the other settings hold
        for all members that say nothing else."""
        shared = {k: v for k, v in config.items() if k not in ("members", "connection")}
        members = config.get("members")
        if not isinstance(members, list) or not _FEWEST <= len(cast("list[Any]", members)) <= _MOST:
            raise InvalidConfig(f"A panel has {_FEWEST} to {_MOST} members, each with a connection.", place="config.members")
        common = {k: v for k, v in settled({"connection": "-", **shared}, DEFAULTS).items() if k != "connection"}
        done: list[dict[str, Any]] = []
        for number, member in enumerate(cast("list[Any]", members)):
            given = {"connection": member} if isinstance(member, str) else member
            if not isinstance(given, dict):
                raise InvalidConfig("A member is a connection's name, or settings.", place=f"config.members.{number}")
            done.append(settled(cast("dict[str, Any]", given), common, f"config.members.{number}"))
        return {**common, "members": done}

    def connections(self, config: dict[str, Any]) -> list[str]:
        """Those of the members, each once."""
        return list(dict.fromkeys(member["connection"] for member in config["members"]))

    async def judge(
        self, task: Task, config: dict[str, Any], rubric: Rubric, shown: Shown, judged: Judged, ask: Ask
    ) -> Verdict:
        """The mean of the members' distributions, with each member's scores beside it."""
        members = config["members"]
        asked = [_turn(n, review(task, member, rubric, shown, judged, ask)) for n, member in enumerate(members)]
        found = await asyncio.gather(*asked)
        good = [(members[n], one) for n, one in found if not isinstance(one, ModelTrouble)]
        failed = [(members[n], one) for n, one in found if isinstance(one, ModelTrouble)]
        if len(good) < _FEWEST:
            why = "; ".join(f"{member['connection']}: {error.message}" for member, error in failed)
            raise BadAnswer(f"Fewer than {_FEWEST} members of the panel gave a usable answer. {why}")
        scores = _together(rubric, [one for _, one in good])
        total, _ = weigh(rubric, scores)
        nearest = min((one for _, one in good), key=lambda one: abs(weigh(rubric, one[0])[0] - total))
        told = [_with_words(score, nearest) for score in scores]
        notes: dict[str, Any] = {
            **nearest[2],
            "members": [_line(rubric, member, one) for member, one in good],
            "disagreement": _disagreement(rubric, [one for _, one in good]),
        }
        if failed:
            notes["failed"] = {member["connection"]: error.message for member, error in failed}
        own = bool(set(self.connections(config)) & set(judged.suggested_by))
        return verdict(rubric, told, nearest[1], own, notes)


async def _turn(number: int, asking: Any) -> tuple[int, Opinion | ModelTrouble]:
    try:
        return number, await asking
    except ModelTrouble as error:
        return number, error


def _together(rubric: Rubric, opinions: list[Opinion]) -> list[CriterionScore]:
    out: list[CriterionScore] = []
    for place, criterion in enumerate(rubric.criteria):
        parts = [one[0][place] for one in opinions]
        spread = mean_distribution([p.distribution or {str(round(p.score)): 1.0} for p in parts])
        out.append(CriterionScore(criterion.name, mean_of(spread), spread))
    return out


def _with_words(score: CriterionScore, nearest: Opinion) -> CriterionScore:
    own = next(s for s in nearest[0] if s.criterion == score.criterion)
    return msgspec.structs.replace(score, evidence=own.evidence, reason=own.reason)


def _line(rubric: Rubric, member: dict[str, Any], one: Opinion) -> dict[str, Any]:
    total, passed = weigh(rubric, one[0])
    scores = {s.criterion: s.score for s in one[0]}
    return {"connection": member["connection"], "model": one[2]["model"], "total": total, "passed": passed, "scores": scores}


def _disagreement(rubric: Rubric, opinions: list[Opinion]) -> dict[str, float]:
    """By criterion the distance between the highest and the lowest member, as a share of the scale."""
    out: dict[str, float] = {}
    for place, criterion in enumerate(rubric.criteria):
        marks = [unit(criterion, one[0][place].score) for one in opinions]
        out[criterion.name] = max(marks) - min(marks)
    return out


PLUGIN = PanelJudge()
