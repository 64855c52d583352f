"""One answer out of what all voices said, and the signs of how sure it is. Raw signs, 0..1: none of them is a probability of
being right before it was compared with answers that people gave blind."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.builtin.predictors._llm_letters import averaged
from milo.builtin.predictors._llm_plan import Plan
from milo.builtin.predictors._llm_reading import Understood
from milo.domain.annotation import Prediction
from milo.domain.errors import InvalidValue
from milo.kinds.asking import Answer, Shown, Task
from milo.kinds.task_type import to_model


class Heard(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one voice said in the end; `understood` None means that nothing fitted, and `error` says why. `options` and
    `shares`: the options in the order of their letters and the probability of each; `sure`: the mean probability of the
    answer's tokens."""

    understood: Understood | None
    attempts: int
    error: str = ""
    raw: str = ""
    options: list[Any] | None = None
    shares: dict[int, float] | None = None
    sure: float | None = None


def concluded(plan: Plan, task: Task, shown: Shown, heard: list[Heard]) -> Answer:
    """The answer; failed where less than half of the voices that count have one that fits. `heard` as in `plan.voices`."""
    n = plan.config.samples + len(plan.members)
    votes, extra = heard[:n], heard[n:]
    letter = extra[0] if plan.letter is not None else None
    turned = extra[-1] if plan.turned is not None else None
    attempts = sum(one.attempts for one in heard)
    fitting = [one.understood for one in votes if one.understood is not None]
    if not fitting or 2 * len(fitting) < n:
        silent = next(one for one in votes if one.understood is None)
        return Answer(None, {}, silent.error, silent.raw, attempts)
    both = _both_orders(votes[0], turned)
    values = [one.value for one in fitting]
    if both is not None and n == 1:
        values = [_surest(task, shown, both[0])]
    try:
        value = values[0] if len(values) == 1 else _brought_together(task, shown, values)
    except InvalidValue as error:
        return Answer(None, {}, f"The voices cannot be brought together: {error.message}", "", attempts)
    signals = _Signals(plan, task, shown, value).all(votes, letter, turned, both)
    signals["valid"] = len(heard) / max(attempts, len(heard))
    rounded = {name: round(sign, 6) for name, sign in signals.items()}
    return Answer(
        Prediction(shown.item.id, task.question.name, value, None, _reason(task, value, fitting)), rounded, None, "", attempts
    )


def _both_orders(first: Heard, turned: Heard | None) -> tuple[dict[Any, float], float] | None:
    """The mean distribution over the options in both orders, and its overlap, where both were asked by letter."""
    if turned is None or first.shares is None or turned.shares is None or first.options is None or turned.options is None:
        return None
    return averaged(first.shares, first.options, turned.shares, turned.options)


def _brought_together(task: Task, shown: Shown, values: list[Any]) -> Any:
    """One value of several that were checked one by one. Raises InvalidValue."""
    return task.task_type.check(task.question, task.task_type.merge(task.question, values), shown.item)


def _surest(task: Task, shown: Shown, shares: dict[Any, float]) -> Any:
    best = max(shares, key=lambda option: shares[option])
    return task.task_type.check(task.question, best, shown.item)


class _Signals:
    """The signs for one value."""

    def __init__(self, plan: Plan, task: Task, shown: Shown, value: Any) -> None:
        self.plan, self.task, self.shown, self.value = plan, task, shown, value
        self.wanted = plan.config.confidence

    def all(
        self, votes: list[Heard], letter: Heard | None, turned: Heard | None, both: tuple[dict[Any, float], float] | None
    ) -> dict[str, float]:
        """Every sign that was asked for and could be had."""
        found: dict[str, float | None] = {}
        own, rest = votes[: self.plan.config.samples], votes[self.plan.config.samples :]
        if "samples" in self.wanted:
            found["samples"] = self._agreement(own)
        if "committee" in self.wanted:
            found["committee"] = self._agreement([own[0], *rest])
        if "stated" in self.wanted:
            found["stated"] = self._stated(votes)
        if "logprob" in self.wanted:
            found["logprob"] = self._logprob(own[0], letter, both)
        if "order" in self.wanted and turned is not None:
            found["order"] = both[1] if both is not None else self._agreement([turned])
        return {name: sign for name, sign in found.items() if sign is not None}

    def _agrees(self, one: Heard) -> float | None:
        if one.understood is None:
            return None
        return self.task.task_type.agreement(self.task.question, one.understood.value, self.value)

    def _agreement(self, voices: list[Heard]) -> float | None:
        """How far the voices agree with the value, on average; silent ones do not count."""
        found = [a for one in voices if (a := self._agrees(one)) is not None]
        return sum(found) / len(found) if found else None

    def _stated(self, voices: list[Heard]) -> float | None:
        """The mean number stated by those that gave the value; those that gave another say 1 minus theirs."""
        stated: list[float] = []
        for one in voices:
            if one.understood is None or one.understood.stated is None:
                continue
            agrees = self._agrees(one) or 0.0
            stated.append(one.understood.stated if agrees >= 1 else 1 - one.understood.stated)
        return sum(stated) / len(stated) if stated else None

    def _logprob(self, first: Heard, letter: Heard | None, both: tuple[dict[Any, float], float] | None) -> float | None:
        if both is not None:
            return both[0].get(self._option())
        source = letter if letter is not None else first
        if source.shares is None or source.options is None:
            return first.sure
        option = self._option()
        return source.shares[source.options.index(option)] if option in source.options else None

    def _option(self) -> Any:
        """The value as an option."""
        option = to_model(self.task.task_type, self.task.question, self.value, self.shown.item)
        return option if isinstance(option, str | int) else None


def _reason(task: Task, value: Any, fitting: list[Understood]) -> str | None:
    """The reason of a voice that gave the value, and what was left out."""
    first = fitting[0]
    if len(fitting) > 1:
        first = next((o for o in fitting if task.task_type.agreement(task.question, o.value, value) >= 1), first)
    parts = [first.reason] if first.reason else []
    if first.left_out:
        parts.append("Left out: " + "; ".join(first.left_out[:5]) + ".")
    return " ".join(parts) or None
