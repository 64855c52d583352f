"""Recipe: one topic for each text, and what the writer wants; on customer messages."""

from __future__ import annotations

from milo.builtin.recipes._palette import BLUE, GREEN, GREY, PURPLE, VERMILLION, label
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.kinds.recipe import Recipe

GUIDELINES = """# What is the message about?

Read the whole message, then choose the **one** topic that the writer would want it to be answered for. Judge what is
written, not what may lie behind it. If two topics fit, take the one that asks for action; if nothing fits, take `other`.

## billing

Charges, invoices, prices, payment methods, refunds of money.

> I was charged twice for March, please send one payment back.

Not: a return of goods without a word about money. That is `delivery`.

## delivery

Where a parcel is, damage on the way, returns and exchanges.

> The tracking page has said "out for delivery" for four days.

## technical

Something does not work, or how to do something with the product.

> The app closes as soon as I open the camera.

## account

Signing in, passwords, personal details, closing an account.

> I no longer have the phone number that you send the code to.

## other

Praise, spam, job applications, and what cannot be understood.

> Just wanted to say that your shop in Leeds is lovely!
"""

PLUGIN = Recipe(
    name="text_classification",
    title="Text classification",
    summary="Choose one label for each text: topic, intent, sentiment or language.",
    spec=ProjectSpec(
        name="Text classification",
        description="One topic for each customer message.",
        guidelines=GUIDELINES,
        fields=(Field("text", "text", "Message"),),
        questions=(
            Question(
                name="topic",
                type="choice",
                title="What is the message about?",
                config={
                    "labels": [
                        label("billing", BLUE, "Charges, invoices, payment, refunds"),
                        label("delivery", VERMILLION, "Parcels, damage, returns"),
                        label("technical", GREEN, "Faults and how-to"),
                        label("account", PURPLE, "Signing in, personal details"),
                        label("other", GREY, "None of these"),
                    ]
                },
            ),
        ),
    ),
)
