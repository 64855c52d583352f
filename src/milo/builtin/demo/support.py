"""Sample project: messages to the customer service of a furniture shop, all of them invented for this purpose.

`messages.jsonl` holds the messages. `gold.json` holds the topic that their writer had in mind; only tests read it, so that
what the models learn here, they learn from the person who labels.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from typing import Any

from milo.builtin.demo import rehearsal
from milo.builtin.demo.sample import Rehearsal, Sample
from milo.domain.policy import AssistantPolicy, DataRules, Policy, Workflow, WorkflowStep
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question

MESSAGES = "messages.jsonl"

GUIDELINES = """# What does the customer want?

You answer for **Alder & Finch**, a shop for furniture and things for the home. Read the whole message, then choose the **one**
topic that the customer would want a reply to. If two topics fit, take the one that asks for action. Do not solve the problem,
only sort it.

## delivery

Where the parcel is, when it comes, who carries it, a changed address or date, something that has not arrived yet.

> The tracking page has said "label created" since Tuesday. When will the bookcase be here?

A parcel that came **broken** is `damaged`; one that should go **back** is `refund`.

## refund

Sending something back, exchanging it, cancelling an order, and money that should be returned.

> I returned the lamp three weeks ago and there is still no money on my account.

Charged **twice or too much** without a return is `billing`.

## billing

Prices, payments, cards, instalments, vouchers, invoices and receipts.

> Could I have an invoice with our VAT number on it?

## damaged

Broken, faulty, stained, wrong or missing parts; wear that comes too soon.

> One leg of the chair is cracked. Can you send a new one?

If the customer wants **only** the money and the goods collected, it is `refund`.

## product

A question before or after buying: size, material, colour, care, whether something fits or is in stock.

> Is the table solid oak, and how wide is it?

## account

Signing in, passwords, personal details, the newsletter, privacy, the app's settings.

> The link to reset my password never arrives.

## other

Thanks and praise, opening hours, jobs, press, advertisements, tests, messages for somebody else.

> Just wanted to say that the two fitters were lovely!

# How urgent is it?

Judge by what happens if nobody answers today, not by how loud the message is.

- **1** nothing happens: praise, spam, idle curiosity
- **2** can wait some days: a question before buying
- **3** the usual: a reply tomorrow is good
- **4** time is short or the customer has waited too long: a date this week, the third message
- **5** danger, a large sum, somebody hurt, a stranger in the account

# Details worth marking

Only if you like: mark the order number, the product and the date, so that they need not be searched again. Mark the words
alone, without the space or the full stop beside them.
"""

TOPICS: list[dict[str, Any]] = [
    {"value": "delivery", "title": "Delivery", "color": "#2B7BBA", "description": "Where is it, when does it come"},
    {"value": "refund", "title": "Return and refund", "color": "#D55E00", "description": "Send back, cancel, money back"},
    {"value": "billing", "title": "Billing", "color": "#B97A00", "description": "Payment, invoice, voucher"},
    {"value": "damaged", "title": "Damaged or faulty", "color": "#B8609A", "description": "Broken, wrong, missing parts"},
    {"value": "product", "title": "Product question", "color": "#009E73", "description": "Size, material, care, stock"},
    {"value": "account", "title": "Account", "color": "#8C8200", "description": "Sign-in, details, newsletter"},
    {"value": "other", "title": "Praise and other", "color": "#7A7F87", "description": "Thanks, jobs, spam, the rest"},
]

_PRODUCTS = [
    "Harrow",
    "Wren",
    "Calder",
    "Marlow",
    "Brook",
    "Tansy",
    "Quill",
    "Fen rug",
    "Otter",
    "Pip",
    "Juno",
    "Linnet",
    "Juniper",
]
_WEEKDAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"

DETAIL_RULES: list[dict[str, Any]] = [
    {
        "name": "order number",
        "kind": "regex",
        "pattern": r"\bAF-\d{6}\b|\bR-\d{4}\b|(?<=\border number )\d{6}\b",
        "label": "order",
        "score": 0.95,
    },
    {"name": "product name", "kind": "keyword", "pattern": _PRODUCTS, "label": "product", "score": 0.9},
    {
        "name": "date",
        "kind": "regex",
        "pattern": rf"\b\d{{1,2}}(?:st|nd|rd|th)? (?:{_MONTHS})\b|\bthe \d{{1,2}}(?:st|nd|rd|th)\b|\b(?:{_WEEKDAYS})\b",
        "label": "date",
        "score": 0.8,
    },
]
TOPIC_RULES: list[dict[str, Any]] = [
    {"name": "words of delivery", "kind": "keyword", "label": "delivery", "score": 0.8,
     "pattern": ["courier", "tracking", "depot", "parcel", "driver", "delivery date", "be delivered"]},
    {"name": "words of returning", "kind": "keyword", "label": "refund", "score": 0.9,
     "pattern": ["refund", "refunded", "money back", "return", "returned", "send back", "cancel"]},
    {"name": "words of paying", "kind": "keyword", "label": "billing", "score": 0.95,
     "pattern": ["invoice", "charged", "voucher", "credit card", "payment", "instalment", "VAT"]},
    {"name": "words of damage", "kind": "keyword", "label": "damaged", "score": 0.9,
     "pattern": ["broken", "cracked", "crack", "scratch", "dent", "faulty", "missing part", "damaged", "screws"]},
    {"name": "words of signing in", "kind": "keyword", "label": "account", "score": 0.95,
     "pattern": ["password", "log in", "login", "sign in", "newsletter", "my account", "profile"]},
    {"name": "words of thanks", "kind": "keyword", "label": "other", "score": 0.9,
     "pattern": ["thank you", "thanks", "opening hours"]},
]  # fmt: skip


def files() -> Iterator[tuple[str, bytes]]:
    """The messages, one JSON object a line: id, text, channel, day."""
    yield MESSAGES, resources.files("milo.builtin.demo").joinpath(MESSAGES).read_bytes()


SAMPLE = Sample(
    spec=ProjectSpec(
        name="Support messages",
        description="Messages to a furniture shop: what does the customer want, and how urgent is it?",
        guidelines=GUIDELINES,
        fields=(Field("text", "text", "Message"),),
        questions=(
            Question(name="topic", type="choice", title="What does the customer want?", config={"labels": TOPICS}),
            Question(
                name="urgency",
                type="rating",
                title="How urgent is it?",
                config={"min": 1, "max": 5, "labels": {"1": "nothing happens", "3": "as usual", "5": "act at once"}},
            ),
            Question(
                name="details",
                type="spans",
                title="Details worth marking",
                help="Order number, product, date. You may leave this out.",
                required=False,
                field="text",
                config={
                    "labels": [
                        {"value": "order", "title": "Order number", "color": "#2B7BBA"},
                        {"value": "product", "title": "Product", "color": "#009E73"},
                        {"value": "date", "title": "Date", "color": "#B97A00"},
                    ]
                },
            ),
        ),
        policy=Policy(
            order="random",
            data=DataRules(models=(rehearsal.CONNECTION,)),
            assistant=AssistantPolicy(connection=rehearsal.CONNECTION),
            workflows=[
                Workflow("sure_or_rules", [WorkflowStep("topic_classifier", 0.6), WorkflowStep("topic_rules", 0.0)]),
            ],
        ),
        predictors=(
            {"name": "topic_classifier", "plugin": "text_classifier", "question": "topic"},
            {"name": "topic_rules", "plugin": "rules", "question": "topic", "config": {"rules": TOPIC_RULES}},
            {
                "name": rehearsal.MODEL,
                "plugin": "llm",
                "question": "topic",
                "config": {
                    "connection": rehearsal.CONNECTION,
                    "instructions": rehearsal.INSTRUCTIONS,
                    "reason": True,
                },
            },
            {"name": "urgency_classifier", "plugin": "text_classifier", "question": "urgency"},
            {"name": "detail_rules", "plugin": "rules", "question": "details", "config": {"rules": DETAIL_RULES}},
        ),
    ),
    files=files,
    rehearsal=Rehearsal(
        connection=rehearsal.CONNECTION,
        config=rehearsal.script(),
        model=rehearsal.MODEL,
        items=rehearsal.RUN_ITEMS,
        judge="topic_judge",
        rubric=rehearsal.RUBRIC,
    ),
)
