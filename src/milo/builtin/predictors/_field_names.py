"""Who wrote a paper and where they live: what is generally true of the names and addresses of firms on bills and receipts.

Stands alone as knowledge of papers, like the cues: a firm's name ends with its legal form, stands above an address or near its
registrations, is said again in its web address, and does not stand under "bill to".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from milo.builtin.predictors._field_candidates import Choice, pieces, under
from milo.builtin.predictors._page_words import Token, Words, norm

LEGAL = re.compile(
    r"\b(ltd|limited|inc|llc|plc|corp|gmbh|ag|kg|e\.?k|b\.?v|n\.?v|s\.?a\.?s|sarl|s\.?a|s\.?l|s\.?p\.?a|"
    r"s\.?r\.?l|sp\. z o\.?o|sdn\.? bhd|bhd|pty|oy|ab|a/s|enterprise|trading|holdings)\b\.?",
    re.IGNORECASE,
)
_TO = re.compile(
    r"(bill(ed|ing)?|ship(ped|ping)?|sold|deliver(y|ed)?|invoiced?)[ -](to|address)\b|to:|customer( name)?:?$|client:?$|"
    r"buyer\b|attn\b|attention\b|guest\b|recipient\b|rechnungs(adresse|empfänger)|lieferadresse|empfänger|kunde:?$|"
    r"adresse de (facturation|livraison)|adresse de l.installation|factur[ée]e? à|destinataire|nom de l.abonné|acheteur|"
    r"(factuur|aflever)adres|klant:?$|koper\b|"
    r"t\.?a\.?v\b|cliente:?$|facturar a|dirección de (facturación|envío)|destinatario|"
    r"intestatario|spett|nabywca|odbiorca|z\.? ?hd",
    re.IGNORECASE,
)
_REGISTERED = re.compile(
    r"\b(vat|btw|tva|ust|ustid|siret|siren|rcs|kvk|hrb|gst(in)?|cin|nip|regon|tel|tél|phone|telefon|fax|iban|reg(istere)?d|co\.reg|"
    r"siège|registergericht|p\.?iva|nif|cif|abn)\b|www\.|\S@\S",
    re.IGNORECASE,
)
_POSTED = re.compile(
    r"\b\d{4,6}(-\d{4})?\b,? +([A-Z]{2} )?[^\W\d_]{3,}|[^\W\d_]{3,},? [A-Z]{2} \d{5}|[A-Z]\d[A-Z\d]? ?\d[A-Z]{2}\b"
)
_NUMBER = re.compile(r"\(?[\w.]{0,4}\W*(reg\W*)?(no\W*)?:?\s*[A-Z]{0,3}\d{4,}(-?\w)?\)?", re.IGNORECASE)
_SITE = re.compile(r"(?:@|https?://|www\.|\b)((?:[\w-]+\.)+[a-z]{2,6})\b", re.IGNORECASE)
_HEADINGS = frozenset({"invoice", "receipt", "rechnung", "quittung", "facture", "factuur", "factura", "fattura", "faktura"})
_TITLES = _HEADINGS | {
    "tax", "bill", "payment", "statement", "copy", "original", "gutschrift", "reçu", "bon", "kopie", "recibo", "ricevuta",
    "paragon", "page", "seite", "amount", "summary", "details",
}  # fmt: skip
_SEPARATORS = frozenset("-–—−•·|,;:")
_LONG = 9
_COLUMNS = 4
Span = tuple[int, int]


class _Shapes(NamedTuple):
    """What is found on a paper once: pieces that name who gets it, that stand near registrations, that head an address; the
    piles of lines that are addresses; the names in its web addresses; how often pieces are said; its lines of many columns."""

    to: set[int]
    near: set[int]
    heads: set[int]
    addresses: set[tuple[Span, ...]]
    sites: set[str]
    said: Counter[str]
    piece_of: dict[int, Span]
    tables: set[tuple[int, int]]


def name_hints(words: Words, choices: Sequence[Choice]) -> list[list[str]]:
    """For each candidate, what speaks for its being the name or the address of who wrote the paper, or against it."""
    shapes = _shapes(words)
    return [_of(words.tokens, one, shapes) if one.rows else [] for one in choices]


def _of(tokens: list[Token], one: Choice, shapes: _Shapes) -> list[str]:
    start, stop = shapes.piece_of[one.first]
    found = [
        name
        for name, has in (("to whom", shapes.to), ("registered", shapes.near), ("over address", shapes.heads))
        if start in has
    ]
    if len(one.rows) > 1 or one.rows in shapes.addresses:
        return found + (["address"] if one.rows in shapes.addresses else ["not address"])
    text = str(one.value)
    if any(c.isdigit() for c in text):
        found.append("figures")
    parts = [t.norm for t in tokens[one.first : one.last + 1] if t.norm]
    if any(part in _TITLES for part in parts):
        found.append("title")
    if tokens[one.last].text.endswith(":") or _REGISTERED.search(text):
        found.append("label")
    named = [part for part in text.split() if part[:1].isupper() or not part[:1].isalpha()]
    if not text[:1].isalnum() or text[:1].islower() or 2 * len(named) <= len(text.split()):
        found.append("small letters")
    if (tokens[one.first].page, tokens[one.first].line) in shapes.tables:
        found.append("in a table")
    if stop - start >= _LONG:
        found.append("in running text")
    if one.first == start and one.last < stop and _ends(tokens[one.last + 1]):
        found.append("up to a mark")
    more = one.last < stop and tokens[one.last + 1].text[:1].isupper() and not _ends(tokens[one.last + 1])
    return found + _name(text, one, (start, stop), shapes, more)


def _ends(token: Token) -> bool:
    return token.text in _SEPARATORS or token.norm in _TITLES


def _name(text: str, one: Choice, piece: Span, shapes: _Shapes, more: bool) -> list[str]:
    """Of the legal form and the letters of a name; `more` where it seems to go on."""
    legal = list(LEGAL.finditer(text))
    found: list[str] = []
    if legal and legal[-1].end() >= len(text) - 1:
        found.append("legal only" if not text[: legal[-1].start()].strip() else "legal last")
    letters = _letters(LEGAL.sub("", text))
    if len(letters) >= 3 and text[:1].isupper() and not more:
        found += [name for name, holds in _sites(letters, shapes.sites) if holds]
    if shapes.said[letters] > 1 and (one.first, one.last) == piece:
        found.append("said again")
    return found


def _sites(letters: str, sites: set[str]) -> list[tuple[str, bool]]:
    same = letters in sites
    begins = any(site.startswith(letters) for site in sites)
    first = any(len(site) > 3 and letters.startswith(site) for site in sites)
    return [("site", same), ("site begins", begins and not same), ("site first", first and not same)]


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _shapes(words: Words) -> _Shapes:
    tokens = words.tokens
    spans = list(pieces(words))
    texts = {a: " ".join(t.text for t in tokens[a : b + 1]) for a, b in spans}
    above = _above(tokens, spans)
    to: set[int] = set()
    for a, _ in spans:
        over = above.get(a)
        if _TO.match(texts[a]) or (over is not None and over in to and not _REGISTERED.search(texts[a])):
            to.add(a)
    heads, addresses = _addresses(dict(spans), texts, above)
    sites = {_letters(part) for found in _SITE.finditer(" ".join(texts.values())) for part in found[1].split(".")[:-1]}
    piece_of = {i: (a, b) for a, b in spans for i in range(a, b + 1)}
    parted = Counter((tokens[a].page, tokens[a].line) for a, _ in spans)
    tables = {line for line, count in parted.items() if count >= _COLUMNS}
    said = Counter(_letters(LEGAL.sub("", texts[a])) for a, _ in spans)
    return _Shapes(to, _near(tokens, spans, texts), heads, addresses, sites - {"www"}, said, piece_of, tables)


def _above(tokens: list[Token], spans: list[Span]) -> dict[int, int]:
    """The piece that each stands under, as one line of a pile stands under the other."""
    found: dict[int, int] = {}
    for at, lower in enumerate(spans):
        for upper in spans[max(0, at - 12) : at]:
            if under(tokens, upper, lower):
                found[lower[0]] = upper[0]
    return found


def _near(tokens: list[Token], spans: list[Span], texts: dict[int, str]) -> set[int]:
    """Pieces that have a registration, a telephone or the like within four lines below, in their column."""
    found: set[int] = set()
    for at, (a, b) in enumerate(spans):
        head, right = tokens[a], tokens[b].x + tokens[b].w
        for c, d in spans[at + 1 : at + 14]:
            low = tokens[c]
            beside = low.x < right and head.x < tokens[d].x + tokens[d].w
            if beside and low.page == head.page and low.y - head.y < 7 * head.h and _REGISTERED.search(texts[c]):
                found.add(a)
    return found


def _addresses(ends: dict[int, int], texts: dict[int, str], above: dict[int, int]) -> tuple[set[int], set[tuple[Span, ...]]]:
    """The pieces that head an address, and the lines of each: up from the one with the postal code to the street, down while a
    comma says that it goes on."""
    below = {upper: lower for lower, upper in reversed(above.items())}
    heads: set[int] = set()
    found: set[tuple[Span, ...]] = set()
    for a, text in texts.items():
        if not _POSTED.search(text) or _REGISTERED.search(text) or len(text) > 70:
            continue
        rows, over = [a], above.get(a)
        while over is not None and _goes_on(texts[over]):
            rows.insert(0, over)
            over = above.get(over)
        while (low := below.get(rows[-1])) is not None and _follows(texts[rows[-1]], texts[low]):
            rows.append(low)
        while over is not None and (_NUMBER.fullmatch(texts[over]) or _REGISTERED.search(texts[over])):
            over = above.get(over)
        if over is not None:
            heads.add(over)
        found.add(tuple((row, ends[row]) for row in rows))
    return heads, found


def _goes_on(text: str) -> bool:
    """A line of an address above its town: a street with its number, or one that ends in a comma."""
    numbered = any(c.isdigit() for c in text) and any(len(w) > 2 for w in re.findall(r"[^\W\d_]+", text))
    return (
        not _REGISTERED.search(text)
        and not _NUMBER.fullmatch(text)
        and (text.endswith(",") or numbered)
        and not text.endswith(":")
    )


def _follows(last: str, text: str) -> bool:
    """A line that goes on with an address after its town."""
    plain = not any(c.isdigit() for c in text) and not _REGISTERED.search(text) and ":" not in text
    return plain and (last.endswith(",") or text.startswith("("))


def is_label(text: str, labels: frozenset[tuple[str, ...]]) -> bool:
    """Whether a text is nothing but what fields are called, or the heading of a paper."""
    parts = tuple(word for word in (norm(part) for part in text.split()) if word)
    return not parts or parts in labels or all(part in _TITLES for part in parts)


def is_titled(words: Words, one: Choice) -> bool:
    """Whether a stretch stands in a line that begins with the heading of a paper, as in "Invoice 12 of 3 May 2024"."""
    first, _ = words.lines[words.tokens[one.first].line]
    return words.tokens[first].norm in _HEADINGS
