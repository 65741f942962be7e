"""What the models say about a table: grain and columns, for those who show tables to people."""

from dataclasses import dataclass

from sqlalchemy.dialects import postgresql

from streaming.store.models import Base


@dataclass(frozen=True, slots=True)
class Column:
    """One column as PostgreSQL knows it; `description` is its comment."""

    name: str
    type: str
    nullable: bool
    unique: bool
    description: str | None


def grain(table: str) -> str:
    """The comment of `schema.table`. Raises KeyError when the models know no such table."""
    return Base.metadata.tables[table].comment or ""


def columns(table: str) -> list[Column]:
    """The columns of `schema.table` in order. Raises KeyError like `grain`."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    found = Base.metadata.tables[table]
    alone = list(found.primary_key.columns) if len(found.primary_key.columns) == 1 else []
    return [
        Column(
            column.name,
            column.type.compile(dialect).lower(),
            bool(column.nullable),
            column in alone or bool(column.unique),
            column.comment,
        )
        for column in found.columns
    ]
