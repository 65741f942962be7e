"""`knockon status`: each component's health, address, version, memory and log, and the lags."""

import json
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def status(as_json: AsJson = False) -> None:
    """Say how the stack is; exit code 1 unless everything is healthy and nothing alerts."""
    from orchestration.stack import attach
    from orchestration.stack.report import report
    from streaming.settings import GivenSettings

    found = report(attach(GivenSettings().state_dir))
    if as_json:
        typer.echo(json.dumps(found.as_dict(), indent=2))
    else:
        from orchestration.cli.tables import show_status

        show_status(found)
    if not found.healthy:
        raise typer.Exit(1)
