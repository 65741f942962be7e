"""`knockon board`: what EU261 and UK261 make of an airport's flight board."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer


def board(
    boards: Annotated[list[Path], typer.Argument(help="Flight boards, CSV or parquet.")],
    airport: Annotated[str, typer.Option(help="The airport whose board it is, by IATA code.")],
    page: Annotated[Path | None, typer.Option(help="Write a page in Markdown there.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a flight.")] = False,
) -> None:
    """Say which late and cancelled flights fall under which regime, why, and what for one seat.

    A board has the columns kind (arrivals, departures), flight, airline_icao (who operates),
    codeshares (by semicolons), route (A>B), sched and latest (ISO 8601), status (ARR, DEP, CAN;
    others are not decided yet) and svctype (J, C or G carry passengers).
    """
    from orchestration.assess.board import flights
    from orchestration.assess.board_page import page as written

    found = [one for board in boards for one in flights(board, airport)]
    if as_json:
        for one in found:
            typer.echo(json.dumps(_told(one)))
    text = written(found, airport, f"knockon board {' '.join(one.name for one in boards)} --airport"
                   f" {airport} --page PAGE.md")  # fmt: skip
    if page is not None:
        page.write_text(text, encoding="utf-8")
        typer.echo(f"{len(found):,} late or cancelled flights: {page}", err=as_json)
    elif not as_json:
        typer.echo(text)


def _told(one: Any) -> dict[str, Any]:
    answer = one.answer
    return {
        "flight": one.flight, "day": one.day, "route": list(one.route), "operator": one.operator,
        "licence": one.licence, "delay_minutes": one.delay_minutes, "misled": list(one.misled),
        "in_scope": answer.scope, "regime": answer.regime, "rulebook": answer.rulebook,
        "amount_min_minor": answer.amount_min_minor, "amount_max_minor": answer.amount_max_minor,
        "currency": answer.currency, "needs": list(answer.needs), "flags": list(answer.flags),
        "rules": list(answer.rules_hit), "explanation": answer.explanation,
    }  # fmt: skip
