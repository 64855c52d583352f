"""The blind slice over the whole interface: whatever anybody asks, nothing a model said of a blind item leaves the server."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from data_bench import PASSWORD, Bench
from llm.parrot import Parrot
from llm.test_comparing import connect
from milo.api.app import create_app
from milo.api.endpoint import ENDPOINTS

CANARY, SCORE = "CANARY", 0.98765
QUESTIONS = [
    {"name": "mood", "type": "choice", "config": {"labels": ["good", "bad", "rare"]}},
    {"name": "why", "type": "text", "required": False},
]
ROLES = ("owner", "manager", "reviewer", "annotator")
N = 80


class House:
    """A project in which models have spoken of every item, and people who look at it."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.p = bench.project(*QUESTIONS, blind_share=0.3, order="uncertainty", train_every=1, window=100)
        self.ids = bench.add(*[f"{'lovely' if k % 2 else 'awful'} thing {k}" for k in range(N)])
        self.blind = {r[0] for r in bench.all("SELECT id FROM item WHERE blind = 1 AND id / 1000000000 = ?", self.p)}
        self.clients = {"owner": self._client(1)} | {role: self._person(role) for role in ROLES[1:]}
        self.bench.call("POST", "/elsewhere", {"name": "function", "question": "mood"})
        self._suggest()
        self._rules()
        self._learn()
        self._compare()
        self._judge()
        self.bench.wait(self.bench.call("POST", "/quality/errors", {"question": "mood"})["id"])
        self.bench.wait(self.bench.call("POST", "/duplicates", {"least": 0.3})["id"])
        self._study()

    def _client(self, user: int) -> TestClient:
        token = self.bench.ws.auth.add_token(user, "look")[1]
        headers = {"Authorization": f"Bearer {token}"}
        return TestClient(create_app(self.bench.ws), headers=headers, raise_server_exceptions=False)

    def _person(self, login: str, role: str = "") -> TestClient:
        user = self.bench.call("POST", "/api/users", {"login": login, "password": PASSWORD})["id"]
        self.bench.call("PUT", f"/members/{user}", {"role": role or login})
        return self._client(user)

    def _suggest(self) -> None:
        body: list[dict[str, Any]] = []
        for item in self.ids:
            blind = item in self.blind
            about = {"item_id": item, "score": SCORE if blind else 0.5, "reason": f"{CANARY} reason" if blind else "so"}
            body.append({**about, "question": "mood", "value": "rare" if blind else "good"})
            body.append({**about, "question": "why", "value": f"{CANARY} {item}" if blind else "hm"})
        added = self.bench.call("POST", "/suggestions?name=elsewhere", body)
        assert added == {"added": 2 * (N - len(self.blind)), "withheld": 2 * len(self.blind), "bad": []}
        only = [{**one, "score": SCORE} for one in body if one["item_id"] in self.blind and one["question"] == "mood"]
        assert self.bench.call("POST", "/suggestions?name=blindonly", only)["withheld"] == len(self.blind)

    def _rules(self) -> None:
        rules = [{"kind": "keyword", "pattern": "thing", "label": "bad", "score": 0.25}]
        body = {"plugin": "rules", "name": "rules", "question": "mood", "config": {"rules": rules}}
        model = self.bench.call("POST", "/models", body)["id"]
        self.bench.wait(self.bench.call("POST", f"/models/{model}/suggest", {"all": True})["id"])

    def _learn(self) -> None:
        body = {"plugin": "text_classifier", "name": "learner", "question": "mood", "config": {}}
        model = self.bench.call("POST", "/models", body)["id"]
        answered = sorted(self.blind)[:5] + [i for i in self.ids if i not in self.blind][:14]
        for n, item in enumerate(answered):
            self.bench.answer(
                item, mood="good" if (item - self.ids[0]) % 2 else "bad", **({"why": "mine"} if n % 3 == 0 else {})
            )
        job = self.bench.wait(self.bench.call("POST", f"/models/{model}/train")["id"])
        assert job.result is not None
        assert job.result["trained"] is True
        self.run = self.bench.call("GET", "/runs")[0]["id"]
        self.model = model

    def _compare(self) -> None:
        """A language model answers the blind items too, for the final test of its prompt."""
        self.bench.ws.registry.predictors.add(Parrot())  # type: ignore[arg-type]
        blind = "|".join(str(self.ids.index(i)) for i in self.blind)
        connect(self.bench, "script", rules=[{"when": f"thing ({blind})$", "answer": f"{CANARY} says"}, {"answer": "hm"}])
        policy = self.bench.call("GET", "")["spec"]["policy"]
        self.bench.call("PATCH", "", {"policy": {**policy, "data": {"models": ["local"]}}})
        body = {"plugin": "parrot", "name": "writer", "question": "why", "config": {"connection": "script"}}
        writer = self.bench.call("POST", "/models", body)["id"]
        self.bench.call("POST", f"/models/{writer}/prompts", {"config": {"connection": "script", "instructions": "x"}})
        arms = [{"model": writer, "version": v} for v in (1, 2)]
        for what in ("blind", "items"):
            more = {"item_ids": sorted(self.blind)[:9] + self.ids[:9]} if what == "items" else {}
            asked = {"arms": arms, "what": what, "budget": {"tokens": 100_000}, **more}
            self.bench.wait(self.bench.call("POST", "/comparisons", asked)["job"]["id"])

    def _judge(self) -> None:
        """A judge that would speak of blind items, asked live about each item and sent over all answers."""
        blind = "|".join(str(self.ids.index(i)) for i in self.blind)
        said = {
            word: {"criteria": {"right": {"evidence": [], "reason": word, "score": "1"}}, "advice": word, "proposal": word}
            for word in (CANARY, "hm")
        }
        rules = [{"when": rf"thing ({blind})\s", "answer": said[CANARY]}, {"answer": said["hm"]}]
        connect(self.bench, "judging", rules=rules)
        levels = [{"score": 1, "description": "wrong"}, {"score": 2, "description": "right"}]
        rubric = {"name": "short", "criteria": [{"name": "right", "title": "Right", "levels": levels, "pass_mark": 2}]}
        self.bench.call("POST", "/rubrics", {"rubric": rubric})
        body = {
            "plugin": "rubric", "name": "judge", "question": "why", "rubric": "short", "config": {"connection": "judging"},
            "live": "paused", "after": True,
        }  # fmt: skip
        judge = self.bench.call("POST", "/judges", body)["id"]
        for item in self.ids[:40]:
            given = {"item_id": item, "question": "why", "value": "mine"}
            reply = self.bench.call("POST", f"/judges/{judge}/review", given)
            assert reply["available"] is (item not in self.blind)
            assert CANARY not in json.dumps(reply)
        self.bench.wait(self.bench.call("POST", f"/judges/{judge}/run", {"flag": True})["id"])

    def _study(self) -> None:
        """A study that runs, with somebody who answered a part of it."""
        client = self._person("taker", "annotator")
        taker = int(self.bench.one("SELECT id FROM user WHERE login = 'taker'"))
        body = {"name": "trial", "question": "why", "people": [taker], "per_arm": 5, "warm_up": 0, "layout": "interleaved"}
        study = self.bench.call("POST", "/studies", body)["id"]
        self.bench.call("POST", f"/studies/{study}/freeze")
        at = f"/api/projects/{self.p}"
        for phase in ("welcome", "ready"):
            assert client.post(f"{at}/study", json={"phase": phase}).status_code == 200
        for work in client.get(f"{at}/queue?n=4").json():
            assert work["item"]["id"] not in self.blind
            given = {"op_id": uuid.uuid4().hex, "item_id": work["item"]["id"], "values": {"mood": "good", "why": "hm"}}
            assert client.post(f"{at}/answers", json=given).status_code == 200

    def gets(self, end: Any) -> list[str]:
        """Addresses of a GET route, with every parameter that could touch a blind item's model output."""
        blind = sorted(self.blind)
        some = [*blind[:8], *blind[-4:]]
        path = end.path.replace("{p}", str(self.p)).replace("{level}/{tile}", "0/0").replace("{n}", "0")
        path = path.replace("{page}/{level}/{column}/{row}", "0/0/0/0")
        queries = {
            "list_items": LISTS, "list_item_ids": LISTS, "get_item": [""], "list_comments": [""],
            "export_labels": [f"format={f}&what={w}" for f in ("jsonl", "csv", "json") for w in ("resolved", "everything")]
            + [f"format=jsonl&what=everything&{q}" for q in FILTERS],
            "list_similar": [*(f"item={i}&limit=500" for i in some), "text=thing", f"text={CANARY}", f"text={CANARY}+reason"],
            "suggestion_histogram": ["question=mood", "question=why", *(f"question=mood&source={m}" for m in MODELS)],
            "lease_items": ["n=50", *(f"n=50&source={m}" for m in MODELS)],
            "open_work_item": ["", *(f"source={m}" for m in MODELS)],
            "get_effort": ["mine=0", "mine=1"], "list_jobs": [f"project={self.p}&limit=200", ""], "list_runs": [""],
            "list_models": [""], "facets": [""], "list_bulk": [""], "list_duplicates": [""], "list_duplicate_items": [""], "list_projects": [""], "get_project": [""],
            "get_project_file": ["", "format=json"], "get_label_config": [""],
            "list_knowledge": [""], "search_knowledge": ["name=kb&q=thing"], "list_entries": ["name=kb&ids=a"], "list_members": [""], "list_kinds": [f"project={self.p}"], "list_recipes": [""],
            "get_status": [""], "get_me": [""], "list_tokens": [""], "list_users": [""], "get_job": [""],
            "get_assistant": [""], "list_budgets": [""], "list_writers": [""], "get_second_thoughts": [""], "list_changed_answers": ["limit=500"],
            "list_own_models": [""], "list_live_tools": ["question=mood"], "elsewhere_items": ["", "n=500&everything=true"], "run_progress": [""], "run_errors": [""], "model_confidence": [""],
            "list_providers": [""], "export_report": [f"format={f}" for f in ("jsonl", "csv")],
            "list_calls": [""], "sum_calls": [""], "list_project_calls": [""], "sum_project_calls": [""], "get_call_content": [""],
            "import_errors": [""], "get_media": [""], "get_thumbnail": [""],
            "get_waveform": [""], "get_waveform_tile": [""], "get_spectrogram": [""], "get_spectrogram_tile": [""], "get_pitch": [""], "get_pitch_tile": [""],
            "get_intensity": [""], "get_intensity_tile": [""],
            "get_frames": [""], "get_frame": [""], "get_strip": [""],
            "get_image_page": [""], "get_image_pyramid": [""], "get_image_tile": [""],
            "list_pages": [""], "get_page": ["", "scale=2"], "get_words": [""], "find_text": ["text=CANARY"], "read_words": ["field=text&page=0"], "find_read_text": ["field=text&text=CANARY"],
            "list_prompts": [""], "list_comparisons": [""], "get_comparison": [""], "list_comparison_errors": ["arm=0", "arm=1"],
            "list_compared_items": ["", "only=errors", "only=different", "group=failed:x"], "list_notes": [""],
            "list_ready_rubrics": [""], "list_rubrics": [""], "list_rubric_versions": [""], "get_rubric_file": [""],
            "list_judges": [""], "list_live_judges": [""], "get_judge_report": [""],
            "list_permissions": [""], "get_calibration": [""],
            "get_totals": ["question=mood", *(f"question=mood&source={m}" for m in MODELS), "question=why"],
            "get_agreement": [f"question={q}&help={h}" for q in ("mood", "why") for h in ("any", "none")],
            "list_contributors": ["question=mood"], "get_own_quality": ["question=mood"], "list_gold": ["question=mood", "question=why"],
            "get_stand_in": [f"question={q}&model={m}" for q in ("mood", "why") for m in range(1, 8)],
            "get_qualification": [""], "list_my_checks": [""],
            "list_likely_errors": ["", "question=mood", "question=why&limit=500"],
            "lease_cases": ["n=20", "n=20&kind=alarm"], "get_case": [""], "get_review": [""],
            "list_cases": ["limit=200", "kind=alarm"], "list_verdicts": ["limit=200", "passed=0", *(f"item={i}" for i in some)],
            "draft_note": [f"arm={a}&item={i}" for a in (0, 1) for i in some],
            "list_studies": [""], "get_study": [""], "get_study_plan": [""], "get_my_part": [""],
            "get_study_data": ["peek=1"], "get_study_report": ["peek=1"], "get_pilot": ["question=mood", "question=why"],
        }[end.name]  # fmt: skip
        ids = some if "{i}" in path else [1]
        paths = [path.replace("{i}", str(i)) for i in ids]
        for name in ("id", "job", "m", "c", "j", "r", "k", "s", "case", "group"):
            paths = [p.replace(f"{{{name}}}", str(n)) for p in paths for n in (range(1, 8) if f"{{{name}}}" in p else [1])]
        return [f"{p}?{q}" for p in paths for q in queries]


MODELS = ("elsewhere", "elsewhere-mood", "elsewhere-why", "blindonly", "rules", "learner")
SORTS = ("ord", "-ord", "confidence", "-confidence", "random", "updated", "-updated")
FILTERS = [
    "q=thing", f"q={CANARY}", "status=new", "has=suggestion", "has=answer", "min_score=0", "min_score=0.98", "max_score=1",
    "max_score=0.3", "min_score=0.2&max_score=0.3", "suggested=mood:rare", "suggested=mood:good", "suggested=mood:bad",
    "suggested=why:hm", "label=mood:rare", "label=mood:good", *(f"author={m}" for m in MODELS),
]  # fmt: skip
LISTS = [f"limit=200&sort={s}&{f}" for s in SORTS for f in ("", *FILTERS)]
ENDLESS = {"stream_events"}
SETTINGS = {"list_connections", "get_connection"}
"""They hold what an owner typed in; here that is the script of all that the model will say."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    bench = Bench(tmp_path_factory.mktemp("blind"))
    yield House(bench)
    bench.close()


def test_the_models_did_speak_of_blind_items(house: House) -> None:
    """What is looked for below is there to be found."""
    stored = house.bench.one("SELECT count(*) FROM blind_check WHERE value LIKE '%CANARY%'")
    assert stored == len(house.blind) > 12
    assert house.bench.one("SELECT count(*) FROM blind_check WHERE run_id = ?", house.run) >= 5
    mixed = "SELECT count(*) FROM annotation a JOIN item i ON i.id = a.item_id WHERE a.role = 'suggestion' AND i.blind = 1"
    assert house.bench.one(mixed) == 0


GETS = [e for e in ENDPOINTS if e.method == "GET" and e.name not in ENDLESS | SETTINGS]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("end", GETS, ids=lambda e: e.name)
def test_no_answer_holds_what_a_model_said_of_a_blind_item(house: House, end: Any, role: str) -> None:
    for address in house.gets(end):
        reply = house.clients[role].get(address)
        assert reply.status_code < 500, address
        assert_nothing_in(reply.content, address)


def assert_nothing_in(content: bytes, place: str) -> None:
    text = content.decode("utf-8", "replace")
    for sign in ("CANARY", str(SCORE)[:6]):
        assert sign not in text, (place, text[max(0, text.find(sign) - 300) :][:600])


@pytest.mark.parametrize("role", ROLES[:3])
def test_lists_show_no_suggestion_of_a_blind_item(house: House, role: str) -> None:
    for query in LISTS:
        rows = house.clients[role].get(f"/api/projects/{house.p}/items?{query}").json()["rows"]
        assert not [r["id"] for r in rows if r["id"] in house.blind and r["suggestion"] is not None], query


MODEL_FILTERS = [
    f for f in FILTERS if f.startswith(("has=suggestion", "min_score", "max_score", "suggested", "author"))
]  # fmt: skip


@pytest.mark.parametrize("query", MODEL_FILTERS)
def test_no_filter_over_model_output_finds_a_blind_item(house: House, query: str) -> None:
    total = -1
    for role in ROLES[:3]:
        client, at = house.clients[role], f"/api/projects/{house.p}"
        ids = client.get(f"{at}/items/ids?{query}").json()
        assert not house.blind & set(ids["ids"]), query
        total = client.get(f"{at}/items?{query}&limit=500").json()["total"]
        assert total == ids["total"] == len(ids["ids"])
    if "blindonly" in query or "rare" in query:
        assert total == 0, "a model that spoke of blind items only is as if it had not spoken"


def test_the_order_of_blind_items_has_nothing_to_do_with_scores(house: House) -> None:
    for sort in ("confidence", "-confidence"):
        ids: list[int] = house.clients["owner"].get(f"/api/projects/{house.p}/items/ids?sort={sort}").json()["ids"]
        assert ids[-len(house.blind) :] == sorted(house.blind), "blind items stand last, as imported, whichever way"


def test_counts_are_those_of_the_other_items(house: House) -> None:
    counts = house.bench.call("GET", f"/api/projects/{house.p}")["counts"]
    assert counts["suggested"] == N - len(house.blind)
    authors = house.bench.call("GET", "/facets")["authors"]
    assert "blindonly" not in authors
    assert all(n <= N - len(house.blind) for name, n in authors.items() if name in MODELS)


def test_bulk_acceptance_neither_sees_nor_counts_them(house: House) -> None:
    for source in (None, *MODELS):
        body = {"op_id": uuid.uuid4().hex, "question": "mood", "min_score": 0.0, "source": source, "dry_run": True}
        seen = house.bench.call("POST", "/bulk/accept", body)
        assert not house.blind & set(seen["examples"])
        assert "rare" not in seen["by_label"]
        assert seen["skipped_blind"] == 0
        bins = house.bench.call("GET", f"/suggestions/histogram?question=mood{f'&source={source}' if source else ''}")
        assert "rare" not in bins["labels"]


@pytest.mark.parametrize("role", ROLES)
def test_work_on_a_blind_item_comes_without_suggestions(house: House, role: str) -> None:
    client = house.clients[role]
    for item in sorted(house.blind)[-6:]:
        work = client.get(f"/api/projects/{house.p}/items/{item}/work").json()
        assert work["suggestions"] == []
        detail = client.get(f"/api/projects/{house.p}/items/{item}").json()
        assert [a for a in detail["annotations"] if a["role"] == "suggestion"] == []
        op = uuid.uuid4().hex
        shown = {"mood": [{"id": 1, "value": "rare", "score": SCORE, "source": CANARY, "version": 1}]}
        body = {"op_id": op, "item_id": item, "values": {"mood": "good"}, "shown": shown}
        assert client.post(f"/api/projects/{house.p}/answers", json=body).status_code == 200
        back = client.post(f"/api/projects/{house.p}/unsubmit", json={"op_id": uuid.uuid4().hex, "item_id": item})
        assert back.json()["suggestions"] == []
        assert_nothing_in(back.content, "unsubmit")
        assert_nothing_in(client.get(f"/api/projects/{house.p}/items/{item}").content, "item")


def test_the_queue_does_not_tell_blind_items_apart_by_suggestions_of_others(house: House) -> None:
    work = house.clients["reviewer"].get(f"/api/projects/{house.p}/queue?n=50").json()
    assert any(w["item"]["id"] in house.blind for w in work), "the draw held no blind item"
    for one in work:
        assert bool(one["suggestions"]) == (one["item"]["id"] not in house.blind)


def test_nothing_of_them_is_in_a_parquet_export(house: House) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    for what in ("resolved", "everything"):
        table = parquet.read_table(io.BytesIO(house.bench.export("parquet", what=what)))
        assert_nothing_in(json.dumps(table.to_pylist(), default=str).encode(), what)


def test_what_models_said_stays_out_when_it_comes_in_with_the_items(tmp_path: Any) -> None:
    """An export of elsewhere: a model's answer, and what was on the screen, of items that are blind here."""
    bench = Bench(tmp_path)
    try:
        spoken = {
            "question": "why",
            "value": f"{CANARY} value",
            "score": SCORE,
            "model": "m",
            "author_kind": "model",
            "version": 1,
        }
        shown = [{"id": 1, "value": f"{CANARY} shown", "score": SCORE}]
        person = {
            "question": "mood",
            "role": "answer",
            "value": "good",
            "author": "zoe",
            "author_kind": "person",
            "shown": shown,
        }
        bench.project(*QUESTIONS)
        bench.add("an item")
        bench.answer(bench.call("GET", "/items/ids")["ids"][0], mood="good")
        record = json.loads(bench.export("jsonl", what="everything").splitlines()[0])
        lines: list[str] = []
        for n in range(20):
            said = [{**spoken, "role": role} for role in ("suggestion", "answer", "gold")]
            lines.append(json.dumps({**record, "data": {"text": f"item {n}"}, "key": f"k{n}", "annotations": [*said, person]}))
        bench.project(*QUESTIONS, blind_share=1.0)
        done = bench.bring(upload=bench.send("export.jsonl", "\n".join(lines).encode()))
        assert done["added"] == 20
        assert bench.one("SELECT count(*) FROM blind_check WHERE value LIKE '%CANARY%'") >= 20
        for address in (
            "/items?limit=50",
            "/facets",
            "/runs",
            "/models",
            *(f"/items/{i}" for i in bench.call("GET", "/items/ids")["ids"]),
        ):
            assert_nothing_in(bench.ask("GET", address).content, address)
        assert_nothing_in(bench.export("jsonl", what="everything"), "export")
        assert json.loads(bench.export("jsonl").splitlines()[0])["labels"] == {"mood": "good"}
        assert bench.counts()["answers"] == 20, "a person's answer counts, a model's does not"
    finally:
        bench.close()
