"""What comparing candidates has in common: where they are, their ids, and the words about them for a model.

Stands alone because two candidates and twenty are read, blinded and shuffled alike.
"""

from __future__ import annotations

from typing import Any, cast

import msgspec

from milo.builtin.tasks._config import config_error, fitting_field, flag, value_error
from milo.builtin.tasks._live import settle_live
from milo.domain.candidates import candidates_of, origin_of
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.domain.shapes import Ranks

SETTINGS = ("candidates", "from", "blind", "shuffle", "live")
TIE = "tie"
LIST_KINDS = ("table", "chat")


def settle(question: Question, fields: tuple[Field, ...], least: int, most: int) -> Question:
    """The question with `candidates` or `field`, `from`, `blind` and `shuffle` filled in. Raises InvalidConfig."""
    common = {"blind": flag(question, "blind", True), "shuffle": flag(question, "shuffle", True)}
    named = question.config.get("candidates")
    if named is None:
        return _settle_list(question, fields, common, least, most)
    if question.config.get("live") is not None:
        raise config_error(question, "live", "answers made live stand in one field of kind table; do not name candidates.")
    known = {f.name for f in fields}
    names = cast("list[Any]", named) if isinstance(named, list) else []
    if not least <= len(names) <= most or not all(isinstance(n, str) and n in known for n in names):
        wanted = f"{least}" if least == most else f"{least} to {most}"
        have = ", ".join(sorted(known))
        raise config_error(
            question, "candidates", f"candidates is {named!r:.120}; it must name {wanted} fields. Fields: {have}."
        )
    if len(set(names)) < len(names) or TIE in names:
        raise config_error(question, "candidates", f'each candidate needs a field of its own, not called "{TIE}".')
    if question.field is not None:
        raise config_error(question, "field", "name the fields in candidates, or one field with a list of them; not both.")
    return msgspec.structs.replace(question, config={"candidates": names, "from": "fields", **common})


def _settle_list(question: Question, fields: tuple[Field, ...], common: dict[str, Any], least: int, most: int) -> Question:
    if question.field is None and not any(f.kind in LIST_KINDS for f in fields):
        raise config_error(
            question, "candidates", "it needs candidates: [answer_a, answer_b] (fields), or a field of kind table or chat."
        )
    live = question.config.get("live") is not None
    name = fitting_field(question, fields, ("table",) if live else LIST_KINDS)
    kind = next(f.kind for f in fields if f.name == name)
    config = {"from": "chat" if kind == "chat" else "list", **common}
    settled = msgspec.structs.replace(question, field=name)
    if live:
        config["live"] = settle_live(settled, fields, least, most)
    return msgspec.structs.replace(settled, config=config)


def known_ids(question: Question, item: Item | None) -> list[str] | None:
    """The candidates' ids in their own order; None where only the item would tell and there is none."""
    if item is not None:
        return [c.id for c in candidates_of(question, item.data)]
    return list(question.config.get("candidates") or []) if origin_of(question) == "fields" else None


def check_ranks(question: Question, ranks: Ranks, ids: list[str] | None) -> dict[str, Any]:
    """The plain value, if it ranks each of `ids` once (None: "1", "2", ... as far as they go). Raises InvalidValue."""
    named = [ident for tier in ranks.tiers for ident in tier]
    wanted = [str(i) for i in range(1, len(named) + 1)] if ids is None else ids
    if sorted(named) != sorted(wanted) or not all(ranks.tiers):
        raise value_error(
            question, f"it must rank each candidate once ({', '.join(wanted) or 'there is none'}), got {ranks.tiers!r:.120}."
        )
    place = {ident: i for i, ident in enumerate(wanted)}
    plain: dict[str, Any] = {"tiers": [sorted(tier, key=place.__getitem__) for tier in ranks.tiers]}
    if ranks.order is not None:
        if sorted(ranks.order) != sorted(wanted):
            raise value_error(question, f"order must name each candidate once ({', '.join(wanted)}), got {ranks.order!r:.120}.")
        plain["order"] = ranks.order
    return plain


def by_id(ids: list[str], question: Question) -> list[str]:
    """Ids in the candidates' own order: as the settings name them, else by number."""
    place = {name: i for i, name in enumerate(cast("list[str]", question.config.get("candidates") or []))}
    return sorted(ids, key=lambda i: (place.get(i, int(i) if i.isdecimal() else 0), i))


def described(question: Question) -> str:
    """Where the candidates are, in words for a model."""
    if origin_of(question) == "fields":
        return (
            f"The candidates are the fields {', '.join(question.config['candidates'])}; a candidate's id is its field's name."
        )
    if origin_of(question) == "chat":
        where = f"the assistant's turns behind everybody else's last turn in \"{question.field}\""
        return f'The candidates are {where}; the first of them has the id "1", the next one "2".'
    return f'The candidates are the entries of "{question.field}"; a candidate\'s id is its place as text, from "1".'


def order_cell(value: dict[str, Any]) -> str | None:
    """The order on the screen as one cell."""
    return "|".join(value["order"]) if value.get("order") else None


def order_from(cells: dict[str, Any]) -> list[str] | None:
    """The order on the screen from its cell."""
    cell = cells.get("order")
    return cell.split("|") if isinstance(cell, str) and cell else None
