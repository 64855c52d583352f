"""What a run of a connected model stands on, put together once before it begins; and an item on its way through it."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.domain.errors import MiloError
from milo.domain.project import Project
from milo.infra.preannotate.batching import Batching
from milo.infra.preannotate.examples import Examples
from milo.infra.preannotate.selecting import Selected
from milo.infra.preannotate.storing import Store
from milo.infra.providers.budget import Budget
from milo.infra.showing import Showing
from milo.kinds.asking import AskingPredictor, Shown, Task


class Setup(msgspec.Struct, frozen=True):
    """All that a run needs. `runs`: runs whose stored answers count as given; `same`: makes an `ask` for one item."""

    run_id: int
    user_id: int | None
    project: Project
    plugin: AskingPredictor
    config: dict[str, Any]
    task: Task
    showing: Showing
    selected: Selected
    store: Store
    budget: Budget
    runs: list[int]
    concurrency: int
    media: bool
    examples: Examples | None
    explain: bool
    batching: Batching | None = None


class OpenPage:
    """A page that is on its way: its last place, and how many of its items are not finished."""

    __slots__ = ("last", "left")

    def __init__(self, last: int, left: int) -> None:
        self.last, self.left = last, left


class Waiting:
    """An item to be asked about."""

    __slots__ = ("item_id", "page", "shown")

    def __init__(self, page: OpenPage, item_id: int, shown: Shown | MiloError) -> None:
        self.page, self.item_id, self.shown = page, item_id, shown
