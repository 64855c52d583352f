"""`milo duplicates`: items whose texts or pictures are nearly the same."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from milo.cli.connection import Where, connect
from milo.cli.output import print_json, print_text
from milo.domain.errors import Invalid, MiloError

if TYPE_CHECKING:
    from milo.sdk import Client, Project

_SHOWN = 10
_CUT = 90
_THUMB = 256
_TEXTS = ("text", "markdown", "html")


def duplicates(
    project: str,
    *,
    least: float | None = None,
    field: str | None = None,
    out: Path | None = None,
    flag: bool = False,
    where: Where | None = None,
) -> None:
    """List items whose texts or pictures are nearly the same: texts with the same runs of three words, whatever the case and
    punctuation; pictures that were scaled, compressed anew, made brighter or cut a little at the edges.

    Args:
        project: Name or id of the project.
        least: How alike at least, 0.3 to 1: of texts the share of their runs of words that two have in common (0.7 where left
            out), of pictures their correlation (0.92).
        field: The field to look at; default: the first field of text, else the first of images.
        out: Write all groups to this CSV file: group, item, key, text (of a picture, its file).
        flag: Flag all but the first item of each group, with a comment that names the first, for the data page to filter by.
    """
    from milo.stats.near_duplicates import groups

    where = where or Where()
    if least is not None and not 0.3 <= least <= 1:
        raise Invalid(f"--least is {least}; it must be from 0.3 to 1.")
    with connect(where) as client:
        found = client.project(project)
        kinds = {f.name: f.kind for f in found.spec.fields if f.kind in (*_TEXTS, "image")}
        name = field or next((n for n, kind in kinds.items() if kind != "image"), next(iter(kinds), None))
        if name not in kinds:
            raise Invalid(f'There is no field of text or images "{name}". Fields of these: {", ".join(kinds) or "none"}.')
        rows = ((r["id"], str(r.get("key") or ""), r["data"].get(name)) for r in found.export(what="resolved"))
        looked = _pictures(client, rows) if kinds[name] == "image" else _texts(rows)
        pairs = looked.near.pairs(*([] if least is None else [least]))
        together = groups(pairs)
        if flag:
            _flag(found, together)
    if out is not None:
        _write(out, together, looked)
    if where.json:
        print_json({"items": len(looked.names), "groups": together})
        return
    what = "pictures" if kinds[name] == "image" else "texts"
    spare = sum(len(group) - 1 for group in together)
    print_text(
        f"{len(looked.names):,} {what}, {len(together):,} groups that are nearly the same, {spare:,} items more than needed."
    )
    if looked.unread:
        print_text(f"{looked.unread:,} pictures could not be read and were passed over.")
    for group in together[:_SHOWN]:
        print_text(f"  {len(group)} items: {', '.join(map(str, group[:6]))}{', ...' if len(group) > 6 else ''}")
        print_text(f"    {' '.join(looked.names[group[0]].split())[:_CUT]}")


class _Looked:
    """What was looked at: texts or files by item, their keys, and what tells which are nearly the same."""

    def __init__(self, near: Any) -> None:
        self.near = near
        self.names: dict[int, str] = {}
        self.keys: dict[int, str] = {}
        self.unread = 0


def _texts(rows: Any) -> _Looked:
    from milo.stats.near_duplicates import NearDuplicates

    looked = _Looked(NearDuplicates())
    for ident, key, text in rows:
        if isinstance(text, str):
            looked.names[ident], looked.keys[ident] = text, key
            looked.near.add(ident, text)
    return looked


def _pictures(client: Client, rows: Any) -> _Looked:
    """By the small pictures that the server makes of them."""
    from milo.stats.near_pictures import MOST, NearPictures

    looked = _Looked(NearPictures())
    for ident, key, value in list(rows):
        if not isinstance(value, dict) or not isinstance(value.get("media"), int):
            continue
        if len(looked.names) >= MOST:
            raise Invalid(f"The project has more than {MOST:,} pictures, which is more than are compared.")
        try:
            grey = _grey(client.thumbnail(value["media"], _THUMB))
        except (MiloError, OSError, ValueError):
            looked.unread += 1
            continue
        looked.names[ident], looked.keys[ident] = str(value.get("name") or ""), key
        looked.near.add(ident, grey)
    return looked


def _grey(content: bytes) -> Any:
    import numpy as np
    from PIL import Image

    from milo.stats.near_pictures import SIDE

    with Image.open(io.BytesIO(content), formats=["WEBP"]) as small:
        return np.asarray(small.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX))


def _flag(project: Project, together: list[list[int]]) -> None:
    for first, *others in together:
        name = project.item(first)["item"]["ord"]
        for item in others:
            if not project.item(item)["item"]["flagged"]:
                project.flag(item, text=f"Nearly the same as item {name}.")


def _write(out: Path, together: list[list[int]], looked: _Looked) -> None:
    with out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("group", "item", "key", "text"))
        lines = ((n, i, looked.keys[i], _safe(looked.names[i])) for n, group in enumerate(together, 1) for i in group)
        writer.writerows(lines)


def _safe(text: str) -> str:
    """Not to be taken for a formula by a spreadsheet."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
