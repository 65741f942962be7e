"""`knockon errors`: how often what goes wrong where, whether it gets worse, and what to do."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from streaming.failures.written import Failure, Rate

Since = Annotated[str, typer.Option(help="Count since then, against as long before: 15m, 6h, 2d.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]


def errors(since: Since = "1h", as_json: AsJson = False) -> None:
    """Show rates and trends of errors by type and component.

    Errors come from the components' logs, so they are there while PostgreSQL or Kafka is away;
    dead letters from the database, while it answers. Exit code 1 while there is an alert.
    """
    from dataclasses import asdict

    from orchestration.cli.dead_letter_filter import time_of
    from orchestration.stack.alerts import alerts
    from streaming.failures.written import failures, rates
    from streaming.settings import Settings
    from streaming.store.database import connect
    from streaming.store.errors import StoreError

    until = datetime.now(UTC)
    begin = time_of(since)
    if begin is None or begin >= until:
        raise typer.BadParameter("give a time that is past, or 15m, 6h, 2d", param_hint="--since")
    span = until - begin
    settings = Settings()
    found = list(failures(settings.state_dir / "logs", begin - span))
    raised: list[str] = []
    unknown = None
    try:
        url = settings.owner_database_url()
        with connect(url, "knockon-errors", autocommit=True) as connection:
            found += _letters(connection, begin - span)
            raised = alerts(connection)
    except StoreError as error:
        unknown = f"dead letters and alerts are not known: {error}"
    counted = rates(found, until, span)
    if as_json:
        rows = [{**asdict(one), "trend": one.trend} for one in counted]
        told = {"since": begin, "until": until, "rates": rows, "alerts": raised, "unknown": unknown}
        typer.echo(json.dumps(told, default=str))
    else:
        _show(counted, since, [*raised, *([unknown] if unknown else [])])
    if raised:
        raise typer.Exit(1)


def _letters(connection: Any, since: datetime) -> "list[Failure]":
    """Dead letters as errors of the lander: a row that PostgreSQL refused was well-formed."""
    from streaming.failures.kinds import Kind
    from streaming.failures.written import Failure
    from streaming.store.dead_letters import by_minute

    return [
        Failure(
            "dead letters",
            Kind.PROCESSING if kind == "refused" else Kind.VALIDATION,
            minute,
            f"{kind}: {reason}",
            letters,
        )
        for kind, minute, letters, reason in by_minute(connection, since)
    ]


def _show(rates: "list[Rate]", since: str, notes: list[str]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    table = Table("component", "type", "errors", "a minute", "before", "trend", box=None)
    for column in table.columns[2:5]:
        column.justify = "right"
    for one in rates:
        table.add_row(
            one.component, one.kind, f"{one.now:,}", f"{one.per_minute:.2f}",
            f"{one.before:,}", one.trend,
        )  # fmt: skip
    if rates:
        console.print(table)
        for one in rates:
            console.print(
                f"{one.component}, {one.kind}, {one.last_at:%Y-%m-%d %H:%M:%S}: {one.last_reason}",
                soft_wrap=True,
                markup=False,
            )
    else:
        console.print(f"no errors since {since}, nor as long before")
    for note in notes:
        console.print(note, style="red", soft_wrap=True, markup=False)
