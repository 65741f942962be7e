"""What each scenario came to: the table that `make torture` prints and keeps in docs/torture.md."""

import os
import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import psutil

from tests.torture.checker import Verdict

PAGE = """# Tortured

Everything is killed, stopped, cut or taken away while it works, again and again; afterwards an
independent checker (a plain consumer and SQL) holds what was produced against what lies on Kafka,
and that against what lies in PostgreSQL. `KNOCKON_TORTURE=docs/torture.md make torture` writes
this page; `make torture` prints it.

- *hits*: failures with work in hand, told by the process before it dies. Others do not count.
- *in hand*: records or entries of the batch that the failure met, in all.
- *recovered*: from the failure to the first commit after it, median and longest. Workers are
  forked, which leaves out the second or two that Python takes to import them; the row that says
  "as a process" has it.

{machine}

{table}

{hits} failures in all: {verdict}
"""


@dataclass
class Scenario:
    """One row."""

    name: str
    hits: int = 0
    in_hand: int = 0
    recovered: list[float] = field(default_factory=list)
    verdict: Verdict | None = None

    def hit(self, records: int) -> None:
        """One more failure that met so much work."""
        assert records > 0, f"{self.name}: nothing was in flight"
        self.hits += 1
        self.in_hand += records


SCENARIOS: list[Scenario] = []


def scenario(name: str) -> Scenario:
    """The row of this name, made when it is the first time."""
    for one in SCENARIOS:
        if one.name == name:
            return one
    SCENARIOS.append(Scenario(name))
    return SCENARIOS[-1]


def table() -> str:
    """As Markdown."""
    lines = [
        "| What fails | hits | in hand | lost | duplicated | out of order | recovered, s |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for one in SCENARIOS:
        looked = one.verdict
        wrong = ["?"] * 3 if looked is None else [looked.lost, looked.duplicated, looked.disordered]
        times = one.recovered
        took = f"{median(times):.2f} / {max(times):.2f}" if times else ""
        cells = [one.name, f"{one.hits:,}", f"{one.in_hand:,}", *map(str, wrong), took]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def page() -> str:
    """The whole page, with machine and date."""
    memory = psutil.virtual_memory().total / 2**30
    machine = (
        f"{datetime.now(UTC):%d %B %Y}, {os.cpu_count()} cores, {memory:.0f} GB, Python"
        f" {platform.python_version()}, {platform.system()} {platform.machine()}, load average"
        f" {os.getloadavg()[2]:.0f} over the last 15 minutes."
    )
    right = all(one.verdict is not None and one.verdict.right for one in SCENARIOS)
    verdict = "nothing lost, nothing twice, every key in order." if right else "NOT RIGHT."
    hits = f"{sum(one.hits for one in SCENARIOS):,}"
    return PAGE.format(machine=machine, table=table(), hits=hits, verdict=verdict)


def keep() -> None:
    """Write the page where KNOCKON_TORTURE says, if it does."""
    if where := os.environ.get("KNOCKON_TORTURE"):
        Path(where).write_text(page())
