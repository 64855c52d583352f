"""The tables of near-duplicates: the last search over each field with its groups, and the items that are set aside for everybody."""

from __future__ import annotations

from sqlalchemy import REAL, Column, Index, Integer, Table, Text, text

from milo.infra.sql.tables import metadata

near_search = Table(
    "near_search", metadata,
    Column("project_id", Integer, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("body", Text, nullable=False),
    Column("at", REAL, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

near_group = Table(
    "near_group", metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, nullable=False),
    Column("field", Text, nullable=False),
    Column("place", Integer, nullable=False),
    Column("likeness", REAL, nullable=False),
    Index("ix_near_group_place", "project_id", "field", "place"),
)  # fmt: skip

near_item = Table(
    "near_item", metadata,
    Column("group_id", Integer, primary_key=True),
    Column("item_id", Integer, primary_key=True),
    Column("likeness", REAL, nullable=False),
    Index("ix_near_item_item", "item_id"),
    sqlite_with_rowid=False,
)  # fmt: skip

set_aside = Table(
    "set_aside", metadata,
    Column("bulk_id", Integer, primary_key=True),
    Column("item_id", Integer, primary_key=True),
    Column("live", Integer, nullable=False, server_default="1"),
    Index("ix_set_aside_live", "item_id", unique=True, sqlite_where=text("live = 1")),
    Index("ix_set_aside_item", "item_id"),
    sqlite_with_rowid=False,
)  # fmt: skip
