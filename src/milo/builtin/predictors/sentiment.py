"""Positive, negative or neutral, by a lexicon of English words. Needs the extra "text"; no model and no network.

Stands alone because it is a lexicon with rules: quick, and only as good as its words. It gives no score: its sum says how
strong the words are, not how likely it is right. Source: VADER (Hutto and Gilbert 2014); a sum of 0.05 or more is positive,
of -0.05 or less negative, as its authors advise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from milo.builtin.predictors._content import text_fields, text_of
from milo.builtin.predictors._unlearned import Unlearned, checked_settings, matched
from milo.domain.annotation import Prediction
from milo.domain.errors import InvalidConfig, MissingExtra
from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate

_WORDS = {"positive": ("pos", "good", "praise"), "negative": ("neg", "bad", "complaint"), "neutral": ("neu", "mixed", "none")}
_EDGE = 0.05
_LONGEST = 5_000


class Sentiment(Unlearned):
    """Setting: `labels`, where they are named otherwise: {"positive": "happy", "negative": "angry"}. Without a label for
    neutral, neutral texts are passed over."""

    name = "sentiment"
    title = "Sentiment of English text"

    def accepts(self, question: Question, fields: tuple[Field, ...]) -> bool:
        """One label about a text."""
        return question.shape == "label" and bool(text_fields(question, fields))

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        """The settings, checked."""
        given = checked_settings(config, ("labels",))
        if find_spec("vaderSentiment") is None:
            raise MissingExtra("Telling sentiment", "text")
        found = matched(question, given, _WORDS)
        if not {"positive", "negative"} <= set(found):
            raise InvalidConfig(
                f'"{question.name}" has no labels for positive and negative. Say which they are: labels, as '
                '{"positive": "happy", "negative": "angry"}.',
                place="config.labels",
            )
        return dict(config)

    def predict(
        self,
        question: Question,
        fields: tuple[Field, ...],
        config: dict[str, Any],
        model: bytes | None,
        items: Iterable[Candidate],
    ) -> Iterator[Prediction]:
        """A label for each text with a word that the lexicon knows, and the sum as the reason."""
        labels = matched(question, config.get("labels", {}), _WORDS)
        for item in items:
            text = text_of(item.data, text_fields(question, fields))[:_LONGEST]
            if not text.strip():
                continue
            said = _analyzer().polarity_scores(text)
            total = float(said["compound"])
            meaning = "positive" if total >= _EDGE else "negative" if total <= -_EDGE else "neutral"
            if meaning in labels:
                yield Prediction(item.item_id, question.name, labels[meaning], None, f"sum of the words' weights {total:+.2f}")


@lru_cache(maxsize=1)
def _analyzer() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


PLUGIN = Sentiment()
