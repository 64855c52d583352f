"""What sample invoices are made of: invented firms and goods, and what bills call their parts in three languages."""

from __future__ import annotations

from typing import NamedTuple


class Tongue(NamedTuple):
    """The words of a bill in one language, several for each thing; firms choose. `months` name the twelve."""

    title: tuple[str, ...]
    number: tuple[str, ...]
    date: tuple[str, ...]
    due: tuple[str, ...]
    order: tuple[str, ...]
    customer: tuple[str, ...]
    net: tuple[str, ...]
    tax: tuple[str, ...]
    total: tuple[str, ...]
    columns: tuple[str, str, str, str]
    to: tuple[str, ...]
    thanks: str
    legal: tuple[str, ...]
    streets: tuple[str, ...]
    towns: tuple[str, ...]
    goods: tuple[str, ...]
    months: tuple[str, ...]


ENGLISH = Tongue(
    ("Invoice", "INVOICE", "Tax Invoice", "Bill"),
    ("Invoice No.", "Invoice number", "Invoice #", "Inv. No", "Reference", "Document no."),
    ("Date", "Invoice date", "Issued", "Date of issue", "Billing date"),
    ("Due date", "Payment due", "Pay by", "Due"),
    ("Order no.", "Your order", "PO number"),
    ("Customer no.", "Account", "Client ID"),
    ("Subtotal", "Net amount", "Total excl. VAT", "Amount before tax"),
    ("VAT 20%", "Tax", "VAT", "Sales tax"),
    ("Total", "Total due", "Amount due", "Balance due", "Grand total", "Total incl. VAT", "Please pay"),
    ("Description", "Qty", "Price", "Amount"),
    ("Bill to", "Sold to", "Customer"),
    "Thank you for your business. Please quote the number above with your payment.",
    ("Ltd", "Limited", "Inc.", "& Sons", "LLC"),
    ("Mill Lane", "High Street", "Station Road", "Harbour Way", "Orchard Row"),
    ("Ashford", "Norwick", "Belham", "Kingsbury", "Stonefield"),
    (
        "Oak shelf, waxed",
        "Paint, white 5 l",
        "Delivery",
        "Repair of lock",
        "Steel bracket",
        "Hours on site",
        "Garden hose 20 m",
        "Copper wire",
        "Desk lamp",
        "Cleaning",
    ),
    ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
)
GERMAN = Tongue(
    ("Rechnung", "RECHNUNG", "Faktura"),
    ("Rechnungsnummer", "Rechnung Nr.", "Rechnungs-Nr.", "Belegnummer"),
    ("Datum", "Rechnungsdatum", "Belegdatum", "vom"),
    ("Fällig am", "Zahlbar bis", "Fälligkeit"),
    ("Auftragsnummer", "Ihre Bestellung", "Bestellnummer"),
    ("Kundennummer", "Kunden-Nr.", "Kunde"),
    ("Zwischensumme", "Nettobetrag", "Summe netto", "Warenwert"),
    ("MwSt. 19%", "Umsatzsteuer", "USt. 19 %"),
    ("Gesamtbetrag", "Rechnungsbetrag", "Endbetrag", "Zu zahlen", "Summe", "Gesamtsumme brutto"),
    ("Bezeichnung", "Menge", "Einzelpreis", "Betrag"),
    ("An", "Rechnung an", "Empfänger"),
    "Vielen Dank für Ihren Auftrag. Bitte geben Sie bei der Zahlung die Nummer oben an.",
    ("GmbH", "AG", "KG", "e.K.", "GmbH & Co. KG"),
    ("Mühlenweg", "Bahnhofstraße", "Gartenallee", "Hafengasse", "Lindenring"),
    ("Altenfeld", "Neustetten", "Waldhausen", "Brückstadt", "Seeheim"),
    (
        "Regal Eiche",
        "Farbe weiß 5 l",
        "Lieferung",
        "Reparatur Schloss",
        "Stahlwinkel",
        "Arbeitsstunden",
        "Gartenschlauch 20 m",
        "Kupferdraht",
        "Schreibtischlampe",
        "Reinigung",
    ),
    ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"),
)
FRENCH = Tongue(
    ("Facture", "FACTURE"),
    ("Facture n°", "N° de facture", "Numéro de facture", "Pièce n°"),
    ("Date", "Date de facture", "Émise le"),
    ("Échéance", "À régler avant le", "Date d'échéance"),
    ("Commande n°", "Votre commande", "Bon de commande"),
    ("Client n°", "Compte", "Code client"),
    ("Total HT", "Montant HT", "Sous-total"),
    ("TVA 20 %", "TVA"),
    ("Total TTC", "Net à payer", "Montant TTC", "À payer", "Total à régler"),
    ("Désignation", "Qté", "Prix", "Montant"),
    ("Adressée à", "Client", "Facturé à"),
    "Nous vous remercions de votre confiance. Merci de rappeler le numéro de la facture.",
    ("SARL", "SAS", "S.A.", "et Fils"),
    ("rue du Moulin", "avenue de la Gare", "place du Marché", "quai du Port", "allée des Tilleuls"),
    ("Valbourg", "Saint-Aubry", "Montclair", "Rivefort", "Bellecombe"),
    (
        "Étagère chêne",
        "Peinture blanche 5 l",
        "Livraison",
        "Réparation serrure",
        "Équerre acier",
        "Heures sur place",
        "Tuyau 20 m",
        "Fil de cuivre",
        "Lampe de bureau",
        "Nettoyage",
    ),
    ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
TONGUES = (ENGLISH, GERMAN, FRENCH)
NAMES = (
    "Brandel", "Tessaro", "Kolwitz", "Ambrel", "Northgate", "Varenne", "Lumex", "Hollander", "Pikard", "Osterby", "Quillon",
    "Fabrik Nord",
    "Grünwald", "Meridian", "Castella", "Delvaux", "Ironwood", "Saphir", "Tannhof", "Wexley", "Corvin", "Beaulieu",
    "Rheinblick",
    "Zellmann",
)  # fmt: skip
TRADES = (
    "Joinery",
    "Electric",
    "Supplies",
    "Services",
    "Logistik",
    "Bau",
    "Design",
    "Hydraulics",
    "Textiles",
    "Optik",
    "Print",
    "Energy",
)
PEOPLE = ("A. Moreau", "Karin Lenz", "J. Whitfield", "Pavel Dorn", "Inès Caron", "T. Okafor", "Marta Ruiz", "Bo Lindqvist")
