"""Every operation of a live server under generated and hand-made nonsense: no server error, and answers as declared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bodies import whole_body
from fuzz.seeded import SPEC, Seeded
from milo.api import app
from milo.api.endpoint import ENDPOINTS, Endpoint

ENDLESS = {"stream_events"}
CHECKS: list[Any] = [status_code_conformance, content_type_conformance, response_schema_conformance]
LOOK = settings(
    max_examples=12,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
OPERATIONS = [end for end in ENDPOINTS if end.name not in ENDLESS and app.ROUTES]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    seeded = Seeded(tmp_path_factory.mktemp("fuzz"))
    yield seeded
    seeded.close()


@pytest.fixture(scope="module")
def schema(live: Seeded) -> Any:
    return schemathesis.openapi.from_url(f"{live.server.address}/api/openapi.json", headers=bearer(live))


def bearer(live: Seeded) -> dict[str, str]:
    return {"Authorization": f"Bearer {live.token}"}


def named(end: Endpoint) -> str:
    return end.name


@pytest.mark.parametrize("end", OPERATIONS, ids=named)
def test_generated_requests_get_declared_answers(live: Seeded, schema: Any, end: Endpoint) -> None:
    operation = schema[end.path][end.method]
    modes = schemathesis.GenerationMode
    positive = operation.as_strategy(generation_mode=modes.POSITIVE)
    has_input = end.body is not None or end.query is not None
    cases = st.one_of(positive, operation.as_strategy(generation_mode=modes.NEGATIVE)) if has_input else positive

    @LOOK
    @given(case=cases, real=st.sampled_from([True, True, True, False]))
    def send(case: Any, real: bool) -> None:
        if real or end.name in {"delete_project", "change_user", "drop_token", "change_project"}:
            known = live.fresh(end.name)
            case.path_parameters = {name: known[name] for name in case.path_parameters or {}}
        case.cookies = {}
        reply = case.call(base_url=live.server.address, headers=bearer(live))
        assert reply.status_code < 500 or reply.status_code == 501, (
            reply.status_code,
            case.as_curl_command(),
            reply.text[:500],
        )
        if reply.status_code < 400 and end.status == 200 and end.media_type == "application/octet-stream":
            return
        case.validate_response(reply, checks=CHECKS)

    send()


DEEP = b"[" * 100_000
BODIES: list[bytes] = [
    b"", b"null", b"0", b'""', b"[]", b"{}", b"{", b"\xff\xfe", b'"\\ud800"', DEEP, b'{"a":' * 20_000, b"[1e999]", b"NaN",
    b'{"values": {"mood": "\\u0000"}, "item_id": 1000000001, "op_id": "12345678\\u0000"}',
]  # fmt: skip
VALUES: list[Any] = [
    -1, 0, 2**31, 2**63 - 1, 2**63, 2**64, 10**18, 10**30, 1.5, 1e308, True, None, "", "\0", "\ud83d\ude00" * 3, "x" * 70_000,
    [], {}, [[]], [None], {"": None}, "../../etc/passwd", "'; DROP TABLE item; --", "%00", "\u202e", "nan", "-inf",
]  # fmt: skip


@pytest.mark.parametrize("end", [e for e in OPERATIONS if e.method != "GET"], ids=named)
def test_malformed_bodies_are_refused(live: Seeded, end: Endpoint) -> None:
    path = path_of(live, end)
    for body in BODIES:
        for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x"):
            status, out, _ = live.api.raw(end.method, path, body, **{"Content-Type": kind})
            assert status < 500, (end.name, body[:80], status, out[:500])
            if status < 400 and end.name in {"delete_project", "drop_token", "delete_model"}:
                path = path_of(live, end)


@pytest.mark.parametrize("end", [e for e in OPERATIONS if e.body is not None], ids=named)
def test_strange_values_in_good_bodies_do_no_harm(live: Seeded, end: Endpoint, schema: Any) -> None:
    """Each property of the body in turn takes each strange value; the others keep a sensible one."""
    path = path_of(live, end)
    good = sensible(live, end)
    if not isinstance(good, dict):
        good_list: list[dict[str, Any]] = good
        bodies = [[{**good_list[0], name: value}] for name in good_list[0] for value in VALUES]
    else:
        bodies = [{**good, name: value} for name in good for value in VALUES]
    for body in bodies:
        status, out, _ = live.api.raw(end.method, path, json.dumps(body).encode())
        assert status < 500, (end.name, json.dumps(body)[:300], status, out[:500])


@pytest.mark.parametrize("end", [e for e in OPERATIONS if e.query is not None], ids=named)
def test_strange_parameters_do_no_harm(live: Seeded, end: Endpoint) -> None:
    from urllib.parse import urlencode

    names = [*end.query.__struct_fields__, "meta.part", "sort", "nothing"]
    path = path_of(live, end)
    for name in names:
        for value in [*VALUES, "mood:good", "mood:", ":", "%ff", "\x7f", '"', "NEAR(a b", "a* OR b", "-1", "1e400", "٣"]:
            if isinstance(value, list | dict):
                continue
            body = json.dumps(sensible(live, end)).encode() if end.body is not None else None
            status, out, _ = live.api.raw(
                end.method, f"{path}?{urlencode({name: value}, errors='surrogatepass')[:60_000]}", body
            )
            assert status < 500, (end.name, name, str(value)[:80], status, out[:500])


@pytest.mark.parametrize("end", [e for e in OPERATIONS if "{" in e.path], ids=named)
def test_ids_of_nothing_are_not_found(live: Seeded, end: Endpoint) -> None:
    for ident in ("0", "999999999", "9999999999999999", "99999999999999999999", "-1", "1.5", "abc", "%00", "%E2%91%A0", "٣"):
        path = live_path(end, dict.fromkeys(("p", "i", "id", "m", "job", "bulk", "s", "r", "user"), ident))
        body = json.dumps(sensible(live, end)).encode() if end.body is not None else None
        status, out, _ = live.api.raw(end.method, path, body)
        assert status < 500, (path, status, out[:500])
        inner = live_path(end, {**dict.fromkeys(("i", "id", "m", "job", "bulk", "s", "r", "user"), ident), "p": live.project})
        if end.name not in {"delete_project", "change_project"}:
            status, out, _ = live.api.raw(end.method, inner, body)
            assert status < 500, (inner, status, out[:500])


def nested(live: Seeded) -> list[tuple[str, str, Any]]:
    """Deep bodies: method, path, body."""
    at, item = f"/api/projects/{live.project}", live.items[10]
    values = {
        "mood": "good", "topics": ["bad", "good"], "stars": 3, "note": "so",
        "names": [{"start": 0, "end": 4, "label": "good", "id": "a", "field": "text"}],
        "things": [{"x": 1.0, "y": 1.0, "w": 3.0, "h": 3.0, "label": "bad", "id": "b", "field": "picture"}],
    }  # fmt: skip
    spec = {
        **SPEC,
        "policy": {
            "overlap": 1, "explore": 0.1, "blind_share": 0.1, "lease_minutes": 5, "window": 20, "train_every": 5, "show": "shown",
            "order": "random", "suggest_from": "w", "workflows": [{"name": "w", "steps": [{"predictor": "a", "min_score": 0.5}]}],
        },
        "predictors": [{"plugin": "rules", "question": "mood", "name": "r", "config": RULES}],
    }  # fmt: skip
    spec["questions"] = [*spec["questions"], {
        "name": "more", "type": "text", "help": "h", "title": "t", "field": "text", "show": "hidden", "shape": "text",
        "when": {"question": "mood", "any_of": ["good", 1]}, "config": {"multiline": True},
    }]  # fmt: skip
    labels = {"mood": {"column": "m", "role": "suggestion", "author": "a", "score": "s"}}
    mapping = {"fields": {"text": "t"}, "key": "k", "meta": ["x"], "labels": labels}
    text = "t,k,x,m,a,s\none,1,2,good,me,0.5\n"
    return [
        ("POST", f"{at}/answers", {"op_id": "operation-deep", "item_id": item, "values": values, "shown": {
            "mood": [{"id": 1, "value": "good", "score": 0.5, "source": "x", "version": 1}]}, "accepted": {"mood": 1},
            "events": [{"kind": "opened", "at": 1.0}]}),
        ("PATCH", f"/api/projects/{live.spare}?dry_run=1", spec),
        ("POST", f"{at}/models", {"plugin": "rules", "name": "deep_rules", "question": "mood", "config": RULES}),
        ("POST", f"{at}/models", {"plugin": "text_classifier", "name": "deep_words", "question": "mood", "config": {}}),
        ("POST", f"{at}/import/preview", {"text": text, "format": "csv", "options": {"delimiter": ",", "encoding": "utf-8"},
            "mapping": mapping}),
        ("POST", f"{at}/bulk/label", {"op_id": "operation-bulk", "question": "mood", "value": "good", "filter": {
            "q": "caf", "status": "new", "label": "mood:good", "meta.part": "1", "min_score": 0.1}}),
        ("POST", f"{at}/bulk/accept", {"op_id": "operation-sure", "question": "mood", "min_score": 0.5, "per_label": {"good": 0.1},
            "source": "elsewhere", "dry_run": True}),
        ("POST", f"{at}/items", [{"data": {"text": "t", "picture": {"media": live.media, "mime": "image/png", "sha256": "00"}},
            "key": "deep", "meta": {"a": {"b": [1]}}}]),
        ("PATCH", "/api/me", {"settings": {"keys": {"a": [1]}}}),
        ("POST", f"{at}/suggestions", [{"item_id": item, "question": name, "value": value} for name, value in values.items()]),
        ("PUT", f"{at}/items/{item}/draft", {"values": values}),
    ]  # fmt: skip


RULES: dict[str, Any] = {
    "rules": [
        {"kind": "keyword", "pattern": "a", "label": "good", "score": 0.5},
        {"kind": "regex", "pattern": "a+", "label": "bad"},
    ],
    "default": "good",
}


def mutated(value: Any) -> Iterator[Any]:
    """The value with each of its parts in turn replaced by each strange value, left out, or given a strange name."""
    yield from VALUES
    if isinstance(value, dict):
        given: dict[str, Any] = value
        for name, part in given.items():
            rest = {n: v for n, v in given.items() if n != name}
            yield rest
            yield {**rest, "\0": part}
            yield from ({**given, name: other} for other in mutated(part))
    elif isinstance(value, list):
        parts: list[Any] = value
        yield parts * 50
        for place, part in enumerate(parts):
            yield from ([*parts[:place], other, *parts[place + 1 :]] for other in mutated(part))


@pytest.mark.parametrize("number", range(11))
def test_strange_values_deep_inside_do_no_harm(live: Seeded, number: int) -> None:
    method, path, good = nested(live)[number]
    live.connect()
    status, out, _ = live.api.raw(method, path, json.dumps(good).encode())
    assert status < 400, out
    broken: list[Any] = []
    for body in mutated(good):
        status, out, _ = live.api.raw(method, path, json.dumps(body).encode())
        if status >= 500:
            broken.append((status, json.dumps(body)[:1500]))
            live.connect()
    assert not broken, (path, len(broken), broken[:10])


def test_the_server_is_still_whole(live: Seeded) -> None:
    assert live.api.call("GET", "/api/me")["user"]["login"] == "owner"
    counts = live.api.call("GET", f"/api/projects/{live.project}")["counts"]
    assert counts["items"] >= 41
    log = (live.server.workspace.parent / "ws.log").read_text()
    assert "Traceback" not in log, log[-3000:]


def live_path(end: Endpoint, known: dict[str, Any]) -> str:
    from urllib.parse import quote

    path = end.path
    for name, value in known.items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe="%"))
    return path


def path_of(live: Seeded, end: Endpoint) -> str:
    path = live_path(end, live.fresh(end.name))
    return path + ("?name=a.bin" if end.name == "upload_file" else "")


RUBRIC: dict[str, Any] = {
    "name": "more",
    "criteria": [
        {
            "name": "right", "title": "Right", "weight": 1.5, "pass_mark": 2, "description": "so",
            "levels": [{"score": 1, "description": "no"}, {"score": 2, "description": "yes"}],
        }
    ],
    "description": "so",
    "pass_mark": 0.5,
}  # fmt: skip


def sensible(live: Seeded, end: Endpoint) -> Any:
    """A body that would do, with every property given."""
    item, op = live.items[8], f"operation-{end.name}"
    known: dict[str, Any] = {
        "bulk_label": {"op_id": op, "question": "mood", "value": "bad", "item_ids": [item], "filter": None},
        "bulk_accept": {"op_id": op, "question": "mood", "min_score": 0.9, "source": None, "per_label": {}, "dry_run": True},
        "add_items": [{"data": {"text": "one more"}, "key": "k", "meta": {}}],
        "preview_import": {"text": "a\nb", "format": None, "options": {}, "mapping": None, "copy": False},
        "start_import": {"text": "a\nb", "format": "text", "options": {}, "mapping": None, "copy": False},
        "add_model": {"plugin": "rules", "name": "more", "question": "mood", "config": {"rules": []}},
        "change_model": {"name": "other", "config": {}, "enabled": True},
        "run_model": {"all": False},
        "add_suggestions": [{"item_id": item, "question": "mood", "value": "bad", "score": 0.5, "reason": "so"}],
        "set_up": {"login": "x", "password": "long enough", "name": "x"},
        "sign_in": {"login": "x", "password": "long enough"},
        "change_me": {"name": "me", "password": None, "old_password": None, "settings": {}},
        "add_token": {"name": "more"},
        "add_user": {"login": "owner", "password": "short", "name": "x", "role": "annotator"},
        "change_user": {"name": "x", "role": "annotator", "active": True},
        "set_member": {"role": "annotator"},
        "create_project": {"name": "n", "fields": [], "questions": [], "policy": {}, "predictors": [], "guidelines": ""},
        "create_project_from_file": {"text": "name: x"},
        "change_project": {"name": "n", "guidelines": "", "description": "", "policy": {}, "archived": False},
        "submit_answer": {
            "op_id": op, "item_id": item, "values": {"mood": "bad"}, "schema_version": 1, "assignment_id": 1, "shown": {},
            "accepted": {}, "keystrokes": 1, "events": [], "client_at": 1.0, "reopen": False,
        },
        "submit_answers": {"submissions": [{"op_id": op, "item_id": item, "values": {"mood": "bad"}}]},
        "skip_item": {"op_id": op, "item_id": live.items[9], "reason": "", "events": []},
        "unsubmit_item": {"op_id": op, "item_id": live.items[0]},
        "save_draft": {"values": {"mood": "x"}},
        "flag_item": {"flagged": True, "text": "look"},
        "add_comment": {"text": "so"},
        "heartbeat": {"item_ids": [item]},
        "add_telemetry": {"events": []},
        "reject_suggestion": {"op_id": op, "reason": "no"},
        "add_connection": {
            "name": "more", "plugin": "openai_compatible", "model": "m", "config": {"base_url": "http://127.0.0.1:9/v1"},
            "key": "sk-nothing", "limits": {"tries": 1}, "prices": {"input": 1.0}, "local": True,
        },
        "change_connection": {
            "name": "other", "model": "", "config": {}, "key": None, "limits": {}, "prices": {}, "local": True, "enabled": True,
        },
        "share_rubric": {"rubric": RUBRIC, "text": None},
        "add_rubric": {"rubric": RUBRIC, "text": None},
        "add_judge": {
            "plugin": "panel", "name": "more", "question": "note", "rubric": "facts", "config": {"members": ["a", "b"]},
            "rubric_version": 1, "live": "off", "after": False,
        },
        "change_judge": {
            "name": "other", "rubric": "facts", "rubric_version": 1, "config": {}, "live": "off", "after": False, "enabled": True,
        },
        "estimate_judge": {"items": [item], "flag": False, "money": 1.0, "tokens": 10},
        "run_judge": {"items": [item], "flag": False, "money": 1.0, "tokens": 10},
        "review_live": {"item_id": item, "question": "note", "value": "x"},
        "compare_answers": {"item_id": item, "value": "x", "other": "y"},
        "respond_to_verdict": {"response": "dismissed"},
        "rate_answer": {"pick": 1, "scores": {"right": 1}, "note": ""},
    }  # fmt: skip
    return known[end.name] if end.name in known else whole_body(end.body)
