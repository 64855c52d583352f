"""The settings of the `llm` predictor: what is asked of which connected model, and which signs of confidence are gathered.

Stands alone because a typo in a setting that costs money must be named before the first call.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from milo.domain.errors import InvalidConfig

Signal = Literal["logprob", "samples", "order", "stated", "committee"]
MAX_EXAMPLES, MAX_SAMPLES, MAX_MEMBERS = 32, 20, 10
PLACES = ("project", "question", "instructions", "guidelines", "answer")
"""What stands between double braces in a template."""


class Examples(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Examples of answers in the prompt. `similar`: the `k` human-verified ones most like the item; `fixed`: those of
    `fixed_examples`; `explain`: each example comes with a reason, which the model is asked for once."""

    mode: Literal["none", "similar", "fixed"] = "none"
    k: int = 4
    explain: bool = False


class FixedExample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An example written down: the item's fields (or its one text), the answer, and why. `item_id`: the item it came from,
    which is not shown it."""

    value: Any
    data: dict[str, Any] = {}
    text: str = ""
    why: str = ""
    item_id: int | None = None


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another voice of a committee: another connection, other instructions, or both."""

    connection: str = ""
    instructions: str | None = None


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings. `retries`: how often an answer that does not fit is sent back; `fields`: None for all that may be seen;
    `samples`: answers asked of the model for one item; `seed`: makes shuffles and samples repeatable; `auto`: suggest for the
    next items of the queue as people get on with it, within `auto_tokens` for each round."""

    connection: str = ""
    fallback: tuple[str, ...] = ()
    instructions: str = ""
    template: str | None = None
    examples: Examples = Examples()
    fixed_examples: tuple[FixedExample, ...] = ()
    reason: bool = False
    confidence: tuple[Signal, ...] = ("stated",)
    samples: int = 1
    committee: tuple[Member, ...] = ()
    temperature: float | None = None
    max_tokens: int = 1024
    retries: int = 2
    fields: tuple[str, ...] | None = None
    seed: int = 0
    auto: bool = False
    auto_tokens: int = 200_000


def read_config(given: dict[str, Any]) -> Config:
    """The settings of a config that was checked before."""
    return msgspec.convert(given, Config)


def check_config(given: dict[str, Any]) -> Config:
    """The settings. Raises InvalidConfig, naming the place."""
    try:
        config = msgspec.convert(given, Config)
    except msgspec.ValidationError as error:
        raise InvalidConfig(f"The settings do not fit: {error}.", place="config") from None
    if not config.connection:
        raise InvalidConfig('Name the connected model to ask, for example connection: "my-model".', place="config.connection")
    _within("examples.k", config.examples.k, 1, MAX_EXAMPLES)
    _within("samples", config.samples, 1, MAX_SAMPLES)
    _within("max_tokens", config.max_tokens, 1, 200_000)
    _within("retries", config.retries, 0, 10)
    _within("auto_tokens", config.auto_tokens, 1, 1_000_000_000)
    _within("committee", len(config.committee), 0, MAX_MEMBERS)
    if config.temperature is not None and not 0 <= config.temperature <= 2:
        raise InvalidConfig(f"temperature is {config.temperature}; it must be from 0 to 2.", place="config.temperature")
    if config.examples.mode == "fixed" and not config.fixed_examples:
        raise InvalidConfig("There are no fixed_examples; write some, or choose another mode.", place="config.fixed_examples")
    if len(config.fixed_examples) > MAX_EXAMPLES:
        raise InvalidConfig(f"At most {MAX_EXAMPLES} fixed_examples.", place="config.fixed_examples")
    if "samples" in config.confidence and config.samples < 2:
        raise InvalidConfig('The signal "samples" needs samples: 2 or more.', place="config.samples")
    if "committee" in config.confidence and not config.committee:
        raise InvalidConfig('The signal "committee" needs a committee of at least one more voice.', place="config.committee")
    _check_template(config.template)
    return config


def _within(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise InvalidConfig(f"{name} is {value}; it must be from {low} to {high}.", place=f"config.{name}")


def _check_template(template: str | None) -> None:
    if template is None:
        return
    missing = [place for place in ("question", "answer") if "{{" + place + "}}" not in template]
    if missing:
        raise InvalidConfig(
            f"The template needs the place {{{{{missing[0]}}}}}. Places: {', '.join('{{' + p + '}}' for p in PLACES)}.",
            place="config.template",
        )
