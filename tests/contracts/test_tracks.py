"""Tracks: what says nothing goes, what is impossible is refused in words, and likeness is measured over frames."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.builtin.tasks.tracks import PLUGIN
from milo.domain.errors import InvalidConfig, InvalidValue
from milo.domain.question import Field, Question
from milo.testing.builders import make_item, make_question

CLIP = make_item({"video": {"media": 1, "mime": "video/mp4", "width": 100, "height": 80, "frames": 20}})
POSE = {"name": "pose", "config": {"labels": ["sits", "stands"]}, "required": True}


def _question(**config: Any) -> Question:
    return PLUGIN.check_config(make_question("tracks", {"labels": ["car", "bus"], **config}), (Field("video", "video"),))


def _track(*keys: dict[str, Any], label: str = "car") -> dict[str, Any]:
    return {"keyframes": list(keys), "label": label}


def _at(frame: int, x: float = 10, **more: Any) -> dict[str, Any]:
    return {"frame": frame, "box": [x, 10, 20, 10], **more}


OUT = {"outside": True}


def test_key_frames_are_ordered_and_those_that_say_nothing_go() -> None:
    given = _track(
        {"frame": 0, **OUT}, {"frame": 9, **OUT}, _at(2), {"frame": 5, **OUT}, {"frame": 6, **OUT}, {"frame": 20, **OUT}
    )
    (found,) = PLUGIN.check(_question(), [given], CLIP)
    assert [key["frame"] for key in found["keyframes"]] == [2, 5]
    (ends,) = PLUGIN.check(_question(), [_track(_at(2), {"frame": 20, **OUT})], CLIP)
    assert [key["frame"] for key in ends["keyframes"]] == [2]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ([], "0 key frames"),
        ([{"frame": 3, **OUT}], "outside of the picture at all"),
        ([_at(1), _at(1, 12)], "two key frames at frame 1"),
        ([_at(-1)], "frame -1"),
        ([_at(20)], "frames 0 to 19"),
        ([{"frame": 1}], "needs one place"),
        ([{"frame": 1, "box": [1, 2, 3, 4], "polygon": [[0, 0], [1, 1], [2, 0]]}], "needs one place"),
        ([{"frame": 1, "polygon": [[0, 0], [1, 1], [2, 0]]}], "this question takes: box"),
        ([{"frame": 1, "box": [1, 2, 0, 4]}], "no area"),
        ([{"frame": 1, "box": [1, 2, 3]}], "must be"),
        ([{"frame": 1, "box": [100, 2, 3, 3]}], "does not touch"),
        ([{"frame": 1, "box": [1, 2, 3, 3, 20]}], "turned by 20"),
        ([_at(1, attributes={"pose": "sits"})], "no attribute"),
        ([{"frame": 1, "place": 3}], "unknown field"),
    ],
)
def test_what_is_impossible_is_refused_in_words(keys: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(InvalidValue, match=words):
        PLUGIN.check(_question(), [_track(*keys)], CLIP)


def test_a_track_keeps_to_one_kind_of_place() -> None:
    with pytest.raises(InvalidValue, match="one kind"):
        PLUGIN.check(
            _question(places=["box", "polygon"]),
            [_track(_at(0), {"frame": 2, "polygon": [[0, 0], [9, 0], [0, 9]]})],
            CLIP,
        )


def test_settings_name_what_is_wrong() -> None:
    with pytest.raises(InvalidConfig, match="places must be"):
        _question(places=["circle"])
    with pytest.raises(InvalidConfig, match="changing"):
        _question(changing="pose")
    with pytest.raises(InvalidConfig, match="kind video"):
        PLUGIN.check_config(make_question("tracks", {"labels": ["car"]}), (Field("image", "image"),))


def test_what_changes_is_kept_where_it_changes() -> None:
    question = _question(changing=[POSE])
    keys = [_at(n, attributes={"pose": pose}) for n, pose in enumerate(["sits", "sits", "stands"])]
    (found,) = PLUGIN.check(question, [_track(*keys)], CLIP)
    assert [key.get("attributes") for key in found["keyframes"]] == [{"pose": "sits"}, None, {"pose": "stands"}]
    with pytest.raises(InvalidValue, match="no answer for"):
        PLUGIN.check(question, [_track(_at(0))], CLIP)


def test_agreement_is_over_frames() -> None:
    question = _question()
    whole, half = _track(_at(0), _at(9)), _track(_at(0), {"frame": 5, **OUT})
    assert PLUGIN.alike(question, whole, half) == pytest.approx(0.5)
    assert PLUGIN.agreement(question, [whole], [half]) == 1.0
    assert PLUGIN.agreement(question, [whole], [_track(_at(0), {"frame": 4, **OUT})]) == 0.0
    assert PLUGIN.agreement(question, [whole], [_track(_at(0), _at(9), label="bus")]) == 0.0
    assert PLUGIN.agreement(question, [whole, _track(_at(0, 60))], [whole]) == pytest.approx(2 / 3)


def test_a_pair_weighs_less_where_what_changes_differs() -> None:
    question = _question(changing=[POSE])
    a = _track(_at(0, attributes={"pose": "sits"}), _at(9))
    b = _track(_at(0, attributes={"pose": "sits"}), _at(5, attributes={"pose": "stands"}), _at(9))
    assert PLUGIN.agreement(question, [a], [b]) == pytest.approx(0.75)


def test_merging_keeps_the_most_central_of_the_tracks_that_half_have() -> None:
    question = _question()
    a, b, c = (_track(_at(0, x), _at(9, x)) for x in (10, 11, 14))
    values = [PLUGIN.check(question, [one], CLIP) for one in (a, b, c)]
    assert PLUGIN.merge(question, [*values, []]) == values[1]
    assert PLUGIN.merge(question, [values[0], [], []]) == []


@given(
    st.lists(st.tuples(st.integers(0, 19), st.integers(0, 60), st.booleans()), min_size=1, max_size=6, unique_by=lambda k: k[0])
)
def test_boxes_are_compared_as_they_are_drawn(given_keys: list[tuple[int, int, bool]]) -> None:
    """The quick way for upright boxes gives what frame by frame gives."""
    from milo.builtin.tasks._track_places import track_of
    from milo.domain.shapes import Box, iou
    from milo.domain.tracks import along

    keys = [{"frame": n, **OUT} if gone else _at(n, x) for n, x, gone in given_keys]
    if all(key.get("outside") for key in keys):
        keys = [_at(keys[0]["frame"])]
    question, other = _question(), _track(_at(3, 12), {"frame": 8, **OUT}, _at(12, 20), _at(16, 5))
    (a,), (b,) = (PLUGIN.check(question, [one], CLIP) for one in (_track(*keys), other))
    frames = range(min(t["keyframes"][0]["frame"] for t in (a, b)), 1 + max(t["keyframes"][-1]["frame"] for t in (a, b)))
    scores: list[float] = []
    for p, q in zip(along(track_of(a), frames), along(track_of(b), frames), strict=True):
        if p is not None and q is not None:
            one, two = (Box(x=k[0], y=k[1], w=k[2], h=k[3], label="") for k in (p.box or [], q.box or []))
            scores.append(iou(one, two))
        elif p is not None or q is not None:
            scores.append(0.0)
    assert PLUGIN.alike(question, a, b) == pytest.approx(sum(scores) / len(scores))
