"""Puts the commands together. Nothing heavy is imported before a command runs."""

import typer

from orchestration.cli import (
    assess,
    backup,
    board,
    claims,
    days,
    dbt,
    dead_letters,
    demo,
    doctor,
    engines,
    explain,
    failures,
    ledger,
    lineage,
    logs,
    payments,
    reassess,
    replay,
    stack,
    status,
    topics,
    verify,
)
from orchestration.cli.errors import Explained

app = typer.Typer(
    name="knockon",
    help="An open platform for airline disruption, on your machine.",
    no_args_is_help=True,
    # A traceback with the values of variables would show passwords.
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
    rich_markup_mode="markdown",
    cls=Explained,
)

app.command("up")(stack.up)
app.command("down")(stack.down)
app.command("status")(status.status)
app.command("logs")(logs.logs)
app.command("errors")(failures.errors)
app.command("doctor")(doctor.doctor)
app.command("demo")(demo.demo)
app.command("replay")(replay.replay)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("verify")(verify.verify)
app.command("days")(days.days)
app.command("board")(board.board)
app.command("assess")(assess.assess)
app.command("reassess")(reassess.reassess)
app.command("lineage")(lineage.lineage)
app.command("dbt", context_settings=dbt.UNTOUCHED)(dbt.dbt)
app.add_typer(explain.app, name="explain")
app.add_typer(claims.app, name="claims")
app.add_typer(payments.app, name="payments")
app.add_typer(ledger.app, name="ledger")
app.add_typer(topics.app, name="topics")
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(engines.app, name="engines")
