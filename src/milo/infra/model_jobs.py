"""The jobs of models in the loop: train, suggest, and work out what shows after a run was switched off.

Each collects what it needs, hands it by file to the training process, and stores what comes back in short transactions,
with a cursor where it may be long.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from milo.domain.annotation import Prediction
from milo.domain.errors import InvalidValue, MiloError, NotFound
from milo.domain.ids import ITEMS_PER_PROJECT
from milo.domain.item import Item
from milo.domain.project import Project
from milo.domain.shapes import PLACED
from milo.flow.ask import refill
from milo.flow.labels import label_text
from milo.flow.learn import Quality, quality
from milo.infra.jobs import JobRun, Stopped
from milo.infra.paper_words import add_words
from milo.infra.sql.database import BACKGROUND, Connection
from milo.infra.sql.guarantees import GuaranteesSql
from milo.infra.sql.models import ModelsSql, PredictorRow
from milo.infra.sql.work import QueueSql
from milo.infra.training import TrainerPool, TrainingJob, TrainingResult, read_predictions, run_training
from milo.kinds.predictor import Candidate, Example, reads_words

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

_STORE_AT_ONCE = 100
_EXAMPLES = 50_000
_CHECKS = 5_000
_PAGE = 5_000
_LOOK_AHEAD = 4
_encode = msgspec.json.encode


class TrainingFailed(MiloError):
    """The training process reported an error."""


class ModelJobs:
    """The job handlers, over an open workspace and one training process."""

    def __init__(self, workspace: Workspace, trainer: TrainerPool) -> None:
        self.ws, self.trainer = workspace, trainer
        workspace.jobs.handler("train", self._train)
        workspace.jobs.handler("suggest", self._suggest)
        workspace.jobs.handler("reproject", self._reproject)
        workspace.jobs.handler("check", self._check)

    def _train(self, job: JobRun) -> dict[str, Any]:
        project, row = self._set_up(job)
        self._state(row, "training", "")
        folder = self._folder(job)
        try:
            return self._train_in(job, project, row, folder)
        except Stopped:
            self._state(row, "ready" if row.version else "waiting", "")
            raise
        except Exception as error:
            message = getattr(error, "message", str(error))
            self._state(row, "ready" if row.version else "failed", f"The last training failed: {message}")
            raise
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _train_in(self, job: JobRun, project: Project, row: PredictorRow, folder: Path) -> dict[str, Any]:
        window = self._window(project)
        n = self._write_examples(project, row, folder / "examples.jsonl")
        blind = self.ws.db.read(lambda c: ModelsSql(c).blind_answers(project.id, row.question, _CHECKS))
        self._write_candidates(project, self._open(window), folder / "candidates.jsonl")
        self._write_candidates(project, [i for i, _ in dict(blind).items()], folder / "check.jsonl")
        result = self._run(job, project, row, folder, fit=True)
        if not result.fitted:
            why = str(result.info.get("why", "There is too little to learn from."))
            self._change(row, n_labels=n, state="waiting" if not row.version else "ready", message=why)
            self._tell(row)
            return {"trained": False, "why": why}
        return self._keep(job, project, row, folder, result, n, dict(blind), window)

    def _keep(
        self, job: JobRun, project: Project, row: PredictorRow, folder: Path, result: TrainingResult, n: int,
        blind: dict[int, Any], window: list[int],
    ) -> dict[str, Any]:  # fmt: skip
        version = row.version + 1
        models = self.ws.path / "models" / str(row.id)
        models.mkdir(parents=True, exist_ok=True)
        shutil.move(folder / "model.bin", models / f"v{version}.bin")
        args = {"labels": n, "config": row.config}
        run_id = self._write(
            lambda c: ModelsSql(c).add_run(project.id, "train", row.id, version, args, job.user_id, self.ws.clock())
        )
        found = self._keep_checks(project, row, run_id, folder, blind)
        stored, bad = self._store(job, project, row, run_id, read_predictions(folder))
        info = {**result.info, "n_labels": n, "seconds": result.seconds, "bad": bad, "check": found}
        self._write(lambda c: ModelsSql(c).finish_run(run_id, "done", stored, info, self.ws.clock()))
        self._change(row, version=version, n_labels=n, state="ready", message="")
        old = models / f"v{version - 2}.bin"
        old.unlink(missing_ok=True)
        if project.spec.policy.order == "uncertainty":
            self._write(lambda c: self._reorder(c, project, window))
        self._tell(row)
        return {"trained": True, "version": version, "labels": n, "suggestions": stored}

    def _suggest(self, job: JobRun) -> dict[str, Any]:
        project, row = self._set_up(job)
        run_id = (job.cursor or {}).get("run") or self._write(
            lambda c: ModelsSql(c).add_run(project.id, "suggest", row.id, row.version, job.args, job.user_id, self.ws.clock())
        )
        done, bad = job.done, 0
        check = None if self._learns(row) else self._check_blind(job, project, row, run_id)
        total = self.ws.db.read(lambda c: ModelsSql(c).unfinished(project.id)) if job.args["all"] else None
        for page in self._pages(job, project):
            bad += self._suggest_page(job, project, row, run_id, page)
            done += len(page)
            job.advance(done, total, cursor={"run": run_id, "after": page[-1]})
        info = {"bad": bad, "check": check}
        self._write(lambda c: ModelsSql(c).finish_run(run_id, "done", done, info, self.ws.clock()))
        if row.state == "waiting":
            self._change(row, state="ready", message="")
        self._tell(row)
        return {"items": done, "bad": bad, "run": run_id}

    def _suggest_page(self, job: JobRun, project: Project, row: PredictorRow, run_id: int, page: list[int]) -> int:
        job.check()
        folder = self._folder(job)
        try:
            self._write_candidates(project, self._open(page), folder / "candidates.jsonl")
            self._run(job, project, row, folder, fit=False)
            _, bad = self._store(job, project, row, run_id, read_predictions(folder))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if not job.args["all"] and project.spec.policy.order == "uncertainty":
            self._write(lambda c: self._reorder(c, project, page))
        return bad

    def _check(self, job: JobRun) -> dict[str, Any]:
        """Compare the present version with the blind answers that came in since it last was."""
        project, row = self._set_up(job)
        runs = self.ws.db.read(lambda c: ModelsSql(c).runs_of_version(row.id, row.version))
        missing = self.ws.db.read(lambda c: GuaranteesSql(c).unheard(project.id, row.question, row.id, row.version, _CHECKS))
        if not runs or not missing:
            return {"checked": 0}
        folder = self._folder(job)
        try:
            self._write_candidates(project, missing, folder / "check.jsonl")
            self._run(job, project, row, folder, fit=False)
            checks = list(read_predictions(folder, check=True))
            self._write(lambda c: ModelsSql(c).put_checks(runs[-1].id, row.id, checks, self.ws.clock()))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        self._tell(row)
        return {"checked": len(checks)}

    def _check_blind(self, job: JobRun, project: Project, row: PredictorRow, run_id: int) -> Quality | None:
        """How a predictor that needs no training does on the answers given blind so far."""
        blind = dict(self.ws.db.read(lambda c: ModelsSql(c).blind_answers(project.id, row.question, _CHECKS)))
        if not blind:
            return None
        folder = self._folder(job)
        try:
            self._write_candidates(project, blind, folder / "check.jsonl")
            self._run(job, project, row, folder, fit=False)
            return self._keep_checks(project, row, run_id, folder, blind)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _keep_checks(
        self, project: Project, row: PredictorRow, run_id: int, folder: Path, blind: dict[int, Any]
    ) -> Quality | None:
        question = project.schema.get(row.question)
        checks = list(read_predictions(folder, check=True))
        self._write(lambda c: ModelsSql(c).put_checks(run_id, row.id, checks, self.ws.clock()))
        return quality(self.ws.task_types[question.type], question, [(p.value, blind[p.item_id]) for p in checks])

    def _learns(self, row: PredictorRow) -> bool:
        return self.ws.registry.predictors.get(row.plugin).learns

    def _open(self, items: list[int]) -> list[int]:
        return self.ws.db.read(lambda c: ModelsSql(c).not_blind(items))

    def _pages(self, job: JobRun, project: Project) -> Iterator[list[int]]:
        if not job.args["all"]:
            window = self._window(project)
            if window:
                yield window
            return
        after = (job.cursor or {}).get("after", 0) or project.id * ITEMS_PER_PROJECT
        while True:
            page = self.ws.db.read(lambda c, a=after: ModelsSql(c).page(project.id, a, _PAGE))
            if not page:
                return
            yield page
            after = page[-1]

    def _reproject(self, job: JobRun) -> dict[str, Any]:
        predictor_id, run_id, remove = job.args["predictor"], job.args["run"], job.args["remove"]
        after, done = (job.cursor or {}).get("after", 0), job.done
        while True:
            job.check()
            page = self.ws.db.read(lambda c, a=after: ModelsSql(c).suggested_by(predictor_id, run_id, a, _STORE_AT_ONCE))
            if not page:
                break
            after, done = page[-1], done + len(page)
            self._write(lambda c, ids=page, n=done: self._reproject_page(c, job, ids, n, remove))
        if remove:
            self._write(lambda c: ModelsSql(c).remove_predictor(predictor_id))
        self.ws.bus.publish(job.project_id, "model", id=predictor_id)
        self.ws.bus.publish(job.project_id, "counts")
        return {"items": done}

    def _reproject_page(self, c: Connection, job: JobRun, ids: list[int], done: int, remove: bool) -> None:
        models = ModelsSql(c)
        if remove:
            models.remove_suggestions(job.args["predictor"], ids)
        models.project_confidence(job.project_id, ids)
        job.advance(done, cursor={"after": ids[-1]}, conn=c)

    def _window(self, project: Project) -> list[int]:
        policy = project.spec.policy
        if policy.order == "uncertainty":
            seed = int(self.ws.clock() * 1000)
            return self._write(lambda c: QueueSql(c).random_free(project.id, _LOOK_AHEAD * policy.window, seed))
        if policy.order == "random":
            self._write(lambda c: self._fill(c, project))
        return self.ws.db.read(lambda c: ModelsSql(c).window(project.id, policy.order, policy.window))

    def _fill(self, c: Connection, project: Project) -> None:
        queue = QueueSql(c)
        if queue.waiting(project.id) < project.spec.policy.window:
            sampler = self.ws.samplers[project.spec.policy.order]
            refill(queue, sampler, project.id, project.spec.policy, int(self.ws.clock() * 1000))

    def _reorder(self, c: Connection, project: Project, window: list[int]) -> None:
        queue = QueueSql(c)
        queue.clear_picks(project.id)
        policy = project.spec.policy
        refill(queue, self.ws.samplers[policy.order], project.id, policy, int(self.ws.clock() * 1000), pool=window)

    def _write_examples(self, project: Project, row: PredictorRow, path: Path) -> int:
        media = media_paths(self.ws, project)
        seen: set[int] = set()

        def write(c: Connection) -> None:
            with path.open("wb") as out:
                for item, data, value in ModelsSql(c).learnable(project.id, row.question, _EXAMPLES):
                    seen.add(item)
                    out.write(_encode(Example(item, media(msgspec.json.decode(data)), value)) + b"\n")

        self.ws.db.read(write)
        return len(seen)

    def _write_candidates(self, project: Project, items: Iterable[int], path: Path) -> None:
        media = media_paths(self.ws, project)

        def write(c: Connection) -> None:
            with path.open("wb") as out:
                for item, data, meta in ModelsSql(c).contents(items):
                    content = media(msgspec.json.decode(data))
                    out.write(_encode(Candidate(item, content, msgspec.json.decode(meta))) + b"\n")

        self.ws.db.read(write)

    def _run(self, job: JobRun, project: Project, row: PredictorRow, folder: Path, *, fit: bool) -> TrainingResult:
        model = self.ws.path.absolute() / "models" / str(row.id) / f"v{row.version}.bin"
        training = TrainingJob(
            predictor=row.plugin,
            question=project.schema.get(row.question),
            fields=project.spec.fields,
            config=self.ws.own.settle(project, row),
            model_in=str(model) if not fit and model.exists() else None,
        )
        if reads_words(self.ws.registry.predictors.get(row.plugin)):
            add_words(self.ws, project, training.question, folder)
        result = run_training(training, folder, should_stop=job.should_stop, pool=self.trainer)
        job.check()
        if result.error:
            raise TrainingFailed(result.error)
        return result

    def _store(
        self, job: JobRun, project: Project, row: PredictorRow, run_id: int, predictions: Iterator[Prediction]
    ) -> tuple[int, int]:
        question = project.schema.get(row.question)
        task = self.ws.task_types[question.type]
        batch: list[tuple[Prediction, str | None]] = []
        stored = bad = 0
        for one in predictions:
            try:
                value = task.check(question, one.value, Item(one.item_id, project.id, 0, self._content(task, one.item_id)))
            except InvalidValue:
                bad += 1
                continue
            batch.append((msgspec.structs.replace(one, value=value), label_text(task.summary(question, value))))
            if len(batch) >= _STORE_AT_ONCE:
                stored += self._store_batch(project, row, run_id, batch)
                batch = []
        if batch:
            stored += self._store_batch(project, row, run_id, batch)
        return stored, bad

    def _content(self, task: Any, item_id: int) -> dict[str, Any]:
        if task.shape not in PLACED:
            return {}
        found = self.ws.db.read(lambda c: list(ModelsSql(c).contents([item_id])))
        return msgspec.json.decode(found[0][1]) if found else {}

    def _store_batch(self, project: Project, row: PredictorRow, run_id: int, batch: list[tuple[Prediction, str | None]]) -> int:
        def store(c: Connection) -> int:
            models = ModelsSql(c)
            n = models.put_suggestions(run_id, row.id, project.schema_version, batch, self.ws.clock())
            models.project_confidence(project.id, [one.item_id for one, _ in batch])
            return n

        return self._write(store)

    def _set_up(self, job: JobRun) -> tuple[Project, PredictorRow]:
        row = self.ws.db.read(lambda c: ModelsSql(c).predictor(job.args["predictor"]))
        if row is None:
            raise NotFound("This model was deleted meanwhile.")
        return self.ws.projects.get(row.project_id), row

    def _folder(self, job: JobRun) -> Path:
        folder = self.ws.path / "cache" / "training" / str(job.id)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def _state(self, row: PredictorRow, state: str, message: str) -> None:
        self._change(row, state=state, message=message)
        self._tell(row)

    def _change(self, row: PredictorRow, **changes: Any) -> None:
        self._write(lambda c: ModelsSql(c).change_predictor(row.id, **changes))

    def _tell(self, row: PredictorRow) -> None:
        self.ws.bus.publish(row.project_id, "model", id=row.id)
        self.ws.bus.publish(row.project_id, "counts")

    def _write(self, change: Callable[[Connection], Any]) -> Any:
        return self.ws.db.write(change, BACKGROUND)


def media_paths(workspace: Workspace, project: Project) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Adds to each media field the path of its file, for the predictors' eyes only."""
    if not any(f.kind in ("image", "audio", "video", "document") for f in project.spec.fields):
        return lambda data: data
    paths = workspace.db.read(lambda c: ModelsSql(c).media_paths(project.id))

    def add(data: dict[str, Any]) -> dict[str, Any]:
        for value in data.values():
            if isinstance(value, dict) and value.get("media") in paths:
                storage, path = paths[value["media"]]
                value["path"] = str(workspace.path / path if storage == "copied" else path)
        return data

    return add
