"""The prompt as it would be sent for one item: every message, masked as it would leave. Nothing is sent."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from milo.api.endpoint import Call, endpoint
from milo.api.routes.models import check_model
from milo.api.routes.prompts import asking_model
from milo.flow.masking import kinds_for, mask_request
from milo.infra.comparing import examples_for, showing_of
from milo.infra.providers.counting import likely_tokens
from milo.kinds.asking import AskingPredictor
from milo.kinds.provider import Message, Request, TextPart


class WhatToPreview(msgspec.Struct):
    """The item, and the config to try (null: the one in use)."""

    item_id: int
    config: dict[str, Any] | None = None


class PreviewPart(msgspec.Struct):
    """A piece of text, or a file by its kind and size."""

    text: str | None = None
    mime: str | None = None
    bytes: int = 0
    name: str = ""


class PreviewMessage(msgspec.Struct):
    """One turn of the prompt."""

    role: str
    parts: list[PreviewPart]


class PreviewCall(msgspec.Struct):
    """One call that would be made: to which connected model, with which messages. `tokens` is a rough count of what goes in,
    `max_tokens` the most that may come out; `masked` counts what was replaced by placeholders."""

    connection: str
    messages: list[PreviewMessage]
    json_schema: dict[str, Any] | None
    tokens: int
    max_tokens: int
    masked: int


class Preview(msgspec.Struct):
    """The calls for one item if every first answer fits. `fields`: what the model may see; `examples`: how many answered items
    stand in the prompt because they are similar."""

    calls: list[PreviewCall]
    fields: list[str]
    examples: int


@endpoint("POST", "/projects/{p}/models/{m}/preview", "model.view", body=WhatToPreview, reply=Preview)
def preview_prompt(call: Call) -> Preview:
    """What would be sent for an item, after the rules on data and masking. Raises RuleForbids as a call would."""
    given, row = call.body, asking_model(call)
    project = call.workspace.projects.get(call.project_id)
    config = row.config
    if given.config is not None:
        config = check_model(call, project, row.plugin, row.question, given.config)
    plugin = cast("AskingPredictor", call.workspace.registry.predictors.get(row.plugin))
    showing = showing_of(call.workspace, project, plugin, config)
    shown, task = showing.shown(given.item_id), showing.task(row.question)
    pool = examples_for(call.workspace, project, plugin, config, task)
    examples = pool.like(shown) if pool is not None else []
    requests = plugin.requests(task, config, shown, examples)
    return Preview([_call(call, name, request) for name, request in requests], list(showing.names), len(examples))


def _call(call: Call, name: str, request: Request) -> PreviewCall:
    connection = call.workspace.gateway.connection(name)
    rules = call.workspace.projects.get(call.project_id).spec.policy.data
    masked, masks = mask_request(request, kinds_for(rules, connection.local))
    messages = [_message(m) for m in masked.messages]
    return PreviewCall(name, messages, request.json_schema, likely_tokens(masked), request.max_tokens, masks.count)


def _message(message: Message) -> PreviewMessage:
    return PreviewMessage(
        message.role,
        [
            PreviewPart(text=p.text) if isinstance(p, TextPart) else PreviewPart(mime=p.mime, bytes=len(p.data), name=p.name)
            for p in message.parts
        ],
    )
