"""Repeating a label on identical text in all items: the words become a rule of the question's model of repeated labels, and a
job writes its suggestions on exactly the items that hold them.

Stands alone because it suggests by phrase, not by item: the text index names the items, the rule itself decides on their
text, and taking a phrase back works out anew no other items than these. Blind items never get a suggestion.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from milo.domain.annotation import Prediction
from milo.domain.errors import Conflict, InvalidConfig, InvalidValue, NotFound
from milo.domain.item import Item
from milo.domain.project import Project
from milo.domain.question import Question
from milo.domain.reading import marked_text
from milo.flow.labels import label_text
from milo.infra.jobs import JobRun
from milo.infra.sql.database import BACKGROUND, Connection
from milo.infra.sql.fts import FtsSql
from milo.infra.sql.models import ModelsSql, PredictorRow
from milo.infra.sql.repeats import RepeatsSql
from milo.kinds.predictor import Candidate

if TYPE_CHECKING:
    from milo.bootstrap import Workspace

PLUGIN = "rules"
LONGEST = 500
_LOOK = 5_000
_SHOWN = 5
_AROUND = 60
_AT_ONCE = 100
_decode = msgspec.json.decode


class Snippet(msgspec.Struct):
    """A place in another item: the words, and what stands before and after them."""

    item_id: int
    before: str
    words: str
    after: str


class RepeatPreview(msgspec.Struct):
    """How many other items hold the words and may get the suggestion (`more`: at least so many), and the first places.
    `repeated`: the label is being suggested on these words already."""

    items: int
    more: bool
    snippets: list[Snippet]
    repeated: bool


class Repeats:
    """Repeated labels of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.ws = workspace
        workspace.jobs.handler("repeat", self._run)

    def preview(self, project: Project, question: str, label: str, words: str, item: int | None) -> RepeatPreview:
        """What repeating would do, without doing it. `item` is left out."""
        asked = self._asked(project, question, label, words)
        ids = [i for i in self.ws.db.read(lambda c: FtsSql(c).holding(project.id, words)).tolist() if i != item]
        n, snippets = 0, list[Snippet]()
        looked = self.ws.db.read(lambda c: list(RepeatsSql(c).open_contents(ids[:_LOOK])))
        texts = {i: marked_text(asked, str(_decode(data).get(asked.field, ""))) for i, data in looked}
        for found in self._predict(project, asked, [_rule(words, label)], looked):
            n += 1
            if len(snippets) < _SHOWN:
                snippets.append(_snippet(found, texts[found.item_id]))
        row = self._model(project.id, question)
        return RepeatPreview(n, len(ids) > _LOOK, snippets, row is not None and _rule(words, label) in row.config["rules"])

    def begin(self, project: Project, question: str, label: str, words: str, user_id: int | None) -> tuple[PredictorRow, int]:
        """Add the rule and queue its suggestions; the model and the job."""
        asked = self._asked(project, question, label, words)
        row = self.ws.db.write(lambda c: self._with_rule(c, project, asked, _rule(words, label)))
        return row, self._queue(row, words, label, False, user_id)

    def undo(self, project: Project, question: str, label: str, words: str, user_id: int | None) -> tuple[PredictorRow, int]:
        """Take the rule away and queue the working-out of its items; the model and the job. Raises NotFound."""
        row = self.ws.db.write(lambda c: self._without_rule(c, project.id, question, _rule(words, label)))
        return row, self._queue(row, words, label, True, user_id)

    def _queue(self, row: PredictorRow, words: str, label: str, undo: bool, user_id: int | None) -> int:
        args = {"predictor": row.id, "words": words, "label": label, "undo": undo}
        return self.ws.jobs.submit("repeat", row.project_id, args, user_id)

    def _asked(self, project: Project, question: str, label: str, words: str) -> Question:
        asked = project.schema.get(question)
        if asked.shape != "spans" or asked.field is None:
            raise InvalidConfig(f'"{question}" marks no text, so that no label can be repeated on it.', place="question")
        if not words.strip() or len(words) > LONGEST:
            raise InvalidValue(f"Give the words to repeat the label on, {LONGEST} characters at most.", place="words")
        self._plugin().check_config({"rules": [_rule(words, label)]}, asked)
        return asked

    def _plugin(self) -> Any:
        return self.ws.registry.predictors.get(PLUGIN)

    def _model(self, project_id: int, question: str) -> PredictorRow | None:
        return self.ws.db.read(lambda c: _found(c, project_id, question))

    def _with_rule(self, c: Connection, project: Project, asked: Question, rule: dict[str, Any]) -> PredictorRow:
        models = ModelsSql(c)
        row = _found(c, project.id, asked.name)
        if row is not None and not row.enabled:
            raise Conflict(f'The model "{row.name}" is switched off. Switch it on to let it suggest repeated labels.')
        rules = row.config["rules"] if row else []
        config = self._plugin().check_config({"rules": rules if rule in rules else [*rules, rule]}, asked)
        if row is None:
            name = _free_name(asked.name, {p.name for p in models.predictors(project.id)})
            ident = models.add_predictor(project.id, name, PLUGIN, asked.name, config, self.ws.clock())
        else:
            ident = row.id
        models.change_predictor(ident, config=config, state="ready", version=row.version if row else 1)
        return _there(models.predictor(ident))

    def _without_rule(self, c: Connection, project_id: int, question: str, rule: dict[str, Any]) -> PredictorRow:
        row = _found(c, project_id, question)
        if row is None or rule not in row.config["rules"]:
            raise NotFound(f'"{rule["label"]}" is not being repeated on these words.', place="words")
        rules = [r for r in row.config["rules"] if r != rule]
        ModelsSql(c).change_predictor(row.id, config={**row.config, "rules": rules})
        return _there(ModelsSql(c).predictor(row.id))

    def _run(self, job: JobRun) -> dict[str, Any]:
        row = self._row(job)
        project, args = self.ws.projects.get(row.project_id), job.args
        cursor = job.cursor or {}
        told = {"words": args["words"], "label": args["label"], "undo": args["undo"]}
        run = cursor.get("run") or self._write(
            lambda c: ModelsSql(c).add_run(project.id, "repeat", row.id, row.version, told, job.user_id, self.ws.clock())
        )
        ids = self.ws.db.read(lambda c: FtsSql(c).holding(project.id, args["words"]))
        ids = ids[ids > cursor.get("after", 0)].tolist()
        put, done = cursor.get("put", 0), job.done
        for start in range(0, len(ids), _AT_ONCE):
            job.check()
            part = ids[start : start + _AT_ONCE]
            done += len(part)
            put = self._part(job, project, run, part, (put, done, job.done + len(ids) - start))
        self._write(lambda c: ModelsSql(c).finish_run(run, "done", put, {}, self.ws.clock()))
        self.ws.bus.publish(project.id, "model", id=row.id)
        self.ws.bus.publish(project.id, "counts")
        return {"items": put, "run": run}

    def _part(self, job: JobRun, project: Project, run: int, part: list[int], count: tuple[int, int, int]) -> int:
        """Suggestions on some items by the rules as they are now; how many items changed so far."""
        row, (put, done, total) = self._row(job), count
        question = project.schema.get(row.question)
        undo = job.args["undo"]

        def contents(c: Connection) -> list[tuple[int, str]]:
            sql = RepeatsSql(c)
            return list(sql.suggested_contents(row.id, row.question, part) if undo else sql.open_contents(part))

        held = self.ws.db.read(contents)
        touched = {p.item_id for p in self._predict(project, question, [_rule(job.args["words"], job.args["label"])], held)}
        held = [(i, data) for i, data in held if i in touched]
        good = list(self._sound(project, question, self._predict(project, question, row.config["rules"], held), dict(held)))
        gone = touched - {one.item_id for one, _ in good}

        def store(c: Connection) -> None:
            models = ModelsSql(c)
            models.put_suggestions(run, row.id, project.schema_version, good, self.ws.clock())
            models.remove_suggestions(row.id, sorted(gone))
            models.project_confidence(project.id, sorted(touched))
            after = {"run": run, "after": part[-1], "put": put + len(touched)}
            job.advance(done, max(total, done), cursor=after, conn=c)

        self._write(store)
        return put + len(touched)

    def _predict(
        self, project: Project, question: Question, rules: list[dict[str, Any]], held: Iterable[tuple[int, str]]
    ) -> Iterator[Prediction]:
        """What rules say of items; those in Python, which somebody may have added, run in the training process only."""
        items = (Candidate(i, _decode(data)) for i, data in held)
        plain = [r for r in rules if r["kind"] != "python"]
        return self._plugin().predict(question, project.spec.fields, {"rules": plain}, None, items)

    def _sound(
        self, project: Project, question: Question, found: Iterable[Prediction], texts: dict[int, str]
    ) -> Iterator[tuple[Prediction, str | None]]:
        task = self.ws.task_types[question.type]
        for one in found:
            marks = one.value if question.config.get("overlap", True) else _apart(one.value)
            try:
                value = task.check(question, marks, Item(one.item_id, project.id, 0, _decode(texts[one.item_id])))
            except InvalidValue:  # a label of an older rule that the question has no more
                continue
            yield msgspec.structs.replace(one, value=value), label_text(task.summary(question, value))

    def _row(self, job: JobRun) -> PredictorRow:
        return _there(self.ws.db.read(lambda c: ModelsSql(c).predictor(job.args["predictor"])))

    def _write(self, change: Callable[[Connection], Any]) -> Any:
        return self.ws.db.write(change, BACKGROUND)


def _rule(words: str, label: str) -> dict[str, Any]:
    return {"kind": "exact", "pattern": words, "label": label}


def _found(c: Connection, project_id: int, question: str) -> PredictorRow | None:
    """The question's model of repeated labels."""
    name = re.compile(re.escape(_name(question)) + r"(_\d+)?")
    rows = ModelsSql(c).predictors(project_id)
    return next((r for r in rows if r.plugin == PLUGIN and r.question == question and name.fullmatch(r.name)), None)


def _name(question: str) -> str:
    return f"repeated_{question}"[:58]


def _free_name(question: str, taken: set[str]) -> str:
    name = _name(question)
    numbered = (f"{name}_{n}" for n in range(2, len(taken) + 3))
    return name if name not in taken else next(n for n in numbered if n not in taken)


def _apart(marks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The marks without those that overlap a longer one (of equal ones, the later)."""
    kept: list[dict[str, Any]] = []
    for mark in sorted(marks, key=lambda m: (m["start"] - m["end"], m["start"])):
        if all(mark["end"] <= other["start"] or other["end"] <= mark["start"] for other in kept):
            kept.append(mark)
    return kept


def _there(row: PredictorRow | None) -> PredictorRow:
    if row is None:
        raise NotFound("This model was deleted meanwhile.")
    return row


def _snippet(found: Prediction, text: str) -> Snippet:
    start, end = found.value[0]["start"], found.value[0]["end"]
    return Snippet(found.item_id, text[max(0, start - _AROUND) : start], text[start:end], text[end : end + _AROUND])
