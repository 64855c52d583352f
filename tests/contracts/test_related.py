"""Relations between the things of one image: their form, agreement, votes, and the form in which models answer."""

from __future__ import annotations

from typing import Any

import pytest

from milo.builtin.tasks.boxes import PLUGIN as BOXES
from milo.builtin.tasks.polygons import PLUGIN as POLYGONS
from milo.domain.errors import InvalidConfig, InvalidValue
from milo.domain.question import Field
from milo.kinds.task_type import from_model, to_model
from milo.testing.builders import make_item, make_question

TYPES: list[Any] = [
    {"value": "rides", "head": ["person"], "tail": ["bike"]},
    {"value": "beside", "kind": "undirected"},
    {"value": "same", "kind": "chain"},
]
CONFIG = {"labels": ["person", "bike"], "relations": TYPES}
Q = make_question("boxes", CONFIG, field="image")
ITEM = make_item({"image": {"media": 1, "mime": "image/png", "width": 640, "height": 480}})
PLACES = {"ada": (0, 0, "person"), "bob": (100, 0, "person"), "bike": (200, 0, "bike"), "old": (300, 0, "bike")}


def scene(*links: tuple[str, str, str], of: Any = PLACES, away: float = 0.0) -> list[dict[str, Any]]:
    """Boxes of 50 x 50 side by side, each as far down as it is told, with relations."""
    things: dict[str, dict[str, Any]] = {}
    for name in of:
        x, y, label = PLACES[name]
        things[name] = {"id": name, "x": x, "y": y + away, "w": 50, "h": 50, "label": label}
    for head, tail, label in links:
        things[head].setdefault("relations", []).append({"to": tail, "label": label})
    return list(things.values())


def links_of(value: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(thing["id"], r["to"], r["label"]) for thing in value for r in thing.get("relations", ())]


def test_relations_are_stored_with_the_thing_that_they_start_from() -> None:
    value = BOXES.check(Q, scene(("ada", "bike", "rides"), ("bike", "ada", "beside"), ("old", "bike", "same")), ITEM)
    assert links_of(value) == [("ada", "bike", "beside"), ("ada", "bike", "rides"), ("bike", "old", "same")]


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (("bike", "ada", "rides"), "goes from person to bike, not from bike to person"),
        (("ada", "ada", "beside"), "from the thing .* to itself"),
        (("ada", "eve", "beside"), "ends at the thing .* none of that id"),
        (("ada", "bike", "ride"), "Did you mean"),
    ],
)
def test_relations_that_mean_nothing_are_refused(link: tuple[str, str, str], words: str) -> None:
    with pytest.raises(InvalidValue, match=words):
        BOXES.check(Q, scene(link), ITEM)


def test_relations_need_a_question_that_names_their_types() -> None:
    plain = make_question("boxes", {"labels": ["person", "bike"]}, field="image")
    with pytest.raises(InvalidValue, match="names no types"):
        BOXES.check(plain, scene(("ada", "bike", "rides")), ITEM)


def test_both_ends_lie_on_one_page() -> None:
    value = scene(("ada", "bike", "rides"))
    value[2]["page"] = 1
    with pytest.raises(InvalidValue, match="from one page to another"):
        BOXES.check(Q, value, None)


def test_boxes_on_documents_take_none() -> None:
    with pytest.raises(InvalidConfig, match="pages of a document"):
        BOXES.check_config(make_question("boxes", CONFIG, field="paper"), (Field("paper", "document"),))


def test_a_thing_given_twice_keeps_the_relations_of_both() -> None:
    twin: dict[str, Any] = {**scene()[0], "id": "twin", "relations": [{"to": "old", "label": "rides"}]}
    value = [*scene(("ada", "bike", "rides")), twin]
    value[0]["relations"].append({"to": "twin", "label": "same"})
    assert links_of(BOXES.check(Q, value, ITEM)) == [("ada", "bike", "rides"), ("ada", "old", "rides")]


def test_agreement_counts_relations_between_things_that_mean_the_same() -> None:
    a = BOXES.check(Q, scene(("ada", "bike", "rides"), ("bob", "old", "rides")), ITEM)
    b = BOXES.check(Q, scene(("ada", "bike", "rides"), ("bob", "bike", "rides"), away=5), ITEM)
    # 4 things and 2 relations each; all things and 1 relation in common.
    assert BOXES.agreement(Q, a, b) == pytest.approx(2 * 5 / 12)


def test_undirected_relations_agree_however_the_lists_are_sorted() -> None:
    up, down = scene(("ada", "bob", "beside")), scene(("ada", "bob", "beside"))
    up[0]["y"], down[1]["y"] = 3, 3
    values = [BOXES.check(Q, value, ITEM) for value in (up, down)]
    assert [links_of(v) for v in values] == [[("bob", "ada", "beside")], [("ada", "bob", "beside")]]
    assert BOXES.agreement(Q, *values) == 1.0


def test_merging_keeps_what_half_of_the_answers_say() -> None:
    answers = [
        scene(("ada", "bike", "rides")),
        scene(("ada", "bike", "rides"), ("bob", "old", "rides"), away=6),
        scene(("bob", "bike", "rides"), away=3),
    ]
    merged = BOXES.merge(Q, [BOXES.check(Q, a, ITEM) for a in answers])
    labels = {thing["id"]: (thing["x"], thing["label"]) for thing in merged if "id" in thing}
    assert [(labels[h], labels[t], label) for h, t, label in links_of(merged)] == [((0, "person"), (200, "bike"), "rides")]


@pytest.mark.parametrize("plugin", [BOXES, POLYGONS])
def test_models_write_relations_by_ids_of_their_own(plugin: Any) -> None:
    question = plugin.check_config(make_question(plugin.name, CONFIG, field="image"), (Field("image", "image"),))
    place = scene(("ada", "bike", "rides"))
    if plugin is POLYGONS:
        corners = ((0, 0), (50, 0), (50, 50))
        place = [
            {k: t[k] for k in t if k not in ("x", "y", "w", "h")} | {"points": [[t["x"] + x, t["y"] + y] for x, y in corners]}
            for t in place
        ]
    value = plugin.check(question, place, ITEM)
    written = to_model(plugin, question, value, ITEM)
    read = from_model(plugin, question, written, ITEM, last=False)
    assert plugin.agreement(question, value, plugin.check(question, read.value, ITEM)) == 1.0
    written[0]["relations"] = [{"to": "t9", "label": "rides"}]
    with pytest.raises(InvalidValue, match="not in the answer"):
        from_model(plugin, question, written, ITEM, last=False)
    assert from_model(plugin, question, written, ITEM, last=True).left_out
