"""MOT and CVAT for video: tracks come in and go out again; single frames come in as pictures."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from datasets.desk import Desk, lay, picture, plain, real
from milo.domain.question import Field, Question
from milo.domain.shapes import Track
from milo.domain.tracks import place_at
from milo.kinds.format import ExportContext, ExportRow
from milo.testing.builders import make_spec

DATUMARO = "formats/fmt_datumaro"
VIDEO = {"media": 1, "mime": "video/mp4", "name": "clips/walk.mp4", "width": 64, "height": 48, "frames": 20, "fps": 10.0}


def _written(desk: Desk, name: str, question: Question, tracks: list[dict[str, Any]], **options: Any) -> tuple[Path, list[str]]:
    """A file of one video with these tracks."""
    kinds: dict[str, Any] = {question.type: SimpleNamespace(name=question.type, shape="tracks")}
    context = ExportContext(make_spec([question], [Field("video", "video")]), False, kinds, options)
    row = ExportRow(1, None, {"video": VIDEO}, {}, "done", {question.name: tracks})
    sink = io.BytesIO()
    report = desk.registry.formats.get(name).write([row], sink, context)
    path = desk.folder / f"{name}.zip"
    path.write_bytes(sink.getvalue())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("walk/walk.mp4", b"\0" * 8)
    return path, report.lost


QUESTION = Question(
    "things",
    "paths",
    field="video",
    config={
        "labels": ["man", "dog"],
        "points": ["head", "tail"],
        "edges": [["head", "tail"]],
        "attributes": [{"name": "sure", "config": {"labels": ["yes", "no"]}}],
        "changing": [{"name": "mood", "config": {"labels": ["calm", "wild"]}}],
    },
)
TRACKS: list[dict[str, Any]] = [
    {
        "label": "man", "id": "7", "group": 2, "attributes": {"sure": "yes"},
        "keyframes": [
            {"frame": 2, "box": [1, 2, 10, 20], "attributes": {"mood": "calm"}}, {"frame": 6, "box": [5, 2, 10, 20, 30.0], "occluded": True},
            {"frame": 9, "box": [6, 2, 10, 20], "outside": True, "attributes": {"mood": "wild"}}, {"frame": 12, "box": [7, 3, 9, 9]},
        ],
    },
    {"label": "dog", "id": "8", "keyframes": [{"frame": 0, "polygon": [[1, 1], [9, 1], [5, 9]]}, {"frame": 4, "polygon": [[2, 1], [9, 2], [5, 9]], "outside": True}]},
]  # fmt: skip


def test_tracks_of_cvat_come_back_as_they_went(desk: Desk) -> None:
    path, lost = _written(desk, "cvat_video", QUESTION, TRACKS)
    assert lost == ["metadata, provenance and keys"]
    rows, reasons = desk.read("cvat_video", path)
    assert reasons == []
    found = rows[0].data["tracks"]
    assert plain({"v": {"t": found}}) == plain({"v": {"t": TRACKS}})
    assert [t["id"] for t in found] == ["7", "8"]
    assert rows[0].files["video"].endswith("walk.mp4")
    for ours, theirs in zip(found, TRACKS, strict=True):
        a, b = (msgspec.convert(t, Track) for t in (ours, theirs))
        assert all(place_at(a, frame) == place_at(b, frame) for frame in range(20))


def test_a_real_document_of_cvat_about_a_video(desk: Desk) -> None:
    rows, reasons = desk.read("cvat_video", real(f"{DATUMARO}/cvat_dataset"))
    assert len(rows) == 1
    first = rows[0].data["tracks"][0]
    assert [k["frame"] for k in first["keyframes"]] == [10, 13, 16]
    assert (first["keyframes"][0]["box"], first["keyframes"][0]["occluded"], first["keyframes"][1]["outside"]) == (
        [3, 4, 7, 1],
        True,
        True,
    )
    assert rows[0].data["tracks"][1]["keyframes"][1]["attributes"] == {"hgl": "jk"}
    assert any("of the kind polyline: 2" in reason for reason in reasons)
    _, reasons = desk.read("cvat_video", real(f"{DATUMARO}/cvat_dataset/for_video"))
    assert any("t.mp4: the video is not in the folder" in reason for reason in reasons)


def test_a_document_of_tracks_that_breaks_off_takes_nothing_in(desk: Desk, tmp_path: Path) -> None:
    text = '<annotations><meta/><track id="0" label="a"><box frame="0" xtl="1" ytl="1" xbr="2" ybr="2"/></track><track id="1"'
    rows, reasons = desk.read("cvat_video", lay(tmp_path, {"a.xml": text, "a.mp4": b"\0"}))
    assert not rows
    assert any("Nothing of it was taken" in reason for reason in reasons)


def test_every_frame_of_a_track_is_a_line_of_mot(desk: Desk) -> None:
    boxes = [TRACKS[0]]
    path, lost = _written(desk, "mot", QUESTION, boxes)
    assert any("turned boxes" in line for line in lost)
    with zipfile.ZipFile(path) as archive:
        lines = archive.read("walk/gt/gt.txt").decode().splitlines()
        assert "seqLength=20" in archive.read("walk/seqinfo.ini").decode()
    assert [int(line.split(",")[0]) for line in lines] == [*range(3, 10), *range(13, 21)]
    assert lines[0] == "3,7,1,2,10,20,1,1,1"
    rows, _ = desk.read("mot", path)
    [track] = rows[0].data["tracks"]
    ours, theirs = msgspec.convert(track, Track), msgspec.convert(TRACKS[0], Track)
    for frame in (0, 1, 2, 3, 9, 11, 12, 19):
        a, b = place_at(ours, frame), place_at(theirs, frame)
        assert (a is None) == (b is None), frame
    assert place_at(ours, 2) is not None
    assert place_at(ours, 6).occluded  # type: ignore[union-attr]


def test_single_frames_of_mot_come_in_as_pictures(desk: Desk) -> None:
    path = real(f"{DATUMARO}/mot_dataset/mot_seq")
    desk.project_for("mot", path)
    done = desk.bring(path)
    assert done["added"] == 1
    [box] = desk.values()["000001.jpg"]["boxes"]
    assert (box["x"], box["y"], box["w"], box["h"], box["label"]) == (0, 4, 4, 8, "label_2")
    _, reasons = desk.read("mot", real(f"{DATUMARO}/mot_dataset/mot_seq_with_seqinfo"))
    assert any("the video is not in the folder" in reason for reason in reasons)


def test_what_is_wrong_in_a_text_of_mot_is_told(desk: Desk, tmp_path: Path) -> None:
    text = "1,1,2,3,10,10,1,1,0.2\n2,1,3,3,10,10,1,1,1\n3,2,1,1,5,5,0,2,1\nx,1\n0,1,1,1,1,1\n1,3,1,1,5,5,1,99,1\n5,1,4,3,10,10,1,1,1\n"
    lay(
        tmp_path,
        {
            "seq/gt/gt.txt": text,
            "seq/img1/000001.png": picture(40, 30),
            "seq/img1/000002.png": picture(40, 30, colour=(1, 1, 1)),
        },
    )
    rows, reasons = desk.read("mot", tmp_path)
    assert [r.data["boxes"][0].get("group") for r in rows] == [1, 1]
    assert rows[0].data["boxes"][0]["attributes"] == {"occluded": "yes"}
    told = " ".join(reasons)
    for words in (
        "line 4 of gt.txt",
        "the frame 0 is no whole number",
        "there is no class 99 among the 12",
        "frame 3 of seq: the picture is not",
        "frame 5 of seq",
    ):
        assert words in told, (words, told)
    lay(tmp_path, {"seq/seq.mp4": b"\0"})
    rows, _ = desk.read("mot", tmp_path)
    keys = {t["id"]: [(k["frame"], bool(k.get("outside"))) for k in t["keyframes"]] for t in rows[0].data["tracks"]}
    assert keys["1"] == [(0, False), (1, False), (2, True), (4, False), (5, True)]
    assert next(t for t in rows[0].data["tracks"] if t["id"] == "2")["attributes"] == {"ignored": "yes"}


def test_tracks_become_answers_about_a_video(desk: Desk) -> None:
    """The whole way, where tracks can be asked and videos be read."""
    pytest.importorskip("av")
    source = real(f"{DATUMARO}/cvat_dataset")
    text = (source / "for_video/annotations.xml").read_text().replace("<width>25</width>", "<width>1920</width>")
    folder = lay(
        desk.folder / "set", {"annotations.xml": text.replace("<original_size>", "<x>").replace("</original_size>", "</x>")}
    )
    (folder / "test.mp4").write_bytes((source / "test.mp4").read_bytes())
    answers = desk.registry.formats.get("cvat_video").answers(_source(folder))  # type: ignore[attr-defined]
    [column] = [a for a in answers if a.column == "tracks"]
    desk.bench.project(
        {"name": "tracks", "type": "tracks", "config": column.config}, fields=({"name": "video", "kind": "video"},)
    )
    done = desk.bring(folder)
    assert done["added"] == 1, done
    assert done["labels"] == 1, done["bad_rows"]
    [row] = [json.loads(line) for line in desk.bench.export("jsonl").decode().splitlines()]
    assert {t["label"] for t in row["labels"]["tracks"]} <= {"II", "klhg"}
    again = desk.out("cvat_video", option="media:true")
    desk.bench.project(
        {"name": "tracks", "type": "tracks", "config": column.config}, fields=({"name": "video", "kind": "video"},)
    )
    assert desk.bring(again)["labels"] == 1
    [back] = [json.loads(line) for line in desk.bench.export("jsonl").decode().splitlines()]
    assert plain({"v": back["labels"]}) == plain({"v": row["labels"]})


def _source(folder: Path) -> Any:
    from milo.testing.builders import make_source

    return make_source(folder)


@pytest.mark.parametrize("name", ["cvat_images", "cvat_video"])
def test_a_label_config_of_label_studio_is_told_for_what_it_is(desk: Desk, tmp_path: Path, name: str) -> None:
    lay(tmp_path, {"config.xml": '<View><Image name="image" value="$image"/></View>'})
    rows, (reason,) = desk.read(name, tmp_path / "config.xml")
    assert rows == []
    assert "a label config of Label Studio" in reason
    assert '"From a file"' in reason
