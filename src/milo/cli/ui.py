"""Before a server starts in a source checkout: build the web app if its sources changed."""

from __future__ import annotations

from rich.console import Console

from milo import ui_build


def ensure_ui() -> None:
    """Rebuild what is stale. Where that fails, say so and go on: the server works without the web app."""
    root = ui_build.checkout_root()
    if root is None:
        return
    console = Console(stderr=True, highlight=False, markup=False)
    try:
        ui_build.build(root, say=console.print)
    except ui_build.BuildFailed as failure:
        console.print(f"The web app was not built: {failure}", style="yellow")
