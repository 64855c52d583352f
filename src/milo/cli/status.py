"""`milo status`: is a server running, and how far is everything?"""

from __future__ import annotations

from milo.cli.connection import Where, connect
from milo.cli.output import print_json, print_table, print_text
from milo.infra.lock import is_held, read_note


def status(*, where: Where | None = None) -> None:
    """Show whether a server runs, the projects, and the background jobs."""
    where = where or Where()
    settings = where.settings()
    url = settings.url
    if url is None and is_held(settings.workspace):
        note = read_note(settings.workspace)
        url = note.url if note else "an unknown address"
    with connect(where) as client:
        version = client.status().version
        projects = [p.info for p in client.projects()]
        running = [j.info for j in client.jobs() if j.info.state in ("queued", "running")]
    if where.json:
        print_json({"version": version, "server": url, "projects": projects, "jobs": running})
        return
    print_text(f"Milo {version}; {f'a server runs at {url}' if url else 'no server runs'}.")
    rows = [(p.id, p.spec.name, p.counts.items, p.counts.done, p.counts.answers) for p in projects]
    print_table(("id", "project", "items", "done", "answers"), rows)
    if running:
        print_table(("job", "kind", "state", "done", "of"), [(j.id, j.kind, j.state, j.done, j.total) for j in running])
