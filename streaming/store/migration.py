"""Brings a database to the schema of this version, and back; Alembic, in-process."""

from collections.abc import Mapping
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from streaming.store.database import connect
from streaming.store.errors import StoreError
from streaming.store.roles import create_roles

SCRIPTS = Path(__file__).parent / "migrations"
VERSION_SCHEMA = "logs"
"""Where Alembic keeps its table; the other services have version tables of their own."""


def migrate(
    owner_url: str, passwords: Mapping[str, str] | None = None, revision: str = "head"
) -> None:
    """Make roles and schemas and bring every table to `revision`; safe to repeat.

    `passwords` is keyed by the roles of `streaming.store.roles`; a role without one keeps its own.

    Raises:
        StoreError: the database was migrated by a newer version than this one.
    """
    with connect(owner_url, "knockon-migration", autocommit=True) as connection:
        create_roles(connection, passwords or {})
        connection.execute(f"create schema if not exists {VERSION_SCHEMA}")
    found = current(owner_url)
    if found is not None and found not in known_revisions():
        raise StoreError(
            f"the database is at revision {found}, which this version does not know:"
            " run the version that made it, or a newer one"
        )
    command.upgrade(configuration(owner_url), revision)


def downgrade(owner_url: str, revision: str = "base") -> None:
    """Take the tables back to an older revision; what the newer one added is lost."""
    command.downgrade(configuration(owner_url), revision)


def current(owner_url: str) -> str | None:
    """The revision that the database is at; None when it was never migrated."""
    engine = create_engine(sqlalchemy_url(owner_url), poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("set timezone to 'UTC'"))
        context = MigrationContext.configure(
            connection, opts={"version_table_schema": VERSION_SCHEMA}
        )
        return context.get_current_revision()


def known_revisions() -> set[str]:
    """Every revision that this version has a script for."""
    return {script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()}


def configuration(owner_url: str) -> Config:
    """Alembic's configuration without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["url"] = sqlalchemy_url(owner_url)
    return config


def sqlalchemy_url(url: str) -> str:
    """The URL with the driver named, which SQLAlchemy wants."""
    return "postgresql+psycopg://" + url.partition("://")[2]
