"""Measures agreement and people of a project, once for each state of its answers: at once where they are few, else as a job.

Reports are kept in memory by what they rest on; one that is out of date is shown, as such, while a newer one is made.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np

from milo.flow.agreement import CATEGORICAL, FREE_ITEMS, AgreementReport, agreement_report
from milo.flow.contributors import ContributorReport, Evidence, contributor_report
from milo.flow.ports.quality import Help
from milo.flow.stand_in import StandInReport, stand_in_report
from milo.infra.jobs import JobRun
from milo.infra.sql.contributors import ContributorsSql
from milo.infra.sql.database import Connection
from milo.infra.sql.jobs import FINISHED, JobsSql
from milo.infra.sql.models import PredictorRow
from milo.infra.sql.quality import QualitySql

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

AT_ONCE = 60_000
"""Up to so many answers are measured while the page waits."""
IDLE_SECONDS = 60.0
"""A gap between two signs of life counts as work up to so many seconds."""
_KEPT = 200
Key = tuple[int, str, str, str]
"""Project, what, question, variant."""


class Measured(NamedTuple):
    """A report, whether it is of the present answers, and the job that makes a newer one."""

    report: Any | None
    fresh: bool
    job: int | None


class Quality:
    """Reports on the quality of answers."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace
        self._kept: OrderedDict[Key, tuple[Any, Any]] = OrderedDict()
        self._jobs: dict[Key, int] = {}
        self._lock = threading.Lock()
        self._one_at_a_time = threading.Lock()
        self._makers: dict[str, Callable[[int, str, str], Any]] = {"agreement": self._agreement, "people": self._people}
        workspace.jobs.handler("quality", self._job)

    def agreement(self, project_id: int, question: str, help: Help) -> Measured:
        """Agreement on a question. Raises InvalidConfig for an unknown one."""
        self._ws.projects.get(project_id).schema.get(question)
        return self.measured("agreement", project_id, question, help)

    def people(self, project_id: int, question: str) -> Measured:
        """Everybody who answers a question. Raises InvalidConfig for an unknown one."""
        self._ws.projects.get(project_id).schema.get(question)
        return self.measured("people", project_id, question)

    def stand_in(self, project_id: int, question: str, model: PredictorRow, epsilon: float) -> StandInReport:
        """Whether a model may stand in for a person."""
        asked = self._ws.projects.get(project_id).schema.get(question)
        learns = any(p.name == model.plugin and p.learns for p in self._ws.registry.predictors.all())
        said = self._ws.db.read(lambda c: ContributorsSql(c, project_id).said(question, model.id, blind_only=learns))
        items = np.sort(np.fromiter(said, dtype=np.int64, count=len(said)))
        given = self._ws.db.read(lambda c: QualitySql(c, project_id).of_items(question, items))
        values = {item: msgspec.json.decode(value) for item, value in said.items()}
        return stand_in_report(asked, self._ws.task_types[asked.type], given, model.name, values, epsilon)

    def measured(self, what: str, project_id: int, question: str, variant: str = "") -> Measured:
        """The report, made now if that is quick."""
        version = self._version(what, project_id, question)
        key = (project_id, what, question, variant)
        with self._lock:
            known = self._kept.get(key)
        if known is not None and known[0] == version:
            return Measured(known[1], True, None)
        if version[0] <= AT_ONCE:
            return Measured(self._make(key), True, None)
        return Measured(None if known is None else known[1], False, self._queue(key))

    def _queue(self, key: Key) -> int:
        """The job that makes this report: one that was queued before and is not over, or a new one."""
        job = self._jobs.get(key, 0)
        row = self._ws.db.read(lambda c: JobsSql(c).get(job))
        if row is None or row.state in FINISHED:
            args = {"what": key[1], "question": key[2], "variant": key[3]}
            job = self._jobs[key] = self._ws.jobs.submit("quality", key[0], args, key=":".join(map(str, key)))
        return job

    def _job(self, job: JobRun) -> dict[str, Any]:
        self._make((job.project_id, str(job.args["what"]), str(job.args["question"]), str(job.args["variant"])))
        return {"question": job.args["question"]}

    def _make(self, key: Key) -> Any:
        project_id, what, question, variant = key
        with self._one_at_a_time:
            version = self._version(what, project_id, question)
            with self._lock:
                known = self._kept.get(key)
            if known is not None and known[0] == version:
                return known[1]
            report = self._makers[what](project_id, question, variant)
            with self._lock:
                self._kept[key] = (version, report)
                self._kept.move_to_end(key)
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return report

    def _version(self, what: str, project_id: int, question: str) -> tuple[int, ...]:
        """What a report rests on: it changes with every answer, and for people with every check and round."""

        def look(c: Connection) -> tuple[int, ...]:
            answers = QualitySql(c, project_id).version(question)
            return answers if what == "agreement" else (*answers, *ContributorsSql(c, project_id).version())

        return self._ws.db.read(look)

    def _people(self, project_id: int, question: str, variant: str) -> ContributorReport:
        asked = self._ws.projects.get(project_id).schema.get(question)
        task = self._ws.task_types[asked.type]
        most = None if task.shape in (*CATEGORICAL, "labels") else FREE_ITEMS

        def look(c: Connection) -> Evidence:
            people = ContributorsSql(c, project_id)
            return Evidence(
                QualitySql(c, project_id).repeated(question, most, seed=0), people.beside_gold(question),
                people.activity(question, IDLE_SECONDS), people.caught(question), people.standing(),
            )  # fmt: skip

        return contributor_report(asked, task, self._ws.db.read(look))

    def _agreement(self, project_id: int, question: str, variant: str) -> AgreementReport:
        asked = self._ws.projects.get(project_id).schema.get(question)
        task = self._ws.task_types[asked.type]
        most = None if task.shape in (*CATEGORICAL, "labels") else FREE_ITEMS
        given = self._ws.db.read(lambda c: QualitySql(c, project_id).repeated(question, most, seed=0))
        return agreement_report(asked, task, given, "none" if variant == "none" else "any")
