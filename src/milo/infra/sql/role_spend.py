"""What the roles that stand beside people took, summed from the ledger by an index of their own."""

from __future__ import annotations

from milo.infra.sql.database import Connection

_OURS = "cached = 0 AND purpose IN ('assist', 'candidates', 'judge')"


def spent(c: Connection, project_id: int, role: str, user_id: int | None = None, since: float = 0.0) -> tuple[float, int]:
    """Money and tokens of a project's calls in a role: of one person where named, from a time on (Unix seconds)."""
    test, values = ("", ()) if user_id is None else (" AND user_id = ?", (user_id,))
    row = c.execute(
        "SELECT total(cost), coalesce(sum(input_tokens + output_tokens), 0) FROM model_call INDEXED BY ix_model_call_role "
        f"WHERE {_OURS} AND project_id = ? AND purpose = ? AND at >= ?{test}",
        (project_id, role, since, *values),
    ).fetchone()
    return row[0], row[1]


def spent_by_person(c: Connection, project_id: int, role: str, since: float) -> list[tuple[str, float, int]]:
    """Login, money and tokens of each person's calls since a time, the most tokens first."""
    return c.execute(
        "SELECT u.login, total(m.cost), sum(m.input_tokens + m.output_tokens) FROM model_call m INDEXED BY ix_model_call_role "
        "JOIN user u ON u.id = m.user_id WHERE m.cached = 0 AND m.purpose IN ('assist', 'candidates', 'judge') "
        "AND m.project_id = ? AND m.purpose = ? AND m.at >= ? GROUP BY u.id ORDER BY 3 DESC, 1",
        (project_id, role, since),
    ).fetchall()
