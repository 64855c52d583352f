"""A project: items, fields, questions, guidelines and a policy. Also the form it takes in a file (project as code)."""

from __future__ import annotations

import re
from typing import Any, cast

import msgspec

from milo.domain.errors import InvalidConfig
from milo.domain.policy import Policy
from milo.domain.question import NAME_PATTERN, Field, Question, Schema


class ProjectSpec(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything about a project that a person writes; round-trips through YAML and JSON."""

    name: str
    fields: tuple[Field, ...]
    questions: tuple[Question, ...]
    description: str = ""
    guidelines: str = ""
    policy: Policy = Policy()
    predictors: tuple[dict[str, Any], ...] = ()


class Project(msgspec.Struct, frozen=True):
    """A stored project: its spec, its identity and the version of its schema."""

    id: int
    spec: ProjectSpec
    schema_version: int
    created_at: float
    archived: bool = False

    @property
    def schema(self) -> Schema:
        """The current questions with their version."""
        return Schema(self.schema_version, self.spec.questions)


def check_spec(spec: ProjectSpec) -> None:
    """Raise InvalidConfig where names are malformed or repeated, or a reference leads nowhere.

    Task types check their own `config`; see `milo.flow.projects`.
    """
    if not spec.name.strip():
        raise InvalidConfig("A project needs a name.", place="name")
    if not spec.fields:
        raise InvalidConfig("A project needs at least one field, for example text.", place="fields")
    if not spec.questions:
        raise InvalidConfig("A project needs at least one question.", place="questions")
    _check_names("fields", [f.name for f in spec.fields])
    _check_names("questions", [q.name for q in spec.questions])
    fields = {f.name for f in spec.fields}
    earlier: set[str] = set()
    for question in spec.questions:
        place = f"questions.{question.name}"
        if question.field is not None and question.field not in fields:
            raise InvalidConfig(
                f'Question "{question.name}" refers to the field "{question.field}", which does not exist. '
                f"Fields: {', '.join(sorted(fields))}.",
                place=f"{place}.field",
            )
        if question.when is not None and question.when.question not in earlier:
            raise InvalidConfig(
                f'Question "{question.name}" depends on "{question.when.question}", which is not an earlier question.',
                place=f"{place}.when",
            )
        earlier.add(question.name)
    _check_policy(spec.policy)
    _check_hidden(spec.policy, spec.questions, fields)
    _check_model_rules(spec.policy, fields)
    _check_budgets(spec.policy)
    _check_live(spec.questions)


def _check_live(questions: tuple[Question, ...]) -> None:
    """The candidates of a field are made by one question; others may compare the same ones."""
    made: dict[str | None, str] = {}
    for question in questions:
        if question.config.get("live") is None:
            continue
        if question.field in made:
            raise InvalidConfig(
                f'"{made[question.field]}" and "{question.name}" both have answers written into the field "{question.field}". '
                "Take the live settings out of one of them; it then compares the same answers.",
                place=f"questions.{question.name}.config.live",
            )
        made[question.field] = question.name


def _check_names(place: str, names: list[str]) -> None:
    for name in names:
        if not re.fullmatch(NAME_PATTERN, name):
            raise InvalidConfig(
                f'"{name}" is no valid name: start with a letter, then letters, digits, "_" or "-", 64 at most.',
                place=place,
            )
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise InvalidConfig(f"Used twice: {', '.join(twice)}. Each name must be unique.", place=place)


def _check_hidden(policy: Policy, questions: tuple[Question, ...], fields: set[str]) -> None:
    for path in policy.hidden:
        if path.split(".", 1)[0] not in fields | {"meta"}:
            raise InvalidConfig(
                f'"{path}" is to be hidden, but there is no such field. Name a field, field.key, meta or meta.key; fields: '
                f"{', '.join(sorted(fields))}.",
                place="policy.hidden",
            )
    for question in questions:
        named = question.config.get("candidates")
        about = [question.field, *(cast("list[Any]", named) if isinstance(named, list) else [])]
        hidden = [name for name in about if name is not None and name in policy.hidden]
        if hidden:
            raise InvalidConfig(
                f'The field "{hidden[0]}" is hidden, but the question "{question.name}" is about it.', place="policy.hidden"
            )


def _check_policy(policy: Policy) -> None:
    ranges: list[tuple[str, float, float, float]] = [
        ("overlap", policy.overlap, 1, 100),
        ("explore", policy.explore, 0, 1),
        ("blind_share", policy.blind_share, 0, 1),
        ("lease_minutes", policy.lease_minutes, 1, 60 * 24 * 14),
        ("train_every", policy.train_every, 1, 100_000),
        ("window", policy.window, 10, 100_000),
        ("review.sample", policy.review.sample, 0, 1),
        ("gold_share", policy.gold_share, 0, 0.5),
        ("planted_share", policy.planted_share, 0, 0.2),
        ("qualification.items", policy.qualification.items, 0, 1000),
        ("qualification.pass_mark", policy.qualification.pass_mark, 0, 1),
    ]
    for name, rule in [
        ("resolve", policy.resolve),
        *((f"resolve.questions.{q}", r) for q, r in policy.resolve.questions.items()),
    ]:
        ranges += [(f"{name}.least", rule.least, 1, 100), (f"{name}.certain", rule.certain, 0, 1)]
    if policy.adaptive is not None:
        ranges += [
            ("adaptive.most", policy.adaptive.most, 1, 100),
            ("adaptive.worth", policy.adaptive.worth, 0, 1e9),
            ("adaptive.budget", policy.adaptive.budget or 0, 0, 1e12),
        ]
    for name, value, low, high in ranges:
        if not low <= value <= high:
            raise InvalidConfig(f"{name} is {value}; it must be between {low} and {high}.", place=f"policy.{name}")


def _check_model_rules(policy: Policy, fields: set[str]) -> None:
    """A rule about a field that does not exist would protect nothing."""
    named = [("policy.data.fields", policy.data.fields), ("policy.assistant.fields", policy.assistant.fields or ())]
    for place, names in named:
        unknown = sorted(set(names) - fields)
        if unknown:
            raise InvalidConfig(
                f'{place} names the field "{unknown[0]}", which does not exist. Fields: {", ".join(sorted(fields))}.',
                place=place,
            )
    if not 1 <= policy.assistant.max_tokens <= 32_000:
        raise InvalidConfig(
            f"max_tokens of the assistant is {policy.assistant.max_tokens}; it must be between 1 and 32,000.",
            place="policy.assistant.max_tokens",
        )


def _check_budgets(policy: Policy) -> None:
    for role, allowance in policy.budgets.items():
        for name in ("money", "tokens", "day_money", "day_tokens"):
            value = getattr(allowance, name)
            if value is not None and not 0 <= value < 2**53:
                raise InvalidConfig(
                    f"{name} of the budget is {value}; it must be 0 or more, or left out for no bound.",
                    place=f"policy.budgets.{role}.{name}",
                )
