"""Shows how long work goes on: starts and stops by component, replays by event time."""

import time
from datetime import datetime
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.status import Status

SHOWN_EVERY_SECONDS = 0.1


class StartProgress:
    """Hears the progress of a start or stop; `finished` is the state that earns a line."""

    finished = "healthy"
    verb = "starting"

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console()
        self.status = Status(f"{self.verb} ...", console=self.console)
        self.waiting: dict[str, float] = {}

    def __enter__(self) -> Self:
        self.status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.status.stop()

    def hear(self, component: str, state: str, seconds: float) -> None:
        """One step; called from several threads."""
        if state == self.finished:
            self.waiting.pop(component, None)
            self.console.print(f"  {component:<18} {state}  {seconds:5.1f} s", highlight=False)
        else:
            self.waiting[component] = time.monotonic()
        self.status.update(f"{self.verb} {', '.join(self.waiting) or '...'}")


class StopProgress(StartProgress):
    """Hears the progress of a stop."""

    finished = "stopped"
    verb = "stopping"


class ReplayProgress:
    """Shows how far event time has come; says how far it came when the replay is cut off."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = console.status("sending")
        self._began = self._shown = time.monotonic()
        self._event_time: datetime | None = None
        self._records = 0

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def __enter__(self) -> Self:
        self._status.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._status.stop()
        if kind is not None and self._event_time is not None:
            self._console.print(f"cut off at {self._said()}; some of the last may not be there")

    def hear(self, event_time: datetime, records: int) -> None:
        """One step; shown at most ten times a second."""
        self._event_time, self._records = event_time, records
        if time.monotonic() - self._shown > SHOWN_EVERY_SECONDS:
            self._shown = time.monotonic()
            self._status.update(self._said())

    def _said(self) -> str:
        return f"{self._event_time:%d %b %Y %H:%M} UTC, {self._records:,} records"


class CountProgress:
    """Shows how many of a known number are done."""

    def __init__(self, console: Console, verb: str, total: int) -> None:
        self._verb, self._total, self._done = verb, total, 0
        self._status = console.status(verb)

    def __enter__(self) -> Self:
        self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def hear(self, more: int) -> None:
        """So many more are done."""
        self._done += more
        self._status.update(f"{self._verb} {self._done:,} of {self._total:,}")


class CopyProgress:
    """Shows how much of a copy is done, while it is being done."""

    def __init__(self, console: Console, verb: str) -> None:
        self._verb, self._status = verb, console.status(verb)
        self._shown = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def hear(self, done: int, total: int) -> None:
        """Bytes; a total of 0 is not known."""
        if done == total:
            self._status.stop()
        elif time.monotonic() - self._shown > SHOWN_EVERY_SECONDS:
            self._shown = time.monotonic()
            of = f" of {total / 1e6:,.0f}" if total else ""
            self._status.update(f"{self._verb} {done / 1e6:,.0f}{of} MB")
            self._status.start()
