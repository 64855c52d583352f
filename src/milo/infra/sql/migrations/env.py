"""Alembic's entry: runs the migrations on the connection that `milo.infra.sql.migrate` hands over."""

from alembic import context

from milo.infra.sql.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
