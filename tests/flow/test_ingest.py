"""Items come in: identified, told from what is there, never dropped in silence."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_bench import SHARED, Bench


def test_posted_items_are_there_and_counted(bench: Bench) -> None:
    bench.project()
    reply = bench.call("POST", "/items", [{"data": {"text": "a"}, "key": "1", "meta": {"n": 1}}, {"data": {"text": "b"}}])
    assert (reply["added"], reply["repeated"], reply["bad"]) == (2, 0, [])
    first, second = bench.rows()["rows"]
    assert (first["id"], first["key"], first["data"], first["meta"]) == (reply["ids"][0], "1", {"text": "a"}, {"n": 1})
    assert second["ord"] == 2
    assert bench.counts() == bench.recount()


def test_sent_again_nothing_is_added_and_the_ids_are_told(bench: Bench) -> None:
    bench.project()
    body = [{"data": {"text": t}} for t in "abc"]
    first = bench.call("POST", "/items", body)
    again = bench.call("POST", "/items", [*body, {"data": {"text": "d"}}])
    assert (again["added"], again["repeated"]) == (1, 3)
    assert again["ids"][:3] == first["ids"]
    assert bench.places() == [1, 2, 3, 4]


@pytest.mark.parametrize("key", [None, "k"])
def test_columns_stay_in_the_order_they_came_in_and_an_item_is_the_same_in_any_order(bench: Bench, key: str | None) -> None:
    table = {"name": "tab", "kind": "table"}
    bench.project(fields=[table, {"name": "remark"}])
    rows = [{"turnover": 3, "city": "Leeds", "at": "May"}, {"turnover": 4, "city": "York", "at": "June"}]
    bench.call("POST", "/items", [{"key": key, "data": {"tab": rows, "remark": "r"}}])
    stored = bench.rows()["rows"][0]["data"]
    assert [list(row) for row in stored["tab"]] == [["turnover", "city", "at"]] * 2
    turned = [dict(reversed(row.items())) for row in rows]
    again = bench.call("POST", "/items", [{"key": key, "data": {"remark": "r", "tab": turned}}])
    assert (again["added"], again["repeated"]) == (0, 1)


def test_equal_rows_of_one_import_all_stay_and_are_counted(bench: Bench) -> None:
    bench.project()
    reply = bench.call("POST", "/items", [{"data": {"text": "same"}}] * 5 + [{"data": {"text": "other"}}])
    assert (reply["added"], reply["equal"]) == (6, 4)
    assert len(set(reply["ids"])) == 6
    assert bench.call("POST", "/items", [{"data": {"text": "same"}}] * 7)["added"] == 2


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from("abcde"), max_size=12), max_size=4))
def test_after_any_imports_each_row_is_there_as_often_as_in_the_import_that_had_most_of_it(
    bench: Bench, imports: list[list[str]]
) -> None:
    bench.project()
    most: Counter[str] = Counter()
    for rows in imports:
        reply = bench.call("POST", "/items", [{"data": {"text": t}} for t in rows])
        assert reply["added"] + reply["repeated"] == len(rows)
        assert reply["added"] == sum(max(0, n - most[t]) for t, n in Counter(rows).items())
        most |= Counter(rows)
    stored = Counter(row["data"]["text"] for row in bench.rows(limit=500)["rows"])
    assert stored == +most
    assert bench.counts() == bench.recount()


def test_many_equal_rows_cost_no_more_than_different_ones(bench: Bench) -> None:
    bench.project()
    reply = bench.call("POST", "/items", [{"data": {"text": "x"}}] * 10_000)
    assert (reply["added"], reply["equal"]) == (10_000, 9_999)


def test_a_key_with_other_content_is_reported_and_the_rest_goes_in(bench: Bench) -> None:
    bench.project()
    bench.add("first", key="k")
    reply = bench.call("POST", "/items", [{"data": {"text": "second"}, "key": "k"}, {"data": {"text": "third"}, "key": "l"}])
    assert reply["added"] == 1
    assert reply["bad"][0]["line"] == 1
    assert '"k" exists with other content' in reply["bad"][0]["reason"]
    within = bench.call("POST", "/items", [{"data": {"text": "u"}, "key": "m"}, {"data": {"text": "v"}, "key": "m"}])
    assert (within["added"], len(within["bad"])) == (1, 1)


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ({"data": {}}, "empty"),
        ({"data": {"text": None}}, "empty"),
        ({"data": {"text": ["a"]}}, "must be a text"),
        ({"data": {"text": "a", "more": 1}}, 'no field "more"'),
        ({"data": {"text": "a"}, "key": ""}, "key"),
        ({"data": {"text": "a"}, "key": "k" * 1001}, "key"),
        ({"data": {"text": "x" * (16 * 1024 * 1024)}}, "larger"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(bench: Bench, item: dict[str, object], reason: str) -> None:
    bench.project()
    reply = bench.call("POST", "/items", [item, {"data": {"text": "fine"}}])
    assert reply["added"] == 1
    assert reason in reply["bad"][0]["reason"]


def test_the_blind_slice_is_what_the_policy_says(bench: Bench) -> None:
    bench.project(blind_share=0.2)
    bench.call("POST", "/items", [{"data": {"text": f"item {n}"}} for n in range(2_000)])
    assert 300 < bench.counts()["blind"] < 500
    assert bench.counts() == bench.recount()


def test_items_of_a_file_and_the_report_of_bad_rows(bench: Bench) -> None:
    bench.project()
    lines = ['{"text": "one", "lang": "en"}', "{broken", '{"text": ""}', '{"text": "two", "id": 7}']
    done = bench.bring(text="\n".join(lines))
    assert (done["state"], done["added"], done["bad"]) == ("done", 2, 2)
    assert [(b["line"], b["source"]) for b in done["bad_rows"]] == [(2, "pasted.txt"), (3, "pasted.txt")]
    assert bench.rows()["rows"][0]["meta"] == {"lang": "en"}
    again = bench.bring(text="\n".join(lines))
    assert (again["added"], again["repeated"]) == (0, 2)


def test_a_csv_with_a_mapping_and_labels(bench: Bench) -> None:
    bench.project()
    token = bench.send(
        "reviews.csv", b"nr,review,stars,verdict,who\n1,fine food,5,good,ann\n2,cold soup,1,bad,ben\n3,tea,3,odd,ann\n"
    )
    seen = bench.call("POST", "/import/preview", {"upload": token})
    assert seen["columns"] == ["nr", "review", "stars", "verdict", "who"]
    assert seen["mapping"]["fields"] == {"text": "review"}
    mapping = {"fields": {"text": "review"}, "key": "nr", "meta": ["stars"]}
    labels = {"mood": {"column": "verdict", "role": "answer", "author": "who"}}
    done = bench.bring(upload=token, mapping={**mapping, "labels": labels})
    assert (done["added"], done["labels"], done["bad"]) == (3, 2, 1)
    assert "verdict: label left out" in done["bad_rows"][0]["reason"]
    rows = bench.rows()["rows"]
    assert [r["key"] for r in rows] == ["1", "2", "3"]
    assert rows[0]["meta"] == {"stars": "5"}
    assert [r["status"] for r in rows] == ["done", "done", "new"]
    found = bench.call("GET", f"/items/{rows[0]['id']}")["annotations"][0]
    assert (found["author"], found["basis"], found["value"]) == ("ann", "imported", "good")
    assert bench.counts() == bench.recount()
    assert bench.ask("POST", "/import", {"upload": token}).status_code == 404


def test_suggestions_in_a_column_come_in_as_a_models(bench: Bench) -> None:
    bench.project(blind_share=0.5)
    body = "text,guess,sure\n" + "".join(f"text {n},good,{n / 100}\n" for n in range(100))
    column = {"column": "guess", "role": "suggestion", "score": "sure"}
    done = bench.bring(
        upload=bench.send("a.csv", body.encode()), mapping={"fields": {"text": "text"}, "labels": {"mood": column}}
    )
    assert done["labels"] == 100
    blind = bench.counts()["blind"]
    assert 20 < blind < 80
    mine = "FROM annotation a JOIN item i ON i.id = a.item_id WHERE i.id / 1000000000 = ?"
    assert bench.one(f"SELECT count(*) {mine}", bench.p) == 100 - blind
    assert bench.one(f"SELECT count(*) {mine} AND i.blind = 1", bench.p) == 0
    assert bench.counts()["suggested"] == 100 - blind


@pytest.mark.parametrize(
    "body", [{}, {"text": "a", "path": "/tmp"}, {"path": "relative.csv"}, {"upload": "0" * 32}, {"upload": ".."}]
)
def test_a_source_must_be_one_that_exists(bench: Bench, body: dict[str, str]) -> None:
    bench.project()
    assert bench.ask("POST", "/import", body).status_code in (404, 422)


@pytest.mark.parametrize("name", ["../a.txt", "/etc/passwd", "a/../../b.txt", "..\\b.txt", "C:\\a.txt", "a\0b", "", "x" * 300])
def test_an_upload_cannot_leave_its_folder(bench: Bench, name: str) -> None:
    bench.project()
    assert bench.ask("POST", "/uploads", params={"name": name}, content=b"x").status_code == 422
    assert not [p for p in bench.folder.rglob("*") if p.name in ("a.txt", "b.txt", "passwd")]


def test_an_upload_belongs_to_its_project(bench: Bench) -> None:
    bench.project()
    token = bench.send("a.txt", b"one\ntwo\n")
    bench.project()
    assert bench.ask("POST", "/import", {"upload": token}).status_code == 404
    assert bench.ask("POST", "/uploads", params={"name": "b.txt", "upload": token}, content=b"x").status_code == 404


def test_several_files_of_one_upload_are_all_read(bench: Bench) -> None:
    bench.project()
    token = bench.send("one.csv", b"text\na\nb\n")
    bench.send("two.jsonl", b'{"text": "c"}\n', token)
    assert bench.bring(upload=token)["added"] == 3


def test_a_folder_of_texts_on_the_server(bench: Bench, tmp_path: Path) -> None:
    bench.project()
    for folder in ("pos", "neg"):
        (tmp_path / "texts" / folder).mkdir(parents=True)
        (tmp_path / "texts" / folder / "1.txt").write_text(f"a {folder} text")
    outside = tmp_path / "secret.txt"
    outside.write_text("secret")
    (tmp_path / "texts" / "link.txt").symlink_to(outside)
    done = bench.bring(path=str(tmp_path / "texts"))
    assert (done["added"], done["bad"]) == (2, 1)
    assert "out of the folder" in done["bad_rows"][0]["reason"]
    assert {r["meta"]["folder"] for r in bench.rows()["rows"]} == {"pos", "neg"}


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data sets are not beside the repository")
def test_real_files(bench: Bench) -> None:
    bench.project()
    files = [SHARED / "crowds" / "rte.items.jsonl", *sorted((SHARED / "hil").glob("**/*.jsonl"))]
    for file in files:
        seen = bench.call("POST", "/import/preview", {"path": str(file)})
        if "text" not in seen["mapping"]["fields"]:
            continue
        done = bench.bring(path=str(file))
        assert done["state"] == "done", done
        lines = sum(1 for line in file.read_bytes().splitlines() if line.strip())
        assert done["added"] + done["repeated"] + done["bad"] >= lines
    assert bench.counts()["items"] > 100


def test_the_journal_of_an_import_survives_being_asked_for_in_bulk(bench: Bench) -> None:
    bench.project()
    body = "\n".join(json.dumps({"text": f"t {n}"}) if n % 3 else "{broken" for n in range(300))
    job = bench.call("POST", "/import", {"text": body, "format": "jsonl"})["id"]
    bench.wait(job)
    errors = bench.call("GET", f"/imports/{job}/errors", params={"limit": 50})
    assert len(errors) == 50
    assert errors[0]["line"] == 1
