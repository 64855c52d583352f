"""`pairwise`: which of two candidates is better, or neither; if asked, by how much.

Stands alone because a preference is one key, and because its two candidates are blinded and shuffled: the value is
{tiers, order, strength?}, where `tiers` holds the candidates' own ids ([["answer_b"], ["answer_a"]], or both in one list
for a tie) and `order` how they stood on the screen, so that a liking for one side can be measured afterwards. A bare id or
"tie", and {"winner": id, "strength": n}, are taken as well. In a table: the winner or "tie", `strength` and `order`.
"""

from __future__ import annotations

from collections import Counter
from statistics import median_low
from typing import Any, cast

import msgspec

from milo.builtin.tasks import _candidates as shared
from milo.builtin.tasks._config import flag, kept_or_none, known_keys, read, value_error, whole
from milo.builtin.tasks._labels import instruction
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.domain.shapes import Ranks
from milo.kinds.task_type import Brief

MOST_STEPS = 9


class _Winner(msgspec.Struct, forbid_unknown_fields=True):
    winner: str
    strength: int | None = None
    order: list[str] | None = None


class Pairwise:
    """The better of two. Agreement is 1 - |a - b| / 2, where each answer is a number from -1 (the first candidate, by far)
    over 0 (a tie) to 1; without `strength` that is 1, 1/2 or 0."""

    name = "pairwise"
    title = "Compare two"
    shape = "ranks"
    field_kinds: tuple[str, ...] = ("*",)

    def check_config(self, question: Question, fields: tuple[Field, ...]) -> Question:
        """Settings: `candidates`: two fields (or `field`: a table or chat field that holds both), `tie` (true: "equally good"
        may be said), `strength` (0: not asked; else the number of steps, 2 to 9), `blind` (true: who made them is withheld),
        `shuffle` (true), `live` (two answers are written by connected models while people work; see `_live`)."""
        known_keys(question, *shared.SETTINGS, "tie", "strength")
        settled = shared.settle(question, fields, 2, 2)
        own = {"tie": flag(question, "tie", True), "strength": whole(question, "strength", 0, 0, MOST_STEPS)}
        return msgspec.structs.replace(settled, config=settled.config | own)

    def check(self, question: Question, value: Any, item: Item | None) -> dict[str, Any]:
        """The value in full."""
        ids = _ids(question, item)
        ranks = _read(question, value, ids)
        plain = shared.check_ranks(question, ranks, ids)
        tied = len(plain["tiers"]) == 1
        if tied and not question.config.get("tie", True):
            raise value_error(question, "a tie is not allowed here; choose the better one.")
        steps = _steps(question)
        if ranks.strength is not None:
            if tied or not 1 <= ranks.strength <= steps:
                why = "a tie has no strength" if tied else f"strength goes from 1 to {steps}" if steps else "it is not asked"
                raise value_error(question, f"the strength {ranks.strength} does not fit: {why}.")
            plain["strength"] = ranks.strength
        return plain

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """Over the candidates' ids; see the class."""
        return 1.0 if a == b else 1.0 - abs(_leaning(question, a) - _leaning(question, b)) / 2

    def brief(self, question: Question) -> Brief:
        """The winner's id, with the strength where it is asked."""
        tie = [shared.TIE] if question.config.get("tie", True) else []
        winner = {"type": "string", "enum": _ids(question, None) + tie}
        or_tie = f', or with "{shared.TIE}" if they are equally good' if tie else ""
        what = f"{shared.described(question)} Answer with the id of the better one{or_tie}."
        steps = _steps(question)
        if not steps:
            return Brief(instruction(question, what), winner)
        strength = {"type": ["integer", "null"], "minimum": 1, "maximum": steps}
        schema = {
            "type": "object",
            "properties": {"winner": winner, "strength": strength},
            "required": ["winner", "strength"],
            "additionalProperties": False,
        }
        return Brief(instruction(question, f"{what} `strength`: from 1 (slightly better) to {steps} (far better)."), schema)

    def to_model(self, question: Question, value: Any, item: Item) -> Any:
        """The winner, with the strength where it is asked."""
        winner = _winner(value)
        return {"winner": winner, "strength": value.get("strength")} if _steps(question) else winner

    def merge(self, question: Question, values: list[Any]) -> Any:
        """The candidate with more votes; a tie where votes are equal, or the first candidate if ties are not allowed. The
        strength is the median (the lower of two) among those who chose it."""
        if len(values) == 1:
            return values[0]
        ids = shared.by_id([i for tier in values[0]["tiers"] for i in tier], question)
        votes = Counter(_winner(value) for value in values)
        ahead = votes[ids[0]] - votes[ids[1]]
        if ahead == 0 and (question.config.get("tie", True) or votes[shared.TIE] == len(values)):
            return {"tiers": [ids]}
        best = ids[0] if ahead >= 0 else ids[1]
        merged: dict[str, Any] = {"tiers": [[best], [i for i in ids if i != best]]}
        strengths = [v["strength"] for v in values if _winner(v) == best and v.get("strength")]
        return merged | {"strength": median_low(strengths)} if strengths else merged

    def summary(self, question: Question, value: Any) -> list[str]:
        """The winner's id, or "tie"."""
        return [_winner(value)]

    def flatten(self, question: Question, value: Any) -> dict[str, str | int | float | bool | None]:
        """The winner's id or "tie"; `strength`; `order`."""
        return {"": _winner(value), "strength": value.get("strength"), "order": shared.order_cell(value)}

    def unflatten(self, question: Question, cells: dict[str, Any]) -> Any:
        """The value from its cells; a tie needs the order, or two fields that the settings name."""
        strength, order = cells.get("strength"), shared.order_from(cells)
        try:
            steps = int(strength) if strength not in (None, "") else None
        except ValueError:
            raise value_error(question, f"the cell {strength!r:.80} is no strength.") from None
        ranks = _ranked(question, _Winner(str(cells[""]), steps, order), _ids(question, None))
        return cast("dict[str, Any]", msgspec.to_builtins(ranks))

    def migrate(self, old: Question, new: Question, value: Any) -> Any | None:
        """The preference if the new question compares the same candidates."""
        if old.field != new.field:
            return None
        return kept_or_none(lambda: self.check(new, value, None))


def _ids(question: Question, item: Item | None) -> list[str]:
    found = shared.known_ids(question, item)
    if found is None:
        return ["1", "2"]
    if len(found) != 2:
        raise value_error(question, f"the item has {len(found)} candidates; this question compares two.")
    return found


def _read(question: Question, value: Any, ids: list[str]) -> Ranks:
    if isinstance(value, str):
        return _ranked(question, _Winner(value), ids)
    if isinstance(value, dict) and "winner" in value:
        return _ranked(question, read(question, value, _Winner, "{winner, strength, order}"), ids)
    return read(question, value, Ranks, "{tiers, order, strength}")


def _ranked(question: Question, given: _Winner, ids: list[str]) -> Ranks:
    if given.winner == shared.TIE:
        return Ranks([ids], given.order, given.strength)
    if given.winner not in ids:
        raise value_error(question, f'"{given.winner[:80]}" is no candidate; choose {ids[0]}, {ids[1]} or {shared.TIE}.')
    return Ranks([[given.winner], [i for i in ids if i != given.winner]], given.order, given.strength)


def _winner(value: dict[str, Any]) -> str:
    tiers = value["tiers"]
    return tiers[0][0] if len(tiers) > 1 else shared.TIE


def _steps(question: Question) -> int:
    return int(question.config.get("strength") or 0)


def _leaning(question: Question, value: dict[str, Any]) -> float:
    tiers = value["tiers"]
    if len(tiers) == 1:
        return 0.0
    steps = _steps(question)
    given = value.get("strength")
    size = 1.0 if not steps else (given if given else (steps + 1) / 2) / steps
    return size if tiers[0][0] < tiers[1][0] else -size


PLUGIN = Pairwise()
