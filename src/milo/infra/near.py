"""The job "near_duplicates": which items of a field are nearly the same, found in a child process.

Texts are handed over page by page, pictures as the thumbnails that the server keeps of them; a search that is cancelled ends
with its process. One that was cut short by a restart begins anew: what took long, the thumbnails, is there by then.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from milo.domain.errors import Invalid, NotFound
from milo.domain.ids import ord_of
from milo.domain.project import Project
from milo.flow.near import NearSearch, field_of, fields_of, least_of, media_of, text_of
from milo.infra.image_worker import ImageWorker
from milo.infra.jobs import JobRun
from milo.infra.sql.database import BACKGROUND
from milo.infra.sql.items import MediaSql
from milo.infra.sql.near import NearSql

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

KIND = "near_duplicates"
_PAGE = 500
_THUMB = 256
_STEP_SECONDS = 300.0
_READ = 60
"""Of a hundred steps, those that handing over the items counts for."""
Contents = list[tuple[int, dict[str, Any]]]
Rows = list[tuple[int, str]]
Groups = list[list[tuple[int, float]]]


class NearDuplicateSearch:
    """Searches for near-duplicates over an open workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace
        workspace.jobs.handler(KIND, self._run)

    def search(self, project_id: int, field: str | None, least: float | None, user_id: int | None) -> int:
        """Queue a search; the job's id. Raises Invalid for a field or likeness that cannot be."""
        spec = self._ws.projects.get(project_id).spec
        name = field_of(spec, field)
        args = {"field": name, "least": least_of(spec, name, least)}
        return self._ws.jobs.submit(KIND, project_id, args, user_id, key=f"{KIND}:{project_id}:{name}:{args['least']}")

    def _run(self, job: JobRun) -> dict[str, Any]:
        project, field, least = self._ws.projects.get(job.project_id), str(job.args["field"]), float(job.args["least"])
        place = self._ws.db.read(lambda c: NearSql(c, project.id).place())
        child = ImageWorker(_STEP_SECONDS, "milo.infra.near_work", idle=_STEP_SECONDS)
        try:
            items, unread = self._hand_over(job, project, field, place, child)
            groups = self._compared(job, items, least, child)
        finally:
            child.close()
        spare = sum(len(group) - 1 for group in groups)
        search = NearSearch(field, least, items - unread, unread, len(groups), spare, place, self._ws.clock())
        self._ws.db.write(lambda c: NearSql(c, project.id).store(search, groups), BACKGROUND)
        return {"field": field, "items": search.items, "groups": len(groups), "spare": spare}

    def _hand_over(self, job: JobRun, project: Project, field: str, place: int, child: ImageWorker) -> tuple[int, int]:
        """How many items were given to the child, and how many pictures among them could not be read."""
        kind = fields_of(project.spec).get(field)
        if kind is None:
            raise Invalid(f'The field "{field}" is gone, or holds neither text nor images any more.')
        after, given, unread = 0, 0, 0
        while True:
            job.check()
            page = self._ws.db.read(lambda c, a=after: NearSql(c, project.id).contents(a, _PAGE))
            if not page:
                return given, unread
            after = page[-1][0]
            contents = [(item, msgspec.json.decode(data)) for item, data in page]
            rows = self._pictures(job, contents, field) if kind == "image" else _texts(contents, field, kind)
            reply = _asked(child, "pictures" if kind == "image" else "texts", given, rows=rows)
            given, unread = given + len(rows), unread + len(reply["unread"])
            job.advance(min(_READ, _READ * ord_of(after) // max(1, place)), 100)

    def _pictures(self, job: JobRun, contents: Contents, field: str) -> Rows:
        """The thumbnails of pictures; where there can be none, an empty name."""
        found: Rows = []
        for item, data in contents:
            media = media_of(data, field)
            if media is not None:
                job.check()
                found.append((item, self._thumbnail(job.project_id, media)))
        return found

    def _thumbnail(self, project_id: int, media: int) -> str:
        row = self._ws.db.read(lambda c: MediaSql(c).get(media))
        if row is None or row.project_id != project_id:
            return ""
        try:
            return str(self._ws.data.media.thumbnail(row, _THUMB).resolve())
        except (Invalid, NotFound):
            return ""

    def _compared(self, job: JobRun, given: int, least: float, child: ImageWorker) -> Groups:
        while True:
            job.check()
            reply = _asked(child, "step", given, least=least)
            if "groups" in reply:
                return reply["groups"]
            job.advance(_READ + int((100 - _READ) * reply["done"]), 100)


def _texts(contents: Contents, field: str, kind: str) -> Rows:
    texts = ((item, text_of(data, field, kind)) for item, data in contents)
    return [(item, text) for item, text in texts if text is not None]


def _asked(child: ImageWorker, do: str, given: int, **more: Any) -> dict[str, Any]:
    """What the child says. Raises Invalid with the reason where it cannot go on."""
    reply = child.ask(do, Path(), given=given, **more)
    if "error" in reply:
        raise Invalid(f"The comparison stopped: {reply['error']}. Search again; if it stops again, split the project.")
    return reply
