"""The job "likely_errors": models that never saw an answer say what they think of it.

The answered items are dealt into folds; for each, a fresh model learns from the other folds in the training process and answers
this one. Of the kinds of model that can learn the question, one that has not suggested answers here is preferred, since people
who saw a suggestion may repeat its errors. Items of the blind slice take no part.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from milo.domain.annotation import Prediction
from milo.domain.errors import Conflict
from milo.domain.project import Project
from milo.domain.question import Question
from milo.flow.likely_errors import FOLDS, LEAST, ErrorSearch, Given, agreement_of, folds, suspects
from milo.infra.jobs import JobRun
from milo.infra.model_jobs import TrainingFailed, media_paths
from milo.infra.paper_words import add_words
from milo.infra.sql.database import BACKGROUND, Connection
from milo.infra.sql.likely_errors import LikelyErrorsSql
from milo.infra.sql.models import ModelsSql
from milo.infra.training import TrainingJob, read_predictions, run_training
from milo.kinds.predictor import Candidate, Example, Predictor, reads_words

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

MOST = 20_000
"""The latest so many answers are checked."""
_WORSE = 0.9
"""A kind of model that has suggested here is used only if the others agree with people less than so many times as often."""
_encode = msgspec.json.encode


class LikelyErrors:
    """Searches for likely errors over an open workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace
        workspace.jobs.handler("likely_errors", self._search)

    def search(self, project_id: int, question: str, user_id: int | None) -> int:
        """Queue a search; the job's id. Raises InvalidConfig for an unknown question, Conflict where nothing can learn it."""
        project = self._ws.projects.get(project_id)
        asked = project.schema.get(question)
        if not self.kinds(project, asked):
            name = asked.title or asked.name
            raise Conflict(f'No kind of model here can learn to answer "{name}", so that nothing can be checked.')
        key = f"likely_errors:{project_id}:{question}"
        return self._ws.jobs.submit("likely_errors", project_id, {"question": question}, user_id, key=key)

    def kinds(self, project: Project, question: Question) -> list[Predictor]:
        """Kinds of model that can learn the question; those that have not suggested answers here first."""
        can = [p for p in self._ws.registry.predictors.all() if p.learns and p.accepts(question, project.spec.fields)]
        spoke = self._spoke(project, question)
        return sorted(can, key=lambda p: (p.name in spoke, p.name))

    def _spoke(self, project: Project, question: Question) -> set[str]:
        """Kinds of model that suggest answers to the question here."""
        rows = self._ws.db.read(lambda c: ModelsSql(c).predictors(project.id))
        return {row.plugin for row in rows if row.question == question.name}

    def _search(self, job: JobRun) -> dict[str, Any]:
        project = self._ws.projects.get(job.project_id)
        question = project.schema.get(str(job.args["question"]))
        given, open_ = self._ws.db.read(lambda c: LikelyErrorsSql(c).given(project.id, question.name, MOST))
        if len(given) < LEAST:
            why = f"Only {len(given)} items are answered outside of the blind slice; at least {LEAST} are needed."
            return {"found": 0, "why": why}
        folder = self._ws.path / "cache" / "training" / f"errors-{job.id}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            plugin, said, agrees = self._cross_fitted(job, project, question, given, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        task = self._ws.task_types[question.type]
        found, expected = suspects(question, task, given, said)
        found = [s for s in found if s.item_id in open_]
        sweep = ErrorSearch(question.name, len(given), len(found), expected, plugin, agrees, self._ws.clock())
        self._ws.db.write(lambda c: LikelyErrorsSql(c).replace(project.id, sweep, found), BACKGROUND)
        return {"found": len(found), "n": len(given), "expected": expected}

    def _cross_fitted(
        self, job: JobRun, project: Project, question: Question, given: list[Given], folder: Path
    ) -> tuple[str, dict[int, Prediction], float]:
        """What the best kind of model says of each item without having seen its answer: the kind's name, what it says by item,
        and how far it agrees."""
        task, fold = self._ws.task_types[question.type], folds(len(given))
        kinds, spoke = self.kinds(project, question), self._spoke(project, question)
        spoke = {
            r.plugin for r in self._ws.db.read(lambda c: ModelsSql(c).predictors(project.id)) if r.question == question.name
        }
        first = [g for g, f in zip(given, fold, strict=True) if f == 0]
        total = len(kinds) + FOLDS - 1
        tried: list[tuple[float, Predictor, dict[int, Prediction]]] = []
        for at, kind in enumerate(kinds):
            said = self._one_fold(job, project, question, kind, given, fold, 0, folder)
            job.advance(at + 1, total)
            like = agreement_of(question, task, first, said)
            tried.append((like if kind.name not in spoke else like * _WORSE, kind, said))
        _, best, said = max(tried, key=lambda one: one[0])
        for part in range(1, FOLDS):
            said |= self._one_fold(job, project, question, best, given, fold, part, folder)
            job.advance(len(kinds) + part, total)
        return best.name, said, agreement_of(question, task, given, said)

    def _one_fold(
        self, job: JobRun, project: Project, question: Question, kind: Predictor, given: list[Given], fold: list[int],
        part: int, folder: Path,
    ) -> dict[int, Prediction]:  # fmt: skip
        job.check()
        self._write(project, given, fold, part, folder)
        config = kind.check_config({}, question)
        training = TrainingJob(kind.name, question, project.spec.fields, config)
        if reads_words(kind):
            add_words(self._ws, project, question, folder)
        result = run_training(training, folder, should_stop=job.should_stop, pool=self._ws.loop_models.trainer)
        job.check()
        if result.error:
            raise TrainingFailed(result.error)
        return {one.item_id: one for one in read_predictions(folder)}

    def _write(self, project: Project, given: list[Given], fold: list[int], part: int, folder: Path) -> None:
        """Examples of all folds but one, candidates of that one, without more in memory than a page."""
        media = media_paths(self._ws, project)
        value = {g.item_id: g.value for g in given}
        held = {g.item_id for g, f in zip(given, fold, strict=True) if f == part}

        def write(c: Connection) -> None:
            with (folder / "examples.jsonl").open("wb") as examples, (folder / "candidates.jsonl").open("wb") as candidates:
                for item, data, meta in ModelsSql(c).contents(value):
                    content = media(msgspec.json.decode(data))
                    if item in held:
                        candidates.write(_encode(Candidate(item, content, msgspec.json.decode(meta))) + b"\n")
                    else:
                        examples.write(_encode(Example(item, content, value[item])) + b"\n")

        self._ws.db.read(write)
