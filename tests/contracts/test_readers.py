"""Reading what people have: broken, oddly encoded, hostile. Nothing is dropped in silence, nothing stops the rest."""

from __future__ import annotations

import os
import stat
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from milo.builtin.formats import _elements, _stream
from milo.domain.errors import InvalidConfig, MissingExtra, NotFound
from milo.kinds.format import BadRow, Row, Source
from milo.kinds.registry import Registry
from milo.testing.builders import make_source
from milo.testing.contracts import check_reader

DATA = Path(__file__).parents[3] / "shared" / "data"


class Reader:
    """Writes a file and reads it with a format by name."""

    def __init__(self, registry: Registry, folder: Path) -> None:
        self.registry = registry
        self.folder = folder

    def __call__(self, name: str, content: bytes | str, **options: Any) -> list[Row | BadRow]:
        path = self.folder / "data"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return check_reader(self.registry.formats.get(name), make_source(path, **options))


@pytest.fixture
def read(registry: Registry, tmp_path: Path) -> Reader:
    return Reader(registry, tmp_path)


def _brief(rows: list[Row | BadRow]) -> list[tuple[int, Any]]:
    return [(row.line, row.reason if isinstance(row, BadRow) else row.data) for row in rows]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_csv_delimiters_are_found(read: Reader, mark: str) -> None:
    lines = ["id,text,n", '1,"a, b; c",2', '2,"x | y",3']
    content = "\n".join(lines).replace(",", mark).replace(f'"a{mark} b', '"a, b')
    assert [row.data["n"] for row in read("csv", content) if isinstance(row, Row)] == ["2", "3"]


def test_csv_lines_are_those_of_the_file(read: Reader) -> None:
    content = 'id,text\r\n1,"two\r\nlines"\r\n\r\n2\r\n3,"say ""hi"""\r\n4,a,b\r\n5,é'
    assert _brief(read("csv", content)) == [
        (2, {"id": "1", "text": "two\r\nlines"}),
        (5, "1 cells where the header has 2"),
        (6, {"id": "3", "text": 'say "hi"'}),
        (7, "3 cells where the header has 2"),
        (8, {"id": "5", "text": "é"}),
    ]


def test_csv_an_open_quote_costs_its_own_line_only(read: Reader) -> None:
    content = 'id,text\n1,a\n2,"open\n3,c\n4,d\n'
    assert _brief(read("csv", content)) == [
        (2, {"id": "1", "text": "a"}),
        (3, "a quote is opened and never closed"),
        (4, {"id": "3", "text": "c"}),
        (5, {"id": "4", "text": "d"}),
    ]


def test_csv_a_field_beyond_the_limit_costs_its_own_line_only(read: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    import csv

    monkeypatch.setattr("milo.builtin.formats.csv.MAX_LINE", 1000)
    before = csv.field_size_limit(1000)
    try:
        found = read("csv", 'id,text\n1,a\n2,"' + "line\n" * 400 + "3,c\n")
    finally:
        csv.field_size_limit(before)
    assert found[1].line == 3
    assert isinstance(found[1], BadRow)
    assert found[-1].line == 403


def test_csv_undecodable_bytes_and_nul_are_reported_with_their_line(read: Reader) -> None:
    found = read("csv", b"id,text\n1,caf\xe9\n2,ok\n3,\0\n4,ok\n")
    assert [(row.line, isinstance(row, BadRow)) for row in found] == [(2, True), (3, False), (4, True), (5, False)]
    assert isinstance(found[0], BadRow)
    assert "0xE9" in found[0].reason
    assert "cp1252" in found[0].reason


def test_other_encodings_by_option_or_mark(read: Reader) -> None:
    assert _brief(read("csv", "id,text\n1,café\n".encode("cp1252"), encoding="cp1252")) == [(2, {"id": "1", "text": "café"})]
    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        assert _brief(read("csv", "id,text\n1,café\n".encode(encoding))) == [(2, {"id": "1", "text": "café"})]
        assert _brief(read("jsonl", '{"a":"é"}\n'.encode(encoding))) == [(1, {"a": "é"})]
        assert _brief(read("json", '[{"a":"é"}]'.encode(encoding))) == [(1, {"a": "é"})]
        assert _brief(read("text", "é\n".encode(encoding))) == [(1, {"text": "é"})]
    bad = read("csv", b"id,text\n1,a\x81b\n2,ok\n", encoding="cp1252")
    assert [isinstance(row, BadRow) for row in bad] == [True, False]
    with pytest.raises(InvalidConfig, match="no encoding"):
        read("csv", "a\n1\n", encoding="klingon")


def test_csv_names_are_made_unique(read: Reader) -> None:
    assert _brief(read("csv", "a,,a\n1,2,3\n")) == [(2, {"a": "1", "column2": "2", "a_2": "3"})]


def test_csv_options(read: Reader) -> None:
    assert _brief(read("csv", "1,2\n3,4\n", header=False))[0] == (1, {"column1": "1", "column2": "2"})
    assert _brief(read("tsv", 'a\tb\n"x\ty\n', quote="")) == [(2, {"a": '"x', "b": "y"})]
    assert _brief(read("csv", "")) == []
    assert _brief(read("csv", "text\nonly one column, with a comma\n", delimiter=";"))[0][1] == {
        "text": "only one column, with a comma"
    }
    with pytest.raises(InvalidConfig, match="single character"):
        read("csv", "a\n", delimiter="ab")


def test_jsonl_bad_lines(read: Reader) -> None:
    content = b'{"a":1}\n\n{"a":\nnull\n[1]\n{"a":NaN}\n"bare"\n{"a":"\xff"}\n{"b":2}'
    found = read("jsonl", content)
    assert [(r.line, isinstance(r, BadRow)) for r in found] == [
        (1, False), (3, True), (4, True), (5, True), (6, True), (7, False), (8, True), (9, False)
    ]  # fmt: skip
    assert found[5] == Row(7, "data", {"text": "bare"})
    assert isinstance(found[6], BadRow)
    assert "not valid UTF-8" in found[6].reason


def test_an_endless_line_is_reported_once(read: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_stream, "MAX_LINE", 64)
    content = '{"a":1}\n{"a":"' + "x" * 500 + '"}\n{"a":2}\n'
    assert [(r.line, isinstance(r, BadRow)) for r in read("jsonl", content)] == [(1, False), (2, True), (3, False)]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("[]", []),
        ("  ", []),
        ('[{"a":1}, {"a":[{"b":2}]}]', [{"a": 1}, {"a": [{"b": 2}]}]),
        ('{"version": [1, 2], "items": [{"a":1},{"a":2}], "n": 2}', [{"a": 1}, {"a": 2}]),
        ('{"a": 1, "b": {"c": []}}', [{"a": 1, "b": {"c": []}}]),
        ('{"a":1}\n{"a":2}\n', [{"a": 1}, {"a": 2}]),
        ('["x", "y"]', [{"text": "x"}, {"text": "y"}]),
        ("{}", [{}]),
    ],
)
def test_json_documents(read: Reader, content: str, rows: list[Any]) -> None:
    assert [row.data for row in read("json", content) if isinstance(row, Row)] == rows
    assert not [row for row in read("json", content) if isinstance(row, BadRow)]


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 64])
def test_json_windows_of_any_size(read: Reader, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_elements, "_CHUNK", chunk)
    rows: list[Any] = [{"n": 123456, "t": 'é👩‍🚀\\" }, {', "x": [True, None, -1.5e3]}, {"long": "y" * 300}, {}]
    import json

    for text in (json.dumps(rows), json.dumps(rows, ensure_ascii=False, indent=3), json.dumps({"k": 1, "rows": rows})):
        assert [row.data for row in read("json", text) if isinstance(row, Row)] == rows


def test_json_damage(read: Reader) -> None:
    found = read("json", '[{"a":1}, {"a": oops}, {"a":3}, 5, {"a":NaN}, {"a":6}]')
    assert [isinstance(row, BadRow) for row in found] == [False, True, False, True, True, False]
    assert _brief(read("json", '[{"a":1}, {"a"'))[0] == (1, {"a": 1})
    assert isinstance(read("json", '[{"a":1}, {"a"')[-1], BadRow)
    assert "end of the array" in str(_brief(read("json", '[{"a":1}] {"a":2}'))[-1][1])
    assert "neither" in str(_brief(read("json", "5"))[0][1])
    assert [isinstance(r, BadRow) for r in read("json", b'[{"a":"\xe9"},{"a":"ok"}]')] == [True, False]


def test_json_member_option(read: Reader) -> None:
    content = '{"train": [{"a":1}], "test": [{"a":2}]}'
    assert _brief(read("json", content, member="test")) == [(1, {"a": 2})]
    found = read("json", content)
    assert [isinstance(row, BadRow) for row in found] == [False, True]
    assert "second array" in str(_brief(found)[1][1])
    assert "no array" in str(_brief(read("json", content, member="dev"))[0][1])


def test_text_units(read: Reader) -> None:
    content = "one\r\ntwo\n\n  \nthree"
    assert _brief(read("text", content)) == [(1, {"text": "one"}), (2, {"text": "two"}), (5, {"text": "three"})]
    assert _brief(read("text", content, unit="paragraph")) == [(1, {"text": "one\r\ntwo"}), (5, {"text": "three"})]
    assert _brief(read("text", content, unit="file")) == [(1, {"text": content})]
    with pytest.raises(InvalidConfig, match="none of line"):
        read("text", "a", unit="page")


def _tree(root: Path) -> Path:
    (root / "in" / "cats").mkdir(parents=True)
    (root / "secret.txt").write_text("secret")
    (root / "in" / "cats" / "b.PNG").write_bytes(b"\x89PNG")
    (root / "in" / "a.txt").write_text("héllo")
    (root / "in" / "latin.txt").write_bytes(b"caf\xe9")
    (root / "in" / "notes.docx").write_bytes(b"?")
    (root / "in" / ".hidden").write_text("x")
    (root / "in" / "out.txt").symlink_to(root / "secret.txt")
    (root / "in" / "up").symlink_to(root)
    (root / "in" / "inside.txt").symlink_to(root / "in" / "a.txt")
    return root / "in"


def test_folders_are_read_in_order_and_never_left(registry: Registry, tmp_path: Path) -> None:
    root = _tree(tmp_path)
    found = check_reader(registry.formats.get("folder"), Source(root, "in"))
    good = {row.data["file"]: row for row in found if isinstance(row, Row)}
    assert list(good) == ["a.txt", "cats/b.PNG", "inside.txt"]
    assert good["cats/b.PNG"].data["folder"] == "cats"
    assert good["cats/b.PNG"].files == {"image": str(root / "cats" / "b.PNG")}
    assert good["a.txt"].data["text"] == "héllo"
    bad = sorted(row.reason for row in found if isinstance(row, BadRow))
    assert [reason.split(":")[0] for reason in bad] == ["latin.txt", "notes.docx", "out.txt", "up"]
    assert "leads out" in bad[2]
    assert not any("secret" in str(row) for row in found)
    with pytest.raises(NotFound):
        list(registry.formats.get("folder").read(Source(tmp_path / "none", "none")))


def test_pipes_in_a_folder_do_not_block(registry: Registry, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert [row.reason for row in registry.formats.get("folder").read(Source(tmp_path, "x")) if isinstance(row, BadRow)] == [
        "pipe.txt: no regular file"
    ]


def _zip(path: Path, members: list[tuple[zipfile.ZipInfo | str, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def _link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def test_hostile_archives(registry: Registry, tmp_path: Path) -> None:
    members: list[tuple[zipfile.ZipInfo | str, bytes]] = [
        ("cats/a.png", b"\x89PNG"), ("../evil.txt", b"x"), ("/abs.txt", b"x"), ("a/../../evil.png", b"x"),
        ("c:/x.txt", b"x"), ("win\\x.txt", b"x"), (_link("link.txt"), b"/etc/passwd"), ("bomb.txt", b"0" * 12_000_000),
        ("t.txt", "é".encode()), ("__MACOSX/t.txt", b"x"), ("data.csv", b"a"), ("folder/", b""),
    ]  # fmt: skip
    target = tmp_path / "out"
    path = _zip(tmp_path / "x.zip", members)
    found = check_reader(registry.formats.get("zip"), make_source(path, extract_to=str(target)))
    good = [row for row in found if isinstance(row, Row)]
    assert [row.data["file"] for row in good] == ["cats/a.png", "t.txt"]
    assert Path(good[0].files["image"]).read_bytes() == b"\x89PNG"
    assert good[0].data["folder"] == "cats"
    bad = [row.reason for row in found if isinstance(row, BadRow)]
    assert len(bad) == 8
    assert any("ZIP bomb" in reason for reason in bad)
    written = sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file())
    assert written == ["out/cats/a.png", "x.zip"]


def test_archives_that_unpack_to_too_much_or_are_broken(registry: Registry, tmp_path: Path) -> None:
    plugin = registry.formats.get("zip")
    path = _zip(tmp_path / "x.zip", [(f"{i}.txt", os.urandom(1000).hex().encode()) for i in range(9)])
    found = list(plugin.read(make_source(path, max_total=5000)))
    assert sum(isinstance(row, Row) for row in found) == 2
    assert "more than allowed" in str(found[-1])
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK no")
    assert "not a readable ZIP" in str(list(plugin.read(Source(broken, "b"))))
    content = bytearray(path.read_bytes())
    content[60:70] = b"\0" * 10
    broken.write_bytes(content)
    found = list(plugin.read(Source(broken, "b")))
    assert len(found) == 9
    assert isinstance(found[0], BadRow)
    with pytest.raises(InvalidConfig, match="extract_to"):
        list(plugin.read(Source(_zip(tmp_path / "y.zip", [("a.png", b"x")]), "y")))


def test_repeated_names_in_an_archive(registry: Registry, tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = _zip(tmp_path / "x.zip", [("a.txt", b"1"), ("a.txt", b"2")])
    found = list(registry.formats.get("zip").read(Source(path, "x")))
    assert [isinstance(row, BadRow) for row in found] == [False, True]


def test_foreign_parquet(registry: Registry, tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    import datetime as dt
    from decimal import Decimal

    table = pa.table(
        {
            "text": ["a", None],
            "x": [1.5, float("nan")],
            "day": [dt.date(2024, 1, 2), None],
            "sum": [Decimal("1.10"), None],
            "img": [{"bytes": b"\x89PNG\r\n\x1a\n..", "path": "x.png"}, {"bytes": b"MZ", "path": "x.exe"}],
        }
    )
    pq.write_table(table, tmp_path / "x.parquet")
    found = check_reader(registry.formats.get("parquet"), make_source(tmp_path / "x.parquet", extract_to=str(tmp_path)))
    assert isinstance(found[0], Row)
    assert found[0].data == {"text": "a", "x": 1.5, "day": "2024-01-02", "sum": "1.10"}
    assert Path(found[0].files["img"]).read_bytes().startswith(b"\x89PNG")
    assert isinstance(found[1], BadRow)
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 nonsense")
    assert "not a readable Parquet" in str(list(registry.formats.get("parquet").read(Source(tmp_path / "bad.parquet", "b"))))


def test_without_pyarrow_a_sentence_says_what_to_install(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match=r"pip install"):
        list(registry.formats.get("parquet").read(Source(Path("x.parquet"), "x")))


def test_a_file_that_is_not_there(registry: Registry, tmp_path: Path) -> None:
    for plugin in (p for p in registry.formats.all() if p.reads):
        with pytest.raises(NotFound):
            list(plugin.read(Source(tmp_path / "none", "none")))


def test_memory_stays_bounded(registry: Registry, tmp_path: Path) -> None:
    """200,000 rows of 100 bytes, and less than 8 MB at the peak, for every format that streams lines."""
    import tracemalloc

    path = tmp_path / "big"
    for name, head, line, tail in (
        ("csv", "id,text\n", "{i},some text that is about a hundred bytes long for the sake of it\n", ""),
        ("jsonl", "", '{{"id":{i},"text":"some text that is about a hundred bytes long"}}\n', ""),
        ("json", "[0", ',{{"id":{i},"text":"some text that is about a hundred bytes long"}}\n', "]"),
    ):
        lines = "".join(line.format(i=i) for i in range(200_000))
        path.write_text(head + lines + tail)
        del lines
        tracemalloc.start()
        count = sum(1 for _ in registry.formats.get(name).read(Source(path, name)))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count >= 200_000
        assert peak < 8_000_000


@pytest.mark.skipif(not DATA.is_dir(), reason="the sample data is not here")
@pytest.mark.parametrize("pattern", ["hil/*.jsonl", "crowds/*.jsonl", "crowds/*.csv", "crowds/*.tsv", "human_llm/*"])
def test_real_files(registry: Registry, pattern: str) -> None:
    paths = sorted(DATA.glob(pattern))
    assert paths
    for path in paths:
        found = check_reader(registry.formats.get(path.suffix[1:]), Source(path, path.name))
        assert len(found) > 10
        assert not [row for row in found if isinstance(row, BadRow)]


@pytest.mark.skipif(not DATA.is_dir(), reason="the sample data is not here")
def test_a_real_folder_of_images(registry: Registry) -> None:
    found = check_reader(registry.formats.get("folder"), Source(DATA / "media" / "mm_tracking_crossing", "frames"))
    images = [row for row in found if isinstance(row, Row) and "image" in row.files]
    assert len(images) == 120
    assert {row.data["folder"] for row in images} == {"img"}
