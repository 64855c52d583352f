"""A rubric as YAML or JSON text, and back. Errors name the line and the key, as in a project file."""

from __future__ import annotations

from typing import Any, Literal, cast

import msgspec

from milo.domain.rubric import check_rubric
from milo.domain.verdict import Rubric
from milo.flow.project_file import read_file, write_file


def read_rubric(text: str) -> Rubric:
    """The rubric in a file. Raises InvalidConfig naming line, key or criterion."""
    return check_rubric(read_file(text, Rubric, "A rubric's file holds the keys name and criteria."))


def write_rubric(rubric: Rubric, form: Literal["yaml", "json"] = "yaml") -> str:
    """The rubric as text that `read_rubric` reads to the same."""
    return write_file(cast("dict[str, Any]", msgspec.to_builtins(rubric)), form)
