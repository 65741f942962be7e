"""`knockon payments`: schedule what is approved, give batches to the bank, read what it says."""

import json
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from orchestration.cli.claims import DESK, Actor, AsJson, Key, database, moment, named, validated
from orchestration.cli.payment_files import debtor, keyring, known, loaded, write
from orchestration.cli.payment_files import rate as parsed_rate

app = typer.Typer(
    help="Payments: scheduled, exported in batches, and matched to what the bank says.",
    no_args_is_help=True,
)
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day; today's, UTC.")]
Account = Annotated[
    typer.FileText,
    typer.Option(
        help="JSON of our account that pays: name, iban (or other_account), bic, currency."
    ),
]
Format = Annotated[str, typer.Option("--format", help="pain.001 or csv.")]
Out = Annotated[Path, typer.Option(help="Directory for the files; each is written whole.")]


@app.command()
def schedule(
    key: Key,
    details: Annotated[
        typer.FileText,
        typer.Option(help="JSON of the payee: name, iban (or other_account), bic; - reads stdin."),
    ],
    actor: Actor,
    due: Day = None,
    rate: Annotated[
        str | None,
        typer.Option(help="To pay in another currency: 'EUR GBP 0.8412 2026-11-27 SOURCE POLICY'."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Schedule what is approved for payment. The details are sealed before they are kept."""
    from domain.payments import BankDetails
    from streaming.desk import payments

    payee = validated(BankDetails, loaded(details))
    day = due.date() if due else moment(None).date()
    with database(DESK) as connection:
        claim, made = payments.schedule(
            connection, keyring(), named(connection, key),
            payments.Payout(payee, day, parsed_rate(rate)), actor, moment(None),
        )  # fmt: skip
    told = {
        "obligation_key": str(claim.obligation_key), "state": claim.state,
        "instruction_id": str(made.instruction_id), "attempt": made.attempt,
        "pay_minor": made.pay_minor, "currency": made.pay_currency, "due_on": str(made.due_on),
    }  # fmt: skip
    if as_json:
        typer.echo(json.dumps(told))
    else:
        typer.echo(f"{claim.state}: attempt {made.attempt}, due {made.due_on}, {_sum(made)}")


@app.command()
def due(until: Day = None, as_json: AsJson = False) -> None:
    """Show what waits to be exported, by day and currency."""
    from domain.money import major
    from streaming.store import payments as stored

    with database(DESK) as connection:
        found = stored.due(connection, _until(until))
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], default=str))
        return
    for one in found:
        total = major(one.total_minor, one.currency)
        typer.echo(f"{one.due_on}  {one.payments:>6,} payments  {total:>14,} {one.currency}")
    if not found:
        typer.echo("nothing waits")


@app.command()
def export(
    account: Account,
    actor: Actor,
    out: Out,
    form: Format = "pain.001",
    until: Day = None,
    as_json: AsJson = False,
) -> None:
    """Give everything due to the bank: a file per day and currency.

    A batch is committed before its file is written; a file that got lost is written again, byte
    for byte, by `knockon payments file`.
    """
    from streaming.desk import payments
    from streaming.store import payments as stored

    known(form)
    ours = debtor(account)
    told: list[dict[str, Any]] = []
    out.mkdir(parents=True, exist_ok=True)
    with database(DESK) as connection:
        for one in stored.due(connection, _until(until)):
            while left := payments.export(
                connection, keyring(), ours, one, form, actor, moment(None)
            ):
                path = write(out, left.batch.batch_id.hex, form, left.content)
                told.append({
                    "batch_id": str(left.batch.batch_id), "file": str(path),
                    "payments": left.payments, "total_minor": left.total_minor,
                    "currency": left.batch.currency, "due_on": str(left.batch.due_on),
                    "left_out": [{"instruction_id": str(i), "why": w} for i, w in left.left_out],
                })  # fmt: skip
    if as_json:
        typer.echo(json.dumps({"batches": told}))
        return
    for row in told:
        typer.echo(f"{row['file']}: {row['payments']:,} payments of {row['due_on']}")
        for one_out in row["left_out"]:
            typer.echo(f"  left out {one_out['instruction_id']}: {one_out['why']}", err=True)
    if not told:
        typer.echo("nothing was due")


@app.command("file")
def file_(
    batch: Annotated[str, typer.Argument(help="Id of a batch, or how it begins.")],
    account: Account,
    actor: Actor,
    out: Out,
) -> None:
    """Write the file of a batch that left once more; refused where it would be another one."""
    from streaming.desk import payments
    from streaming.desk.errors import BadFile
    from streaming.store import payments as stored

    with database(DESK) as connection:
        kept = stored.batch_named(connection, batch)
        if kept is None:
            raise BadFile(f"no single batch is {batch}")
        content = payments.rewrite(connection, keyring(), debtor(account), kept, actor)
    out.mkdir(parents=True, exist_ok=True)
    typer.echo(str(write(out, kept.batch_id.hex, kept.format, content)))


@app.command()
def read(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False)],
    actor: Actor,
    as_json: AsJson = False,
) -> None:
    """Read what the bank says (pain.002, camt.054); each file is taken whole or not at all.

    Reading a file again changes nothing. What cannot be placed waits: `knockon payments unmatched`.
    """
    from streaming.desk.answers import read as taken

    found = {}
    with database(DESK) as connection:
        for path in files:
            found[str(path)] = taken(connection, path.read_bytes(), actor, moment(None))
    if as_json:
        typer.echo(json.dumps({name: asdict(one) for name, one in found.items()}))
        return
    for name, one in found.items():
        if one.read_before:
            typer.echo(f"{name}: {one.kind}, read before; nothing changed")
            continue
        counts = ", ".join(f"{count} {status}" for status, count in one.outcomes.items())
        typer.echo(f"{name}: {one.kind}, {counts or 'nothing new'}")
        if one.unmatched:
            typer.echo(f"  {one.unmatched} wait for a person: knockon payments unmatched", err=True)


@app.command()
def unmatched(
    all_: Annotated[bool, typer.Option("--all", help="Also what somebody has looked at.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what the bank said that nobody expected, and why it could not be placed."""
    from streaming.store import payments as stored

    with database(DESK) as connection:
        found = stored.unmatched(connection, all_of_them=all_)
    if as_json:
        typer.echo(json.dumps(found, default=str))
        return
    for one in found:
        typer.echo(f"{one['unmatched_id']}  {one['why']}")
        facts = ", ".join(f"{k} {v}" for k, v in one["told"].items() if v not in (None, ""))
        typer.echo(f"  {facts}")
    if not found:
        typer.echo("nothing waits")


@app.command()
def seen(
    prefix: Annotated[str, typer.Argument(metavar="ID", help="Its id, or how it begins.")],
    actor: Actor,
    note: Annotated[str, typer.Option(help="What you found, for the file.")],
) -> None:
    """Say that you have looked at something unmatched."""
    from streaming.desk.errors import BadFile
    from streaming.store import payments as stored

    with database(DESK) as connection:
        if not stored.mark_seen(connection, prefix, actor, note):
            raise BadFile(
                f"no single unmatched answer is {prefix}: see `knockon payments unmatched`"
            )
    typer.echo("noted")


def _until(day: datetime | None) -> date:
    return day.date() if day else moment(None).date() + timedelta(days=1)


def _sum(made: Any) -> str:
    from domain.money import major

    return f"{major(made.pay_minor, made.pay_currency)} {made.pay_currency}"
