"""The tables of a workspace, declared once; migrations and tests compare against them. Queries never go through here.

An item's id is `project_id * ITEMS_PER_PROJECT + ord`: one integer names the project and the place in import order, so that
the primary key alone serves "items of this project, in order" without a further index.
"""

from __future__ import annotations

from sqlalchemy import (
    BLOB,
    REAL,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

setting = Table("setting", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

user = Table(
    "user", metadata,
    Column("id", Integer, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False, server_default=""),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("active", Integer, nullable=False, server_default="1"),
    Column("settings", Text, nullable=False, server_default="{}"),
    Column("created_at", REAL, nullable=False),
)  # fmt: skip

session = Table(
    "session", metadata,
    Column("hash", BLOB, primary_key=True),
    Column("user_id", Integer, ForeignKey("user.id"), nullable=False),
    Column("csrf", Text, nullable=False),
    Column("created_at", REAL, nullable=False),
    Column("expires_at", REAL, nullable=False),
)  # fmt: skip

token = Table(
    "token", metadata,
    Column("id", Integer, primary_key=True),
    Column("hash", BLOB, nullable=False, unique=True),
    Column("user_id", Integer, ForeignKey("user.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", REAL, nullable=False),
    Column("last_used_at", REAL),
)  # fmt: skip

project = Table(
    "project", metadata,
    Column("id", Integer, primary_key=True),
    Column("spec", Text, nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("secret", BLOB, nullable=False),
    Column("created_at", REAL, nullable=False),
    Column("archived", Integer, nullable=False, server_default="0"),
    Column("next_ord", Integer, nullable=False, server_default="1"),
    Column("indexed_to", Integer, nullable=False, server_default="0"),
    Column("generation", Integer, nullable=False, server_default="0"),
)  # fmt: skip

schema_version = Table(
    "schema_version", metadata,
    Column("project_id", Integer, ForeignKey("project.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("questions", Text, nullable=False),
    Column("at", REAL, nullable=False),
    Column("user_id", Integer),
)  # fmt: skip

project_count = Table(
    "project_count", metadata,
    Column("project_id", Integer, ForeignKey("project.id"), primary_key=True),
    *(
        Column(name, Integer, nullable=False, server_default="0")
        for name in ("items", "new", "open", "done", "skipped", "flagged", "answers", "suggested", "free", "blind", "aside")
    ),
)  # fmt: skip

member = Table(
    "member", metadata,
    Column("project_id", Integer, ForeignKey("project.id"), primary_key=True),
    Column("user_id", Integer, ForeignKey("user.id"), primary_key=True),
    Column("role", Text, nullable=False),
)  # fmt: skip

item = Table(
    "item", metadata,
    Column("id", Integer, primary_key=True),
    Column("ident", BLOB, nullable=False, unique=True),
    Column("key", Text),
    Column("blind", Integer, nullable=False),
    Column("status", Integer, nullable=False, server_default="0"),
    Column("free", Integer, nullable=False),
    Column("n_answers", Integer, nullable=False, server_default="0"),
    Column("flagged", Integer, nullable=False, server_default="0"),
    Column("conf", REAL),
    Column("batch", Integer, nullable=False),
    Column("updated_at", REAL),
    Index("ix_item_free", "id", sqlite_where=text("free > 0")),
    Index("ix_item_status", "status", "id"),
    Index("ix_item_conf", "conf", "id", sqlite_where=text("conf IS NOT NULL")),
    Index("ix_item_flagged", "id", sqlite_where=text("flagged > 0")),
    Index("ix_item_updated", "updated_at", sqlite_where=text("updated_at IS NOT NULL")),
)  # fmt: skip

content = Table(
    "content", metadata,
    Column("item_id", Integer, primary_key=True),
    Column("data", Text, nullable=False),
    Column("meta", Text),
)  # fmt: skip

media = Table(
    "media", metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, ForeignKey("project.id"), nullable=False),
    Column("sha256", BLOB, nullable=False),
    Column("storage", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("mime", Text, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("error", Text),
    Column("facts", Text),
    UniqueConstraint("project_id", "sha256", "path"),
)  # fmt: skip

page_words = Table(
    "page_words", metadata,
    Column("project_id", Integer, ForeignKey("project.id"), primary_key=True),
    Column("sha256", BLOB, primary_key=True),
    Column("page", Integer, primary_key=True),
    Column("machine", Integer, nullable=False),
    Column("words", BLOB, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

assignment = Table(
    "assignment", metadata,
    Column("id", Integer, primary_key=True),
    Column("item_id", Integer, nullable=False),
    Column("user_id", Integer, nullable=False),
    Column("state", Integer, nullable=False),
    Column("until", REAL, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("odds", REAL),
    Column("at", REAL, nullable=False),
    UniqueConstraint("item_id", "user_id"),
    Index("ix_assignment_lent", "until", sqlite_where=text("state = 0")),
    Index("ix_assignment_user", "user_id", "state", "item_id"),
)  # fmt: skip

pick = Table(
    "pick", metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, nullable=False),
    Column("item_id", Integer, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("odds", REAL),
    Index("ix_pick_project", "project_id", "id"),
    Index("ix_pick_item", "item_id"),
)  # fmt: skip

annotation = Table(
    "annotation", metadata,
    Column("id", Integer, primary_key=True),
    Column("item_id", Integer, nullable=False),
    Column("question", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("author_kind", Text, nullable=False),
    Column("user_id", Integer),
    Column("predictor_id", Integer),
    Column("run_id", Integer),
    Column("value", Text, nullable=False),
    Column("label", Text),
    Column("score", REAL),
    Column("reason", Text),
    Column("basis", Text, nullable=False),
    Column("shown", Text),
    Column("schema_version", Integer, nullable=False),
    Column("replaces", Integer),
    Column("live", Integer, nullable=False, server_default="1"),
    Column("origin", Text),
    Column("op_id", Text),
    Column("bulk_id", Integer),
    Column("created_at", REAL, nullable=False),
    Column("duration", REAL),
    Index("ix_annotation_answer", "item_id", "question", sqlite_where=text("role <> 'suggestion'")),
    Index("ix_annotation_label", "question", "label", "item_id", sqlite_where=text("role <> 'suggestion' AND live = 1")),
    Index("ix_annotation_user", "user_id", "item_id", sqlite_where=text("role <> 'suggestion' AND live = 1")),
    Index("ix_annotation_truth", "question", "item_id", sqlite_where=text("role IN ('gold', 'resolution') AND live = 1")),
    Index("ix_annotation_bulk", "bulk_id", sqlite_where=text("bulk_id IS NOT NULL")),
    Index(
        "ix_annotation_suggestion", "item_id", "question", "predictor_id",
        unique=True, sqlite_where=text("role = 'suggestion'"),
    ),
    Index(
        "ix_annotation_ranked", "predictor_id", "question", "label", "score", "item_id", "run_id",
        sqlite_where=text("role = 'suggestion'"),
    ),
)  # fmt: skip

submission = Table(
    "submission", metadata,
    Column("op_id", Text, primary_key=True),
    Column("user_id", Integer, nullable=False),
    Column("item_id", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("at", REAL, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

draft = Table(
    "draft", metadata,
    Column("item_id", Integer, primary_key=True),
    Column("user_id", Integer, primary_key=True),
    Column("answers", Text, nullable=False),
    Column("at", REAL, nullable=False),
)  # fmt: skip

comment = Table(
    "comment", metadata,
    Column("id", Integer, primary_key=True),
    Column("item_id", Integer, nullable=False, index=True),
    Column("user_id", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", REAL, nullable=False),
)  # fmt: skip

event = Table(
    "event", metadata,
    Column("id", Integer, primary_key=True),
    Column("at", REAL, nullable=False),
    Column("project_id", Integer),
    Column("item_id", Integer),
    Column("user_id", Integer),
    Column("kind", Text, nullable=False),
    Column("data", Text),
    Index("ix_event_item", "item_id", sqlite_where=text("item_id IS NOT NULL")),
)  # fmt: skip

telemetry = Table(
    "telemetry", metadata,
    Column("id", Integer, primary_key=True),
    Column("item_id", Integer),
    Column("user_id", Integer, nullable=False),
    Column("op_id", Text),
    Column("at", REAL, nullable=False),
    Column("events", Text, nullable=False),
    Index("ix_telemetry_item", "item_id"),
)  # fmt: skip

predictor = Table(
    "predictor", metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, ForeignKey("project.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("plugin", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("config", Text, nullable=False),
    Column("enabled", Integer, nullable=False, server_default="1"),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("message", Text, nullable=False, server_default=""),
    Column("n_labels", Integer, nullable=False, server_default="0"),
    Column("created_at", REAL, nullable=False),
    UniqueConstraint("project_id", "name"),
)  # fmt: skip

run = Table(
    "run", metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("predictor_id", Integer),
    Column("version", Integer, nullable=False),
    Column("args", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("active", Integer, nullable=False, server_default="1"),
    Column("items", Integer, nullable=False, server_default="0"),
    Column("info", Text, nullable=False, server_default="{}"),
    Column("user_id", Integer),
    Column("created_at", REAL, nullable=False),
    Column("finished_at", REAL),
)  # fmt: skip

blind_check = Table(
    "blind_check", metadata,
    Column("run_id", Integer, primary_key=True),
    Column("item_id", Integer, primary_key=True),
    Column("question", Text, primary_key=True),
    Column("predictor_id", Integer, nullable=False),
    Column("value", Text, nullable=False),
    Column("score", REAL),
    Index("ix_blind_check_item", "item_id"),
)  # fmt: skip

bulk = Table(
    "bulk", metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, nullable=False, index=True),
    Column("op_id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("args", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("user_id", Integer, nullable=False),
    Column("at", REAL, nullable=False),
    Column("undone", Integer, nullable=False, server_default="0"),
)  # fmt: skip

job = Table(
    "job", metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer),
    Column("kind", Text, nullable=False),
    Column("args", Text, nullable=False),
    Column("key", Text),
    Column("state", Text, nullable=False),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("total", Integer),
    Column("cursor", Text),
    Column("message", Text, nullable=False, server_default=""),
    Column("error", Text),
    Column("result", Text),
    Column("user_id", Integer),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("lease_until", REAL),
    Column("created_at", REAL, nullable=False),
    Column("started_at", REAL),
    Column("finished_at", REAL),
    Index("ix_job_state", "state"),
    Index("ix_job_project", "project_id", "id"),
)  # fmt: skip

import_error = Table(
    "import_error", metadata,
    Column("id", Integer, primary_key=True),
    Column("job_id", Integer, nullable=False, index=True),
    Column("line", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("raw", Text, nullable=False),
)  # fmt: skip

vector = Table(
    "vector", metadata,
    Column("item_id", Integer, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("value", BLOB, nullable=False),
)  # fmt: skip
