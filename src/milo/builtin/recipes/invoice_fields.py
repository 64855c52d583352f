"""Recipe: what invoices say, as a form with typed fields."""

from __future__ import annotations

from milo.builtin.recipes._palette import BLUE, GREEN, ORANGE, label
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.kinds.recipe import Recipe

GUIDELINES = """# What does the invoice say?

Fill in each field from the page: choose it by its key and drag over the words. Take the words as they stand; the value is read
from them. If the invoice does not say something, press `N`: an empty field means that nobody looked.

- **Issuer**: who writes the invoice, with the legal form, not who it is for. "Tessaro Joinery Ltd", without the address.
- **Number**: the number of the invoice itself, not of the order or the customer, with its letters and marks.
- **Date**: when it was written. **Due**: by when it is to be paid, only if a day is named; "within 14 days" is not said.
- **Net**: the sum before tax. **Total**: what is to be paid, with tax.
- **Currency**: that of the total, by its sign or code.

# What kind of document is it?

## invoice

It asks for a payment.

> "Amount due 120.00, payable by 4 May".

## credit note

It gives money back, or takes an invoice back.

> "Credit for invoice 2231".

## other

Anything else: reminders, offers, delivery notes.

> "Delivery note, no invoice".
"""

PLUGIN = Recipe(
    name="invoice_fields",
    title="Invoice fields",
    summary="Read issuer, number, dates and amounts from invoices, with their places; models on your machine go first.",
    spec=ProjectSpec(
        name="Invoice fields",
        description="Invoices as PDF files, scans or pictures.",
        guidelines=GUIDELINES,
        fields=(Field("paper", "document", "Invoice"),),
        questions=(
            Question(
                name="kind",
                type="choice",
                title="What is it?",
                field="paper",
                config={
                    "labels": [
                        label("invoice", BLUE, "Asks for a payment"),
                        label("credit note", GREEN, "Gives money back"),
                        label("other", ORANGE, "Neither"),
                    ]
                },
            ),
            Question(
                name="form",
                type="fields",
                title="What does it say?",
                field="paper",
                config={
                    "fields": [
                        {"name": "issuer", "help": "Who writes it, with the legal form"},
                        {"name": "number", "title": "Invoice number"},
                        {"name": "date", "type": "date", "help": "When it was written"},
                        {"name": "due", "type": "date", "title": "Due date"},
                        {"name": "net", "type": "amount", "help": "Before tax"},
                        {"name": "total", "type": "amount", "required": True, "help": "To be paid, with tax"},
                        {"name": "currency", "type": "choice", "labels": ["EUR", "USD", "GBP", "CHF"]},
                    ]
                },
            ),
        ),
        predictors=(
            {"plugin": "field_cues", "name": "cues", "question": "form"},
            {"plugin": "document_fields", "name": "learned", "question": "form"},
        ),
    ),
)
