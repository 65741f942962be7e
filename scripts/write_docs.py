"""Writes the generated part of the pages in docs/: `python scripts/write_docs.py [--check]`.

A page holds its generated part between two comments; what a person wrote around it stays.
"""

import argparse
import sys
from pathlib import Path

from pydantic import AliasChoices
from pydantic_core import PydanticUndefined
from sqlalchemy import Table, UniqueConstraint
from sqlalchemy.dialects import postgresql

from streaming.settings import Settings
from streaming.store.models import Base

DOCS = Path(__file__).resolve().parents[1] / "docs"
BEGIN, END = "<!-- generated -->", "<!-- end -->"


def settings() -> str:
    """A table of all settings: variables, default, meaning."""
    lines = ["| Variable | Default | Meaning |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        names = alias.choices if isinstance(alias, AliasChoices) else [f"KNOCKON_{name.upper()}"]
        variables = ", ".join(f"`{one}`" for one in names)
        default = field.default
        shown = "" if default in (None, PydanticUndefined) else f"`{default}`"
        lines.append(f"| {variables} | {shown} | {field.description} |")
    return "\n".join(lines)


def entities() -> str:
    """A diagram for each schema, with the keys that lead out of it."""
    schemas = sorted({table.schema or "" for table in Base.metadata.sorted_tables})
    return "\n\n".join(f"## {schema}\n\n{_diagram(schema)}" for schema in schemas)


def _diagram(schema: str) -> str:
    tables = sorted(
        (table for table in Base.metadata.sorted_tables if table.schema == schema),
        key=lambda table: table.name,
    )
    lines = [f"- **{table.name}**: {table.comment}" for table in tables]
    lines += ["", "```mermaid", "erDiagram"]
    for table in tables:
        lines += [f"  {table.name} {{", *_columns(table), "  }"]
    for table in tables:
        for key in sorted(table.foreign_key_constraints, key=lambda one: one.column_keys):
            target, columns = key.referred_table, list(key.columns)
            name = target.name if target.schema == schema else f'"{target.fullname}"'
            many = "|o" if any(column.nullable for column in columns) else "||"
            label = " ".join(column.name for column in columns)
            label = f'"{label}"' if len(columns) > 1 else label
            lines.append(f"  {name} {many}--o{{ {table.name} : {label}")
    return "\n".join([*lines, "```"])


def _columns(table: Table) -> list[str]:
    dialect = postgresql.dialect()
    alone = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    unique = {one.columns[0].name for one in alone if len(one.columns) == 1}
    found = []
    for column in table.columns:
        kind = column.type.compile(dialect).lower().replace(" with time zone", "tz")
        keys = [
            *(["PK"] if column.primary_key else []),
            *(["FK"] if column.foreign_keys else []),
            *(["UK"] if column.name in unique else []),
        ]
        said = (column.comment or "").replace('"', "'")
        parts = [kind.replace(" ", "_"), column.name, ",".join(keys), f'"{said}"' if said else ""]
        found.append("    " + " ".join(part for part in parts if part))
    return found


PAGES = {"settings.md": settings, "entities.md": entities}


def written(name: str) -> tuple[str, str]:
    """A page as it is and as it should be. Raises ValueError when it lacks the two comments."""
    text = (DOCS / name).read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"docs/{name} needs a line {BEGIN} and after it a line {END}")
    return text, f"{before}{BEGIN}\n{PAGES[name]()}\n{END}{after}"


def main() -> int:
    """Write every page; with --check only say which is stale, and return 1 when one is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 when stale")
    check = parser.parse_args().check
    stale = []
    for name in PAGES:
        text, wanted = written(name)
        if text != wanted:
            stale.append(name)
            if not check:
                (DOCS / name).write_text(wanted)
    for name in stale:
        print(f"docs/{name} {'is stale: run `make docs`' if check else 'written'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
