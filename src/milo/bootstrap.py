"""The only place where everything meets: opens a workspace and puts its parts together."""

from __future__ import annotations

from pathlib import Path

from milo.builtin.formats._label_config import to_xml
from milo.domain.errors import StorageTrouble
from milo.infra.auth import Auth
from milo.infra.bus import Bus
from milo.infra.clock import Clock, wall
from milo.infra.comparing import Comparing
from milo.infra.contesting import Contesting
from milo.infra.data import DataArea
from milo.infra.gateway import Gateway
from milo.infra.guaranteeing import Guaranteeing
from milo.infra.jobs import Jobs
from milo.infra.judging import Judging
from milo.infra.knowing import Knowledge
from milo.infra.likely_errors import LikelyErrors
from milo.infra.live import LiveTools
from milo.infra.lock import WorkspaceLock
from milo.infra.loop import LoopModels
from milo.infra.near import NearDuplicateSearch
from milo.infra.own import OwnModels
from milo.infra.preannotate.runner import Annotating
from milo.infra.projects import Projects, apply_overlap, remove_project
from milo.infra.quality import Quality
from milo.infra.repeating import Repeats
from milo.infra.resolving import Resolving
from milo.infra.sql.database import Database
from milo.infra.sql.migrate import upgrade
from milo.infra.sql.work import Hints
from milo.infra.studies import Studies
from milo.infra.totalling import Totalling
from milo.kinds.registry import Registry
from milo.settings import Settings

DATABASE = "milo.db"


class Workspace:
    """One open workspace: a folder with `milo.db` and `media/`, and all that works on it."""

    def __init__(self, path: Path, settings: Settings, clock: Clock, lock: WorkspaceLock) -> None:
        self.path, self.settings, self.clock, self.lock = path, settings, clock, lock
        self.closing = False
        self._closed = False
        self.registry = find_plugins(settings)
        self.samplers = {s.name: s for s in self.registry.samplers.all()}
        self.task_types = {t.name: t for t in self.registry.task_types.all()}
        self.db = Database(path / DATABASE)
        self.bus = Bus()
        self.hints = Hints()
        self.auth = Auth(self.db, clock, settings.session_days)
        self.projects = Projects(self.db)
        self.jobs = Jobs(self.db, self.bus, clock)
        self.jobs.handler("delete", lambda job: remove_project(self.db, job))
        self.jobs.handler("overlap", lambda job: apply_overlap(self.db, self.projects, job))
        self.gateway = Gateway(self)
        self.annotating = Annotating(self)
        self.loop_models = LoopModels(self)
        self.repeats = Repeats(self)
        self.comparing = Comparing(self)
        self.guaranteeing = Guaranteeing(self)
        self.totalling = Totalling(self)
        self.data = DataArea(self)
        self.judging = Judging(self)
        self.knowledge = Knowledge(self)
        self.quality = Quality(self)
        self.likely_errors = LikelyErrors(self)
        self.near = NearDuplicateSearch(self)
        self.contesting = Contesting(self)
        self.studies = Studies(self)
        self.own = OwnModels(self, to_xml)
        self.live_tools = LiveTools(self.registry, settings.plugins, self.own)
        self.resolving = Resolving(self)
        self.jobs.start()
        self.data.start()

    def wind_down(self) -> None:
        """End the live-update streams; the rest goes on until `close`."""
        self.closing = True
        self.bus.close()

    def close(self) -> None:
        """Stop what runs, write what is queued, give the lock back. What was stopped goes on at the next start."""
        if self._closed:
            return
        self._closed = True
        self.wind_down()
        self.jobs.close()
        self.loop_models.close()
        self.live_tools.close()
        self.own.close()
        self.gateway.close()
        self.data.close()
        self.auth.passwords.close()
        self.db.close()
        self.lock.release()


def find_plugins(settings: Settings) -> Registry:
    """Our own plug-ins, installed ones, and those of the folder in the settings."""
    registry = Registry()
    registry.load_package("milo.builtin")
    registry.load_entry_points()
    if settings.plugins is not None:
        registry.load_folder(settings.plugins)
    return registry


def open_workspace(path: Path, settings: Settings | None = None, clock: Clock = wall) -> Workspace:
    """Open a workspace, made on first use. Raises Conflict if another process holds it, StorageTrouble if it cannot be used."""
    try:
        for folder in (path, path / "media", path / "uploads", path / "cache"):
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageTrouble(f"The workspace folder {path} cannot be made: {error}.") from error
    lock = WorkspaceLock(path)
    lock.acquire()
    try:
        upgrade(path / DATABASE)
        return Workspace(path, settings or Settings(workspace=path), clock, lock)
    except BaseException:
        lock.release()
        raise
