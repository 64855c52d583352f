"""For plug-in authors: contract suites and builders, to be used from any test runner."""

from milo.testing.builders import (
    make_context,
    make_export_row,
    make_item,
    make_question,
    make_source,
    make_spec,
)
from milo.testing.contracts import check_format, check_predictor, check_reader, check_task_type
from milo.testing.judging import SchemaModel, check_judge
from milo.testing.provider import check_provider

__all__ = [
    "SchemaModel",
    "check_format",
    "check_judge",
    "check_predictor",
    "check_provider",
    "check_reader",
    "check_task_type",
    "make_context",
    "make_export_row",
    "make_item",
    "make_question",
    "make_source",
    "make_spec",
]
