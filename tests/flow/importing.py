"""A process that imports a file into a workspace, to be killed half-way: `python importing.py WORKSPACE PROJECT FILE`."""

from __future__ import annotations

import sys
from pathlib import Path

from milo.bootstrap import open_workspace
from milo.infra.imports import ImportArgs

if __name__ == "__main__":
    workspace = open_workspace(Path(sys.argv[1]))
    project = workspace.projects.get(int(sys.argv[2]))
    if len(sys.argv) > 3:
        job = workspace.data.imports.submit(project, ImportArgs(path=sys.argv[3]), None)
    else:
        job = workspace.db.read(lambda c: c.execute("SELECT max(id) FROM job WHERE kind = 'import'").fetchone()[0])
    print("started", flush=True)
    row = workspace.jobs.wait(job)
    print(row.state, row.result, flush=True)
    workspace.close()
