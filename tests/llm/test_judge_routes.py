"""Judges over the interface: set up, asked live, over finished work, audited, reported; and never a word about a blind item."""

from __future__ import annotations

import json
import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from starlette.testclient import TestClient

from api.conftest import PASSWORD
from llm.judge_bench import RUBRIC, review
from milo.api.app import create_app
from milo.bootstrap import Workspace, open_workspace
from milo.infra import judge_jobs
from milo.infra.sql.connections import ConnectionsSql

CANARY = "CANARY-VERDICT"
SPEC: dict[str, Any] = {
    "name": "Rivers", "fields": [{"name": "text"}], "guidelines": "# Be exact",
    "questions": [{"name": "answer", "type": "text", "title": "Where does it rise?"}, {"name": "sure", "type": "choice", "required": False, "config": {"labels": ["yes", "no"]}}],
    "policy": {"blind_share": 0, "order": "imported", "data": {"models": ["*"]}},
}  # fmt: skip
GOOD, BAD = "It rises in the Giant Mountains.", "It rises in the Alps."


def told(right: str, **other: Any) -> dict[str, Any]:
    return {**review(right=right, quotes=("rises in the",)), "advice": f"{CANARY}: name the right mountains.", **other}


PEOPLE = (("ana", "annotator"), ("ben", "annotator"), ("rea", "reviewer"), ("mia", "manager"))


class Crowd(NamedTuple):
    """A workspace folder with people in it: ids and tokens by name."""

    folder: Path
    ids: dict[str, int]
    tokens: dict[str, str]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    folder = tmp_path_factory.mktemp("court") / "ws"
    ws = open_workspace(folder)
    with TestClient(create_app(ws)) as owner:
        ids = {"owner": owner.post("/api/setup", json={"login": "owner", "password": PASSWORD}).json()["user"]["id"]}
        owner.headers["Authorization"] = f"Bearer {ws.auth.local_token()}"
        for name, _ in PEOPLE:
            ids[name] = owner.post("/api/users", json={"login": name, "password": PASSWORD}).json()["id"]
    tokens = {name: ws.auth.add_token(user_id, "test")[1] for name, user_id in ids.items()}
    ws.close()
    return Crowd(folder, ids, tokens)


class Court:
    """A workspace with a scripted model, a project, and people of every role."""

    def __init__(self, folder: Path, crowd: Crowd, **policy: Any) -> None:
        shutil.copytree(crowd.folder, folder)
        self.ws: Workspace = open_workspace(folder)
        app = create_app(self.ws)
        self.clients = {n: TestClient(app, headers={"Authorization": f"Bearer {t}"}) for n, t in crowd.tokens.items()}
        self.p = self.call("POST", "/api/projects", {**SPEC, "policy": {**SPEC["policy"], **policy}})["id"]
        for name, role in PEOPLE:
            self.call("PUT", f"/api/projects/{self.p}/members/{crowd.ids[name]}", {"role": role})
        self.connect("script", [{"when": "Giant", "answer": told("4", advice="")}, {"when": "", "answer": told("1")}])
        self.call("POST", "/rubrics", {"rubric": msgspec.to_builtins(RUBRIC)})

    def connect(self, name: str, rules: list[dict[str, Any]], model: str = "", limits: Any = None, **config: Any) -> None:
        """A scripted model. The rubric is in the system turn, so that rules see question, item and answer only."""
        settled = self.ws.registry.providers.get("scripted").check_config({"rules": rules, **config})
        self.ws.db.write(
            lambda c: ConnectionsSql(c).add(name, "scripted", model, settled, None, limits or {}, {}, True, None, 0.0)
        )

    def ask(self, method: str, path: str, body: Any = None, who: str = "owner") -> Any:
        address = path if path.startswith("/api") else f"/api/projects/{self.p}{path}"
        return self.clients[who].request(method, address, content=None if body is None else json.dumps(body).encode())

    def call(self, method: str, path: str, body: Any = None, who: str = "owner") -> Any:
        reply = self.ask(method, path, body, who)
        assert reply.status_code < 400, (reply.status_code, reply.text[:500])
        return reply.json() if reply.content else None

    def judge(self, name: str = "first", plugin: str = "rubric", **more: Any) -> int:
        body = {
            "plugin": plugin,
            "name": name,
            "question": "answer",
            "rubric": "facts",
            "config": {"connection": "script"},
            **more,
        }
        return self.call("POST", "/judges", body)["id"]

    def add(self, n: int, text: str = "river") -> list[int]:
        return self.call("POST", "/items", [{"data": {"text": f"{text} {k}"}} for k in range(n)])["ids"]

    def answer(self, item: int, value: str, who: str = "ana") -> dict[str, Any]:
        body = {"op_id": uuid.uuid4().hex, "item_id": item, "values": {"answer": value}, "schema_version": 1}
        return self.call("POST", "/answers", body, who)

    def until(self, look: Any, seconds: float = 10) -> Any:
        end = time.monotonic() + seconds
        while not (found := look()) and time.monotonic() < end:
            time.sleep(0.02)
        assert found
        return found

    def sweep(self, judge: int, **body: Any) -> dict[str, Any]:
        job = self.ws.jobs.wait(self.call("POST", f"/judges/{judge}/run", body)["id"], 30)
        assert job.state == "done", job.error
        return job.result or {}

    def close(self) -> None:
        for client in self.clients.values():
            client.close()
        self.ws.close()


@pytest.fixture
def court(tmp_path: Path, crowd: Crowd) -> Iterator[Court]:
    found = Court(tmp_path / "ws", crowd)
    yield found
    found.close()


def live(court: Court, judge: int, item: int, value: str, who: str = "ana", **more: Any) -> dict[str, Any]:
    return court.call("POST", f"/judges/{judge}/review", {"item_id": item, "question": "answer", "value": value, **more}, who)


def test_live_advice_is_given_dismissed_and_logged(court: Court) -> None:
    (item,) = court.add(1)
    judge = court.judge(live="asked")
    assert [j["name"] for j in court.call("GET", "/judges/live", who="ana")] == ["first"]
    assert court.call("GET", "/judges/live", who="ana")[0]["tested"] is False
    advice = live(court, judge, item, BAD)
    verdict = advice["verdict"]["verdict"]
    assert (advice["available"], verdict["passed"], verdict.get("own_model", False)) == (True, False, False)
    assert verdict["scores"][0]["evidence"] == ["rises in the"]
    assert verdict["advice"].startswith(CANARY)
    at = f"/verdicts/{advice['verdict']['id']}/respond"
    assert court.ask("POST", at, {"response": "dismissed"}, who="ben").status_code == 404, "it was not his advice"
    assert court.ask("POST", at, {"response": "changed"}, who="ana").status_code == 422
    assert court.call("POST", at, {"response": "dismissed"}, who="ana")["response"] == "dismissed"
    court.answer(item, BAD)
    kinds = court.ws.db.read(
        lambda c: [r[0] for r in c.execute("SELECT kind FROM event WHERE item_id = ? ORDER BY id", (item,))]
    )
    assert kinds == ["advice.dismissed", "answer"]
    assert court.until(lambda: court.call("GET", f"/judges/{judge}/report")["advice"]["dismissed"]) == 1


def test_what_was_changed_after_advice_is_counted_against_gold(court: Court) -> None:
    items = court.add(4)
    judge = court.judge(live="paused")
    rows = [(BAD, GOOD, "taken"), (BAD, GOOD, None), (BAD, BAD, None), ("The Giants", BAD, None)]
    for item, (before, after, response) in zip(items, rows, strict=True):
        got = live(court, judge, item, before)["verdict"]
        if response:
            court.call("POST", f"/verdicts/{got['id']}/respond", {"response": response}, who="ana")
        court.answer(item, after)
    for item, gold in zip(items, (GOOD, GOOD, GOOD, "The Giants"), strict=True):
        court.ws.db.write(
            lambda c, item=item, gold=gold: c.execute(
                "INSERT INTO annotation (item_id, question, role, author_kind, value, basis, schema_version, created_at) "
                "VALUES (?, 'answer', 'gold', 'person', ?, 'imported', 1, 0)",
                (item, json.dumps(gold)),
            )
        )
    done = lambda: court.call("GET", f"/judges/{judge}/report")["advice"]  # noqa: E731
    court.until(lambda: done()["changed"] == 1 and done())
    (line,) = [one for one in court.call("GET", "/second-thoughts") if one["cause"] == "advice"]
    assert (line["n"], line["changed"], line["judged"], line["wrong_to_right"], line["right_to_wrong"]) == (3, 2, 3, 2, 0)
    changed = court.call("GET", "/second-thoughts/answers?cause=advice")
    assert [(one["first"], one["final"], one["outcome"]) for one in changed] == [(BAD, GOOD, "mended")] * 2
    assert done() == {
        "shown": 4, "given": 3, "dismissed": 0, "taken": 1, "changed": 1, "checked": 2, "right_to_wrong": 0, "wrong_to_right": 2,
    }  # fmt: skip


def test_live_advice_does_not_speak_where_it_was_not_asked_to(court: Court) -> None:
    (item,) = court.add(1)
    judge = court.judge()
    body = {"item_id": item, "question": "answer", "value": BAD}
    assert court.ask("POST", f"/judges/{judge}/review", body, "ana").status_code == 409, "it gives no live advice"
    court.call("PATCH", f"/judges/{judge}", {"live": "asked"})
    assert court.ask("POST", f"/judges/{judge}/review", {**body, "question": "sure", "value": "yes"}, "ana").status_code == 422
    assert court.ask("POST", f"/judges/{judge}/review", {**body, "value": 7}, "ana").status_code == 422
    assert court.ask("POST", f"/judges/{judge}/review", {**body, "item_id": item + 77}, "ana").status_code == 404
    court.call("PATCH", f"/judges/{judge}", {"enabled": False})
    assert court.ask("POST", f"/judges/{judge}/review", body, "ana").status_code == 409


def test_a_rule_on_data_keeps_the_judge_out_by_its_name(court: Court) -> None:
    (item,) = court.add(1)
    judge = court.judge(live="asked")
    spec = court.call("GET", f"/api/projects/{court.p}")["spec"]
    court.call("PATCH", f"/api/projects/{court.p}", {"policy": {**spec["policy"], "data": {"models": ["another"]}}})
    reply = court.ask("POST", f"/judges/{judge}/review", {"item_id": item, "question": "answer", "value": BAD}, "ana")
    assert (reply.status_code, "policy.data.models" in reply.text) == (403, True)


def test_a_judge_says_where_its_own_model_suggested(court: Court) -> None:
    items = court.add(2)
    court.connect("twin", [{"answer": told("4")}], model="m1")
    court.connect("other", [{"answer": told("4")}], model="m1")
    judge = court.judge(live="asked", config={"connection": "twin"})
    given = [{"item_id": items[0], "question": "answer", "value": GOOD, "score": 0.9}]
    court.call("POST", "/suggestions?name=speaker", given)
    assert not live(court, judge, items[0], BAD)["verdict"]["verdict"].get("own_model", False)

    class Asks:
        asks = True

        def connections(self, config: dict[str, Any]) -> list[str]:
            return ["other"]

    shelf: Any = court.ws.registry.predictors
    shelf._by_name["import"] = Asks()
    assert live(court, judge, items[0], BAD)["verdict"]["verdict"]["own_model"] is True, "the same model by another name"
    assert not live(court, judge, items[1], BAD)["verdict"]["verdict"].get("own_model", False)


def test_finished_work_is_judged_once_and_flagged(court: Court) -> None:
    items = court.add(6)
    judge = court.judge()
    for k, item in enumerate(items):
        court.answer(item, GOOD if k % 2 else BAD)
    done = court.sweep(judge, flag=True)
    assert (done["judged"], done["passed"], done["failed"]) == (6, 3, 0)
    assert court.call("GET", f"/api/projects/{court.p}")["counts"]["flagged"] == 3
    assert court.sweep(judge)["judged"] == 0, "nothing is paid for twice"
    court.answer(items[0], GOOD)
    assert court.sweep(judge)["judged"] == 1, "a new answer is judged"
    listed = court.call("GET", "/verdicts?passed=0")
    assert len(listed) == 3
    assert {v["mode"] for v in listed} == {"batch"}
    assert all("setup" not in v["verdict"]["info"] for v in listed)
    view = court.call("GET", "/judges")[0]
    assert (view["judged"], view["passed"]) == (6, 4), "only answers as they stand now count"
    court.call("PATCH", f"/judges/{judge}", {"config": {"connection": "script", "retries": 0}})
    view = court.call("GET", "/judges")[0]
    assert (view["judged"], view["matched"]) == (0, 0), "another setup is another judge"


def test_what_cannot_be_judged_is_listed_and_tried_again(court: Court) -> None:
    items = court.add(3)
    court.connect("broken", [{"when": "It rises in the Giant", "answer": told("4")}, {"answer": "?"}])
    judge = court.judge(config={"connection": "broken", "retries": 1})
    for item, value in zip(items, (GOOD, BAD, BAD), strict=True):
        court.answer(item, value)
    done = court.sweep(judge)
    assert (done["judged"], done["failed"]) == (1, 2)
    assert {e["item_id"] for e in done["errors"]} == set(items[1:])
    assert "is no JSON" in done["errors"][0]["reason"] or "cannot be used" in done["errors"][0]["reason"]
    assert court.sweep(judge)["failed"] == 2


def test_an_estimate_sends_nothing_and_a_budget_holds(court: Court) -> None:
    items = court.add(12)
    judge = court.judge(config={"connection": "script", "max_tokens": 200})
    for item in items:
        court.answer(item, BAD)
    told = court.call("POST", f"/judges/{judge}/estimate", {})
    assert (told["answers"], told["calls"], told["cost"]) == (12, 12, 0.0)
    assert told["most_tokens"] > told["input_tokens"] > 12 * 100
    assert court.ws.db.read(lambda c: c.execute("SELECT count(*) FROM model_call").fetchone()[0]) == 0
    bound = told["most_tokens"] // 12 + told["input_tokens"] // 3
    done = court.sweep(judge, tokens=bound)
    assert 0 < done["judged"] < 12
    assert "budget" in done["why"]
    assert done["tokens"] <= bound
    assert court.call("GET", "/runs")[0]["state"] == "stopped: budget"
    rest = court.sweep(judge)
    assert done["judged"] + rest["judged"] == 12, "what was stored is not paid for again"
    assert court.ask("POST", f"/judges/{judge}/run", {"money": -1}).status_code == 422


def test_a_stopped_job_goes_on_where_it_was(court: Court) -> None:
    items = court.add(120)
    court.connect("slow", [{"answer": told("4")}], seconds=0.1)
    judge = court.judge(config={"connection": "slow"})
    for item in items:
        court.answer(item, GOOD)
    job = court.call("POST", f"/judges/{judge}/run", {})["id"]
    court.until(lambda: court.ws.db.read(lambda c: c.execute("SELECT count(*) FROM verdict").fetchone()[0]))
    court.call("POST", f"/api/jobs/{job}/cancel")
    assert court.ws.jobs.wait(job, 20).state == "cancelled"
    before = court.call("GET", "/judges")[0]["judged"]
    assert 0 < before < 120
    court.call("POST", f"/api/jobs/{job}/resume")
    assert court.ws.jobs.wait(job, 20).state == "done"
    court.ws.gateway.flush()
    assert court.call("GET", "/judges")[0]["judged"] == 120
    runs = court.ws.db.read(lambda c: c.execute("SELECT DISTINCT run_id FROM verdict").fetchall())
    assert len(runs) == 1, "it is still the same run"
    calls = court.ws.db.read(
        lambda c: c.execute("SELECT count(*) FROM model_call WHERE state = 'done' AND cached = 0").fetchone()[0]
    )
    assert calls <= 120 + 32, "at most what was in flight is asked twice"


def test_silence_ends_the_job_instead_of_failing_every_answer(court: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge_jobs, "_SILENCE", 2)
    items = court.add(5)
    court.connect("gone", [{"answer": "x"}], limits={"tries": 1}, fail_every=1)
    judge = court.judge(config={"connection": "gone"})
    for item in items:
        court.answer(item, GOOD)
    job = court.ws.jobs.wait(court.call("POST", f"/judges/{judge}/run", {})["id"], 60)
    assert (job.state, job.error) == ("failed", "The script says: no answer this time.")
    assert court.call("GET", "/runs")[0]["state"] == "failed"


def test_a_judge_that_looks_afterwards_starts_with_the_next_answer(court: Court) -> None:
    items = court.add(3)
    court.answer(items[0], BAD)
    judge = court.judge(after=True)
    court.answer(items[1], BAD)
    court.answer(items[2], GOOD)
    court.until(lambda: len(court.call("GET", f"/verdicts?judge={judge}")) == 2)
    assert {v["item_id"] for v in court.call("GET", f"/verdicts?judge={judge}")} == set(items[1:])
    assert court.until(lambda: court.call("GET", f"/api/projects/{court.p}")["counts"]["flagged"]) == 1


def test_auditors_rate_a_random_sample_without_seeing_the_verdict(court: Court) -> None:
    items = court.add(30)
    judge = court.judge()
    for k, item in enumerate(items):
        court.answer(item, GOOD if k % 3 else BAD, "ana" if k % 2 else "rea")
    court.sweep(judge)
    at = f"/judges/{judge}/audit"
    assert court.ask("POST", f"{at}/next", who="ana").status_code == 403, "annotators do not audit"
    raw = court.ask("POST", f"{at}/next", who="rea")
    assert CANARY not in raw.text
    task = raw.json()
    seen: set[int] = set()
    for _ in range(12):
        assert task["pick"] not in seen
        seen.add(task["pick"])
        item = task["item"]["id"]
        assert items.index(item) % 2 == 1, "nobody audits an own answer"
        assert all(v["item_id"] != item for v in court.call("GET", "/verdicts?limit=200", who="rea")), (
            "not told before it is rated"
        )
        right = 4 if task["value"] == GOOD else 2
        task = court.call("POST", at, {"pick": task["pick"], "scores": {"right": right, "score": 3}}, who="rea")
    odds = court.ws.db.read(lambda c: [r[0] for r in c.execute("SELECT DISTINCT odds FROM audit_pick ORDER BY id")])
    assert odds[:2] == [pytest.approx(10 / 30), pytest.approx(10 / 20)]
    found = court.call("GET", f"/judges/{judge}/report", who="rea")
    assert (found["tested"], found["audits"], found["matched"], found["needed"]) == (False, 12, 12, 50)
    assert (found["judged"], found["passed"]) == (30, 20)
    assert found["agreement"]["value"] == 1.0
    assert found["corrected"]["low"] < 2 / 3 < found["corrected"]["high"]
    right = found["criteria"][0]
    assert right["confusion"][1][0] == found["confusion"][0][0], "auditors said 2 where the judge said 1"
    assert right["alarms"]["precision"]["value"] == 1.0


def test_an_audit_refuses_what_is_not_its_own(court: Court) -> None:
    (item,) = court.add(1)
    judge = court.judge()
    court.answer(item, GOOD, "rea")
    at = f"/judges/{judge}/audit"
    assert court.call("POST", f"{at}/next", who="rea")["pick"] is None, "nobody rates an own answer"
    pick = court.call("POST", f"{at}/next", who="mia")["pick"]
    scores = {"right": 4, "score": 3}
    assert court.ask("POST", at, {"pick": pick, "scores": scores}, who="rea").status_code == 409
    assert court.ask("POST", at, {"pick": pick, "scores": {"right": 9, "score": 3}}, who="mia").status_code == 422
    assert court.ask("POST", at, {"pick": pick + 1, "scores": scores}, who="mia").status_code == 404
    assert court.call("POST", at, {"pick": pick, "scores": scores}, who="mia")["rated"] == 1
    assert court.ask("POST", at, {"pick": pick, "scores": scores}, who="owner").status_code == 409, "it was rated meanwhile"


def test_a_report_on_nothing_says_that_nothing_is_known(court: Court) -> None:
    judge = court.judge()
    found = court.call("GET", f"/judges/{judge}/report")
    assert not found["tested"]
    assert found["corrected"] == {"value": None, "low": None, "high": None, "n": 0, "why": "nothing was judged yet"}
    assert found["kappa"]["value"] is None
    assert found["alarms"] is None


def test_rubrics_are_kept_in_versions_and_travel_as_files(court: Court) -> None:
    base = court.call("GET", "/rubrics")[0]
    assert court.call("POST", "/rubrics", {"rubric": base["rubric"]})["version"] == 1, "nothing changed"
    text = court.ask("GET", f"/rubrics/{base['id']}/file").text
    assert court.call("POST", "/rubrics", {"text": text})["version"] == 1, "the file says the same"
    judge = court.judge()
    changed = court.call("POST", "/rubrics", {"text": text.replace("pass_mark: 3", "pass_mark: 2")})
    assert changed["version"] == 2
    view = court.call("GET", "/judges")[0]
    assert (view["rubric_version"], view["newest_version"]) == (1, 2), "a judge keeps its version until it is told"
    assert court.call("PATCH", f"/judges/{judge}", {"rubric_version": 2})["rubric_version"] == 2
    assert [r["version"] for r in court.call("GET", f"/rubrics/{changed['id']}")] == [2, 1]
    json_text = court.ask("GET", f"/rubrics/{changed['id']}/file?format=json").text
    assert court.call("POST", "/rubrics", {"text": json_text})["version"] == 2
    bad = court.ask("POST", "/rubrics", {"text": text.replace("weight: 2.0", "wieght: 2.0")})
    assert (bad.status_code, "wieght" in bad.text, "Line" in bad.text) == (422, True, True)


def test_a_shared_rubric_is_open_to_every_project_and_not_shadowed(court: Court) -> None:
    shared = court.call("POST", "/api/rubrics", {"rubric": {**msgspec.to_builtins(RUBRIC), "name": "house"}})
    assert shared["shared"] is True
    assert court.ask("POST", "/api/rubrics", {"rubric": msgspec.to_builtins(RUBRIC)}, "mia").status_code == 403
    assert {r["name"] for r in court.call("GET", "/rubrics", who="ana")} == {"facts", "house"}
    taken = court.ask("POST", "/rubrics", {"rubric": {**msgspec.to_builtins(RUBRIC), "name": "house"}})
    assert taken.status_code == 409
    assert court.judge("second", rubric="house")


def test_ready_rubrics_can_be_used_as_they_are(court: Court) -> None:
    for ready in court.call("GET", "/api/rubrics/ready"):
        assert court.call("POST", "/rubrics", {"rubric": ready})["version"] == 1


def test_two_answers_are_compared_in_both_orders(court: Court) -> None:
    (item,) = court.add(1)
    better = {"criteria": {n: {"reason": "r", "better": "A"} for n in ("right", "score")}, "reason": "r", "better": "A"}
    court.connect("lean", [{"answer": better}])
    judge = court.judge(plugin="pairwise", config={"connection": "lean"})
    for _ in range(3):
        got = court.call("POST", f"/judges/{judge}/compare", {"item_id": item, "value": GOOD, "other": BAD})
        assert got["verdict"]["verdict"]["total"] == 0.5, "always the first is no preference"
    found = court.call("GET", f"/judges/{judge}/report")
    assert (found["position"]["value"], found["first_place"]["value"]) == (0.0, 1.0)
    assert court.ask("POST", f"/judges/{judge}/run", {}).status_code == 409
    body = {
        "plugin": "pairwise",
        "name": "p",
        "question": "answer",
        "rubric": "facts",
        "config": {"connection": "lean"},
        "live": "asked",
    }
    assert court.ask("POST", "/judges", body).status_code == 422


def test_a_review_is_stopped_when_the_request_goes_away(court: Court) -> None:
    """The route sees that the caller left and ends the call of the model; it does not wait for the answer."""
    import asyncio

    from milo.api.endpoint import Call
    from milo.api.routes.verdicts import _waiting
    from milo.domain.errors import Conflict

    class Gone:
        async def is_disconnected(self) -> bool:
            return True

    ended: list[str] = []

    async def slow() -> Any:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("ended")

    call: Any = Call.__new__(Call)
    call.request = Gone()
    future: Any = court.ws.gateway.run(slow())
    with pytest.raises(Conflict):
        asyncio.run(_waiting(call, future))
    court.until(lambda: ended)


def test_a_judge_is_removed_with_all_it_said(court: Court) -> None:
    items = court.add(3)
    judge = court.judge(live="asked")
    for item in items:
        court.answer(item, BAD)
    court.sweep(judge)
    court.call("POST", f"/judges/{judge}/audit", {"pick": court.call("POST", f"/judges/{judge}/audit/next", who="rea")["pick"], "scores": {"right": 1, "score": 1}}, "rea")  # fmt: skip
    court.call("DELETE", f"/judges/{judge}")
    left = court.ws.db.read(
        lambda c: [c.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("verdict", "audit_pick", "judge")]
    )
    assert left == [0, 0, 0]


def test_nothing_of_a_judge_ever_leaves_about_a_blind_item(tmp_path: Path, crowd: Crowd) -> None:
    court = Court(tmp_path / "ws", crowd, blind_share=0.5)
    try:
        items = court.add(20)
        blind = set(court.ws.db.read(lambda c: [r[0] for r in c.execute("SELECT id FROM item WHERE blind = 1")]))
        assert 3 < len(blind) < 17
        judge = court.judge(live="paused", after=True)
        other = court.judge("second")
        pair = court.judge("pair", plugin="pairwise")
        for item in items:
            advice = live(court, judge, item, BAD)
            assert advice["available"] is (item not in blind)
            assert (CANARY in json.dumps(advice)) is (item not in blind)
            court.answer(item, BAD)
        seen = court.call("POST", f"/judges/{pair}/compare", {"item_id": min(blind), "value": BAD, "other": GOOD})
        assert seen == {"available": False, "verdict": None}
        court.sweep(other, flag=True)
        court.until(lambda: len(court.call("GET", f"/verdicts?judge={other}&limit=200")) == 20 - len(blind))
        asked = court.ws.db.read(lambda c: {r[0] for r in c.execute("SELECT DISTINCT item_id FROM verdict")})
        assert not asked & blind
        flagged = court.ws.db.read(lambda c: {r[0] for r in c.execute("SELECT id FROM item WHERE flagged > 0")})
        assert flagged == set(items) - blind, "not even a flag"
        court.ws.db.write(
            lambda c: c.execute("UPDATE verdict SET item_id = ? WHERE id = (SELECT min(id) FROM verdict)", (min(blind),))
        )
        assert all(v["item_id"] not in blind for v in court.call("GET", "/verdicts?limit=200")), "the gate holds even then"
        for address in [f"/items/{i}" for i in blind] + [f"/items/{i}/work" for i in blind] + ["/items?limit=50", "/facets"]:
            assert CANARY not in court.ask("GET", address, who="rea").text, address
        picked = set()
        while (task := court.call("POST", f"/judges/{other}/audit/next", who="rea"))["pick"] is not None:
            picked.add(task["item"]["id"])
            court.call("POST", f"/judges/{other}/audit", {"pick": task["pick"], "scores": {"right": 1, "score": 1}}, "rea")
        assert picked == set(items) - blind
        assert CANARY not in court.ask("GET", "/export?format=jsonl&what=everything").text
    finally:
        court.close()
