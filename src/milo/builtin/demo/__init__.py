"""The sample projects: what a new user meets first. Content only; `milo.demo` puts it into a workspace.

Stands apart from the code that stores it, so that the samples are plain data, held to the same checks as anyone's import.
"""

from __future__ import annotations

from milo.builtin.demo import digits, invoices, support
from milo.builtin.demo.sample import Sample

__all__ = ["Sample", "by_recipe", "samples"]


def samples() -> list[Sample]:
    """The sample projects, in the order in which they are shown."""
    return [support.SAMPLE, digits.SAMPLE]


def by_recipe() -> dict[str, Sample]:
    """Samples for recipes whose content needs more than every installation has, by the name of the recipe."""
    return {"invoice_fields": invoices.SAMPLE}
