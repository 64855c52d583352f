"""The first tables, and the full-text index over item texts."""

from alembic import op

from milo.infra.sql.schema import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    metadata.create_all(op.get_bind())
    op.execute("CREATE VIRTUAL TABLE item_text USING fts5(body, content='', tokenize=\"unicode61 remove_diacritics 2\")")
    op.execute(
        "CREATE VIRTUAL TABLE knowledge_text USING fts5(names, tokenize=\"unicode61 remove_diacritics 2\", prefix='2 3')"
    )
    op.execute("CREATE VIRTUAL TABLE item_vocab USING fts5vocab('item_text', 'row')")
