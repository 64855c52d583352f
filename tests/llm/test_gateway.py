"""Every call of a model passes one door: rules are asked, the ledger is written, streams cross event loops."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from milo.bootstrap import Workspace
from milo.domain.errors import RuleForbids, Unreachable
from milo.domain.policy import DataRules, Policy
from milo.domain.project import Project, ProjectSpec
from milo.domain.question import Field, Question
from milo.infra.gateway import CallFor
from milo.infra.sql.connections import ConnectionsSql
from milo.kinds.provider import Piece, Request, user

RULES = [{"when": "colour", "answer": "blue"}, {"answer": {"label": "other"}}]


def connect(ws: Workspace, name: str = "script", **config: Any) -> None:
    settled = ws.registry.providers.get("scripted").check_config({"rules": RULES, **config})
    ws.db.write(lambda c: ConnectionsSql(c).add(name, "scripted", "", settled, None, {}, {}, True, None, 0.0))


def project(**rules: Any) -> Project:
    spec = ProjectSpec("P", (Field("text"),), (Question("q", "text"),), policy=Policy(data=DataRules(**rules)))
    return Project(1, spec, 1, 0.0)


def calls(ws: Workspace) -> list[tuple[Any, ...]]:
    ws.gateway.flush()
    return ws.db.read(lambda c: c.execute("SELECT purpose, state, input_tokens, fields, error FROM model_call").fetchall())


def test_an_answer_and_its_line_in_the_ledger(workspace: Workspace) -> None:
    connect(workspace)
    request = Request((user("Which colour is the sky?"),))
    call = CallFor("assist", project(models=("local",)), fields=("text",))
    reply = workspace.gateway.run(workspace.gateway.complete("script", request, call)).result(5)
    assert reply.text == "blue"
    other = workspace.gateway.run(workspace.gateway.complete("script", Request((user("?"),)), call)).result(5)
    assert msgspec.json.decode(other.text) == {"label": "other"}
    ((purpose, state, tokens, fields, error), *_) = calls(workspace)
    assert (purpose, state, fields, error) == ("assist", "done", '["text"]', None)
    assert tokens > 0


def test_nothing_is_sent_where_a_rule_says_no(workspace: Workspace) -> None:
    connect(workspace)
    for rules, place in (({}, "policy.data.models"), ({"models": ("*",), "fields": {"text": ()}}, "policy.data.fields.text")):
        call = CallFor("judge", project(**rules), fields=("text",))
        with pytest.raises(RuleForbids) as caught:
            workspace.gateway.run(workspace.gateway.complete("script", Request((user("?"),)), call)).result(5)
        assert caught.value.place == place


def test_a_failure_is_told_and_noted(workspace: Workspace) -> None:
    connect(workspace, fail_every=1)
    with pytest.raises(Unreachable):
        workspace.gateway.run(workspace.gateway.complete("script", Request((user("?"),)), CallFor("probe"))).result(5)
    ((_, state, _, _, error),) = calls(workspace)
    assert state == "failed"
    assert "no answer" in error


def test_a_stream_crosses_to_another_loop_and_can_be_left(workspace: Workspace) -> None:
    connect(workspace, rules=[{"answer": "one two three four"}], seconds_per_word=0.01)

    async def take(n: int | None) -> list[Piece]:
        out: list[Piece] = []
        stream = workspace.gateway.stream_elsewhere("script", Request((user("?"),)), CallFor("assist"))
        async for piece in stream:
            out.append(piece)
            if n is not None and len(out) == n:
                break
        await stream.aclose()  # type: ignore[attr-defined]
        return out

    whole = asyncio.run(take(None))
    assert "".join(p.text for p in whole) == "one two three four"
    assert whole[-1].reply is not None
    assert [p.text for p in asyncio.run(take(2))] == ["one ", "two "]
