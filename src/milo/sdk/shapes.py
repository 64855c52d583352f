"""What the server answers, as typed values. Fields that a newer server adds are passed over."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.domain.people import Role
from milo.domain.project import ProjectSpec


class User(msgspec.Struct, frozen=True):
    """A user of the workspace."""

    id: int
    login: str
    name: str
    role: Role
    active: bool = True
    created_at: float = 0.0


class Member(msgspec.Struct, frozen=True):
    """Somebody who belongs to a project."""

    user: User
    role: Role


class Counts(msgspec.Struct, frozen=True):
    """How far a project is, in items; `answers` counts submissions, `review` cases that wait for a reviewer,
    `aside` items set aside for everybody."""

    items: int = 0
    new: int = 0
    open: int = 0
    done: int = 0
    skipped: int = 0
    flagged: int = 0
    answers: int = 0
    suggested: int = 0
    mine: int = 0
    review: int = 0
    aside: int = 0


class ProjectInfo(msgspec.Struct, frozen=True):
    """A project as it was when asked for."""

    id: int
    spec: ProjectSpec
    schema_version: int
    created_at: float
    archived: bool
    my_role: Role
    counts: Counts


class Recipe(msgspec.Struct, frozen=True):
    """A ready-made project set-up."""

    name: str
    title: str
    summary: str
    spec: ProjectSpec


class Item(msgspec.Struct, frozen=True):
    """An item; a row of the grid has more fields in `Row`."""

    id: int
    project_id: int
    ord: int
    key: str | None
    data: dict[str, Any]
    meta: dict[str, Any]
    status: str
    flagged: bool = False


class Row(msgspec.Struct, frozen=True):
    """An item in a listing. Long texts are cut (`cut`); `answers` are the labels given, by question."""

    id: int
    project_id: int
    ord: int
    key: str | None
    data: dict[str, Any]
    meta: dict[str, Any]
    status: str
    flagged: bool = False
    cut: bool = False
    answers: dict[str, list[str]] = {}
    n_answers: int = 0
    suggestion: dict[str, Any] | None = None


class RowPage(msgspec.Struct, frozen=True):
    """Some rows, and how many there are in all."""

    rows: list[Row]
    total: int


class Suggestion(msgspec.Struct, frozen=True):
    """What a model says about a question of an item."""

    id: int
    item_id: int
    question: str
    value: Any
    score: float | None
    reason: str | None
    source: str
    version: int
    run_id: int


class Added(msgspec.Struct, frozen=True):
    """What became of rows that were sent: new, there already, kept apart because their items are blind, and refused with the
    reason."""

    added: int = 0
    repeated: int = 0
    withheld: int = 0
    bad: list[dict[str, Any]] = []
    ids: list[int] = []


class JobInfo(msgspec.Struct, frozen=True):
    """A background job. `rate` is steps per second, `eta` seconds left."""

    id: int
    project_id: int | None
    kind: str
    state: str
    done: int
    total: int | None
    rate: float | None
    eta: float | None
    message: str
    error: str | None
    result: dict[str, Any] | None


class ModelInfo(msgspec.Struct, frozen=True):
    """A model of a project. `quality` is measured on answers given blind."""

    id: int
    name: str
    plugin: str
    question: str
    config: dict[str, Any]
    enabled: bool
    learns: bool
    state: str
    message: str
    version: int
    n_labels: int
    quality: dict[str, Any] | None = None
    asks: bool = False


class RunInfo(msgspec.Struct, frozen=True):
    """A run of a connected model. `state`: running, paused, done, failed, cancelled or stopped (its budget is spent); `cost`
    None: no prices are known; `repeated`: calls paid for twice, at most, after the server died."""

    id: int
    model: str
    version: int
    state: str
    done: int
    failed: int
    skipped: int
    total: int
    cost: float | None
    currency: str
    input_tokens: int
    output_tokens: int
    rate: float | None
    seconds: float
    seconds_left: float | None
    repeated: int
    message: str
    budget: dict[str, Any] = {}


class RunError(msgspec.Struct, frozen=True):
    """An item that failed in a run."""

    item_id: int
    reason: str
    raw: str
    attempts: int


class Estimate(msgspec.Struct, frozen=True):
    """What a run would take. `cost` None: no prices are known."""

    items: int
    calls: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    currency: str
    seconds: float
    assumptions: list[str]


class ExportReport(msgspec.Struct, frozen=True):
    """What an export would hold: the items looked at, and what the format cannot carry, in words."""

    rows: int
    lost: list[str] = []


class Token(msgspec.Struct, frozen=True):
    """A token for a program; `token` is the secret, told once."""

    id: int
    name: str
    token: str = ""


class Status(msgspec.Struct, frozen=True):
    """Whether the server is there, set up, and knows the caller."""

    version: str
    needs_setup: bool
    signed_in: bool


class Session(msgspec.Struct, frozen=True):
    """A sign-in."""

    user: User
    csrf: str


class Me(msgspec.Struct, frozen=True):
    """The caller."""

    user: User
    csrf: str
    memberships: list[dict[str, Any]] = []
