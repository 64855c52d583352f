"""Brings a workspace's database to the present shape. Alembic is imported only when there is something to do."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from milo.domain.errors import StorageTrouble

if TYPE_CHECKING:
    from sqlalchemy import Connection

HEAD = "0001"


def current(path: Path) -> str | None:
    """The revision of a database file; None for a new or empty one. Raises StorageTrouble for a file that is none."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    connection = sqlite3.connect(path)
    try:
        tables = {r[0] for r in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if "alembic_version" not in tables:
            if tables:
                raise StorageTrouble(f"{path} is a database, but not Milo's. Choose another workspace folder.")
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return row[0] if row else None
    except sqlite3.DatabaseError as error:
        raise StorageTrouble(f"{path} cannot be read as a database ({error}). Restore it from a backup.") from error
    finally:
        connection.close()


def upgrade(path: Path) -> None:
    """Run what is missing, each step whole or not at all. Raises StorageTrouble if the file was written by a newer Milo."""
    found = current(path)
    if found == HEAD:
        return
    if found is not None and found > HEAD:
        raise StorageTrouble(f"{path} was written by a newer Milo (revision {found}, this one knows {HEAD}). Upgrade Milo.")
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    config = Config()
    config.set_main_option("script_location", "milo.infra.sql:migrations")
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"isolation_level": None})
    event.listen(engine, "begin", _begin)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()


def _begin(connection: Connection) -> None:
    """The driver would begin no transaction for a change of tables."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
