"""Connecting servers to a workspace, asking them, and reading the ledger."""

from __future__ import annotations

from typing import Any

from milo.bootstrap import Workspace
from milo.infra.connections import Connections, Entered
from milo.infra.gateway import CallFor
from milo.kinds.provider import Reply, Request

QUICK: dict[str, Any] = {"tries": 3, "patience": 5.0, "seconds": 3.0, "silence": 1.0}


def connect(
    ws: Workspace,
    address: str,
    name: str = "tiny",
    *,
    key: str | None = None,
    plugin: str = "openai_compatible",
    limits: dict[str, Any] | None = None,
    prices: dict[str, Any] | None = None,
    **config: Any,
) -> int:
    """Connect an OpenAI-compatible server; the connection's id."""
    entered = Entered(name, plugin, "tiny", {"base_url": f"{address}/v1", **config}, key, QUICK | (limits or {}), prices or {})
    return Connections(ws).add(entered, None).id


def ask(ws: Workspace, request: Request, call: CallFor | None = None, name: str = "tiny") -> Reply:
    """One call through the gateway."""
    return ws.gateway.run(ws.gateway.complete(name, request, call or CallFor("judge"))).result(20)


def ledger(ws: Workspace, *columns: str) -> list[tuple[Any, ...]]:
    """The lines of the ledger."""
    ws.gateway.flush()
    return ws.db.read(lambda c: c.execute(f"SELECT {', '.join(columns)} FROM model_call ORDER BY id").fetchall())
