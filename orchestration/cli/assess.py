"""`knockon assess`: what EU261 and UK261 give, for every row of a file of cases."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

BAD_ROWS_SHOWN = 20


def assess(
    cases: Annotated[Path, typer.Argument(help="The cases, CSV in UTF-8.", metavar="CASES.csv")],
    out: Annotated[
        Path,
        typer.Option(help="Where the answers go: JSON lines if it ends in .jsonl, else CSV."),
    ],
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="The day of the question: says which claims a court would no longer hear. "
            "The day of the flight alone chooses the law.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object at the end.")] = False,
) -> None:
    """Decide cases of delay, cancellation, denied boarding and downgrade like a lawyer would.

    The first line names the columns: id, regime (eu, uk, or empty for the law of the place of
    departure), flight_date, dep_iata, arr_final_iata, event_type, and any of
    operating_carrier_region, via_iatas, single_booking, departure_delay_minutes,
    arrival_delay_minutes, overnight, waiting_at_airport, notice_days, reroute_offered,
    reroute_dep_early_minutes, reroute_arr_late_minutes, advanced_minutes, cause,
    ec_deductible_minutes, reasonable_measures_proven, pax_type, fare_type, checkin_presented,
    third_country_benefits, voluntary, refusal_grounds, aircraft, class_booked, class_flown,
    leg_price, ticket_currency, distance_km. An empty cell is a fact not known: the answer is
    then a range (amount_min, amount_max) and a question (needs).

    A bad row is reported by line on stderr and left out, the others are answered; exit code 1
    says that there was one.
    """
    from rich.console import Console

    from orchestration.assess.run import BadRow, assess_file
    from orchestration.cli.progress import CountProgress

    console = Console(stderr=True)
    shown = 0

    def report(row: BadRow) -> None:
        nonlocal shown
        shown += 1
        if shown <= BAD_ROWS_SHOWN:
            typer.echo(f"{cases}, {row}", err=True)

    with CountProgress(console, "assessing", _lines(cases)) as progress:
        run = assess_file(
            cases, out, as_of=as_of.date() if as_of else None, bad=report, heard=progress.hear
        )
    if shown > BAD_ROWS_SHOWN:
        typer.echo(f"and {shown - BAD_ROWS_SHOWN:,} more bad rows: --json lists all", err=True)
    if as_json:
        told = {
            "cases": str(cases), "out": str(out), "assessed": run.assessed,
            "undecided": run.undecided, "certainty": dict(run.certainty),
            "flags": dict(run.flags), "bad": [row._asdict() for row in run.bad],
        }  # fmt: skip
        typer.echo(json.dumps(told))
    else:
        typer.echo(
            f"{run.assessed:,} assessed, {run.undecided:,} of them lack a fact, "
            f"{len(run.bad):,} bad: {out}"
        )
    if run.bad:
        raise typer.Exit(1)


def _lines(cases: Path) -> int:
    try:
        with cases.open("rb") as file:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
    except OSError:
        return 0  # said by whoever reads it
