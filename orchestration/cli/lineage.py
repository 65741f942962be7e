"""`knockon lineage`: the walk from a euro, a forecast or a finding to the Kafka offsets."""

import json
from typing import Annotated

import typer


def lineage(
    kind: Annotated[str, typer.Argument(help="ledger, assessment, forecast or finding")],
    key: Annotated[str, typer.Argument(help="Its id, or a prefix that names one only.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Draw every branch.")] = False,
) -> None:
    """Follow stored keys from a row to everything that it rests on."""
    from rich.console import Console

    from orchestration.lineage.report import as_json as to_json
    from orchestration.lineage.report import as_tree
    from orchestration.lineage.walk import walk
    from streaming.settings import Settings
    from streaming.store.database import connect
    from streaming.store.lineage import STARTS

    if kind not in STARTS:
        raise typer.BadParameter(f"choose from {', '.join(STARTS)}")
    url = Settings().owner_database_url()
    with connect(url, "knockon-lineage", autocommit=True) as connection:
        try:
            start = walk(connection, kind, key)
        except LookupError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None
        if as_json:
            typer.echo(json.dumps(to_json(start), default=str))
        else:
            Console().print(as_tree(start, connection, most=10_000 if everything else 12))
