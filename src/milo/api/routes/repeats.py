"""Repeating a label on identical text in all items: look first, do it, take it back."""

from __future__ import annotations

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.api.routes.jobs import JobView, view
from milo.infra.repeating import RepeatPreview
from milo.infra.sql.jobs import JobsSql


class RepeatWhat(msgspec.Struct):
    """A label of a question that marks text, and the words it is repeated on: the very same characters, as whole words.
    `item_id`: the item at hand, which is not counted."""

    question: str
    label: str
    words: str
    item_id: int | None = None


class Repeated(msgspec.Struct):
    """The model that holds the repeated labels of the question, and the job that writes its suggestions."""

    model: int
    name: str
    job: JobView


@endpoint("POST", "/projects/{p}/repeats/preview", "model.run", body=RepeatWhat, reply=RepeatPreview)
def preview_repeat(call: Call) -> RepeatPreview:
    """How many other items that are not done and not blind hold the words, with the first places. Changes nothing."""
    body: RepeatWhat = call.body
    project = call.workspace.projects.get(call.project_id)
    return call.workspace.repeats.preview(project, body.question, body.label, body.words, body.item_id)


@endpoint("POST", "/projects/{p}/repeats", "model.run", body=RepeatWhat, reply=Repeated)
def begin_repeat(call: Call) -> Repeated:
    """Suggest the label wherever the words stand, in items that are not done and not blind."""
    return _answer(call, undo=False)


@endpoint("POST", "/projects/{p}/repeats/undo", "model.run", body=RepeatWhat, reply=Repeated)
def undo_repeat(call: Call) -> Repeated:
    """Take it back: suggestions on these words go, those on other words and everything that people decided stay."""
    return _answer(call, undo=True)


def _answer(call: Call, *, undo: bool) -> Repeated:
    body: RepeatWhat = call.body
    repeats, project = call.workspace.repeats, call.workspace.projects.get(call.project_id)
    act = repeats.undo if undo else repeats.begin
    row, job = act(project, body.question, body.label, body.words, call.actor.user_id)
    found = call.workspace.db.read(lambda c: JobsSql(c).get(job))
    assert found is not None
    return Repeated(row.id, row.name, view(found, call.workspace.clock()))
