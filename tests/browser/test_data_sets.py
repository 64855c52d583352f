"""A data set of pictures on the import page: what it answers is said, asked and imported."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import exported, sign_in
from datasets.desk import picture
from running import Api, Server

pytestmark = pytest.mark.browser


def _archive(path: Path) -> Path:
    annotations = [
        {"id": 1, "image_id": 1, "category_id": 1, "bbox": [2, 2, 10, 10]},
        {"id": 2, "image_id": 2, "category_id": 2, "bbox": [5, 5, 8, 8], "segmentation": [[5, 5, 13, 5, 13, 13]]},
    ]
    images = [{"id": n, "file_name": f"{n}.png", "width": 40, "height": 30} for n in (1, 2)]
    document = {
        "images": images,
        "categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "bus"}],
        "annotations": annotations,
    }
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("annotations/instances_train.json", json.dumps(document))
        for n in (1, 2):
            archive.writestr(f"images/train/{n}.png", picture(40, 30, colour=(n, 9, 9)))
    return path


def test_a_coco_archive_asks_its_own_questions_and_comes_in(page: Page, server: Server, owner: Api, tmp_path: Path) -> None:
    spec = {
        "name": "Streets",
        "fields": [{"name": "image", "kind": "image"}],
        "questions": [{"name": "things", "type": "boxes", "title": "Box everything", "config": {"labels": ["car"]}}],
        "policy": {"blind_share": 0},
    }
    project = owner.call("POST", "/api/projects", spec)["id"]
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/import")
    page.locator("input[type=file]").first.set_input_files(_archive(tmp_path / "streets.zip"))
    expect(page.get_by_text("which does not know bus")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Add 1 label").click()
    expect(page.get_by_text("which does not know bus")).to_have_count(0, timeout=60_000)
    page.get_by_role("button", name=re.compile("Ask it")).click()
    expect(page.get_by_role("button", name=re.compile("Ask it"))).to_have_count(0, timeout=60_000)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text(re.compile(r"2 (new )?(items|added)|added", re.IGNORECASE)).first).to_be_visible(timeout=60_000)
    rows = {Path(row["data"]["image"]["name"]).name: row["labels"] for row in exported(owner, project)}
    assert [box["label"] for box in rows["2.png"]["things"]] == ["bus"]
    assert len(rows["2.png"]["polygons"]) == 1
