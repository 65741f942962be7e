"""Waits after an error as its type asks for, and writes it down so that `knockon errors` counts it.

The line in the log is the record: it can be written while PostgreSQL and Kafka are away.
"""

import random
import time
from collections.abc import Callable
from threading import Event as Signal
from typing import NoReturn

import structlog

from streaming.broker.errors import BrokerError
from streaming.failures.classify import kind_of
from streaming.failures.kinds import RECOVERIES, Kind, Recovery
from streaming.store.errors import StoreError

log = structlog.get_logger(__name__)


class Retrying:
    """Counts the failures of one worker in a row; `event` begins its lines in the log."""

    def __init__(self, event: str) -> None:
        self._event = event
        self._failures = 0
        self._resumed = time.monotonic()

    def after(
        self,
        error: Exception,
        stop: Signal,
        *,
        passing: bool = False,
        instead: Recovery | None = None,
    ) -> None:
        """Write the error down and wait before the next attempt, or until `stop` is set.

        Raises the error itself when no attempt would help; `passing` says that one may, although
        its type would not tell, `instead` gives another recovery than the type's. Work that went
        on for longer than any pause ends a row.
        """
        kind = kind_of(error)
        recovery = instead or RECOVERIES[kind]
        if recovery.action == "stop" and passing:
            recovery = RECOVERIES[Kind.NETWORK]
        if recovery.action == "stop":
            self.give_up(error)
        if time.monotonic() - self._resumed > recovery.longest_seconds:
            self._failures = 0
        self._failures += 1
        pause = _pause(recovery, self._failures)
        write = log.warning if recovery.action == "retry" else log.error
        write(
            f"{self._event}.interrupted",
            error_type=kind,
            reason=str(error).strip() or type(error).__name__,
            failures=self._failures,
            recovery=recovery.action,
            retry_in_s=round(pause, 3),
        )
        stop.wait(pause)
        self._resumed = time.monotonic()

    def until_done(self, work: Callable[[], None], stop: Signal) -> None:
        """Try until it succeeds or `stop` is set: a worker may start before what it needs."""
        while not stop.is_set():
            try:
                return work()
            except Exception as error:
                self.after(error, stop, passing=isinstance(error, (StoreError, BrokerError)))

    def give_up(self, error: Exception) -> NoReturn:
        """Write down that the process ends for this, and raise it."""
        reason = str(error).strip() or type(error).__name__
        log.error(
            f"{self._event}.stopped_for", error_type=kind_of(error), reason=reason, recovery="stop"
        )
        raise error

    def succeeded(self) -> None:
        """The work got on: the next failure is a first one."""
        self._failures = 0


def _pause(recovery: Recovery, failures: int) -> float:
    longest = min(recovery.longest_seconds, recovery.first_seconds * 2.0 ** (failures - 1))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 (jitter)
