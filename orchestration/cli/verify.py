"""`knockon verify`: prove the invariants on the live database; exit 1 when one is broken."""

import json
from typing import Annotated

import typer

TOLD = ("books as sealed", "assessments founded")
"""Whose further figures qualify what was proven."""


def verify(
    only: Annotated[
        str | None,
        typer.Option(help="offsets, findings, balance, seals, assessments, plaintext; by commas."),
    ] = None,
    head: Annotated[
        str | None,
        typer.Option(help="The head of a seal that you have kept elsewhere: it must be there."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Prove exactly-once, live = batch, books balanced and as sealed, founded assessments, and no
    plaintext."""
    from rich.console import Console

    from orchestration.verify.run import CHECKS
    from orchestration.verify.run import verify as run
    from streaming.settings import Settings

    names = CHECKS if only is None else tuple(only.split(","))
    if unknown := set(names) - set(CHECKS):
        raise typer.BadParameter(f"no {', '.join(unknown)}: choose from {', '.join(CHECKS)}")
    console = Console()
    verdicts = []
    for verdict in run(Settings(), names, head):
        verdicts.append(verdict)
        if not as_json:
            sign = "[green]holds [/]" if verdict.holds else "[red]BROKEN[/]"
            counted = f"{verdict.checked:>9,} {verdict.invariant}"
            console.print(f"  {sign} {verdict.name:<24} {counted}", highlight=False)
            for what, count in verdict.counts.items():
                if count and verdict.name in TOLD:
                    console.print(f"           {count:,} {what}", style="dim", highlight=False)
            for line in verdict.shown():
                console.print(f"           {line}", style="red", highlight=False)
    if as_json:
        rows = [
            {
                "name": v.name, "invariant": v.invariant, "holds": v.holds,
                "checked": v.checked, "broken": list(v.broken), "counts": dict(v.counts),
            }
            for v in verdicts
        ]  # fmt: skip
        typer.echo(json.dumps({"holds": all(v.holds for v in verdicts), "checks": rows}))
    if not all(v.holds for v in verdicts):
        raise typer.Exit(1)
