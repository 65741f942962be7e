"""`knockon reassess`: ask the rules of today about all that other rules have judged."""

import getpass
import json
from dataclasses import asdict
from typing import Annotated

import typer


def reassess(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    by: Annotated[
        str | None, typer.Option(help="Who asks, by their own id; your login when left out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Assess again whatever stands under an earlier edition of the rules.

    Answers that differ in anything but words are appended, and the books follow by reversal and
    re-posting. Cut off, it has done what it has done: ask again, and it goes on. Look first with
    `--dry-run`: it shows what the books carry for those that would change, before and after.
    """
    from rich.console import Console

    from assets.derivations.reassessments import Reassessed
    from assets.derivations.reassessments import reassess as run
    from domain.money import major
    from streaming.settings import Settings
    from streaming.store.derive import Database

    console = Console(stderr=True)
    database = Database(Settings().owner_database_url(), "knockon-reassess")
    with console.status("assessing again") as status:

        def hear(done: Reassessed) -> None:
            status.update(f"{done.looked_at:,} looked at, {done.changed:,} answered otherwise")

        done = run(database, by or getpass.getuser(), dry_run=dry_run, hear=hear)
    if as_json:
        typer.echo(json.dumps({**asdict(done), "dry_run": dry_run}))
        return
    would = "would be " if dry_run else ""
    typer.echo(
        f"{done.looked_at:,} obligations stood under other rules, "
        f"{done.changed:,} {would}answered otherwise"
    )
    for currency in sorted({*done.before, *done.after}):
        before, after = (major(side[currency], currency) for side in (done.before, done.after))
        typer.echo(f"  {currency}  {before:>16,}  ->  {after:>16,}")
    if done.changed and not dry_run:
        typer.echo("The books follow by themselves: see `knockon status`.")
