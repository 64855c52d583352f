"""Dates, numbers, amounts of money, e-mails, addresses of pages, IBANs in a text, as places in code points. Pure; needs no
library.

What is found fits a pattern and, where there is one, a rule: days that exist, the check digits and the length of an IBAN. It
is not understood: "version 1.2" has a number, "5/6" may be a date or a fraction and is neither, since a date needs a year.
Sources: ISO 13616 (IBAN, mod 97-10), lengths by country as in its registry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

KINDS = ("iban", "email", "url", "phone", "date", "amount", "number")
"""In the order in which they win where they overlap."""
Place = tuple[int, int]

_MONTHS = (
    "jan(?:uary|uar|vier)?|enero|gennaio|feb(?:ruary|ruar)?|février|fevrier|febrero|febbraio|mar(?:ch|s|zo)?|märz|apr(?:il|ile)?|avril|abril|"
    "may|mai|mayo|maggio|june?|juni?|juin|junio|giugno|july?|juli?|juillet|julio|luglio|aug(?:ust)?|août|aout|agosto|sept?(?:ember|embre|iembre)?|"
    "settembre|septiembre|oct(?:ober|obre|ubre)?|okt(?:ober)?|ottobre|nov(?:ember|embre|iembre)?|dec(?:ember)?|dez(?:ember)?|décembre|decembre|"
    "diciembre|dicembre"
)
_NUMBER = r"\d{1,3}(?:[.,'\u00a0\u202f]\d{3})+(?:[.,]\d{1,4})?|\d+(?:[.,]\d+)?"
_CODES = "USD|EUR|GBP|CHF|JPY|CNY|INR|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RUB|BRL|MXN|ZAR|TRY|KRW|SGD|HKD"
_WORDS = r"(?:US\s)?dollars?|euros?|pounds?(?:\ssterling)?|yen|francs?|rupees?|cents?|pence"
_TIMES = r"(?:\s?(?:k|m|mn|bn|thousand|million|billion|trillion|Mio\.?|Mrd\.?|Millionen|Milliarden))?"

_EMAIL = re.compile(r"(?<![\w.+@-])[\w][\w.+'-]{0,63}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,24}(?![\w@-])")
_URL = re.compile(
    r"""(?<![\w@])(?:(?:https?|ftp)://[^\s<>"'\ufeff\u200b-\u200d\u2060]{3,2000}|www\.[^\s<>"'@\ufeff\u200b-\u200d\u2060]{1,253}\.[^\W\d_]{2,24}(?:/[^\s<>"'\ufeff\u200b-\u200d\u2060]{0,2000})?)""",
    re.IGNORECASE,
)
_DATES = (
    re.compile(r"(?<![\w./-])(\d{4})-(\d{1,2})-(\d{1,2})(?!\d|[./-]\d)"),
    re.compile(r"(?<![\w./-])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\d|[./-]\d)"),
    re.compile(
        rf"(?<!\w)\d{{1,2}}(?:st|nd|rd|th|\.|er|º)?(?:\sof|\sde)?\s(?:{_MONTHS})\.?,?(?:\sde|\sdel)?\s\d{{4}}(?!\w)",
        re.IGNORECASE,
    ),
    re.compile(rf"(?<!\w)(?:{_MONTHS})\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}(?!\w)", re.IGNORECASE),
    re.compile(rf"(?<!\w)(?:{_MONTHS})\.?\s(?:1[89]|20)\d\d(?!\w)", re.IGNORECASE),
)
_AMOUNT = re.compile(
    rf"(?<![\w.,$€£¥₹])(?:(?:[A-Z]{{1,2}})?[$€£¥₹]\s?[-+]?(?:{_NUMBER}){_TIMES}|(?:{_CODES})\s?[-+]?(?:{_NUMBER}){_TIMES}|"
    rf"[-+]?(?:{_NUMBER}){_TIMES}\s?(?:[€£¥₹$](?!\d)|(?:{_CODES})(?!\w)|(?:{_WORDS})(?!\w)))(?!\w)"
)
_PLAIN = re.compile(rf"(?<![\w.,/@:-])(?<!&#)[-+−]?(?:{_NUMBER})(?:\s?%|‰)?(?![\w@]|[.,/:-]\d)")
_IBAN_START = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?=[ A-Z0-9])")
_LENGTHS = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 "
    "FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 "
    "LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 "
    "SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 "
)
_IBAN = {entry[:2]: int(entry[2:]) for entry in _LENGTHS.split()}
"""How many characters an IBAN has, by country."""


def emails(text: str) -> Iterator[Place]:
    """E-mail addresses. Not found: quoted local parts, and domains without a dot."""
    for found in _EMAIL.finditer(text):
        if ".." not in found[0] and ".@" not in found[0]:
            yield found.span()


def urls(text: str) -> Iterator[Place]:
    """Addresses that begin with a scheme or www., without the punctuation of the sentence around them."""
    for found in _URL.finditer(text):
        words = found[0]
        while words and (
            words[-1] in ".,;:!?*_~'\"»”…"
            or any(words[-1] == b and words.count(b) > words.count(a) for a, b in ("()", "[]", "{}"))
        ):
            words = words[:-1]
        if len(words) > 8 or words.lower().startswith("www."):
            yield found.start(), found.start() + len(words)


def ibans(text: str) -> Iterator[Place]:
    """IBANs of the length of their country whose check digits are right, in groups or in one piece."""
    for found in _IBAN_START.finditer(text):
        length = _IBAN.get(found[0][:2], 0)
        at, kept = found.start(), ""
        while at < len(text) and len(kept) < length:
            if text[at].isascii() and text[at].isalnum() and not text[at].islower():
                kept += text[at]
            elif text[at] != " " or text[at - 1] == " ":
                break
            at += 1
        ends = at == len(text) or not (text[at].isalnum() or text[at] == "_")
        if length and len(kept) == length and ends and iban_holds(kept):
            yield found.start(), at


def iban_holds(iban: str) -> bool:
    """Whether the check digits are right: the number, its first four characters moved to the end, is 1 modulo 97."""
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def dates(text: str) -> Iterator[Place]:
    """Days with a year, in figures or with the name of a month (English, German, French, Spanish, Italian); a month with a
    year. In figures they must be a day that exists, whether the day or the month comes first."""
    taken: list[Place] = []
    for number, pattern in enumerate(_DATES):
        for found in pattern.finditer(text):
            if number == 0 and not _is_day(int(found[1]), int(found[2]), int(found[3])):
                continue
            if number == 1:
                year = int(found[4]) + (2000 if len(found[4]) == 2 else 0)
                if not (_is_day(year, int(found[3]), int(found[1])) or _is_day(year, int(found[1]), int(found[3]))):
                    continue
            if all(found.end() <= start or found.start() >= end for start, end in taken):
                taken.append(found.span())
    return iter(taken)


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return year >= 1000


def amounts(text: str) -> Iterator[Place]:
    """Numbers with the sign, code or name of a currency."""
    return (found.span() for found in _AMOUNT.finditer(text))


def numbers(text: str) -> Iterator[Place]:
    """Numbers in figures that stand by themselves, with a per cent sign if there is one."""
    return (found.span() for found in _PLAIN.finditer(text))


def phones(region: str | None) -> Callable[[str], Iterator[Place]]:
    """Phone numbers that could be dialled; those without a country code only where a region is given. Needs `phonenumbers`."""
    import phonenumbers

    def find(text: str) -> Iterator[Place]:
        for found in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.VALID):
            yield found.start, found.end

    return find


def finders(region: str | None, wanted: frozenset[str]) -> dict[str, Callable[[str], Iterator[Place]]]:
    """The finders of these kinds, in the order in which they win."""
    known: dict[str, Callable[[str], Iterator[Place]]] = {
        "iban": ibans, "email": emails, "url": urls, "date": dates, "amount": amounts, "number": numbers
    }  # fmt: skip
    return {kind: phones(region) if kind == "phone" else known[kind] for kind in KINDS if kind in wanted}


def find_all(text: str, found_by: dict[str, Callable[[str], Iterator[Place]]]) -> list[tuple[int, int, str]]:
    """(start, end, kind) of everything, in the order of the text; no two overlap: earlier kinds win, then longer places."""
    taken: list[tuple[int, int, str]] = []
    for kind, find in found_by.items():
        for start, end in sorted(find(text), key=lambda p: (p[0] - p[1], p[0])):
            if start < end and all(end <= s or start >= e for s, e, _ in taken):
                taken.append((start, end, kind))
    return sorted(taken)
