"""Pictures that are nearly the same: made copies are found, others are not told; the command over a project."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter

from milo import Client
from milo.api.server import PrivateServer
from milo.cli.connection import Where
from milo.cli.duplicates import duplicates
from milo.stats.near_pictures import SIDE, NearPictures


def scene(seed: int) -> Image.Image:
    """Soft shapes, as a photograph has them."""
    noise = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((480, 360), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(3))


def copies(image: Image.Image) -> list[Image.Image]:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=30)
    w, h = image.size
    return [
        image.resize((w // 2, h // 2)),
        Image.open(out),
        image.crop((w // 40, h // 40, w - w // 40, h - h // 40)),
        image.crop((w // 20, h // 20, w, h)),
        ImageEnhance.Brightness(image).enhance(0.75),
    ]


def grey(image: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(image.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX))


def test_copies_are_found_and_nothing_else() -> None:
    near = NearPictures()
    for n in range(25):
        image = scene(n)
        for k, one in enumerate([image, *copies(image)]):
            near.add(10 * n + k, grey(one))
    found = near.pairs()
    assert all(a // 10 == b // 10 for a, b in found)
    assert {(10 * n, 10 * n + k) for n in range(25) for k in range(1, 6)} <= found.keys()


def test_an_empty_picture_is_like_no_other() -> None:
    near = NearPictures()
    for n in range(3):
        near.add(n, np.full((SIDE, SIDE), 200))
    assert near.pairs(0.5) == {}


def test_the_command_groups_the_pictures_of_a_project(
    client: Client, server: PrivateServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    scene(1).save(folder / "a.jpg")
    copies(scene(1))[2].save(folder / "b.png")
    scene(2).save(folder / "c.jpg")
    question = {"name": "q", "type": "choice", "config": {"labels": ["x", "y"]}}
    project = client.create_project({"name": "Twins", "fields": [{"name": "image", "kind": "image"}], "questions": [question]})
    project.import_file(folder)
    ids = {Path(row["meta"]["file"]).name: row["id"] for row in project.export(what="resolved")}
    duplicates("Twins", where=Where(url=server.url, token=server.token, json=True))
    assert json.loads(capsys.readouterr().out) == {"items": 3, "groups": [sorted([ids["a.jpg"], ids["b.png"]])]}
    project.delete()
