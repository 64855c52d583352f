"""The report of a study from its two files, plan and data; nothing else goes in."""

from __future__ import annotations

import numpy as np

from milo.flow.study.analysis import arm_lines, contrasts, learning
from milo.flow.study.data import Data
from milo.flow.study.figures import Conduct, Report
from milo.flow.study.plan import Plan
from milo.flow.study.table import Counted, table_of
from milo.flow.study.words import methods


def report(plan: Plan, data: Data) -> Report:
    """Work everything out. Raises Conflict if the files do not belong together."""
    counted = table_of(plan, data)
    design, table = plan.design, counted.table
    conduct = _conduct(plan, data, counted)
    practice, curve = learning(design, table)
    return Report(
        design.name, plan.project, design, conduct, contrasts(design, table, data, plan.people), arm_lines(design, table, data),
        practice, curve, methods(design, conduct),
    )  # fmt: skip


def _conduct(plan: Plan, data: Data, counted: Counted) -> Conduct:
    head, people = data.head, data.people
    return Conduct(
        plan.hash, plan.frozen_at, head.taken_at, head.closed, head.rehearsed, head.peeks, len(plan.people),
        sum(p.began for p in people), sum(p.finished for p in people), sum(t.arm >= 0 for t in plan.tasks),
        len(counted.table.arm), counted.left_out, int((~np.isnan(counted.table.quality)).sum()),
    )  # fmt: skip
