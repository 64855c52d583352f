"""Which amounts of a paper can be its total, its net amount and its tax: they add up, and they look like money.

Stands alone as arithmetic, which holds in every language: the net amount and the tax make the total, at a rate that taxes have.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from milo.builtin.predictors._field_candidates import Choice
from milo.builtin.predictors._field_cues import Cues, strength
from milo.builtin.predictors._page_words import Words
from milo.domain.typed import read_date

_CENTS = re.compile(r"[.,]\d\d\D*$")
_TAX = frozenset(("tax", "vat", "gst", "mwst", "ust", "btw", "tva", "iva", "umsatzsteuer", "mehrwertsteuer"))
_PAID = frozenset(
    (
        "cash", "change", "tender", "tendered", "bar", "gegeben", "rückgeld", "espèces", "rendu", "contant", "wisselgeld",
        "efectivo", "cambio", "contanti", "resto", "gotówka",
    )
)  # fmt: skip
_ROUNDING = ("round", "rundung", "arrondi", "afronding", "redondeo", "arrotondamento", "zaokr")
_LEAST, _MOST = 0.03, 0.28
_CODE = 1e7
_FEW = 60


def sum_hints(words: Words, choices: Sequence[Choice], cues: Cues) -> list[list[tuple[str, float]]]:
    """For each candidate of an amount, what speaks for its being a total, a net amount or a tax, or against its being money."""
    money = _money(words, choices)
    sums, dated = _sums(words, choices, money), _dated(words)
    values = set(money)
    found: list[list[tuple[str, float]]] = []
    for one in choices:
        own = [(f"sum={part}", 1.0) for part, value in sums.items() if one.value == value and one.value]
        own += [(name, 1.0) for name, holds in _against(words, one, dated) if holds]
        if money:
            own += [("most money", 1.0)] if one.value == money[0] else [("bare", 1.0)] if float(one.value) not in values else []
        head = strength(_row_head(words, one), cues.names)
        found.append(own + ([("cue row", head)] if head else []))
    return found


def _money(words: Words, choices: Sequence[Choice]) -> list[float]:
    """The values with cents, largest first, without what was handed over and given back in cash."""
    texts = ((one, " ".join(t.text for t in words.tokens[one.first : one.last + 1])) for one in choices if one.rows)
    values = {float(one.value) for one, text in texts if _CENTS.search(text) and 0 < float(one.value) < _CODE}
    paid = {float(one.value) for one in choices if one.rows and _PAID & set(_row_head(words, one))}
    return sorted(values, reverse=True)[:_FEW] if values <= paid else sorted(values - paid, reverse=True)[:_FEW]


def _sums(words: Words, choices: Sequence[Choice], money: list[float]) -> dict[str, float]:
    """The largest amount that is the sum of two others at a rate that taxes have; with a tax that is said to be 0, the largest
    of all is both. Where it is said by how much a total was rounded, the rounded one."""
    cents = {round(100 * value): value for value in money}
    for rounding in (round(100 * float(one.value)) for one in choices if one.rows and _rounds(words, one)):
        for number, value in cents.items():
            if rounded := next((cents[n] for n in (number + rounding, number - rounding) if n in cents), None):
                return {"total": rounded, "exact": value}
    for total in money[:8]:
        for net in money:
            tax = round(100 * total) - round(100 * net)
            if tax in cents and _LEAST <= tax / (100 * net) <= _MOST:
                return {"total": total, "net": net, "tax": cents[tax]}
    zero = any(one.value == 0 and one.rows and _TAX & set(_row_head(words, one)) for one in choices)
    return {"both": money[0]} if zero and money else {}


def _rounds(words: Words, one: Choice) -> bool:
    return 0 < abs(float(one.value)) < 0.1 and any(w.startswith(_ROUNDING) for w in _row_head(words, one))


def _dated(words: Words) -> set[int]:
    """The tokens that are part of a date in words or figures."""
    found: set[int] = set()
    for first, end in words.lines:
        for start in range(first, end):
            for stop in range(start + 2, min(end, start + 5) + 1):
                text = " ".join(t.text for t in words.tokens[start:stop])
                if any(c.isdigit() for c in text) and any(c.isalpha() for c in text) and read_date(text.strip(" .,;:()")):
                    found |= set(range(start, stop))
    return found


def _against(words: Words, one: Choice, dated: set[int]) -> list[tuple[str, bool]]:
    if not one.rows:
        return []
    tokens = words.tokens
    text = " ".join(t.text for t in tokens[one.first : one.last + 1])
    after = tokens[one.last + 1] if one.last + 1 < len(tokens) and tokens[one.last + 1].line == tokens[one.last].line else None
    code = sum(c.isdigit() for c in text) >= 7 and not re.search(r"[.,']", text)
    percent = "%" in text or (after is not None and after.text.startswith("%"))
    return [("in a date", one.first in dated), ("code", code or float(one.value) >= 1e10), ("percent", percent)]


def _row_head(words: Words, one: Choice) -> tuple[str, ...]:
    """The words of the last piece without figures before a candidate on its line."""
    if not one.rows:
        return ()
    tokens, found = words.tokens, list[str]()
    first, _ = words.lines[tokens[one.first].line]
    for i in range(one.first - 1, first - 1, -1):
        token = tokens[i]
        if not any(c.isalpha() for c in token.text):
            if found:
                break
            continue
        found.insert(0, token.norm)
    return tuple(found[:8])
