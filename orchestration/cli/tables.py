"""How reports look on a terminal."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from orchestration.stack.checkup import Check
    from orchestration.stack.report import StackReport
    from streaming.store.days import Part


WIDTH_OF_A_FILE = 160
"""Columns when nobody watches: the width of a terminal would cut addresses off."""


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=WIDTH_OF_A_FILE)


def show_status(report: "StackReport") -> None:
    """The components, how far the readers are behind, and the analyst's door."""
    console = _console()
    table = Table(box=None, pad_edge=False)
    for heading in ("component", "health", "version", "memory", "up", "address"):
        table.add_column(heading, no_wrap=True, overflow="ignore")
    for one in report.components:
        health = "[green]healthy[/]" if one.trouble is None else f"[red]{one.trouble}[/]"
        table.add_row(
            one.name,
            health,
            one.version,
            "" if one.memory_bytes is None else f"{one.memory_bytes / 1e6:.0f} MB",
            "" if one.uptime_seconds is None else duration(one.uptime_seconds),
            one.address,
        )
    console.print(table, soft_wrap=True)
    if report.lags:
        lags = Table("reader", "log", "rows behind", box=None, pad_edge=False)
        for lag in report.lags:
            lags.add_row(lag.reader, lag.log, f"{lag.rows:,}")
        console.print()
        console.print(lags)
    if report.open_dead_letters:
        console.print(
            f"\ndead letters  {report.open_dead_letters:,} open, see `knockon dead-letters list`"
        )
    for alert in report.alerts:
        console.print(f"\n[red]alert[/]  {escape(alert)}", soft_wrap=True)
    console.print(f"\nlogs   {report.state_dir}/logs/<component>.log", soft_wrap=True)
    if report.analyst_url:
        console.print(f"marts  {report.analyst_url}", soft_wrap=True)


def show_checks(checks: "list[Check]") -> None:
    """A line per check, with the mend of what is wrong below it."""
    console = _console()
    for check in checks:
        mark = "[green]ok  [/]" if check.mend is None else "[red]no  [/]"
        console.print(f"{mark} {check.subject:<16} {check.found}", highlight=False, soft_wrap=True)
        if check.mend is not None:
            console.print(f"     {'':<16} -> {check.mend}", highlight=False, soft_wrap=True)


def show_days(parts: "list[Part]") -> None:
    """A line per part, the rest last."""
    table = Table("table", "day", "rows", "size", "", box=None, pad_edge=False)
    for part in parts:
        table.add_row(
            f"landed.{part.table}",
            f"{part.day:%Y-%m-%d}" if part.day else "the rest",
            f"{part.rows:,}",
            f"{part.bytes / 1e6:,.1f} MB",
            "" if part.attached else f"detached: landed_days.{part.name}",
        )
    _console().print(table, soft_wrap=True)


def duration(seconds: float) -> str:
    """For instance `3 h 05 min`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
