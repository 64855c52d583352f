"""The tables of knowledge bases: the bases of a project, and their entries. Names and aliases are searched in `knowledge_text`."""

from __future__ import annotations

from sqlalchemy import REAL, Column, Index, Integer, Table, Text

from milo.infra.sql.tables import metadata

knowledge = Table(
    "knowledge", metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("n", Integer, nullable=False, server_default="0"),
    Column("ready", Integer, nullable=False, server_default="0"),
    Column("user_id", Integer),
    Column("created_at", REAL, nullable=False),
)  # fmt: skip

knowledge_entry = Table(
    "knowledge_entry", metadata,
    Column("id", Integer, primary_key=True),
    Column("knowledge_id", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("aliases", Text, nullable=False, server_default="[]"),
    Column("description", Text, nullable=False, server_default=""),
    Index("ix_knowledge_entry_key", "knowledge_id", "key", unique=True),
)  # fmt: skip
