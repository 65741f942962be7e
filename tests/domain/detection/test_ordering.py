"""The ordering buffer: lateness from the log alone, one order, no copies, nothing ahead of time."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.detection import Lane, Ordering
from domain.detection.errors import UnknownLane
from domain.identity import name_uuid

START = datetime(2013, 7, 1, tzinfo=UTC)
LATENESS = timedelta(minutes=5)
TOPIC = "flight.events"


class Told(NamedTuple):
    log_id: int
    partition: int
    offset: int
    event_id: UUID
    occurred_at: datetime


def told(partition: int, offset: int, minute: float, event: str = "", log_id: int = 1) -> Told:
    event_id = name_uuid("test", event or f"{log_id}/{partition}/{offset}")
    return Told(log_id, partition, offset, event_id, START + timedelta(minutes=minute))


def buffer(partitions: int = 2) -> Ordering[Told]:
    return Ordering([Lane(TOPIC, partition) for partition in range(partitions)], LATENESS)


def run(ordering: Ordering[Told], *records: Told) -> list[Told]:
    for record in records:
        ordering.push(TOPIC, record)
    return list(ordering.release())


def test_nothing_is_released_while_a_partition_is_silent() -> None:
    ordering = buffer()
    assert run(ordering, told(0, 0, 0), told(0, 1, 600)) == []
    assert ordering.watermark is None
    assert ordering.slowest == Lane(TOPIC, 1)


def test_a_clock_event_in_the_silent_partition_lets_the_other_go() -> None:
    ordering = buffer()
    first = told(0, 0, 0)
    assert run(ordering, first, told(0, 1, 600), told(1, 0, 600)) == [first]
    assert ordering.watermark == START + timedelta(minutes=595)


def test_a_record_at_the_watermark_waits_since_its_equal_may_still_come() -> None:
    ordering = buffer()
    assert run(ordering, told(0, 0, 0), told(1, 0, 0), told(0, 1, 5), told(1, 1, 5)) == []
    assert len(run(ordering, told(0, 2, 5.1), told(1, 2, 5.1))) == 2


def test_equal_times_are_ordered_by_partition_then_offset() -> None:
    ordering = buffer()
    ends = (told(0, 9, 100), told(1, 9, 100))
    a, b, c = told(1, 0, 1), told(0, 0, 1), told(0, 1, 1)
    assert run(ordering, a, b, c, *ends) == [b, c, a]


def test_late_is_judged_against_the_own_partition_only() -> None:
    ordering = buffer()
    early, late = told(1, 0, 1), told(0, 1, 1)
    assert run(ordering, told(0, 0, 60)) == []
    listed = ordering.push(TOPIC, late)
    assert run(ordering, early, told(1, 1, 60), told(0, 2, 60)) == [early]
    assert ordering.late == {Lane(TOPIC, 0): 1, Lane(TOPIC, 1): 0}
    assert listed is not None
    assert (listed.lane, listed.log_id, listed.offset) == (Lane(TOPIC, 0), 1, 1)
    assert listed.behind == timedelta(minutes=59)


def test_exactly_the_allowed_lateness_is_not_late() -> None:
    ordering = buffer(1)
    on_the_edge = told(0, 1, 55)
    assert run(ordering, told(0, 0, 60), on_the_edge, told(0, 2, 61)) == [on_the_edge]
    assert ordering.late[Lane(TOPIC, 0)] == 0


def test_a_copy_is_dropped_also_from_another_partition() -> None:
    ordering = buffer()
    ends = (told(0, 9, 100), told(1, 9, 100))
    first, copy = told(0, 0, 1, "same"), told(1, 0, 1, "same")
    assert run(ordering, copy, first, *ends) == [first]
    assert ordering.duplicates == 1


def test_a_redelivered_record_changes_nothing() -> None:
    ordering = buffer()
    records = (told(0, 0, 1), told(1, 0, 1), told(0, 1, 60), told(1, 1, 60))
    assert len(run(ordering, *records)) == 2
    assert run(ordering, *records) == []
    assert len(ordering) == 2
    assert ordering.duplicates == 0


def test_a_recreated_topic_goes_on_in_the_same_lane() -> None:
    ordering = buffer(1)
    old, new = told(0, 5, 1), told(0, 0, 2, log_id=2)
    assert run(ordering, old, new, told(0, 1, 60, log_id=2)) == [old, new]


def test_a_partition_it_was_not_built_for_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnknownLane, match=r"partition 7.*refold from the start"):
        buffer().push(TOPIC, told(7, 0, 1))


minutes = st.lists(st.integers(0, 40), max_size=25)


@given(st.lists(minutes, min_size=1, max_size=4), st.data())
def test_output_does_not_depend_on_interleaving_cuts_or_redelivery(
    partitions: list[list[int]], data: st.DataObject
) -> None:
    logs = [
        [told(p, o, minute, event=f"{minute % 7} at {minute}") for o, minute in enumerate(minutes)]
        + [told(p, len(minutes), 1000), told(p, len(minutes) + 1, 1010)]
        for p, minutes in enumerate(partitions)
    ]
    one = buffer(len(logs))
    expected = run(one, *(record for log in logs for record in log))

    other, released = buffer(len(logs)), []
    following = [0] * len(logs)
    while any(following[p] < len(log) for p, log in enumerate(logs)):
        p = data.draw(st.sampled_from([p for p, log in enumerate(logs) if following[p] < len(log)]))
        since = max(0, following[p] - data.draw(st.integers(0, 3)))
        until = data.draw(st.integers(following[p] + 1, len(logs[p])))
        released += run(other, *logs[p][since:until])
        following[p] = until
    assert released == expected
    assert other.late == one.late
    assert other.duplicates == one.duplicates
    assert expected == sorted(expected, key=lambda r: (r.occurred_at, r.partition, r.offset))
    assert len({record.event_id for record in expected}) == len(expected)


def test_what_it_remembers_does_not_grow_with_the_log() -> None:
    ordering = buffer(1)
    sizes = []
    for offset in range(5_000):
        run(ordering, told(0, offset, offset))
        sizes.append((len(ordering), len(ordering._copies._seen), len(ordering._copies._order)))
    assert max(sizes[-1000:]) == max(sizes[50:1000])
