"""What was found, as tables and as one JSON object."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.landing.contenders import Contender
from benchmarks.landing.drain import Drained
from benchmarks.machine import machine

Result = Drained | str
"""A drain, or why there is none."""

WIDTH = 190


def median(results: Sequence[Drained]) -> Drained:
    """The middle one by speed; a wrong one goes before all others."""
    wrong = [one for one in results if one.right is not True]
    return wrong[0] if wrong else sorted(results, key=lambda one: one.events_per_s)[
        (len(results) - 1) // 2
    ]  # fmt: skip


def ratio(one: Result | None, other: Result | None) -> float | None:
    """Speed against speed; None when either is missing."""
    if not isinstance(one, Drained) or not isinstance(other, Drained) or not other.events_per_s:
        return None
    return round(one.events_per_s / other.events_per_s, 3)


def as_json(
    events: int, results: Mapping[str, Result], sweep: Sequence[Any], latency: Mapping[str, Any],
    workers: int,
) -> dict[str, Any]:  # fmt: skip
    """The last line of stdout."""
    ours = results.get("knockon")
    return {
        "benchmark": "landing",
        "events": events,
        "workers": workers,
        "events_per_s": round(ours.events_per_s) if isinstance(ours, Drained) else None,
        "ratio_to_floor": ratio(ours, results.get("floor")),
        "ratio_to_quixstreams": ratio(ours, results.get("quixstreams")),
        "latency_ms": dict(latency),
        "contenders": {
            name: one.as_json() if isinstance(one, Drained) else {"not_available": one}
            for name, one in results.items()
        },
        "sweep_of_the_floor": list(sweep),
        "machine": machine(),
    }


def show(
    console: Console, contenders: Sequence[Contender], results: Mapping[str, Result],
    latency: Mapping[str, Any],
) -> None:  # fmt: skip
    """The tables."""
    table = Table(title="Draining the backlog (CPU in microseconds per event)")
    for column in ("", "events/s", "of floor", "client", "PostgreSQL", "broker", "result"):
        table.add_column(column, justify="left" if column in ("", "result") else "right")
    table.add_column("what it does")
    for contender in contenders:
        one = results[contender.name]
        if isinstance(one, str):
            table.add_row(contender.title, *[""] * 5, f"not available: {one}", contender.does)
            continue
        of_floor = ratio(one, results.get("floor"))
        table.add_row(
            contender.title, f"{one.events_per_s:,.0f}",
            "" if of_floor is None else f"{of_floor:.2f}", f"{one.client_us:.1f}",
            f"{one.postgres_us:.1f}", f"{one.broker_us:.1f}", one.finding, contender.does,
        )  # fmt: skip
    console.print(table)
    if latency:
        table = Table(title="Knockon: produced to visible, milliseconds")
        for column in ("offered/s", "reached/s", "seconds", "p50", "p99", "max", "not landed"):
            table.add_column(column, justify="right")
        for rate, one in latency.items():
            if "failed" in one:
                table.add_row(rate, *[""] * 5, one["failed"])
                continue
            figures = (one[name] for name in ("seconds", "p50", "p99", "max", "not_landed"))
            table.add_row(rate, f"{one['offered_per_s']:,}", *map(str, figures))
        console.print(table)
