"""The tables of studies: the frozen design, who works on what in which arm, blocks and what people said after them."""

from __future__ import annotations

from sqlalchemy import REAL, Column, Index, Integer, Table, Text, text

from milo.infra.sql.tables import metadata

study = Table(
    "study", metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("design", Text, nullable=False),
    Column("plan", Text),
    Column("plan_hash", Text),
    Column("peeks", Integer, nullable=False, server_default="0"),
    Column("user_id", Integer, nullable=False),
    Column("created_at", REAL, nullable=False),
    Column("frozen_at", REAL),
    Column("ended_at", REAL),
    Index("ix_study_project", "project_id", "id"),
)  # fmt: skip

study_item = Table(
    "study_item", metadata,
    Column("study_id", Integer, primary_key=True),
    Column("item_id", Integer, primary_key=True),
    Column("stratum", Integer, nullable=False),
    Column("offered", Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

study_task = Table(
    "study_task", metadata,
    Column("user_id", Integer, primary_key=True),
    Column("item_id", Integer, primary_key=True),
    Column("study_id", Integer, primary_key=True),
    Column("period", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("arm", Integer, nullable=False),
    Column("withheld", Integer, nullable=False),
    Index("ix_study_task_order", "study_id", "user_id", "period", "place"),
    sqlite_with_rowid=False,
)  # fmt: skip

study_person = Table(
    "study_person", metadata,
    Column("study_id", Integer, primary_key=True),
    Column("user_id", Integer, primary_key=True),
    Column("code", Text, nullable=False),
    Column("attitude", Integer),
    Column("closing", Text),
    Column("started_at", REAL),
    Column("finished_at", REAL),
    Index("ix_study_person_busy", "user_id", sqlite_where=text("finished_at IS NULL")),
    sqlite_with_rowid=False,
)  # fmt: skip

study_block = Table(
    "study_block", metadata,
    Column("study_id", Integer, primary_key=True),
    Column("user_id", Integer, primary_key=True),
    Column("period", Integer, primary_key=True),
    Column("arm", Integer, nullable=False),
    Column("form", Text),
    Column("started_at", REAL),
    Column("ended_at", REAL),
    sqlite_with_rowid=False,
)  # fmt: skip
