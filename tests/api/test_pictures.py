"""Pictures for the guidelines: kept once, shown to members, refused if they are none."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from running import Server

SPEC = {
    "name": "Guide",
    "fields": [{"name": "text"}],
    "questions": [{"name": "mood", "type": "choice", "config": {"labels": ["a", "b"]}}],
}


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 6), "red").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("bad", [b"", b"no picture", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"])
def test_only_pictures_are_kept(tmp_path: Path, bad: bytes) -> None:
    with Server(tmp_path / "ws") as server:
        owner = server.owner()
        project = owner.call("POST", "/api/projects", SPEC)["id"]
        status, out, _ = owner.raw("POST", f"/api/projects/{project}/pictures?name=x.png", bad)
        assert status == 422, out
        status, out, _ = owner.raw("POST", f"/api/projects/{project}/pictures?name=x.png", png())
        assert status == 201
        kept = json.loads(out)
        status, shown, headers = owner.raw("GET", kept["url"])
        assert (status, shown, headers["content-type"]) == (200, png(), "image/png")
        again = json.loads(owner.raw("POST", f"/api/projects/{project}/pictures?name=x.png", png())[1])
        assert again["media"] == kept["media"]
        annotator = server.person(owner, "ann", project)
        assert annotator.raw("GET", kept["url"])[0] == 200
        assert annotator.raw("POST", f"/api/projects/{project}/pictures", png())[0] == 403
        annotator.close()
        owner.close()
