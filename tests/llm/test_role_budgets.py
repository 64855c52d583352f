"""Budgets of the assistant and of others that stand beside people: reserved before a call, kept over restarts, in plain words."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from data_bench import PASSWORD, Bench
from llm.assist_bench import ask, only, said
from llm.puppet import Puppet, connect
from milo.api.app import create_app
from milo.bootstrap import open_workspace
from milo.domain.errors import BudgetSpent, InvalidConfig
from milo.infra.calls import CallFor
from milo.infra.sql.connections import CallRow, ConnectionsSql
from milo.kinds.provider import Request, user

QUESTION = {"name": "mood", "type": "choice", "config": {"labels": ["good", "bad"]}}
PRICED = {"input": 1.0, "output": 2.0, "currency": "EUR"}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Any]:
    made: Any = Bench(tmp_path)
    made.puppet = Puppet(["Hello"])
    connect(made.ws, made.puppet)
    yield made
    made.close()


def house(bench: Any, budgets: dict[str, Any], item: bool = True) -> None:
    bench.project(QUESTION, assistant={"connection": "model"}, data={"models": ["local"]}, budgets=budgets)
    if item:
        bench.item = bench.add("lovely")[0]
        bench.call("GET", f"/items/{bench.item}/work")


def price(bench: Any) -> None:
    ident = bench.one("SELECT id FROM connection WHERE name = 'model'")
    bench.call("PATCH", f"/api/connections/{ident}", {"prices": PRICED})


def use(bench: Any, role: str = "assist") -> dict[str, Any]:
    return next(one for one in bench.call("GET", "/budgets") if one["role"] == role)


def lines(bench: Any) -> list[Any]:
    bench.ws.gateway.flush()
    return bench.all("SELECT state, input_tokens, output_tokens, cost FROM model_call ORDER BY id")


def test_the_assistant_is_refused_when_the_worst_case_does_not_fit(bench: Any) -> None:
    house(bench, {"assist": {"tokens": 5_000}})
    assert said(ask(bench, "guide", text="?")) == "Hello"
    assert use(bench) == {
        "role": "assist", "money": 0.0, "tokens": 20, "currency": "USD", "max_money": None, "max_tokens": 5000,
        "day_money": None, "day_tokens": None, "today": [{"user": "owner", "money": 0.0, "tokens": 20}],
    }  # fmt: skip
    bench.call("PATCH", "", {"policy": bench.call("GET", "")["spec"]["policy"] | {"budgets": {"assist": {"tokens": 500}}}})
    asked = len(bench.puppet.asked)
    error = only(ask(bench, "guide", text="?"), "error")
    assert error["code"] == "BudgetSpent"
    assert error["message"].startswith("This project's budget for the assistant of 500 tokens is spent: 20 were used")
    assert len(bench.puppet.asked) == asked, "nothing was sent"


def test_each_person_has_a_budget_for_the_day(bench: Any) -> None:
    house(bench, {"assist": {"day_tokens": 3_500}})
    bench.puppet.says = [["x" * 4_000]]
    person = bench.call("POST", "/api/users", {"login": "ann", "password": PASSWORD})["id"]
    bench.call("PUT", f"/members/{person}", {"role": "annotator"})
    budgets = bench.ws.gateway.budgets
    mine, hers = (budgets.of(bench.spec, "assist", who) for who in (1, person))
    assert mine is not hers
    request = Request((user("a" * 2_000),), 1_000)
    for k in range(2):
        call = CallFor("assist", bench.spec, bench.item, user_id=1, cache=False, budget=mine)
        work = bench.ws.gateway.complete("model", request, call)
        if k:
            mine.spent_tokens = 3_000  # type: ignore[union-attr]
            with pytest.raises(BudgetSpent, match="Your own budget for the assistant today"):
                bench.ws.gateway.run(work).result(10)
        else:
            bench.ws.gateway.run(work).result(10)
    call = CallFor("assist", bench.spec, bench.item, user_id=person, cache=False, budget=hers)
    assert bench.ws.gateway.run(bench.ws.gateway.complete("model", request, call)).result(10).text
    assert [one["user"] for one in use(bench)["today"]] == ["ann", "owner"]


def test_money_is_bounded_in_the_currency_of_the_model(bench: Any) -> None:
    price(bench)
    house(bench, {"assist": {"money": 5.0}})
    reply = bench.ask("POST", f"/items/{bench.item}/assist", {"kind": "guide", "question": "mood", "text": "?"})
    assert reply.status_code == 422
    assert reply.json()["error"]["place"] == "policy.budgets.assist.currency"
    house(bench, {"assist": {"money": 5.0, "currency": "EUR"}})
    assert said(ask(bench, "guide", text="?")) == "Hello"
    assert use(bench)["money"] == pytest.approx((10 * 1.0 + 10 * 2.0) / 1e6)
    house(bench, {"assist": {"money": 0.000001, "currency": "EUR"}})
    error = only(ask(bench, "guide", text="?"), "error")
    assert "of 1e-06 EUR is spent" in error["message"]


def test_what_was_used_outlives_the_process(bench: Any) -> None:
    house(bench, {"assist": {"tokens": 10_000}})
    ask(bench, "guide", text="?")
    bench.ws.gateway.flush()
    bench.ws.gateway.budgets._known.clear()
    budget = bench.ws.gateway.budgets.of(bench.spec, "assist", 1)
    assert (budget.spent_tokens, budget.tokens) == (20, 10_000)


def test_a_call_is_on_disk_before_it_is_sent(bench: Any) -> None:
    price(bench)
    house(bench, {})
    seen: list[Any] = []

    async def complete(request: Request) -> Any:
        seen.append(bench.all("SELECT state, input_tokens >= 40, output_tokens, cost > 0 FROM model_call"))
        return await Puppet.complete(bench.puppet, request)

    bench.puppet.complete = complete
    call = CallFor("assist", bench.spec, bench.item, user_id=1, cache=False)
    bench.ws.gateway.run(bench.ws.gateway.complete("model", Request((user("a" * 40),), 100), call)).result(10)
    assert seen == [[("open", 1, 100, 1)]]
    assert lines(bench) == [("done", 10, 10, pytest.approx(3e-5))]


def test_what_was_on_its_way_when_the_server_died_is_counted(bench: Any) -> None:
    house(bench, {"assist": {"tokens": 10_000}})
    row = CallRow(
        bench.ws.clock(),
        1,
        "puppet",
        "assist",
        "open",
        bench.p,
        bench.item,
        None,
        1,
        input_tokens=700,
        output_tokens=300,
        id=90,
    )
    bench.ws.db.write(lambda c: ConnectionsSql(c).note_calls([row]))
    folder = bench.ws.path
    bench.ws.close()
    again = open_workspace(folder)
    try:
        found = again.db.read(lambda c: c.execute("SELECT state, error FROM model_call WHERE id = 90").fetchone())
        assert found[0] == "lost"
        assert "on its way" in found[1]
        budget: Any = again.gateway.budgets.of(again.projects.get(bench.p), "assist", 1)
        assert budget.spent_tokens == 1_000
    finally:
        again.close()


def test_the_policy_refuses_what_is_no_bound(bench: Any) -> None:
    house(bench, {}, item=False)
    policy = bench.call("GET", "")["spec"]["policy"]
    for bad in ({"assist": {"tokens": -1}}, {"assist": {"day_money": -0.5}}):
        reply = bench.ask("PATCH", "", {"policy": policy | {"budgets": bad}})
        assert reply.status_code == 422
        assert reply.json()["error"]["place"].startswith("policy.budgets.assist.")
    assert bench.ask("PATCH", "", {"policy": policy | {"budgets": {"lunch": {}}}}).status_code == 422


def test_only_those_who_run_models_see_what_was_used(bench: Any) -> None:
    house(bench, {"assist": {"tokens": 10}}, item=False)
    login = f"p{uuid.uuid4().hex[:8]}"
    person = bench.call("POST", "/api/users", {"login": login, "password": PASSWORD})["id"]
    bench.call("PUT", f"/members/{person}", {"role": "annotator"})
    token = bench.ws.auth.add_token(person, "look")[1]
    client = TestClient(create_app(bench.ws), headers={"Authorization": f"Bearer {token}"})
    assert client.get(f"/api/projects/{bench.p}/budgets").status_code == 403


def test_an_unknown_price_is_said(bench: Any) -> None:
    bench.ws.db.write(lambda c: c.execute("UPDATE connection SET local = 0"))
    bench.ws.gateway.changed("model")
    house(bench, {"assist": {"money": 1.0}}, item=False)
    budget = bench.ws.gateway.budgets.of(bench.spec, "assist", 1, ["model"])
    bench.project(QUESTION, data={"models": ["*"]})
    call = CallFor("assist", bench.spec, None, user_id=1, cache=False, budget=budget)
    with pytest.raises(InvalidConfig, match="no prices"):
        bench.ws.gateway.run(bench.ws.gateway.complete("model", Request((user("?"),), 10), call)).result(10)
