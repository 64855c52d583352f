"""Fills in forms from documents by what fields are called: the value beside "Total due" or under "Invoice date".

Stands alone from the model that learns (`document_fields`) because it proposes from the first document on. It gives no score:
how often a cue is right in a project, answers tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from milo.builtin.predictors._page_words import paper_field
from milo.builtin.predictors._unlearned import Unlearned
from milo.domain.annotation import Prediction
from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate


class FieldCues(Unlearned):
    """Settings: `cues`: what documents call a field, as {"total": ["amount due"]}, before its name, its title and what such
    fields are mostly called."""

    name = "field_cues"
    title = "Fields of documents, by cues"
    why = "It goes by words that it is told, and does not learn."
    reads_words = True

    def accepts(self, question: Question, fields: tuple[Field, ...]) -> bool:
        """Forms over a document or a picture of one."""
        return question.shape == "fields" and paper_field(question, fields) is not None

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        """The settings, completed. Raises InvalidConfig."""
        from milo.builtin.predictors._field_cues import checked

        return checked(config, question, {"cues": {}}, self.name)

    def predict(
        self,
        question: Question,
        fields: tuple[Field, ...],
        config: dict[str, Any],
        model: bytes | None,
        items: Iterable[Candidate],
    ) -> Iterator[Prediction]:
        """One form for each document that has words and a cue."""
        from milo.builtin.predictors._field_learning import Reader

        reader, name = Reader.by_cues(question, config), paper_field(question, fields)
        for item in items:
            found = reader.form(item.data, name)
            if found is not None:
                yield Prediction(item.item_id, question.name, found.form, None, found.reason or None)


PLUGIN = FieldCues()
