"""The stages of the demo, one after the other, each telling how it goes on."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from orchestration.demo.jobs import build_marts, train_champion
from orchestration.demo.waiting import until_landed, until_settled
from orchestration.lineage.walk import walk
from orchestration.stack import Stack
from orchestration.stack.plan import EVERYTHING
from orchestration.verify.run import verify
from orchestration.verify.verdict import Verdict
from streaming.replay import Sent
from streaming.replay.feed import Feed
from streaming.settings import Settings
from streaming.simulator.scenarios import european_day
from streaming.sources.nycflights13 import Days, bundled
from streaming.store.database import connect
from streaming.store.summary import first_transaction

NEW_YORK_DAY = date(2013, 7, 1)
"""One of the worst days of that year, with half a year before it to learn from."""

NEW_YORK_SPEED = 3_600.0
EUROPEAN_SPEED = 7_200.0

Tell = Callable[[str], None]


@dataclass(slots=True)
class Outcome:
    """What the demo did, for its summary."""

    settings: Settings
    sent: list[Sent] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    example: str | None = None
    steps: int = 0

    @property
    def succeeded(self) -> bool:
        return all(verdict.holds for verdict in self.verdicts)


def run(stack: Stack, stage: Callable[[str], Tell], done: Callable[[str, float], None]) -> Outcome:
    """Train, replay both days, wait, build the marts, verify.

    `stage` opens a stage by its title and returns what to call with its progress; `done` is told
    its seconds at its end.
    Raises JobFailed, NotSettled, DeliveryFailed and what the stack raises.
    """
    outcome = Outcome(stack.settings)

    def timed(title: str, work: Callable[[Tell], None]) -> None:
        began = time.monotonic()
        work(stage(title))
        outcome.seconds[title] = time.monotonic() - began
        done(title, outcome.seconds[title])

    feed = Feed(stack.settings, faults=True)

    def new_york(tell: Tell) -> None:
        with Days(bundled()) as days:
            outcome.sent.append(
                feed.flights(days, NEW_YORK_DAY, NEW_YORK_DAY, NEW_YORK_SPEED, _clock(tell))
            )
        until_landed(stack.settings, outcome.sent[-1])

    def europe(tell: Tell) -> None:
        day = european_day.DEFAULT_DAY
        outcome.sent.append(feed.european_day(day, EUROPEAN_SPEED, _clock(tell)))
        until_landed(stack.settings, _together(outcome.sent))

    def settle(tell: Tell) -> None:
        until_settled(stack.settings, lambda behind: tell(_behind(behind)))

    def prove(tell: Tell) -> None:
        for verdict in verify(stack.settings):
            outcome.verdicts.append(verdict)
            tell(verdict.name)
        with connect(stack.settings.owner_database_url(), "knockon-demo") as connection:
            outcome.example = first_transaction(connection)
            if outcome.example:
                outcome.steps = sum(1 for _ in walk(connection, "ledger", outcome.example).steps())

    timed(
        "train the delay model on the days before", lambda t: train_champion(stack, NEW_YORK_DAY, t)
    )
    timed(f"replay New York, {NEW_YORK_DAY:%-d %B %Y}", new_york)
    timed("tell the scripted European day", europe)
    timed("let every reader catch up", settle)
    timed("build the marts with dbt", lambda t: build_marts(stack, t))
    timed("prove the invariants", prove)
    return outcome


def components() -> tuple[str, ...]:
    """What the demo starts: everything."""
    return EVERYTHING


def state_directory(settings: Settings) -> Path:
    """The demo's own state, so that a stack of yours is left alone."""
    return settings.state_dir.with_name(settings.state_dir.name + "-demo")


def _clock(tell: Tell) -> Callable[[datetime, int], None]:
    return lambda event_time, sent: tell(f"{event_time:%d %b %H:%M} UTC, {sent:,} records")


def _behind(behind: dict[str, int]) -> str:
    return ", ".join(f"{reader} {count:,}" for reader, count in behind.items()) or "all read"


def _together(sent: list[Sent]) -> Sent:
    whole = Sent()
    for one in sent:
        whole.events += one.events
        whole.clocks += one.clocks
        whole.faults += one.faults
    return whole
