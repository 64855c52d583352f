"""PERSONAL: find personal data and secrets in a text, by pattern and checksum. Pure, linear in the length of the text.

Stands alone because a finding must be explainable: each kind is a pattern with a check (Luhn, mod 97, address syntax, entropy),
never a guess by a model. Names of people, postal addresses and what is only drawn or spoken are not found.
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import get_args

import msgspec

from milo.domain.policy import MaskKind as Kind

KINDS: tuple[Kind, ...] = get_args(Kind)
_ORDER: tuple[Kind, ...] = ("key", "iban", "card", "email", "ip", "phone")
"""Where two kinds claim the same characters, the earlier one has them: the surer check first."""

Finder = Callable[[str], Iterator[tuple[int, int]]]
_PASSES = 6
_COVER = "["


class Found(msgspec.Struct, frozen=True):
    """One finding: code points `start` to `end` (exclusive) of the text."""

    kind: Kind
    start: int
    end: int


def find(text: str, kinds: Iterable[str] = KINDS) -> list[Found]:
    """All findings of these kinds, in order, none overlapping another. Kinds that are not known are passed over.

    What was found is covered and the rest looked at again, since one finding can hide that its neighbour stands alone.
    """
    wanted = set(kinds)
    finders: list[tuple[Kind, Finder]] = [(kind, _FINDERS[kind]) for kind in _ORDER if kind in wanted]
    found: list[Found] = []
    for _ in range(_PASSES):
        fresh = list(_claim(text, finders))
        if not fresh:
            break
        found += fresh
        text = _covered(text, fresh)
    return sorted(found, key=lambda f: f.start)


def _claim(text: str, finders: Sequence[tuple[Kind, Finder]]) -> Iterator[Found]:
    taken: list[Found] = []
    for kind, finder in finders:
        fresh = [Found(kind, start, end) for start, end in finder(text)]
        if not fresh:
            continue
        taken += _apart(fresh, taken)
    yield from sorted(taken, key=lambda f: f.start)


def _apart(fresh: list[Found], taken: list[Found]) -> list[Found]:
    """Those of `fresh` (in order) that meet none of `taken` and not each other; one walk over both."""
    out: list[Found] = []
    others = iter(sorted(taken, key=lambda f: f.start))
    other, last = next(others, None), 0
    for one in sorted(fresh, key=lambda f: f.start):
        while other is not None and other.end <= one.start:
            other = next(others, None)
        if one.start < last or (other is not None and other.start < one.end):
            continue
        out.append(one)
        last = one.end
    return out


def _covered(text: str, found: list[Found]) -> str:
    parts: list[str] = []
    at = 0
    for one in found:
        parts += (text[at : one.start], _COVER * (one.end - one.start))
        at = one.end
    return "".join((*parts, text[at:]))


# e-mail addresses

_EMAIL = re.compile(r"(?<![\w.%+'-])[\w.%+'-]++@[\w-]++(?:\.[\w-]++)++")


def _emails(text: str) -> Iterator[tuple[int, int]]:
    if "@" in text:
        for match in _EMAIL.finditer(text):
            last = match[0].rpartition(".")[2]
            if len(last) > 1 and not last.isdigit():
                yield match.start() + len(match[0]) - len(match[0].lstrip("'.-")), match.end()


# payment cards: 13 to 19 digits, a network's first digit, and the check digit of Luhn (ISO/IEC 7812-1)

_CARD = re.compile(
    r"(?<![\w.+-])(?:[2-6][0-9]{12,18}|[2-6][0-9]{3}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{1,4}(?:\1[0-9]{1,3})?"
    r"|3[0-9]{3}([ -])[0-9]{6}\2[0-9]{4,5})(?![ -]?[0-9])(?!\w)"
)


def _cards(text: str) -> Iterator[tuple[int, int]]:
    for match in _CARD.finditer(text):
        if luhn(match[0]):
            yield match.span()


def luhn(text: str) -> bool:
    """Whether the digits of a text end with the check digit that Luhn's rule asks for."""
    digits = [int(c) for c in text if c.isascii() and c.isdigit()]
    doubled = (d * 2 - 9 * (d > 4) for d in digits[-2::-2])
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


# IBAN: country, two check digits, and the length that the country's register states (ISO 13616)

_IBAN_START = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?= ?[A-Z0-9])", re.IGNORECASE)
_COUNTRIES = {
    15: "NO", 16: "BE", 18: "DK FI FO GL NL SD FK", 19: "MK SI", 20: "AT BA EE KZ LT LU XK MN", 21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM TL SO", 24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST",
    26: "IS TR", 27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB NI PL SV", 29: "BR EG PS QA UA",
    30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
}  # fmt: skip
_IBAN_LENGTHS = {code: length for length, codes in _COUNTRIES.items() for code in codes.split()}


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for match in _IBAN_START.finditer(text):
        length = _IBAN_LENGTHS.get(match[0][:2].upper())
        end = None if length is None else _walk(text, match.start(), length)
        if end is not None and mod97(text[match.start() : end]):
            yield match.start(), end


def _walk(text: str, start: int, length: int) -> int | None:
    """Where `length` letters and digits end, single blanks or hyphens between them not counted; None if they do not."""
    at, count = start, 0
    while count < length:
        step = text[at : at + 1]
        if step in (" ", "-", "\u00a0") and text[at - 1 : at].isalnum():
            at += 1
            continue
        if not (step.isascii() and step.isalnum()):
            return None
        at, count = at + 1, count + 1
    return None if text[at : at + 1].isalnum() else at


def mod97(iban: str) -> bool:
    """Whether the check digits of an IBAN are right (ISO 7064, MOD 97-10)."""
    plain = "".join(c for c in iban.upper() if c.isascii() and c.isalnum())
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


# addresses of machines

_IP4 = re.compile(r"(?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?!\w|\.[0-9])")
_IP6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]*+(?:(?<=:)[0-9]{1,3}(?:\.[0-9]{1,3}){3})?(?!\w)")


def _ips(text: str) -> Iterator[tuple[int, int]]:
    for match in _IP4.finditer(text):
        if _is_address(match[0]):
            yield match.span()
    if "::" in text or text.count(":") >= 7:
        for match in _IP6.finditer(text):
            found = match[0].rstrip(":") if not match[0].endswith("::") else match[0]
            if found.count(":") >= 2 and len(found) <= 45 and any(c.isdigit() for c in found) and _is_address(found):
                yield match.start(), match.start() + len(found)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


# telephone numbers: international, with a national prefix, in North American groups, or after a word such as "tel"

_SEP = r"[ \u00a0.()/-]"
_PHONE_WORLD = re.compile(rf"(?<![\w+])(?:\+|\(\+|00)[1-9](?:{_SEP}{{0,3}}\d){{6,14}}(?!\d)(?!\w)")
_PHONE_HOME = re.compile(
    r"(?<![\w.,+/-])\(?0\d{1,5}\)?(?:[ \u00a0./-]{1,3}\d{1,8}){1,5}(?![\w%€$£])|(?<![\w.,+/-])0\d{8,11}(?!\w|[.,]\d)"
    r"|(?<![\w.,+-])\(\d{2,4}\) ?\d{3,5}[ -]\d{3,5}(?![\w-])"
)
_PHONE_NORTH = re.compile(r"(?<![\w.,+-])(?:1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .-])\d{3}[ .-]\d{4}(?![\w-])")
_PHONE_CUE = re.compile(
    r"\b(?:tele?(?:phone?|fon|foon)?|t[ée]l|phone|mobile?|mob|cell|handy|fax|whatsapp|m[óo]vil|call|ring)\b"
    rf"[^\w\n+(]{{0,5}}(?:(?:no|nr|number|is|me on|me at)\b[^\w\n+(]{{0,3}})?(\(?\+?\d(?:{_SEP}{{0,3}}\d){{5,14}})(?!\d)(?!\w)",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d(?!\d)|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}(?!\d)")


def _phones(text: str) -> Iterator[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for pattern, least, most in ((_PHONE_WORLD, 7, 15), (_PHONE_HOME, 9, 13), (_PHONE_NORTH, 10, 11), (_PHONE_CUE, 6, 15)):
        for match in pattern.finditer(text):
            group = 1 if pattern is _PHONE_CUE else 0
            start, end = match.span(group)
            start += text.count("(", start, end) > text.count(")", start, end)
            number = text[start:end]
            if least <= sum(c.isdigit() for c in number) <= most and not _DATE.search(number):
                spans.append((start, end))
    yield from _longest(spans)


def _longest(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Of spans that overlap, the one that begins first; of those that begin together, the longest."""
    last = 0
    for start, end in sorted(spans, key=lambda s: (s[0], -s[1])):
        if start >= last:
            yield start, end
            last = end


# keys and passwords: known beginnings, names of settings, credentials inside of addresses, and long random words

_KEY = re.compile(
    r"(?<![A-Za-z0-9_])(?:"
    r"sk-[A-Za-z0-9_-]{16,}+|(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,}+|gh[oprsu]_[A-Za-z0-9]{20,}+|github_pat_\w{20,}+"
    r"|glpat-[\w-]{16,}+|xox[abeoprs]-[A-Za-z0-9-]{10,}+|(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Za-z])|AIza[\w-]{30,}+|ya29\.[\w-]{20,}+"
    r"|hf_[A-Za-z0-9]{20,}+|npm_[A-Za-z0-9]{30,}+|pypi-[\w-]{30,}+|SG\.[\w-]{16,}+\.[\w-]{16,}+|dop_v1_[a-f0-9]{40,}+"
    r"|eyJ[\w-]{8,}+\.eyJ[\w-]{8,}+\.[\w-]{8,}+)"
)
_PEM = re.compile(r"-----(BEGIN|END) (?:[A-Z]+ ){0,3}PRIVATE KEY-----")
_LOGIN = re.compile(r"://([^\s/@:\"'<>\\\[\]]++:[^\s/@\"'<>\\\[\]]++)@")
_SETTING = re.compile(
    r"(?:api[ _-]?key|access[ _-]?key|auth[ _-]?token|secret|passwor[dt]|passwd|kennwort|contrase[ñn]a|mot de passe|bearer|pwd)"
    r"\b[\"']?[ \t]{0,3}(?:[:=]|is\b|ist\b|(?<=[Bb]earer))[ \t]{0,3}[\"']?([^\s\"'<>\\\[\](){},;]{6,200}+)",
    re.IGNORECASE,
)
_WORD = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z0-9_]{32,}+")
_RANDOM_BITS = 4.2
_PLAIN_BITS = 2.5


def _keys(text: str) -> Iterator[tuple[int, int]]:
    spans = [m.span() for m in _KEY.finditer(text)]
    spans += _private_keys(text)
    if "://" in text:
        spans += [m.span(1) for m in _LOGIN.finditer(text)]
    spans += [m.span(1) for m in _SETTING.finditer(text) if _is_secret(m[1])]
    spans += [m.span() for m in _WORD.finditer(text) if _is_random(m[0])]
    yield from _longest(spans)


def _private_keys(text: str) -> Iterator[tuple[int, int]]:
    begin: int | None = None
    for match in _PEM.finditer(text) if "-----BEGIN" in text else ():
        if match[1] == "BEGIN":
            begin = match.start() if begin is None else begin
        elif begin is not None:
            yield begin, match.end()
            begin = None


def _is_secret(value: str) -> bool:
    """A value after "password:" that is no ordinary word: it mixes kinds of characters."""
    mixed = any(c.isdigit() for c in value) + any(c.isalpha() for c in value) + any(not c.isalnum() for c in value[:-1])
    return mixed >= 2 and entropy(value) >= _PLAIN_BITS


def _is_random(word: str) -> bool:
    """A long word of capitals, small letters and digits without a pattern; hexadecimal digests are no secrets."""
    if len(word) > 4_096 or word.islower() or word.isupper() or word.isalpha():
        return False
    changes = sum(a.isdigit() != b.isdigit() for a, b in pairwise(word))
    return changes >= 4 and entropy(word) >= _RANDOM_BITS


def entropy(text: str) -> float:
    """Shannon's entropy of the characters of a text, in bits per character."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values()) if text else 0.0


_FINDERS: dict[Kind, Finder] = {
    "email": _emails,
    "phone": _phones,
    "card": _cards,
    "iban": _ibans,
    "ip": _ips,
    "key": _keys,
}
