"""`milo serve`: start the server on a workspace."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter
from rich.console import Console

from milo.cli.ui import ensure_ui
from milo.settings import from_environment


def serve(
    *,
    workspace: Annotated[Path | None, Parameter(name=["--workspace", "-w"])] = None,
    host: str | None = None,
    port: int | None = None,
    access_log: bool = False,
    build_ui: bool = True,
) -> None:
    """Serve a workspace until Ctrl-C.

    Args:
        workspace: Folder with the data, made on first use. Default: MILO_WORKSPACE or ./milo-workspace.
        host: Address to listen on; 0.0.0.0 lets other machines in.
        port: Port to listen on; 0 takes any free one. Default: 8000.
        access_log: Print a line for every request.
        build_ui: In a source checkout, build the web app first if its sources changed.
    """
    found = from_environment()
    settings = msgspec.structs.replace(
        found,
        workspace=workspace or found.workspace,
        host=host or found.host,
        port=found.port if port is None else port,
    )
    if build_ui:
        ensure_ui()
    console = Console(stderr=True, highlight=False)

    def ready(opened: object, url: str) -> None:
        console.print(f"Milo listens at [bold]{url}[/bold]  (workspace: {settings.workspace}; stop with Ctrl-C)")

    import_module("milo.api.server").serve(settings, ready, access_log=access_log)
