"""Intensity: that of made tones to a tenth of a dB, of silence, of steps in time, and louder by as much as the sound is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from infra.test_sounds import level, wav
from milo.infra.intensity import LEAST, intensity
from milo.infra.sound_pictures import COARSER

pytest.importorskip("av")
RATE = 16_000


def tone(hertz: float, share: float, seconds: float = 1.0) -> Any:
    """A sine whose peak is a share of what the file can hold."""
    return 32_768 * share * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)


def heard(folder: Path, samples: Any, rate: int = RATE) -> tuple[dict[str, Any], Any]:
    """What is said of a sound, and its intensity in dB every 10 ms."""
    (folder / "a.wav").write_bytes(wav(samples, rate))
    found = intensity(folder / "a.wav", folder / "out")
    pairs = level(folder / "out", found["levels"][0], np.uint16, 2)
    assert (pairs[:, 0] == pairs[:, 1]).all()
    return found, LEAST + pairs[:, 0] / 10


@pytest.mark.parametrize("hertz", [80, 123.4, 440, 3_000])
@pytest.mark.parametrize("share", [0.5, 0.05, 0.005])
def test_a_tone_has_the_decibels_of_its_amplitude(tmp_path: Path, hertz: float, share: float) -> None:
    found, decibels = heard(tmp_path, tone(hertz, share))
    wanted = 20 * np.log10(share) - 10 * np.log10(2)
    assert np.abs(decibels[10:-10] - wanted).max() < 0.15
    assert found["loudest"] == pytest.approx(wanted, abs=0.4)


def test_silence_and_a_steady_offset_have_the_least(tmp_path: Path) -> None:
    assert (heard(tmp_path, np.zeros(RATE))[1] == LEAST).all()
    assert (heard(tmp_path, np.full(RATE, 9_000.0))[1][10:-10] == LEAST).all()


def test_each_time_has_its_intensity_and_coarser_levels_span_it(tmp_path: Path) -> None:
    sound = np.concatenate([tone(200, 0.5, 4), tone(200, 0.05, 4), np.zeros(4 * RATE)])
    found, decibels = heard(tmp_path, sound)
    assert len(decibels) == pytest.approx(1200, abs=2)
    assert [round(float(decibels[at]), 1) for at in (200, 600, 1000)] == pytest.approx([-9.0, -29.0, LEAST], abs=0.1)
    coarse = level(tmp_path / "out", found["levels"][1], np.uint16, 2)
    for at in (0, 99, 100, 199, 250):
        fine = decibels[at * COARSER : (at + 1) * COARSER]
        assert LEAST + coarse[at] / 10 == pytest.approx([fine.min(), fine.max()])


def test_the_rate_of_the_file_does_not_matter(tmp_path: Path) -> None:
    seconds = np.arange(44_100) / 44_100
    _, decibels = heard(tmp_path, 32_768 * 0.25 * np.sin(2 * np.pi * 300 * seconds), 44_100)
    assert np.abs(decibels[10:-10] + 15.05).max() < 0.2
