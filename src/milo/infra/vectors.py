"""Small descriptions of images, worked out by a background job and searched exactly."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from milo.domain.errors import NotFound
from milo.domain.project import Project
from milo.flow import similar
from milo.infra.images import DIMENSIONS, MODEL
from milo.infra.jobs import JobRun
from milo.infra.sql.database import BACKGROUND
from milo.infra.sql.items import MediaRow, MediaSql
from milo.infra.sql.vectors import VectorsSql

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

_STEP = 16
_PAGE = 4_000


class Vectors:
    """The job "vectors" and the search over what it made."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace
        workspace.jobs.handler("vectors", self._run)

    def field_of(self, project: Project) -> str | None:
        """The image field that items are compared by: the first."""
        return next((f.name for f in project.spec.fields if f.kind == "image"), None)

    def missing(self, project: Project) -> int:
        """How many items wait to be described; a job is queued for them."""
        last, place = self._ws.db.read(lambda c: VectorsSql(c).reached(project.id, MODEL))
        if place < last:
            self._ws.jobs.submit("vectors", project.id, {}, key=f"vectors:{project.id}")
        return max(0, last - place)

    def like(self, project: Project, item_id: int, limit: int) -> similar.Hits:
        """The items whose image is most like an item's."""
        own = self._ws.db.read(lambda c: VectorsSql(c).get(item_id, MODEL))
        query = vector_of(own) if own else self._now(project, item_id)
        if query is None:
            return []
        return self._ws.db.read(lambda c: similar.by_vector(query, self._pages(c, project.id), item_id, limit))

    def _now(self, project: Project, item_id: int) -> NDArray[np.float32] | None:
        for media in self._ws.db.read(lambda c: self._media(c, [item_id], self.field_of(project) or "")).values():
            raw = self._describe(media)
            return vector_of(raw) if raw else None
        return None

    def _pages(self, c: sqlite3.Connection, project_id: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        for rows in VectorsSql(c).pages(project_id, MODEL, _PAGE):
            ids = np.fromiter((r[0] for r in rows), np.int64)
            raw = np.frombuffer(b"".join(r[1] for r in rows), "<f2").reshape(len(rows), DIMENSIONS)
            yield ids, raw.astype(np.float32)

    def _run(self, job: JobRun) -> dict[str, Any]:
        project = self._ws.projects.get(job.project_id)
        field = self.field_of(project)
        made = 0
        while field is not None and not job.should_stop():
            items, place = self._ws.db.read(lambda c: VectorsSql(c).next(project.id, MODEL, _STEP))
            if not items:
                break
            media = self._ws.db.read(lambda c, i=items, f=field: self._media(c, i, f))
            found = [(item, raw) for item, row in media.items() if (raw := self._describe(row))]
            made += len(found)

            def store(c: sqlite3.Connection, place: int = place, found: list[tuple[int, bytes]] = found) -> None:
                VectorsSql(c).put(project.id, MODEL, found, place)
                job.advance(place, VectorsSql(c).reached(project.id, MODEL)[0], conn=c)

            self._ws.db.write(store, BACKGROUND)
        return {"made": made}

    def _media(self, c: sqlite3.Connection, items: list[int], field: str) -> dict[int, MediaRow]:
        out: dict[int, MediaRow] = {}
        for item, data in VectorsSql(c).contents(items):
            value = msgspec.json.decode(data).get(field)
            row = MediaSql(c).get(value["media"]) if isinstance(value, dict) and "media" in value else None
            if row is not None:
                out[item] = row
        return out

    def _describe(self, row: MediaRow) -> bytes | None:
        try:
            return self._ws.data.media.vector(row)
        except NotFound:
            return None


def vector_of(raw: bytes) -> NDArray[np.float32]:
    """The stored bytes as a unit vector."""
    vector = np.frombuffer(raw, "<f2").astype(np.float32)
    length = float(np.linalg.norm(vector))
    return vector / length if length > 0 else vector
