"""Suggests what the most similar labelled items were labelled: the nearest neighbours vote, near ones louder.

For texts (hashed n-grams, compared by cosine) or images (colour and gradient features). The score is the share of the
vote, calibrated by letting each example be judged by the others. The reason shows the nearest example. Starts with six
labelled items of two kinds, and shines where items repeat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from milo.builtin.predictors._answers import SHAPES
from milo.builtin.predictors._content import image_fields, image_path, text_fields, text_of
from milo.domain.annotation import Prediction
from milo.domain.errors import InvalidConfig
from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate, Example, Fitted

_CHUNK, _MOST, _EXCERPT = 256, 10_000, 60


class Nearest:
    """A vote of the k most similar examples."""

    name = "nearest"
    title = "Most similar items"
    learns = True
    shapes = SHAPES

    def accepts(self, question: Question, fields: tuple[Field, ...]) -> bool:
        """Any question about text or an image whose values are labels or numbers."""
        fits = bool(text_fields(question, fields) or image_fields(question, fields))
        return fits and (question.shape is None or question.shape in SHAPES)

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        """`k`: how many neighbours vote, 1 to 100, by default 7. Raises InvalidConfig."""
        from milo.builtin.predictors._learning import check_keys

        done = check_keys(config, {"k": 7}, self.name)
        if not isinstance(done["k"], int) or isinstance(done["k"], bool) or not 1 <= done["k"] <= 100:
            raise InvalidConfig(f"k is {done['k']!r}; give a whole number from 1 to 100.", place="predictors.nearest.k")
        return done

    def fit(self, question: Question, fields: tuple[Field, ...], config: dict[str, Any], examples: Sequence[Example]) -> Fitted:
        """Keep the newest 10,000 examples that can be read, and learn how far their votes can be trusted."""
        from milo.builtin.predictors import _bundle, _neighbours
        from milo.builtin.predictors._learning import lesson, model_meta, told

        if text_fields(question, fields):
            own = text_fields(question, fields)
            taught = lesson(question, examples[-_MOST:], lambda e: bool(text_of(e.data, own)))
            if isinstance(taught, Fitted):
                return taught
            texts = [text_of(e.data, own) for e in taught.examples]
            table, arrays = _neighbours.text_table(texts)
            excerpts = [_excerpt(t) for t in texts]
        else:
            own = image_fields(question, fields)
            table, usable = _neighbours.image_table([image_path(e.data, own) for e in examples[-_MOST:]])
            readable = {id(examples[-_MOST:][i]): row for row, i in enumerate(usable)}
            taught = lesson(question, examples[-_MOST:], lambda e: id(e) in readable)
            if isinstance(taught, Fitted):
                return taught
            table, arrays = table[[readable[id(e)] for e in taught.examples]], {}
            excerpts = [""] * len(taught.examples)
        memory, shown = _neighbours.learn(table, taught.targets, taught.weight, taught.multi, int(config.get("k", 7)))
        told_of = {"items": [e.item_id for e in taught.examples], "excerpts": excerpts}
        meta, stored = memory.stored(model_meta(question, taught, told_of), arrays)
        return Fitted(_bundle.pack(self.name, meta, stored), told(taught, shown))

    def predict(
        self,
        question: Question,
        fields: tuple[Field, ...],
        config: dict[str, Any],
        model: bytes | None,
        items: Iterable[Candidate],
    ) -> Iterator[Prediction]:
        """One suggestion for each item that can be read and resembles any example."""
        from milo.builtin.predictors import _bundle, _neighbours
        from milo.builtin.predictors._learning import chunked, predictions

        if model is None:
            return
        meta, arrays = _bundle.unpack(self.name, model)
        memory = _neighbours.Memory.restored(meta, arrays)
        read = _reader(question, fields, arrays)
        for chunk in chunked(items, _CHUNK):
            table, rows = read(chunk)
            votes, scores, nearest = memory.judge(table)
            keep = [i for i in range(len(rows)) if nearest[i] >= 0]
            ids = [chunk[rows[i]].item_id for i in keep]
            reasons = [_reason(meta, int(nearest[i])) for i in keep]
            yield from predictions(question, meta, ids, votes[keep], scores[keep], reasons)


def _reader(question: Question, fields: tuple[Field, ...], arrays: dict[str, Any]) -> Any:
    """A function from candidates to their features and the places of those that could be read."""
    from milo.builtin.predictors import _neighbours

    texts, images = text_fields(question, fields), image_fields(question, fields)

    def look(chunk: Sequence[Candidate]) -> tuple[Any, list[int]]:
        return _neighbours.image_table([image_path(c.data, images) for c in chunk])

    if "columns" not in arrays:
        return look
    features = _neighbours.text_features(arrays)

    def read(chunk: Sequence[Candidate]) -> tuple[Any, list[int]]:
        found = [(i, text) for i, c in enumerate(chunk) if (text := text_of(c.data, texts))]
        return features.transform([text for _, text in found]), [i for i, _ in found]

    return read


def _reason(meta: dict[str, Any], place: int) -> str:
    excerpt = meta["excerpts"][place]
    return f"like item {meta['items'][place]}" + (f": '{excerpt}'" if excerpt else "")


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else line[: _EXCERPT - 1].rstrip() + "…"


PLUGIN = Nearest()
