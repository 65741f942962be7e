"""`knockon doctor`: what this machine lacks or has wrong, and the mend of each."""

import json
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
Offline = Annotated[bool, typer.Option("--offline", help="Do not try the network.")]


def doctor(as_json: AsJson = False, offline: Offline = False) -> None:
    """Check the machine; exit code 1 when something has to be mended."""
    from dataclasses import asdict

    from orchestration.stack.checkup import checkup
    from streaming.settings import GivenSettings

    checks = checkup(GivenSettings(), network=not offline)
    if as_json:
        typer.echo(json.dumps([asdict(check) for check in checks], indent=2))
    else:
        from orchestration.cli.tables import show_checks

        show_checks(checks)
    if any(check.mend for check in checks):
        raise typer.Exit(1)
