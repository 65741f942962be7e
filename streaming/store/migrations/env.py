"""Alembic's entry: one transaction for the whole upgrade, our schemas only."""

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from streaming.store.migration import VERSION_SCHEMA
from streaming.store.models import Base

SCHEMAS = {table.schema for table in Base.metadata.tables.values()}


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "schema" or name in SCHEMAS


engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_schemas=True,
        include_name=_ours,
        version_table_schema=VERSION_SCHEMA,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
