"""The verbs about projects: complete a spec, create, change.

A spec that a person wrote is completed once, here: each task type fills in the defaults of its questions, each predictor those
of its own; what is stored is explicit, so that a later change of a default changes no running project.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from milo.domain.errors import InvalidConfig
from milo.domain.project import Project, ProjectSpec, check_spec
from milo.domain.question import NAME_PATTERN, Field, Question
from milo.domain.reading import reading_kept, reads_by_field
from milo.flow.ports.people import PredictorEntry, ProjectsPort
from milo.flow.resolve import check_rules
from milo.kinds.asking import asks
from milo.kinds.registry import Registry

TEXT_KINDS = ("text", "chat", "markdown", "html")
SHOWS = ("shown", "on_demand", "after_first_answer", "hidden")


class PredictorSpec(msgspec.Struct, forbid_unknown_fields=True):
    """A predictor as a project file names it."""

    plugin: str
    question: str
    name: str = ""
    config: dict[str, Any] = {}


class SchemaReport(msgspec.Struct):
    """What a change of the questions means for the answers: how many were looked at, and how many, by question, do not
    fit any more. They are kept as they are."""

    new_version: bool
    checked: int = 0
    misfits: dict[str, int] = {}


def complete(spec: ProjectSpec, registry: Registry, before: ProjectSpec | None = None) -> ProjectSpec:
    """The spec with every default of its task types filled in; how a question reads its field stays as it was `before` where
    nothing is said of it. Raises InvalidConfig, naming the place."""
    check_spec(spec)
    known = {q.name: q for q in before.questions} if before is not None else {}
    questions = tuple(reading_kept(known.get(q.name), q, _complete_question(q, spec.fields, registry)) for q in spec.questions)
    reads_by_field(questions)
    check_rules(spec, registry)
    if spec.policy.order not in {s.name for s in registry.samplers.all()} | {"imported"}:
        raise InvalidConfig(f'There is no order "{spec.policy.order}".', place="policy.order")
    return msgspec.structs.replace(spec, questions=questions)


def predictors_of(spec: ProjectSpec, registry: Registry, *, trusted: bool = False) -> list[PredictorEntry]:
    """The predictors of a completed spec; where it names none, one that learns for each question that has such.

    Configurations that name Python code are refused unless `trusted`. Raises InvalidConfig.
    """
    if not spec.predictors:
        return _default_predictors(spec, registry)
    entries: list[PredictorEntry] = []
    for number, given in enumerate(spec.predictors):
        place = f"predictors.{number}"
        try:
            wanted = msgspec.convert(given, PredictorSpec)
        except msgspec.ValidationError as error:
            raise InvalidConfig(f"Predictor {number + 1} of the project: {error}.", place=place) from error
        entries.append(_entry(spec, registry, wanted, {e.name for e in entries}, place, trusted))
    return entries


def create(
    port: ProjectsPort, spec: ProjectSpec, entries: list[PredictorEntry], secret: bytes, user_id: int | None, now: float
) -> int:
    """Store a new project with its predictors; the id. `spec` must be completed."""
    project_id = port.add(msgspec.structs.replace(spec, predictors=()), secret, user_id, now)
    for entry in entries:
        port.add_predictor(project_id, entry, now)
    return project_id


def change(
    port: ProjectsPort,
    project: Project,
    spec: ProjectSpec,
    entries: list[PredictorEntry],
    archived: bool,
    user_id: int | None,
    now: float,
) -> None:
    """Store changed settings; changed questions make a new schema version. Answers are never rewritten."""
    version = project.schema_version
    bare = msgspec.structs.replace(spec, predictors=())
    if spec.questions != project.spec.questions:
        version += 1
        port.add_schema(project.id, version, bare, user_id, now)
    port.change(project.id, bare, version, archived)
    for entry in entries:
        port.add_predictor(project.id, entry, now)


def report(port: ProjectsPort, project: Project, spec: ProjectSpec, registry: Registry) -> SchemaReport:
    """How many present answers would not fit the questions of `spec`."""
    out = SchemaReport(spec.questions != project.spec.questions)
    new = {q.name: q for q in spec.questions}
    for old in project.spec.questions:
        if new.get(old.name) == old:
            continue
        total, misfits = _misfits(port, project.id, old, new.get(old.name), registry)
        out.checked += total
        if misfits:
            out.misfits[old.name] = misfits
    return out


def _misfits(port: ProjectsPort, project_id: int, old: Question, new: Question | None, registry: Registry) -> tuple[int, int]:
    task = None if new is None else registry.task_types.get(new.type)
    total = misfits = 0
    for value in port.answers(project_id, old):
        total += 1
        if task is None or new is None or task.migrate(old, new, value) is None:
            misfits += 1
    return total, misfits


def _complete_question(question: Question, fields: tuple[Field, ...], registry: Registry) -> Question:
    place = f"questions.{question.name}"
    if question.type not in registry.task_types:
        known = ", ".join(sorted(t.name for t in registry.task_types.all()))
        raise InvalidConfig(
            f'Question "{question.name}": there is no task type "{question.type}". Available: {known}.', place=f"{place}.type"
        )
    if question.show is not None and question.show not in SHOWS:
        raise InvalidConfig(
            f'Question "{question.name}": show is "{question.show}"; it must be one of {", ".join(SHOWS)}.',
            place=f"{place}.show",
        )
    task = registry.task_types.get(question.type)
    return msgspec.structs.replace(task.check_config(question, fields), shape=task.shape)


def _entry(
    spec: ProjectSpec, registry: Registry, wanted: PredictorSpec, taken: set[str], place: str, trusted: bool
) -> PredictorEntry:
    by_name = {q.name: q for q in spec.questions}
    if wanted.question not in by_name:
        raise InvalidConfig(
            f'A predictor answers the question "{wanted.question}", which does not exist.', place=f"{place}.question"
        )
    if wanted.plugin not in registry.predictors:
        known = ", ".join(sorted(p.name for p in registry.predictors.all()))
        raise InvalidConfig(f'There is no predictor "{wanted.plugin}". Available: {known}.', place=f"{place}.plugin")
    question, plugin = by_name[wanted.question], registry.predictors.get(wanted.plugin)
    if not plugin.accepts(question, spec.fields):
        raise InvalidConfig(
            f'The predictor "{plugin.name}" cannot answer "{question.name}" ({question.type}).', place=f"{place}.plugin"
        )
    check_trust(wanted.config, trusted=trusted, place=f"{place}.config")
    name = unique_name(wanted.name or f"{wanted.plugin}_{wanted.question}", set() if wanted.name else taken)
    _check_name(name, taken, place)
    config, at_once = plugin.check_config(dict(wanted.config), question), not plugin.learns and not asks(plugin)
    return PredictorEntry(name, wanted.plugin, wanted.question, config, at_once)


def check_trust(config: dict[str, Any], *, trusted: bool, place: str) -> None:
    """Refuse a configuration that would run Python code, unless it comes from the user's own process."""
    if config.get("trusted") and not trusted:
        raise InvalidConfig(
            "Python functions as rules can only be set up from the command line on the server's own machine.", place=place
        )


def unique_name(name: str, taken: set[str]) -> str:
    """`name`, or `name_2`, `name_3`, ... if it is taken; 64 characters at most."""
    number, out = 1, name[:64]
    while out in taken:
        number += 1
        out = f"{name[:60]}_{number}"
    return out


def _check_name(name: str, taken: set[str], place: str) -> None:
    if not re.match(NAME_PATTERN, name) or name in taken:
        why = "is used twice" if name in taken else 'is no valid name: a letter, then letters, digits, "_" or "-"'
        raise InvalidConfig(f'The predictor name "{name}" {why}.', place=f"{place}.name")


def _default_predictors(spec: ProjectSpec, registry: Registry) -> list[PredictorEntry]:
    """For each question the learner made for the fields: images if the project has no text, else texts."""
    has_text = any(f.kind in TEXT_KINDS for f in spec.fields)
    order = ("text_classifier", "image_classifier") if has_text else ("image_classifier", "text_classifier")
    entries: list[PredictorEntry] = []
    for question in spec.questions:
        for name in order:
            plugin = registry.predictors.get(name) if name in registry.predictors else None
            if plugin is not None and plugin.accepts(question, spec.fields):
                title = unique_name(f"{name.split('_')[0]}_{question.name}", {e.name for e in entries})
                entries.append(PredictorEntry(title, name, question.name, plugin.check_config({}, question)))
                break
    return entries
