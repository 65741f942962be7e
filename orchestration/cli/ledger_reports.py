"""`knockon ledger trial-balance`, `journal` and `as-of`: what finance takes out of the books."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.claims import database, named

if TYPE_CHECKING:
    from domain.ledger.reports import AccountMap, TrialLine
    from streaming.store.books import Known

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
PeriodName = Annotated[str, typer.Option(help="Its name: `knockon ledger periods` lists them.")]


def trial_balance(
    period: PeriodName,
    out: Annotated[Path | None, typer.Option(help="Write it there as CSV.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print the trial balance of a period: opening, debit, credit, closing by account and currency.

    Opening and closing are debit positive; opening carries all periods before. Of an open period
    it is that of now.
    """
    from domain.ledger.reports import write_trial_balance
    from orchestration.results import whole
    from streaming.store import books
    from streaming.store.audit import snapshot
    from streaming.store.periods import calendar

    with database() as connection, snapshot(connection):
        known = calendar(connection)
        lines = books.trial_balance(connection, period, known)
    state = "closed" if period in known.closings else "open"
    if out is not None:
        with whole(out) as file:
            write_trial_balance(file, period, lines)
    if as_json:
        rows = [{**asdict(line), "closing_minor": line.closing_minor} for line in lines]
        typer.echo(json.dumps({"period": period, "state": state, "lines": rows}))
    elif out is not None:
        typer.echo(f"{len(lines):,} lines of {period}, which is {state}: {out}")
    else:
        _print(period, state, lines)


def journal(
    period: PeriodName,
    out: Annotated[Path, typer.Option(help="Where it goes, CSV in UTF-8.")],
    accounts: Annotated[
        Path | None,
        typer.Option(
            "--map",
            exists=True,
            dir_okay=False,
            help="Your accounts: CSV with columns account, gl_account, gl_name; a plain one of "
            "ours when left out.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write every line booked in a period under the accounts of your finance system.

    Refuses when the map lacks an account that the period moved. The file appears whole or not at
    all.
    """
    from domain.ledger.reports import write_journal
    from orchestration.results import whole
    from streaming.store import books
    from streaming.store.audit import snapshot
    from streaming.store.periods import calendar

    chosen = _map(accounts)
    with database() as connection, snapshot(connection):
        known = calendar(connection)
        lines = books.trial_balance(connection, period, known)
        chosen.require(line.account for line in lines if line.debit_minor or line.credit_minor)
        with whole(out) as file, books.placed(connection, period, known) as placed:
            transactions, written = write_journal(file, placed, chosen)
    state = "closed" if period in known.closings else "open"
    if as_json:
        told = {"period": period, "state": state, "out": str(out), "transactions": transactions}
        typer.echo(json.dumps({**told, "lines": written}))
    else:
        typer.echo(
            f"{transactions:,} transactions with {written:,} lines of {period}, which is {state}: "
            f"{out}"
        )


def as_of(
    when: Annotated[str, typer.Argument(help="A day (its end) or a time, UTC.")],
    owed_at: Annotated[
        str | None, typer.Option(help="Leave out what happened later than this.")
    ] = None,
    obligation: Annotated[
        str | None, typer.Option(help="Of one obligation: its key, or how that begins.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what we knew at a time, and what we owed by it: the books as they stood then.

    A correction that was booked later is not in it. With --owed-at in the past: what was owed on
    that day, as it was known at WHEN.
    """
    from domain.money import major
    from streaming.store import books
    from streaming.store.audit import snapshot

    known_at = time(when)
    cut = time(owed_at) if owed_at else None
    with database() as connection, snapshot(connection):
        key = named(connection, obligation) if obligation else None
        found = books.as_of(connection, known_at, cut, key)
    if as_json:
        typer.echo(json.dumps(_told(found, known_at, cut)))
        return
    for currency, (minor, obligations) in found.owed.items():
        owed = f"{major(minor, currency):,} {currency}"
        typer.echo(f"owed {owed} on {obligations:,} obligations")
    if not found.owed:
        typer.echo("nothing was owed")
    for (account, currency), minor in sorted(found.balances.items()):
        typer.echo(f"  {account:<36} {major(minor, currency):>20,} {currency}")


def _told(found: "Known", known_at: datetime, owed_at: datetime | None) -> dict[str, Any]:
    return {
        "known_at": known_at.isoformat(),
        "owed_at": owed_at.isoformat() if owed_at else None,
        "owed": [
            {"currency": currency, "amount_minor": minor, "obligations": obligations}
            for currency, (minor, obligations) in found.owed.items()
        ],
        "balances": [
            {"account": account, "currency": currency, "amount_minor": minor}
            for (account, currency), minor in sorted(found.balances.items())
        ],
    }


def time(text: str) -> datetime:
    """A time of the command line as UTC, a day as its end; raises BadParameter."""
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time: say 2026-11-30 or 2026-11-30T18:00") from (
            None
        )
    if len(text) == len("2026-11-30"):
        told += timedelta(days=1, microseconds=-1)
    return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)


def _map(path: Path | None) -> "AccountMap":
    from domain.ledger.reports import AccountMap, default_map

    if path is None:
        return default_map()
    try:
        return AccountMap.read(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{path} is not UTF-8") from None


def _print(period: str, state: str, lines: "list[TrialLine]") -> None:
    from domain.money import major

    typer.echo(f"{period}, {state}")
    heads = ("opening", "debit", "credit", "closing")
    typer.echo(f"  {'account':<32} {'':3}" + "".join(f" {head:>17}" for head in heads))
    for line in lines:
        minors = (line.opening_minor, line.debit_minor, line.credit_minor, line.closing_minor)
        amounts = "".join(f" {major(minor, line.currency):>17,}" for minor in minors)
        typer.echo(f"  {line.account:<32} {line.currency}{amounts}")
    for currency in sorted({line.currency for line in lines}):
        of = [line for line in lines if line.currency == currency]
        debit = major(sum(line.debit_minor for line in of), currency)
        credit = major(sum(line.credit_minor for line in of), currency)
        typer.echo(f"  {'sum':<32} {currency} {'':17} {debit:>17,} {credit:>17,}")
