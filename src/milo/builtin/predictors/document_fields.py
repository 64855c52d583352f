"""Fills in forms from documents, learning from those that were filled in: which words stand beside a value and above it, how it
looks, where it was in documents like this one.

Stands alone because a form is many choices among the words of a document, none of which needs a network or a language model.
Each field has a model of its own (see `_field_softmax`) that begins with what such fields are mostly called and moves away from
it as answers come in. Documents need words: a text layer, or pages that a machine has read; those without are passed over. The
score of a field is the calibrated chance that its value is right, that of the form the chance that all are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from milo.builtin.predictors._page_words import paper_field
from milo.domain.annotation import Prediction
from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate, Example, Fitted

_LEAST = 0.2


class DocumentFields:
    """Settings: `cues`: what documents call a field, as {"total": ["amount due"]}; `least`: the chance below which a field is
    left open (0.2)."""

    name = "document_fields"
    title = "Fields of documents, learned"
    learns = True
    reads_words = True

    def accepts(self, question: Question, fields: tuple[Field, ...]) -> bool:
        """Forms over a document or a picture of one."""
        return question.shape == "fields" and paper_field(question, fields) is not None

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        """The settings, completed. Raises InvalidConfig."""
        from milo.builtin.predictors._field_cues import checked

        return checked(config, question, {"cues": {}, "least": _LEAST}, self.name)

    def fit(self, question: Question, fields: tuple[Field, ...], config: dict[str, Any], examples: Sequence[Example]) -> Fitted:
        """Learn from all filled in documents that have words; the newest thousand count."""
        from milo.builtin.predictors._field_learning import fit

        return fit(self.name, question, paper_field(question, fields), config, examples)

    def predict(
        self,
        question: Question,
        fields: tuple[Field, ...],
        config: dict[str, Any],
        model: bytes | None,
        items: Iterable[Candidate],
    ) -> Iterator[Prediction]:
        """One form for each document that has words. Raises InvalidConfig for a model that cannot be read."""
        from milo.builtin.predictors._field_learning import Reader

        if model is None:
            return
        reader = Reader.restored(self.name, question, config, model)
        name = paper_field(question, fields)
        for item in items:
            found = reader.form(item.data, name)
            if found is not None:
                yield Prediction(item.item_id, question.name, found.form, found.score, found.reason or None)


PLUGIN = DocumentFields()
