"""Prompt versions: every change is kept, an old one comes back, and what one version wrote is taken back at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from data_bench import Bench
from llm.parrot import Parrot
from milo.infra.sql.models import ModelsSql


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = Bench(tmp_path_factory.mktemp("prompts"))
    made.ws.registry.predictors.add(Parrot())  # type: ignore[arg-type]
    yield made
    made.close()


@pytest.fixture
def model(house: Bench) -> dict[str, Any]:
    house.project()
    return house.call(
        "POST", "/models", {"plugin": "parrot", "name": "llm", "question": "mood", "config": {"instructions": "one"}}
    )


def versions(house: Bench, model: dict[str, Any]) -> list[tuple[int, str, str, bool]]:
    rows = house.call("GET", f"/models/{model['id']}/prompts")
    return [(r["version"], r["config"]["instructions"], r["note"], r["in_use"]) for r in rows]


def test_every_change_is_a_version_and_an_old_one_comes_back(house: Bench, model: dict[str, Any]) -> None:
    at = f"/models/{model['id']}"
    assert versions(house, model) == [(1, "one", "First version", True)]
    second = house.call("POST", f"{at}/prompts", {"config": {"instructions": "two"}, "note": " clearer "})
    assert (second["version"], second["author"], second["note"]) == (2, "owner", "clearer")
    assert house.call("POST", f"{at}/prompts", {"config": {"instructions": "two"}, "note": "again"})["version"] == 2
    house.call("PATCH", at, {"config": {"instructions": "three"}})
    used = house.call("POST", f"{at}/prompts/1/use")
    assert (used["version"], used["in_use"]) == (1, True)
    assert versions(house, model) == [(3, "three", "", False), (2, "two", "clearer", False), (1, "one", "First version", True)]
    shown = house.call("GET", "/models")[0]
    assert (shown["version"], shown["config"]["instructions"]) == (1, "one")
    assert house.call("POST", f"{at}/prompts", {"config": {"instructions": "four"}})["version"] == 4


def test_refusals_change_nothing(house: Bench, model: dict[str, Any]) -> None:
    at = f"/models/{model['id']}"
    assert house.ask("POST", f"{at}/prompts", {"config": {"nonsense": 1}}).status_code == 422
    assert house.ask("POST", f"{at}/prompts/9/use").status_code == 404
    rules = {"plugin": "rules", "name": "rules", "question": "mood", "config": {"rules": []}}
    other = house.call("POST", "/models", rules)["id"]
    assert house.ask("GET", f"/models/{other}/prompts").status_code == 409
    assert len(versions(house, model)) == 1


def test_a_model_from_a_file_gets_its_first_version_when_looked_at(house: Bench, model: dict[str, Any]) -> None:
    now = house.ws.clock()
    row = house.ws.db.write(
        lambda c: ModelsSql(c).add_predictor(house.p, "filed", "parrot", "mood", Parrot().check_config({}, None), now)  # type: ignore[arg-type]
    )
    assert [v["version"] for v in house.call("GET", f"/models/{row}/prompts")] == [1]
    house.call(
        "PATCH",
        "",
        {"predictors": [{"plugin": "parrot", "name": "filed", "question": "mood", "config": {"instructions": "x"}}]},
    )
    assert [(v["version"], v["in_use"]) for v in house.call("GET", f"/models/{row}/prompts")] == [(2, True), (1, False)]


def test_what_a_version_wrote_is_taken_back_and_given_back(house: Bench, model: dict[str, Any]) -> None:
    items = house.add("a", "b", "c")
    ws, ident = house.ws, model["id"]

    def wrote(version: int, item: int) -> None:
        from milo.domain.annotation import Prediction

        def write(c: Any) -> None:
            models = ModelsSql(c)
            run = models.add_run(house.p, "suggest", ident, version, {}, None, 0.0)
            models.put_suggestions(run, ident, 1, [(Prediction(item, "mood", "good", 0.9), "good")], 0.0)
            models.finish_run(run, "done", 1, {}, 0.0)
            models.project_confidence(house.p, [item])

        ws.db.write(write)

    house.call("POST", f"/models/{ident}/prompts", {"config": {"instructions": "two"}})
    for version, item in ((1, items[0]), (2, items[1]), (1, items[2])):
        wrote(version, item)
    assert house.counts()["suggested"] == 3
    undone = house.call("POST", f"/models/{ident}/prompts/1/undo")
    assert undone["runs"] == 2
    house.wait(undone["job"])
    assert house.counts()["suggested"] == 1
    first = next(v for v in house.call("GET", f"/models/{ident}/prompts") if v["version"] == 1)
    assert (first["runs"], first["on"], first["items"]) == (2, 0, 0)
    house.wait(house.call("POST", f"/models/{ident}/prompts/1/redo")["job"])
    assert house.counts()["suggested"] == 3
    assert house.call("POST", f"/models/{ident}/prompts/1/redo") == {"runs": 0, "job": None}
