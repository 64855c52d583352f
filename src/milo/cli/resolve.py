"""`milo resolve`: what several answers come to, and which way of working it out is best where the right answers are known."""

from __future__ import annotations

from typing import Any

from milo.cli.connection import Where, connect
from milo.cli.output import job_bar, print_json, print_table, print_text


def resolve(project: str, *, compare: str | None = None, where: Where | None = None) -> None:
    """Make one answer of several, by the project's policy, and find what reviewers should look at.

    Args:
        project: Name or id of the project.
        compare: Change nothing; compare all aggregators on the items with gold, for this question.
    """
    where = where or Where()
    with connect(where) as client:
        review = client.project(project).review
        if compare is not None:
            with job_bar("Comparing", quiet=where.json) as tell:
                found = review.compare(compare, on_progress=tell)
            print_json(found) if where.json else _tell_compared(found)
            return
        with job_bar("Resolving", quiet=where.json) as tell:
            result = review.resolve(on_progress=tell).info.result or {}
        waiting = review.info()
    if where.json:
        print_json({**result, "open": waiting.open})
        return
    for question, told in result.items():
        if isinstance(told, dict):
            print_text(_line(question, told))  # pyright: ignore[reportUnknownArgumentType]
            if told.get("note"):  # pyright: ignore[reportUnknownMemberType]
                print_text(f"  {told['note']}")
    print_text(f"{waiting.open:,} cases wait for a reviewer.")


def _line(question: str, told: dict[str, Any]) -> str:
    more = f", {told['asked']:,} asked once more" if told.get("asked") else ""
    return (
        f"{question}: {told.get('answers', 0):,} answers on {told.get('items', 0):,} items, {told.get('written', 0):,} "
        f"resolutions written, {told.get('conflicts', 0):,} new conflicts{more}"
    )


def _tell_compared(found: dict[str, Any]) -> None:
    print_text(f"{found['answers']:,} answers, {found['gold']:,} items with gold ({found['gold_unassisted']:,} without help).")
    rows = [
        (
            row["name"],
            f"{row['right']:.3f} ({row['low']:.3f} to {row['high']:.3f})" if row["n"] else "no gold",
            str(row["n"]),
            f"{row['claimed']:.3f}" if row["n"] else "",
            f"{row['seconds']:.2f}",
        )
        for row in found["rows"]
    ]
    print_table(("aggregator", "right", "items", "claims", "CPU s"), rows)
