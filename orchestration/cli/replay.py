"""`knockon replay`: puts real days of flights, or the scripted one, onto the running stack."""

import json
import math
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from orchestration.cli.progress import ReplayProgress
    from streaming.replay import Sent
    from streaming.replay.feed import Feed
    from streaming.sources.nycflights13.check import Checked

AS_FAST_AS_POSSIBLE = math.inf
DEFAULT_DAY = datetime(2013, 7, 1)  # noqa: DTZ001 (a date, as typer gives them)
DATE = ["%Y-%m-%d"]


def _speed(text: str) -> float:
    if str(text) == "max":
        return AS_FAST_AS_POSSIBLE
    try:
        speed = float(text)
    except ValueError:
        raise typer.BadParameter("give a number, or max") from None
    if not speed >= 0:
        raise typer.BadParameter("give a number that is not below 0, or max")
    return speed or AS_FAST_AS_POSSIBLE


First = Annotated[
    datetime | None,
    typer.Option("--from", formats=DATE, help="First local day; 2013-07-01 when left out."),
]
Last = Annotated[
    datetime | None,
    typer.Option("--to", formats=DATE, help="Last local day; that of --from when left out."),
]
Flights = Annotated[
    Path | None,
    typer.Option(
        "--flights", metavar="DIR", exists=True, file_okay=False,
        help="A directory of your own data, as described above; else New York 2013.",
    ),
]  # fmt: skip
Speed = Annotated[
    float,
    typer.Option(
        "--speed", metavar="SECONDS|max", parser=_speed,
        help="Seconds of event time that pass in a second; 0 or max does not wait.",
    ),
]  # fmt: skip
FaultsToo = Annotated[
    bool, typer.Option("--faults/--no-faults", help="Add a few unreadable records on purpose.")
]
EuropeanDay = Annotated[
    bool,
    typer.Option(
        "--european-day",
        help="Tell the scripted day with passengers instead (on 2026-06-15, or on --from).",
    ),
]
Late = Annotated[bool, typer.Option("--late", help="Send also what the stack will count as late.")]
AsJson = Annotated[bool, typer.Option("--json", help="End with one JSON object.")]


def replay(
    first: First = None,
    last: Last = None,
    flights: Flights = None,
    speed: Speed = 3600.0,
    faults: FaultsToo = False,
    european_day: EuropeanDay = False,
    late: Late = False,
    as_json: AsJson = False,
) -> None:
    """Replay real days of flights onto the running stack, or onto the one your environment names.

    Each fact is sent when it became known: schedule, aircraft, departure, arrival, cancellation,
    weather. All lines are read and checked before the first record is sent.

    Your own data (--flights) is a directory in the layout of nycflights13, csv or csv.zip:

    - flights.csv: year, month, day, dep_time, sched_dep_time, dep_delay, arr_time, sched_arr_time,
      arr_delay, carrier, flight, tailnum, origin, dest. Days and times (hhmm) are local, delays
      minutes, airports and carriers IATA codes; a flight without dep_delay was cancelled.

    - weather.csv, may be missing: origin, temp, dewp, humid, wind_dir, wind_speed, wind_gust,
      precip, pressure, visib (F, mph, inches, hPa, miles), time_hour with its zone.

    Other columns and files (planes, airports, airlines) are not read. NA and nothing are unknown.
    """
    from rich.console import Console

    console = Console(stderr=as_json, highlight=False)
    if european_day:
        if last is not None or flights is not None:
            raise typer.BadParameter("--european-day goes with --from alone")
        told = _scripted(console, first, speed, faults, late)
    else:
        begin = (first or DEFAULT_DAY).date()
        end = last.date() if last else begin
        if end < begin:
            raise typer.BadParameter(f"--to {end} is before --from {begin}")
        told = _real(console, flights, (begin, end), speed, faults, late)
    if as_json:
        typer.echo(json.dumps(told, default=str))
    else:
        _show(console, told)


def _real(
    console: "Console",
    directory: Path | None,
    days: tuple[date, date],
    speed: float,
    faults: bool,
    late: bool,
) -> dict[str, Any]:
    from orchestration.cli.progress import ReplayProgress
    from streaming.sources.nycflights13 import Days, bundled, own
    from streaming.sources.nycflights13.check import check

    with ExitStack() as stack:
        with console.status("reading"):
            source = stack.enter_context(Days(own(directory) if directory else bundled()))
            checked = check(source, *days)
        _report(console, days, checked)
        feed = _feed(faults, late)
        progress = stack.enter_context(ReplayProgress(console))
        sent = feed.flights(source, *days, _pace(speed), progress.hear)
        return _told(source.files.source, *days, sent, progress)


def _report(console: "Console", days: tuple[date, date], checked: "Checked") -> None:
    """Say what will be told; raises SourceError below a list of the lines that cannot be."""
    from streaming.sources.errors import SourceError
    from streaming.sources.nycflights13.check import LISTED

    for line in checked.wrong:
        typer.echo(str(line), err=True)
    if checked.wrong:
        more = " or more" if len(checked.wrong) == LISTED else ""
        raise SourceError(
            f"{len(checked.wrong)}{more} lines cannot be replayed: mend them; nothing was sent"
        )
    span = f"{days[0]} to {days[1]}" if days[1] > days[0] else str(days[0])
    console.print(
        f"{span}: {checked.flights:,} flights and {checked.weather:,} observations of weather"
    )


def _scripted(
    console: "Console", first: datetime | None, speed: float, faults: bool, late: bool
) -> dict[str, Any]:
    from orchestration.cli.progress import ReplayProgress
    from streaming.simulator.scenarios.european_day import DEFAULT_DAY as EUROPEAN_DAY

    day = first.date() if first else EUROPEAN_DAY
    feed = _feed(faults, late)
    with ReplayProgress(console) as progress:
        sent = feed.european_day(day, _pace(speed), progress.hear)
    return _told("european day", day, day, sent, progress)


def _feed(faults: bool, late: bool) -> "Feed":
    """The feed of the stack; asked for an answer first, as the clients try for long and loudly."""
    from orchestration.stack.errors import BrokerUnusable, RegistryUnusable
    from orchestration.stack.probes import http_trouble, kafka_trouble
    from streaming.replay.feed import Feed
    from streaming.settings import Settings

    settings = Settings()
    kafka, registry = settings.kafka_bootstrap_servers, settings.schema_registry_url
    access = settings.registry_access()
    mend = "start the stack with `knockon up`, or correct the address in"
    if kafka and (trouble := kafka_trouble(settings.cluster())):
        raise BrokerUnusable(
            f"Kafka at {kafka} does not answer ({trouble})", f"{mend} KAFKA_BOOTSTRAP_SERVERS"
        )
    trouble = http_trouble(f"{registry.rstrip('/')}/subjects", access) if registry else None
    # A status is an answer; the client is patient with a registry that has just lost its database.
    if trouble and not trouble.startswith("HTTP "):
        raise RegistryUnusable(
            f"the schema registry at {registry} does not answer ({trouble})",
            f"{mend} SCHEMA_REGISTRY_URL",
        )
    return Feed(settings, faults=faults, late=late)


def _pace(speed: float) -> float | None:
    return None if speed == AS_FAST_AS_POSSIBLE else speed


def _told(
    source: str, first: date, last: date, sent: "Sent", progress: "ReplayProgress"
) -> dict[str, Any]:
    topics = sorted(sent.events.keys() | sent.clocks.keys() | sent.faults.keys())
    return {
        "source": source,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "topics": {
            topic: {
                "events": sent.events[topic],
                "clocks": sent.clocks[topic],
                "faults": sent.faults[topic],
                "records": sent.events[topic] + sent.clocks[topic] + sent.faults[topic],
            }
            for topic in topics
        },
        "records": sent.total,
        "event_time": sent.until.isoformat() if sent.until else None,
        "seconds": round(progress.seconds, 3),
    }


def _show(console: "Console", told: dict[str, Any]) -> None:
    from rich.table import Table

    table = Table("topic", "events", "clocks", "faults", "records", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for topic, counts in told["topics"].items():
        table.add_row(topic, *(f"{count:,}" for count in counts.values()))
    console.print(table)
    console.print(
        f"{told['records']:,} records in {told['seconds']:.1f} s;"
        f" event time is now {told['event_time']}; see `knockon status`"
    )
