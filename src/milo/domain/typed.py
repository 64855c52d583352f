"""Numbers, amounts and dates as they stand in documents, read into one form. Pure; task types and predictors share it.

Stands alone because "1.234,56 €" and "18 april 2014" must mean the same wherever they are typed, dragged over or found. A
number becomes a float; a date becomes `YYYY-MM-DD`. What cannot be read for certain gives None, never a guess: "1.5.3" is
no number.
"""

from __future__ import annotations

import re
from datetime import date

_NUMBER = re.compile(r"(?P<before>[^\d]{0,12}?)(?P<digits>\d[\d.,'’ \u00a0\u202f]*)(?P<after>[^\d]{0,12})")
_GROUPED = re.compile(r"\d{1,3}(?P<sign>[.,'’ ])\d{2,3}(?:(?P=sign)\d{2,3})*")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|º|ª|\.)(?=\s|$)", re.IGNORECASE)
_MONTHS = (
    "january januar januari janvier enero gennaio stycznia janeiro janv jan ene gen sty",
    "february februar februari février fevrier febrero febbraio lutego fevereiro févr fevr feb fév fev lut",
    "march märz maerz maart mars marzo marca março marco mar mär mrz mrt",
    "april avril abril aprile kwietnia apr avr abr kwi",
    "may mai mei mayo maggio maja maio mag maj",
    "june juni juin junio giugno czerwca junho jun giu cze",
    "july juli juillet julio luglio lipca julho juil jul lug lip",
    "august augustus août aout agosto sierpnia aug aoû ago sie",
    "september septembre septiembre settembre września wrzesnia setembro sept sep set wrz",
    "october oktober octobre octubre ottobre października pazdziernika outubro oct okt ott out paź paz",
    "november novembre noviembre listopada novembro nov lis",
    "december dezember décembre decembre diciembre dicembre grudnia dezembro dec dez déc dic gru",
)
MONTHS: dict[str, int] = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
"""Names of months, in small letters, in English, German, Dutch, French, Spanish, Italian, Polish and Portuguese."""
_NUMERIC = re.compile(r"(\d{1,4})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{1,4})")
_EAST = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_DAY_FIRST = re.compile(r"(\d{1,2})[\s\-/.]*(?:de\s+)?([^\W\d_]{3,12})[\s\-/.,]*(?:de\s+)?['’]?(\d{4}|\d{2})")
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,12})[\s\-/.]*(\d{1,2})[\s,\-/.]+['’]?(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[\s\-/.]*([^\W\d_]{3,12})[\s\-/.]*(\d{1,2})")
ORDERS = ("dmy", "mdy")
DECIMALS = ("auto", ".", ",")


def read_number(text: str, decimal: str = "auto", *, amount: bool = False) -> float | None:
    """The number in a text that holds one, with or without a currency or unit beside it; None for anything else.

    `decimal` says which mark parts off the fraction. With "auto" the last of two different marks does; a single mark with three
    digits behind it parts thousands where it is a comma or the number is an `amount`, and is a decimal point otherwise.
    """
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        return None
    before, after = found["before"], found["after"]
    digits = found["digits"].rstrip(".,'’ \u00a0\u202f").replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")
    plain = _plain(digits, decimal, amount)
    if plain is None:
        return None
    behind = after.strip() in ("-", "−") and found["digits"][-1].isdigit()  # 12- is a credit, 12,- is an even price
    minus = any(sign in before for sign in "-−–") or ("(" in before and ")" in after) or behind
    number = float(plain)
    return -number if minus and number else number


def _plain(digits: str, decimal: str, amount: bool) -> str | None:
    """The digits with a point before the fraction, without any other mark; None where the marks make no sense."""
    marks = [c for c in digits if c in ".,"]
    point = _point(digits, marks, amount) if decimal == "auto" else (decimal if decimal in marks else None)
    whole, fraction = digits, ""
    if point is not None:
        if digits.count(point) > 1:
            return None
        whole, fraction = digits.split(point)
    if fraction and not fraction.isdigit():
        return None
    if not whole.isdigit():
        if not _GROUPED.fullmatch(whole) or not whole[-3:].isdigit():
            return None
        whole = re.sub(r"\D", "", whole)
    return f"{whole}.{fraction}" if fraction else whole


def _point(digits: str, marks: list[str], amount: bool) -> str | None:
    """Which mark parts off the fraction; None where there is no fraction."""
    if not marks:
        return None
    last = marks[-1]
    if len(set(marks)) == 2:
        return last
    if len(marks) > 1:
        return None
    whole, fraction = digits.split(last)
    thousands = len(fraction) == 3 and 1 <= len(whole) <= 3 and whole != "0"
    return None if thousands and (last == "," or amount) else last


def read_date(text: str, order: str = "dmy") -> str | None:
    """The date in a text that holds one and nothing else, as `YYYY-MM-DD`; None for anything else.

    `order`, "dmy" or "mdy", settles 3/4/2014; where only the other order gives a date (12/31/2014), that one is taken. Two
    digits of a year mean 1970 to 2069. Months may be named, in the languages of `MONTHS`.
    """
    words = _ORDINAL.sub("", " ".join(text.split())).strip(" ,.;").lower()
    if east := _EAST.fullmatch(words):
        return _date(*(int(part) for part in east.groups()))
    if numeric := _NUMERIC.fullmatch(words):
        a, b, c = numeric[1], int(numeric[3]), numeric[4]
        if len(a) > 2:
            return _date(int(a), b, int(c)) if len(a) == 4 else None
        if len(c) not in (2, 4):
            return None
        pairs = ((b, int(a)), (int(a), b))
        return next((d for m, n in (pairs if order == "dmy" else pairs[::-1]) if (d := _date(_year(c), m, n))), None)
    return _named(words)


def _named(words: str) -> str | None:
    if (found := _DAY_FIRST.fullmatch(words)) and (month := MONTHS.get(found[2])):
        return _date(_year(found[3]), month, int(found[1]))
    if (found := _MONTH_FIRST.fullmatch(words)) and (month := MONTHS.get(found[1])):
        return _date(_year(found[3]), month, int(found[2]))
    if (found := _YEAR_FIRST.fullmatch(words)) and (month := MONTHS.get(found[2])):
        return _date(int(found[1]), month, int(found[3]))
    return None


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) > 2 else year + (2000 if year < 70 else 1900)


def _date(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
