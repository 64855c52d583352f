"""What is learned from an error: a note for the guidelines, which a manager confirms, or an example in the prompt.

Nothing of the blind slice can become either: what teaches a model cannot test it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.api.routes.prompts import PromptView, asking_model, store_prompt
from milo.domain.errors import Conflict, Invalid, NotFound
from milo.domain.ids import project_of
from milo.domain.question import Question
from milo.flow import guidelines
from milo.flow import projects as verbs
from milo.infra.comparing import reference_of, showing_of
from milo.infra.sql.comparisons import ComparisonsSql
from milo.infra.sql.database import Connection
from milo.infra.sql.models import ModelsSql
from milo.infra.sql.notes import NoteRow, NotesSql
from milo.infra.sql.projects import ProjectsSql

_LONGEST = 5_000
_EXCERPT = 240


class NoteView(msgspec.Struct):
    """A proposed note for the guidelines. `section`: the heading that it goes below, null for the end."""

    id: int
    question: str
    section: str | None
    text: str
    item_id: int | None
    comparison: int | None
    state: str
    author: str | None
    at: float


class NewNote(msgspec.Struct):
    """A note to propose."""

    question: str
    text: str
    section: str | None = None
    item_id: int | None = None
    comparison: int | None = None


class NoteDecision(msgspec.Struct):
    """A note as it shall stand in the guidelines."""

    text: str
    section: str | None = None


class DraftQuery(msgspec.Struct):
    """Which arm's error on which item."""

    arm: int
    item: int


class NoteDraft(msgspec.Struct):
    """A note to begin with, the heading that it seems to belong to, and all headings."""

    text: str
    section: str | None
    sections: list[str]


class NewExample(msgspec.Struct):
    """An item that becomes an example in the prompt, with people's answer; `why`: a reason that stands with it."""

    item_id: int
    why: str = ""


@endpoint("GET", "/projects/{p}/notes", "model.view", reply=list[NoteView])
def list_notes(call: Call) -> list[NoteView]:
    """The notes that wait for a decision."""
    return [_view(row) for row in call.workspace.db.read(lambda c: NotesSql(c).open(call.project_id))]


@endpoint("POST", "/projects/{p}/notes", "model.edit", body=NewNote, reply=NoteView, status=201)
def propose_note(call: Call) -> NoteView:
    """Propose a note for the guidelines. Nothing changes until it is taken."""
    given: NewNote = call.body
    project = call.workspace.projects.get(call.project_id)
    project.schema.get(given.question)
    if given.item_id is not None:
        _open_item(call, given.item_id)
    text, now = _text(given.text), call.workspace.clock()
    ident = call.workspace.db.write(
        lambda c: NotesSql(c).add(
            project.id, given.question, given.section, text, given.item_id, given.comparison, call.actor.user_id, now
        )
    )
    return _view(_note(call, ident))


@endpoint("POST", "/projects/{p}/notes/{n}/take", "project.edit", body=NoteDecision, reply=NoteView)
def take_note(call: Call) -> NoteView:
    """Put a note into the guidelines, at the end of its section. People and models follow it from now on."""
    given, note = call.body, _note(call, call.params["n"])
    project, user, now = call.workspace.projects.get(call.project_id), call.actor.user_id, call.workspace.clock()
    text = _text(given.text)

    def take(c: Connection) -> None:
        if not NotesSql(c).decide(note.id, "taken", user, now, text=text, section=given.section):
            raise Conflict("This note was decided already.", place="n")
        port = ProjectsSql(c)
        held = port.get(project.id) or project
        spec = msgspec.structs.replace(held.spec, guidelines=guidelines.with_note(held.spec.guidelines, given.section, text))
        verbs.change(port, held, spec, [], held.archived, user, now)

    call.workspace.db.write(take)
    call.workspace.projects.invalidate(project.id)
    call.workspace.bus.publish(project.id, "counts")
    return _view(_note(call, note.id))


@endpoint("POST", "/projects/{p}/notes/{n}/drop", "project.edit", reply=NoteView)
def drop_note(call: Call) -> NoteView:
    """Decide against a note."""
    note, user, now = _note(call, call.params["n"]), call.actor.user_id, call.workspace.clock()
    if not call.workspace.db.write(lambda c: NotesSql(c).decide(note.id, "dropped", user, now)):
        raise Conflict("This note was decided already.", place="n")
    return _view(_note(call, note.id))


@endpoint("GET", "/projects/{p}/comparisons/{c}/draft", "model.view", query=DraftQuery, reply=NoteDraft)
def draft_note(call: Call) -> NoteDraft:
    """A note to begin with, made of the item, people's answer and the model's."""
    row = call.workspace.db.read(lambda c: ComparisonsSql(c).get(call.params["c"]))
    if row is None or row.project_id != call.project_id or row.look:
        raise NotFound(f"There is no comparison {call.params['c']} in this project that shows items.", place="c")
    project = call.workspace.projects.get(call.project_id)
    question = project.schema.get(row.question)
    item, arm = call.query.item, call.query.arm
    data = _open_item(call, item)
    outcomes = call.workspace.db.read(lambda c: ComparisonsSql(c).outcomes(row.id, [item]))
    said = next((o for o in outcomes if o.arm == arm), None)
    reference = call.workspace.db.read(lambda c: ComparisonsSql(c).references(row.id)).get(item)
    task = call.workspace.task_types[question.type]
    wanted = task.summary(question, reference) if reference is not None else []
    got = task.summary(question, said.value) if said is not None and said.error is None else []
    text = project.spec.guidelines
    section = guidelines.section_for(text, [*_names(question, wanted), question.title or "", question.name])
    return NoteDraft(_draft(data, wanted, got), section, [s.title for s in guidelines.sections(text)])


@endpoint("POST", "/projects/{p}/models/{m}/examples", "model.edit", body=NewExample, reply=PromptView, status=201)
def add_example(call: Call) -> PromptView:
    """Make an answered item an example in the prompt: a new version. Comparisons leave the item out from now on."""
    given, row = call.body, asking_model(call)
    project = call.workspace.projects.get(call.project_id)
    question = project.schema.get(row.question)
    _open_item(call, given.item_id)
    value = reference_of(call.workspace, project, question, given.item_id)
    if value is None:
        raise Conflict("Nobody has answered this item yet, so there is nothing to show the model.", place="item_id")
    plugin: Any = call.workspace.registry.predictors.get(row.plugin)
    shown = showing_of(call.workspace, project, plugin, row.config).shown(given.item_id)
    if not shown.data:
        raise Invalid("Only items with text that the model may see can become written examples.", place="item_id")
    held = [e for e in row.config.get("fixed_examples") or [] if e.get("data") != shown.data]
    example = {"data": shown.data, "value": value, "why": given.why.strip()[:1000]}
    chosen = {**(row.config.get("examples") or {}), "mode": "fixed"}
    config = {**row.config, "examples": chosen, "fixed_examples": [*held, example]}
    return store_prompt(call, row, config, f"Example added: item {given.item_id % 1_000_000_000}")


def _draft(data: dict[str, Any], wanted: list[str], got: list[str]) -> str:
    text = " ".join(next((v for v in data.values() if isinstance(v, str) and v.strip()), "").split())
    lines = [f"> {text[:_EXCERPT]}{'...' if len(text) > _EXCERPT else ''}", ""] if text else []
    right = " and ".join(f"`{w}`" for w in wanted) or "nothing"
    wrong = " and ".join(f"`{g}`" for g in got if g not in wanted)
    return "\n".join([*lines, f"This is {right}{f', not {wrong}' if wrong else ''}, because ..."])


def _names(question: Question, labels: list[str]) -> list[str]:
    """The labels, and their titles."""
    titles = {
        entry["value"]: entry.get("title")
        for entry in question.config.get("labels") or []
        if isinstance(entry, dict) and "value" in entry
    }
    return [name for label in labels for name in (label, titles.get(label)) if name]


def _open_item(call: Call, item_id: int) -> dict[str, Any]:
    """The content of an item outside of the blind slice. Raises NotFound for any other: neither is told from the other."""
    found = None
    if project_of(item_id) == call.project_id and call.workspace.db.read(lambda c: ModelsSql(c).not_blind([item_id])):
        found = next(iter(call.workspace.db.read(lambda c: list(ModelsSql(c).contents([item_id])))), None)
    if found is None:
        raise NotFound(f"There is no item {item_id} that a prompt or the guidelines may learn from.", place="item_id")
    return msgspec.json.decode(found[1])


def _text(text: str) -> str:
    out = text.strip()
    if not out or len(out) > _LONGEST:
        raise Invalid(f"A note has 1 to {_LONGEST:,} characters, this one {len(out):,}.", place="text")
    return out


def _note(call: Call, ident: int) -> NoteRow:
    row = call.workspace.db.read(lambda c: NotesSql(c).get(ident))
    if row is None or row.project_id != call.project_id:
        raise NotFound(f"There is no note {ident} in this project.", place="n")
    return row


def _view(row: NoteRow) -> NoteView:
    return NoteView(row.id, row.question, row.section, row.text, row.item_id, row.comparison_id, row.state, row.author, row.at)
