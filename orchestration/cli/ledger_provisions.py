"""`knockon ledger provide`: what is expected never to be claimed, by a published scenario."""

import getpass
import json
from typing import Annotated

import typer

from orchestration.cli.claims import database
from orchestration.cli.ledger_reports import time


def provide(
    scenario: Annotated[
        str, typer.Option(help="legal-maximum, beacon-2019 or mercury-static; see docs/finance.md.")
    ],
    at: Annotated[
        str | None,
        typer.Option(help="As of a day (its end) or a time, UTC; now when left out."),
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="Who asks, by their own id; your login when left out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Set against what is owed and not approved yet what a scenario expects nobody to claim.

    Per obligation, on an account of its own; from a claim on its sum counts in full again. Done
    twice it books nothing more, and another scenario books the difference.
    """
    from rich.console import Console

    from domain.ledger import uptake
    from domain.money import major
    from streaming.desk.provisions import Occasion, Provided, provide_for_all
    from streaming.store.periods import now

    expected = uptake(scenario)
    with database() as connection, Console(stderr=True).status("providing") as status:

        def hear(done: Provided) -> None:
            status.update(f"{done.looked_at:,} obligations looked at, {done.booked:,} booked")

        moment = time(at) if at else now(connection)
        done = provide_for_all(
            connection, Occasion(expected, moment, by or getpass.getuser()), hear
        )
    if as_json:
        told = {"scenario": scenario, "share_basis_points": expected.share_basis_points}
        counts = {"looked_at": done.looked_at, "booked": done.booked, "grown_minor": done.grown}
        typer.echo(json.dumps({**told, **counts}))
        return
    typer.echo(f"{scenario}: {expected.share_basis_points / 100:g} % claim ({expected.source})")
    typer.echo(f"{done.looked_at:,} obligations looked at, {done.booked:,} booked")
    for currency, minor in sorted(done.grown.items()):
        typer.echo(f"  allowance  {major(minor, currency):+,} {currency}")
