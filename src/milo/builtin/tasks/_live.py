"""Settings of candidates that connected models write while people work: checked and completed.

Stands alone because all comparisons share them, and because a mistake here would cost money before anybody saw it.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from milo.builtin.tasks._config import config_error
from milo.domain.candidates import Contender, Live
from milo.domain.question import Field, Question

MOST_MODELS, MOST_FOLLOW_UPS, MOST_TOKENS = 20, 20, 32_000
_TEXTS = ("text", "markdown", "html", "chat")
_PLACE = re.compile(r"\{\{\s*([A-Za-z][A-Za-z0-9_-]*)\s*\}\}")


def settle_live(question: Question, fields: tuple[Field, ...], least: int, most: int) -> dict[str, Any]:
    """The settings completed: `models` (a list of {connection, name, system, prompt, temperature, max_tokens}, or of names of
    connections), `prompt` ({{field}} stands for a field; default: the first field with text), `system`, `max_tokens` (1024),
    `draw` (how many of the models write for an item), `follow_ups` (0). Raises InvalidConfig."""
    given = question.config["live"]
    try:
        live = msgspec.convert(_named(given), Live)
    except (msgspec.ValidationError, TypeError) as error:
        raise config_error(question, "live", f"live does not fit: {error}.") from None
    _check_models(question, live, least)
    prompt = live.prompt.strip() or _usual_prompt(question, fields)
    for text in (prompt, *(model.prompt for model in live.models if model.prompt is not None)):
        _check_prompt(question, text, fields)
    draw = live.draw or min(most, len(live.models))
    if not least <= draw <= min(most, len(live.models)):
        raise config_error(
            question, "live.draw", f"draw is {draw}; {least} to {min(most, len(live.models))} of the models can write."
        )
    _check_range(question, "max_tokens", live.max_tokens, 1, MOST_TOKENS)
    _check_range(question, "follow_ups", live.follow_ups, 0, MOST_FOLLOW_UPS)
    done = msgspec.structs.replace(live, models=_with_names(live.models), prompt=prompt, draw=draw)
    return msgspec.to_builtins(done)


def _named(given: Any) -> Any:
    """A model may be given as the name of its connection alone."""
    models = given.get("models") if isinstance(given, dict) else None
    if not isinstance(models, list):
        return given
    return {**given, "models": [{"connection": one} if isinstance(one, str) else one for one in models]}


def _check_models(question: Question, live: Live, least: int) -> None:
    if not least <= len(live.models) <= MOST_MODELS:
        raise config_error(question, "live.models", f"it needs {least} to {MOST_MODELS} models, got {len(live.models)}.")
    settings = [msgspec.structs.replace(model, name="") for model in live.models]
    for at, model in enumerate(live.models):
        if not model.connection.strip():
            raise config_error(question, f"live.models[{at}]", "name the connected model.")
        if settings.index(settings[at]) < at:
            raise config_error(
                question,
                f"live.models[{at}]",
                f'"{model.connection}" stands there twice with the same settings; change one of them.',
            )
        if model.temperature is not None and not 0 <= model.temperature <= 2:
            raise config_error(question, f"live.models[{at}]", f"the temperature {model.temperature} is not from 0 to 2.")
        if model.max_tokens is not None:
            _check_range(question, "max_tokens", model.max_tokens, 1, MOST_TOKENS)
    names = [model.name for model in live.models if model.name]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise config_error(question, "live.models", f'two models are called "{twice}"; each needs its own name.')


def _check_range(question: Question, name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise config_error(question, f"live.{name}", f"{name} is {value}; it must be between {low} and {high:,}.")


def _check_prompt(question: Question, text: str, fields: tuple[Field, ...]) -> None:
    known = {f.name for f in fields if f.name != question.field}
    named = _PLACE.findall(text)
    if not named:
        raise config_error(
            question, "live.prompt", "the prompt names no field, so that all items would be asked the same: {{field}}."
        )
    unknown = [name for name in named if name not in known]
    if unknown:
        raise config_error(
            question, "live.prompt", f'the prompt names the field "{unknown[0]}". Fields: {", ".join(sorted(known)) or "none"}.'
        )


def _usual_prompt(question: Question, fields: tuple[Field, ...]) -> str:
    found = next((f.name for f in fields if f.name != question.field and f.kind in _TEXTS), None)
    if found is None:
        raise config_error(question, "live.prompt", "write a prompt: there is no field with text to ask about.")
    return f"{{{{{found}}}}}"


def _with_names(models: tuple[Contender, ...]) -> tuple[Contender, ...]:
    """Each with a name of its own: the connection's, with a number where it writes several times."""
    taken = {model.name for model in models if model.name}
    out: list[Contender] = []
    for model in models:
        name, n = model.name or model.connection, 2
        while not model.name and name in taken:
            name, n = f"{model.connection} {n}", n + 1
        taken.add(name)
        out.append(msgspec.structs.replace(model, name=name))
    return tuple(out)
