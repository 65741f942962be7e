"""Writes the generated part of the pages in docs/: `python scripts/write_docs.py [--check]`.

A page holds its generated part between two comments; what a person wrote around it stays.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import AliasChoices
from pydantic_core import PydanticUndefined
from sqlalchemy import Table, UniqueConstraint
from sqlalchemy.dialects import postgresql

from domain.events import Event
from domain.events.passenger import SEALED_FORMAT, SEALED_LEAST
from streaming.access import AccessSettings
from streaming.codec.codec import LARGEST_BYTES
from streaming.provisioning.drift import span
from streaming.schemas import committed, examples
from streaming.settings import Settings
from streaming.store.models import Base
from streaming.topics import TOPICS, Topic

DOCS = Path(__file__).resolve().parents[1] / "docs"
BEGIN, END = "<!-- generated -->", "<!-- end -->"


def settings() -> str:
    """A table of all settings: variables, default, meaning."""
    lines = ["| Variable | Default | Meaning |", "| --- | --- | --- |"]
    # Inherited fields come first in a model, and are what few have to set.
    fields = sorted(
        Settings.model_fields.items(), key=lambda one: one[0] in AccessSettings.model_fields
    )
    for name, field in fields:
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


def topics() -> str:
    """Each topic with its figures; the reasons are among the contracts."""
    lines = [
        "| Topic | Key | Partitions | Kept | Cleanup | Written by | Lands in | Personal | Owner |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in TOPICS.values():
        cells = (
            f"`{one.name}`",
            one.key,
            str(one.partitions),
            span(one.retention),
            one.cleanup,
            "relay" if one.relayed else "producers",
            f"`landed.{one.table}`" if one.lands else "",
            "sealed" if one.personal else "",
            one.owner,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def contracts() -> str:
    """The envelope, then a section for each topic."""
    envelope = _fields(next(iter(TOPICS.values())), Event)
    parts = ["## The envelope", "Every event on every topic has these.", envelope]
    for topic in TOPICS.values():
        shown = [_example(topic, *one) for one in examples(topic).items()]
        own = _fields(topic, topic.model)
        parts += [f"## {topic.name}", topic.reason, _promises(topic), own, *shown]
    return "\n\n".join(parts)


def _promises(topic: Topic) -> str:
    lands = f"every record is a row of `landed.{topic.table}`" if topic.lands else "no"
    personal = "yes: personal data is sealed, and so is a record that cannot be read"
    rows = {
        "Owner": topic.owner,
        "Key": topic.key,
        "Partitions": str(topic.partitions),
        "Retention": f"{span(topic.retention)}, {topic.cleanup}",
        "Largest event": f"{topic.largest_bytes or LARGEST_BYTES:,} bytes",
        "Lands": lands,
        "Personal": personal if topic.personal else "no",
        "Schema": f"`{topic.subject}`, [{topic.name}.avsc](../streaming/schemas/{topic.name}.avsc)",
    }
    return "\n".join(["| | |", "| --- | --- |", *(f"| {k} | {v} |" for k, v in rows.items())])


def _fields(topic: Topic, model: type[Event]) -> str:
    """The fields, with the types of the topic's committed schema; of the envelope what differs."""
    fields = {field["name"]: field for field in committed(topic)["fields"]}
    lines = ["| Field | Avro | | Meaning |", "| --- | --- | --- | --- |"]
    for name, told in model.model_fields.items():
        shared = Event.model_fields.get(name)
        if model is not Event and shared and shared.description == told.description:
            continue
        field = fields[name]
        need = "optional" if "default" in field else "required"
        words = [f"`{word}`" for word in _words(told.annotation)]
        said = f"{told.description} One of {', '.join(words)}." if words[1:] else told.description
        lines.append(f"| `{name}` | {_avro(field['type'])} | {need} | {said} |")
    return "\n".join(lines)


def _words(kind: Any) -> list[str]:
    """What a field takes, where that is a list of words."""
    if get_origin(kind) is Literal:
        return [str(word) for word in get_args(kind)]
    return [word for part in get_args(kind) for word in _words(part)]


def _avro(kind: Any) -> str:
    if isinstance(kind, list):
        return " or ".join(_avro(one) for one in kind if one != "null")
    if not isinstance(kind, dict):
        return str(kind)
    if kind["type"] == "array":
        return f"array of {_avro(kind['items'])}"
    if kind["type"] == "map":
        return f"map of {_avro(kind['values'])}"
    return f"{kind['type']} ({kind['logicalType']})" if "logicalType" in kind else kind["type"]


def _example(topic: Topic, situation: str, event: Event) -> str:
    """As JSON; of what is sealed the length alone, for more nobody can tell."""
    shown = json.loads(event.model_dump_json(exclude_none=True))
    for name, value in event:
        if isinstance(value, bytes) and value[:1] == SEALED_FORMAT and len(value) >= SEALED_LEAST:
            shown[name] = f"({len(value)} bytes, sealed)"
    text = json.dumps(shown, indent=2, ensure_ascii=False)
    title = situation[:1].upper() + situation[1:]
    return f"<details><summary>{title}</summary>\n\n```json\n{text}\n```\n\n</details>"


PAGES = {
    "contracts.md": contracts,
    "topics.md": topics,
    "settings.md": settings,
    "entities.md": entities,
}


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
