"""What is asked: one `Question`, and the ordered, versioned `Schema` of all questions of a project."""

from __future__ import annotations

from typing import Any

import msgspec

from milo.domain.errors import InvalidConfig

NAME_PATTERN = r"^[A-Za-z][A-Za-z0-9_-]{0,63}$"


class Condition(msgspec.Struct, frozen=True):
    """Ask only when an earlier question was answered with one of `any_of` (labels, ratings or texts)."""

    question: str
    any_of: list[str | int]


class Question(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing asked about an item.

    `type` names a task type; `config` is that task type's own settings; `field` names the item field that the answer
    refers to (spans, boxes), default the first one of a fitting kind. `show` overrides the project's visibility of
    suggestions for this question. `shape` is the shape of the task type's values (label, labels, number, text, spans,
    relations, boxes, polygons, polylines, keypoints, masks, segments, tracks, ranks, scores, turns, turn_marks,
    fields, rows, page_marks, cell_marks); it is filled in from the task type, so that predictors need not know task types, and
    need not be written.
    `subjective`: people may rightly differ; suggestions are then shown only after the person's first answer, unless `show`
    says otherwise.
    """

    name: str
    type: str
    title: str | None = None
    help: str | None = None
    config: dict[str, Any] = {}
    field: str | None = None
    required: bool = True
    when: Condition | None = None
    show: str | None = None
    shape: str | None = None
    subjective: bool = False


class Field(msgspec.Struct, frozen=True, omit_defaults=True):
    """One named part of an item: its `kind` is text, image, chat, html, markdown, audio, video, document or table."""

    name: str
    kind: str = "text"
    title: str | None = None


class Schema(msgspec.Struct, frozen=True):
    """The ordered list of questions; `version` grows by one with each change."""

    version: int
    questions: tuple[Question, ...]

    def get(self, name: str) -> Question:
        """The question of that name. Raises InvalidConfig if there is none."""
        for question in self.questions:
            if question.name == name:
                return question
        known = ", ".join(q.name for q in self.questions) or "none"
        raise InvalidConfig(f'There is no question "{name}". Questions of this project: {known}.', place=name)


def is_asked(question: Question, answers: dict[str, Any]) -> bool:
    """Whether `question` is asked, given the values answered so far (by question name)."""
    if question.when is None:
        return True
    value = answers.get(question.when.question)
    if value is None:
        return False
    given = {_key(v) for v in (value if isinstance(value, list) else [value])}
    return bool(given & {_key(v) for v in question.when.any_of})


def _key(value: Any) -> str:
    return str(value.get("label", "")) if isinstance(value, dict) else str(value)
