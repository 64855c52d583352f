"""Setting items aside for everybody, from a program."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from milo.sdk.http import Http


class SetsAside:
    """What a project can do with items that nobody is to be asked about."""

    _http: Http
    _at: str

    def set_aside(
        self, items: Iterable[int] | None = None, *, duplicates_of: str | None = None, reason: str = "", dry_run: bool = False,
        **filters: Any,
    ) -> dict[str, Any]:  # fmt: skip
        """Set items aside for everybody, all or none: those named, those that match (the filters of `items`), or with
        `duplicates_of` naming a field all but one of each group that `duplicates.search` found. They keep their answers. `undo`
        with the `bulk` of the reply takes all back."""
        body: dict[str, Any] = {
            "op_id": str(uuid.uuid4()),
            "reason": reason,
            "dry_run": dry_run,
            "duplicates_of": duplicates_of,
        }
        body |= _which(items, filters) if duplicates_of is None else {}
        return self._http.call("POST", f"{self._at}/aside", dict[str, Any], body, repeatable=True)

    def take_back(self, items: Iterable[int] | None = None, **filters: Any) -> int:
        """Take items back that were set aside: those named, or those that match; how many were."""
        body = _which(items, filters)
        return self._http.call("POST", f"{self._at}/aside/back", dict[str, int], body, repeatable=True)["back"]


def _which(items: Iterable[int] | None, filters: dict[str, Any]) -> dict[str, Any]:
    """The items named; without them a filter, so that nothing named is not everything."""
    if items is not None:
        return {"item_ids": list(items)}
    return {"filter": filters} if filters else {}
