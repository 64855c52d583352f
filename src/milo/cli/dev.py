"""`make dev`: the server with reload on changed Python, and Vite with reload on changed web sources, in one terminal."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from milo.domain.errors import NotFound
from milo.ui_build import checkout_root

app = App(name="milo.cli.dev", help="Run server and web app with live reload.")


@app.default
def dev(*, port: int = 8000, workspace: Annotated[Path, Parameter(name=["--workspace", "-w"])] = Path("demo")) -> None:
    """Start both; Ctrl-C ends both.

    Args:
        port: Port of the server; the web app listens on 5173 and passes /api on.
        workspace: Folder with the data.
    """
    root, npm = checkout_root(), shutil.which("npm")
    if root is None or npm is None:
        raise NotFound("Development needs a source checkout, and npm of Node 20.19 or newer.")
    serve = [sys.executable, "-m", "milo.cli.main", "serve", "--no-build-ui", "--port", str(port), "-w", str(workspace)]
    command = [sys.executable, "-m", "watchfiles", "--filter", "python", " ".join(serve), str(root / "src")]
    environment = {**os.environ, "MILO_SERVER": f"http://127.0.0.1:{port}"}
    server = subprocess.Popen(command)
    try:
        subprocess.run([npm, "run", "--silent", "dev"], cwd=root / "web", env=environment, check=False)
    except KeyboardInterrupt:
        pass
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=20)


if __name__ == "__main__":
    app()
