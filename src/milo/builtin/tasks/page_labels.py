"""`page_labels`: a label, or several, on each page of a document: "invoice", "annex", "blank".

Stands alone because a page is neither an item nor a thing on it: the value is a list of {page, label}, `page` counted from
0; sorted by page and by the order of the labels, without repeats. In a table: the list as JSON.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

import msgspec

from milo.builtin.tasks._config import fitting_field, flag, kept_or_none, known_keys, read, value_error
from milo.builtin.tasks._labels import check_label, describe_labels, instruction, label_set, normalise_labels
from milo.builtin.tasks._paged import DOCUMENT, MAX_PAGES, check_page, document_of, page_count
from milo.builtin.tasks._regions import f1, from_cell, labels_in, to_cell
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.domain.shapes import PageMark
from milo.kinds.task_type import Brief

Mark = dict[str, Any]


class PageLabels:
    """Labels on pages. Agreement is F1 over (page, label)."""

    name = "page_labels"
    title = "Labels on pages"
    shape = "page_marks"
    field_kinds: tuple[str, ...] = (DOCUMENT,)

    def check_config(self, question: Question, fields: tuple[Field, ...]) -> Question:
        """Settings: `labels`, `multiple` (false: one label a page), `every` (true: each page needs one). Fills in `field`."""
        known_keys(question, "labels", "multiple", "every")
        config: dict[str, Any] = {
            "labels": normalise_labels(question),
            "multiple": flag(question, "multiple", False),
            "every": flag(question, "every", True),
        }
        return msgspec.structs.replace(question, config=config, field=fitting_field(question, fields, self.field_kinds))

    def check(self, question: Question, value: Any, item: Item | None) -> list[Mark]:
        """The marks in order, held against the pages of the item's document where their number is known."""
        marks = read(question, value, list[PageMark], "a list of {page, label}")
        labels, document = label_set(question), document_of(question, item)
        for mark in marks:
            check_label(question, labels, mark.label)
            check_page(question, mark.page, document)
        ordered = sorted({(m.page, labels.order[m.label]): m for m in marks}.items(), key=lambda pair: pair[0])
        if not question.config.get("multiple"):
            _check_single(question, [mark.page for _, mark in ordered])
        count = page_count(document)
        if question.config.get("every") and count is not None and count <= MAX_PAGES:
            _check_every(question, {mark.page for _, mark in ordered}, count)
        return [{"page": mark.page, "label": mark.label} for _, mark in ordered]

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """See the class; two empty answers agree."""
        ours, theirs = _pairs(a), _pairs(b)
        return f1(len(ours & theirs), len(ours), len(theirs))

    def brief(self, question: Question) -> Brief:
        """A list of marks."""
        mark = {
            "type": "object",
            "properties": {
                "page": {"type": "integer", "minimum": 0},
                "label": {"type": "string", "enum": list(label_set(question).order)},
            },
            "required": ["page", "label"],
            "additionalProperties": False,
        }
        how = "one or more labels" if question.config.get("multiple") else "one label"
        which = "each page" if question.config.get("every") else "each page that a label fits"
        what = f"Give {which} {how}; pages count from 0. Labels:\n{describe_labels(question)}"
        return Brief(instruction(question, what), {"type": "array", "items": mark})

    def merge(self, question: Question, values: list[Any]) -> Any:
        """The labels that at least half of the answers give a page; where a page has one, the most frequent, of equals the
        first in the order of the labels."""
        if len(values) == 1:
            return values[0]
        votes = Counter(pair for value in values for pair in _pairs(value))
        if question.config.get("multiple"):
            found = [pair for pair, n in votes.items() if 2 * n >= len(values)]
            if question.config.get("every"):
                found += [_first(question, votes, p) for p in {page for page, _ in votes} - {page for page, _ in found}]
        else:
            pages = {page for page, _ in votes}
            found = [_first(question, votes, p) for p in pages if 2 * _on(votes, p) >= len(values)]
        return self.check(question, [{"page": page, "label": label} for page, label in found], None)

    def summary(self, question: Question, value: Any) -> list[str]:
        """The distinct labels."""
        return labels_in(value)

    def flatten(self, question: Question, value: Any) -> dict[str, str | int | float | bool | None]:
        """One cell of JSON."""
        return to_cell(value)

    def unflatten(self, question: Question, cells: dict[str, Any]) -> Any:
        """The list from its cell."""
        return from_cell(question, cells)

    def migrate(self, old: Question, new: Question, value: Any) -> Any | None:
        """The marks if they all fit, on the same field."""
        return kept_or_none(lambda: self.check(new, value, None)) if old.field == new.field else None


def _pairs(value: list[Mark]) -> set[tuple[int, str]]:
    return {(cast(int, mark["page"]), cast(str, mark["label"])) for mark in value}


def _on(votes: Counter[tuple[int, str]], page: int) -> int:
    return sum(n for (at, _), n in votes.items() if at == page)


def _first(question: Question, votes: Counter[tuple[int, str]], page: int) -> tuple[int, str]:
    order = label_set(question).order
    return min((pair for pair in votes if pair[0] == page), key=lambda pair: (-votes[pair], order[pair[1]]))


def _check_single(question: Question, pages: list[int]) -> None:
    twice = next((page for page, n in Counter(pages).items() if n > 1), None)
    if twice is not None:
        raise value_error(question, f"page {twice + 1} has two labels, but this question takes one a page (multiple).")


def _check_every(question: Question, marked: set[int], count: int) -> None:
    missing = next((page for page in range(count) if page not in marked), None)
    if missing is not None:
        raise value_error(question, f"page {missing + 1} has no label; each of the {count} pages needs one (every).")


PLUGIN = PageLabels()
