"""Ready-made project set-ups. Not a kind of plug-in, only a file that holds a `ProjectSpec` and a line about it."""

from __future__ import annotations

import msgspec

from milo.domain.project import ProjectSpec


class Recipe(msgspec.Struct, frozen=True):
    """A named starting point for a new project."""

    name: str
    title: str
    summary: str
    spec: ProjectSpec
