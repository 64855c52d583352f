"""The loop: models are trained again as answers come in, and write suggestions for what is asked next.

Requests only say "answered"; a thread looks twice a second whether anything is due and queues a job; the job collects
examples, hands them by file to the training process, and stores what comes back in short transactions.
"""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

from milo.domain.errors import Conflict, MiloError
from milo.domain.project import Project
from milo.flow.learn import next_training_at
from milo.infra.model_jobs import ModelJobs
from milo.infra.sql.models import ModelsSql, PredictorRow
from milo.infra.training import TrainerPool
from milo.kinds.asking import asks
from milo.kinds.predictor import reads_words

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

_LOOK_SECONDS = 0.5


class LoopModels:
    """Watches answers, trains and suggests."""

    def __init__(self, workspace: Workspace) -> None:
        self.ws = workspace
        self.trainer = TrainerPool()
        self._answered: Counter[int] = Counter()
        self._since_suggest: Counter[int] = Counter()
        self._count_again: Counter[int] = Counter()
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._closing = threading.Event()
        self._looking = False
        ModelJobs(workspace, self.trainer)
        self._thread = threading.Thread(target=self._watch, name="milo-loop", daemon=True)
        self._thread.start()

    def answered(self, project_id: int, n: int) -> None:
        """Say that answers came in. Costs nothing."""
        with self._lock:
            self._answered[project_id] += n
        self._news.set()

    def words_read(self, project_id: int) -> None:
        """Say that a machine has read pages of the project: models that go by words have more to go by."""
        if self._closing.is_set() or not self.ws.projects.exists(project_id):
            return
        for row in self.ws.db.read(lambda c: ModelsSql(c).predictors(project_id)):
            plugin = self.ws.registry.predictors.get(row.plugin) if row.plugin in self.ws.registry.predictors else None
            if plugin is None or not row.enabled or not reads_words(plugin):
                continue
            if not plugin.learns or row.version:
                self.suggest_now(row, False, None)
            else:
                self._train_if_due(self.ws.projects.get(project_id), row, 1)

    def idle(self) -> bool:
        """Whether every answer that was told of has been looked at, so that the jobs it leads to are queued."""
        with self._lock:
            return not (self._answered or self._looking)

    def close(self) -> None:
        """Stop watching and end the training process."""
        self._closing.set()
        self._news.set()
        self._thread.join(timeout=5)
        self.trainer.close()

    def train_now(self, predictor: PredictorRow, user_id: int | None) -> int:
        """Queue a training run; the job's id. Raises Conflict for a predictor that does not learn."""
        if not self._learns(predictor):
            raise Conflict(f'"{predictor.name}" does not learn; let it suggest instead.')
        args = {"predictor": predictor.id}
        return self.ws.jobs.submit("train", predictor.project_id, args, user_id, key=f"train:{predictor.id}")

    def suggest_now(self, predictor: PredictorRow, everything: bool, user_id: int | None) -> int:
        """Queue suggestions for the next items of the queue, or for all items that are not done; the job's id."""
        plugin = self.ws.registry.predictors.get(predictor.plugin)
        if asks(plugin):
            raise Conflict(f'"{predictor.name}" asks a connected model, which may cost money: start a run with a budget.')
        if plugin.learns and predictor.version == 0:
            raise Conflict(f'"{predictor.name}" has learned nothing yet. Label a few items first.')
        args = {"predictor": predictor.id, "all": everything}
        key = f"suggest:{predictor.id}:{everything}"
        return self.ws.jobs.submit("suggest", predictor.project_id, args, user_id, key=key)

    def reproject(self, project_id: int, predictor_id: int, run_id: int | None = None, *, remove: bool = False) -> int:
        """Queue the working-out of what shows after a run or predictor was switched; the job's id."""
        args = {"predictor": predictor_id, "run": run_id, "remove": remove}
        return self.ws.jobs.submit("reproject", project_id, args)

    def _watch(self) -> None:
        while not self._closing.is_set():
            self._news.wait()
            self._news.clear()
            with self._lock:
                projects, self._answered = self._answered, Counter()
                self._looking = True
            for project_id, n in projects.items():
                if not self._closing.is_set():
                    self._look_safely(project_id, n)
            self._looking = False
            self._closing.wait(_LOOK_SECONDS)

    def _look_safely(self, project_id: int, n: int) -> None:
        """Look, or at the next answer if that cannot be now: the disk is full, or the project was just deleted."""
        try:
            if self.ws.projects.exists(project_id):
                self._look(project_id, n)
        except MiloError:
            with self._lock:
                self._answered[project_id] += n

    def _look(self, project_id: int, n: int) -> None:
        project = self.ws.projects.get(project_id)
        self.ws.resolving.look(project)
        self._since_suggest[project_id] += n
        stale = self._since_suggest[project_id] >= project.spec.policy.window // 2
        for row in self.ws.db.read(lambda c: ModelsSql(c).predictors(project_id)):
            if not row.enabled or row.plugin not in self.ws.registry.predictors:
                continue
            learns = self._learns(row)
            if learns and self._train_if_due(project, row, n):
                continue
            if asks(self.ws.registry.predictors.get(row.plugin)):
                self.ws.annotating.look(project, row, stale=stale)
                continue
            if stale and (row.version or not learns):
                self.suggest_now(row, False, None)
        if stale:
            self._since_suggest[project_id] = 0

    def _train_if_due(self, project: Project, row: PredictorRow, n: int) -> bool:
        """Labels are counted exactly only when enough answers came in that the count could matter."""
        self._count_again[row.id] -= n
        if self._count_again[row.id] > 0:
            return False
        have = self.ws.db.read(lambda c: ModelsSql(c).count_learnable(project.id, row.question))
        due = next_training_at(project.spec.policy, row.n_labels, row.version)
        self._count_again[row.id] = max(1, due - have)
        if have < due:
            return False
        self.train_now(row, None)
        return True

    def _learns(self, row: PredictorRow) -> bool:
        return self.ws.registry.predictors.get(row.plugin).learns
