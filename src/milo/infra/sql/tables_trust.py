"""The tables of trust: what was fixed before a look at a guarantee, the looks, items drawn to be answered blind, lapsed permissions."""

from __future__ import annotations

from sqlalchemy import REAL, Column, Index, Integer, Table, Text, UniqueConstraint, text

from milo.infra.sql.tables import metadata

guarantee_plan = Table(
    "guarantee_plan", metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, nullable=False, index=True),
    Column("question", Text, nullable=False),
    Column("predictor_id", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("data", Text, nullable=False),
    Column("since", REAL, nullable=False),
    Column("at", REAL, nullable=False),
    UniqueConstraint("predictor_id", "version", "epoch"),
)  # fmt: skip

guarantee_look = Table(
    "guarantee_look", metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, nullable=False),
    Column("plan_id", Integer, nullable=False),
    Column("promise", Text, nullable=False),
    Column("target", REAL, nullable=False),
    Column("right_at", REAL, nullable=False),
    Column("number", Integer, nullable=False),
    Column("audits", Integer, nullable=False),
    Column("wrong", REAL, nullable=False),
    Column("threshold", REAL),
    Column("accepted", Integer, nullable=False),
    Column("user_id", Integer),
    Column("at", REAL, nullable=False),
    Index("ix_guarantee_look_plan", "plan_id", "id"),
)  # fmt: skip

confidence_frozen = Table(
    "confidence_frozen", metadata,
    Column("predictor_id", Integer, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("data", Text, nullable=False),
    Column("at", REAL, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

rewritten = Table(
    "rewritten", metadata,
    Column("id", Integer, primary_key=True),
    Column("predictor_id", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("run_id", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("at", REAL, nullable=False),
    UniqueConstraint("run_id"),
    Index("ix_rewritten", "predictor_id", "version", "at"),
)  # fmt: skip

permission = Table(
    "permission", metadata,
    Column("bulk_id", Integer, primary_key=True),
    Column("project_id", Integer, nullable=False, index=True),
    Column("question", Text, nullable=False),
    Column("predictor_id", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("promise", Text, nullable=False),
    Column("at", REAL, nullable=False),
    Column("lapsed_at", REAL),
    Column("reason", Text),
    Column("why", Text, nullable=False, server_default=""),
)  # fmt: skip

blind_draw = Table(
    "blind_draw", metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, nullable=False),
    Column("item_id", Integer, nullable=False),
    Column("question", Text, nullable=False),
    Column("predictor_id", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("odds", REAL, nullable=False),
    Column("bulk_id", Integer),
    Column("value", Text),
    Column("score", REAL),
    Column("state", Integer, nullable=False, server_default="0"),
    Column("annotation_id", Integer),
    Column("at", REAL, nullable=False),
    Column("answered_at", REAL),
    Index("ix_blind_draw_open", "project_id", "purpose", "id", sqlite_where=text("state = 0")),
    Index("ix_blind_draw_item", "item_id"),
    Index("ix_blind_draw_bulk", "bulk_id", sqlite_where=text("bulk_id IS NOT NULL")),
)  # fmt: skip
