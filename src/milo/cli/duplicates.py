"""`milo duplicates`: items whose texts are nearly the same."""

from __future__ import annotations

import csv
from pathlib import Path

from milo.cli.connection import Where, connect
from milo.cli.output import print_json, print_text
from milo.domain.errors import Invalid

_SHOWN = 10
_CUT = 90


def duplicates(
    project: str, *, least: float = 0.7, field: str | None = None, out: Path | None = None, where: Where | None = None
) -> None:
    """List items whose texts are nearly the same: the same runs of three words, whatever the case and punctuation.

    Args:
        project: Name or id of the project.
        least: How much of their runs of words two texts have in common at least, 0.3 to 1.
        field: The field with the text; default: the first field of text.
        out: Write all groups to this CSV file: group, item, key, text.
    """
    from milo.stats.near_duplicates import NearDuplicates, groups

    where = where or Where()
    if not 0.3 <= least <= 1:
        raise Invalid(f"--least is {least}; it must be from 0.3 to 1.")
    near, texts, keys = NearDuplicates(), dict[int, str](), dict[int, str]()
    with connect(where) as client:
        found = client.project(project)
        names = [f.name for f in found.spec.fields if f.kind in ("text", "markdown", "html")]
        name = field or next(iter(names), None)
        if name not in names:
            raise Invalid(f'There is no field of text "{name}". Fields of text: {", ".join(names) or "none"}.')
        for row in found.export(what="resolved"):
            text = row["data"].get(name)
            if isinstance(text, str):
                texts[row["id"]], keys[row["id"]] = text, str(row.get("key") or "")
                near.add(row["id"], text)
    pairs = near.pairs(least)
    together = groups(pairs)
    if out is not None:
        with out.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("group", "item", "key", "text"))
            writer.writerows((n, i, keys[i], _safe(texts[i])) for n, group in enumerate(together, 1) for i in group)
    if where.json:
        print_json({"items": len(texts), "groups": together})
        return
    spare = sum(len(group) - 1 for group in together)
    print_text(f"{len(texts):,} texts, {len(together):,} groups that are nearly the same, {spare:,} items more than needed.")
    for group in together[:_SHOWN]:
        print_text(f"  {len(group)} items: {', '.join(map(str, group[:6]))}{', ...' if len(group) > 6 else ''}")
        print_text(f"    {' '.join(texts[group[0]].split())[:_CUT]}")


def _safe(text: str) -> str:
    """Not to be taken for a formula by a spreadsheet."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
