"""How labelling rules are matched against an item: compiled once, limited in time, and never failing on one item."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

import regex

from milo.builtin.predictors._answers import allowed, known_labels, shape_of
from milo.builtin.predictors._content import text_of
from milo.domain.annotation import Prediction
from milo.domain.errors import InvalidConfig
from milo.domain.question import Field, Question
from milo.domain.reading import marked_text, read_data
from milo.kinds.predictor import Candidate

_log = logging.getLogger("milo.rules")
_SECONDS = 0.05
_PATIENCE = 20
_MOST_SPANS = 1000
_LONGEST_PATTERN = 10_000
_WORDLIKE = regex.compile(r"[\w\p{M}--\p{Thai}\p{Lao}\p{Myanmar}\p{Khmer}\p{Hiragana}\p{Katakana}\p{Han}]", regex.VERSION1)
"""What a word is made of, in scripts that part words by spaces."""


@dataclass
class Rule:
    """A rule ready to run. `pattern` or `function` is set; `late` counts the items on which it failed or was too slow."""

    title: str
    label: Any
    score: float | None
    pattern: Any = None
    function: Callable[[dict[str, Any]], Any] | None = None
    late: int = 0

    @property
    def spent(self) -> bool:
        """Whether it failed too often to go on with."""
        return self.late >= _PATIENCE

    @property
    def weight(self) -> float:
        """What its vote counts."""
        return 1.0 if self.score is None else self.score

    def missed(self, item: Candidate, error: Exception) -> None:
        """Note a failure on one item; the run goes on."""
        self.late += 1
        _log.warning("The %s was passed over on item %s: %s", self.title, item.item_id, error or "out of time")


def compile_rule(number: int, rule: dict[str, Any], place: str = "predictors.rules") -> Rule:
    """The rule, ready to run. Raises InvalidConfig for a pattern or function that cannot work."""
    title = f"rule {number} ({rule.get('name') or _short(rule)})"
    ready = Rule(title, rule.get("label"), rule.get("score"))
    if rule["kind"] == "python":
        ready.function = _function(number, rule.get("function"), place)
    else:
        ready.pattern = _pattern(number, rule, place)
    return ready


def shape_for(question: Question, config: dict[str, Any]) -> str:
    """The shape to suggest in; where the question does not say, it is told from the labels of the rules."""
    labels = [rule.get("label") for rule in config["rules"] if rule.get("label") is not None]
    return shape_of(question, labels) or "label"


def vote(
    question: Question, shape: str, fields: tuple[Field, ...], rules: list[Rule], item: Candidate, default: Any
) -> Prediction | None:
    """The label or labels that the matching rules speak for, or the default."""
    text = text_of(item.data, fields)
    heard = [(rule, label) for rule in rules for label in _labels(question, rule, text, item)]
    heard = [(r, v) for r, v in heard if allowed(question, shape, [v] if shape == "labels" else v)]
    if not heard:
        if default is None:
            return None
        value = [default] if shape == "labels" else default
        return Prediction(item.item_id, question.name, value, None, "no rule matched")
    if shape == "labels":
        known = known_labels(question) or []
        value = sorted({v for _, v in heard}, key=lambda v: (known.index(v) if v in known else len(known), v))
        return _said(question, item, value, [r for r, _ in heard])
    weights: dict[Any, float] = {}
    for rule, label in heard:
        weights[label] = weights.get(label, 0.0) + rule.weight
    value = max(weights, key=lambda v: weights[v])
    return _said(question, item, value, [r for r, v in heard if v == value])


def spans(question: Question, fields: tuple[Field, ...], rules: list[Rule], item: Candidate) -> Prediction | None:
    """A span for every match in the question's text field, each stretch and label once, in reading order."""
    text = item.data.get(fields[0].name) if fields else None
    if not isinstance(text, str):
        return None
    text, known = marked_text(question, text), known_labels(question)
    found: dict[tuple[int, int, str], Rule] = {}
    for rule in rules:
        for start, end, label in _stretches(question, rule, text, item):
            if 0 <= start < end <= len(text) and (known is None or label in known) and len(found) < _MOST_SPANS:
                found.setdefault((start, end, label), rule)
    if not found:
        return None
    value = [_mark(place, found[place]) for place in sorted(found)]
    return _said(question, item, value, list(found.values()))


def _mark(place: tuple[int, int, str], rule: Rule) -> dict[str, Any]:
    start, end, label = place
    mark: dict[str, Any] = {"start": start, "end": end, "label": label}
    return mark if rule.score is None else mark | {"score": rule.score}


def _said(question: Question, item: Candidate, value: Any, rules: list[Rule]) -> Prediction:
    scores = [r.score for r in rules if r.score is not None]
    titles = list(dict.fromkeys(r.title for r in rules))
    reason = ", ".join(titles[:3]) + (f" and {len(titles) - 3} more" if len(titles) > 3 else "")
    return Prediction(item.item_id, question.name, value, max(scores) if scores else None, reason)


def _labels(question: Question, rule: Rule, text: str, item: Candidate) -> list[Any]:
    """The labels for which the rule speaks on this item."""
    if rule.function is not None:
        return _spoken(rule, _called(question, rule, item))
    try:
        return [rule.label] if rule.pattern.search(text, timeout=_SECONDS) else []
    except TimeoutError as error:
        rule.missed(item, error)
        return []


def _spoken(rule: Rule, result: Any) -> list[Any]:
    if result is None or result is False:
        return []
    if result is True:
        return [] if rule.label is None else [rule.label]
    return list(cast("list[Any]", result)) if isinstance(result, list | tuple | set) else [result]


def _stretches(question: Question, rule: Rule, text: str, item: Candidate) -> Iterator[tuple[int, int, str]]:
    if rule.function is not None:
        for entry in _spoken(rule, _called(question, rule, item)):
            if isinstance(entry, dict):
                yield from _stretch(rule, cast("dict[str, Any]", entry))
        return
    try:
        for match in rule.pattern.finditer(text, timeout=_SECONDS):
            yield match.start(), match.end(), str(rule.label)
    except TimeoutError as error:
        rule.missed(item, error)


def _stretch(rule: Rule, entry: dict[str, Any]) -> Iterator[tuple[int, int, str]]:
    start, end, label = entry.get("start"), entry.get("end"), entry.get("label", rule.label)
    if isinstance(start, int) and isinstance(end, int) and isinstance(label, str):
        yield start, end, label


def _called(question: Question, rule: Rule, item: Candidate) -> Any:
    """The function's answer; whatever the user's code raises is noted and counts as no answer."""
    try:
        return rule.function(read_data(question, item.data)) if rule.function else None
    except Exception as error:  # noqa: BLE001 - the edge to the user's own code
        rule.missed(item, error)
        return None


def _pattern(number: int, rule: dict[str, Any], place: str) -> Any:
    given = rule.get("pattern")
    wanted = [given] if isinstance(given, str) else cast("list[Any]", given if isinstance(given, list) else [])
    texts = [p for p in wanted if isinstance(p, str) and p.strip() and len(p) <= _LONGEST_PATTERN]
    if not texts or len(texts) < len(wanted) or (rule["kind"] == "regex" and len(texts) > 1):
        what = "one regular expression" if rule["kind"] == "regex" else "a word, a phrase or a list of them"
        raise InvalidConfig(f"Rule {number}: the pattern is {given!r:.80}; give {what}.", place=f"{place}.pattern")
    try:
        if rule["kind"] == "regex":
            return regex.compile(texts[0], regex.IGNORECASE | regex.VERSION1)
        if rule["kind"] == "exact":
            return regex.compile("|".join(map(_exactly, sorted(texts, key=len, reverse=True))), regex.VERSION1)
        words = sorted((" ".join(t.split()) for t in texts), key=len, reverse=True)
        return regex.compile(r"(?<!\w)(?:\L<words>)(?!\w)", regex.IGNORECASE, words=words)
    except (regex.error, RecursionError) as error:
        raise InvalidConfig(
            f'Rule {number}: "{texts[0]:.80}" is no regular expression: {error}.', place=f"{place}.pattern"
        ) from error


def _exactly(text: str) -> str:
    """The text itself, where it cuts neither a word nor a sign made of several code points."""
    before = r"(?<!\w)" if _WORDLIKE.match(text[0]) else ""
    after = r"(?!\w)" if _WORDLIKE.match(text[-1]) else ""
    joined = r"(?![\p{M}\u200d\ufe0f\U0001F3FB-\U0001F3FF])"
    return rf"(?<!\u200d){before}{regex.escape(text)}{after}{joined}"


def _function(number: int, path: Any, place: str) -> Callable[[dict[str, Any]], Any]:
    module, _, name = path.partition(":") if isinstance(path, str) else ("", "", "")
    if not module or not name.isidentifier():
        raise InvalidConfig(f"Rule {number}: the function is {path!r}; write it as module:function.", place=f"{place}.function")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise InvalidConfig(
            f'Rule {number}: "{path}" cannot be imported: {error}. The module must be on the Python path.',
            place=f"{place}.function",
        ) from error
    if not callable(found):
        raise InvalidConfig(f'Rule {number}: "{path}" is no function.', place=f"{place}.function")
    return found


def _short(rule: dict[str, Any]) -> str:
    what = rule.get("pattern") or rule.get("function") or ""
    text = ", ".join(map(str, cast("list[Any]", what))) if isinstance(what, list) else str(what)
    return text if len(text) <= 40 else text[:39] + "…"
