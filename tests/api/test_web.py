"""What surrounds the routes: headers, hosts, errors, the web app's files, the OpenAPI document and its page."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from api.conftest import People
from milo.api.app import create_app
from milo.api.endpoint import ENDPOINTS
from milo.api.openapi import document
from milo.api.security import Guard
from milo.api.static import WebApp
from milo.bootstrap import Workspace, open_workspace
from milo.domain.errors import Conflict
from milo.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def web(tmp_path: Path) -> TestClient:
    ui = tmp_path / "ui"
    (ui / "assets").mkdir(parents=True)
    (ui / "index.html").write_text("<title>Milo</title>")
    (ui / "assets" / "index-abc.js").write_text("let a = 1;")
    (tmp_path / "secret.txt").write_text("secret")
    return TestClient(Starlette(routes=[Mount("/", WebApp(ui))]), headers={"Accept": "*/*"})


def test_hashed_files_are_kept_for_ever_and_the_page_is_not(web: TestClient) -> None:
    assert "immutable" in web.get("/assets/index-abc.js").headers["cache-control"]
    assert web.get("/").headers["cache-control"] == "no-cache"
    assert web.get("/index.html", headers={"Accept": "text/html"}).headers["cache-control"] == "no-cache"


def test_page_addresses_get_the_page_and_missing_files_do_not(web: TestClient) -> None:
    assert web.get("/p/3/label", headers={"Accept": "text/html"}).text == "<title>Milo</title>"
    assert web.get("/assets/gone.js", headers={"Accept": "text/html"}).status_code == 404
    assert web.get("/gone.png").status_code == 404


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt", "//etc/passwd", "/a%00b"])
def test_no_path_leads_out_of_the_folder(web: TestClient, path: str) -> None:
    assert "secret" not in web.get(path).text
    assert web.get(path).status_code == 404


def test_packed_files_are_sent_to_who_takes_them(web: TestClient, tmp_path: Path) -> None:
    import gzip

    (tmp_path / "ui" / "assets" / "index-abc.js.gz").write_bytes(gzip.compress(b"let a = 1;"))
    packed = web.get("/assets/index-abc.js", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == "let a = 1;"
    assert packed.headers["content-type"].startswith("text/javascript")
    assert "content-encoding" not in web.get("/assets/index-abc.js", headers={"Accept-Encoding": "identity"}).headers


def test_a_missing_web_app_says_what_to_run(tmp_path: Path) -> None:
    client = TestClient(Starlette(routes=[Mount("/", WebApp(tmp_path))]))
    reply = client.get("/")
    assert reply.status_code == 503
    assert "make web" in reply.text


def test_every_answer_carries_the_guards(people: People) -> None:
    client = people.client("owner")
    for path in ("/api/status", "/api/nothing", "/docs", "/login"):
        headers = client.get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe-inline" not in headers["content-security-policy"].split("script-src")[1].split(";")[0]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    assert client.get("/api/status").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("host", "status"), [("milo.example", 200), ("milo.example:8443", 200), ("evil.example", 403)])
def test_only_known_hosts_are_served_where_they_are_named(workspace: Workspace, host: str, status: int) -> None:
    guarded = Guard(create_app(workspace), ("milo.example",))
    assert TestClient(guarded).get("/api/status", headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/api/nothing", None, 404, "NotFound"),
        ("PUT", "/api/status", None, 405, "MethodNotAllowed"),
        ("POST", "/api/projects", b"{", 422, "Invalid"),
        ("POST", "/api/projects", b"[]", 422, "Invalid"),
        ("POST", "/api/tokens", b'{"name": 3}', 422, "Invalid"),
        ("GET", "/api/projects/abc", None, 404, "NotFound"),
        ("GET", "/api/projects/99999999999999999999", None, 404, "NotFound"),
        ("GET", "/api/jobs?limit=x", None, 422, "Invalid"),
    ],
)
def test_errors_have_one_shape(client: TestClient, method: str, path: str, body: bytes | None, status: int, code: str) -> None:
    reply = client.request(method, path, content=body)
    assert reply.status_code == status
    error = reply.json()["error"]
    assert error["code"] == code
    assert error["message"]
    assert set(error) == {"code", "message", "place"}


def test_a_bug_tells_the_log_and_not_the_client(
    client: TestClient, peopled: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(peopled.projects, "all", broken)
    reply = client.get("/api/projects")
    assert reply.status_code == 500
    assert reply.json()["error"]["code"] == "Bug"
    assert "secret" not in reply.text


def test_a_second_server_on_a_workspace_is_refused(workspace: Workspace) -> None:
    with pytest.raises(Conflict, match="Another Milo already runs"):
        open_workspace(workspace.path, Settings(workspace=workspace.path))


def test_the_document_lists_every_endpoint_once_and_all_references_lead_somewhere(client: TestClient) -> None:
    spec = client.get("/api/openapi.json").json()
    listed = {(m.upper(), p) for p, methods in spec["paths"].items() for m in methods}
    assert listed == {(e.method, e.path) for e in ENDPOINTS}
    operations = [o["operationId"] for methods in spec["paths"].values() for o in methods.values()]
    assert len(operations) == len(set(operations))
    text = json.dumps(spec)
    wanted = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert wanted <= set(spec["components"]["schemas"])
    assert all(o["summary"] for methods in spec["paths"].values() for o in methods.values())


def test_the_web_apps_copy_of_the_document_is_the_present_one() -> None:
    copy = ROOT / "web" / "src" / "api" / "openapi.json"
    assert json.loads(copy.read_text()) == json.loads(json.dumps(document())), "run: make api"


def test_the_module_prints_the_document() -> None:
    out = subprocess.run([sys.executable, "-m", "milo.api.openapi"], capture_output=True, check=True, cwd=ROOT).stdout
    assert json.loads(out) == json.loads(json.dumps(document()))


def test_the_docs_page_needs_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs").text
    assert "http://" not in page
    assert "https://" not in page
    for path in ("/docs/docs.js", "/docs/docs.css"):
        assert client.get(path).status_code == 200
