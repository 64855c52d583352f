"""Learns to label images from the answers given so far: cheap features and a linear model.

Answers questions whose values are a label, a set of labels or a number. Starts with six labelled images of two kinds. An image
that cannot be read is passed over. The score is the calibrated probability that the suggested value is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from milo.builtin.predictors._answers import SHAPES
from milo.builtin.predictors._content import image_fields, image_path
from milo.domain.annotation import Prediction
from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate, Example, Fitted

_CHUNK = 64


class ImageClassifier:
    """Colour and gradient features and calibrated logistic regression."""

    name = "image_classifier"
    title = "Image classifier"
    learns = True
    shapes = SHAPES

    def accepts(self, question: Question, fields: tuple[Field, ...]) -> bool:
        """Any question about an image whose values are labels or numbers."""
        return (question.shape is None or question.shape in SHAPES) and bool(image_fields(question, fields))

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        """There is nothing to set. Raises InvalidConfig for any setting."""
        from milo.builtin.predictors._learning import check_keys

        return check_keys(config, {}, self.name)

    def fit(self, question: Question, fields: tuple[Field, ...], config: dict[str, Any], examples: Sequence[Example]) -> Fitted:
        """Learn from all examples whose image can be read."""
        from milo.builtin.predictors import _bundle, _linear
        from milo.builtin.predictors._image_features import stacked
        from milo.builtin.predictors._learning import lesson, model_meta, told

        own = image_fields(question, fields)
        table, read = stacked([image_path(e.data, own) for e in examples])
        row_of = {id(examples[i]): row for row, i in enumerate(read)}
        taught = lesson(question, examples, lambda e: id(e) in row_of)
        if isinstance(taught, Fitted):
            return taught
        table = table[[row_of[id(e)] for e in taught.examples]]
        linear, shown = _linear.fit(table, taught.targets, taught.weight, taught.multi)
        return Fitted(_bundle.pack(self.name, *linear.stored(model_meta(question, taught, {}), {})), told(taught, shown))

    def predict(
        self,
        question: Question,
        fields: tuple[Field, ...],
        config: dict[str, Any],
        model: bytes | None,
        items: Iterable[Candidate],
    ) -> Iterator[Prediction]:
        """One suggestion for each item whose image can be read. Raises InvalidConfig for a model that cannot be read."""
        from milo.builtin.predictors import _bundle
        from milo.builtin.predictors._image_features import stacked
        from milo.builtin.predictors._learning import chunked, predictions
        from milo.builtin.predictors._linear import Linear

        if model is None:
            return
        meta, arrays = _bundle.unpack(self.name, model)
        linear = Linear.restored(meta, arrays)
        own = image_fields(question, fields)
        for chunk in chunked(items, _CHUNK):
            table, read = stacked([image_path(c.data, own) for c in chunk])
            if read:
                chances = linear.chances(table)
                ids = [chunk[i].item_id for i in read]
                yield from predictions(question, meta, ids, chances, linear.score(chances), [None] * len(ids))


PLUGIN = ImageClassifier()
