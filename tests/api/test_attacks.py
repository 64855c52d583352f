"""Forged requests, planted sessions, guessed passwords, names that lead elsewhere, floods."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from api.conftest import PASSWORD, MovableClock, People
from milo.api.app import create_app
from milo.api.endpoint import ENDPOINTS, Endpoint
from milo.api.static import WebApp
from milo.bootstrap import Workspace, open_workspace
from milo.infra import uploads
from milo.settings import Settings

CHANGING = [e for e in ENDPOINTS if e.method != "GET"]


def named(end: Endpoint) -> str:
    return f"{end.method} {end.path}"


def path_of(end: Endpoint, people: People) -> str:
    return re.sub(r"{\w+}", "999999", end.path.replace("{p}", str(people.project)))


def test_no_change_by_cookie_without_the_csrf_token(people: People) -> None:
    browser = people.browser("owner")
    for end in CHANGING:
        if end.action is not None:
            reply = browser.request(end.method, path_of(end, people), content=b"{}")
            assert (reply.status_code, reply.json()["error"]["place"]) == (403, "X-CSRF-Token"), named(end)


def test_no_change_from_another_origin_even_with_the_token(people: People) -> None:
    browser = people.browser("owner")
    headers = {"X-CSRF-Token": browser.get("/api/me").json()["csrf"]}
    foreign = (
        {"Origin": "https://evil.example"},
        {"Origin": "http://testserver.evil.example"},
        {"Sec-Fetch-Site": "same-site"},
    )
    for end in CHANGING:
        for more in foreign:
            reply = browser.request(end.method, path_of(end, people), content=b"{}", headers={**headers, **more})
            assert reply.status_code == 403, (named(end), more)


def test_a_get_changes_nothing_that_matters_and_head_is_a_get(people: People) -> None:
    client = people.client("owner")
    assert client.head("/api/projects").status_code == 200
    assert client.request("TRACE", "/api/projects").status_code == 405
    assert client.request("OPTIONS", "/api/login", headers={"Origin": "https://evil.example"}).status_code in (403, 404, 405)
    assert "access-control-allow-origin" not in client.get("/api/me", headers={"Origin": "https://evil.example"}).headers


def test_a_planted_session_is_never_adopted(people: People) -> None:
    browser = TestClient(people._app)
    browser.cookies.set("milo_session", "planted-by-somebody-else")
    before = browser.get("/api/me")
    assert before.status_code == 401
    reply = browser.post("/api/login", json={"login": "annotator", "password": PASSWORD})
    given = re.match(r"milo_session=([^;]+)", reply.headers["set-cookie"])
    assert given is not None
    assert given[1] != "planted-by-somebody-else"
    assert len(given[1]) >= 43
    thief = people.client("anonymous")
    thief.cookies.set("milo_session", "planted-by-somebody-else")
    assert thief.get("/api/me").status_code == 401


def test_every_sign_in_is_a_session_of_its_own(people: People) -> None:
    first, second = people.browser("annotator"), people.browser("annotator")
    assert first.cookies["milo_session"] != second.cookies["milo_session"]
    assert first.get("/api/me").json()["csrf"] != second.get("/api/me").json()["csrf"]


@pytest.mark.parametrize(("base", "secure", "expected"), [
    ("http://testserver", False, False), ("https://testserver", False, True), ("http://testserver", True, True),
])  # fmt: skip
def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    people: People, peopled: Workspace, base: str, secure: bool, expected: bool
) -> None:
    peopled.settings = msgspec.structs.replace(peopled.settings, secure_cookies=secure)
    client = TestClient(create_app(peopled), base_url=base)
    cookie = client.post("/api/login", json={"login": "owner", "password": PASSWORD}).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    assert "domain=" not in cookie
    assert ("secure" in cookie) is expected


def guess(app: object, address: str, login: str, password: str) -> int:
    client = TestClient(app, client=(address, 1234))  # type: ignore[arg-type]
    return client.post("/api/login", json={"login": login, "password": password}).status_code


def test_guesses_at_one_account_from_many_addresses_are_braked(
    people: People, peopled: Workspace, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peopled.auth.passwords, "fits", lambda password, hashed: password == PASSWORD)
    app = create_app(peopled)
    assert guess(app, "10.9.9.9", "owner", PASSWORD) == 200
    tried = [guess(app, f"10.0.{n // 9}.{n % 9}", "owner", "wrong wrong") for n in range(110)]
    assert tried[:100] == [401] * 100
    assert set(tried[100:]) == {429}
    assert guess(app, "10.1.1.1", "owner", PASSWORD) == 429, "the right password from an unknown address waits too"
    assert guess(app, "10.9.9.9", "owner", PASSWORD) == 200, "but nobody keeps the owner out of where they signed in from"
    assert guess(app, "10.1.1.1", "reviewer", PASSWORD) == 200
    clock.now += 301
    assert guess(app, "10.1.1.1", "owner", PASSWORD) == 200


def test_one_address_cannot_try_many_accounts(people: People, peopled: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peopled.auth.passwords, "fits", lambda password, hashed: password == PASSWORD)
    app = create_app(peopled)
    tried = [guess(app, "10.0.0.1", f"user{n}", "wrong wrong") for n in range(210)]
    assert tried[199:] == [401] + [429] * 10
    assert guess(app, "10.0.0.2", "owner", PASSWORD) == 200


def test_a_forwarded_address_is_not_believed(people: People, peopled: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peopled.auth.passwords, "fits", lambda password, hashed: False)
    client = people.client("anonymous")
    statuses = [
        client.post(
            "/api/login", json={"login": "owner", "password": "x" * 9}, headers={"X-Forwarded-For": f"10.0.0.{n}"}
        ).status_code
        for n in range(12)
    ]
    assert statuses[-1] == 429


def test_the_old_password_cannot_be_guessed_from_a_stolen_session(people: People) -> None:
    browser = people.browser("annotator")
    headers = {"X-CSRF-Token": browser.get("/api/me").json()["csrf"]}
    body = {"password": "a new password", "old_password": "a guess"}
    tried = [browser.patch("/api/me", json=body, headers=headers).status_code for _ in range(11)]
    assert tried == [403] * 10 + [429]


def test_a_password_set_by_the_owner_ends_the_persons_sessions(people: People) -> None:
    browser = people.browser("annotator")
    at = f"/api/users/{people.ids['annotator']}"
    assert people.client("owner").patch(at, json={"password": "another password"}).status_code == 200
    assert browser.get("/api/me").status_code == 401
    assert TestClient(people._app).post("/api/login", json={"login": "annotator", "password": PASSWORD}).status_code == 401


def test_a_reopened_account_gets_no_old_session_back(people: People) -> None:
    browser, program = people.browser("annotator"), people.client("annotator")
    at, owner = f"/api/users/{people.ids['annotator']}", people.client("owner")
    owner.patch(at, json={"active": False})
    owner.patch(at, json={"active": True})
    assert browser.get("/api/me").status_code == 401
    assert program.get("/api/me").status_code == 401


def test_closing_an_account_wins_against_requests_under_way(people: People) -> None:
    program, stop = people.client("annotator"), threading.Event()
    late: list[int] = []

    def ask() -> None:
        while not stop.is_set():
            late.append(program.get("/api/me").status_code)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    people.client("owner").patch(f"/api/users/{people.ids['annotator']}", json={"active": False})
    closed = [people.client("annotator").get("/api/me").status_code for _ in range(5)]
    stop.set()
    for thread in threads:
        thread.join()
    assert closed == [401] * 5


PATHS = [
    "/..%2fsecret.txt", "/..%2f..%2fetc%2fpasswd", "/%2e%2e%2fsecret.txt", "/assets/..%2f..%2fsecret.txt", "/..%5csecret.txt",
    "//secret.txt", "/%2fetc/passwd", "/etc/passwd%00.js", "/assets/%00", "/" + "a" * 300 + ".js", "/" + "a/" * 3000, "/%ff%fe",
    "/link.txt", "/assets", "/assets/", "/.", "/%0d%0aSet-Cookie:x=1",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p[:30])
def test_no_address_of_a_file_leads_out_or_breaks_the_server(tmp_path: Path, path: str) -> None:
    (tmp_path / "ui" / "assets").mkdir(parents=True)
    (tmp_path / "ui" / "index.html").write_text("page")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "ui" / "link.txt").symlink_to(tmp_path / "secret.txt")
    client = TestClient(Starlette(routes=[Mount("/", WebApp(tmp_path / "ui"))]), headers={"Accept": "*/*"})
    reply = client.get(path)
    assert reply.status_code in (200, 404)
    assert "secret" not in reply.text
    assert "root:" not in reply.text
    assert "set-cookie" not in reply.headers


NAMES = [
    "../x", "..", ".", "/etc/passwd", "a/../../x", "..\\x", "\\x", "C:\\x", "c:x", "a\0b", "a\nb", "", "/", "é" * 200, "a" * 256,
    "a/" * 1500, "/".join(["ü" * 100] * 15), "\u202egnp.exe",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=lambda n: repr(n)[:24])
def test_no_name_of_an_upload_leads_out_or_breaks_the_server(people: People, peopled: Workspace, name: str) -> None:
    reply = people.client("owner").post(f"/api/projects/{people.project}/uploads", params={"name": name}, content=b"boo")
    assert reply.status_code == 422, reply.text
    assert not [p for p in peopled.path.parent.rglob("*") if p.is_file() and p.read_bytes() == b"boo"]


@pytest.mark.parametrize("name", ["a" * 255, "é" * 127, "日" * 85, "sub/" + "b" * 255, "/".join(["c" * 100] * 15)])
def test_long_names_that_a_disk_can_hold_are_taken(people: People, peopled: Workspace, name: str) -> None:
    reply = people.client("owner").post(f"/api/projects/{people.project}/uploads", params={"name": name}, content=b"boo")
    assert reply.status_code == 200, reply.text
    files = [p for p in (peopled.path / "uploads").rglob("*") if p.is_file() and p.name != "upload.json"]
    assert [str(p).endswith(name) for p in files] == [True]


@pytest.mark.parametrize("token", ["../../media", "..", "x" * 32, "0" * 32, "0" * 31 + "/", "%2e%2e", "\0" * 32])
def test_an_upload_is_named_by_a_token_and_nothing_else(people: People, token: str) -> None:
    at = f"/api/projects/{people.project}"
    owner = people.client("owner")
    assert owner.post(f"{at}/uploads", params={"name": "a.txt", "upload": token}, content=b"x").status_code == 404
    assert owner.post(f"{at}/import", json={"upload": token}).status_code == 404


def test_an_upload_has_a_largest_size_and_a_largest_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = open_workspace(tmp_path / "ws", Settings(workspace=tmp_path / "ws", max_upload=3 << 20))
    try:
        client = TestClient(create_app(workspace))
        csrf = client.post("/api/setup", json={"login": "owner", "password": PASSWORD}).json()["csrf"]
        client.headers["X-CSRF-Token"] = csrf
        spec = {"name": "P", "fields": [{"name": "text"}], "questions": [{"name": "q", "type": "text"}]}
        at = f"/api/projects/{client.post('/api/projects', json=spec).json()['id']}/uploads"
        assert client.post(f"{at}?name=a.txt", content=b"x" * (3 << 20)).status_code == 200
        refused = client.post(f"{at}?name=b.txt", content=b"x" * ((4 << 20) + 1))
        assert refused.status_code == 422
        assert "MILO_MAX_UPLOAD_GB" in refused.json()["error"]["message"]
        assert not [p for p in (tmp_path / "ws" / "uploads").rglob("*") if p.name in ("b.txt",) or p.name.endswith(".part")]
        monkeypatch.setattr(uploads, "MAX_FILES", 3)
        token = client.post(f"{at}?name=1.txt", content=b"1").json()["upload"]
        statuses = [client.post(f"{at}?name={n}.txt&upload={token}", content=b"1").status_code for n in (2, 3, 4)]
        assert statuses == [200, 200, 422]
    finally:
        workspace.close()


def test_a_body_has_a_largest_size(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    from milo.api import endpoint

    monkeypatch.setattr(endpoint, "MAX_BODY", 1000)
    client = people.client("owner")
    assert client.post("/api/tokens", content=b'{"name": "' + b"x" * 2000 + b'"}').status_code == 422
    pieces = (b"x" * 100 for _ in range(1_000))
    assert client.post("/api/tokens", content=pieces).status_code == 422
    assert client.post("/api/tokens", content=b"{}", headers={"Content-Length": "nonsense"}).status_code == 422
