"""What can be plugged in here: task types, formats, predictors, orders, and ready recipes."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.api.explicit import explicit
from milo.domain.project import ProjectSpec
from milo.kinds.asking import asks
from milo.kinds.format import data_set_of

SpecView: Any = explicit(ProjectSpec, "ProjectSpecFull")


class TaskTypeView(msgspec.Struct):
    """A way of asking; `field_kinds` are the kinds of fields it marks, "*" the item as a whole."""

    name: str
    title: str
    shape: str
    field_kinds: tuple[str, ...]


class FormatView(msgspec.Struct):
    """A file format; `data_set`: one of whole folders, with the files that its annotations are about."""

    name: str
    title: str
    suffixes: tuple[str, ...]
    reads: bool
    writes: bool
    lossless: bool
    data_set: bool


class PredictorView(msgspec.Struct):
    """Something that suggests answers; `learns` says whether it needs labels first. `questions` are those of the project
    asked about that it can answer."""

    name: str
    title: str
    learns: bool
    questions: list[str]
    asks: bool = False


class SamplerView(msgspec.Struct):
    """An order of the queue."""

    name: str
    title: str


class JudgeKindView(msgspec.Struct):
    """A way of judging; `compares`: two answers at a time."""

    name: str
    title: str
    compares: bool


class AggregatorView(msgspec.Struct):
    """A way of making one answer of several; `shapes`: the shapes of values it can resolve, "*" all."""

    name: str
    title: str
    shapes: tuple[str, ...]


class Kinds(msgspec.Struct):
    """All plug-ins."""

    task_types: list[TaskTypeView]
    formats: list[FormatView]
    predictors: list[PredictorView]
    samplers: list[SamplerView]
    judges: list[JudgeKindView]
    aggregators: list[AggregatorView]


class KindsQuery(msgspec.Struct):
    """`project`: say for its questions which predictors can answer them."""

    project: int | None = None


class RecipeView(msgspec.Struct):
    """A ready-made project set-up."""

    name: str
    title: str
    summary: str
    spec: SpecView  # pyright: ignore[reportInvalidTypeForm] - derived at run time


@endpoint("GET", "/kinds", "self", query=KindsQuery, reply=Kinds)
def list_kinds(call: Call) -> Kinds:
    """The plug-ins that this server has found."""
    registry = call.workspace.registry
    return Kinds(
        [TaskTypeView(t.name, t.title, t.shape, t.field_kinds) for t in registry.task_types.all()],
        [
            FormatView(f.name, f.title, f.suffixes, f.reads, f.writes, f.lossless, data_set_of(f) is not None)
            for f in registry.formats.all()
        ],
        [PredictorView(p.name, p.title, p.learns, _answers(call, p), asks(p)) for p in registry.predictors.all()],
        [SamplerView(s.name, s.title) for s in registry.samplers.all()],
        [JudgeKindView(j.name, j.title, j.compares) for j in registry.judges.all()],
        [AggregatorView(a.name, a.title, a.shapes) for a in registry.aggregators.all()],
    )


@endpoint("GET", "/recipes", "self", reply=list[RecipeView])
def list_recipes(call: Call) -> list[RecipeView]:
    """Starting points for a new project."""
    return [
        RecipeView(r.name, r.title, r.summary, msgspec.convert(r.spec, SpecView, from_attributes=True))
        for r in call.workspace.registry.recipes.all()
    ]


def _answers(call: Call, predictor: Any) -> list[str]:
    project_id = call.query.project
    if project_id is None or not call.workspace.auth.allowed(call.actor, "project.view", project_id):
        return []
    spec = call.workspace.projects.get(project_id).spec
    return [q.name for q in spec.questions if predictor.accepts(q, spec.fields)]
