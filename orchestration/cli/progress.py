"""Shows how a start or a stop goes on: a line per finished component, and who is still at it."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.status import Status


class StartProgress:
    """Hears the progress of a start or stop; `finished` is the state that earns a line."""

    finished = "healthy"
    verb = "starting"

    def __init__(self) -> None:
        self.console = Console()
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
