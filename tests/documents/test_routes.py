"""Documents over the interface: pages, words and hits for members of the project; what a machine reads stays away from blind items."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pypdfium2", reason="documents need pypdfium2: pip install milo[documents]")

from PIL import Image, ImageDraw, ImageFont

from data_bench import PASSWORD, Bench
from documents.making import page, pdf

FIELD = {"name": "paper", "kind": "document"}
FORM = {"name": "form", "type": "fields", "config": {"fields": [{"name": "total", "type": "amount", "required": True}]}}
BOXES = {"name": "marks", "type": "boxes", "required": False, "config": {"labels": ["stamp"]}}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    one = Bench(tmp_path_factory.mktemp("documents"))
    yield one
    one.close()


def brought(
    bench: Bench, folder: Path, *questions: dict[str, Any], field: dict[str, Any] = FIELD, blind: float = 0, **files: bytes
) -> list[Any]:
    bench.project(*(questions or (FORM, BOXES)), fields=(field,), blind_share=blind)
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content)
    bench.bring(path=str(folder))
    return bench.rows()["rows"]


def scan(text: str = "TOTAL 49.99") -> bytes:
    picture = Image.new("RGB", (500, 160), "white")
    ImageDraw.Draw(picture).text((40, 50), text, "black", ImageFont.load_default(48))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def test_a_document_has_pages_words_and_hits(bench: Bench, tmp_path: Path) -> None:
    (row,) = brought(bench, tmp_path, a_pdf=pdf(page((20, 300, 12, "Grand total 9.99")), page(rotate=90)))
    value = row["data"]["paper"]
    assert (value["pages"], value["sizes"]) == (2, [[300, 400, 1], [400, 300, 1]])
    at = f"/api/media/{value['media']}"
    assert bench.call("GET", f"{at}/pages") == {"count": 2, "sizes": [[300, 400, 1], [400, 300, 1]]}
    small, large = (bench.ask("GET", f"{at}/pages/1?scale={s}") for s in (0.1, 1.4))
    sizes = [Image.open(io.BytesIO(reply.content)).size for reply in (small, large)]
    assert sizes == [(80, 60), (600, 450)]
    assert large.headers["content-type"] == "image/webp"
    assert "immutable" in large.headers["cache-control"]
    told = bench.call("GET", f"{at}/pages/0/words")
    assert (told["state"], told["source"], [w[5] for w in told["words"]]) == ("ready", "text", ["Grand", "total", "9.99"])
    assert bench.call("GET", f"{at}/pages/1/words") == {"state": "scan"}
    assert bench.call("GET", f"{at}/find?text=TOTAL")["hits"][0]["page"] == 0
    assert bench.ask("GET", f"{at}/pages/2").status_code == 404
    assert "no page 3; it has 2" in bench.ask("GET", f"{at}/pages/2").json()["error"]["message"]
    assert bench.ask("GET", f"{at}/find?text=").status_code == 422


def test_the_grid_has_a_small_first_page_made_once(bench: Bench, tmp_path: Path) -> None:
    rows = brought(bench, tmp_path, a_pdf=pdf(page((20, 300, 12, "First"))), b_pdf=b"%PDF-1.4 broken")
    by_name = {row["data"]["paper"]["name"]: row["data"]["paper"] for row in rows}
    first, again = (bench.ask("GET", f"/api/media/{by_name['a.pdf']['media']}/thumb?size=96") for _ in range(2))
    assert first.headers["content-type"] == "image/webp"
    assert Image.open(io.BytesIO(first.content)).size == (150, 200)
    assert again.content == first.content
    assert bench.ask("GET", f"/api/media/{by_name['b.pdf']['media']}/thumb").status_code == 422


def test_answers_are_held_to_the_document(bench: Bench, tmp_path: Path) -> None:
    (row,) = brought(bench, tmp_path, a_pdf=pdf(page((20, 300, 12, "Grand total 9.99"))))
    place = {"page": 0, "x": 20, "y": 90, "w": 30, "h": 12}
    entry = {"value": "9,99", "text": "9.99", "places": [place]}
    bench.answer(row["id"], form={"total": entry}, marks=[{**place, "label": "stamp"}])
    stored = bench.all("SELECT value FROM annotation WHERE item_id = ? AND role = 'answer'", row["id"])
    assert len(stored) == 2
    body = {
        "op_id": "off the page",
        "item_id": row["id"],
        "values": {"form": {"total": 1}, "marks": [{**place, "x": 290, "label": "stamp"}]},
    }
    wrong = bench.ask("POST", "/answers", body)
    assert wrong.status_code == 422
    assert "outside of the page, which is 300 x 400 points" in wrong.text


def test_what_cannot_be_shown_says_why(bench: Bench, tmp_path: Path) -> None:
    rows = brought(
        bench, tmp_path, a_pdf=pdf(page(), encrypted=True), b_pdf=pdf(page())[:300], c_pdf=b"no document, only words",
        d_pdf=pdf(page(size=(5_000_000, 300))),
    )  # fmt: skip
    said = {row["data"]["paper"]["name"]: row["data"]["paper"]["error"] for row in rows}
    assert list(said) == ["a.pdf", "b.pdf", "d.pdf"]
    assert "encrypted with a password" in said["a.pdf"]
    assert "damaged" in said["b.pdf"]
    assert "cannot be shown" in said["d.pdf"]
    for row in rows:
        for path in ("pages", "pages/0", "pages/0/words", "find?text=x"):
            reply = bench.ask("GET", f"/api/media/{row['data']['paper']['media']}/{path}")
            assert 400 <= reply.status_code < 500, (path, reply.text)
            assert "cannot be shown" in reply.json()["error"]["message"]


def test_a_picture_is_a_document_of_one_page(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "list.jsonl").write_text('{"file": "a.png"}')
    bench.project(FORM, BOXES, fields=(FIELD,))
    (tmp_path / "a.png").write_bytes(scan())
    bench.bring(path=str(tmp_path / "list.jsonl"), mapping={"fields": {"paper": "file"}})
    (row,) = bench.rows()["rows"]
    at = f"/api/media/{row['data']['paper']['media']}"
    assert bench.call("GET", f"{at}/pages") == {"count": 1, "sizes": [[500, 160, 1]]}
    sizes = [Image.open(io.BytesIO(bench.ask("GET", f"{at}/pages/0?scale={s}").content)).size for s in (0.2, 1, 3)]
    assert sizes == [(100, 32), (500, 160), (500, 160)]
    assert bench.call("GET", f"{at}/pages/0/words") == {"state": "scan"}
    assert bench.ask("GET", f"{at}/pages/1").status_code == 404
    bench.answer(row["id"], form={"total": 1}, marks=[{"x": 400, "y": 100, "w": 90, "h": 50, "label": "stamp"}])


def read(bench: Bench, item: int, field: str, page: int = 0) -> dict[str, Any]:
    end = time.monotonic() + 180
    while (told := bench.call("GET", f"/items/{item}/words?field={field}&page={page}"))["state"] == "reading":
        assert time.monotonic() < end, "the page was not read in time"
        time.sleep(0.1)
    return told


def test_scanned_pages_are_read_word_by_word(bench: Bench, tmp_path: Path) -> None:
    pytest.importorskip("rapidocr", reason="reading pages needs RapidOCR: pip install milo[ocr]")
    (row,) = brought(bench, tmp_path, a_png=scan(), field={"name": "paper", "kind": "image"})
    told = read(bench, row["id"], "paper")
    assert (told["state"], told["source"]) == ("ready", "ocr"), told
    words = {w[5]: w for w in told["words"]}
    assert "49.99" in words
    _, x, y, w, h, _, score = words["49.99"]
    assert x > 150
    assert 30 < y < y + h < 130
    assert x + w < 480
    assert score > 0.5


def test_nothing_is_read_on_a_blind_item(bench: Bench, tmp_path: Path) -> None:
    rows = brought(bench, tmp_path, a_png=scan("SECRET"), field={"name": "paper", "kind": "image"}, blind=1.0)
    told = bench.call("GET", f"/items/{rows[0]['id']}/words?field=paper")
    assert told["state"] == "withheld"
    assert "words" not in told


def test_the_text_layer_is_shown_on_a_blind_item(bench: Bench, tmp_path: Path) -> None:
    rows = brought(bench, tmp_path, a_pdf=pdf(page((20, 300, 12, "Total"))), blind=1.0)
    assert bench.call("GET", f"/items/{rows[0]['id']}/words?field=paper")["words"][0][5] == "Total"


def test_documents_are_for_members_and_items_for_those_who_have_them(bench: Bench, tmp_path: Path) -> None:
    (row,) = brought(bench, tmp_path, a_pdf=pdf(page((20, 300, 12, "Total"))))
    login = f"guest{row['id']}"
    user = bench.call("POST", "/api/users", {"login": login, "password": PASSWORD})["id"]
    token = bench.ws.auth.add_token(user, "look")[1]
    media, item = row["data"]["paper"]["media"], row["id"]
    paths = [f"/api/media/{media}/{p}" for p in ("pages", "pages/0", "pages/0/words", "find?text=a")]
    words = f"/api/projects/{bench.p}/items/{item}/words?field=paper"

    def status(path: str) -> int:
        return bench.client.request("GET", path, headers={"Authorization": f"Bearer {token}"}).status_code

    def everybody() -> tuple[set[int], int]:
        kept = dict(bench.client.cookies)
        bench.client.cookies.clear()
        found = {status(path) for path in paths}, status(words)
        bench.client.cookies.update(kept)
        return found

    assert everybody() == ({403}, 403)
    bench.call("PUT", f"/members/{user}", {"role": "annotator"})
    assert everybody() == ({200}, 403)
