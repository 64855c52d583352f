"""Waveform and spectrogram: the numbers are those of the samples, at every level, and bad files say what is wrong."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_bench import SHARED, Bench
from milo.infra.sound_pictures import COARSER, FREQUENCIES, peaks, spectrogram

av = pytest.importorskip("av")


def wav(samples: Any, rate: int = 16_000) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return out.getvalue()


def tone(hertz: float, seconds: float, rate: int = 16_000, loud: float = 0.5) -> Any:
    return np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate) * loud * 32_767


def level(file: Path, one: dict[str, Any], kind: Any, width: int) -> Any:
    count = one["count"] * width
    return np.fromfile(file, kind, count, offset=one["offset"]).reshape(-1, width)


@settings(max_examples=25)
@given(n=st.integers(1, 300_000), rate=st.sampled_from([8_000, 16_000, 11_025]), seed=st.integers(0, 1_000))
def test_peaks_are_the_lowest_and_highest_samples_at_every_level(tmp_path_factory: Any, n: int, rate: int, seed: int) -> None:
    samples = np.random.default_rng(seed).integers(-32_768, 32_768, n).astype(np.int16)
    folder = tmp_path_factory.mktemp("peaks")
    (folder / "a.wav").write_bytes(wav(samples, rate))
    found = peaks(folder / "a.wav", folder / "out")
    size = round(rate / 1000)
    assert found["duration"] == round(n / rate, 6)
    assert found["peak"] == int(np.abs(samples.astype(int)).max())
    for k, one in enumerate(found["levels"]):
        step = size * COARSER**k
        edges = np.arange(0, n, step)
        got = level(folder / "out", one, np.int16, 2)
        assert one["per_second"] == rate / size / COARSER**k
        np.testing.assert_array_equal(got[:, 0], np.minimum.reduceat(samples, edges))
        np.testing.assert_array_equal(got[:, 1], np.maximum.reduceat(samples, edges))


@pytest.mark.parametrize(("hertz", "rate"), [(440, 16_000), (3_000, 16_000), (5_000, 44_100), (1_000, 8_000)])
def test_a_tone_stands_where_its_frequency_is_and_as_loud_as_it_is(tmp_path: Path, hertz: float, rate: int) -> None:
    (tmp_path / "a.wav").write_bytes(wav(np.concatenate([np.zeros(rate), tone(hertz, 1, rate)]), rate))
    found = spectrogram(tmp_path / "a.wav", tmp_path / "out", 2.0)
    columns = level(tmp_path / "out", found["levels"][0], np.uint8, FREQUENCIES)
    per_second = found["levels"][0]["per_second"]
    assert len(columns) == pytest.approx(2 * per_second, abs=2)
    assert columns[int(0.5 * per_second)].max() == 0, "silence before it"
    row = int(columns[int(1.5 * per_second)].argmax())
    assert abs((row + 0.5) * found["top"] / FREQUENCIES - hertz) <= found["top"] / FREQUENCIES
    decibels = float(columns[int(1.5 * per_second), row]) * 100 / 255 - 100
    assert decibels == pytest.approx(-6, abs=1.5), "half of full scale is -6 dB"
    for k, one in enumerate(found["levels"]):
        assert level(tmp_path / "out", one, np.uint8, FREQUENCIES)[-1 - int(0.5 * per_second / COARSER**k)].argmax() == row


def test_a_gap_in_the_file_is_silence_in_the_waveform(tmp_path: Path) -> None:
    from fractions import Fraction

    with av.open(str(tmp_path / "a.mka"), "w", format="matroska") as made:
        stream = made.add_stream("pcm_s16le", rate=8_000, layout="mono")
        for start in (0, 24_000):
            frame = av.AudioFrame.from_ndarray(np.full((1, 8_000), 5_000, np.int16), format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 8_000, start, Fraction(1, 8_000)
            made.mux(stream.encode(frame))
        made.mux(stream.encode())
    found = peaks(tmp_path / "a.mka", tmp_path / "out")
    loud = level(tmp_path / "out", found["levels"][0], np.int16, 2)[:, 1]
    assert found["duration"] == pytest.approx(4.0, abs=0.01)
    assert (loud[100:900] == 5_000).all()
    assert (loud[1_100:2_900] == 0).all()
    assert (loud[3_100:3_900] == 5_000).all()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    made.project({"name": "q", "type": "choice", "config": {"labels": ["a"]}}, fields=[{"name": "sound", "kind": "audio"}])
    yield made
    made.close()


def bring(bench: Bench, name: str, content: bytes) -> dict[str, Any]:
    folder = bench.folder / f"in-{name}"
    folder.mkdir()
    (folder / name).write_bytes(content)
    bench.bring(path=str(folder), format="folder")
    rows = bench.rows()["rows"]
    return rows[-1]["data"]["sound"] if rows else {}


def test_tiles_come_through_the_api_and_are_kept(bench: Bench) -> None:
    samples = (np.random.default_rng(1).normal(size=100_000) * 3_000).astype(np.int16)
    sound = bring(bench, "a.wav", wav(samples))
    at = f"/api/media/{sound['media']}"
    about = bench.call("GET", f"{at}/waveform")
    assert about["duration"] == sound["duration"] == 6.25
    first, second = (bench.ask("GET", f"{at}/waveform/0/{k}") for k in (0, 1))
    assert first.headers["cache-control"].endswith("immutable")
    pairs = np.frombuffer(first.content + second.content, "<i2").reshape(-1, 2)
    assert len(pairs) == about["levels"][0]["count"] == 6_250
    np.testing.assert_array_equal(pairs[:, 1], samples.reshape(-1, 16).max(axis=1))
    assert bench.ask("GET", f"{at}/waveform/0/2").status_code == bench.ask("GET", f"{at}/waveform/9/0").status_code == 404
    colours = bench.call("GET", f"{at}/spectrogram")
    tile = bench.ask("GET", f"{at}/spectrogram/0/0").content
    assert len(tile) == colours["tile"] * colours["frequencies"]
    pitch = bench.call("GET", f"{at}/pitch")
    assert len(bench.ask("GET", f"{at}/pitch/0/0").content) == 4 * pitch["levels"][0]["count"]
    assert bench.ask("GET", f"{at}/pitch/0/1").status_code == 404
    strength = bench.call("GET", f"{at}/intensity")
    assert len(bench.ask("GET", f"{at}/intensity/0/0").content) == 4 * strength["levels"][0]["count"]
    kept = {p.name[65:] for p in (bench.folder / "workspace" / "cache").rglob("*") if p.is_file()}
    assert {f"{what}.{end}" for what in ("peaks", "spectrogram", "pitch", "intensity") for end in ("json", "bin")} <= kept


def test_each_channel_has_a_waveform_of_its_own(bench: Bench) -> None:
    both = np.stack([tone(300, 1.0), tone(500, 1.0, loud=0.1)], axis=1).astype(np.int16)
    sound = bring(bench, "call.wav", wav(both))
    at = f"/api/media/{sound['media']}/waveform"
    for channel in (0, 1):
        about = bench.call("GET", f"{at}?channel={channel}")
        pairs = np.frombuffer(bench.ask("GET", f"{at}/0/0?channel={channel}").content, "<i2").reshape(-1, 2)
        assert about["peak"] == int(np.abs(both[:, channel].astype(int)).max())
        np.testing.assert_array_equal(pairs[:, 1], both[:, channel].reshape(-1, 16).max(axis=1))
    assert "2 channels" in bench.ask("GET", f"{at}?channel=2").text


def test_silence_is_drawn_as_such(bench: Bench) -> None:
    sound = bring(bench, "a.wav", wav(np.zeros(8_000)))
    assert bench.call("GET", f"/api/media/{sound['media']}/waveform")["peak"] == 0
    assert bench.call("GET", f"/api/media/{sound['media']}/spectrogram")["loudest"] == 0


def test_sound_that_was_cut_short_is_drawn_as_far_as_it_goes(bench: Bench) -> None:
    out = io.BytesIO()
    with av.open(out, "w", format="flac") as made:
        stream = made.add_stream("flac", rate=16_000, layout="mono")
        noise = (np.random.default_rng(2).normal(size=(1, 64_000)) * 4_000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(noise, format="s16", layout="mono")
        frame.sample_rate = 16_000
        made.mux(stream.encode(frame))
        made.mux(stream.encode())
    sound = bring(bench, "a.flac", out.getvalue()[:60_000])
    about = bench.call("GET", f"/api/media/{sound['media']}/waveform")
    assert 1.0 < about["duration"] < 3.0


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.wav", wav(np.zeros(0)), "nothing in it"),
        ("header.mp3", b"ID3\x04\0\0\0\0\0\x21" + b"\0" * 200, "damaged"),
        ("odd.wav", wav(tone(300, 1)).replace(b"\x01\0\x01\0", b"\x77\x77\x01\0", 1), "codec"),
    ],
)
def test_what_cannot_be_decoded_says_so_on_the_item_and_on_the_waveform(
    bench: Bench, name: str, content: bytes, words: str
) -> None:
    sound = bring(bench, name, content)
    assert words in sound["error"]
    reply = bench.ask("GET", f"/api/media/{sound['media']}/waveform")
    assert reply.status_code == 422
    assert "cannot be drawn" in reply.text


def test_a_picture_has_no_sound(bench: Bench) -> None:
    from PIL import Image

    bench.project({"name": "q", "type": "choice", "config": {"labels": ["a"]}}, fields=[{"name": "sound", "kind": "image"}])
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "png")
    sound = bring(bench, "a.png", out.getvalue())
    reply = bench.ask("GET", f"/api/media/{sound['media']}/waveform")
    assert (reply.status_code, "no sound in it" in reply.text) == (422, True)


@pytest.mark.skipif(not (SHARED / "media" / "diarization").exists(), reason="needs the sample recording of the shared data")
def test_a_real_recording(tmp_path: Path) -> None:
    found = peaks(SHARED / "media" / "diarization" / "sample.wav", tmp_path / "out")
    assert found["duration"] == 30.0
    assert found["peak"] == 10_498
