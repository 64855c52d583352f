"""What users upload stays text: no script of one person runs in another's browser. And every page is usable by all."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import make_project, sign_in
from running import Api, Server

pytestmark = pytest.mark.browser

NASTY = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>[x](javascript:window.hacked=1)'


def test_nothing_uploaded_runs_as_script(page: Page, server: Server, owner: Api) -> None:
    spec = {
        "name": NASTY,
        "description": NASTY,
        "guidelines": f"# Guide\n\n{NASTY}\n\n## {NASTY}\n\n<iframe srcdoc='<script>parent.hacked=1</script>'></iframe>",
        "fields": [{"name": "text", "title": NASTY}, {"name": "page", "kind": "html"}, {"name": "note", "kind": "markdown"}],
        "questions": [
            {"name": "mood", "type": "choice", "title": NASTY, "help": NASTY, "config": {"labels": [NASTY, "fine"]}},
            {"name": "parts", "type": "spans", "required": False, "config": {"labels": [NASTY]}, "field": "text"},
        ],
        "policy": {"blind_share": 0, "order": "imported"},
    }
    project = owner.call("POST", "/api/projects", spec)["id"]
    data = {"text": NASTY, "page": f"<body onload='parent.hacked=1'>{NASTY}</body>", "note": NASTY}
    owner.call("POST", f"/api/projects/{project}/items", [{"data": data, "key": NASTY, "meta": {"m": NASTY}} for _ in range(2)])
    item = owner.call("GET", f"/api/projects/{project}/items")["rows"][0]["id"]
    owner.call("POST", f"/api/projects/{project}/items/{item}/comments", {"text": NASTY})
    given = [{"item_id": item, "question": "mood", "value": NASTY, "score": 0.9, "reason": NASTY}]
    owner.call("POST", f"/api/projects/{project}/suggestions?name=nasty", given)
    sign_in(page, server)
    for place in ("", f"p/{project}/label", f"p/{project}/data", f"p/{project}/models", f"p/{project}/settings"):
        page.goto(f"{server.address}/{place}")
        page.wait_for_timeout(1500)
        assert page.evaluate("window.hacked") is None, place
    page.goto(f"{server.address}/p/{project}/label")
    for tab in ("Guide", "Comments", "History"):
        page.get_by_role("tab", name=tab).click()
        page.wait_for_timeout(500)
        assert page.evaluate("window.hacked") is None, tab
    assert page.locator("a[href^='javascript']").count() == 0


def test_an_svg_from_a_user_is_never_served_as_a_page(server: Server, owner: Api, tmp_path: Path) -> None:
    spec = {
        "name": "Pictures",
        "fields": [{"name": "image", "kind": "image"}],
        "questions": [{"name": "what", "type": "choice", "config": {"labels": ["a", "b"]}}],
    }
    project = owner.call("POST", "/api/projects", spec)["id"]
    picture = tmp_path / "pictures"
    picture.mkdir()
    (picture / "evil.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    job = owner.call("POST", f"/api/projects/{project}/import", {"path": str(picture), "copy": True})
    for _ in range(200):
        job = owner.call("GET", f"/api/jobs/{job['id']}")
        if job["state"] in ("done", "failed"):
            break
    rows = owner.call("GET", f"/api/projects/{project}/items")["rows"]
    for row in rows:
        status, _, headers = owner.raw("GET", f"/api/media/{row['data']['image']['media']}")
        harmless = "sandbox" in headers.get("content-security-policy", "") or "attachment" in headers.get(
            "content-disposition", ""
        )
        assert status >= 400 or harmless
        assert headers["x-content-type-options"] == "nosniff"
    assert rows or job["result"]["bad"] == 1


def _axe() -> str:
    path = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
    if not path.exists():
        pytest.skip("axe-core is not installed in web/node_modules.")
    return path.read_text(encoding="utf-8")


def serious(page: Page) -> list[str]:
    """What axe finds serious on the page as it is now."""
    page.evaluate(_axe())
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    found: list[str] = []
    for violation in result["violations"]:
        if violation["impact"] in ("serious", "critical"):
            nodes = [n["html"][:160] + " :: " + str(n.get("failureSummary", ""))[:200] for n in violation["nodes"][:3]]
            found.append(f"{violation['id']}: {nodes}")
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(page: Page, server: Server, owner: Api, theme: str) -> None:
    project = make_project(owner, 5)
    rows = owner.call("GET", f"/api/projects/{project}/items")["rows"]
    given = [{"item_id": r["id"], "question": "mood", "value": "praise", "score": 0.8, "reason": "love"} for r in rows]
    owner.call("POST", f"/api/projects/{project}/suggestions?name=elsewhere", given)
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    sign_in(page, server)
    places = ["", "projects/new", f"p/{project}/label", f"p/{project}/data", f"p/{project}/models", f"p/{project}/settings",
              f"p/{project}/import", "account", "users"]  # fmt: skip
    found: list[str] = []
    for place in places:
        page.goto(f"{server.address}/{place}")
        expect(page.get_by_role("main")).to_be_visible()
        page.wait_for_timeout(1200)
        found += [f"{place}: {violation}" for violation in serious(page)]
    assert found == []
