"""How long it takes to resolve a million answers through the whole path: read from the database, fitted, written back.

    python bench/resolve.py                       1,000,000 answers on 200,000 items, Dawid-Skene
    python bench/resolve.py --answers 100000 --aggregator mace

Prints CPU seconds of the process (all threads) for the first run, for one more run that changes nothing, and for the fit alone.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from milo.bootstrap import Workspace, open_workspace
from milo.domain.policy import Policy, ResolvePolicy
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.flow import projects
from milo.flow.resolve import resolve
from milo.infra.sql.database import Connection
from milo.infra.sql.ids import item_id
from milo.infra.sql.projects import ProjectsSql
from milo.infra.sql.resolutions import ResolutionsSql

LABELS = ["a", "b", "c", "d"]
EACH, PEOPLE, PART = 5, 400, 20_000


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--answers", type=int, default=1_000_000)
    parser.add_argument("--aggregator", default="dawid_skene")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), given.answers // EACH, given.aggregator)


def filled(folder: Path, items: int, aggregator: str) -> tuple[Workspace, int, list[int]]:
    """A workspace whose items have five answers each: with the id of the project, and the truth by item."""
    ws = open_workspace(folder)
    question = Question("topic", "choice", config={"labels": LABELS})
    policy = Policy(overlap=EACH, blind_share=0.0, resolve=ResolvePolicy(aggregator=aggregator))
    spec = projects.complete(ProjectSpec("Bench", (Field("text"),), (question,), policy=policy), ws.registry)
    project_id = ws.db.write(lambda c: projects.create(ProjectsSql(c), spec, [], b"x" * 32, None, 0.0))
    return ws, project_id, fill(ws.db.write, project_id, items)


def run(folder: Path, items: int, aggregator: str) -> None:
    """Fill a workspace, resolve, print."""
    ws, project_id, truth = filled(folder / "ws", items, aggregator)
    project = ws.projects.get(project_id)
    for name in ("first run", "again, nothing changed"):
        begun, wall = time.process_time(), time.perf_counter()
        row = ws.jobs.wait(ws.resolving.start(project_id, None), 3_600)
        assert row.state == "done", row.error
        told = (row.result or {})["topic"]
        print(f"{name}: {time.process_time() - begun:.1f} s CPU, {time.perf_counter() - wall:.1f} s, {told}")
    begun = time.process_time()
    columns = ws.db.read(lambda c: ResolutionsSql(c).columns(project_id, "topic"))
    print(f"reading: {time.process_time() - begun:.1f} s CPU")
    begun = time.process_time()
    asked = project.schema.get("topic")
    found = resolve(asked, ws.task_types["choice"], ws.registry.aggregators.get(aggregator), columns)
    print(f"fit through the plug-in: {time.process_time() - begun:.1f} s CPU")
    right = np.mean([value == LABELS[t] for value, t in zip(found.values, truth, strict=True)])
    print(
        f"{len(columns.items):,} answers on {len(found.items):,} items; {right:.4f} right, claims {found.certainty.mean():.4f}"
    )
    ws.close()


def fill(write, project_id: int, items: int) -> list[int]:
    """Items and answers, straight into the tables; the truth by item."""
    rng = np.random.default_rng(1)
    truth = rng.integers(0, len(LABELS), items)
    skill = rng.uniform(0.5, 0.95, PEOPLE)
    for low in range(0, items, PART):
        high = min(items, low + PART)
        who = np.stack([rng.choice(PEOPLE, EACH, replace=False) for _ in range(high - low)])
        wrong = (truth[low:high, None] + rng.integers(1, len(LABELS), who.shape)) % len(LABELS)
        said = np.where(rng.random(who.shape) < skill[who], truth[low:high, None], wrong)
        write(lambda c, low=low, who=who, said=said: _part(c, project_id, low, who, said))
    write(lambda c: c.execute("UPDATE project_count SET items = ?, done = ? WHERE project_id = ?", (items, items, project_id)))
    write(lambda c: c.execute("UPDATE project SET next_ord = ?, indexed_to = ? WHERE id = ?", (items + 1, items, project_id)))
    return truth.tolist()


def _part(c: Connection, project_id: int, low: int, who, said) -> None:
    ids = [item_id(project_id, low + k + 1) for k in range(len(who))]
    c.executemany(
        "INSERT INTO item (id, ident, blind, status, free, n_answers, batch, updated_at) VALUES (?, ?, 0, 2, 0, ?, 1, 1.0)",
        [(i, f"{i}".encode(), EACH) for i in ids],
    )
    rows = [
        (i, f'"{LABELS[label]}"', LABELS[label], f'{{"author":"p{person}"}}')
        for i, people, labels in zip(ids, who.tolist(), said.tolist(), strict=True)
        for person, label in zip(people, labels, strict=True)
    ]
    c.executemany(
        "INSERT INTO annotation (item_id, question, role, author_kind, value, label, origin, basis, schema_version, "
        "created_at) VALUES (?, 'topic', 'answer', 'person', ?, ?, ?, 'imported', 1, 1.0)",
        rows,
    )


if __name__ == "__main__":
    main()
