"""Tumbling and sliding windows of event time, closed by the watermark.

A window is half-open, [start, end), and begins at a multiple of the step since 1970 in UTC. With
step = size windows tumble; with a smaller step they slide, and a record is in size / step of them.
Values are added up per step ("panes": Li et al., No pane, no gain, SIGMOD Record 34(1), 2005), and
a window is the panes it covers; so a record costs the same however long the window is.

Values come in any order until their window closes; which windows come out, and when, hangs on the
values and watermarks alone and not on how they were cut. The state is plain data that pickles.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

K = TypeVar("K", bound=Hashable)
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Closed(Generic[K, A]):
    """One window of one key with at least one value in it; nothing more is added to it."""

    key: K
    start: datetime
    end: datetime
    value: A


@dataclass(slots=True)
class Windows(Generic[K, A]):
    """Windows of one size and step; `panes` by number of steps since the epoch, then by key.

    `closed` is the number of the step before which every window has ended.
    """

    size: timedelta
    step: timedelta
    panes: dict[int, dict[K, A]] = field(default_factory=dict)
    closed: int | None = None

    def __post_init__(self) -> None:
        """Raises ValueError when the size is no multiple of the step."""
        if self.step <= timedelta(0) or self.size < self.step or self.size % self.step:
            raise ValueError(f"windows of {self.size} cannot be made of steps of {self.step}")

    def add(self, key: K, at: datetime, value: A, combine: Callable[[A, A], A]) -> None:
        """Put a value where it belongs. Raises ValueError when a window that it is in has closed:
        what an ordering buffer releases never is."""
        number = (at - EPOCH) // self.step
        if self.closed is not None and number < self.closed:
            raise ValueError(f"a window with {at.isoformat()} in it has closed")
        pane = self.panes.setdefault(number, {})
        pane[key] = combine(pane[key], value) if key in pane else value

    def close(self, watermark: datetime, combine: Callable[[A, A], A]) -> list[Closed[K, A]]:
        """The windows that end at or before the watermark, by end; keys as they came.

        Before the watermark everything is here, and such a window holds nothing at or after it.
        """
        reached = (watermark - EPOCH) // self.step
        if self.closed is not None and reached <= self.closed:
            return []
        length = self.size // self.step
        found: list[Closed[K, A]] = []
        while self.panes:
            end = min(self.panes) + 1 if self.closed is None else self.closed + 1
            end = max(end, min(self.panes) + 1)  # no window without a value
            if end > reached:
                break
            start, finish = EPOCH + (end - length) * self.step, EPOCH + end * self.step
            values: dict[K, A] = {}
            for number in range(end - length, end):
                for key, value in self.panes.get(number, {}).items():
                    values[key] = combine(values[key], value) if key in values else value
            found += [Closed(key, start, finish, value) for key, value in values.items()]
            self.panes.pop(end - length, None)
            self.closed = end
        self.closed = reached
        return found
