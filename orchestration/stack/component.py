"""What the stack must know of one process to start, watch and stop it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal


def nothing() -> None:
    """The work of a component that needs none before its start or after it."""


@dataclass(frozen=True)
class Component:
    """One process of the stack, or (without a command) a server of yours that is only checked.

    `trouble` is the health check: None when the component truly serves, else what is wrong, in a
    few words. `prepare` runs once before the process starts, `introduce` once it is healthy and
    before whoever depends on it starts. Times are seconds.
    """

    name: str
    version: str
    address: str
    trouble: Callable[[], str | None]
    command: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    depends_on: tuple[str, ...] = ()
    prepare: Callable[[], None] = nothing
    introduce: Callable[[], None] = nothing
    stop_signal: Literal["TERM", "INT"] = "TERM"
    stops_as_group: bool = False
    stop_seconds: int = 20
    start_seconds: int = 60

    @property
    def embedded(self) -> bool:
        """Whether the process is ours to start and stop."""
        return bool(self.command)
