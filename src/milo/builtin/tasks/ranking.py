"""`ranking`: several candidates put in order, best first; candidates may be level.

Stands alone because orders agree by degrees: the value is {tiers, order?}, where `tiers` holds the candidates' own ids
([["c"], ["a", "b"]]: c is best, a and b are level) and `order` how they stood on the screen. A plain list of ids is taken
as well. In a table: "c>a=b", and `order`.
"""

from __future__ import annotations

from typing import Any, cast

import msgspec

from milo.builtin.tasks import _candidates as shared
from milo.builtin.tasks import _orders as orders
from milo.builtin.tasks._config import flag, kept_or_none, known_keys, read, value_error
from milo.builtin.tasks._labels import instruction
from milo.domain.candidates import origin_of
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.domain.shapes import Ranks
from milo.kinds.task_type import Brief

MOST = 20


class Ranking:
    """An order of 2 to 20 candidates. Agreement is (Kendall's tau-b + 1) / 2; answers merge to the order closest to all."""

    name = "ranking"
    title = "Ranking"
    shape = "ranks"
    field_kinds: tuple[str, ...] = ("*",)

    def check_config(self, question: Question, fields: tuple[Field, ...]) -> Question:
        """Settings: `candidates`: the fields (or `field`: a table or chat field that holds them), `ties` (true: candidates may
        be level), `blind` (true: who made them is withheld), `shuffle` (true), `live` (the answers are written by connected
        models while people work; see `_live`)."""
        known_keys(question, *shared.SETTINGS, "ties")
        settled = shared.settle(question, fields, 2, MOST)
        return msgspec.structs.replace(settled, config=settled.config | {"ties": flag(question, "ties", True)})

    def check(self, question: Question, value: Any, item: Item | None) -> dict[str, Any]:
        """The value in full."""
        ranks = _read(question, value)
        n = sum(len(tier) for tier in ranks.tiers)
        if not 2 <= n <= MOST or ranks.strength is not None:
            raise value_error(question, f"expected an order of 2 to {MOST} candidates, got {value!r:.80}.")
        if not question.config.get("ties", True) and any(len(tier) > 1 for tier in ranks.tiers):
            raise value_error(question, "ties are not allowed here; give each candidate a rank of its own.")
        return shared.check_ranks(question, ranks, shared.known_ids(question, item))

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """See `_orders.agreement`; orders of different candidates do not agree at all."""
        if sorted(orders.ranks_of(a["tiers"])) != sorted(orders.ranks_of(b["tiers"])):
            return 0.0
        return orders.agreement(a["tiers"], b["tiers"])

    def brief(self, question: Question) -> Brief:
        """A list of tiers, or of ids where ties are not allowed."""
        ident: dict[str, Any] = {"type": "string"}
        if origin_of(question) == "fields":
            ident["enum"] = list(question.config["candidates"])
        if question.config.get("ties", True):
            schema: dict[str, Any] = {"type": "array", "items": {"type": "array", "items": ident, "minItems": 1}, "minItems": 1}
            how = "Answer with a list of lists of ids, best first; candidates in one inner list are equally good."
        else:
            schema = {"type": "array", "items": ident, "minItems": 2}
            how = "Answer with the list of all ids, best first."
        if "enum" in ident:
            schema["maxItems"] = len(ident["enum"])
        return Brief(instruction(question, f"{shared.described(question)} {how} Each id stands in it once."), schema)

    def to_model(self, question: Question, value: Any, item: Item) -> Any:
        """The ids, best first; in lists where some may be equally good."""
        tiers = value["tiers"]
        return tiers if question.config.get("ties", True) else [ident for tier in tiers for ident in tier]

    def merge(self, question: Question, values: list[Any]) -> Any:
        """The order with the least sum of distances to all (Kemeny) up to five candidates, else by mean ranks (Borda)."""
        if len(values) == 1:
            return values[0]
        ids = shared.by_id(list(orders.ranks_of(values[0]["tiers"])), question)
        same = [v["tiers"] for v in values if sorted(orders.ranks_of(v["tiers"])) == sorted(ids)]
        return {"tiers": orders.central(same, ids, ties=question.config.get("ties", True))}

    def summary(self, question: Question, value: Any) -> list[str]:
        """The best candidate, or those that share the first place."""
        return list(value["tiers"][0])

    def flatten(self, question: Question, value: Any) -> dict[str, str | int | float | bool | None]:
        """The order as "c>a=b"; `order`."""
        return {"": ">".join("=".join(tier) for tier in value["tiers"]), "order": shared.order_cell(value)}

    def unflatten(self, question: Question, cells: dict[str, Any]) -> Any:
        """The value from its cells; also takes a list, as columnar formats give it."""
        cell = cells[""]
        if not isinstance(cell, str):
            return cell
        ranks = Ranks([[i.strip() for i in tier.split("=")] for tier in cell.split(">")], shared.order_from(cells))
        return cast("dict[str, Any]", msgspec.to_builtins(ranks))

    def migrate(self, old: Question, new: Question, value: Any) -> Any | None:
        """The order if the new question ranks the same candidates."""
        if old.field != new.field:
            return None
        return kept_or_none(lambda: self.check(new, value, None))


def _read(question: Question, value: Any) -> Ranks:
    if isinstance(value, list):
        given = cast("list[Any]", value)
        value = {"tiers": [[entry] if isinstance(entry, str) else entry for entry in given]}
    return read(question, value, Ranks, "{tiers, order}")


PLUGIN = Ranking()
