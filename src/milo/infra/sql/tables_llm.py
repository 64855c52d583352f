"""The tables of connected language models, declared on the same metadata as all others: connections, the ledger of calls, kept
replies, prompts, signals of confidence, failures, rubrics, judges, verdicts, turns of the assistant, and answers given before a
suggestion was seen."""

from __future__ import annotations

from sqlalchemy import BLOB, REAL, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from milo.infra.sql.tables import metadata

connection = Table(
    "connection", metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("plugin", Text, nullable=False),
    Column("model", Text, nullable=False, server_default=""),
    Column("config", Text, nullable=False),
    Column("secret", BLOB),
    Column("limits", Text, nullable=False, server_default="{}"),
    Column("prices", Text, nullable=False, server_default="{}"),
    Column("local", Integer, nullable=False, server_default="0"),
    Column("enabled", Integer, nullable=False, server_default="1"),
    Column("probe", Text),
    Column("user_id", Integer),
    Column("created_at", REAL, nullable=False),
    sqlite_autoincrement=True,
)  # fmt: skip

model_call = Table(
    "model_call", metadata,
    Column("id", Integer, primary_key=True),
    Column("at", REAL, nullable=False),
    Column("project_id", Integer),
    Column("item_id", Integer),
    Column("run_id", Integer),
    Column("user_id", Integer),
    Column("connection_id", Integer, nullable=False),
    Column("model", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("fields", Text, nullable=False, server_default="[]"),
    Column("request_hash", BLOB),
    Column("state", Text, nullable=False),
    Column("error", Text),
    Column("input_tokens", Integer, nullable=False, server_default="0"),
    Column("output_tokens", Integer, nullable=False, server_default="0"),
    Column("cost", REAL),
    Column("cached", Integer, nullable=False, server_default="0"),
    Column("masked", Integer, nullable=False, server_default="0"),
    Column("seconds", REAL, nullable=False, server_default="0"),
    Column("content", Text),
    Index("ix_model_call_project", "project_id", "id"),
    Index("ix_model_call_run", "run_id", sqlite_where=text("run_id IS NOT NULL")),
    Index("ix_model_call_item", "item_id", sqlite_where=text("item_id IS NOT NULL")),
    Index("ix_model_call_open", "id", sqlite_where=text("state = 'open'")),
    Index(
        "ix_model_call_role", "project_id", "purpose", "at", sqlite_where=text("purpose IN ('assist', 'candidates', 'judge')")
    ),
)  # fmt: skip

reply_cache = Table(
    "reply_cache", metadata,
    Column("key", BLOB, primary_key=True),
    Column("connection_id", Integer, nullable=False, index=True),
    Column("project_id", Integer),
    Column("reply", BLOB, nullable=False),
    Column("at", REAL, nullable=False),
    Index("ix_reply_cache_project", "project_id", sqlite_where=text("project_id IS NOT NULL")),
)  # fmt: skip

prompt_version = Table(
    "prompt_version", metadata,
    Column("id", Integer, primary_key=True),
    Column("predictor_id", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("config", Text, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("user_id", Integer),
    Column("at", REAL, nullable=False),
    UniqueConstraint("predictor_id", "version"),
)  # fmt: skip

signal = Table(
    "signal", metadata,
    Column("run_id", Integer, primary_key=True),
    Column("item_id", Integer, primary_key=True),
    Column("question", Text, primary_key=True),
    Column("predictor_id", Integer, nullable=False, index=True),
    Column("signals", Text, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

confidence_model = Table(
    "confidence_model", metadata,
    Column("predictor_id", Integer, primary_key=True),
    Column("data", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("at", REAL, nullable=False),
)  # fmt: skip

run_error = Table(
    "run_error", metadata,
    Column("run_id", Integer, primary_key=True),
    Column("item_id", Integer, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("raw", Text, nullable=False, server_default=""),
    Column("attempts", Integer, nullable=False),
    Column("at", REAL, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

open_batch = Table(
    "open_batch", metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", Integer, nullable=False, index=True),
    Column("connection_id", Integer, nullable=False),
    Column("batch_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("items", Integer, nullable=False),
    Column("info", Text, nullable=False, server_default="{}"),
    Column("at", REAL, nullable=False),
)  # fmt: skip

rubric = Table(
    "rubric", metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("user_id", Integer),
    Column("at", REAL, nullable=False),
    UniqueConstraint("project_id", "name", "version"),
)  # fmt: skip

judge = Table(
    "judge", metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, ForeignKey("project.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("plugin", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("rubric", Text, nullable=False),
    Column("rubric_version", Integer, nullable=False),
    Column("config", Text, nullable=False),
    Column("live", Integer, nullable=False, server_default="0"),
    Column("after", Integer, nullable=False, server_default="0"),
    Column("enabled", Integer, nullable=False, server_default="1"),
    Column("created_at", REAL, nullable=False),
    UniqueConstraint("project_id", "name"),
)  # fmt: skip

verdict = Table(
    "verdict", metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, nullable=False),
    Column("item_id", Integer, nullable=False),
    Column("question", Text, nullable=False),
    Column("annotation_id", Integer),
    Column("value_hash", BLOB, nullable=False),
    Column("judge_id", Integer),
    Column("user_id", Integer),
    Column("run_id", Integer),
    Column("rubric_id", Integer, nullable=False),
    Column("mode", Text, nullable=False),
    Column("total", REAL, nullable=False),
    Column("passed", Integer, nullable=False),
    Column("own_model", Integer, nullable=False, server_default="0"),
    Column("body", Text, nullable=False),
    Column("odds", REAL),
    Column("for_user", Integer),
    Column("response", Text, nullable=False, server_default="none"),
    Column("response_at", REAL),
    Column("response_info", Text),
    Column("created_at", REAL, nullable=False),
    Index("ix_verdict_item", "item_id", "question"),
    Index("ix_verdict_judge", "judge_id", "id", sqlite_where=text("judge_id IS NOT NULL")),
    Index("ix_verdict_project", "project_id", "id"),
)  # fmt: skip

audit_pick = Table(
    "audit_pick", metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, nullable=False),
    Column("judge_id", Integer, nullable=False),
    Column("item_id", Integer, nullable=False),
    Column("annotation_id", Integer, nullable=False),
    Column("odds", REAL, nullable=False),
    Column("user_id", Integer),
    Column("verdict_id", Integer),
    Column("at", REAL, nullable=False),
    Index("ix_audit_pick_judge", "judge_id", "id"),
    UniqueConstraint("judge_id", "annotation_id"),
)  # fmt: skip

assist_turn = Table(
    "assist_turn", metadata,
    Column("id", Integer, primary_key=True),
    Column("project_id", Integer, nullable=False),
    Column("item_id", Integer, nullable=False),
    Column("user_id", Integer, nullable=False),
    Column("question", Text),
    Column("kind", Text, nullable=False),
    Column("asked", Text, nullable=False, server_default=""),
    Column("answered", Text, nullable=False, server_default=""),
    Column("proposal", Text),
    Column("first_token", REAL),
    Column("seconds", REAL),
    Column("stopped", Integer, nullable=False, server_default="0"),
    Column("taken", Integer, nullable=False, server_default="0"),
    Column("at", REAL, nullable=False),
    Index("ix_assist_turn_item", "item_id"),
    Index("ix_assist_turn_project", "project_id", "id"),
)  # fmt: skip

first_answer = Table(
    "first_answer", metadata,
    Column("item_id", Integer, primary_key=True),
    Column("user_id", Integer, primary_key=True),
    Column("question", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("at", REAL, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip
