"""Whatever anybody asks for, nothing that a connected model said of a blind item leaves the server."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from llm_bench import LlmBench
from milo.api.endpoint import ENDPOINTS
from running import PASSWORD, Api

CANARY = "CANARY"
SPEC = {
    "fields": [{"name": "text"}],
    "questions": [
        {"name": "mood", "type": "choice", "config": {"labels": ["praise", "complaint"]}},
        {"name": "why", "type": "text", "required": False},
    ],
}
ROLES = ("manager", "reviewer", "annotator")


class House:
    """A project with blind items, of which models said words that nobody else says; people who look."""

    def __init__(self, bench: Callable[..., LlmBench]) -> None:
        self.made = made = bench(SPEC, blind_share=0.4, data={"models": ["local"], "keep_content": True})
        ids = made.add([{"text": f"letter {k}"} for k in range(40)])
        self.blind = {r[0] for r in made.rows("SELECT id FROM item WHERE blind = 1")}
        made.script(rules=[{"answer": {"why": "plain words"}}])
        made.script("loose", rules=[{"answer": "no JSON"}])
        self.runs = [self._run("why", "script"), self._run("mood", "loose")]
        self._plant()
        for item in sorted(self.blind)[:6]:
            made.answer(item, "praise")
        for role in ROLES:
            login = f"person-{role}"
            user = made.call("POST", "/users", {"login": login, "name": login, "password": PASSWORD, "role": "annotator"})
            made.call("PUT", f"/projects/{made.id}/members/{user['id']}", {"role": role})
        self.ids = ids

    def _run(self, question: str, connection: str) -> int:
        made = self.made
        config = {"connection": connection, "retries": 0, "reason": True}
        body = {"plugin": "llm", "name": f"of_{question}", "question": question, "config": config}
        made.model = made.call("POST", f"/projects/{made.id}/models", body)
        return made.annotate({"what": "all"})["id"]

    def _plant(self) -> None:
        """Put the canary where a model's words about blind items are kept."""
        marks = ",".join(str(i) for i in self.blind)

        def plant(c: Any) -> None:
            c.execute(f"UPDATE blind_check SET value = '\"{CANARY} value\"', score = 0.98765 WHERE item_id IN ({marks})")
            c.execute("UPDATE run_error SET raw = 'plain', reason = 'plain'")
            c.execute(f"UPDATE run_error SET raw = '{CANARY} raw', reason = '{CANARY} why' WHERE item_id IN ({marks})")
            c.execute(f"UPDATE model_call SET content = '{CANARY} said', error = '{CANARY} error' WHERE item_id IN ({marks})")
            c.execute(f"UPDATE signal SET signals = '{{\"{CANARY}\":0.98765}}' WHERE item_id IN ({marks})")

        self.made.ws.gateway.flush()
        self.made.ws.db.write(plant)
        assert self.made.rows(f"SELECT count(*) FROM run_error WHERE raw LIKE '%{CANARY}%'")[0][0] == len(self.blind)

    def client(self, role: str) -> Api:
        """A fresh connection; the server closes idle ones."""
        if role == "owner":
            return Api(self.made.api.port, self.made.server.token)
        api = Api(self.made.api.port)
        api.sign_in("/api/login", {"login": f"person-{role}", "password": PASSWORD})
        return api

    def addresses(self) -> list[str]:
        """Every GET route with every number that could stand in it."""
        made = self.made
        known: dict[str, list[int]] = {
            "p": [made.id], "i": sorted(self.blind)[:3], "r": self.runs, "v": [1], "u": [1], "id": [1, 2, 3],
            "m": [r[0] for r in made.rows("SELECT id FROM predictor")], "s": [1], "k": [1, 2],
        }  # fmt: skip
        out: list[str] = []
        for end in ENDPOINTS:
            if end.method != "GET" or "events" in end.path:
                continue
            paths = [end.path]
            while any("{" in path for path in paths):
                name = next(path for path in paths if "{" in path).split("{")[1].split("}")[0]
                paths = [path.replace("{" + name + "}", str(n)) for path in paths for n in known.get(name, [1])]
            out += paths
            out += [f"{path}?limit=200" for path in paths] + [f"{path}?project={made.id}" for path in paths]
        return out


@pytest.fixture
def house(bench: Callable[..., LlmBench]) -> House:
    return House(bench)


def _texts(body: bytes) -> str:
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    return body.decode(errors="replace")


def test_no_route_tells_what_a_model_said_of_a_blind_item(house: House) -> None:
    addresses, leaks, fine = house.addresses(), [], 0
    for role in ("owner", *ROLES):
        api = house.client(role)
        for address in addresses:
            status, body, headers = api.raw("GET", address)
            fine += status < 400
            told = _texts(body) + json.dumps(dict(headers))
            if CANARY in told or "98765" in told:
                leaks.append((role, address))
        api.close()
    assert leaks == []
    assert fine > 100


def test_failures_of_blind_items_are_counted_but_not_quoted(house: House) -> None:
    made = house.made
    made.api.close()
    made.api = house.client("owner")
    errors = made.call("GET", f"/projects/{made.id}/runs/{house.runs[1]}/errors?limit=200")
    assert len(errors) == 40
    told = {e["item_id"]: (e["reason"], e["raw"]) for e in errors}
    assert {told[i] for i in house.blind} == {("Withheld: the item is in the blind slice.", "")}
    assert {told[i] for i in set(house.ids) - house.blind} == {("plain", "plain")}
