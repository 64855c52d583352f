"""The form of a sample project: a spec, and files as a user would bring them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from milo.domain.project import ProjectSpec


class Sample(msgspec.Struct, frozen=True):
    """A project with its content. `files` gives (name, content) of each file of the import: a JSONL table with the columns
    "id" (the item's key), the project's fields and metadata, and the files that it names."""

    spec: ProjectSpec
    files: Callable[[], Iterator[tuple[str, bytes]]]
