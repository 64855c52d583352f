"""The form of a sample project: a spec, and files as a user would bring them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from milo.domain.project import ProjectSpec
from milo.domain.verdict import Rubric


class Rehearsal(msgspec.Struct, frozen=True):
    """A script in place of a language model: the connection that answers by it, the predictor that asks it about the first
    `items` drawn by chance, and a judge of the same question with its rubric."""

    connection: str
    config: dict[str, Any]
    model: str
    items: int
    judge: str
    rubric: Rubric


class Sample(msgspec.Struct, frozen=True):
    """A project with its content. `files` gives (name, content) of each file of the import: a JSONL table with the columns
    "id" (the item's key), the project's fields and metadata, and the files that it names."""

    spec: ProjectSpec
    files: Callable[[], Iterator[tuple[str, bytes]]]
    rehearsal: Rehearsal | None = None
