"""Learns to label texts from the answers given so far: n-grams (and embeddings, where a model is at hand) and a linear model.

Answers questions whose values are a label, a set of labels or a number (each number is a class of its own). Starts with six
labelled texts of two kinds. The score is the calibrated probability that the suggested value is right; the reason names the
words that spoke most for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from milo.builtin.predictors._answers import SHAPES
from milo.builtin.predictors._content import text_fields, text_of
from milo.domain.annotation import Prediction
from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate, Example, Fitted

_CHUNK = 512
_COLUMNS, _CELLS = 300_000, 4_000_000


class TextClassifier:
    """TF-IDF over hashed n-grams, optionally joined with embeddings, and calibrated logistic regression."""

    name = "text_classifier"
    title = "Text classifier"
    learns = True
    shapes = SHAPES

    def accepts(self, question: Question, fields: tuple[Field, ...]) -> bool:
        """Any question about text whose values are labels or numbers."""
        return (question.shape is None or question.shape in SHAPES) and bool(text_fields(question, fields))

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        """`embeddings`: a folder with model.onnx and tokenizer.json, or null. Raises InvalidConfig, MissingExtra."""
        from milo.builtin.predictors._embeddings import check_folder
        from milo.builtin.predictors._learning import check_keys

        done = check_keys(config, {"embeddings": None}, self.name)
        check_folder(done["embeddings"], self.name)
        return done

    def fit(self, question: Question, fields: tuple[Field, ...], config: dict[str, Any], examples: Sequence[Example]) -> Fitted:
        """Learn from all examples that have text; see `milo.builtin.predictors._linear` for the method."""
        from milo.builtin.predictors import _bundle, _linear
        from milo.builtin.predictors._learning import lesson, model_meta, told
        from milo.builtin.predictors._text_features import TextFeatures

        own = text_fields(question, fields)
        taught = lesson(question, examples, lambda e: bool(text_of(e.data, own)))
        if isinstance(taught, Fitted):
            return taught
        texts = [text_of(e.data, own) for e in taught.examples]
        features = TextFeatures.fit(texts, min(_COLUMNS, _CELLS // len(taught.names)))
        table = _with_embeddings(features.transform(texts), texts, config)
        linear, shown = _linear.fit(table, taught.targets, taught.weight, taught.multi)
        meta = model_meta(question, taught, {"embeddings": config.get("embeddings")})
        arrays = {"columns": features.columns.astype("<u4"), "idf": features.idf.astype("<f4")}
        return Fitted(_bundle.pack(self.name, *linear.stored(meta, arrays)), told(taught, shown))

    def predict(
        self,
        question: Question,
        fields: tuple[Field, ...],
        config: dict[str, Any],
        model: bytes | None,
        items: Iterable[Candidate],
    ) -> Iterator[Prediction]:
        """One suggestion for each item that has text. Raises InvalidConfig for a model that cannot be read."""
        from milo.builtin.predictors import _bundle
        from milo.builtin.predictors._learning import chunked
        from milo.builtin.predictors._linear import Linear
        from milo.builtin.predictors._text_features import TextFeatures

        if model is None:
            return
        meta, arrays = _bundle.unpack(self.name, model)
        features, linear = TextFeatures(arrays["columns"], arrays["idf"]), Linear.restored(meta, arrays)
        own = text_fields(question, fields)
        for chunk in chunked(items, _CHUNK):
            rows = [(c.item_id, text) for c in chunk if (text := text_of(c.data, own))]
            yield from _suggest(question, meta, features, linear, rows)


def _suggest(
    question: Question, meta: dict[str, Any], features: Any, linear: Any, rows: list[tuple[int, str]]
) -> Iterator[Prediction]:
    from milo.builtin.predictors._learning import predictions
    from milo.builtin.predictors._text_features import analyse, batches

    texts = [text for _, text in rows]
    for first, last in batches(texts):
        grams = analyse(texts[first:last])
        table = _with_embeddings(features.rows(grams, last - first), texts[first:last], meta)
        chances = linear.chances(table)
        words = linear.weights[: len(features.columns)]
        reasons = features.speaking(grams, words, chances.argmax(axis=1), against_others=not linear.multi)
        items = [item for item, _ in rows[first:last]]
        yield from predictions(question, meta, items, chances, linear.score(chances), reasons)


def _with_embeddings(table: Any, texts: Sequence[str], config: dict[str, Any]) -> Any:
    """The table with the embeddings of the texts to its right, if the config names an embedding model."""
    if not config.get("embeddings"):
        return table
    from scipy.sparse import csr_matrix, hstack

    from milo.builtin.predictors._embeddings import embedder

    return hstack([table, csr_matrix(embedder(config["embeddings"])(texts))], format="csr")


PLUGIN = TextClassifier()
