"""`knockon days`: the parts that the landed tables are divided into."""

import json
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]


def days(as_json: AsJson = False) -> None:
    """List the days of the landed tables with their size, and those that are detached.

    `KNOCKON_LANDED_DAYS` says how many stay attached. A detached day is a plain table in schema
    `landed_days`: dump it where you keep such things, then drop it.
    """
    from orchestration.cli.tables import show_days
    from streaming.settings import Settings
    from streaming.store.database import connect
    from streaming.store.days import parts

    with connect(Settings().owner_database_url(), "knockon-days") as connection:
        found = parts(connection)
    if not as_json:
        show_days(found)
        return
    told = [
        {
            "table": f"landed.{part.table}",
            "part": f"landed_days.{part.name}",
            "day": part.day.isoformat() if part.day else None,
            "attached": part.attached,
            "rows": part.rows,
            "bytes": part.bytes,
        }
        for part in found
    ]
    typer.echo(json.dumps({"parts": told}))
