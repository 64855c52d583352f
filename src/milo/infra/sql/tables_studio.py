"""The tables of the prompt studio: comparisons of prompts, their answers (never suggestions), and proposed guideline notes."""

from __future__ import annotations

from sqlalchemy import REAL, Column, Index, Integer, Table, Text, text

from milo.infra.sql.tables import metadata

comparison = Table(
    "comparison", metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, nullable=False, index=True),
    Column("question", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("args", Text, nullable=False),
    Column("look", Integer, nullable=False, server_default="0"),
    Column("left_out", Text, nullable=False, server_default="{}"),
    Column("job_id", Integer),
    Column("message", Text, nullable=False, server_default=""),
    Column("report", Text),
    Column("user_id", Integer),
    Column("created_at", REAL, nullable=False),
)  # fmt: skip

comparison_item = Table(
    "comparison_item", metadata,
    Column("comparison_id", Integer, primary_key=True),
    Column("item_id", Integer, primary_key=True),
    Column("reference", Text),
    sqlite_with_rowid=False,
)  # fmt: skip

comparison_answer = Table(
    "comparison_answer", metadata,
    Column("comparison_id", Integer, primary_key=True),
    Column("item_id", Integer, primary_key=True),
    Column("arm", Integer, primary_key=True),
    Column("value", Text),
    Column("reason", Text),
    Column("agreement", REAL),
    Column("error", Text),
    Column("raw", Text, nullable=False, server_default=""),
    Column("input_tokens", Integer, nullable=False, server_default="0"),
    Column("output_tokens", Integer, nullable=False, server_default="0"),
    Column("cost", REAL),
    Column("seconds", REAL, nullable=False, server_default="0"),
    Column("calls", Integer, nullable=False, server_default="0"),
    Column("cached", Integer, nullable=False, server_default="0"),
    sqlite_with_rowid=False,
)  # fmt: skip

guideline_note = Table(
    "guideline_note", metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, nullable=False),
    Column("question", Text, nullable=False),
    Column("section", Text),
    Column("text", Text, nullable=False),
    Column("item_id", Integer),
    Column("comparison_id", Integer),
    Column("state", Text, nullable=False, server_default="open"),
    Column("user_id", Integer),
    Column("at", REAL, nullable=False),
    Column("decided_by", Integer),
    Column("decided_at", REAL),
    Index("ix_guideline_note_open", "project_id", "id", sqlite_where=text("state = 'open'")),
)  # fmt: skip
