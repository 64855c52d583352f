"""Every task type keeps the promises of its kind, whatever values come."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.task_cases import CASES, FIELDS, Case
from milo.kinds.registry import Registry
from milo.testing.contracts import check_task_type

_SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_EACH = [pytest.param(name, case, id=f"{name}-{i}") for name, cases in CASES.items() for i, case in enumerate(cases)]


def test_every_shipped_task_type_has_a_case(registry: Registry) -> None:
    assert {plugin.name for plugin in registry.task_types.all()} == set(CASES)


@pytest.mark.parametrize(("name", "case"), _EACH)
def test_promises(registry: Registry, name: str, case: Case) -> None:
    plugin = registry.task_types.get(name)

    @_SETTINGS
    @given(st.lists(case.values, min_size=1, max_size=5))
    def holds(values: list[object]) -> None:
        check_task_type(plugin, case.question, values, case.item, FIELDS)

    holds()


@pytest.mark.parametrize(("name", "case"), _EACH)
def test_check_config_refuses_settings_it_does_not_know(registry: Registry, name: str, case: Case) -> None:
    from msgspec.structs import replace

    from milo.domain.errors import InvalidConfig

    odd = replace(case.question, config=case.question.config | {"colour_scheme": 1})
    with pytest.raises(InvalidConfig, match="colour_scheme") as caught:
        registry.task_types.get(name).check_config(odd, FIELDS)
    assert caught.value.place == "questions.q.config.colour_scheme"
