"""The language of a text, of those that the question's labels name. Needs the extra "text"; no network.

Stands alone because the labels say which languages are possible, and among few the answer is far surer than among all. It
gives no score: the detector's own numbers are shares among the languages asked for, not chances of being right. Source: lingua.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from milo.builtin.predictors._content import text_fields, text_of
from milo.builtin.predictors._unlearned import Unlearned, checked_settings, labels_by_word, matched
from milo.domain.annotation import Prediction
from milo.domain.errors import InvalidConfig, MissingExtra
from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate

_LEAST_LETTERS = 4
_LONGEST = 2_000
_SPARING = 20
"""With more languages than this the detector uses its small models: the others take a gigabyte."""


class LanguageOf(Unlearned):
    """Setting: `labels`, where a label is named otherwise than its language: {"de": "Deutsch"} (two letters of ISO 639-1)."""

    name = "language"
    title = "Language of the text"

    def accepts(self, question: Question, fields: tuple[Field, ...]) -> bool:
        """One label about a text."""
        return question.shape == "label" and bool(text_fields(question, fields))

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        """The settings, checked; two labels at least must be languages."""
        given = checked_settings(config, ("labels",))
        if find_spec("lingua") is None:
            raise MissingExtra("Telling languages apart", "text")
        found = _labels(question, given)
        if len(found) < 2:
            known = ", ".join(sorted(set(labels_by_word(question).values())))
            raise InvalidConfig(
                f'Two labels of "{question.name}" must be languages, by English name or ISO code; found {len(found)} '
                f"among {known}. Say "
                'which is which: labels, as {"de": "Deutsch"}.',
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
        """A label for each text of a few letters at least."""
        labels = _labels(question, config.get("labels", {}))
        detector = _detector(tuple(sorted(labels)))
        for item in items:
            text = text_of(item.data, text_fields(question, fields))[:_LONGEST]
            if sum(c.isalpha() for c in text) < _LEAST_LETTERS:
                continue
            found = detector.detect_language_of(text)
            if found is not None:
                yield Prediction(item.item_id, question.name, labels[found.iso_code_639_1.name.lower()])


def _labels(question: Question, given: dict[str, str]) -> dict[str, str]:
    from lingua import Language

    words: dict[str, list[str]] = {}
    for one in Language.all():
        code = one.iso_code_639_1.name.lower()
        words[code] = [one.iso_code_639_3.name.lower(), one.name.lower()]
    return matched(question, given, words)


@lru_cache(maxsize=2)
def _detector(codes: tuple[str, ...]) -> Any:
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    wanted = [getattr(IsoCode639_1, code.upper()) for code in codes]
    builder: Any = LanguageDetectorBuilder.from_iso_codes_639_1(*wanted)
    return (builder.with_low_accuracy_mode() if len(codes) > _SPARING else builder).build()


PLUGIN = LanguageOf()
