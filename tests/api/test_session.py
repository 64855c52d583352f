"""First start, sign in, sessions, tokens, accounts."""

from __future__ import annotations

import sqlite3
import subprocess
import sys

import pytest
from starlette.testclient import TestClient

from api.conftest import PASSWORD, MovableClock, People
from milo.api.app import create_app
from milo.bootstrap import Workspace

DAY = 86_400.0


def test_first_start_creates_one_owner(workspace: Workspace) -> None:
    app = create_app(workspace)
    client = TestClient(app)
    assert client.get("/api/status").json() == {"version": "0.1.0", "needs_setup": True, "signed_in": False}
    reply = client.post("/api/setup", json={"login": "ann", "password": PASSWORD, "name": "Ann"})
    assert reply.status_code == 200
    assert reply.json()["user"]["role"] == "owner"
    cookie = reply.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert client.get("/api/status").json()["signed_in"] is True
    assert TestClient(app).post("/api/setup", json={"login": "eve", "password": PASSWORD}).status_code == 409


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"login": "a b", "password": PASSWORD}, "login"),
        ({"login": "", "password": PASSWORD}, "login"),
        ({"login": "ann", "password": "short"}, "password"),
        ({"login": "ann"}, "body"),
    ],
)
def test_setup_refuses_what_cannot_be(workspace: Workspace, body: dict[str, str], place: str) -> None:
    reply = TestClient(create_app(workspace)).post("/api/setup", json=body)
    assert reply.status_code == 422
    assert reply.json()["error"]["place"] == place


def test_a_browser_needs_the_csrf_token_for_every_change(people: People) -> None:
    browser = people.browser("annotator")
    me = browser.get("/api/me").json()
    assert me["memberships"] == [{"project_id": people.project, "role": "annotator"}]
    assert browser.patch("/api/me", json={"name": "Anna"}).status_code == 403
    wrong = browser.patch("/api/me", json={"name": "Anna"}, headers={"X-CSRF-Token": "x" * 32})
    assert wrong.status_code == 403
    right = browser.patch("/api/me", json={"name": "Anna"}, headers={"X-CSRF-Token": me["csrf"]})
    assert right.json()["name"] == "Anna"


def test_another_persons_csrf_token_is_worth_nothing(people: People) -> None:
    other = people.browser("reviewer").get("/api/me").json()["csrf"]
    assert people.browser("annotator").post("/api/logout", headers={"X-CSRF-Token": other}).status_code == 403


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_sites_page_cannot_sign_in_or_change(people: People, headers: dict[str, str]) -> None:
    body = {"login": "annotator", "password": PASSWORD}
    assert people.client("anonymous").post("/api/login", json=body, headers=headers).status_code == 403


def test_the_own_origin_may(people: People) -> None:
    body = {"login": "annotator", "password": PASSWORD}
    headers = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    assert people.client("anonymous").post("/api/login", json=body, headers=headers).status_code == 200


def test_a_session_ends_thirty_days_after_its_last_use(people: People, clock: MovableClock) -> None:
    browser = people.browser("annotator")
    for _ in range(4):
        clock.now += 20 * DAY
        assert browser.get("/api/me").status_code == 200
    clock.now += 31 * DAY
    assert browser.get("/api/me").status_code == 401


def test_an_expired_session_is_refused_after_a_restart_too(people: People, peopled: Workspace, clock: MovableClock) -> None:
    browser = people.browser("annotator")
    clock.now += 31 * DAY
    peopled.auth.forget()
    assert browser.get("/api/me").status_code == 401


def test_sign_out_ends_the_session_on_the_server(people: People) -> None:
    browser = people.browser("annotator")
    cookie = dict(browser.cookies)
    csrf = browser.get("/api/me").json()["csrf"]
    assert browser.post("/api/logout", headers={"X-CSRF-Token": csrf}).status_code == 204
    again = people.client("anonymous")
    again.cookies.update(cookie)
    assert again.get("/api/me").status_code == 401


def test_guessing_is_braked_by_login_and_address(people: People, clock: MovableClock) -> None:
    client = people.client("anonymous")
    wrong = {"login": "owner", "password": "wrong wrong"}
    assert [client.post("/api/login", json=wrong).status_code for _ in range(10)] == [401] * 10
    braked = client.post("/api/login", json={"login": "Owner ", "password": PASSWORD})
    assert braked.status_code == 429
    assert 1 <= int(braked.headers["Retry-After"]) <= 300
    assert client.post("/api/login", json={"login": "reviewer", "password": PASSWORD}).status_code == 200
    clock.now += 301
    assert client.post("/api/login", json={"login": "owner", "password": PASSWORD}).status_code == 200


def test_unknown_and_wrong_look_the_same(people: People) -> None:
    client = people.client("anonymous")
    unknown = client.post("/api/login", json={"login": "nobody", "password": PASSWORD})
    wrong = client.post("/api/login", json={"login": "owner", "password": "wrong wrong"})
    assert unknown.status_code == wrong.status_code == 401
    assert unknown.json() == wrong.json()


def test_only_hashes_of_secrets_are_stored(people: People, peopled: Workspace) -> None:
    browser = people.browser("annotator")
    secrets = [browser.cookies["milo_session"], people.tokens["owner"], PASSWORD]
    peopled.db.write(lambda c: None)
    dump = "\n".join(sqlite3.connect(peopled.path / "milo.db").iterdump())
    assert not [s for s in secrets if s in dump]


def test_tokens_are_told_once_and_revoked_at_once(people: People) -> None:
    client = people.client("annotator")
    made = client.post("/api/tokens", json={"name": "laptop"}).json()
    listed = client.get("/api/tokens").json()
    assert [t["name"] for t in listed] == ["test", "laptop"]
    assert all("token" not in t for t in listed)
    other = people.client("anonymous")
    other.headers["Authorization"] = f"Bearer {made['token']}"
    assert other.get("/api/me").json()["csrf"] == ""
    assert people.client("reviewer").delete(f"/api/tokens/{made['id']}").status_code == 404
    assert client.delete(f"/api/tokens/{made['id']}").status_code == 204
    assert other.get("/api/me").status_code == 401


def test_a_new_password_needs_the_old_one_and_signs_out_elsewhere(people: People) -> None:
    here, there = people.browser("annotator"), people.browser("annotator")
    headers = {"X-CSRF-Token": here.get("/api/me").json()["csrf"]}
    body = {"password": "a new password", "old_password": "not this"}
    assert here.patch("/api/me", json=body, headers=headers).status_code == 403
    assert there.get("/api/me").status_code == 200
    body["old_password"] = PASSWORD
    assert here.patch("/api/me", json=body, headers=headers).status_code == 200
    assert here.get("/api/me").status_code == 200
    assert there.get("/api/me").status_code == 401


def test_a_closed_account_is_out_at_once(people: People) -> None:
    browser, program = people.browser("annotator"), people.client("annotator")
    at = f"/api/users/{people.ids['annotator']}"
    assert people.client("owner").patch(at, json={"active": False}).json()["active"] is False
    assert browser.get("/api/me").status_code == 401
    assert program.get("/api/me").status_code == 401
    body = {"login": "annotator", "password": PASSWORD}
    assert people.client("anonymous").post("/api/login", json=body).status_code == 401


def test_the_last_owner_stays(people: People) -> None:
    owner = people.client("owner")
    at = f"/api/users/{people.ids['owner']}"
    assert owner.patch(at, json={"role": "annotator"}).status_code == 409
    assert owner.patch(at, json={"active": False}).status_code == 409
    owner.patch(f"/api/users/{people.ids['manager']}", json={"role": "owner"})
    assert owner.patch(at, json={"role": "annotator"}).status_code == 200
    assert owner.get("/api/users").status_code == 403


def test_logins_differ_in_more_than_case(people: People) -> None:
    body = {"login": "OWNER", "password": PASSWORD}
    assert people.client("owner").post("/api/users", json=body).status_code == 409


def test_settings_are_kept_and_bounded(people: People) -> None:
    client = people.client("annotator")
    assert client.patch("/api/me", json={"settings": {"theme": "dark"}}).status_code == 200
    assert client.get("/api/me").json()["user"]["settings"] == {"theme": "dark"}
    assert client.patch("/api/me", json={"settings": {"x": "y" * 70_000}}).status_code == 422


def test_a_members_new_role_counts_at_once(people: People) -> None:
    annotator = people.client("annotator")
    members = f"/api/projects/{people.project}/members"
    assert annotator.get(members).status_code == 403
    people.client("owner").put(f"{members}/{people.ids['annotator']}", json={"role": "manager"})
    assert annotator.get(members).status_code == 200
    people.client("owner").delete(f"{members}/{people.ids['annotator']}")
    assert annotator.get(f"/api/projects/{people.project}").status_code == 403


def test_passwords_are_hashed_at_full_cost_outside_of_tests() -> None:
    code = "from milo.infra.auth import Argon2; print(Argon2().hash('correct horse'))"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    name, cost = made.split("$")[1], dict(one.split("=") for one in made.split("$")[3].split(","))
    assert name == "argon2id"
    assert int(cost["m"]) >= 64 * 1024
    assert int(cost["t"]) >= 3
