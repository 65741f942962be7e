"""Features at T rest on what was known at T: real days cut off, poisoned and leaked into."""

import random
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from domain.features import NAMES, FeatureFold, FeatureRow, History, Region
from domain.network_state.observations import WeatherRecord
from domain.network_state.records import FlightRecord
from streaming.sources.nycflights13 import bundled, records_of
from streaming.sources.nycflights13.settings import AIRPORTS, Assumptions

Record = FlightRecord | WeatherRecord
FIRST, LAST = date(2013, 6, 30), date(2013, 7, 1)
FAR = datetime(2014, 1, 1, tzinfo=UTC)
LOOKS = 12
Make = Callable[[], FeatureFold]


@pytest.fixture(scope="module")
def log() -> list[Record]:
    """Two days of New York as the product reads them, in the order of becoming known."""
    found = records_of(bundled(), FIRST, LAST)
    return [record._replace(log_id=1, offset=offset) for offset, record in enumerate(found)]


def fresh() -> FeatureFold:
    return FeatureFold(History.empty(Region(Assumptions().zone, AIRPORTS), FIRST))


def fold(records: Iterable[Record], make: Make = fresh) -> list[FeatureRow]:
    folding = make()
    rows = [row for record in records for row in folding.step(record)]
    return rows + folding.advance(FAR)


def looks(rows: list[FeatureRow]) -> list[datetime]:
    """Some instants over the second day, the same ones each time."""
    times = sorted({row.as_of for row in rows})[len(rows) // 20 :]
    return sorted(random.Random(1).sample(times, LOOKS))


def known_at(rows: list[FeatureRow], at: datetime) -> list[FeatureRow]:
    return [row for row in rows if row.as_of <= at]


def poisoned(record: Record) -> Record:
    """The same record, saying something wild."""
    if isinstance(record, WeatherRecord):
        return record._replace(wind_speed_kt=199.0, precipitation_mm=99.0, visibility_km=0.0)
    late = timedelta(hours=17)
    return record._replace(
        aobt=record.aobt and record.aobt + late,
        aibt=record.aibt and record.aibt + late,
        registration="POISON",
    )


def differs_when_cut(log: list[Record], make: Make) -> list[datetime]:
    """At which looks a fold that never saw the later records says something else."""
    whole = fold(log, make)
    return [
        at for at in looks(whole)
        if known_at(fold((r for r in log if r.occurred_at <= at), make), at) != known_at(whole, at)
    ]  # fmt: skip


def test_rows_are_the_same_when_the_log_ends_at_their_time(log: list[Record]) -> None:
    assert len(fold(log)) > 1_500
    assert differs_when_cut(log, fresh) == []


def test_rows_do_not_change_when_the_future_does(log: list[Record]) -> None:
    whole = fold(log)
    for at in looks(whole):
        told = [record if record.occurred_at <= at else poisoned(record) for record in log]
        assert known_at(fold(told), at) == known_at(whole, at)


def test_a_poisoned_past_does_change_them(log: list[Record]) -> None:
    """The control: the poison is strong enough to be seen where it may be seen."""
    whole = fold(log)
    at = looks(whole)[-1]
    wild = fold([poisoned(record) for record in log])
    changed = sum(one != other for one, other in zip(whole, wild, strict=False))
    assert changed > len(known_at(whole, at)) / 2


class Peeking(FeatureFold):
    """A fold with a seeded leak: it looks up what the leg will do."""

    def __init__(self, history: History, ahead: dict[object, datetime | None]) -> None:
        super().__init__(history)
        self._ahead = ahead

    def advance(self, to: datetime) -> list[FeatureRow]:
        leak = NAMES.index("local_hour")
        rows = []
        for row in super().advance(to):
            left = self._ahead.get(row.leg_id)
            told = None if left is None else (left - row.as_of).total_seconds()
            numbers = (*row.numbers[:leak], told, *row.numbers[leak + 1 :])
            rows.append(FeatureRow(row.leg_id, row.as_of, numbers, row.labels, row.evidence))
        return rows


def test_a_seeded_leak_is_found(log: list[Record]) -> None:
    """The same comparison, on a fold that peeks at the log as far as it is given."""
    whole = {r.leg_id: r.aobt for r in log if isinstance(r, FlightRecord) and r.aobt}
    rows = fold(log, partial(Peeking, fresh().history, whole))
    at = looks(rows)[3]
    seen = [record for record in log if record.occurred_at <= at]
    until_then = {r.leg_id: r.aobt for r in seen if isinstance(r, FlightRecord) and r.aobt}
    cut = fold(seen, partial(Peeking, fresh().history, until_then))
    assert known_at(cut, at) != known_at(rows, at)


def test_every_record_that_a_row_names_was_known_at_its_time(log: list[Record]) -> None:
    when = {record.ref: record.occurred_at for record in log}
    for row in fold(log):
        assert row.evidence
        assert all(when[reference] <= row.as_of for reference in row.evidence)
