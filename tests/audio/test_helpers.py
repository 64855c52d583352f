"""Helpers that listen: where somebody speaks, when given words are said, and a Whisper folder of one's own."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_bench import SHARED
from infra.test_sounds import tone, wav
from milo.builtin.predictors._spelling import phones
from milo.builtin.predictors.alignment import lines_of
from milo.builtin.predictors.speech import joined
from milo.domain.errors import InvalidConfig
from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate
from milo.kinds.registry import Registry
from milo.testing.contracts import check_predictor

pytest.importorskip("av")
SAMPLE = SHARED / "media" / "diarization" / "sample.wav"
FIELDS = (Field("sound", "audio"), Field("text"))
real = pytest.mark.skipif(not SAMPLE.exists(), reason="needs the sample recording of the shared data")


@pytest.fixture(scope="module")
def registry() -> Registry:
    found = Registry()
    found.load_package("milo.builtin")
    return found


def asked(registry: Registry, type: str, **config: Any) -> Question:
    task = registry.task_types.get(type)
    return msgspec.structs.replace(task.check_config(Question("q", type, config=config), FIELDS), shape=task.shape)


def item(path: Path, text: str = "", ident: int = 1) -> Candidate:
    return Candidate(ident, {"sound": {"media": ident, "mime": "audio/wav", "path": str(path)}, "text": text})


@given(
    st.lists(st.tuples(st.integers(0, 900), st.integers(1, 60)), max_size=12),
    *[st.sampled_from([0.0, 0.1, 0.3, 1.0])] * 3,
)
def test_stretches_are_joined_over_pauses_and_stay_apart_and_inside(
    given: list[tuple[int, int]], pause: float, shortest: float, pad: float
) -> None:
    stretches = sorted((a / 10, (a + n) / 10) for a, n in given)
    found = joined(stretches, pause, shortest, pad, 100.0)
    assert all(0 <= a < b <= 100.0 for a, b in found)
    assert all(first[1] <= second[0] for first, second in pairwise(found))
    for a, b in stretches:
        inside = any(x - 1e-6 <= a and min(b, 100.0) <= y + 1e-6 for x, y in found)
        assert inside or b - a < shortest + 1e-9


def test_nobody_speaks_in_silence_and_what_cannot_be_decoded_is_passed_over(registry: Registry, tmp_path: Path) -> None:
    pytest.importorskip("webrtcvad")
    (tmp_path / "quiet.wav").write_bytes(wav(np.zeros(16_000)))
    (tmp_path / "broken.wav").write_bytes(b"RIFF and so on")
    question = asked(registry, "segments", labels=["speech", "noise"])
    candidates = [item(tmp_path / "quiet.wav"), item(tmp_path / "broken.wav", ident=2), Candidate(3, {"sound": None})]
    plugin = registry.predictors.get("speech")
    found = check_predictor(plugin, question, FIELDS, {"engine": "webrtc"}, [], candidates, registry.task_types.get("segments"))
    assert [(p.item_id, p.value) for p in found] == [(1, [])]


@pytest.mark.parametrize("config", [{"label": "x"}, {"engine": "ears"}, {"pause": -1}, {"pause": True}, {"loud": 1}])
def test_settings_that_make_no_sense_are_refused(registry: Registry, config: dict[str, Any]) -> None:
    with pytest.raises(InvalidConfig):
        registry.predictors.get("speech").check_config(config, asked(registry, "segments", labels=["speech"]))


@real
@pytest.mark.parametrize("engine", ["webrtc", "silero"])
def test_speech_on_a_telephone_is_found(registry: Registry, engine: str) -> None:
    pytest.importorskip({"webrtc": "webrtcvad", "silero": "faster_whisper"}[engine])
    task, plugin = registry.task_types.get("segments"), registry.predictors.get("speech")
    question = asked(registry, "segments", labels=["speech"], agree_by="time")
    [found] = plugin.predict(question, FIELDS, plugin.check_config({"engine": engine}, question), None, [item(SAMPLE)])
    turns = [line.split() for line in SAMPLE.with_suffix(".rttm").read_text().splitlines()]
    truth = [{"start": float(t[3]), "end": float(t[3]) + float(t[4]), "label": "speech"} for t in turns]
    assert task.agreement(question, task.check(question, found.value, None), truth) > 0.95


def test_lines_with_their_speakers() -> None:
    assert lines_of("Ada: Hi there!\nhow are you?\n\nBo: fine: thanks\nNote: no name\n...", ["ada", "Bo"]) == [
        ("ada", "Hi there!", ["Hi", "there"]),
        ("ada", "how are you?", ["how", "are", "you"]),
        ("Bo", "fine: thanks", ["fine", "thanks"]),
        ("Bo", "Note: no name", ["Note", "no", "name"]),
    ]
    assert [text for _, text, _ in lines_of("One. Two? Three", ["x"])] == ["One.", "Two?", "Three"]


def test_words_that_no_dictionary_knows_are_spelled_out() -> None:
    assert phones("Müller") == "M AH L ER"
    assert phones("42") == "F AO R T UW"
    assert phones("東京") is None


@given(st.text(max_size=12))
def test_any_word_can_be_spelled_or_not(word: str) -> None:
    found = phones(word)
    assert found is None or all(part.isupper() for part in found.split())


@real
def test_given_words_are_found_where_they_are_said(registry: Registry) -> None:
    pytest.importorskip("pocketsphinx")
    spoken = [line.strip().split(" ", 5) for line in SAMPLE.with_suffix(".stm").read_text().splitlines()]
    text = "\n".join(f"{line[2]}: {line[5]}" for line in spoken).replace("Yankee", "Yankkee 東京")
    question = asked(registry, "transcript", labels=["Diane", "Sheila"])
    plugin, task = registry.predictors.get("alignment"), registry.task_types.get("transcript")
    [found] = check_predictor(plugin, question, FIELDS, {}, [], [item(SAMPLE, text), item(SAMPLE, "", 2)], task)
    assert len(found.value) >= len(spoken) - 1
    assert [s["label"] for s in found.value] == [line[2] for line in spoken][: len(found.value)]
    off = [
        abs(s["start"] - float(line[3])) + abs(s["end"] - float(line[4])) for s, line in zip(found.value, spoken, strict=False)
    ]
    assert median(off) < 0.3
    assert max(off) < 1.0


def test_words_over_a_tone_are_no_transcript(registry: Registry, tmp_path: Path) -> None:
    pytest.importorskip("pocketsphinx")
    (tmp_path / "tone.wav").write_bytes(wav(tone(440, 0.2)))
    question = asked(registry, "transcript", labels=["A"])
    plugin = registry.predictors.get("alignment")
    text = "a long text that cannot possibly have been said in so short a time " * 3
    assert (
        list(plugin.predict(question, FIELDS, plugin.check_config({}, question), None, [item(tmp_path / "tone.wav", text)]))
        == []
    )


def test_a_folder_that_is_no_whisper_model_is_refused_in_words(registry: Registry, tmp_path: Path) -> None:
    plugin: Any = registry.predictors.get("whisper")
    with pytest.raises(InvalidConfig, match=r"model\.bin"):
        plugin.check_place(str(tmp_path), {})
    assert plugin.accepts(asked(registry, "transcript"), FIELDS)
    assert not plugin.accepts(asked(registry, "segments", labels=["a"]), FIELDS)


def test_a_whisper_folder_writes_down_what_it_hears(registry: Registry, tmp_path: Path) -> None:
    pytest.importorskip("faster_whisper", reason='needs the extra "whisper"')
    from audio.tiny_whisper import make

    make(tmp_path / "model")
    rng = np.random.default_rng(1)
    (tmp_path / "a.wav").write_bytes(wav(rng.normal(size=32_000) * 4_000))
    path = SAMPLE if SAMPLE.exists() else tmp_path / "a.wav"
    plugin: Any = registry.predictors.get("whisper")
    place, _ = plugin.check_place(str(tmp_path / "model"), {})
    assert plugin.describe(place, {})["task"] == "transcribe"
    question = asked(registry, "transcript")
    config = plugin.check_config({"own": "tiny", "language": "en", "beam": 1}, question) | {"path": place}
    task = registry.task_types.get("transcript")
    found = list(plugin.predict(question, FIELDS, config, None, [item(path)]))
    assert len(found) == 1
    for segment in task.check(question, found[0].value, None):
        assert 0 <= segment["score"] <= 1
