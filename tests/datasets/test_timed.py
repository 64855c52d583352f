"""Files that say when what is heard: real ones and ones made after the published layouts come in and go out unchanged in what
they say."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_bench import Bench
from datasets.desk import Desk, lay, real
from infra.test_sounds import tone, wav
from milo.domain.question import Field
from milo.kinds.format import Row
from milo.kinds.registry import Registry
from milo.testing.builders import make_context, make_export_row, make_question, make_source, make_spec
from milo.testing.contracts import check_format, check_reader

pytest.importorskip("av")
NAMES = ("webvtt", "srt", "rttm", "textgrid", "audacity")
WORDED = ("webvtt", "srt", "textgrid")
SOUND = wav(tone(300, 0.5))

VTT = """WEBVTT - a talk
Kind: captions

STYLE
::cue { color: yellow }

NOTE not shown

intro
00:01.000 --> 00:02.500 align:start position:0%
<v Esme>It&rsquo;s a <i>blue</i> apple &amp; <00:00:02.000>a tree!

00:00:02.500 --> 01:00:04.000
<v.loud Mary Ann>No way!
Really?

00:05.000 --> 00:04.000
backwards
"""
SRT = """1\r
00:00:01,000 --> 00:00:02,500\r
Esme: It's <i>blue</i>.\r
\r
2\r
00:00:02,500 --> 00:00:04,000\r
Mary Ann: No way!\r
Really: yes.\r
"""
SHORT_GRID = '''File type = "ooTextFile"
"TextGrid"

0
2.3
<exists>
2
"IntervalTier"
"Mary"
0
2.3
3
0
0.5
""
0.5
1.25
"say ""hey"""
1.25
2.3
"9"
"TextTier"
"bell"
0
2.3
1
1.0
"ding"
'''
LONG_GRID = '''File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 2.3
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "Mary"
        xmin = 0
        xmax = 2.3
        intervals: size = 3
        intervals [1]:
            xmin = 0
            xmax = 0.5
            text = ""
        intervals [2]:
            xmin = 0.5
            xmax = 1.25
            text = "say ""hey"""
        intervals [3]:
            xmin = 1.25
            xmax = 2.3
            text = "9"
    item [2]:
        class = "TextTier"
        name = "bell"
        xmin = 0
        xmax = 2.3
        points: size = 1
        points [1]:
            number = 1.0
            mark = "ding"
'''
LABELS = "0.500000\t1.250000\tdog barks\n\\\t200.000000\t800.000000\n1.000000\t1.000000\tpoint\n1,5\t2.0\t\nbroken\n"


def said(desk: Desk, name: str, file: str, content: str | bytes, folder: Path) -> tuple[dict[str, Any], str]:
    lay(folder, {"a.wav": SOUND, file: content})
    rows, reasons = desk.read(name, folder)
    assert [r.files["audio"] for r in rows] == [str(folder / "a.wav")]
    return rows[0].data, " ".join(reasons)


def test_voices_of_webvtt(desk: Desk, tmp_path: Path) -> None:
    data, told = said(desk, "webvtt", "a.vtt", VTT, tmp_path / "in")
    assert data["said"] == [
        {"start": 1.0, "end": 2.5, "label": "Esme", "text": "It’s a blue apple & a tree!"},
        {"start": 2.5, "end": 3604.0, "label": "Mary Ann", "text": "No way!\nReally?"},
    ]
    assert "does not end after it starts" in told
    data, told = said(desk, "webvtt", "a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nhm\n", tmp_path / "plain")
    assert data["said"] == [{"start": 1.0, "end": 2.0, "label": "Speaker 1", "text": "hm"}]
    assert not told


def test_names_in_srt(desk: Desk, tmp_path: Path) -> None:
    data, told = said(desk, "srt", "a.srt", SRT, tmp_path / "in")
    assert [(s["label"], s["text"]) for s in data["said"]] == [
        ("Esme", "It's blue."),
        ("Mary Ann", "No way!\nReally: yes."),
    ]
    data, _ = said(desk, "srt", "a.srt", SRT.replace("Esme: ", ""), tmp_path / "some")
    assert [s["label"] for s in data["said"]] == ["Speaker 1"] * 2, "a colon in some cues is no name"
    assert not told


@pytest.mark.parametrize("content", [SHORT_GRID, LONG_GRID, LONG_GRID.encode("utf-16"), SHORT_GRID.replace("\n", "\r\n")])
def test_both_forms_of_a_textgrid(desk: Desk, tmp_path: Path, content: str | bytes) -> None:
    data, told = said(desk, "textgrid", "a.TextGrid", content, tmp_path / "in")
    assert data["said"] == [
        {"start": 0.5, "end": 1.25, "label": "Mary", "text": 'say "hey"'},
        {"start": 1.25, "end": 2.3, "label": "Mary", "text": "9"},
    ]
    assert [s["label"] for s in data["segments"]] == ['say "hey"', "9"]
    assert "points" in told


def test_a_label_track(desk: Desk, tmp_path: Path) -> None:
    data, told = said(desk, "audacity", "a.txt", LABELS, tmp_path / "in")
    assert data["segments"] == [
        {"start": 0.5, "end": 1.25, "label": "dog barks"},
        {"start": 1.5, "end": 2.0, "label": "label"},
    ]
    assert all(word in told for word in ("points in time", "spectral", "line 5"))


@pytest.mark.parametrize(
    ("name", "file", "content", "words"),
    [
        ("webvtt", "a.vtt", "no header", "WEBVTT"),
        ("textgrid", "a.TextGrid", "hello", "TextGrid"),
        ("textgrid", "a.TextGrid", LONG_GRID[:300], "ends before"),
        ("audacity", "a.txt", "just a text", "no label track"),
        ("srt", "a.srt", b"\xff\xfe\x00", "not valid utf-16"),
        ("srt", "b.srt", SRT, 'no recording named "b"'),
        ("rttm", "x.rttm", "SPEAKER zz 1 0 1 <NA> <NA> me <NA> <NA>\n", 'no recording named "zz"'),
    ],
)
def test_what_cannot_be_read_is_told(
    desk: Desk, tmp_path: Path, name: str, file: str, content: str | bytes, words: str
) -> None:
    folder = lay(tmp_path / "in", {"a.wav": SOUND, file: content})
    _, reasons = desk.read(name, folder)
    assert words in " ".join(reasons)


def test_a_folder_is_recognised_by_its_files_not_by_any_text(registry: Registry, tmp_path: Path) -> None:
    def kinds(folder: str, **files: str | bytes) -> set[str]:
        path = lay(tmp_path / folder, {name.replace("__", "."): c for name, c in files.items()})
        return {f.name for f in registry.formats.all() if f.name in NAMES and f.recognises(make_source(path))}  # type: ignore[attr-defined]

    assert kinds("talk", a__wav=SOUND, a__vtt=VTT) == {"webvtt"}
    assert kinds("labels", a__wav=SOUND, a__txt=LABELS) == {"audacity"}
    assert kinds("notes", a__wav=SOUND, a__txt="What is heard in a.wav") == set()
    assert kinds("alone", a__vtt=VTT) == set()


_WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=20).map(lambda t: " ".join(t.split()))


@st.composite
def _talk(draw: st.DrawFn) -> list[dict[str, Any]]:
    found = []
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, 9_000))
        end = start + draw(st.integers(1, 900))
        label = draw(st.sampled_from(["Ada", "Mary Ann", "Zoë <2>"]))
        found.append({"start": start / 1000, "end": end / 1000, "label": label, "text": draw(_WORDS)})
    return found


@pytest.mark.parametrize("name", WORDED)
def test_a_transcript_comes_back_as_it_went(registry: Registry, tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    task, plugin = registry.task_types.get("transcript"), registry.formats.get(name)
    question = make_question("transcript", {"labels": ["Ada", "Mary Ann", "Zoë <2>"]}, field="sound")
    context = make_context(make_spec([question], (Field("sound", "audio"),)), registry.task_types.all())

    @settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
    @given(_talk())
    def holds(talk: list[dict[str, Any]]) -> None:
        value = task.check(question, talk, None)
        sink, folder = io.BytesIO(), tmp_path_factory.mktemp("talk")
        row = make_export_row({"q": value}, {"sound": {"media": 1, "mime": "audio/wav", "name": "a.wav", "duration": 10.0}})
        plugin.write([row], sink, context)
        with zipfile.ZipFile(sink) as archive:
            archive.extractall(folder)
        (folder / "a.wav").write_bytes(b"")
        [back] = [r for r in check_reader(plugin, make_source(folder)) if isinstance(r, Row)]
        texts = sorted((s["start"], s["end"], s["label"], s["text"].replace("-->", "->")) for s in value)
        got = task.check(question, back.data["said"], None)
        if name == "textgrid":
            texts = [(*t[:3], "" if t[3] == "-" else t[3]) for t in texts]
        assert sorted((s["start"], s["end"], s["label"], s["text"]) for s in got) == texts

    holds()


@pytest.mark.parametrize("name", NAMES)
def test_they_keep_the_promises_of_formats(registry: Registry, tmp_path: Path, name: str) -> None:
    question = make_question("segments", {"labels": ["a", "b c"]}, field="sound")
    context = make_context(make_spec([question], (Field("sound", "audio"),)), registry.task_types.all())
    rows = [
        make_export_row(
            {"q": [{"start": 0.5, "end": 1.0, "label": "b c", "score": 0.5}]}, {"sound": {"media": 1, "name": "x/a.wav"}}
        ),
        make_export_row({}, {"sound": {"media": 2, "name": "b.wav"}}, id=2),
    ]
    check_format(registry.formats.get(name), rows, context, tmp_path)
    report = registry.formats.get(name).write(rows, io.BytesIO(), context)
    assert {"score of segments: 1", "items without an answer, left out: 1"} <= set(report.lost)


def test_a_real_recording_with_its_turns_comes_in_and_goes_out(desk: Desk, bench: Bench) -> None:
    path = real("media/diarization")
    question = {"name": "who", "type": "segments", "config": {"labels": ["speaker90", "speaker91"]}}
    bench.project(question, fields=[{"name": "audio", "kind": "audio"}])
    labels = {"who": {"column": "segments", "role": "gold"}}
    done = bench.bring(path=str(path), copy=True, format="rttm", mapping={"fields": {"audio": "audio"}, "labels": labels})
    assert (done["added"], done["labels"]) == (1, 1), done
    with zipfile.ZipFile(io.BytesIO(bench.export("rttm"))) as archive:
        assert archive.read("sample.rttm").decode() == (path / "sample.rttm").read_text()
    out = bench.export("textgrid", option="media:true")
    (desk.folder / "again.zip").write_bytes(out)
    rows, reasons = desk.read("textgrid", desk.folder / "again.zip")
    turns = [line.split() for line in (path / "sample.rttm").read_text().splitlines()]
    found = [(s["start"], s["end"], s["label"]) for s in rows[0].data["said"]]
    assert found == sorted((float(t[3]), round(float(t[3]) + float(t[4]), 6), t[7]) for t in turns)
    assert not reasons
