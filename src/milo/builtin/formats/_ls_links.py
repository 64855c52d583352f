"""Relations of Label Studio: results of their own that name two regions, of texts and of pictures alike.

Stands alone because they belong to no control: which question they answer follows from the regions that they join.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Link = dict[str, Any]


def ids_in(heap: Iterable[dict[str, Any]]) -> set[str]:
    """The ids of the regions of one control; of points, also that of what holds them."""
    return {str(one[name]) for one in heap for name in ("id", "parentID") if one.get(name)}


def among(links: Iterable[Link], ids: set[str]) -> list[Link]:
    """Those that join two of these regions, as {head, tail, label}."""
    found: list[Link] = []
    for link in links:
        head, tail = str(link.get("from_id")), str(link.get("to_id"))
        if head not in ids or tail not in ids:
            continue
        if link.get("direction") == "left":
            head, tail = tail, head
        labels = link.get("labels")
        label = str(labels[0]) if isinstance(labels, list) and labels else "related"
        found.append({"head": head[:64], "tail": tail[:64], "label": label})
    return found


def related(things: list[dict[str, Any]], links: Iterable[Link]) -> list[dict[str, Any]]:
    """Things on a picture with the relations that start from them."""
    by_id = {thing["id"]: thing for thing in things if "id" in thing}
    for link in links:
        if link["head"] in by_id and link["tail"] in by_id:
            by_id[link["head"]].setdefault("relations", []).append({"to": link["tail"], "label": link["label"]})
    return things


def link_results(links: Iterable[Link], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Relations as results; `names`: the id of each end there."""
    return [
        {
            "type": "relation",
            "direction": "right",
            "labels": [link["label"]],
            "from_id": names[link["head"]],
            "to_id": names[link["tail"]],
        }
        for link in links
    ]
