"""What a worker does after an error, and what `knockon errors` reads of it afterwards."""

import errno
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from streaming.broker import BrokerError
from streaming.failures import Kind, Recovery, Retrying
from streaming.failures.written import Failure, failures, rates
from streaming.logging import configure
from streaming.store.errors import StoreError

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


class Stop:
    """Notes how long was waited, instead of waiting."""

    def __init__(self) -> None:
        self.waited: list[float] = []

    def is_set(self) -> bool:
        return False

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)


def after(error: Exception, times: int = 1, **given: Any) -> list[float]:
    retrying, stop = Retrying("test"), Stop()
    for _ in range(times):
        retrying.after(error, stop, **given)
    return stop.waited


def test_pauses_double_with_jitter_up_to_the_longest() -> None:
    for error, first, longest in (
        (ConnectionResetError(), 0.2, 10.0),
        (OSError(errno.ENOSPC, "no room"), 5.0, 60.0),
    ):
        for number, waited in enumerate(after(error, 9)):
            most = min(longest, first * 2**number)
            assert most / 2 <= waited <= most
    several = {after(ConnectionResetError())[0] for _ in range(20)}
    assert len(several) > 10


def test_what_no_attempt_can_mend_is_raised() -> None:
    with pytest.raises(ValueError, match="a bug"):
        after(ValueError("a bug"))
    assert len(after(StoreError("somebody else was first"), passing=True)) == 1
    assert after(ValueError("a bug"), instead=Recovery("pause", 40.0, 60.0))[0] >= 20


def test_what_is_not_there_yet_is_waited_for() -> None:
    answers: list[Exception | None] = [BrokerError("no broker"), ConnectionResetError(), None]

    def work() -> None:
        answer = answers.pop(0)
        if answer is not None:
            raise answer

    stop = Stop()
    Retrying("test").until_done(work, stop)
    assert (len(stop.waited), answers) == (2, [])


def test_a_success_ends_the_row() -> None:
    retrying, stop = Retrying("test"), Stop()
    for _ in range(6):
        retrying.after(ConnectionResetError(), stop)
    retrying.succeeded()
    retrying.after(ConnectionResetError(), stop)
    assert stop.waited[-1] <= 0.2 < stop.waited[-2]


def test_what_a_worker_writes_is_counted(tmp_path: Path, capfd) -> None:
    configure("lander")
    began = datetime.now(UTC)
    after(ConnectionResetError("gone"), 3)
    with pytest.raises(ValueError, match="a bug"):
        after(ValueError("a bug"))
    written = capfd.readouterr().out
    (tmp_path / "lander.log").write_text(written + "not json\n" + '{"error_type": "netw')
    (tmp_path / "lander.log.1").write_text(
        json.dumps({"error_type": "timeout", "timestamp": began.isoformat(), "reason": "slow"})
    )
    (tmp_path / "postgres.log").write_text('{"error_type": "strange", "timestamp": "2026-06-15"}')
    found = list(failures(tmp_path, began))
    assert [(one.component, one.kind) for one in found] == [
        ("lander", Kind.NETWORK), ("lander", Kind.NETWORK), ("lander", Kind.NETWORK),
        ("lander", Kind.PROCESSING), ("lander", Kind.TIMEOUT),
    ]  # fmt: skip
    assert (found[0].reason, found[3].reason) == ("gone", "a bug")
    assert list(failures(tmp_path, datetime.now(UTC) + timedelta(hours=1))) == []


def test_rates_are_those_of_two_spans() -> None:
    def at(minutes: int, kind: Kind = Kind.NETWORK, times: int = 1) -> Failure:
        return Failure("relay", kind, NOW - timedelta(minutes=minutes), f"{minutes}", times)

    found = [at(1), at(5, times=5), at(70), at(100), at(130), at(61, Kind.TIMEOUT, 7)]
    network, timeout = rates(found, NOW, timedelta(hours=1))
    assert (network.now, network.before, network.trend) == (6, 2, "rising")
    assert (network.per_minute, network.last_reason) == (0.1, "1")
    assert (timeout.now, timeout.before, timeout.trend) == (0, 7, "falling")
