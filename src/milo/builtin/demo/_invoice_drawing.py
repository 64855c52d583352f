"""Draws sample invoices: each firm has a look of its own, kept from bill to bill, and what is on them is invented.

Stands alone so that a sample project, and measurements of models that read documents, have papers whose contents are known and
that anybody may use. A firm is a number; equal numbers give equal bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from milo.builtin.demo._invoice_words import NAMES, PEOPLE, TONGUES, TRADES, Tongue
from milo.builtin.demo._pdf import WIDTH, Rule, Text, pdf

Mark = Text | Rule
_LEFT, _RIGHT = 52.0, WIDTH - 52.0


class Invoice(NamedTuple):
    """A file, and what is said on it: issuer, number, date, due (None where it is not said), net, total, currency."""

    name: str
    content: bytes
    truth: dict[str, Any]


class Firm(NamedTuple):
    """Who writes a bill, and how: words, order and looks."""

    name: str
    tongue: Tongue
    words: dict[str, str]
    address: tuple[str, str]
    currency: tuple[str, str]
    look: dict[str, Any]


def firm_of(number: int) -> Firm:
    """The firm of that number."""
    chance = Random(f"firm {number}")
    tongue = TONGUES[chance.randrange(3)]
    kinds = ("title", "number", "date", "due", "order", "customer", "net", "tax", "total", "to")
    words = {kind: chance.choice(getattr(tongue, kind)) for kind in kinds}
    name = f"{NAMES[number % len(NAMES)]} {chance.choice((*TRADES, ''))}".strip()
    name = f"{name} {chance.choice(tongue.legal)}" if chance.random() < 0.85 else name
    currency = ("EUR", "€") if tongue is not TONGUES[0] else chance.choice((("USD", "$"), ("GBP", "£"), ("EUR", "€")))
    address = (
        f"{chance.choice(tongue.streets)} {chance.randint(1, 99)}",
        f"{chance.randint(10000, 98000)} {chance.choice(tongue.towns)}",
    )
    look = {
        "head": chance.choice(("left", "right", "middle")), "size": chance.choice((13, 16, 20)),
        "meta": chance.choice(("beside", "far", "under", "row")), "meta at": chance.choice((_LEFT, 330.0)),
        "meta order": chance.sample(("number", "date", "due", "order", "customer"), 5), "colon": chance.choice((":", "", ":")),
        "date": chance.randrange(4), "sign": chance.choice(("before", "after", "code", "none")),
        "totals": chance.choice((300.0, 360.0)),
        "number": chance.choice(("{y}-{n:04d}", "INV{n:06d}", "{n}", "R{y}/{n}", "{y}{n:05d}")),
        "first": chance.randint(100, 90000), "due": chance.random() < 0.75, "body": chance.choice((9, 10, 11)),
        "swap": chance.random() < 0.3,
    }  # fmt: skip
    return Firm(name, tongue, words, address, currency, look)


def invoice(firm_number: int, number: int) -> Invoice:
    """The bill of that number from that firm."""
    firm, chance = firm_of(firm_number), Random(f"bill {firm_number} {number}")
    day = date(2023, 1, 5) + timedelta(days=chance.randrange(900))
    due = day + timedelta(days=chance.choice((7, 14, 30))) if firm.look["due"] else None
    ident = firm.look["number"].format(y=day.year, n=firm.look["first"] + 7 * number + chance.randrange(5))
    rows = [
        (good, chance.randint(1, 9), chance.randint(200, 45000) / 100)
        for good in chance.sample(firm.tongue.goods, chance.randint(2, 8))
    ]
    net = round(sum(count * price for _, count, price in rows), 2)
    tax = round(net * (0.19 if firm.tongue is TONGUES[1] else 0.2), 2)
    total = round(net + tax, 2)
    said = {
        "number": ident, "date": _day(firm, day), "due": _day(firm, due) if due else "",
        "order": f"{chance.randint(10000, 99999)}", "customer": f"K{chance.randint(1000, 9999)}",
    }  # fmt: skip
    pages = _pages(firm, chance, said, rows, (net, tax, total))
    truth = {
        "issuer": firm.name, "number": ident, "date": day.isoformat(), "due": due.isoformat() if due else None,
        "net": net, "total": total, "currency": firm.currency[0],
    }  # fmt: skip
    return Invoice(f"invoice-{firm_number:03d}-{number:03d}.pdf", pdf(pages), truth)


def _day(firm: Firm, day: date) -> str:
    named = f"{day.day} {firm.tongue.months[day.month - 1]} {day.year}"
    return (day.isoformat(), f"{day:%d.%m.%Y}", f"{day:%d/%m/%Y}", named)[firm.look["date"]]


def _money(firm: Firm, value: float, *, plain: bool = False) -> str:
    written = f"{value:,.2f}"
    if firm.tongue is not TONGUES[0]:
        written = written.replace(",", " " if firm.tongue is TONGUES[2] else "_").replace(".", ",").replace("_", ".")
    code, sign = firm.currency
    forms = {"before": f"{sign}{written}", "after": f"{written} {sign}", "code": f"{code} {written}", "none": written}
    return written if plain else forms[firm.look["sign"]]


def _pages(
    firm: Firm, chance: Random, said: dict[str, str], rows: list[tuple[str, int, float]], sums: tuple[float, float, float]
) -> list[list[Mark]]:
    page: list[Mark] = []
    y = _head(firm, page)
    y = _meta(firm, chance, said, page, y)
    y = _table(firm, rows, page, y + 34)
    y = _totals(firm, sums, page, y + 16)
    page.append(Text(_LEFT, y + 40, firm.tongue.thanks, 8))
    page.append(Rule(_LEFT, 780, _RIGHT - _LEFT))
    account = f"IBAN XX{chance.randint(10, 99)} 0000 {chance.randint(1000, 9999)}"
    foot = " - ".join((firm.name, *firm.address, firm.currency[0], account))
    page.append(Text(_LEFT, 796, foot, 7))
    return [page]


def _head(firm: Firm, page: list[Mark]) -> float:
    size, where = firm.look["size"], firm.look["head"]
    x, right = {"left": (_LEFT, False), "right": (_RIGHT, True), "middle": (WIDTH / 2 - 80, False)}[where]
    name, title = (
        Text(x, 60, firm.name, size, True, right),
        Text(_LEFT if where == "right" else _RIGHT - 120, 150, firm.words["title"], 15, True),
    )
    page += [title, name] if firm.look["swap"] else [name, title]
    page += [Text(x, 76 + 12 * i, line, 8, False, right) for i, line in enumerate(firm.address)]
    return 170.0


def _meta(firm: Firm, chance: Random, said: dict[str, str], page: list[Mark], y: float) -> float:
    """Number, dates and the like: beside their labels near or far, under them, or in one row; and who it is to."""
    size, x = firm.look["body"], firm.look["meta at"]
    person, street = chance.choice(PEOPLE), chance.choice(firm.tongue.streets)
    to_x = _LEFT if x > 200 else 360.0
    lines = (
        firm.words["to"] + firm.look["colon"],
        person,
        f"{street} {chance.randint(1, 80)}",
        f"{chance.randint(10000, 98000)} {chance.choice(firm.tongue.towns)}",
    )
    page += [Text(to_x, y + 14 * i, line, size) for i, line in enumerate(lines)]
    kinds = [kind for kind in firm.look["meta order"] if said[kind]]
    if firm.look["meta"] == "row":
        step = (_RIGHT - _LEFT) / len(kinds)
        for i, kind in enumerate(kinds):
            page += [Text(_LEFT + i * step, y + 76, firm.words[kind], 8), Text(_LEFT + i * step, y + 90, said[kind], size)]
        return y + 96
    apart: Callable[[str], float] = lambda label: 12.0 + len(label) * size * 0.52  # noqa: E731
    for i, kind in enumerate(kinds):
        label = firm.words[kind] + firm.look["colon"]
        if firm.look["meta"] == "under":
            page += [Text(x, y + 30 * i, label, 8, True), Text(x, y + 30 * i + 12, said[kind], size)]
        else:
            far = 120.0 if firm.look["meta"] == "far" else apart(label)
            page += [Text(x, y + 15 * i, label, size, True), Text(x + far, y + 15 * i, said[kind], size)]
    return y + (30 if firm.look["meta"] == "under" else 15) * len(kinds)


def _table(firm: Firm, rows: list[tuple[str, int, float]], page: list[Mark], y: float) -> float:
    size, at = firm.look["body"], (_LEFT, 330.0, 430.0, _RIGHT)
    page += [Text(x, y, words, size, True, i > 0) for i, (x, words) in enumerate(zip(at, firm.tongue.columns, strict=True))]
    page.append(Rule(_LEFT, y + 5, _RIGHT - _LEFT))
    for good, count, price in rows:
        y += size + 7
        cells = (good, str(count), _money(firm, price, plain=True), _money(firm, round(count * price, 2), plain=True))
        page += [Text(x, y, words, size, False, i > 0) for i, (x, words) in enumerate(zip(at, cells, strict=True))]
    page.append(Rule(_LEFT, y + 6, _RIGHT - _LEFT))
    return y + 10


def _totals(firm: Firm, sums: tuple[float, float, float], page: list[Mark], y: float) -> float:
    size, x = firm.look["body"], firm.look["totals"]
    for kind, value in zip(("net", "tax", "total"), sums, strict=True):
        bold = kind == "total"
        page += [
            Text(x, y, firm.words[kind] + firm.look["colon"], size, bold),
            Text(_RIGHT, y, _money(firm, value), size, bold, True),
        ]
        y += size + 6
    return y
