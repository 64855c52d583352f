"""The part of a workspace that brings data in, keeps it findable and takes labels out."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from milo.domain.project import Project
from milo.flow.browse import Filter, Sort
from milo.flow.ports.items import Ids
from milo.infra.deciding import Deciding
from milo.infra.documents import Documents
from milo.infra.films import Films
from milo.infra.found import Found
from milo.infra.imports import Imports
from milo.infra.indexing import Indexing
from milo.infra.media import MediaStore
from milo.infra.pyramids import Pyramids
from milo.infra.setting_aside import SettingAside
from milo.infra.sounds import Sounds
from milo.infra.sql.grid import GridSql
from milo.infra.vectors import Vectors

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

_NEWS_SECONDS = 0.3
_EXPORTS = 3


class DataArea:
    """Imports, media, the text index, similarity, remembered lists and the threads that write exports."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace
        self.media = MediaStore(workspace.path, workspace.db)
        self.sounds = Sounds(self.media)
        self.films = Films(self.media)
        self.pyramids = Pyramids(self.media)
        self.documents = Documents(self.media, workspace.db, self._words_read)
        self.imports = Imports(workspace)
        self.indexing = Indexing(workspace)
        self.vectors = Vectors(workspace)
        self.deciding = Deciding(workspace)
        self.aside = SettingAside(workspace)
        self.found = Found()
        self.exporting = ThreadPoolExecutor(_EXPORTS, thread_name_prefix="milo-export")
        self._told: dict[int, float] = {}

    def _words_read(self, project_id: int) -> None:
        """The loop of models, which is made after this, may have more to go by."""
        self._ws.loop_models.words_read(project_id)

    def start(self) -> None:
        """Go on with what an earlier process left undone."""
        self.indexing.start()
        self.imports.sweep()

    def changed(self, project_id: int) -> None:
        """Items came in: index them, forget remembered lists, tell open browsers (a few times a second at most)."""
        self.indexing.touch(project_id)
        self.decided(project_id)

    def decided(self, project_id: int) -> None:
        """Items of the project changed: forget remembered lists, tell open browsers."""
        self.found.forget(project_id)
        now = time.monotonic()
        if now - self._told.get(project_id, 0.0) > _NEWS_SECONDS:
            self._told[project_id] = now
            self._ws.bus.publish(project_id, "counts")

    def matching(self, project: Project, wanted: Filter, sort: Sort = "ord", *, scrolling: bool = False) -> Ids:
        """All items that fit, in the order asked for."""
        found = self.found.get(
            project.id,
            wanted,
            lambda: self._ws.db.read(lambda c: GridSql(c, project.id).matching(wanted)),
            scrolling=scrolling,
        )
        if sort == "ord":
            return found
        return self.found.get(
            project.id,
            (wanted, sort),
            lambda: self._ws.db.read(lambda c: GridSql(c, project.id).ordered(found, sort)),
            scrolling=scrolling,
        )

    def close(self) -> None:
        """Stop the threads and the decoding process."""
        self.indexing.close()
        self.exporting.shutdown(wait=False, cancel_futures=True)
        self.sounds.close()
        self.films.close()
        self.pyramids.close()
        self.documents.close()
        self.media.close()
