"""Pitch: that of tones and of voices of a made kind to a hundredth, none in silence and noise, and real speech where it is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_bench import SHARED
from infra.test_sounds import level, wav
from milo.infra.pitch import CEILING, FLOOR, PER_SECOND, UNVOICED, pitch, way_through
from milo.infra.sound_pictures import COARSER

pytest.importorskip("av")
RATE = 16_000


def voice(hertz: Any, loud: float = 0.3, strong: tuple[float, ...] = (1.0, 0.6, 0.4, 0.3, 0.2)) -> Any:
    """Harmonics over a fundamental (an array: Hz at each sample); `strong[0]` is that of the fundamental."""
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    return loud * 32_767 * sum(s * np.sin((k + 1) * phase) for k, s in enumerate(strong)) / sum(strong)


def heard(folder: Path, samples: Any, rate: int = RATE) -> tuple[dict[str, Any], Any]:
    """What is said of a sound, and the pitch in Hz every 10 ms (0: none)."""
    (folder / "a.wav").write_bytes(wav(samples, rate))
    found = pitch(folder / "a.wav", folder / "out")
    pairs = level(folder / "out", found["levels"][0], np.uint16, 2)
    assert ((pairs[:, 0] == pairs[:, 1]) | (pairs == UNVOICED).all(axis=1)).all()
    return found, pairs[:, 1] / 10


@pytest.mark.parametrize("hertz", [80, 123.4, 220, 440, 580])
def test_a_tone_and_a_voice_have_their_pitch(tmp_path: Path, hertz: float) -> None:
    for strong in ((1.0,), (1.0, 0.6, 0.4, 0.3, 0.2), (0.05, 1.0, 0.8, 0.6)):
        found, pitches = heard(tmp_path, voice(np.full(RATE, float(hertz)), strong=strong))
        inner = pitches[5:-5]
        assert np.abs(inner / hertz - 1).max() < 0.01
        assert found["median"] == pytest.approx(hertz, rel=0.005)


def test_a_gliding_voice_is_followed(tmp_path: Path) -> None:
    hertz = np.geomspace(100, 300, 2 * RATE)
    _, pitches = heard(tmp_path, voice(hertz))
    wanted = hertz[np.arange(10, 190) * RATE // PER_SECOND]
    assert np.abs(pitches[10:190] / wanted - 1).max() < 0.02


def test_silence_and_noise_have_none(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(size=2 * RATE) * 3_000
    found, pitches = heard(tmp_path, np.concatenate([np.zeros(RATE), noise]))
    assert (pitches[:95] == 0).all()
    assert (pitches > 0).mean() < 0.05
    assert heard(tmp_path, np.zeros(RATE))[0]["median"] == 0.0
    assert found["levels"][0]["count"] == len(pitches)


def test_each_time_has_its_pitch_and_coarser_levels_span_it(tmp_path: Path) -> None:
    parts = [voice(np.full(RATE, 150.0)), np.zeros(RATE), voice(np.full(10 * RATE, 300.0))]
    found, pitches = heard(tmp_path, np.concatenate(parts))
    assert len(pitches) == pytest.approx(12 * PER_SECOND, abs=2)
    assert [float(np.median(pitches[at : at + 80])) for at in (10, 110, 210)] == pytest.approx([150, 0, 300], rel=0.01)
    coarse = level(tmp_path / "out", found["levels"][1], np.uint16, 2)
    for at in (0, 20, 26, 40, 60):
        fine = pitches[at * COARSER : (at + 1) * COARSER]
        said = fine[fine > 0]
        assert tuple(coarse[at]) == (UNVOICED if not len(said) else (round(10 * said.min()), round(10 * said.max())))


def test_an_octave_is_not_leapt_for_one_window() -> None:
    frequencies = np.tile(np.array([[120.0, 240.0]], np.float32), (50, 1))
    strengths = np.tile(np.array([[0.9, 0.85]], np.float32), (50, 1))
    strengths[25] = (0.8, 0.9)
    found = way_through(frequencies, strengths, np.ones(50, np.float32))
    assert (found == 120).all()


@given(st.integers(0, 1_000))
def test_loudness_above_silence_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frequencies = rng.uniform(FLOOR, CEILING, (40, 3)).astype(np.float32)
    strengths = rng.uniform(0.2, 1, (40, 3)).astype(np.float32)
    shares = np.maximum(rng.uniform(0, 1, 40), 0.05).astype(np.float32)
    found = way_through(frequencies, strengths, shares)
    assert (found == way_through(frequencies, strengths, np.ones(40, np.float32))).all()
    assert set(found) <= {0.0, *frequencies.ravel().astype(float)}


@pytest.mark.parametrize(("name", "low", "high"), [("0_jackson_0.wav", 85, 180), ("0_george_0.wav", 80, 180)])
def test_spoken_words_have_the_pitch_of_their_speakers(tmp_path: Path, name: str, low: float, high: float) -> None:
    path = SHARED / "media" / "fsdd" / name
    if not path.exists():
        pytest.skip(f"{path} is not on this machine")
    found = pitch(path, tmp_path / "out")
    assert low < found["median"] < high
