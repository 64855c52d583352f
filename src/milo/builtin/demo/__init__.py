"""The sample projects: what a new user meets first. Content only; `milo.demo` puts it into a workspace.

Stands apart from the code that stores it, so that the samples are plain data, held to the same checks as anyone's import.
"""

from __future__ import annotations

from milo.builtin.demo import digits, support
from milo.builtin.demo.sample import Sample

__all__ = ["Sample", "samples"]


def samples() -> list[Sample]:
    """The sample projects, in the order in which they are shown."""
    return [support.SAMPLE, digits.SAMPLE]
