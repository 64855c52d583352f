"""Images come in whole, upright, and harmless; what is damaged keeps its error."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from data_bench import SHARED, Bench

FIELDS = ({"name": "image", "kind": "image"},)


def picture(
    width: int = 60, height: int = 40, format: str = "PNG", orientation: int | None = None, colour: Any = (200, 30, 30)
) -> bytes:
    image = Image.new("RGB", (width, height), colour)
    image.putpixel((0, 0), (0, 255, 0))
    out = io.BytesIO()
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    image.save(out, format, exif=exif)
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 10_000)) + chunk(b"IEND", b"")


def images(bench: Bench) -> list[dict[str, Any]]:
    return [row["data"]["image"] for row in bench.rows()["rows"]]


def test_a_folder_of_images_is_referenced_in_place(bench: Bench, tmp_path: Path) -> None:
    bench.project(fields=FIELDS)
    (tmp_path / "cats").mkdir()
    file = tmp_path / "cats" / "one.png"
    file.write_bytes(picture())
    assert bench.bring(path=str(tmp_path))["added"] == 1
    (value,) = images(bench)
    assert (value["mime"], value["width"], value["height"], value["name"]) == ("image/png", 60, 40, "cats/one.png")
    assert "path" not in value
    got = bench.ask("GET", f"/api/media/{value['media']}")
    assert got.content == file.read_bytes()
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    file.unlink()
    gone = bench.ask("GET", f"/api/media/{value['media']}")
    assert gone.status_code == 404
    assert "moved or deleted" in gone.json()["error"]["message"]


def test_a_copied_image_outlives_its_source(bench: Bench, tmp_path: Path) -> None:
    bench.project(fields=FIELDS)
    (tmp_path / "a.png").write_bytes(picture())
    bench.bring(path=str(tmp_path), copy=True)
    (tmp_path / "a.png").unlink()
    (value,) = images(bench)
    assert bench.ask("GET", f"/api/media/{value['media']}").status_code == 200


@pytest.mark.parametrize(("orientation", "size"), [(1, (60, 40)), (3, (60, 40)), (6, (40, 60)), (8, (40, 60))])
def test_images_stand_upright(bench: Bench, orientation: int, size: tuple[int, int]) -> None:
    bench.project(fields=FIELDS)
    token = bench.send("a.jpg", picture(60, 40, "JPEG", orientation))
    assert bench.bring(upload=token)["added"] == 1
    (value,) = images(bench)
    assert (value["width"], value["height"]) == size
    thumb = Image.open(io.BytesIO(bench.ask("GET", f"/api/media/{value['media']}/thumb", params={"size": 64}).content))
    assert (thumb.width > thumb.height) == (size[0] > size[1])


def test_ranges(bench: Bench) -> None:
    bench.project(fields=FIELDS)
    content = picture()
    bench.bring(upload=bench.send("a.png", content))
    part = bench.client.get(f"/api/media/{images(bench)[0]['media']}", headers={"Range": "bytes=2-9"})
    assert (part.status_code, part.content) == (206, content[2:10])


def test_thumbnails_are_small_and_made_once(bench: Bench) -> None:
    bench.project(fields=FIELDS)
    bench.bring(upload=bench.send("a.png", picture(2000, 1000)))
    path = f"/api/media/{images(bench)[0]['media']}/thumb"
    first = bench.ask("GET", path, params={"size": 200})
    thumb = Image.open(io.BytesIO(first.content))
    assert (thumb.format, thumb.size) == ("WEBP", (256, 128))
    assert bench.ask("GET", path, params={"size": 256}).content == first.content


def test_damaged_images_keep_their_error(bench: Bench) -> None:
    bench.project(fields=FIELDS)
    noisy = Image.effect_noise((300, 300), 80)
    out = io.BytesIO()
    noisy.save(out, "JPEG")
    token = bench.send("cut.jpg", out.getvalue()[:5_000])
    bench.send("fine.png", picture(), token)
    bench.send("nothing.png", b"", token)
    bench.send("words.png", b"these are words", token)
    bench.send("bomb.png", bomb(60_000, 60_000), token)
    done = bench.bring(upload=token)
    assert (done["added"], done["bad"]) == (3, 2)
    assert all("no image of a known kind" in b["reason"] for b in done["bad_rows"])
    by_name = {v["name"]: v for v in images(bench)}
    assert "error" not in by_name["fine.png"]
    assert "damaged" in by_name["cut.jpg"]["error"]
    assert "megapixels" in by_name["bomb.png"]["error"]
    assert by_name["bomb.png"]["width"] == 60_000
    refused = bench.ask("GET", f"/api/media/{by_name['bomb.png']['media']}/thumb")
    assert refused.status_code == 422
    assert "megapixels" in refused.json()["error"]["message"]


def test_a_zip_cannot_write_outside_its_folder(bench: Bench) -> None:
    bench.project(fields=FIELDS)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("fine/a.png", picture())
        archive.writestr("../../escaped.png", picture(10, 10))
        archive.writestr("/absolute.png", picture(11, 11))
        link = zipfile.ZipInfo("link.png")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    done = bench.bring(upload=bench.send("images.zip", out.getvalue()))
    assert (done["added"], done["bad"]) == (1, 3)
    assert not list(bench.folder.rglob("escaped.png"))
    assert images(bench)[0]["name"] == "fine/a.png"
    assert not list((bench.folder / "workspace" / "uploads").rglob("unpacked-*"))


def test_a_table_names_images_beside_it_and_no_others(bench: Bench, tmp_path: Path) -> None:
    bench.project(fields=FIELDS)
    inner = tmp_path / "set"
    (inner / "img").mkdir(parents=True)
    (inner / "img" / "a.png").write_bytes(picture())
    (tmp_path / "secret.png").write_bytes(picture(9, 9))
    (inner / "img" / "link.png").symlink_to(tmp_path / "secret.png")
    names = [
        "img/a.png",
        "../secret.png",
        str(tmp_path / "secret.png"),
        "img/link.png",
        "missing.png",
        "https://example.org/a.png",
    ]
    (inner / "table.csv").write_text("image,n\n" + "".join(f"{name},{n}\n" for n, name in enumerate(names)))
    done = bench.bring(path=str(inner / "table.csv"))
    assert (done["added"], done["bad"]) == (1, 5)
    reasons = [b["reason"] for b in done["bad_rows"]]
    assert sum("leads out of the folder" in r for r in reasons) == 3
    assert "not fetched from the network" in reasons[-1]
    assert images(bench)[0]["name"] == "img/a.png"


def test_an_svg_is_never_a_page(bench: Bench, tmp_path: Path) -> None:
    bench.project(fields=FIELDS)
    (tmp_path / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    (tmp_path / "t.csv").write_text("image\na.svg\n")
    assert bench.bring(path=str(tmp_path / "t.csv"))["added"] == 1
    for end in ("", "/thumb"):
        got = bench.ask("GET", f"/api/media/{images(bench)[0]['media']}{end}")
        assert got.headers["content-type"].startswith("image/svg+xml")
        assert "sandbox" in got.headers["content-security-policy"]
        assert "default-src 'none'" in got.headers["content-security-policy"]


def test_the_same_image_under_another_name_is_the_same_item(bench: Bench) -> None:
    bench.project(fields=FIELDS)
    assert bench.bring(upload=bench.send("a.png", picture()))["added"] == 1
    again = bench.bring(upload=bench.send("b.png", picture()))
    assert (again["added"], again["repeated"]) == (0, 1)


def test_a_program_may_name_only_files_of_its_project(bench: Bench) -> None:
    bench.project(fields=FIELDS)
    bench.bring(upload=bench.send("a.png", picture()))
    media = images(bench)[0]["media"]
    own = bench.call("POST", "/items", [{"data": {"image": {"media": media}}}])
    assert own["repeated"] == 1
    bench.project(fields=FIELDS)
    other = bench.call("POST", "/items", [{"data": {"image": {"media": media}}}, {"data": {"image": "/etc/passwd"}}])
    assert (other["added"], len(other["bad"])) == (0, 2)


def test_strangers_see_no_media(bench: Bench) -> None:
    bench.project(fields=FIELDS)
    bench.bring(upload=bench.send("a.png", picture()))
    media = images(bench)[0]["media"]
    cookies = dict(bench.client.cookies)
    bench.client.cookies.clear()
    try:
        assert bench.client.get(f"/api/media/{media}").status_code == 401
        assert bench.client.get(f"/api/media/{media}/thumb").status_code == 401
    finally:
        for name, value in cookies.items():
            bench.client.cookies.set(name, value)


def test_similar_images(bench: Bench) -> None:
    bench.project(fields=FIELDS)
    token = bench.send("red1.png", picture(colour=(200, 30, 30)))
    for name, colour in (("red2.png", (190, 35, 30)), ("blue.png", (20, 30, 220)), ("green.png", (20, 210, 30))):
        bench.send(name, picture(colour=colour), token)
    bench.bring(upload=token)
    by_name = {row["data"]["image"]["name"]: row["id"] for row in bench.rows()["rows"]}
    bench.call("GET", "/similar", params={"item": by_name["red1.png"]})
    job = bench.one("SELECT max(id) FROM job WHERE kind = 'vectors'")
    assert bench.wait(job).state == "done"
    found = bench.call("GET", "/similar", params={"item": by_name["red1.png"]})["rows"]
    assert len(found) == 3
    assert found[0]["data"]["image"]["name"] == "red2.png"
    assert 0.9 < found[0]["similarity"] <= 1 > found[-1]["similarity"]


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data sets are not beside the repository")
def test_real_photographs(bench: Bench) -> None:
    bench.project(fields=FIELDS)
    done = bench.bring(path=str(SHARED / "media" / "mm_coco_pose"))
    assert done["added"] >= 4, done
    for value in images(bench):
        assert "error" not in value
        assert bench.ask("GET", f"/api/media/{value['media']}/thumb").status_code == 200
