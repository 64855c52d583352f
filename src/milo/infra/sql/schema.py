"""All tables of a workspace in one metadata: what migrations make and tests compare against."""

from __future__ import annotations

from milo.infra.sql import (
    tables_contest,
    tables_knowledge,
    tables_llm,
    tables_near,
    tables_own,
    tables_quality,
    tables_review,
    tables_studies,
    tables_studio,
    tables_trust,
)
from milo.infra.sql.tables import metadata

__all__ = [
    "metadata",
    "tables_contest",
    "tables_knowledge",
    "tables_llm",
    "tables_near",
    "tables_own",
    "tables_quality",
    "tables_review",
    "tables_studies",
    "tables_studio",
    "tables_trust",
]
