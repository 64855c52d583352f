"""The table of candidates that connected models wrote while people worked, with what each was asked and took."""

from __future__ import annotations

from sqlalchemy import REAL, Column, Integer, Table, Text

from milo.infra.sql.tables import metadata

made_candidate = Table(
    "made_candidate", metadata,
    Column("item_id", Integer, primary_key=True),
    Column("question", Text, primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("writer", Text, nullable=False),
    Column("connection", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("asked", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("cut", Integer, nullable=False, server_default="0"),
    Column("input_tokens", Integer, nullable=False, server_default="0"),
    Column("output_tokens", Integer, nullable=False, server_default="0"),
    Column("cost", REAL),
    Column("seconds", REAL, nullable=False, server_default="0"),
    Column("user_id", Integer),
    Column("at", REAL, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip
