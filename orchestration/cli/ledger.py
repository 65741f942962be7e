"""`knockon ledger`: periods and reports for finance; for an auditor, proofs and the seals' head."""

import json
from dataclasses import asdict
from typing import Annotated, Any, NoReturn

import typer

from orchestration.cli import ledger_periods, ledger_provisions, ledger_reports

app = typer.Typer(
    help="The books: accounting periods, reports for finance, proofs for auditors.",
    no_args_is_help=True,
)
app.command("periods")(ledger_periods.periods)
app.command("open")(ledger_periods.open_)
app.command("close")(ledger_periods.close)
app.command("trial-balance")(ledger_reports.trial_balance)
app.command("journal")(ledger_reports.journal)
app.command("as-of")(ledger_reports.as_of)
app.command("provide")(ledger_provisions.provide)
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]


@app.command()
def proof(
    key: Annotated[str, typer.Argument(help="Id of a transaction, or a prefix that names one.")],
    as_json: AsJson = False,
) -> None:
    """Print the path from a transaction to the root of its seal, and whether it leads there.

    With the bytes that are hashed, so that anybody can do it again with SHA-256 alone (RFC 6962:
    a leaf behind a zero byte, a node behind a one). Exit code 1 when the transaction is not what
    was sealed, or not sealed yet.
    """
    from domain.ledger.seal import prove, proven
    from streaming.store.seals import entries, leaves, seal_of

    with _connected() as connection:
        transaction_id = _one(connection, key)
        sealed = seal_of(connection, transaction_id)
        if sealed is None:
            _fail(f"transaction {transaction_id} is not sealed yet: it will be within seconds")
        found = prove(sealed, leaves(connection, sealed), transaction_id)
        [entry] = entries(connection, 0, -1, [transaction_id])
    holds = proven(found, entry)
    if as_json:
        told = {**asdict(found), "entry": entry.canonical().decode(), "holds": holds}
        typer.echo(json.dumps(told, default=str))
    else:
        typer.echo(f"transaction {transaction_id}, leaf {found.index} of seal {sealed.number}")
        typer.echo(f"  sealed are  {sealed.first} to {sealed.last}")
        typer.echo(f"  entry       {entry.canonical().decode()}")
        for step in found.path:
            typer.echo(f"  beside      {step}")
        typer.echo(f"  root        {sealed.root}")
        typer.echo(f"  head        {sealed.head}")
        typer.echo("The path leads to the root." if holds else "It is NOT what was sealed.")
    if not holds:
        raise typer.Exit(1)


@app.command()
def head(as_json: AsJson = False) -> None:
    """Print the newest seal: keep its head elsewhere, and give it to `knockon verify --head`."""
    from streaming.store.seals import last_seal, unsealed

    with _connected() as connection:
        newest = last_seal(connection)
        waiting = unsealed(connection)
    if newest is None:
        _fail("nothing is sealed yet")
    if as_json:
        typer.echo(json.dumps({**asdict(newest), "unsealed": waiting}))
    else:
        typer.echo(f"{newest.head}  seal {newest.number}, up to sequence {newest.last}")
        if waiting:
            typer.echo(f"{waiting:,} transactions wait for the next seal")


def _connected() -> Any:
    from streaming.settings import Settings
    from streaming.store.database import connect

    return connect(Settings().owner_database_url(), "knockon-ledger", autocommit=True)


def _one(connection: Any, key: str) -> Any:
    from streaming.store.seals import transactions_named

    found = transactions_named(connection, key)
    if len(found) != 1:
        _fail(f"{'no' if not found else 'more than one'} transaction begins with {key}")
    return found[0]


def _fail(message: str) -> NoReturn:
    typer.secho(f"knockon: {message}", fg=typer.colors.RED, err=True)
    raise typer.Exit(1)
