"""Are promises kept on the real path? Projects in a workspace, looked at through the routes again and again, accepted, audited.

    PYTHONPATH=src python bench/trust/acceptance.py --runs 200

Each run: items with suggestions, a blind slice answered in steps, a look at every step, acceptance as soon and as much as is
allowed, then a second version of the model and the same again. A promise is broken in a run if any acceptance was beyond it.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import uuid
from pathlib import Path
from typing import Any

import numpy as np
from starlette.testclient import TestClient
from worlds import WORLDS

from milo.api.app import create_app
from milo.bootstrap import Workspace, open_workspace
from milo.flow.guarantee import Wish
from milo.infra.sql.work import WorkSql

ITEMS, STEPS, TARGETS = 1500, (60, 120, 200, 300), {"total": 0.05, "among": 0.1, "expected": 0.1}
MOOD = {"name": "mood", "type": "choice", "config": {"labels": ["good", "bad"]}}


class House:
    """A workspace with its owner signed in."""

    def __init__(self, folder: Path) -> None:
        self.ws: Workspace = open_workspace(folder)
        self.client = TestClient(create_app(self.ws), base_url="http://127.0.0.1")
        owner = {"login": "owner", "name": "Owner", "password": "correct horse battery"}
        self.csrf = self.client.post("/api/setup", json=owner).json()["csrf"]

    def call(self, method: str, path: str, body: Any) -> Any:
        """A request; its reply."""
        reply = self.client.request(method, "/api" + path, json=body, headers={"X-CSRF-Token": self.csrf})
        if reply.status_code >= 400:
            raise RuntimeError(reply.text)
        return reply.json()


def one_run(house: House, world: Any, kind: str, seed: int) -> tuple[bool, float]:
    """Was a promise broken, and the share of items accepted."""
    rng = np.random.default_rng(seed)
    policy = {"blind_share": 0.3, "order": "random"}
    spec = {"name": "Run", "fields": [{"name": "text"}], "questions": [MOOD], "policy": policy}
    p = house.call("POST", "/projects", spec)["id"]
    for model in house.call("GET", f"/projects/{p}/models", None):
        house.call("DELETE", f"/projects/{p}/models/{model['id']}", None)
    ids = house.call("POST", f"/projects/{p}/items", [{"data": {"text": f"{k}"}} for k in range(ITEMS)])["ids"]
    blind = house.ws.db.read(
        lambda c: c.execute("SELECT id FROM item WHERE blind = 1 AND id / 1000000000 = ?", (p,)).fetchall()
    )
    waiting = rng.permutation([row[0] for row in blind]).tolist()
    broken, taken = False, 0
    for version in (1, 2):
        score, loss = world(ITEMS, rng)
        wrong = dict(zip(ids, (loss > 0.5).tolist(), strict=True))
        rows = [
            {"item_id": i, "question": "mood", "value": "bad" if wrong[i] else "good", "score": float(s)}
            for i, s in zip(ids, score, strict=True)
        ]
        house.call("POST", f"/projects/{p}/suggestions?name=m&version={version}", rows)
        for upto in STEPS:
            while waiting and len(blind) - len(waiting) < upto + (version - 1) * 50:
                item = waiting.pop()
                house.ws.db.write(lambda c, i=item: answer(c, i))
            wish = {"promise": kind, "target": TARGETS[kind], "right_at": 1.0}
            offer = house.call("POST", f"/projects/{p}/guarantee", {"question": "mood", "wish": wish})
            if offer["best"] is None:
                continue
            body = {"op_id": uuid.uuid4().hex, "question": "mood", "min_score": offer["best"]["threshold"], "promise": wish}
            done = house.call("POST", f"/projects/{p}/bulk/accept", body)
            broken |= is_broken(house, p, kind, wrong, done["promise"], version)
            taken += done["changed"]
    return broken, taken / ITEMS


def answer(c: Any, item: int) -> None:
    """A person's blind answer, without the browser around it."""
    from milo.flow.ports.work import NewAnswer

    WorkSql(c).add_answers(item, 1, [NewAnswer("mood", b'"good"', "good", "blind", None, None)], uuid.uuid4().hex, 1, 1.0)


def is_broken(house: House, p: int, kind: str, wrong: dict[int, bool], promise: dict[str, Any], version: int) -> bool:
    """Whether what stands as accepted is beyond the promise; for an expected share: the share itself is kept instead."""
    rows = house.ws.db.read(
        lambda c: c.execute(
            "SELECT a.item_id, a.value FROM annotation a JOIN permission p ON p.bulk_id = a.bulk_id WHERE p.project_id = ? "
            "AND a.live = 1" + ("" if kind == "total" else f" AND p.version = {int(version)}"),
            (p,),
        ).fetchall()
    )
    errors = sum(value == '"bad"' for _, value in rows)
    if kind == "total":
        return errors > promise["target"] * ITEMS
    return errors > promise["target"] * max(1, len(rows))


def main() -> None:
    """Print the table."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--runs", type=int, default=200)
    runs = reader.parse_args().runs
    limit = 0.05 + 2 * math.sqrt(0.05 * 0.95 / runs)
    print(f"{runs} runs of each, {ITEMS} items, two versions, {len(STEPS)} looks each; limit for 5 %: {limit:.1%}\n")
    print("| project | promise | target | broken | accepted |\n|---|---|---:|---:|---:|")
    assert Wish().promise in TARGETS
    for name in ("independent errors", "models that err together", "errors in clusters"):
        for kind in ("total", "among"):
            with tempfile.TemporaryDirectory() as folder:
                house = House(Path(folder) / "ws")
                found = [one_run(house, WORLDS[name], kind, seed) for seed in range(runs)]
                house.ws.close()
            broken, share = np.mean([b for b, _ in found]), np.mean([s for _, s in found])
            print(f"| {name} | {kind} | {TARGETS[kind]:.0%} | {broken:.1%} | {share:.1%} |", flush=True)


if __name__ == "__main__":
    main()
