"""The tables of review: what waits for a reviewer and what became of it, and items that are asked about more often."""

from __future__ import annotations

from sqlalchemy import REAL, Column, Index, Integer, Table, Text, UniqueConstraint, text

from milo.infra.sql.tables import metadata

review_case = Table(
    "review_case", metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, nullable=False),
    Column("item_id", Integer, nullable=False),
    Column("question", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="open"),
    Column("worth", REAL, nullable=False, server_default="0"),
    Column("purpose", Text, nullable=False),
    Column("odds", REAL),
    Column("detail", Text, nullable=False, server_default="{}"),
    Column("lent_to", Integer),
    Column("lent_until", REAL, nullable=False, server_default="0"),
    Column("decision", Text),
    Column("decided_by", Integer),
    Column("decided_at", REAL),
    Column("undo", Text),
    Column("to_user", Integer),
    Column("reason", Text, nullable=False, server_default=""),
    Column("created_at", REAL, nullable=False),
    UniqueConstraint("item_id", "question", "kind"),
    Index("ix_review_case_open", "project_id", "worth", "id", sqlite_where=text("state = 'open'")),
    Index("ix_review_case_returned", "to_user", "item_id", sqlite_where=text("state = 'returned'")),
    Index("ix_review_case_decided", "project_id", "decided_at", sqlite_where=text("decided_at IS NOT NULL")),
)  # fmt: skip

review_skip = Table(
    "review_skip", metadata,
    Column("case_id", Integer, primary_key=True),
    Column("user_id", Integer, primary_key=True),
    Column("at", REAL, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

more_answers = Table(
    "more_answers", metadata,
    Column("item_id", Integer, primary_key=True),
    Column("extra", Integer, nullable=False),
)  # fmt: skip

resolve_state = Table(
    "resolve_state", metadata,
    Column("project_id", Integer, primary_key=True),
    Column("question", Text, primary_key=True),
    Column("body", Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip
