"""A bad deploy does not drain a topic into the dead letters; a few bad records stop nothing."""

import time
from collections.abc import Callable, Iterator
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest

from streaming.broker import Broker
from streaming.landing import Batch, Budget
from streaming.landing.budget import Exceeded
from streaming.store import halts
from streaming.store.database import connect
from streaming.store.landing import Claim
from tests.fetched import fetched
from tests.streaming.dead_letters.conftest import TOPIC, Desk
from tests.streaming.landing.conftest import START

LEAST = 100
OTHER = "external.data"


@pytest.fixture
def start(desk: Desk) -> Iterator[Callable[[], Callable[[], None]]]:
    """Starts a lander, as after a deploy; returns what stops it."""
    running: list[Callable[[], None]] = []

    def lander() -> Callable[[], None]:
        stop = Signal()
        thread = Thread(target=desk.landing.here(budget=Budget(0.5, LEAST)).run, args=(stop,))
        thread.start()

        def end() -> None:
            stop.set()
            thread.join()

        running.append(end)
        return end

    yield lander
    for end in running:
        end()


def wait_until(true: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def halted(desk: Desk) -> list[halts.Halted]:
    with connect(desk.landing.database_url, "test") as connection:
        return halts.halted(connection)


def dead(desk: Desk, topic: str) -> int:
    return len(desk.letters(topic=topic))


def test_rubbish_stops_its_topic_alone_until_it_is_accepted(desk: Desk, start, capfd) -> None:
    end = start()
    desk.send(TOPIC, *((b"rubbish", []) for _ in range(60)))
    wait_until(lambda: dead(desk, TOPIC) == 60)
    end()
    end = start()  # what lies before a restart counts like the rest
    desk.send(TOPIC, *((b"rubbish", []) for _ in range(60)))
    wait_until(lambda: halted(desk))
    desk.send(TOPIC, *((b"rubbish", []) for _ in range(180)))
    desk.landing.produce(40)
    desk.send(OTHER, *((b"rubbish", []) for _ in range(20)))
    wait_until(lambda: dead(desk, OTHER) == 20)
    [one] = halted(desk)
    assert (one.topic, one.partitions) == (TOPIC, 6)
    assert "undecodable: not in Confluent's wire format" in one.reason
    assert dead(desk, TOPIC) < LEAST
    written = capfd.readouterr()
    assert (written.out + written.err).count("landing.halted") == 1
    end()

    end = start()  # without a mend: tried again, and no more is lost by that
    wait_until(lambda: "landing.halted" in "".join(capfd.readouterr()))
    assert dead(desk, TOPIC) < LEAST
    assert desk.landing.query("select count(*) from landed.flight_events") == [(0,)]

    broker = Broker(desk.landing.cluster)
    [topic] = broker.identities([TOPIC]).values()
    [(log_id,)] = desk.landing.query("select log_id from logs.logs where name = %s", TOPIC)
    ends = {partition: at for (_, partition), at in broker.ends([topic]).items()}
    with connect(desk.landing.database_url, "test") as connection:
        assert halts.accept(connection, log_id, ends, "somebody") == 6
    desk.landing.wait_until_accounted(360)
    assert dead(desk, TOPIC) == 300
    assert desk.landing.query("select count(*) from landed.flight_events") == [(40,)]
    end()
    start()
    desk.send(TOPIC, (b"one more", []))  # what was accepted is not held against those behind it
    desk.landing.wait_until_accounted(361)
    assert halted(desk) == []
    desk.assert_accounted()


def test_a_deploy_that_mends_lands_all(desk: Desk, start) -> None:
    desk.refuse()
    desk.send_bad(300)
    end = start()
    wait_until(lambda: halted(desk))
    buried = dead(desk, TOPIC)
    assert buried < LEAST
    end()
    desk.mend()
    start()
    desk.landing.wait_until_accounted(300)
    assert len(desk.tails()) == 300 - buried
    assert dead(desk, TOPIC) == buried
    assert halted(desk) == []
    desk.assert_accounted()


def judge(budget: Budget, good: int, bad: int) -> None:
    """A batch of one topic."""
    batch = Batch()
    batch.buried[TOPIC]["undecodable: rubbish"] += bad
    arrived = [fetched(TOPIC, [b"value"] * (good + bad), START)]
    claims = {(TOPIC, 3): Claim(1, 3, 1, 0)}
    budget.check(None, claims, arrived, batch)
    budget.spend(claims, arrived, batch)


def test_a_few_bad_records_in_a_row_stop_nothing() -> None:
    quiet, mixed, first = (Budget(0.5, 1_000) for _ in range(3))
    judge(quiet, 1_000, 0)
    for _ in range(100):
        judge(quiet, 0, 1)
    for _ in range(50):
        judge(mixed, 100, 100)
    judge(first, 0, 999)
    with pytest.raises(Exceeded, match="1,000 of its last 1,000 records would be dead letters"):
        judge(first, 0, 1)


def test_what_is_long_past_is_forgotten() -> None:
    budget = Budget(0.5, 1_000)
    judge(budget, 100_000, 0)
    judge(budget, 500, 0)
    judge(budget, 500, 400)
    judge(budget, 100, 400)
    with pytest.raises(Exceeded):
        judge(budget, 0, 400)
    judge(budget, 10, 0)  # what makes it better is landed


def test_a_budget_that_is_off_stops_nothing() -> None:
    judge(Budget(None), 0, 5_000)
