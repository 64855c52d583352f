"""`milo connection ...`: language models that projects may ask."""

from __future__ import annotations

import sys
import time
from getpass import getpass
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import App, Parameter

from milo.cli.connection import Where, connect
from milo.cli.output import print_json, print_table, print_text
from milo.domain.errors import Invalid
from milo.sdk.connections import ConnectionInfo, LedgerLine, Probe
from milo.settings import variable

app = App(name="connection", help="Connected language models: list, add, test, change, remove; what they cost.")
_MARKS = {"yes": "yes", "partly": "partly", "no": "no", "unknown": "?"}


@app.command(name="list")
def list_connections(*, where: Where | None = None) -> None:
    """List the connected models and what they can do."""
    where = where or Where()
    with connect(where) as client:
        found = [one.info for one in client.connections()]
    if where.json:
        print_json(found)
        return
    rows = [(c.name, c.title, c.model, "here" if c.local else "elsewhere", _state(c), _can(c)) for c in found]
    print_table(("name", "kind", "model", "runs", "state", "can"), rows)


@app.command
def add(
    name: str,
    plugin: str,
    model: str = "",
    *,
    url: Annotated[str | None, Parameter(name="--at")] = None,
    ask_key: Annotated[bool, Parameter(name="--key", negative="")] = False,
    key_from: str | None = None,
    key_stdin: Annotated[bool, Parameter(negative="")] = False,
    config: Path | None = None,
    input_price: float | None = None,
    output_price: float | None = None,
    currency: str | None = None,
    concurrency: int | None = None,
    local: bool | None = None,
    test: bool = True,
    where: Where | None = None,
) -> None:
    """Connect a model, then try out what it can do. A key is never taken from the command line, where others could see it.

    Args:
        name: What to call it here.
        plugin: Which kind: openai_compatible, anthropic, google, gguf, scripted, replay.
        model: Name of the model, as its server knows it.
        url: Address of the server.
        ask_key: Ask for the key.
        key_from: Name of an environment variable that holds the key.
        key_stdin: Read the key from standard input.
        config: A JSON file with further settings.
        input_price: Price of a million input tokens.
        output_price: Price of a million output tokens.
        currency: What prices are in, such as EUR; USD if nothing is said.
        concurrency: Most calls at once.
        local: Its model runs on a machine of yours, so that projects which allow "local" models may use it.
        test: Try it out.
    """
    where = where or Where()
    settings: dict[str, Any] = msgspec.json.decode(config.read_bytes(), type=dict[str, Any]) if config is not None else {}
    if url is not None:
        settings["base_url"] = url
    prices = {k: v for k, v in (("input", input_price), ("output", output_price), ("currency", currency)) if v is not None}
    limits = {"concurrency": concurrency} if concurrency is not None else {}
    key = _key(ask_key, key_from, key_stdin)
    with connect(where) as client:
        made = client.add_connection(name, plugin, model, key=key, config=settings, prices=prices, limits=limits, local=local)
        report = made.test() if test else None
    if where.json:
        print_json({"connection": made.info, "probe": report})
        return
    print_text(f'Connected "{made.name}" ({made.info.title}).')
    if report is not None:
        _show(report, str(made.info.prices.get("currency", "USD")))
    print_text("A project's data reaches it once the project's rules allow it.")


@app.command(name="test")
def try_out(name: str, *, where: Where | None = None) -> None:
    """Try out with a few tiny calls what a connected model can and cannot do.

    Args:
        name: Name of the connection.
    """
    where = where or Where()
    with connect(where) as client:
        tried = client.connection(name)
        report = tried.test()
    if where.json:
        print_json(report)
    else:
        _show(report, str(tried.info.prices.get("currency", "USD")))
    if not report.ok:
        raise SystemExit(1)


@app.command
def change(
    name: str,
    *,
    model: str | None = None,
    enabled: bool | None = None,
    ask_key: Annotated[bool, Parameter(name="--key", negative="")] = False,
    key_from: str | None = None,
    key_stdin: Annotated[bool, Parameter(negative="")] = False,
    input_price: float | None = None,
    output_price: float | None = None,
    currency: str | None = None,
    where: Where | None = None,
) -> None:
    """Change a connection: its model, key or prices, or switch it on or off.

    Args:
        name: Name of the connection.
        model: Another name of a model.
        enabled: --no-enabled switches it off, --enabled on again.
        ask_key: Ask for a new key.
        key_from: Name of an environment variable that holds the new key.
        key_stdin: Read the new key from standard input.
        input_price: Price of a million input tokens.
        output_price: Price of a million output tokens.
        currency: What prices are in, such as EUR; USD if nothing is said.
    """
    where = where or Where()
    changes: dict[str, Any] = {k: v for k, v in (("model", model), ("enabled", enabled)) if v is not None}
    key = _key(ask_key, key_from, key_stdin)
    if key is not None:
        changes["key"] = key
    prices = {k: v for k, v in (("input", input_price), ("output", output_price), ("currency", currency)) if v is not None}
    with connect(where) as client:
        found = client.connection(name)
        if prices:
            changes["prices"] = {**found.info.prices, **prices}
        made = found.change(**changes)
    if where.json:
        print_json(made)
    else:
        print_text(f'Changed "{made.name}": {_state(made)}.')


@app.command
def remove(name: str, *, where: Where | None = None) -> None:
    """Remove a connection with its key. What it wrote, and its lines in the ledger, stay.

    Args:
        name: Name of the connection.
    """
    where = where or Where()
    with connect(where) as client:
        client.connection(name).delete()
    print_text(f'Removed "{name}".')


@app.command
def ledger(
    *, by: str | None = None, project: str | None = None, days: float = 30.0, limit: int = 50, where: Where | None = None
) -> None:
    """Show the calls of connected models, or add them up.

    Args:
        by: Add up by connection, model, purpose, day, project, user or state.
        project: Only this project, by name or id.
        days: How far back.
        limit: How many lines.
    """
    where = where or Where()
    with connect(where) as client:
        wanted: dict[str, Any] = {"since": time.time() - days * 86_400}
        if project is not None:
            wanted["project"] = client.project(project).id
        found: Any = client.ledger(limit=limit, **wanted) if by is None else client.ledger_totals(by, **wanted)
    if where.json:
        print_json(found)
    elif by is None:
        rows = [_line(c) for c in found]
        print_table(("when", "model", "for", "state", "in", "out", "cost", ""), rows)
    else:
        rows = [
            (t.key, t.calls, t.failed, t.cached, t.input_tokens, t.output_tokens, _money(t.cost, t.currency)) for t in found
        ]
        print_table((by, "calls", "failed", "kept", "in", "out", "cost"), rows)


def _key(ask: bool, variable_name: str | None, from_stdin: bool) -> str | None:
    if variable_name is not None:
        found = variable(variable_name)
        if not found:
            raise Invalid(f"The environment variable {variable_name} is not set.", place="key_from")
        return found
    if from_stdin:
        return sys.stdin.readline().strip()
    if not ask:
        return None
    if not sys.stdin.isatty():
        raise Invalid("There is no terminal to ask for the key. Use --key-stdin or --key-from.")
    return getpass("Key: ").strip()


def _show(report: Probe, currency: str) -> None:
    print_table(("", "", ""), [(check.name, _MARKS.get(check.state, check.state), check.message) for check in report.checks])
    if report.models:
        print_text(f"The server offers: {', '.join(report.models[:20])}")
    if report.cost:
        print_text(f"The test cost {_money(report.cost, currency)}.")


def _state(one: ConnectionInfo) -> str:
    if not one.enabled:
        return "off"
    return "not tested" if not one.tested else "answers" if one.ok else "did not answer"


def _can(one: ConnectionInfo) -> str:
    return ", ".join(name for name, can in one.abilities.items() if can)


def _line(c: LedgerLine) -> tuple[object, ...]:
    name = c.connection or "removed"
    return _when(c.at), name, c.purpose, c.state, c.input_tokens, c.output_tokens, _money(c.cost, c.currency), c.error


def _when(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))


def _money(cost: float | None, currency: str) -> str:
    return "" if cost is None else f"{cost:.4f} {currency}".strip()
