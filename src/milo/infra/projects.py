"""The projects of a workspace, held in memory: every request needs one, and they change seldom."""

from __future__ import annotations

from milo.domain.errors import NotFound
from milo.domain.project import Project
from milo.infra.jobs import JobRun
from milo.infra.sql.database import BACKGROUND, Connection, Database
from milo.infra.sql.projects import ProjectsSql
from milo.infra.sql.work import WorkSql

_SETTLE_ITEMS = 500


class Projects:
    """Projects by id. `invalidate` after each change."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._by_id: dict[int, Project] = {}
        self._secrets: dict[int, bytes] = {}

    def get(self, project_id: int) -> Project:
        """The project. Raises NotFound."""
        found = self._by_id.get(project_id)
        if found is None:
            found = self._db.read(lambda c: ProjectsSql(c).get(project_id))
            if found is None:
                raise NotFound(f"There is no project {project_id}.", place="p")
            self._by_id[project_id] = found
        return found

    def exists(self, project_id: int) -> bool:
        """Whether there is such a project."""
        try:
            self.get(project_id)
        except NotFound:
            return False
        return True

    def all(self) -> list[Project]:
        """Every project, oldest first."""
        return self._db.read(lambda c: ProjectsSql(c).all())

    def secret(self, project_id: int) -> bytes:
        """The key that decides which items are blind."""
        if project_id not in self._secrets:
            self._secrets[project_id] = self._db.read(lambda c: ProjectsSql(c).secret(project_id))
        return self._secrets[project_id]

    def invalidate(self, project_id: int) -> None:
        """Look it up again at the next use."""
        self._by_id.pop(project_id, None)


def apply_overlap(db: Database, projects: Projects, job: JobRun) -> dict[str, int]:
    """Job "overlap": bring every item in line with a changed number of answers per item, in short transactions.

    Items with too few answers are lent again; what was answered more often than is asked now stays answered.
    """
    project_id, seen = job.project_id, job.done
    last = int((job.cursor or {}).get("after", 0))

    def step(c: Connection) -> tuple[int, int]:
        ids = ProjectsSql(c).items_after(project_id, last, _SETTLE_ITEMS)
        work, overlap = WorkSql(c), projects.get(project_id).spec.policy.overlap
        for item in ids:
            work.settle(project_id, item, overlap, 0, None)
        if ids:
            job.advance(seen + len(ids), cursor={"after": ids[-1]}, conn=c)
        return len(ids), ids[-1] if ids else last

    while True:
        job.check()
        count, last = db.write(step, BACKGROUND)
        if count == 0:
            return {"items": seen}
        seen += count


def remove_project(db: Database, job: JobRun) -> dict[str, int]:
    """Job "delete": remove the rows of a project that is out of sight already, in short transactions."""
    project_id, removed = int(job.args["project_id"]), job.done
    while True:
        job.check()
        step = db.write(lambda c: ProjectsSql(c).drop_some(project_id), BACKGROUND)
        if step == 0:
            break
        removed += step
        job.advance(removed)
    db.write(lambda c: ProjectsSql(c).drop_rest(project_id), BACKGROUND)
    return {"removed": removed}
