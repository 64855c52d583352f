"""What the models that stand beside people may take, and took: the assistant, answers made to be compared, judges."""

from __future__ import annotations

from milo.api.endpoint import Call, endpoint
from milo.infra.role_budgets import RoleUse


@endpoint("GET", "/projects/{p}/budgets", "model.run", reply=list[RoleUse])
def list_budgets(call: Call) -> list[RoleUse]:
    """What each role took of its budget so far, and each person's calls today. The bounds are set in the project's policy."""
    call.workspace.gateway.flush()
    return call.workspace.gateway.budgets.used(call.workspace.projects.get(call.project_id))
