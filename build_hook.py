"""Puts the built web app into wheels and source archives.

A wheel or source archive without it would be of no use, so they fail where it cannot be built; MILO_SKIP_UI=1 is the way out
for work on the server alone. An editable install builds it if npm is there, and goes on without it otherwise.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildWebApp(BuildHookInterface[Any]):
    """Called by hatchling before each build."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is missing or stale."""
        root = Path(self.root)
        if os.environ.get("MILO_SKIP_UI") == "1" or not (root / "web" / "package.json").is_file():
            return
        spec = importlib.util.spec_from_file_location("milo_ui_build", root / "src" / "milo" / "ui_build.py")
        if spec is None or spec.loader is None:
            raise RuntimeError("src/milo/ui_build.py is missing.")
        ui_build = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(ui_build)
        try:
            ui_build.build(root, say=self.app.display_info)
        except ui_build.BuildFailed as failure:
            if version != "editable":
                raise
            self.app.display_warning(f"The web app was not built: {failure}")
