"""How an English word that no dictionary knows is probably spoken, in the phones of the CMU dictionary.

Stands alone because it is a table: alignment needs only a rough guess, since the neighbouring words are known. Digits are
read one by one.
"""

from __future__ import annotations


def _table(text: str) -> dict[str, str]:
    """Letters and their phones, from "letters PHONE PHONE, ..."."""
    entries = (entry.split() for entry in text.split(","))
    return {letters: " ".join(sounds) for letters, *sounds in entries}


_DIGITS = _table(
    """
    0 Z IH R OW, 1 W AH N, 2 T UW, 3 TH R IY, 4 F AO R, 5 F AY V, 6 S IH K S, 7 S EH V AH N, 8 EY T, 9 N AY N
    """
)
_SOUNDS = _table(
    """
    tion SH AH N, ough AO, igh AY, tch CH, sch SH, eau OW, ch CH, sh SH, th TH, ph F, wh W, ck K, ng NG, qu K W, ee IY, ea
    IY, oo UW, ou AW, ow OW, oa OW, ai EY, ay EY, oi OY, oy OY, au AO, aw AO, ie IY, ei EY, ey IY, er ER, ir ER, ur ER, ar
    AA R, or AO R, ll L, ss S, tt T, nn N, mm M, pp P, rr R, ff F, dd D, bb B, gg G, zz Z, ce S, ci S IH, cy S IY, ge JH, a
    AE, b B, c K, d D, e EH, f F, g G, h HH, i IH, j JH, k K, l L, m M, n N, o AA, p P, q K, r R, s S, t T, u AH, v V, w W,
    x K S, y IY, z Z
    """
)


def phones(word: str) -> str | None:
    """Phones with spaces between them; None for a word without a Latin letter or digit."""
    import unicodedata

    plain = "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if c.isascii() and c.isalnum())
    found: list[str] = []
    at = 0
    while at < len(plain):
        if plain[at] in _DIGITS:
            found.append(_DIGITS[plain[at]])
            at += 1
            continue
        piece = next(plain[at : at + n] for n in (4, 3, 2, 1) if plain[at : at + n] in _SOUNDS)
        if not (piece == "e" and at == len(plain) - 1 and len(plain) > 2):
            found.append(_SOUNDS[piece])
        at += len(piece)
    return " ".join(found) or None
