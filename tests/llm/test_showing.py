"""What a model is shown of an item: the allowed fields, texts as they are, pictures as small upright files."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from documents.making import page, pdf
from llm_bench import LlmBench
from milo.domain.errors import Invalid, NotFound, RuleForbids
from milo.infra.rendering import as_text
from milo.infra.showing import Showing
from milo.infra.sql.connections import ConnectionsSql
from milo.infra.sql.items import MediaSql
from milo.testing.builders import make_item

FIELDS = [{"name": "text"}, {"name": "secret"}, {"name": "talk", "kind": "chat"}, {"name": "page", "kind": "html"}]
ROW = {
    "text": "Ünïcode  stays\n as it is",
    "secret": "do not tell",
    "talk": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello", "model": "who"}],
    "page": "<h1>Title</h1><script>alert(1)</script><p>One &amp; two</p>",
}


def test_texts_are_rendered_and_kept_fields_stay_here(bench: Callable[..., LlmBench]) -> None:
    made = bench({"fields": FIELDS}, data={"models": ["local"], "fields": {"secret": []}})
    made.script()
    (item,) = made.add([ROW])
    project = made.ws.projects.get(made.id)
    shown = Showing(made.ws, project, ["script"]).shown(item)
    assert shown.data == {
        "text": ROW["text"],
        "talk": "[0] user: Hi\n[1] assistant: Hello",
        "page": "Title\nOne & two",
    }
    assert "secret" not in shown.item.data
    assert not shown.item.blind
    with pytest.raises(RuleForbids, match="secret"):
        Showing(made.ws, project, ["script"], ["text", "secret"])
    only = Showing(made.ws, project, ["script"], ["text"])
    assert only.names == ("text",)
    assert list(only.shown(item).data) == ["text"]
    task = only.task("mood")
    assert (task.guidelines, task.task_type.name, task.project_name) == ("Thanks are praise.", "choice", "Letters")


def test_a_model_is_shown_no_more_than_those_who_answer(bench: Callable[..., LlmBench]) -> None:
    fields = [{"name": "text"}, {"name": "secret"}, {"name": "answers", "kind": "table"}]
    question = {"name": "better", "type": "ranking", "field": "answers"}
    made = bench({"fields": fields, "questions": [question]}, data={"models": ["local"]}, hidden=["secret"])
    made.script()
    (item,) = made.add([{"text": "x", "secret": "hush", "answers": [{"text": "one", "source": "CANARY", "odd": "CANARY"}]}])
    shown = Showing(made.ws, made.ws.projects.get(made.id), ["script"]).shown(item)
    assert shown.item.data == {"text": "x", "answers": [{"text": "one"}]}
    assert shown.data == {"text": "x", "answers": "[1] one"}


def test_each_connection_counts(bench: Callable[..., LlmBench]) -> None:
    made = bench({"fields": FIELDS}, data={"models": ["*"], "fields": {"secret": ["near"], "talk": ["local"]}})
    made.script("near")
    made.script("far", local=False)
    project = made.ws.projects.get(made.id)
    assert Showing(made.ws, project, ["near"]).names == ("text", "secret", "talk", "page")
    assert Showing(made.ws, project, ["near", "far"]).names == ("text", "page")
    with pytest.raises(NotFound):
        Showing(made.ws, project, ["nowhere"])
    closed = bench()
    closed.script("far", local=False)
    with pytest.raises(RuleForbids):
        Showing(closed.ws, closed.ws.projects.get(closed.id), ["far"])


def test_pages_go_in_order_and_tell_what_cannot_be_shown(bench: Callable[..., LlmBench]) -> None:
    made = bench()
    made.script()
    ids = made.add([{"text": f"number {n}"} for n in range(5)] + [{"text": "x" * 400_001}, {"text": ""}])
    showing = Showing(made.ws, made.ws.projects.get(made.id), ["script"])
    got = list(showing.pages([*reversed(ids), ids[0] + 999, 5]))
    assert [i for i, _ in got] == list(reversed(ids))
    assert [isinstance(one, Invalid) for _, one in got] == [True, True, False, False, False, False, False]
    with pytest.raises(Invalid, match="at most 400,000"):
        showing.shown(ids[5])
    with pytest.raises(NotFound):
        showing.shown(ids[0] + 999)


def test_pictures_are_small_upright_and_bare(bench: Callable[..., LlmBench], tmp_path: Path) -> None:
    made = bench({"fields": [{"name": "photo", "kind": "image"}]})
    made.script()
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "SECRET CAMERA"
    Image.effect_noise((3000, 2000), 90).convert("RGB").save(path, "JPEG", exif=exif)
    found = made.ws.data.media.look_at(made.id, path, "photo.jpg", copy=True)
    value = made.ws.db.write(lambda c: made.ws.data.media.put(c, found))
    (item,) = made.add([{"photo": value}])
    showing = Showing(made.ws, made.ws.projects.get(made.id), ["script"])
    (part,) = showing.shown(item).media["photo"]
    picture = Image.open(io.BytesIO(part.data))
    assert (part.mime, picture.format) == ("image/jpeg", "JPEG")
    assert max(picture.size) <= 1568 < 3000
    assert picture.height > picture.width
    assert len(part.data) <= 4_000_000
    assert b"SECRET" not in part.data
    with pytest.raises(Invalid, match="not on record"):
        showing.build(make_item({"photo": {"media": 999, "mime": "image/png"}}))
    row = made.ws.db.read(lambda c: MediaSql(c).get(value["media"]))
    assert row is not None
    assert len(made.ws.data.media.picture(row, 1568, 60_000)) <= 60_000


def test_documents_are_pictures_of_their_first_pages_or_text_to_those_who_see_none(
    bench: Callable[..., LlmBench], tmp_path: Path
) -> None:
    pytest.importorskip("pypdfium2", reason="documents need pypdfium2: pip install milo[documents]")
    made = bench({"fields": [{"name": "paper", "kind": "document"}]})
    made.script()
    items: list[int] = []
    for name, content in (
        ("long", pdf(*(page((20, 300, 12, f"Page number {n + 1}")) for n in range(10)))),
        ("bare", pdf(page())),
    ):
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(content)
        found = made.ws.data.media.look_at(made.id, path, path.name, copy=True)
        value = made.ws.db.write(lambda c, f=found: made.ws.data.media.put(c, f))
        items += made.add([{"paper": value}])
    project = made.ws.projects.get(made.id)
    shown = Showing(made.ws, project, ["script"]).shown(items[0])
    pages = [Image.open(io.BytesIO(part.data)) for part in shown.media["paper"]]
    assert [(one.format, max(one.size)) for one in pages] == [("JPEG", 1568)] * 8
    assert all(len(part.data) <= 1_500_000 for part in shown.media["paper"])
    assert shown.data == {"paper": "(the first 8 of 10 pages)"}
    made.ws.db.write(
        lambda c: ConnectionsSql(c).change(made.ws.gateway.connection("script").id, {"probe": {"abilities": {"images": False}}})
    )
    blind = Showing(made.ws, project, ["script"])
    text = blind.shown(items[0])
    assert text.media == {}
    assert text.data["paper"].startswith("[page 1]\nPage number 1\n\n[page 2]")
    with pytest.raises(Invalid, match="no words that are known"):
        blind.shown(items[1])


def test_addresses_in_data_are_text(bench: Callable[..., LlmBench]) -> None:
    made = bench({"fields": [{"name": "photo", "kind": "image"}, {"name": "text"}]})
    made.script()
    item = make_item({"text": "see", "photo": "http://169.254.169.254/latest"})
    shown = Showing(made.ws, made.ws.projects.get(made.id), ["script"]).build(item)
    assert shown.media == {}
    assert shown.data["photo"].startswith("http://169")


def test_lists_of_candidates_do_not_tell_who_made_them() -> None:
    entries = [{"text": "one", "source": "big-model"}, {"messages": [{"role": "user", "content": "two"}], "model": "small"}]
    assert as_text(entries, "table") == "[1] one\n[2]\nuser: two"
    assert as_text([{"type": "image_url", "image_url": "http://x"}], "table").startswith("[1] type: image_url")
    turn = {
        "role": "user",
        "content": [{"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": "http://x"}}],
    }
    assert as_text([turn], "chat") == "[0] user: look\n(image_url)"


@given(st.text())
def test_plain_text_is_never_changed(text: str) -> None:
    assert as_text(text, "text") == text
    assert as_text(text, "markdown") == text


@given(st.text(alphabet="<>/apbr script&;\"'=!-", max_size=60))
def test_no_html_can_stop_the_reader(text: str) -> None:
    assert isinstance(as_text(text, "html"), str)
    assert "alert" not in as_text(f"<p>{text.replace('<', '').replace('>', '')}</p><script>alert(1)</script>", "html")
