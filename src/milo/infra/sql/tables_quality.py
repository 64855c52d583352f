"""The tables of measured quality: likely errors with the search that found them, qualification, and planted wrong suggestions."""

from __future__ import annotations

from sqlalchemy import REAL, Column, Index, Integer, Table, Text, UniqueConstraint

from milo.infra.sql.tables import metadata

error_sweep = Table(
    "error_sweep", metadata,
    Column("project_id", Integer, primary_key=True),
    Column("question", Text, primary_key=True),
    Column("body", Text, nullable=False),
    Column("at", REAL, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

likely_error = Table(
    "likely_error", metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, nullable=False),
    Column("question", Text, nullable=False),
    Column("item_id", Integer, nullable=False),
    Column("chance", REAL, nullable=False),
    Column("given", Text, nullable=False),
    Column("suggested", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Index("ix_likely_error_rank", "project_id", "question", "chance"),
    Index("ix_likely_error_item", "item_id"),
)  # fmt: skip

plant = Table(
    "plant", metadata,
    Column("id", Integer, primary_key=True),
    Column("item_id", Integer, nullable=False),
    Column("user_id", Integer, nullable=False),
    Column("question", Text, nullable=False),
    Column("shown", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("truth", Text, nullable=False),
    Column("outcome", Text),
    Column("at", REAL, nullable=False),
    Column("answered_at", REAL),
    Column("told_at", REAL),
    UniqueConstraint("item_id", "user_id"),
    Index("ix_plant_user", "user_id", "item_id"),
)  # fmt: skip

qualification = Table(
    "qualification", metadata,
    Column("project_id", Integer, primary_key=True),
    Column("user_id", Integer, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("score", REAL),
    Column("at", REAL, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip
