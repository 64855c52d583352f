"""The table of what the owner of a workspace registered for predictors to use: model files on disk, services by address."""

from __future__ import annotations

from sqlalchemy import REAL, Column, Integer, Table, Text

from milo.infra.sql.tables import metadata

own_model = Table(
    "own_model", metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("settings", Text, nullable=False, server_default="{}"),
    Column("about", Text),
    Column("user_id", Integer),
    Column("created_at", REAL, nullable=False),
)  # fmt: skip
