"""Sample project: invoices of invented firms, drawn here, in three languages and many layouts."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from milo.builtin.demo._invoice_drawing import invoice
from milo.builtin.demo.sample import Sample
from milo.builtin.recipes.invoice_fields import PLUGIN as RECIPE
from milo.domain.policy import Policy

COUNT, FIRMS = 60, 12


def files() -> Iterator[tuple[str, bytes]]:
    """Sixty bills of twelve firms, and the table that names them."""
    table: list[bytes] = []
    for number in range(COUNT):
        made = invoice(number % FIRMS, number)
        table.append(msgspec.json.encode({"id": f"B-{number:03d}", "paper": made.name}))
        yield made.name, made.content
    yield "invoices.jsonl", b"\n".join(table) + b"\n"


SAMPLE = Sample(
    spec=msgspec.structs.replace(
        RECIPE.spec,
        name="Invoices",
        description="What do these bills say? Drag over the words; models fill in more as you go.",
        policy=Policy(order="random"),
    ),
    files=files,
)
