"""Accounting periods: into which a transaction goes, and that nothing goes into a closed one.

A transaction belongs to the period of its event time. Once that is closed, it goes into the
earliest open one after it and says for which it comes late: a correction of November, found in
January, is January's. So its period follows from what is sealed of it, its event time and its
place in the books, and from where in the books the closings are: nothing of it is kept that
somebody could change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from itertools import pairwise

from domain.ledger.entry import Entry
from domain.ledger.errors import LedgerBroken


class PeriodClosed(LedgerBroken):
    """A posting into a closed period."""

    def __init__(self, name: str, closing: "Closing", instead: str) -> None:
        super().__init__(
            f"period {name} was closed by {closing.closed_by} at {closing.closed_at:%Y-%m-%d %H:%M}"
            f" UTC: book it into {instead}, as late for {name}"
        )
        self.name, self.instead = name, instead


@dataclass(frozen=True, slots=True)
class Period:
    """One stretch of days, both ends in it, in the zone of the calendar."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Closing:
    """That a period was closed, and by whom; `head` is that of the last seal then, if any.

    `following` is the sequence of the first transaction that was booked after it.
    """

    period: str
    closed_at: datetime
    closed_by: str
    head: str | None = None
    following: int = 0


@dataclass(frozen=True, slots=True)
class Placement:
    """The period of a transaction; `late_for` is the closed one that it belongs to, if any."""

    period: str
    late_for: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry of the books and the period it is in."""

    entry: Entry
    placement: Placement


class Calendar:
    """The periods of a set of books, oldest first, and which of them are closed.

    Raises LedgerBroken where periods overlap or leave days out, or closings leave one open in
    between: a trial balance carried forward needs every period before it.
    """

    def __init__(
        self, periods: Sequence[Period], closings: Sequence[Closing] = (), zone: tzinfo = UTC
    ) -> None:
        for period in periods:
            if period.last < period.first:
                raise LedgerBroken(f"period {period.name} ends before it begins")
        for before, after in pairwise(periods):
            if (after.first - before.last).days != 1:
                raise LedgerBroken(f"period {after.name} does not begin when {before.name} ends")
        self.periods = tuple(periods)
        self.zone = zone
        self._names = [period.name for period in periods]
        if len(set(self._names)) != len(self._names):
            raise LedgerBroken("two periods have one name")
        self.closings: dict[str, Closing] = {}
        for closing in closings:
            self._check(closing)
            self.closings[closing.period] = closing

    def close(self, closing: Closing) -> "Calendar":
        """The calendar with one more period closed; raises LedgerBroken where it may not be."""
        return Calendar(self.periods, [*self.closings.values(), closing], self.zone)

    def index(self, name: str) -> int:
        """The place of a period. Raises LedgerBroken for one that is not there."""
        if name not in self._names:
            known = ", ".join(self._names) or "none"
            raise LedgerBroken(f"there is no period {name}; there are: {known}")
        return self._names.index(name)

    def place(self, occurred_at: datetime, sequence: int | None = None) -> Placement:
        """Where what happened then goes, booked now or at that place in the books.

        What happened before the first period is the first's. Raises LedgerBroken where no period
        is open for it.
        """
        day = occurred_at.astimezone(self.zone).date()
        own = next((each for each in self.periods if day <= each.last), None)
        if own is None:
            raise LedgerBroken(f"no period holds {day}: add it to the calendar first")
        target = self._open_from(self.index(own.name), sequence)
        return Placement(target, None if target == own.name else own.name)

    def accept(self, placement: Placement) -> Placement:
        """The placement, if its period is open. Raises PeriodClosed, which says where it goes."""
        index = self.index(placement.period)
        closing = self.closings.get(placement.period)
        if closing is not None:
            raise PeriodClosed(placement.period, closing, self._open_from(index))
        return placement

    def _open_from(self, index: int, sequence: int | None = None) -> str:
        for name in self._names[index:]:
            closing = self.closings.get(name)
            if closing is None or (sequence is not None and sequence < closing.following):
                return name
        raise LedgerBroken(f"every period from {self._names[index]} on is closed: add the next")

    def _check(self, closing: Closing) -> None:
        index = self.index(closing.period)
        if closing.period in self.closings:
            raise LedgerBroken(f"period {closing.period} is closed already")
        if any(name not in self.closings for name in self._names[:index]):
            raise LedgerBroken(f"close the periods before {closing.period} first")
        if closing.closed_at.astimezone(self.zone).date() <= self.periods[index].last:
            raise LedgerBroken(f"period {closing.period} is not over yet")
