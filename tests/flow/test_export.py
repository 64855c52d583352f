"""What goes out, and that nothing is lost on the way back."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from data_bench import Bench

QUESTIONS = [
    {"name": "mood", "type": "choice", "config": {"labels": ["good", "bad", "a|b"]}},
    {"name": "tags", "type": "choices", "required": False, "config": {"labels": ["x", "y", "z"]}},
    {"name": "stars", "type": "rating", "required": False, "config": {"min": 1, "max": 5}},
    {"name": "why", "type": "text", "required": False},
    {"name": "names", "type": "spans", "required": False, "field": "text", "config": {"labels": ["PER", "ORG"]}},
    {"name": "things", "type": "boxes", "required": False, "field": "image", "config": {"labels": ["cat", "dog"]}},
]
FIELDS = [{"name": "text"}, {"name": "image", "kind": "image"}, {"name": "talk", "kind": "chat"}]


def picture(colour: tuple[int, int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (80, 60), colour).save(out, "PNG")
    return out.getvalue()


def values(n: int) -> dict[str, Any]:
    out: dict[str, Any] = {"mood": ["good", "bad", "a|b"][n % 3]}
    if n % 2:
        out["tags"] = ["x", "z"]
        out["stars"] = n % 5 + 1
        out["why"] = 'because of "this",\nand = that 🙂'
    if n % 3 == 0:
        out["names"] = [{"start": 0, "end": 3, "label": "PER"}, {"start": 1, "end": 2, "label": "ORG"}]
    return out


@pytest.fixture
def rich(bench: Bench) -> int:
    """A project with all task types, images, chats, metadata, answers, withdrawn answers and suggestions."""
    p = bench.project(*QUESTIONS, fields=FIELDS, blind_share=0.2)
    token = bench.send("0.png", picture((1, 2, 3)))
    for n in range(1, 4):
        bench.send(f"{n}.png", picture((n * 40, 9, 9)), token)
    rows = [
        {
            "text": f"Zoë №{n} 🙂 said\nso",
            "image": f"{n % 4}.png",
            "id": f"k{n}",
            "talk": [{"role": "user", "content": "hi"}],
            "deep": {"a": [n]},
        }
        for n in range(12)
    ]
    bench.send("items.jsonl", "\n".join(json.dumps(r) for r in rows).encode(), token)
    mapping = {"fields": {"text": "text", "image": "image", "talk": "talk"}, "key": "id"}
    assert bench.bring(upload=token, mapping=mapping)["added"] == 12
    ids = [r["id"] for r in bench.rows()["rows"]]
    bench.suggest("guesser", [(i, "good", 0.25 + n / 20) for n, i in enumerate(ids)])
    for n, item in enumerate(ids[:9]):
        given = values(n)
        if n % 4 == 0:
            given["things"] = [{"x": 1.5, "y": 2, "w": 30, "h": 20.25, "label": "cat"}]
        bench.answer(item, **given)
    bench.answer(ids[0], mood="bad")
    return p


def copy_of(bench: Bench, p: int, **policy: Any) -> int:
    spec = bench.call("GET", f"/api/projects/{p}")["spec"]
    return bench.project(*spec["questions"], fields=spec["fields"], **{"blind_share": 0, **policy})


def records(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


def said(annotations: list[dict[str, Any]]) -> list[str]:
    kept = (
        "question",
        "role",
        "value",
        "author",
        "author_kind",
        "model",
        "version",
        "score",
        "reason",
        "shown",
        "created_at",
        "live",
    )
    return sorted(json.dumps({k: a.get(k) for k in kept}, sort_keys=True) for a in annotations)


@pytest.mark.parametrize("format", ["jsonl", "json", "parquet"])
def test_everything_comes_back(bench: Bench, rich: int, format: str) -> None:
    before = records(bench.export("jsonl", what="everything"))
    content = bench.export(format, what="everything")
    media = {v["name"]: bench.ask("GET", f"/api/media/{v['media']}").content for v in (r["data"]["image"] for r in before)}
    copy_of(bench, rich)
    token = bench.send(f"export.{format}", content)
    for name, image in media.items():
        bench.send(name, image, token)
    done = bench.bring(upload=token)
    assert (done["added"], done["bad"]) == (12, 0), done
    after = records(bench.export("jsonl", what="everything"))
    for one, two in zip(before, after, strict=True):
        assert (one["key"], one["meta"], one["status"]) == (two["key"], two["meta"], two["status"])
        assert {k: v for k, v in one["data"].items() if k != "image"} == {k: v for k, v in two["data"].items() if k != "image"}
        assert one["data"]["image"]["sha256"] == two["data"]["image"]["sha256"]
        assert said(one["annotations"]) == said(two["annotations"])
        assert one["labels"] == two["labels"]
    assert bench.counts() == bench.recount()
    assert any(a.get("live") is False for r in after for a in r["annotations"])
    assert any(a["role"] == "suggestion" for r in after for a in r["annotations"])
    again = bench.send(f"export.{format}", content)
    repeated = bench.bring(upload=again)
    assert (repeated["added"], repeated["repeated"], repeated["labels"], repeated["bad"]) == (0, 12, 0, 0), repeated


@pytest.mark.parametrize("format", ["jsonl", "json", "csv", "parquet"])
def test_resolved_labels_come_back(bench: Bench, rich: int, format: str) -> None:
    before = records(bench.export("jsonl"))
    content = bench.export(format)
    media = {v["name"]: bench.ask("GET", f"/api/media/{v['media']}").content for v in (r["data"]["image"] for r in before)}
    copy_of(bench, rich)
    token = bench.send(f"export.{format}", content)
    for name, image in media.items():
        bench.send(name, image, token)
    done = bench.bring(upload=token)
    assert (done["added"], done["bad"]) == (12, 0), done
    after = records(bench.export("jsonl"))
    assert [r["labels"] for r in after] == [r["labels"] for r in before]
    assert [r["key"] for r in after] == [r["key"] for r in before]
    assert [r["status"] for r in after] == [r["status"] for r in before]


def test_no_suggestion_of_a_blind_item_goes_out_or_comes_in(bench: Bench, rich: int) -> None:
    blind = {row[0] for row in bench.all("SELECT id FROM item WHERE blind = 1 AND id / 1000000000 = ?", rich)}
    content = bench.export("jsonl", what="everything")
    for record in records(content):
        assert not (record["id"] in blind and any(a["role"] == "suggestion" for a in record["annotations"]))
    copy_of(bench, rich, blind_share=1)
    token = bench.send("export.jsonl", content)
    for n in range(4):
        bench.send(f"{n}.png", picture((n * 40, 9, 9) if n else (1, 2, 3)), token)
    assert bench.bring(upload=token)["added"] == 12
    assert b'"suggestion"' not in bench.export("jsonl", what="everything")
    assert bench.one("SELECT count(*) FROM blind_check WHERE item_id / 1000000000 = ?", bench.p) == 12 - len(blind)


def test_who_is_not_known_here_stays_known_by_name(bench: Bench) -> None:
    bench.project()
    record = {
        "milo": 1, "id": 9, "key": None, "status": "done", "data": {"text": "a"}, "meta": {}, "labels": {},
        "annotations": [
            {"question": "mood", "role": "answer", "value": "good", "author": "zoe", "author_kind": "person", "basis": "blind",
             "created_at": 5.5}
        ],
    }  # fmt: skip
    assert bench.bring(text=json.dumps(record), format="jsonl")["labels"] == 1
    (out,) = records(bench.export("jsonl", what="everything"))
    (one,) = out["annotations"]
    assert (one["author"], one["basis"], one["created_at"]) == ("zoe", "imported", 5.5)
    assert one["origin"]["basis"] == "blind"
    assert out["status"] == "done"
    assert bench.places(author="zoe") == [1]


def test_several_answers_are_merged_and_gold_decides(bench: Bench) -> None:
    bench.project(overlap=3)
    record = {"milo": 1, "id": 1, "key": "k", "status": "new", "data": {"text": "a"}, "meta": {}, "labels": {}}
    answers = [
        {"question": "mood", "role": "answer", "value": v, "author": w} for w, v in (("a", "good"), ("b", "bad"), ("c", "good"))
    ]
    bench.bring(text=json.dumps(record | {"annotations": answers}), format="jsonl")
    (out,) = records(bench.export())
    assert (out["labels"], out["status"], out["provenance"]["mood"]["authors"]) == ({"mood": "good"}, "done", ["a", "b", "c"])
    gold = [{"question": "mood", "role": "gold", "value": "so so", "author": "d"}]
    bench.bring(text=json.dumps(record | {"annotations": gold}), format="jsonl")
    (out,) = records(bench.export())
    assert (out["labels"]["mood"], out["provenance"]["mood"]["role"]) == ("so so", "gold")


def test_labels_that_do_not_fit_are_told_and_their_items_kept(bench: Bench) -> None:
    bench.project()
    record = {"milo": 1, "id": 1, "key": None, "status": "new", "data": {"text": "a"}, "meta": {}, "labels": {}}
    wrong = [{"question": "mood", "role": "answer", "value": "awful"}, {"question": "other", "role": "answer", "value": "x"}]
    done = bench.bring(text=json.dumps(record | {"annotations": wrong}), format="jsonl")
    assert (done["added"], done["labels"], done["bad"]) == (1, 0, 2)
    assert "awful" in done["bad_rows"][0]["reason"]


def test_filters_narrow_an_export(bench: Bench) -> None:
    bench.project()
    ids = bench.add(*(f"text {n}" for n in range(30)))
    for item in ids[::7]:
        bench.answer(item, mood="bad")
    found = records(bench.export("jsonl", status="done"))
    assert [r["id"] for r in found] == ids[::7]
    assert all(r["labels"] == {"mood": "bad"} for r in found)
    assert records(bench.export("jsonl", status="skipped")) == []
    table = list(csv.DictReader(io.StringIO(bench.export("csv", label="mood:bad").decode())))
    assert len(table) == len(ids[::7])


def test_a_format_that_cannot_be_written_says_so(bench: Bench) -> None:
    bench.project()
    assert bench.ask("GET", "/export", params={"format": "zip"}).status_code == 422
    assert bench.ask("GET", "/export", params={"format": "nothing"}).status_code == 422


_chars = st.characters(exclude_categories=["Cs"])
_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(_chars, max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(_chars, max_size=5), inner, max_size=3),
    max_leaves=6,
)
_text = st.text(_chars, min_size=1, max_size=40)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(_text, st.none() | _text.filter(lambda t: "\0" not in t), st.dictionaries(_text, _json, max_size=3)),
        max_size=6,
    )
)
def test_any_item_comes_back(bench: Bench, rows: list[tuple[str, str | None, dict[str, Any]]]) -> None:
    bench.project()
    body = [{"data": {"text": t}, "key": k, "meta": m} for t, k, m in rows]
    bench.call("POST", "/items", body)
    before = bench.export("jsonl")
    bench.project()
    if before:
        done = bench.bring(upload=bench.send("a.jsonl", before))
        assert done["bad"] == 0, done
    after = bench.export("jsonl")
    strip = ("key", "data", "meta", "labels", "status")
    assert [{k: r[k] for k in strip} for r in records(after)] == [{k: r[k] for k in strip} for r in records(before)]
