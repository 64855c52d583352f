"""Frame n is the n-th picture that a decoder gives out, whatever the container says; what is damaged is said in words."""

from __future__ import annotations

import random
import struct
from pathlib import Path
from typing import Any

import pytest

import films

av = pytest.importorskip("av")

from milo.infra import video_frames  # noqa: E402
from milo.infra.video_work import answer  # noqa: E402


def _decoded(path: Path) -> list[tuple[float, int]]:
    """(time, number burnt in) of all frames, as PyAV decodes them."""
    with av.open(str(path)) as container:
        found = [(frame.time, films.number_in(frame.to_image())) for frame in container.decode(video=0)]
    return [(time - found[0][0], number) for time, number in found]


def _same(path: Path, *, tries: int = 30) -> video_frames.Film:
    """The table and pictures from it are those of decoding the file from its start, in any order of asking."""
    truth, film = _decoded(path), video_frames.Film(path)
    assert len(film) == len(truth)
    assert film.seconds() == pytest.approx([time for time, _ in truth], abs=2e-3)
    order = list(range(len(film)))
    mixed = random.Random(len(truth)).choices(order, k=tries)
    for number in [*mixed, *order[-12:], *reversed(order[:12])]:
        assert films.number_in(film.picture(number)) == truth[number][1], number
    return film


@pytest.mark.parametrize(
    ("name", "times", "more"),
    [
        ("even.mp4", films.even(60), {}),
        ("uneven.mp4", films.uneven(60), {}),
        ("far.mp4", films.even(90), {"gop": 250, "b_frames": 3}),
        ("open.mkv", films.even(80), {"gop": 20, "options": {"x264-params": "open-gop=1:bframes=3"}}),
        ("uneven.webm", films.uneven(40), {"codec": "libvpx-vp9"}),
        ("stream.ts", films.even(40), {}),
        ("still.avi", films.even(20), {"codec": "mjpeg"}),
    ],
)
def test_every_container_and_rate(tmp_path: Path, name: str, times: list[float], more: dict[str, Any]) -> None:
    film = _same(films.write(tmp_path / name, times, **more))
    assert [films.number_in(film.picture(n)) for n in range(len(film))] == list(range(len(times)))
    film.close()


def test_a_header_that_lies_about_its_length(tmp_path: Path) -> None:
    path = films.write(tmp_path / "a.mp4", films.even(40))
    data = bytearray(path.read_bytes())
    for box, away in ((b"mvhd", 16), (b"mdhd", 16)):
        at = data.index(box) + 4
        struct.pack_into(">I", data, at + away, 999_999_999)
    path.write_bytes(data)
    assert len(_same(path)) == 40
    assert answer({"do": "probe", "path": str(path)})["frames"] == 40


def test_a_file_that_begins_between_two_key_frames(tmp_path: Path) -> None:
    """What comes before the first picture that can be decoded is no frame."""
    whole = films.write(tmp_path / "a.mkv", films.even(60), gop=20, options={"x264-params": "open-gop=1:bframes=3"})
    path = tmp_path / "cut.mkv"
    with av.open(str(whole)) as source, av.open(str(path), "w") as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        for n, packet in enumerate(source.demux(video=0)):
            if n >= 7 and packet.size:
                packet.stream = stream
                out.mux(packet)
    assert len(_same(path)) < 60


@pytest.mark.parametrize("name", ["cut.webm", "cut.mkv", "cut.ts"])
def test_a_file_that_was_cut_short(tmp_path: Path, name: str) -> None:
    codec = "libvpx-vp9" if name.endswith("webm") else "libx264"
    path = films.write(tmp_path / name, films.even(60), codec=codec)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 3 // 5])
    film = _same(path)
    assert 10 < len(film) < 60
    with pytest.raises(video_frames.Unreadable, match="there is no frame 60"):
        film.frame(60)


def test_a_picture_is_shown_as_the_file_says(tmp_path: Path) -> None:
    path = films.write(tmp_path / "a.mp4", films.even(10))
    films.turn_clockwise(path)
    picture = video_frames.Film(path).picture(7)
    assert picture.size == (films.HEIGHT, films.WIDTH)
    assert films.number_in(picture.transpose(2)) == 7
    known = answer({"do": "probe", "path": str(path)})
    assert (known["width"], known["height"]) == (films.HEIGHT, films.WIDTH)


def test_jobs_write_what_they_are_asked_for(tmp_path: Path) -> None:
    import json

    from PIL import Image

    path = films.write(tmp_path / "a.mp4", films.uneven(50))
    table, still, strip = (tmp_path / name for name in ("t.json", "s.jpg", "p.jpg"))
    ask = {"path": str(path)}
    assert answer({**ask, "do": "frames", "out": str(table)}) == {"frames": 50}
    found = json.loads(table.read_text())
    assert (found["frames"], found["width"], found["height"], found["keys"][:2]) == (50, 160, 96, [0, 12])
    assert answer({**ask, "do": "still", "out": str(still), "frame": 33, "longest": 0}) == {"width": 160, "height": 96}
    with Image.open(still) as image:
        assert films.number_in(image) == 33
    answer({**ask, "do": "strip", "out": str(strip), "count": 8, "height": 54})
    with Image.open(strip) as image:
        assert image.size == (8 * 90, 54)
    assert "no frame 50" in answer({**ask, "do": "still", "out": str(still), "frame": 50, "longest": 0})["error"]


@pytest.mark.parametrize("data", [b"", b"\0\0\0\x18ftypmp42" + bytes(2000), b"\x1a\x45\xdf\xa3" + bytes(500)])
def test_what_is_no_video_is_said_in_words(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "bad.mp4"
    path.write_bytes(data)
    known = answer({"do": "probe", "path": str(path)})
    assert known["error"]
    assert "Traceback" not in known["error"]
