"""The policy of a project: who is asked, how many, when models speak and what is shown. Data, not code."""

from __future__ import annotations

from typing import Literal

import msgspec

Show = Literal["shown", "on_demand", "after_first_answer", "hidden"]
Order = Literal["imported", "random", "uncertainty"]
AssistKind = Literal["draft", "explain", "guide", "check", "rewrite"]
BudgetRole = Literal["assist", "candidates", "judge"]
MaskKind = Literal["email", "phone", "card", "iban", "ip", "key"]


class WorkflowStep(msgspec.Struct, frozen=True, omit_defaults=True):
    """One predictor of a chain: its suggestion is used when its confidence is at least `min_score` (0..1)."""

    predictor: str
    min_score: float = 0.0


class Workflow(msgspec.Struct, frozen=True, omit_defaults=True):
    """A named chain of predictors: the first step that is confident enough speaks."""

    name: str
    steps: list[WorkflowStep]


class DataRules(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which data may reach which model. Nothing may, until the project says so.

    models: names of connections that may be asked; "local" stands for every connection whose model runs on this machine or on
    an address that its owner marked as local; "*" for any. fields: narrower lists for single fields (an empty list: no model
    ever sees this field). mask: kinds of personal data that are replaced by placeholders before a call (email, phone,
    card, iban, ip, key); mask_local: also for local models. keep_content: the ledger keeps what was sent and received, not
    only hashes and counts.
    """

    models: tuple[str, ...] = ()
    fields: dict[str, tuple[str, ...]] = {}
    mask: tuple[MaskKind, ...] = ()
    mask_local: bool = False
    keep_content: bool = False


class Qualification(msgspec.Struct, frozen=True, omit_defaults=True):
    """A round of gold items that annotators answer before they get anything else; 0 `items`: there is none. pass_mark: the mean
    agreement with gold that is needed (0..1). feedback: what the gold answer is, told after each item, at the end, or never.
    on_fail: no more items, another round with other gold items as long as there are some, or go on all the same."""

    items: int = 0
    pass_mark: float = 0.8
    feedback: Literal["each", "end", "none"] = "each"
    on_fail: Literal["stop", "again", "go_on"] = "stop"


class AssistantPolicy(msgspec.Struct, frozen=True, omit_defaults=True):
    """The real-time assistant: the connection that it asks (None: there is no assistant), what it offers, and the fields it
    may see (None: those that the data rules allow)."""

    connection: str | None = None
    offers: tuple[AssistKind, ...] = ("draft", "explain", "guide", "check", "rewrite")
    fields: tuple[str, ...] | None = None
    instructions: str = ""
    max_tokens: int = 1024


class Allowance(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a role of models may take in a project: `money` (in `currency`) and `tokens` in all; `day_money` and `day_tokens`
    for each person and day (UTC). None: no bound. The worst case of a call must fit, or it is not sent."""

    money: float | None = None
    tokens: int | None = None
    day_money: float | None = None
    day_tokens: int | None = None
    currency: str = "USD"


class ResolveRule(msgspec.Struct, frozen=True, omit_defaults=True):
    """How several answers to one question become one. aggregator: "merge" (the task type's own rule) or the name of an
    aggregator. least: with fewer answers nothing is resolved. certain: answers that differ, and whose resolution is less sure
    than this (0..1), come to a reviewer."""

    aggregator: str = "merge"
    least: int = 2
    certain: float = 0.8


class ResolvePolicy(ResolveRule, frozen=True, omit_defaults=True):
    """The rule for all questions, and other rules for some of them."""

    questions: dict[str, ResolveRule] = {}


class ReviewPolicy(msgspec.Struct, frozen=True, omit_defaults=True):
    """What reviewers are shown. blind: not who answered. conflicts, alarms, errors: answers that disagree, answers that a judge
    found wanting, likely errors. sample: the share of finished items that is checked at random (0..1)."""

    blind: bool = True
    conflicts: bool = True
    alarms: bool = True
    errors: bool = True
    sample: float = 0.0


class AdaptiveOverlap(msgspec.Struct, frozen=True, omit_defaults=True):
    """Another person is asked only where it changes something. The policy's overlap is what every item gets; up to `most`
    answers are asked for where an answer is expected to earn its price: an error costs as much as `worth` answers. budget:
    further answers in all (None: no limit)."""

    most: int = 5
    worth: float = 10.0
    budget: int | None = None


class Policy(msgspec.Struct, frozen=True, omit_defaults=True):
    """Rules of work for one project.

    overlap: how many people answer each item. order: how the queue is ordered; `explore` is the random share that is
    mixed into an uncertainty-ordered queue (0..1). blind_share: share of items on which every model output is withheld
    by the server (0..1), chosen by a keyed hash at import. show: when suggestions are visible. suggest_from: the
    predictor or workflow whose suggestions are shown, None for all; annotators_choose lets each person pick.
    lease_minutes: how long an item is lent. instant_submit: a key that answers the only question also submits.
    data: which data may reach which model. assistant: the real-time assistant. budgets: what the assistant ("assist"),
    answers made to be compared ("candidates") and judges ("judge") may take. hidden: what of an item annotators are not
    sent: a field ("model_a"), a key inside a field ("answers.source"), all metadata ("meta") or one of them ("meta.model").
    resolve: how several answers become one. review: what reviewers see. adaptive: more answers where they help (None: never).
    gold_share: share of what each person gets that is gold in hiding (0..0.5). planted_share: share of what each person gets
    that carries a wrong suggestion on purpose, on items whose truth is known (0..0.2; 0.03 is usual); planted_tell: whether
    people are told after they answered. qualification: gold items before anything else.
    """

    overlap: int = 1
    order: Order = "random"
    explore: float = 0.2
    blind_share: float = 0.05
    show: Show = "shown"
    suggest_from: str | None = None
    annotators_choose: bool = True
    workflows: list[Workflow] = []
    lease_minutes: int = 30
    instant_submit: bool = True
    train_every: int = 10
    window: int = 500
    data: DataRules = DataRules()
    assistant: AssistantPolicy = AssistantPolicy()
    budgets: dict[BudgetRole, Allowance] = {}
    hidden: tuple[str, ...] = ()
    resolve: ResolvePolicy = ResolvePolicy()
    review: ReviewPolicy = ReviewPolicy()
    adaptive: AdaptiveOverlap | None = None
    gold_share: float = 0.0
    planted_share: float = 0.0
    planted_tell: Literal["after", "never"] = "after"
    qualification: Qualification = Qualification()


def rule_for(policy: Policy, question: str) -> ResolveRule:
    """How several answers to this question become one."""
    return policy.resolve.questions.get(question, policy.resolve)
