"""Dates, numbers, amounts, phones, e-mails, addresses of pages and IBANs as spans. Needs no model and no network.

Stands alone because these have forms that can be checked. It gives no score: a pattern fits or it does not, and how often it
is what the project means, answers tell. See `_text_patterns` for what is found and what is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import Any

from milo.builtin.predictors._content import LONGEST, text_fields
from milo.builtin.predictors._text_patterns import KINDS, find_all, finders
from milo.builtin.predictors._unlearned import Unlearned, checked_settings, matched
from milo.domain.annotation import Prediction
from milo.domain.errors import InvalidConfig, MissingExtra
from milo.domain.question import Field, Question
from milo.domain.reading import marked_text
from milo.kinds.predictor import Candidate

_WORDS: dict[str, tuple[str, ...]] = {
    "iban": ("account", "bank account"),
    "email": ("e-mail", "mail", "email address", "e-mail address"),
    "url": ("link", "web address", "website", "uri"),
    "phone": ("phone number", "telephone", "tel"),
    "date": ("day", "dates"),
    "amount": ("money", "price", "amount of money", "currency"),
    "number": ("cardinal", "quantity", "numbers", "percent"),
}
_MOST = 1_000


class Patterns(Unlearned):
    """Settings: `labels`, which kind gets which label, as {"date": "DATE"}; kinds with a label of their own name need no
    entry, kinds without a label are left out. `region`: the country of phone numbers without a country code, as "US" or
    "DE"."""

    name = "patterns"
    title = "Dates, amounts, contacts"

    def accepts(self, question: Question, fields: tuple[Field, ...]) -> bool:
        """Spans of a text."""
        return question.shape == "spans" and bool(text_fields(question, fields))

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        """The settings, checked."""
        found = matched(question, checked_settings(config, ("labels", "region")), _WORDS)
        if not found:
            raise InvalidConfig(
                f'No label of "{question.name}" is named after a kind that is found. Say which is which: labels, as '
                f'{{"date": "DATE"}}. Kinds: {", ".join(KINDS)}.',
                place="config.labels",
            )
        region = config.get("region")
        if region is not None and not (isinstance(region, str) and len(region) == 2 and region.isascii() and region.isupper()):
            raise InvalidConfig(f'region is {region!r}; it must be a country of two letters, as "US".', place="config.region")
        if "phone" in found and find_spec("phonenumbers") is None:
            raise MissingExtra("Finding phone numbers", "text")
        return dict(config)

    def predict(
        self,
        question: Question,
        fields: tuple[Field, ...],
        config: dict[str, Any],
        model: bytes | None,
        items: Iterable[Candidate],
    ) -> Iterator[Prediction]:
        """The spans of each text that has some."""
        labels = matched(question, config.get("labels", {}), _WORDS)
        found_by = finders(config.get("region"), frozenset(labels))
        field = text_fields(question, fields)[0].name
        for item in items:
            text = item.data.get(field)
            if not isinstance(text, str):
                continue
            spans = [
                {"start": s, "end": e, "label": labels[kind]}
                for s, e, kind in find_all(marked_text(question, text)[:LONGEST], found_by)
            ]
            if spans:
                yield Prediction(item.item_id, question.name, spans[:_MOST])


PLUGIN = Patterns()
