"""Labelling rules: what a person can write down instead of labelling - words, regular expressions, Python functions.

Config:

    rules:
      - {kind: keyword, pattern: [refund, money back], label: billing, score: 0.9}
      - {kind: regex, pattern: "\\\\border #\\\\d+", label: order}
      - {kind: exact, pattern: Acme Corp, label: company}
      - {kind: python, function: "my_rules:is_spam", label: spam}
    default: other          # what an item gets when no rule matches; left out: no suggestion

keyword: whole words or phrases, a string or a list, case ignored. exact: the very same characters, case and spaces
included, where no word or sign is cut in two. regex: searched anywhere, case ignored, in the syntax of
the `regex` library; 50 ms at most on one item, and a rule that ran out of time on 20 items is left out for the rest of the
run. python: `module:function`, called with the item's data, texts as the question reads them; it returns true or false, a label
(overriding `label`), a list of labels, a list of {start, end, label} for spans, or None. It is run only if `trusted` is true,
which the command line and the user's own process may set and the browser may not.

For a label or a number the matching rules vote with their scores (1 where none is given); a tie goes to the rule that stands
first. For a set of labels every matching rule adds its own. For spans every match becomes a span, offsets in code points. The
suggestion's score is the highest one given to a rule that spoke for it, or none; the reason names those rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from milo.builtin.predictors._answers import known_labels
from milo.builtin.predictors._content import text_fields
from milo.domain.annotation import Prediction
from milo.domain.errors import InvalidConfig
from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate, Example, Fitted

_SHAPES = ("label", "labels", "number", "spans")
_KINDS = {"keyword": "pattern", "exact": "pattern", "regex": "pattern", "python": "function"}
_MOST_RULES = 1000


class Rules:
    """Suggests what the user's rules say."""

    name = "rules"
    title = "Labelling rules"
    learns = False
    shapes = _SHAPES

    def accepts(self, question: Question, fields: tuple[Field, ...]) -> bool:
        """Any question whose values are labels, numbers or spans; spans need a text field."""
        if question.shape == "spans":
            return bool(text_fields(question, fields))
        return question.shape is None or question.shape in _SHAPES

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        """Every rule checked and completed. Raises InvalidConfig, naming the rule by its number from 1."""
        from milo.builtin.predictors._learning import check_keys

        done = check_keys(config, {"rules": [], "default": None, "trusted": False}, self.name)
        if not isinstance(done["rules"], list) or len(cast("list[Any]", done["rules"])) > _MOST_RULES:
            raise InvalidConfig(f"rules must be a list of at most {_MOST_RULES} rules.", place="predictors.rules.rules")
        listed = cast("list[Any]", done["rules"])
        rules = [_checked(i, rule, question, done["trusted"] is True) for i, rule in enumerate(listed, 1)]
        if done["default"] is not None:
            _check_label(done["default"], question, "the default", "predictors.rules.default")
        return {**done, "rules": rules, "trusted": done["trusted"] is True}

    def fit(self, question: Question, fields: tuple[Field, ...], config: dict[str, Any], examples: Sequence[Example]) -> Fitted:
        """Rules do not learn."""
        return Fitted(model=None, info={"n": 0, "why": "Rules do not learn; they can suggest at once."})

    def predict(
        self,
        question: Question,
        fields: tuple[Field, ...],
        config: dict[str, Any],
        model: bytes | None,
        items: Iterable[Candidate],
    ) -> Iterator[Prediction]:
        """One suggestion for each item that a rule matches (or the default). Raises InvalidConfig for a bad config."""
        from milo.builtin.predictors import _rule_matching as matching

        config = self.check_config(config, question)
        compiled = [matching.compile_rule(i, rule) for i, rule in enumerate(config["rules"], 1)]
        own = text_fields(question, fields)
        shape = matching.shape_for(question, config)
        for item in items:
            live = [rule for rule in compiled if not rule.spent]
            if shape == "spans":
                found = matching.spans(question, own, live, item)
            else:
                found = matching.vote(question, shape, own, live, item, config["default"])
            if found is not None:
                yield found


def _checked(number: int, rule: Any, question: Question, trusted: bool) -> dict[str, Any]:
    place = f"predictors.rules.rules.{number}"
    if not isinstance(rule, dict):
        raise InvalidConfig(f"Rule {number} is {rule!r}; a rule is a table of kind, pattern and label.", place=place)
    given = cast("dict[str, Any]", rule)
    kind = given.get("kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise InvalidConfig(f'Rule {number}: the kind "{kind}" is none of {", ".join(_KINDS)}.', place=f"{place}.kind")
    if kind == "python" and not trusted:
        raise InvalidConfig(
            f"Rule {number} is a Python function. Those run only when set up from the command line or from Python, "
            "never from the browser: add this model with the command line instead.",
            place=f"{place}.kind",
        )
    strange = sorted(set(given) - {"kind", "label", "score", "name", _KINDS[kind]})
    if strange:
        raise InvalidConfig(f'Rule {number} has no setting "{strange[0]}".', place=f"{place}.{strange[0]}")
    if given.get("label") is not None or kind != "python":
        _check_label(given.get("label"), question, f"rule {number}", f"{place}.label")
    _check_score(number, given.get("score"), place)
    _check_matcher(number, given, place)
    return dict(given)


def _check_label(label: Any, question: Question, what: str, place: str) -> None:
    known = known_labels(question)
    if question.shape == "number":
        if isinstance(label, bool) or not isinstance(label, int | float):
            raise InvalidConfig(f"The label of {what} is {label!r}; this question needs a number.", place=place)
    elif not isinstance(label, str | int) or isinstance(label, bool) or label == "":
        raise InvalidConfig(f"The label of {what} is {label!r}; give one of the question's labels.", place=place)
    elif known is not None and label not in known:
        names = ", ".join(known[:20])
        raise InvalidConfig(f'The label of {what}, "{label}", does not exist. Labels: {names}.', place=place)


def _check_score(number: int, score: Any, place: str) -> None:
    if score is None:
        return
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
        raise InvalidConfig(f"Rule {number}: the score is {score!r}; give a number from 0 to 1.", place=f"{place}.score")


def _check_matcher(number: int, rule: dict[str, Any], place: str) -> None:
    """Try to compile the pattern, or to find the function."""
    from milo.builtin.predictors import _rule_matching

    _rule_matching.compile_rule(number, rule, place)


PLUGIN = Rules()
