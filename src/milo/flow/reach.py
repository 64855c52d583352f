"""REACH: which data may reach which model. One pure function that every call of a model passes."""

from __future__ import annotations

from collections.abc import Iterable

from milo.domain.errors import RuleForbids
from milo.domain.policy import DataRules


def listed(allowed: Iterable[str], connection: str, local: bool) -> bool:
    """Whether a list of names covers a connection: by its name, as "local", or by "*"."""
    names = set(allowed)
    return "*" in names or connection in names or (local and "local" in names)


def check_reach(rules: DataRules, connection: str, local: bool, fields: Iterable[str]) -> None:
    """Raise RuleForbids, naming the rule, if these fields may not reach this connection."""
    if not listed(rules.models, connection, local):
        raise RuleForbids(
            f'The project does not allow the model "{connection}" to see its data (rule policy.data.models). '
            "A manager can allow it in the project's settings.",
            place="policy.data.models",
        )
    for field in fields:
        if field in rules.fields and not listed(rules.fields[field], connection, local):
            raise RuleForbids(
                f'The field "{field}" may not reach the model "{connection}" (rule policy.data.fields.{field}).',
                place=f"policy.data.fields.{field}",
            )


def fields_for(rules: DataRules, connection: str, local: bool, fields: Iterable[str]) -> list[str]:
    """Those of the fields that may reach this connection."""
    return [f for f in fields if f not in rules.fields or listed(rules.fields[f], connection, local)]
