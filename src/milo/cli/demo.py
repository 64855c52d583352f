"""`milo demo`: a workspace to try things in, with a sample project or your own data."""

from __future__ import annotations

import sys
import threading
import webbrowser
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import Parameter
from rich.console import Console

from milo.cli.output import job_bar
from milo.cli.ui import ensure_ui
from milo.domain.errors import MiloError, NotFound
from milo.infra.lock import read_note
from milo.sdk import Client
from milo.settings import Settings, from_environment

LOGIN, PASSWORD = "demo", "demo-milo"
"""Everybody knows them, so the demo listens on this machine alone."""
_IMAGES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff"}
_LOOK_AT = 1000


def demo(
    *,
    data: Path | None = None,
    recipe: str | None = None,
    workspace: Annotated[Path, Parameter(name=["--workspace", "-w"])] = Path("demo"),
    port: int = 8000,
    browser: bool = True,
) -> None:
    """Start Milo on a sample project, or on your own data.

    Args:
        data: A file or folder of yours to start on instead of the sample.
        recipe: The recipe for your data; without data, the sample of that recipe (invoice_fields).
        workspace: Folder for the demo's data; delete it to start afresh.
        port: Port to listen on; 0 takes any free one.
        browser: Open the browser.
    """
    if data is not None and not data.exists():
        raise NotFound(f"There is no file or folder {data}.")
    ensure_ui()
    settings = msgspec.structs.replace(from_environment(), workspace=workspace, host="127.0.0.1", port=port)
    starter = _Starter(settings, data, recipe, browser)
    import_module("milo.api.server").serve(settings, starter.ready)


class _Starter:
    """Fills the workspace once the server listens, then says where to go."""

    def __init__(self, settings: Settings, data: Path | None, recipe: str | None, browser: bool) -> None:
        self._settings, self._data, self._recipe, self._browser = settings, data, recipe, browser
        self._console = Console(stderr=True, highlight=False)

    def ready(self, workspace: Any, url: str) -> None:
        """Called on the server's own thread, so the work is done in another."""
        threading.Thread(target=self._fill, args=(workspace, url), name="milo-demo", daemon=True).start()

    def _fill(self, workspace: Any, url: str) -> None:
        try:
            with Client(url) as visitor:
                if visitor.status().needs_setup:
                    visitor.set_up(LOGIN, PASSWORD, "Demo")
            note = read_note(self._settings.workspace)
            with Client(url, token=note.token if note else None) as client:
                self._content(client, workspace)
        except MiloError as error:
            self._console.print(f"milo: {error.message}", style="red", markup=False)
        self._console.print(f"\n  Milo is ready:  [bold]{url}[/bold]")
        self._console.print(f"  Login:          {LOGIN}\n  Password:       {PASSWORD}\n")
        self._console.print("  Stop it with Ctrl-C.", style="dim")
        if self._browser and sys.stdout.isatty():
            webbrowser.open(url)

    def _content(self, client: Client, workspace: Any) -> None:
        if self._data is not None:
            self._own_data(client, self._data)
        elif self._recipe is not None or not client.projects():
            self._console.print("Preparing the sample project ...")
            import_module("milo.demo").create(workspace, self._recipe)

    def _own_data(self, client: Client, data: Path) -> None:
        if any(project.name == data.name for project in client.projects()):
            return
        recipe = self._recipe or _recipe_for(data)
        project = client.create_project(recipe=recipe, name=data.name)
        with job_bar(f"Importing {data.name}") as tell:
            job = project.import_path(data.resolve(), on_progress=tell)
        result = job.info.result or {}
        self._console.print(f"{result.get('added', 0):,} items imported, {result.get('bad', 0):,} bad rows.")


def _recipe_for(data: Path) -> str:
    """By the endings of the first names."""
    endings = {Path(name).suffix.lower() for _, name in zip(range(_LOOK_AT), _names(data), strict=False)}
    if endings & _IMAGES:
        return "image_classification"
    return "invoice_fields" if ".pdf" in endings else "text_classification"


def _names(data: Path) -> Iterator[str]:
    if data.is_dir():
        return (p.name for p in data.rglob("*") if p.is_file())
    if data.suffix.lower() == ".zip":
        from zipfile import ZipFile

        with ZipFile(data) as archive:
            return iter(archive.namelist())
    return iter((data.name,))
