"""Audio, video and documents come in by what they hold, never by their name; what is damaged keeps its reason."""

from __future__ import annotations

import io
import math
import wave
from array import array
from pathlib import Path
from typing import Any

import pytest

from data_bench import SHARED, Bench
from milo.infra.media_kinds import kind_of, sniff

av = pytest.importorskip("av")
pdf = pytest.importorskip("pypdfium2")


def sound(seconds: float = 0.5, rate: int = 8_000) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(array("h", [int(9_000 * math.sin(i / 5)) for i in range(int(seconds * rate))]).tobytes())
    return out.getvalue()


def film(frames: int = 12, width: int = 64, height: int = 48, fps: int = 10, container: str = "mp4") -> bytes:
    import numpy as np

    out = io.BytesIO()
    with av.open(out, "w", format=container) as made:
        stream = made.add_stream("libx264" if container == "mp4" else "libvpx", rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for n in range(frames):
            frame = av.VideoFrame.from_ndarray(np.full((height, width, 3), n * 20 % 255, np.uint8), format="rgb24")
            made.mux(stream.encode(frame))
        made.mux(stream.encode())
    return out.getvalue()


def speech_in_webm() -> bytes:
    import numpy as np

    out = io.BytesIO()
    with av.open(out, "w", format="webm") as made:
        stream = made.add_stream("libopus", rate=48_000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4_800), np.int16), format="s16", layout="mono")
        frame.sample_rate = 48_000
        made.mux(stream.encode(frame))
        made.mux(stream.encode())
    return out.getvalue()


def document(pages: int = 3) -> bytes:
    out = io.BytesIO()
    with pdf.PdfDocument.new() as made:
        for _ in range(pages):
            made.new_page(200, 300)
        made.save(out)
    return out.getvalue()


def value(bench: Bench, field: str) -> dict[str, Any]:
    (row,) = bench.rows()["rows"]
    return row["data"][field]


@pytest.mark.parametrize(
    ("field", "name", "content", "mime", "facts"),
    [
        ("audio", "a.wav", sound(), "audio/wav", {"duration": 0.5, "rate": 8_000, "channels": 1}),
        ("video", "a.mp4", film(), "video/mp4", {"frames": 12, "width": 64, "height": 48, "fps": 10.0, "duration": 1.2}),
        ("video", "a.webm", film(container="webm"), "video/webm", {"frames": 12, "width": 64}),
        ("audio", "a.webm", speech_in_webm(), "audio/webm", {"rate": 48_000}),
        ("document", "a.pdf", document(), "application/pdf", {"pages": 3}),
    ],
)
def test_each_kind_is_measured_and_served(
    bench: Bench, tmp_path: Path, field: str, name: str, content: bytes, mime: str, facts: dict[str, Any]
) -> None:
    bench.project(fields=({"name": field, "kind": field},))
    # The suffix only says that the file is of interest; WebM holds sound alone or film.
    shown = name.replace(".webm", ".weba") if field == "audio" else name
    (tmp_path / shown).write_bytes(content)
    assert bench.bring(path=str(tmp_path))["added"] == 1
    found = value(bench, field)
    assert found["mime"] == mime
    assert "error" not in found
    assert {k: found[k] for k in facts} == facts
    got = bench.ask("GET", f"/api/media/{found['media']}")
    assert got.content == content
    assert got.headers["content-disposition"].startswith("inline" if field in ("audio", "video") else "attachment")
    assert "sandbox" in got.headers["content-security-policy"]


def test_a_folder_of_many_kinds_gives_each_field_its_own(bench: Bench, tmp_path: Path) -> None:
    bench.project(fields=({"name": "recording", "kind": "audio"},))
    (tmp_path / "a.wav").write_bytes(sound())
    (tmp_path / "b.pdf").write_bytes(document())
    told = bench.bring(path=str(tmp_path))
    assert told["added"] == 1
    assert value(bench, "recording")["name"] == "a.wav"


def test_the_content_decides_and_the_message_says_both(bench: Bench, tmp_path: Path) -> None:
    bench.project(fields=({"name": "audio", "kind": "audio"},))
    (tmp_path / "a.wav").write_bytes(document())
    (tmp_path / "b.mp3").write_bytes(b"not sound at all, only words")
    (tmp_path / "c.wav").write_bytes(b"")
    told = bench.bring(path=str(tmp_path))
    assert told["added"] == 0
    reasons = " | ".join(bad["reason"] for bad in told["bad_rows"])
    assert "its content is a document (application/pdf), but the field holds audio" in reasons
    assert "its content is no audio of a known kind" in reasons
    assert "it is empty" in reasons


@pytest.mark.parametrize(
    ("field", "name", "content", "said"),
    [
        ("video", "a.mp4", film()[:-900], "cut short"),
        ("audio", "a.wav", sound()[:44], "there is nothing in it"),
        ("document", "a.pdf", document()[:60], "damaged"),
        ("audio", "a.flac", b"fLaC" + b"\0" * 300, "damaged or cut short"),
    ],
)
def test_what_is_damaged_is_taken_with_its_reason(
    bench: Bench, tmp_path: Path, field: str, name: str, content: bytes, said: str
) -> None:
    bench.project(fields=({"name": field, "kind": field},))
    (tmp_path / name).write_bytes(content)
    assert bench.bring(path=str(tmp_path))["added"] == 1
    assert said in value(bench, field)["error"]


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data is not beside the checkout")
def test_real_files_are_known_by_their_content() -> None:
    kinds = {"diarization/sample.wav": "audio", "fsdd/0_george_0.wav": "audio"}
    for name, kind in kinds.items():
        found = sniff((SHARED / "media" / name).read_bytes()[:1024])
        assert found is not None
        assert kind_of(found[0]) == kind
    papers = sorted((SHARED / "media" / "invoices").glob("*.pdf"))
    assert papers
    for paper in papers:
        assert sniff(paper.read_bytes()[:1024]) == ("application/pdf", ".pdf")
