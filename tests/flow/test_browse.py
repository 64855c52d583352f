"""Looking at data: filters against a plain recount, pages, orders, the gate on blind items."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_bench import Bench
from milo.domain.errors import Invalid
from milo.flow import browse
from milo.infra.sql.fts import FtsSql

WORDS = ["alpha", "beta", "gamma", "delta", "Épée", "naïve", "o'clock", "100%"]
TAGS = {"name": "tags", "type": "choices", "required": False, "config": {"labels": ["x", "y", "z"]}}
MOOD = {"name": "mood", "type": "choice", "config": {"labels": ["good", "bad"]}}


@pytest.fixture(scope="module")
def full(bench: Bench) -> list[dict[str, Any]]:
    """120 items with answers and suggestions, and what we know of each."""
    bench.project(MOOD, TAGS, blind_share=0.1)
    rng = random.Random(4)
    facts: list[dict[str, Any]] = [
        {"place": n + 1, "text": " ".join(rng.choices(WORDS, k=3)) + f" n{n}", "lang": rng.choice(["en", "fr"]), "n": n % 5}
        for n in range(120)
    ]
    ids = bench.call(
        "POST", "/items", [{"data": {"text": f["text"]}, "meta": {"lang": f["lang"], "n": f["n"]}} for f in facts]
    )["ids"]
    blind = {row[0] for row in bench.all("SELECT id FROM item WHERE blind = 1 AND id / 1000000000 = ?", bench.p)}
    bench.suggest("guesser", [(i, rng.choice(["good", "bad"]), round(rng.random(), 3)) for i in ids[:90]])
    stored = {r[0]: (r[1], r[2]) for r in bench.all("SELECT item_id, label, score FROM annotation WHERE role = 'suggestion'")}
    for fact, item in zip(facts, ids, strict=True):
        fact |= {"id": item, "blind": item in blind, "guess": stored.get(item), "mood": None, "tags": [], "flagged": False}
    for fact in facts[:40]:
        fact["mood"], fact["tags"] = rng.choice(["good", "bad"]), sorted(rng.sample("xyz", rng.randint(1, 3)))
        bench.answer(fact["id"], mood=fact["mood"], tags=fact["tags"])
    for fact in facts[35:45]:
        fact["flagged"] = True
        bench.call("POST", f"/items/{fact['id']}/flag", {"flagged": True})
    return facts


def expected(facts: list[dict[str, Any]], fits: Callable[[dict[str, Any]], Any]) -> list[int]:
    return [f["place"] for f in facts if fits(f)]


CASES: list[tuple[dict[str, Any], Callable[[dict[str, Any]], Any]]] = [
    ({"status": "done"}, lambda f: f["mood"]),
    ({"status": "new"}, lambda f: not f["mood"]),
    ({"status": "new,done"}, lambda f: True),
    ({"flagged": "1"}, lambda f: f["flagged"]),
    ({"flagged": "0"}, lambda f: not f["flagged"]),
    ({"label": "mood:good"}, lambda f: f["mood"] == "good"),
    ({"label": "tags:x"}, lambda f: "x" in f["tags"]),
    ({"label": ["tags:x", "tags:y"]}, lambda f: {"x", "y"} <= set(f["tags"])),
    ({"suggested": "mood:bad"}, lambda f: f["guess"] and f["guess"][0] == "bad"),
    ({"author": "owner"}, lambda f: f["mood"]),
    ({"author": "guesser"}, lambda f: f["guess"]),
    ({"author": "nobody"}, lambda f: False),
    ({"min_score": 0.5}, lambda f: f["guess"] and f["guess"][1] >= 0.5),
    ({"min_score": 0.2, "max_score": 0.4}, lambda f: f["guess"] and 0.2 <= f["guess"][1] <= 0.4),
    ({"meta.lang": "fr"}, lambda f: f["lang"] == "fr"),
    ({"meta.n": "3"}, lambda f: f["n"] == 3),
    ({"meta.lang": "en", "meta.n": "0"}, lambda f: f["lang"] == "en" and f["n"] == 0),
    ({"has": "answer"}, lambda f: f["mood"]),
    ({"has": "suggestion"}, lambda f: f["guess"]),
    ({"has": "comment"}, lambda f: False),
    ({"q": "alpha"}, lambda f: "alpha" in f["text"]),
    ({"q": "alph bet"}, lambda f: "alpha" in f["text"] and "beta" in f["text"]),
    ({"q": '"alpha beta"'}, lambda f: "alpha beta" in f["text"]),
    ({"q": "epee"}, lambda f: "Épée" in f["text"]),
    ({"q": "NAÏVE"}, lambda f: "naïve" in f["text"]),
    ({"q": "o'clock"}, lambda f: "o'clock" in f["text"]),
    ({"q": "alpha", "status": "done", "label": "mood:bad"}, lambda f: "alpha" in f["text"] and f["mood"] == "bad"),
]


@pytest.mark.parametrize(("query", "fits"), CASES)
def test_filters_find_what_a_recount_finds(
    bench: Bench, full: list[dict[str, Any]], query: dict[str, Any], fits: Callable[[dict[str, Any]], Any]
) -> None:
    _index(bench)
    assert bench.places(**query) == expected(full, fits)
    page = bench.rows(**query, limit=10, offset=3)
    assert [r["ord"] for r in page["rows"]] == expected(full, fits)[3:13]
    assert page["total"] == len(expected(full, fits))


def _index(bench: Bench) -> None:
    if bench.one("SELECT indexed_to FROM project WHERE id = ?", bench.p) < 120:
        assert bench.wait(bench.ws.jobs.submit("index", bench.p, {})).state == "done"


def test_before_the_index_is_there_the_same_is_found(bench: Bench, full: list[dict[str, Any]]) -> None:
    _index(bench)
    indexed = {q: bench.places(q=q) for q in ("alpha", '"alpha beta"', "gamma n11")}
    for at in (0, 60):
        bench.ws.db.write(lambda c, at=at: c.execute("UPDATE project SET indexed_to = ? WHERE id = ?", (at, bench.p)))
        bench.ws.data.found.forget(bench.p)
        assert {q: bench.places(q=q) for q in indexed} == indexed
    bench.ws.db.write(lambda c: c.execute("UPDATE project SET indexed_to = 120 WHERE id = ?", (bench.p,)))


def test_no_model_output_of_a_blind_item_is_anywhere(bench: Bench, full: list[dict[str, Any]]) -> None:
    blind = {f["id"] for f in full if f["blind"]}
    assert blind
    for row in bench.rows(limit=200)["rows"]:
        assert (row["suggestion"] is None) == (row["id"] in blind or row["ord"] > 90)
    for query in (
        {"suggested": "mood:good"},
        {"suggested": "mood:bad"},
        {"author": "guesser"},
        {"min_score": 0},
        {"has": "suggestion"},
    ):
        assert not blind & set(bench.call("GET", "/items/ids", params=query)["ids"])
    some = next(iter(blind))
    detail = bench.call("GET", f"/items/{some}")
    assert not [a for a in detail["annotations"] if a["role"] == "suggestion"]
    assert bench.call("GET", "/facets")["authors"]["guesser"] == sum(1 for f in full if f["guess"])


def test_orders(bench: Bench, full: list[dict[str, Any]]) -> None:
    assert bench.places(sort="-ord") == list(range(120, 0, -1))
    assert [r["ord"] for r in bench.rows(sort="-ord", offset=118, limit=5)["rows"]] == [2, 1]
    by_confidence = bench.places(sort="-confidence")
    scored = sorted((f for f in full if f["guess"]), key=lambda f: (-f["guess"][1], f["place"]))
    assert by_confidence[: len(scored)] == [f["place"] for f in scored]
    assert by_confidence[len(scored) :] == [f["place"] for f in full if not f["guess"]]
    shuffled = bench.places(sort="random")
    assert sorted(shuffled) == list(range(1, 121))
    assert shuffled != sorted(shuffled)
    assert bench.places(sort="random") == shuffled
    assert set(bench.places(sort="updated")[:40]) == {f["place"] for f in full if f["mood"]}


def test_facets_count_what_is_there(bench: Bench, full: list[dict[str, Any]]) -> None:
    found = bench.call("GET", "/facets")
    assert found["status"] == {"new": 80, "open": 0, "done": 40, "skipped": 0, "aside": 0, "flagged": 10}
    assert found["labels"]["mood"] == {m: sum(f["mood"] == m for f in full) for m in found["labels"]["mood"]}
    assert found["labels"]["tags"]["x"] == sum("x" in f["tags"] for f in full)
    assert found["meta"]["lang"] == {v: sum(f["lang"] == v for f in full) for v in ("en", "fr")}
    assert found["meta_items"] == 120


def test_an_annotator_sees_only_their_own(bench: Bench, full: list[dict[str, Any]]) -> None:
    user = bench.call("POST", "/api/users", {"login": "anna", "name": "Anna", "password": "long enough 1", "role": "annotator"})
    bench.call("PUT", f"/members/{user['id']}", {"role": "annotator"})
    from starlette.testclient import TestClient

    from milo.api.app import create_app

    with TestClient(create_app(bench.ws), base_url="http://127.0.0.1") as other:
        other.post("/api/login", json={"login": "anna", "password": "long enough 1"})
        detail = other.get(f"/api/projects/{bench.p}/items/{full[0]['id']}").json()
        assert not [a for a in detail["annotations"] if a["role"] != "suggestion"]
        assert detail["history"] == []
        for path in ("items", "items/ids", "facets", "similar?text=a", "bulk", "suggestions/histogram?question=mood", "export"):
            assert other.get(f"/api/projects/{bench.p}/{path}").status_code == 403
    own = bench.call("GET", f"/items/{full[0]['id']}")
    assert [a["value"] for a in own["annotations"] if a["role"] == "answer"] == [full[0]["mood"], full[0]["tags"]]


def test_similar_texts(bench: Bench) -> None:
    bench.project()
    bench.add("the cat sat on the mat", "a cat and a mat", "stock prices fell", "prices of stock rose again", "the the the the")
    assert bench.wait(bench.ws.jobs.submit("index", bench.p, {})).state == "done"
    ids = [r["id"] for r in bench.rows()["rows"]]
    near = bench.call("GET", "/similar", params={"item": ids[0]})["rows"]
    assert near[0]["id"] == ids[1]
    assert all(0 <= r["similarity"] <= 1 for r in near)
    assert ids[0] not in {r["id"] for r in near}
    phrase = bench.call("GET", "/similar", params={"text": "Stock PRICES"})["rows"]
    assert {r["id"] for r in phrase} == {ids[2], ids[3]}
    assert bench.call("GET", "/similar", params={"text": '"); DROP'})["rows"] == []
    assert bench.ask("GET", "/similar").status_code == 422


_texts = st.text(max_size=30) | st.sampled_from(
    ['"', "*", "a*", "NEAR(a b)", "AND", "-x", "a:b", "(", "%", "_", "\\", "漢字", "🙂"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["q", "status", "flagged", "label", "suggested", "author", "min_score", "max_score", "has", "sort", "meta.a", 'meta."x', "offset", "limit", "text", "item"]),
        _texts,
        max_size=4,
    )
)  # fmt: skip
def test_any_filter_gives_an_answer_or_a_clear_refusal(bench: Bench, query: dict[str, str]) -> None:
    for path in ("/items", "/items/ids", "/similar"):
        reply = bench.ask("GET", path, params=query)
        assert reply.status_code in (200, 404, 422), (path, query, reply.text)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(["q", "status", "label", "meta.x", "has", "zzz"]), st.text(max_size=20))))
def test_parsing_never_crashes(pairs: list[tuple[str, str]]) -> None:
    with contextlib.suppress(Invalid):
        assert browse.parse(pairs) == browse.parse(pairs)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=40))
def test_what_stands_in_an_item_is_found_as_a_phrase(bench: Bench, text: str) -> None:
    if not any(c.isascii() and c.isalnum() for c in text) or '"' in text or "\0" in text:
        return
    bench.project()
    bench.add(text)
    unindexed = bench.ws.db.read(lambda c: FtsSql(c).search(bench.p, f'"{text}"')).tolist()
    rows = bench.ws.db.read(lambda c: FtsSql(c).texts(bench.p, 0, 10))
    bench.ws.db.write(lambda c: FtsSql(c).index(bench.p, 0, rows))
    indexed = bench.ws.db.read(lambda c: FtsSql(c).search(bench.p, f'"{text}"')).tolist()
    assert len(unindexed) == len(indexed) == 1


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(min_size=1, max_size=8) | st.sampled_from(['a"b', "a.b", "a\\b", "a]b", "[0]", "$", "#"]), value=_texts)
def test_metadata_of_any_name_can_be_filtered(bench: Bench, name: str, value: str) -> None:
    if "\0" in name + value or not value:
        return
    bench.project()
    bench.call(
        "POST", "/items", [{"data": {"text": "a"}, "meta": {name: value}}, {"data": {"text": "b"}, "meta": {name: "?!"}}]
    )
    assert bench.places(**{f"meta.{name}": value}) == [1]


@pytest.mark.parametrize("offset", [2, 10**9, 10**9 + 1, 10**18, 10**30])
def test_a_page_never_shows_another_project(bench: Bench, offset: int) -> None:
    bench.project()
    first = bench.p
    bench.add("mine", "mine too")
    bench.project()
    bench.add("not mine")
    bench.p = first
    for sort in ("ord", "-ord", "random"):
        reply = bench.ask("GET", "/items", params={"offset": offset, "sort": sort})
        assert reply.status_code == 422 or reply.json()["rows"] == []


@pytest.mark.parametrize(
    "item",
    [
        {"data": {"text": "a"}, "meta": {"n": 10**40}},
        {"data": {"text": "a"}, "meta": {"n": 2**64}},
        {"data": {"text": 10**30}},
        {"data": {"text": "a\u0000b"}, "key": "a\u0000b"},
        {"data": {"text": "a"}, "meta": {"x": [[[[[[]]]]]]}},
    ],
)
def test_odd_numbers_and_characters_are_taken_or_refused_but_never_crash(bench: Bench, item: dict[str, Any]) -> None:
    bench.project()
    reply = bench.call("POST", "/items", [item])
    assert reply["added"] + len(reply["bad"]) == 1
    bench.project(fields=({"name": "image", "kind": "image"},))
    assert bench.call("POST", "/items", [{"data": {"image": {"media": 10**30}}}])["added"] == 0
