"""Cases of the task types that mark stretches of time."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from contracts.case import Case
from milo.testing.builders import make_item, make_question

SOUND = make_item({"sound": {"media": 2, "mime": "audio/wav", "name": "a.wav", "duration": 30.0, "rate": 16000, "channels": 1}})
MOODS = [
    {"name": "mood", "config": {"labels": ["calm", "angry"]}},
    {"name": "intention", "type": "choices", "config": {"labels": ["ask", "tell"]}},
    {"name": "language", "config": {"labels": ["en", "de"]}},
    {"name": "age", "type": "rating", "only": ["guest"]},
]
_WORDS = st.lists(st.sampled_from(["well", "so", "Yes.", "naïve", "東京", "👩‍🚀", '"', "a|b", "\n"]), max_size=5).map(" ".join)


@st.composite
def _segment(draw: st.DrawFn, attributes: bool = False, words: bool = False) -> dict[str, Any]:
    """On a coarse grid, so that many overlap and some are equal; a few end just after the sound."""
    start = draw(st.integers(0, 28)) + draw(st.sampled_from([0.0, 0.5, 1 / 3]))
    length = draw(st.sampled_from([0.001, 0.4, 1, 2.5, 8, 30.05]))
    one: dict[str, Any] = {"start": start, "end": min(start + length, 30.05), "label": draw(st.sampled_from(["host", "guest"]))}
    one |= draw(st.sampled_from([{}, {"score": 0.5}, {"attributes": {}}]))
    if words:
        one["text"] = draw(_WORDS)
    if attributes:
        answers = {
            "mood": st.sampled_from(["calm", "angry"]),
            "intention": st.lists(st.sampled_from(["ask", "tell"]), max_size=2),
        }
        one["attributes"] = draw(st.fixed_dictionaries({}, optional=answers))
    return one


def _apart(labels: bool) -> Any:
    """Segments that do not overlap: stretches between sorted times."""
    times = st.lists(st.integers(0, 29_000), min_size=2, max_size=8, unique=True).map(sorted)
    return times.map(
        lambda at: [
            {"start": a / 1000, "end": b / 1000, "label": "host" if labels or i % 2 else "guest"}
            for i, (a, b) in enumerate(zip(at[::2], at[1::2], strict=False))
        ]
    )


@st.composite
def _talk(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Whoever speaks has one language in an item; here and there it is left to be filled in."""
    said = draw(st.lists(_segment(attributes=True, words=True), max_size=5))
    spoken = {"host": draw(st.sampled_from(["en", "de"])), "guest": draw(st.sampled_from(["en", "de"]))}
    for one in said:
        if draw(st.booleans()):
            one["attributes"] = one["attributes"] | {"language": spoken[one["label"]]}
    return said


def _asked(type: str, **config: Any) -> Any:
    return make_question(type, {"labels": ["host", "guest"], **config}, field="sound")


TIMED: dict[str, list[Case]] = {
    "segments": [
        Case(_asked("segments"), st.lists(_segment(), max_size=6), SOUND),
        Case(_asked("segments", attributes=MOODS, agree_by="time"), st.lists(_segment(attributes=True), max_size=5), SOUND),
        Case(_asked("segments", overlap=False, attributes=MOODS), _apart(labels=False), SOUND),
        Case(_asked("segments", overlap="labels"), _apart(labels=True), SOUND),
    ],
    "transcript": [
        Case(_asked("transcript"), st.lists(_segment(words=True), max_size=5), SOUND),
        Case(_asked("transcript", attributes=MOODS, of_speaker=["language"]), _talk(), SOUND),
    ],
}
