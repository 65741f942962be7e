"""Where a stack is being built: its directory, its ports and its settings."""

from dataclasses import dataclass
from pathlib import Path

from orchestration.stack.state import StateDirectory
from streaming.settings import Settings


@dataclass(frozen=True)
class Site:
    """One stack: what was given, and the complete settings that result.

    `given` tells which servers are yours (their addresses come from the environment); `settings`
    has an address and a secret for everything.
    """

    state: StateDirectory
    given: Settings
    settings: Settings
    ports: dict[str, int]

    def directory(self, name: str) -> Path:
        return self.state.path / name

    def log(self, name: str) -> Path:
        return self.state.logs / f"{name}.log"
