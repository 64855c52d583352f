"""`milo duplicates`: items whose texts or pictures are nearly the same."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

from milo.cli.connection import Where, connect
from milo.cli.output import job_bar, print_json, print_text

if TYPE_CHECKING:
    from milo.sdk import Project

_SHOWN = 10
_CUT = 90


def duplicates(
    project: str,
    *,
    least: float | None = None,
    field: str | None = None,
    out: Path | None = None,
    flag: bool = False,
    set_aside: bool = False,
    undo: int | None = None,
    where: Where | None = None,
) -> None:
    """List items whose texts or pictures are nearly the same: texts with the same runs of three words, whatever the case and
    punctuation; pictures that were scaled, compressed anew, made brighter or cut a little at the edges. The server
    searches; what it found stays on the page of near-duplicates.

    Args:
        project: Name or id of the project.
        least: How alike at least, 0.3 to 1: of texts the share of their runs of words that two have in common (0.7 where left
            out), of pictures their correlation (0.92).
        field: The field to look at; default: the first field of text, else the first of images.
        out: Write all groups to this CSV file: group, item, key, text (of a picture, its file).
        flag: Flag all but the first item of each group, with a comment that names the first, for the data page to filter by.
        set_aside: Set all but one item of each group aside for everybody: kept, handed to nobody, and left out of exports
            of labels. The first that somebody has answered stays, else the earliest.
        undo: Search for nothing; take back what was set aside, by the number that was told then.
    """
    where = where or Where()
    with connect(where) as client:
        found = client.project(project)
        if undo is not None:
            print_text(f"{found.undo(undo)['reverted']:,} items are taken back.")
            return
        with job_bar("Comparing", quiet=where.json) as tell:
            found.duplicates.search(field, least=least, on_progress=tell)
        search = found.duplicates.last(field)["search"]
        groups = list(found.duplicates.groups(field))
        if flag:
            _flag(found, groups)
        done = found.set_aside(duplicates_of=search["field"], reason="nearly the same") if set_aside and groups else None
    if out is not None:
        _write(out, groups)
    if where.json:
        print_json(
            {
                "items": search["items"],
                "groups": [[item["id"] for item in group["items"]] for group in groups],
                **({"set_aside": done} if done else {}),
            }
        )
        return
    kinds = {f.name: f.kind for f in found.spec.fields}
    what = "pictures" if kinds.get(search["field"]) == "image" else "texts"
    print_text(
        f"{search['items']:,} {what}, {search['groups']:,} groups that are nearly the same, "
        f"{search['spare']:,} items more than needed."
    )
    if search["unread"]:
        print_text(f"{search['unread']:,} pictures could not be read and were passed over.")
    if done is not None:
        print_text(
            f"{done['changed']:,} items are set aside. To take them back: milo duplicates {project} --undo {done['bulk']}"
        )
    for group in groups[:_SHOWN]:
        ids = [item["id"] for item in group["items"]]
        print_text(f"  {len(ids)} items: {', '.join(map(str, ids[:6]))}{', ...' if len(ids) > 6 else ''}")
        print_text(f"    {' '.join(_said(group['items'][0]).split())[:_CUT]}")


def _said(item: dict[str, Any]) -> str:
    """The text of an item, or the name of its picture."""
    return item["text"] if item["text"] is not None else item["name"] or ""


def _flag(project: Project, groups: list[dict[str, Any]]) -> None:
    for group in groups:
        first, *others = group["items"]
        for item in others:
            if not item["flagged"]:
                project.flag(item["id"], text=f"Nearly the same as item {first['ord']}.")


def _write(out: Path, groups: list[dict[str, Any]]) -> None:
    with out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("group", "item", "key", "text"))
        for number, group in enumerate(groups, 1):
            writer.writerows((number, one["id"], one["key"] or "", _safe(_said(one))) for one in group["items"])


def _safe(text: str) -> str:
    """Not to be taken for a formula by a spreadsheet."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
