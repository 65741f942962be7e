"""`knockon ledger periods`, `open` and `close`: the calendar of the books."""

import getpass
import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.claims import database

if TYPE_CHECKING:
    from domain.ledger.periods import Calendar, Closing, Period

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
Day = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Where it is no calendar month.")
]


def periods(as_json: AsJson = False) -> None:
    """List the accounting periods, which of them are closed, and what a closing would wait for."""
    from rich.console import Console
    from rich.table import Table

    from streaming.store import periods as stored

    with database() as connection:
        calendar = stored.calendar(connection)
        waiting = stored.waiting(connection)
    rows = [_told(calendar, one) for one in calendar.periods]
    if as_json:
        typer.echo(json.dumps({"periods": rows, "waiting": waiting}))
        return
    if not rows:
        typer.echo("no period yet: the books take everything; `knockon ledger open 2026-11`")
        return
    table = Table("period", "first day", "last day", "state", box=None, pad_edge=False)
    for row in rows:
        by = f" {row['closed_at'][:16]} by {row['closed_by']}" if row["closed_at"] else ""
        table.add_row(row["period"], row["first_day"], row["last_day"], row["state"] + by)
    Console().print(table)
    for what in waiting:
        typer.echo(what)


def open_(
    name: Annotated[
        str | None,
        typer.Argument(help="A month, e.g. 2026-11; the one after the last when left out."),
    ] = None,
    first: Day = None,
    last: Day = None,
    as_json: AsJson = False,
) -> None:
    """Open a period. It follows the others without a gap, and stays open until it is closed.

    What happened before the first period is the first's.
    """
    from domain.ledger.periods import Period
    from streaming.desk import periods as desk

    if (first is None) != (last is None) or (first is not None and name is None):
        raise typer.BadParameter("--first and --last go together, with a name")
    with database() as connection:
        if first is not None and last is not None and name is not None:
            period = Period(name, first.date(), last.date())
        else:
            period = desk.month(name) if name else desk.next_month(connection)
        desk.open_period(connection, period)
    if as_json:
        told = {"period": period.name, "first_day": period.first, "last_day": period.last}
        typer.echo(json.dumps(told, default=str))
    else:
        typer.echo(f"period {period.name} is open, from {period.first} to {period.last}")


def close(
    name: Annotated[str, typer.Argument(metavar="PERIOD", help="The oldest one that is open.")],
    by: Annotated[
        str | None, typer.Option(help="Who closes it, by their own id; your login when left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Close a period for good; PostgreSQL then takes nothing into it.

    Refuses while it lasts, while one before it is open, and while anything is on its way into the
    books or their seals: says what. What comes late goes into the next open period, and is marked.
    """
    from streaming.desk.periods import close_period
    from streaming.store.periods import calendar

    with database() as connection:
        closing = close_period(connection, name, by or getpass.getuser())
        known = calendar(connection)
    if as_json:
        typer.echo(json.dumps(_closing(closing)))
        return
    typer.echo(f"period {name} is closed: the books from transaction {closing.following} on are")
    following = [one.name for one in known.periods if one.name not in known.closings]
    if following:
        typer.echo(f"in {following[0]} and after, what comes late for {name} too.")
    else:
        typer.echo("in the next period: open it with `knockon ledger open`.")
    if closing.head:
        typer.echo(f"The newest seal was {closing.head}: keep it elsewhere.")


def _told(calendar: "Calendar", period: "Period") -> dict[str, Any]:
    closing = calendar.closings.get(period.name)
    return {
        "period": period.name,
        "first_day": str(period.first),
        "last_day": str(period.last),
        "state": "closed" if closing else "open",
        **(_closing(closing) if closing else {"closed_at": None}),
    }


def _closing(closing: "Closing") -> dict[str, Any]:
    return {
        "period": closing.period,
        "closed_at": closing.closed_at.isoformat(),
        "closed_by": closing.closed_by,
        "following": closing.following,
        "head": closing.head,
    }
