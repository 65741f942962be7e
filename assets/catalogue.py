"""What every asset says about itself: key, group, owner, kinds, columns; key = [schema, table]."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

import dagster as dg

from streaming.store.catalogue import columns, grain


def key(log: str) -> dg.AssetKey:
    """`derived.disruptions` becomes ["derived", "disruptions"]."""
    return dg.AssetKey(log.split(".", 1))


def topic_key(topic: str) -> dg.AssetKey:
    """Topics live in a namespace of their own, beside the database's schemas."""
    return dg.AssetKey(["kafka", topic])


def team(owner: str) -> str:
    """An owner as Dagster writes teams."""
    return f"team:{owner.replace(' ', '-')}"


class Described(TypedDict):
    """What `described` says; a mapping of any values would leave `@asset` without a type."""

    key: dg.AssetKey
    description: str
    group_name: str
    owners: Sequence[str]
    kinds: set[str]
    tags: Mapping[str, str]
    metadata: Mapping[str, str | dg.TableSchema]


def described(
    table: str,
    story: str,
    *,
    group: str,
    owner: str,
    kinds: Sequence[str] = ("postgres",),
    tags: Mapping[str, str] | None = None,
) -> Described:
    """The keyword arguments that say what a table is, for `AssetSpec` and `@asset` alike.

    `story` is what the asset is for; the grain and the columns come from the models.
    """
    return {
        "key": key(table),
        "description": f"{story}\n\n{grain(table)}",
        "group_name": group,
        "owners": [team(owner)],
        "kinds": set(kinds),
        "tags": {"layer": table.split(".")[0], **(tags or {})},
        "metadata": {
            "dagster/table_name": table,
            "dagster/column_schema": dg.TableSchema(
                columns=[
                    dg.TableColumn(
                        column.name,
                        column.type,
                        description=column.description,
                        constraints=dg.TableColumnConstraints(
                            nullable=column.nullable, unique=column.unique
                        ),
                    )
                    for column in columns(table)
                ]
            ),
        },
    }
