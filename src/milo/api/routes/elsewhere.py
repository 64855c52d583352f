"""Models that run in their owner's own process: begin a run, fetch items, bring answers, end. See `milo.predictor`."""

from __future__ import annotations

import re

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.domain.errors import Invalid, InvalidConfig
from milo.domain.question import NAME_PATTERN, Field, Question
from milo.infra.elsewhere import Elsewhere, Given, Said, Taken

_MOST = 500


class BeginElsewhere(msgspec.Struct):
    """The model's name, the question it answers, its version, and the function, for the record. `retry`: ask again about items
    that it failed at."""

    name: str
    question: str
    version: int = 1
    function: str = ""
    retry: bool = False


class ElsewhereRun(msgspec.Struct):
    """The run, what is asked, and how many items that are not done wait for it."""

    run: int
    question: Question
    fields: list[Field]
    left: int


class ElsewhereQuery(msgspec.Struct):
    """`after`: as the last page told; `n`: how many, 500 at most; `everything`: done items too."""

    after: int = 0
    n: int = 50
    everything: bool = False


class ElsewherePage(msgspec.Struct):
    """Items, and what to give as `after` next time."""

    items: list[Given]
    after: int


class Answers(msgspec.Struct):
    """What the model says of some items, 500 at most."""

    answers: list[Said]


class Ended(msgspec.Struct):
    """Why the program ended, where it is worth telling."""

    message: str = ""


class EndedRun(msgspec.Struct):
    """The run that ended."""

    run: int


@endpoint("POST", "/projects/{p}/elsewhere", "model.run", body=BeginElsewhere, reply=ElsewhereRun)
def begin_elsewhere(call: Call) -> ElsewhereRun:
    """Begin a run of a model that runs in your own process, or go on with the one of the same name and version."""
    given: BeginElsewhere = call.body
    if not re.match(NAME_PATTERN, given.name):
        raise InvalidConfig(
            f'"{given.name[:80]}" is no valid name: start with a letter, then letters, digits, "_" or "-", 64 at most.',
            place="name",
        )
    project = call.workspace.projects.get(call.project_id)
    run, left = Elsewhere(call.workspace, project).begin(
        given.name, given.question, given.version, given.function, call.actor.user_id, retry=given.retry
    )
    return ElsewhereRun(run, project.schema.get(given.question), list(project.spec.fields), left)


@endpoint("GET", "/projects/{p}/elsewhere/{r}/items", "model.run", query=ElsewhereQuery, reply=ElsewherePage)
def elsewhere_items(call: Call) -> ElsewherePage:
    """The next items that the run has said nothing of, as those who answer may see them; never blind ones."""
    query: ElsewhereQuery = call.query
    here, size = _here(call), max(1, min(query.n, _MOST))
    found, after = here.items(here.run(call.params["r"]), query.after, size, everything=query.everything)
    return ElsewherePage(found, after)


@endpoint("POST", "/projects/{p}/elsewhere/{r}/answers", "model.run", body=Answers, reply=Taken)
def elsewhere_answers(call: Call) -> Taken:
    """Store what the model said: suggestions in place of its earlier ones, items passed over, errors. May be sent again."""
    said: list[Said] = call.body.answers
    if len(said) > _MOST:
        raise Invalid(f"At most {_MOST} answers at once.", place="body")
    here = _here(call)
    return here.take(here.run(call.params["r"]), said)


@endpoint("POST", "/projects/{p}/elsewhere/{r}/end", "model.run", body=Ended, reply=EndedRun)
def end_elsewhere(call: Call) -> EndedRun:
    """Say that the program ended; it can go on at any time."""
    here = _here(call)
    run = here.run(call.params["r"])
    here.finish(run, call.body.message)
    return EndedRun(run.id)


def _here(call: Call) -> Elsewhere:
    return Elsewhere(call.workspace, call.workspace.projects.get(call.project_id))
