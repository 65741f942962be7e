"""The ordering buffer in front of every fold: event time, watermark, duplicates, late events.

What comes out depends on what is in the logs, and on nothing else: not on how partitions
interleave, where batches are cut, or what is delivered again. Why that holds:

- A record is late iff it lies more than the allowed lateness behind the newest record *of its own
  partition*; both are facts of that partition's log.
- Let W be the smallest, over all partitions, of newest record minus lateness. A record that is
  not late is never before W, so once W has passed a time, everything before it is here, and is
  released in the order (occurred_at, partition, offset): a total order over the logs' records.
- Duplicates are dropped at release, where the order is already fixed; a copy that arrives after
  the first was released is behind W, hence late in its own partition.

One event from the far future would make all behind it late: landing refuses those (24 hours ahead
of their record), so that this buffer need not guess which of two times is wrong.

A partition in which nothing happens holds W back; clock events move it on. The partitions must
be known from the start: a minimum over "those seen so far" would depend on the interleaving.
Method: per-source low watermarks as in Akidau et al., The Dataflow Model, VLDB 2015.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from typing import Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

from domain.detection.errors import UnknownLane
from domain.network_state import FlightRecord

ALLOWED_LATENESS = timedelta(minutes=5)
_NEVER = datetime.min.replace(tzinfo=UTC)


class Lane(NamedTuple):
    """One partition of one topic, whichever log of that name it belongs to.

    A recreated topic is a further log; its partition continues the lane of the old one, since
    the old one never moves again and would hold the watermark back for ever.
    """

    topic: str
    partition: int


class Ordered(Protocol):
    """What the buffer needs to know of a record."""

    @property
    def log_id(self) -> int: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def event_id(self) -> UUID: ...
    @property
    def occurred_at(self) -> datetime: ...


class Late(NamedTuple):
    """A record that came too late to be folded; the daily restatement books the difference."""

    lane: Lane
    log_id: int
    offset: int
    behind: timedelta


class Copies:
    """Which events have come already, in a stream in event-time order; a copy tells the same time.

    It remembers as long as a copy with another time may still be in time.
    """

    __slots__ = ("_at", "_order", "_seen", "_window")

    def __init__(self, window: timedelta) -> None:
        self._window = window
        self._at = _NEVER
        self._seen: set[UUID] = set()
        self._order: deque[tuple[datetime, UUID]] = deque()

    def first(self, occurred_at: datetime, event_id: UUID) -> bool:
        """Whether this is the first of its event; remembers it then."""
        if occurred_at != self._at:
            self._at = occurred_at
            before, order = occurred_at - self._window, self._order
            while order and order[0][0] < before:
                self._seen.discard(order.popleft()[1])
        if event_id in self._seen:
            return False
        self._seen.add(event_id)
        self._order.append((occurred_at, event_id))
        return True


R = TypeVar("R", bound=Ordered)


class Ordering(Generic[R]):
    """Takes records lane by lane in offset order, gives them back in event-time order.

    `late` counts late records per lane, `duplicates` dropped copies. Size: the records between
    the slowest lane and the fastest one.
    """

    __slots__ = (
        "_copies", "_heap", "_newest", "_position", "duplicates", "late", "lateness",
    )  # fmt: skip

    def __init__(self, lanes: Iterable[Lane], lateness: timedelta = ALLOWED_LATENESS) -> None:
        self._newest: dict[Lane, datetime] = dict.fromkeys(sorted(lanes), _NEVER)
        self._position: dict[Lane, tuple[int, int]] = dict.fromkeys(self._newest, (-1, -1))
        self.late: dict[Lane, int] = dict.fromkeys(self._newest, 0)
        self.duplicates = 0
        self.lateness = lateness
        self._heap: list[tuple[datetime, Lane, int, int, R]] = []
        self._copies = Copies(lateness)

    def __len__(self) -> int:
        return len(self._heap)

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """The partitions that it was built for."""
        return tuple(self._newest)

    @property
    def following(self) -> dict[Lane, tuple[int, int]]:
        """Per lane the log it is in and the next offset there; (-1, 0) before the first record."""
        return {lane: (log_id, at + 1) for lane, (log_id, at) in self._position.items()}

    @property
    def watermark(self) -> datetime | None:
        """Event time up to which everything is here; None while a lane has said nothing."""
        slowest = min(self._newest.values())
        return None if slowest == _NEVER else slowest - self.lateness

    @property
    def slowest(self) -> Lane:
        """The lane that holds the watermark back."""
        return min(self._newest, key=lambda lane: (self._newest[lane], lane))

    def push(self, topic: str, record: R) -> Late | None:
        """Take in one record, unless it is late; one delivered again is ignored.

        Raises UnknownLane.
        """
        lane = Lane(topic, record.partition)
        position = (record.log_id, record.offset)
        reached = self._position.get(lane)
        if reached is None:
            raise UnknownLane(lane.topic, lane.partition, len(self._newest))
        if position <= reached:
            return None
        self._position[lane] = position
        occurred_at, newest = record.occurred_at, self._newest[lane]
        if occurred_at > newest:
            self._newest[lane] = occurred_at
        elif newest - occurred_at > self.lateness:
            self.late[lane] += 1
            return Late(lane, *position, newest - occurred_at)
        heappush(self._heap, (occurred_at, lane, *position, record))
        return None

    def release(self) -> Iterator[R]:
        """Records that are now complete, in order; exhaust it before the next push."""
        watermark = self.watermark
        if watermark is None:
            return
        heap, copies = self._heap, self._copies
        while heap and heap[0][0] < watermark:
            occurred_at, *_, record = heappop(heap)
            if copies.first(occurred_at, record.event_id):
                yield record
            else:
                self.duplicates += 1


ORDERING_TYPES: tuple[type, ...] = (Ordering, Copies, Lane, FlightRecord)
"""What a frozen buffer of flight records is made of."""
