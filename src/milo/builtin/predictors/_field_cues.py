"""What documents call the fields that are asked for most: words beside or above a value that say what it is.

Stands alone because it is knowledge, not method: a list that a reader can check and add to. Words are in small letters, in
English, German, French, Dutch, Spanish, Italian and Polish. A field's own name, title and cues from the settings come first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from milo.builtin.predictors._page_words import norm
from milo.domain.errors import InvalidConfig
from milo.domain.question import Question

_LONGEST = 5


class Cues(NamedTuple):
    """Phrases that speak for a field and against it, each a tuple of words, and what else is likely of its value: names of
    features of `_field_features`."""

    names: frozenset[tuple[str, ...]]
    against: frozenset[tuple[str, ...]] = frozenset()
    likely: tuple[tuple[str, float], ...] = ()


_KNOWN: dict[str, tuple[str, str, tuple[tuple[str, float], ...]]] = {
    "total|amount|gross|grand total|amount due|summe|betrag|montant|totaal": (
        "total|grand total|total due|amount due|balance due|total amount|invoice total|total payable|amount payable|"
        "total sales|"
        "nett total|net total|total incl|total incl gst|gesamtbetrag|gesamtsumme|rechnungsbetrag|endbetrag|zahlbetrag|"
        "summe|brutto|"
        "montant|montant total|total ttc|net à payer|à payer|totaal|te betalen|totaal incl|totaalbedrag|importe total|"
        "total a pagar|"
        "totale|importo totale|totale fattura|do zapłaty|razem|wartość brutto",
        "subtotal|sub total|total excl|total excluding|total ht|netto|net amount|zwischensumme|subtotaal|totaal excl|"
        "tax|vat|gst|mwst|btw|tva|iva|"
        "change|cash|rounding|discount|quantity|qty|total qty|items|tender|tendered|imponibile",
        (("n=max", 1.5), ("n=often", 0.5), ("cents", 0.7)),
    ),
    "net|untaxed|subtotal|amount untaxed|netto": (
        "subtotal|sub total|total excl|total excluding|net amount|net|netto|total ht|montant ht|zwischensumme|"
        "nettobetrag|totaal excl|subtotaal|"
        "base imponible|imponibile|wartość netto|taxable amount|excl|amount before tax",
        "total due|amount due|grand total|te betalen|gesamtbetrag",
        (("cents", 0.7),),
    ),
    "tax|vat amount|tax amount|amount tax|vat|mwst": (
        "tax|vat|gst|sales tax|vat amount|tax amount|mwst|ust|umsatzsteuer|mehrwertsteuer|tva|btw|iva|podatek vat|"
        "kwota vat|total tax",
        "vat number|vat id|vat no|tax id|gst id|excl|incl|before tax|tax invoice",
        (("cents", 0.7),),
    ),
    "date|invoice date|issue date|datum": (
        "date|invoice date|date of issue|issue date|issued|bill date|order date|rechnungsdatum|datum|date de facture|"
        "date facture|factuurdatum|"
        "fecha|fecha de factura|data|data fattura|data wystawienia|dated",
        "due|due date|payment due|delivery date|fällig|échéance|vervaldatum|scadenza|termin płatności|birth|expiry|period",
        (("d=first", 1.0), ("d=only", 1.0)),
    ),
    "due|due date|date due|payment due|fällig": (
        "due|due date|payment due|pay by|payable by|fällig|fällig am|zahlbar bis|échéance|date d'échéance|vervaldatum|"
        "te betalen voor|vencimiento|"
        "scadenza|termin płatności",
        "invoice date|order date",
        (("d=latest", 0.7),),
    ),
    "invoice number|number|invoice no|invoice id|document number|rechnungsnummer|numero": (
        "invoice number|invoice no|invoice id|invoice|invoice num|bill number|bill no|receipt no|receipt number|"
        "document no|rechnungsnummer|"
        "rechnung nr|rechnungsnr|beleg nr|facture n|numéro de facture|n° de facture|facture|facture no|factuurnummer|"
        "factuurnr|factuur|"
        "número de factura|factura|numero fattura|fattura n|numer faktury|faktura nr|inv no|no",
        "date|order|customer|phone|tel|fax|vat|tax|account|iban|page|klant|kunden|commande|client",
        (("k=digits", 2.5),),
    ),
    "order|order number|purchase order|po number|order id|order no": (
        "order|order number|order no|order id|purchase order|po number|po no|po|bestellnummer|auftragsnummer|"
        "ordernummer|numéro de commande|commande|"
        "pedido|ordine|zamówienie",
        "date|invoice",
        (("k=digits", 2.5),),
    ),
    "customer number|customer id|client|client id|account number|customer no": (
        "customer number|customer no|customer id|client id|account number|account no|kundennummer|kunden nr|"
        "klantnummer|numéro client|cliente",
        "invoice|order",
        (("k=digits", 2.5),),
    ),
    "issuer|company|supplier|seller|vendor|shop|merchant|from|sender|lieferant|fournisseur": (
        "from|seller|supplier|vendor|sold by|issued by|billed by|verkäufer|lieferant|vendeur|verkoper|sprzedawca|fornitore",
        "bill to|ship to|sold to|customer|attn|to",
        (("top", 1.5), ("tall", 1.0), ("legal", 2.0), ("whole", 1.0)),
    ),
    "address|street": ("address|adresse|adres|dirección|indirizzo", "", (("whole", 1.0), ("rows", 2.0), ("k=digits", 0.5))),
    "iban|bank account": ("iban", "", (("k=iban", 4.0),)),
    "email|e-mail|mail": ("email|e-mail|mail", "", (("k=email", 4.0),)),
    "phone|telephone|tel|telefon": ("phone|tel|telephone|telefon|téléphone|telefoon|teléfono", "fax", (("k=phone", 2.0),)),
    "website|url|web": ("website|web|www|url", "", (("k=url", 4.0),)),
    "currency|währung|devise": ("currency|währung|devise|valuta", "", (("k=here", 2.0),)),
    "vat number|vat id|tax id|ust id|vat no": (
        "vat number|vat id|vat no|vat reg|tax id|ust id|ust idnr|ust-id|btw nummer|btw|n° tva|tva intracommunautaire|"
        "nif|p iva|partita iva|nip|gstin",
        "amount|total",
        (("k=digits", 1.0),),
    ),
}


def cues_of(part: dict[str, Any], given: list[str]) -> Cues:
    """What speaks for a field: the cues given, its name and title, and what documents call such a field."""
    own = [*given, str(part.get("title") or ""), re.sub(r"[_\-]+", " ", str(part.get("name", "")))]
    names = [phrase for text in own if (phrase := _phrase(text))]
    against: list[tuple[str, ...]] = []
    likely: tuple[tuple[str, float], ...] = ()
    known = next((value for key, value in _KNOWN.items() if {_phrase(k) for k in key.split("|")} & set(names)), None)
    if known is not None:
        names += [_phrase(p) for p in known[0].split("|")]
        against = [_phrase(p) for p in known[1].split("|") if p]
        likely = known[2]
    return Cues(frozenset(names), frozenset(against) - frozenset(names), likely)


def _phrase(text: str) -> tuple[str, ...]:
    return tuple(word for word in (norm(part) for part in text.split()) if word)


def strength(label: Sequence[str], phrases: frozenset[tuple[str, ...]]) -> float:
    """How much of a label (its words) the longest phrase in it makes up, 0..1; 0 where none is in it."""
    for length in range(min(len(label), _LONGEST), 0, -1):
        if any(tuple(label[i : i + length]) in phrases for i in range(len(label) - length + 1)):
            return length / len(label)
    return 0.0


def checked(config: dict[str, Any], question: Question, known: dict[str, Any], kind: str) -> dict[str, Any]:
    """The settings of a reader of forms over their defaults. Raises InvalidConfig."""
    from milo.builtin.predictors._learning import check_keys

    done = check_keys(config, known, kind)
    names = [str(part["name"]) for part in question.config.get("fields") or []]
    cues = done["cues"]
    if not isinstance(cues, dict) or not all(isinstance(v, list) and all(isinstance(w, str) for w in v) for v in cues.values()):
        raise InvalidConfig('cues must be lists of words by field, as {"total": ["amount due"]}.', place="config.cues")
    strange = next((name for name in cues if name not in names), None)
    if strange is not None:
        raise InvalidConfig(f'cues names the field "{strange}"; "{question.name}" has {", ".join(names)}.', place="config.cues")
    least = done.get("least", 0.0)
    if isinstance(least, bool) or not isinstance(least, int | float) or not 0 <= least <= 1:
        raise InvalidConfig(f"least is {least!r:.40}; it must be a chance from 0 to 1.", place="config.least")
    return done
