"""What documents call the fields that are asked for most: words beside or above a value that say what it is.

Stands alone because it is knowledge, not method: a list that a reader can check and add to. Words are in small letters, in
English, German, French, Dutch, Spanish, Italian and Polish. A field's own name, title and cues from the settings come first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from milo.builtin.predictors._field_candidates import Bounds
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

    @property
    def bounds(self) -> Bounds:
        """How long texts are taken where no answer says it: an address has lines."""
        return Bounds(12, 5) if any(name == "address" for name, _ in self.likely) else Bounds()


_MONEY = (
    ("cents", 0.7),
    ("money", 0.5),
    ("cue row", 2.0),
    ("in a date", -4.0),
    ("code", -4.0),
    ("percent", -4.0),
    ("bare", -2.0),
)
_TOTAL = (
    *_MONEY, ("n=max", 0.5), ("n=often", 0.5), ("sum=total", 4.0), ("sum=both", 3.0), ("most money", 1.5), ("sum=net", -1.0),
    ("sum=tax", -2.0), ("sum=exact", -5.0),
)  # fmt: skip
_CODE = (("k=digits", 2.5), ("a label", -4.0), ("mark first", -3.0), ("no figures", -3.0), ("a date", -4.0))
_NAME = (
    ("top", 1.0), ("tall", 0.7), ("legal", 1.0), ("whole", 1.0), ("legal last", 1.0), ("legal only", -4.0),
    ("site", 3.0), ("site begins", 1.0), ("site first", 1.0), ("said again", 0.7), ("registered", 1.0), ("over address", 1.5),
    ("to whom", -4.0), ("figures", -2.0),
    ("title", -3.0), ("label", -4.0), ("a label", -4.0), ("in running text", -2.0), ("up to a mark", 1.0), ("begins", 0.5),
    ("rows", -2.0), ("small letters", -2.0), ("in a table", -1.5),
)  # fmt: skip
_ADDRESS = (
    ("whole", 0.5),
    ("rows", 0.5),
    ("k=digits", 0.5),
    ("address", 4.0),
    ("to whom", -4.0),
    ("a label", -4.0),
    ("label", -2.0),
)
_KNOWN: dict[str, tuple[str, str, tuple[tuple[str, float], ...]]] = {
    "total|amount|gross|grand total|amount due|summe|betrag|montant|totaal": (
        "total|grand total|total due|amount due|balance due|total amount|invoice total|total payable|amount payable|"
        "total sales|rounded total|total rounded|"
        "nett total|net total|total incl|total incl gst|gesamtbetrag|gesamtsumme|rechnungsbetrag|endbetrag|zahlbetrag|"
        "summe|brutto|"
        "montant|montant total|total ttc|ttc|net à payer|à payer|somme à payer|"
        "totaal|te betalen|totaal incl|totaalbedrag|importe total|"
        "total a pagar|"
        "totale|importo totale|totale fattura|factuur totaal|total eur|summe eur|należność ogółem|"
        "do zapłaty|razem|wartość brutto",
        "subtotal|sub total|total excl|total excluding|total ht|netto|net amount|zwischensumme|subtotaal|totaal excl|"
        "tax|vat|gst|mwst|btw|tva|iva|"
        "change|cash|rounding|discount|quantity|qty|total qty|items|tender|tendered|imponibile",
        _TOTAL,
    ),
    "net|untaxed|subtotal|amount untaxed|netto": (
        "subtotal|sub total|total excl|total excluding|net amount|net|netto|total ht|montant ht|zwischensumme|"
        "nettobetrag|totaal excl|subtotaal|"
        "exclusief btw|excl btw|ht|grondslag|base imponible|imponibile|wartość netto|taxable amount|excl|amount before tax",
        "total due|amount due|grand total|te betalen|gesamtbetrag",
        (*_MONEY, ("sum=net", 3.0), ("sum=both", 3.0), ("sum=tax", -2.0)),
    ),
    "tax|vat amount|tax amount|amount tax|vat|mwst": (
        "tax|vat|gst|sales tax|vat amount|tax amount|mwst|ust|umsatzsteuer|mehrwertsteuer|tva|btw|iva|podatek vat|"
        "kwota vat|total tax",
        "vat number|vat id|vat no|tax id|gst id|excl|incl|before tax|tax invoice",
        (*_MONEY, ("sum=tax", 2.5), ("sum=net", -2.0)),
    ),
    "date|invoice date|issue date|datum": (
        "date|invoice date|belegdatum|ausgestellt am|vom|émise le|émis le|date of issue|issue date|issued|bill date|"
        "order date|rechnungsdatum|datum|date de facture|"
        "date facture|factuurdatum|"
        "fecha|fecha de factura|data|data fattura|data wystawienia|dated",
        "due|due date|payment due|delivery date|fällig|fälligkeit|zahlbar bis|à régler avant le|date d’échéance|"
        "échéance|vervaldatum|scadenza|termin płatności|birth|expiry|period",
        (("d=first", 1.0), ("d=only", 1.0), ("titled", 1.0)),
    ),
    "due|due date|date due|payment due|fällig": (
        "due|due date|payment due|pay by|payable by|fällig|fällig am|zahlbar bis|fälligkeit|fälligkeitsdatum|échéance|"
        "date d'échéance|date d’échéance|à régler avant le|payable avant le|vervaldatum|"
        "te betalen voor|vencimiento|"
        "scadenza|termin płatności",
        "invoice date|order date",
        (("d=latest", 0.7),),
    ),
    "invoice number|number|invoice no|invoice id|document number|rechnungsnummer|numero": (
        "invoice number|invoice no|invoice id|invoice|invoice num|bill number|bill no|receipt no|receipt number|"
        "document no|rechnungsnummer|"
        "rechnung nr|rechnungsnr|rechnungs-nr|beleg nr|beleg-nr|belegnummer|pièce n|n° de pièce|facture n|"
        "numéro de facture|n° de facture|facture|facture no|factuurnummer|"
        "factuurnr|factuur|"
        "número de factura|factura|numero fattura|fattura n|numer faktury|faktura nr|inv no|no|booking id|booking no|doc no",
        "date|order|customer|phone|tel|fax|vat|tax|account|iban|page|klant|kunden|commande|client|order no|order number|"
        "po number|"
        "customer no|kundennummer|kunden-nr|auftragsnummer|bestellnummer|ordernummer|klantnummer",
        _CODE,
    ),
    "order|order number|purchase order|po number|order id|order no": (
        "order|order number|order no|order id|purchase order|po number|po no|po|bestellnummer|auftragsnummer|"
        "ordernummer|numéro de commande|commande|"
        "pedido|ordine|zamówienie",
        "date|invoice",
        _CODE,
    ),
    "customer number|customer id|client|client id|account number|customer no": (
        "customer number|customer no|customer id|client id|account number|account no|kundennummer|kunden nr|"
        "klantnummer|numéro client|cliente",
        "invoice|order",
        _CODE,
    ),
    "issuer|company|supplier|seller|vendor|shop|merchant|from|sender|lieferant|fournisseur": (
        "from|seller|supplier|vendor|sold by|issued by|billed by|service provider|received by|payable to|pay to|"
        "account holder|"
        "beneficiary|verkäufer|lieferant|kontoinhaber|vendeur|titulaire du compte|bénéficiaire|verkoper|rekeninghouder|"
        "sprzedawca|fornitore",
        "bill to|ship to|sold to|customer|attn|to|powered by|generated by|created by|printed by",
        _NAME,
    ),
    "address|street": ("address|adresse|adres|dirección|indirizzo", "", _ADDRESS),
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

LABELS = frozenset(
    tuple(word for word in map(norm, one.split()) if word) for names, _, _ in _KNOWN.values() for one in names.split("|")
)
"""What fields are called, of all that are known."""


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
