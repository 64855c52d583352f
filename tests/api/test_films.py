"""Frames of a video by number, for members of its project and nobody else; what cannot be shown says why."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import films
from running import Server

pytest.importorskip("av")

SPEC = {
    "name": "Clips",
    "fields": [{"name": "video", "kind": "video"}],
    "questions": [{"name": "things", "type": "tracks", "config": {"labels": ["car"]}}],
}


def _import(owner: Any, project: int, name: str, data: bytes) -> dict[str, Any]:
    at = f"/api/projects/{project}"
    upload = json.loads(owner.raw("POST", f"{at}/uploads?name={name}", data)[1])["upload"]
    job = owner.call("POST", f"{at}/import", {"upload": upload})["id"]
    while owner.call("GET", f"/api/jobs/{job}")["state"] in ("queued", "running"):
        time.sleep(0.05)
    return owner.call("GET", f"{at}/items?sort=-ord&limit=1")["rows"][0]


def test_frames_are_for_members(tmp_path: Path) -> None:
    path = films.write(tmp_path / "a.mp4", films.uneven(30))
    with Server(tmp_path / "ws") as server:
        owner = server.owner()
        project = owner.call("POST", "/api/projects", SPEC)["id"]
        item = _import(owner, project, "a.mp4", path.read_bytes())
        video = item["data"]["video"]
        assert (video["frames"], video["width"], video["height"], video["variable"]) == (30, 160, 96, True)
        at = f"/api/media/{video['media']}"
        table = owner.call("GET", f"{at}/frames")
        assert table["times"] == pytest.approx(films.uneven(30), abs=1e-3)
        for number in (17, 18, 0, 29):
            status, data, headers = owner.raw("GET", f"{at}/frames/{number}")
            assert (status, headers["content-type"]) == (200, "image/jpeg")
            with Image.open(io.BytesIO(data)) as image:
                assert films.number_in(image) == number
        with Image.open(io.BytesIO(owner.raw("GET", f"{at}/strip?count=5")[1])) as strip:
            assert strip.size == (8 * 90, 54)
        status, data, headers = owner.raw("GET", f"{at}/thumb?size=96")
        assert (status, headers["content-type"]) == (200, "image/jpeg")
        assert films.number_in(Image.open(io.BytesIO(data))) == 3
        status, out, _ = owner.raw("GET", f"{at}/frames/30")
        assert status == 422
        assert "frames 0 to 29" in json.loads(out)["error"]["message"]
        for other in (
            server.person(owner, "ann", project),
            server.person(owner, "eve", owner.call("POST", "/api/projects", SPEC)["id"]),
        ):
            wanted = 200 if other.raw("GET", at)[0] == 200 else 403
            assert {other.raw("GET", f"{at}/{what}")[0] for what in ("frames", "frames/1", "strip")} == {wanted}
            other.close()
        answer = {"item_id": item["id"], "schema_version": 1}
        for frame, status in ((29, 200), (30, 422)):
            values = {"things": [{"label": "car", "keyframes": [{"frame": frame, "box": [1, 2, 3, 4]}]}]}
            assert (
                owner.raw(
                    "POST",
                    f"/api/projects/{project}/answers",
                    json.dumps({**answer, "op_id": f"{frame:032d}", "values": values}).encode(),
                )[0]
                == status
            )
        broken = _import(owner, project, "b.mp4", path.read_bytes()[:900])
        assert broken["data"]["video"]["error"]
        status, out, _ = owner.raw("GET", f"/api/media/{broken['data']['video']['media']}/frames/0")
        assert status == 422
        assert "b.mp4" in json.loads(out)["error"]["message"]
        owner.close()
