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
