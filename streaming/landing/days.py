"""Keeps the parts of landed tables ahead of the records, and knows of which days offsets are."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
import structlog

from streaming.broker import Columns
from streaming.store import days as stored
from streaming.store.database import Connection
from streaming.store.days import DAY, Days
from streaming.store.landing import Claim
from streaming.topics import LANDING, TOPICS

AHEAD = 2
"""Days that are made before they come."""

AGAIN = timedelta(minutes=1)
"""After what time it is tried again when somebody held the tables."""

TABLES = [topic.table for topic in LANDING]
DAY_MS = 86_400_000
WIDE = 2 * DAY
"""Longer spans are left as soon as records allow it: one stray timestamp must not widen all."""

log = structlog.get_logger(__name__)


class DayKeeper:
    """One lander's view of days; `keep` is how many stay attached, None for all."""

    def __init__(self, keep: int | None = None) -> None:
        self._keep = keep
        self._made: set[tuple[str, date]] = set()
        self._today: date | None = None
        self._not_before = datetime.min.replace(tzinfo=UTC)
        self._noted: dict[tuple[int, int], Days] = {}

    def claimed(self, connection: Connection, claims: Sequence[Claim]) -> None:
        """Learn what is noted for the partitions, in the transaction that claims them."""
        self._noted = {
            (claim.log_id, claim.partition): found
            for claim in claims
            if (found := stored.last_days(connection, claim.log_id, claim.partition)) is not None
        }

    def look_ahead(self, connection: Connection, now: datetime) -> None:
        """Once a day: make today's and the next days' parts, and detach old ones."""
        today = now.astimezone(UTC).date()
        if today == self._today or now < self._not_before:
            return
        ahead = [today + timedelta(days=after) for after in range(AHEAD + 1)]
        detached = stored.detach_days(connection, self._keep) if self._keep is not None else []
        if stored.make_days(connection, TABLES, ahead) and detached is not None:
            self._today = today
            self._made.update((table, day) for table in TABLES for day in ahead)
        else:  # somebody holds the tables, and waiting for them is time that records wait
            self._not_before = now + AGAIN
        if detached:
            log.info("landing.days_detached", parts=detached)

    def before(self, connection: Connection, fetched: Sequence[Columns]) -> None:
        """Make the parts that a batch needs and nobody has made: records may come late."""
        for of_topic in fetched:
            table = TOPICS[of_topic.topic].table
            days = {_day(int(day)) for day in np.unique(of_topic.recorded_ms // DAY_MS)}
            missing = sorted(day for day in days if (table, day) not in self._made)
            if missing:
                stored.make_days(connection, [table], missing)
                # Also those that got none: their rows go to the rest, and nobody asks again.
                self._made.update((table, day) for day in missing)

    def notes(self, fetched: Sequence[Columns], claims: dict[tuple[str, int], Claim]) -> list[Days]:
        """What is to be noted with this batch, where it leaves the days that are noted."""
        return [
            span
            for of_topic in fetched
            for span in _spans(of_topic, claims)
            if not self._covered(span)
        ]

    def noted(self, rows: Sequence[Days]) -> None:
        """These are committed."""
        self._noted.update(((row.log_id, row.partition), row) for row in rows)

    def _covered(self, span: Days) -> bool:
        last = self._noted.get((span.log_id, span.partition))
        if last is None or span.first < last.first or span.last > last.last:
            return False
        return last.last - last.first < WIDE or span.last - span.first >= WIDE


def _spans(of_topic: Columns, claims: dict[tuple[str, int], Claim]) -> Iterator[Days]:
    days = of_topic.recorded_ms // DAY_MS
    for partition in np.unique(of_topic.partitions):
        here = days[of_topic.partitions == partition]
        claim = claims[of_topic.topic, int(partition)]
        first, last = _day(int(here.min())), _day(int(here.max()))
        yield Days(claim.log_id, claim.partition, claim.next_offset, first, last)


def _day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=number)
