"""PostgreSQL and Kafka crash, or the topic is made anew, under a lander with a batch in hand."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from tests.torture import checker, doomed, table
from tests.torture.conftest import Ground

pytestmark = [pytest.mark.torture, pytest.mark.timeout(1_200)]

POINTS = ("after_poll", "after_fence", "after_copy", "before_commit", "after_commit")
TIMES = 8


@contextmanager
def under_a_lander(ground: Ground, row: table.Scenario, point: str) -> Iterator[None]:
    """What is done inside happens to a lander with work in hand; then it must go on by itself."""
    ground.produce(90)
    lander = ground.start(doomed.land, point=point, number=signal.SIGSTOP)
    row.hit(lander.stops()["records"])
    landed, at = ground.landed(), time.monotonic()
    lander.goes_on()
    yield
    ground.produce(45, unreadable=1)
    row.recovered.append(ground.recovers(at, landed))
    ground.wait_until_landed()
    assert lander.alive
    lander.kill()


def again_and_again(ground: Ground, name: str, harm: Callable[[], None]) -> None:
    """Do it at one point after the other, and ask the checker."""
    row = table.scenario(name)
    for number in range(TIMES):
        with under_a_lander(ground, row, POINTS[number % len(POINTS)]):
            harm()
    row.verdict = ground.verdict()
    assert row.verdict.right


def test_a_crash_of_postgresql(ground: Ground) -> None:
    stack = ground.landing.stack

    def crash() -> None:
        before = stack.pid("postgres")
        # SIGQUIT is what `pg_ctl stop -m immediate` sends: no shutdown, recovery at the next start.
        stack.kill("postgres", signal.SIGQUIT)
        stack.wait_until_healthy_again("postgres", before)

    again_and_again(ground, "PostgreSQL crashes", crash)


def test_a_killed_backend_takes_postgresql_through_recovery(ground: Ground) -> None:
    def kill() -> None:
        ((backend,),) = ground.landing.query(
            "select pid from pg_stat_activity where application_name = 'lander'"
            " and datname = current_database()"
        )
        os.kill(backend, signal.SIGKILL)

    again_and_again(ground, "the lander's backend is killed", kill)


def test_an_ended_session(ground: Ground) -> None:
    def end() -> None:
        ground.landing.query(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'lander' and datname = current_database()"
        )

    again_and_again(ground, "the lander's session is ended", end)


def test_a_crash_of_the_broker(ground: Ground) -> None:
    stack = ground.landing.stack

    def crash() -> None:
        before = stack.pid("kafka")
        stack.kill("kafka", signal.SIGKILL)
        stack.wait_until_healthy_again("kafka", before)

    again_and_again(ground, "the broker crashes", crash)


def test_a_topic_made_anew_under_load(ground: Ground) -> None:
    """Its records are all landed as another log's; the old log's rows stay as they were."""
    row = table.scenario("the topic is made anew")
    for number in range(TIMES):
        old, ground.unreadable = ground.topic_id, 0
        ground.produced.clear()
        ground.produce(90)
        point = POINTS[number % len(POINTS)]
        lander = ground.start(doomed.land, point=point, number=signal.SIGSTOP)
        row.hit(lander.stops()["records"])
        ground.landing.make_anew("flight.events")
        at = time.monotonic()
        ground.produced.clear()
        ground.produce(120, unreadable=1)
        lander.goes_on()
        new, deadline = ground.topic_id, time.monotonic() + 60
        while checker.rows(ground.landing.database_url, new) < 121 and time.monotonic() < deadline:
            time.sleep(0.05)
        row.recovered.append(time.monotonic() - at)
        lander.kill()
        row.verdict = ground.verdict()
        assert row.verdict.right
        assert checker.gaps(ground.landing.database_url, old) == 0


def test_clocks_that_jump(ground: Ground) -> None:
    """The lander's own clock, that is; kills beside it, and dead letters that carry its time."""
    row = table.scenario("the lander's clock jumps by days and years, and it is killed")
    jumps = [timedelta(days=days) for days in (0, 1, -1, 3_650, -3_650)]
    for number in range(20):
        ground.produce(90, unreadable=2)
        point = ("before_commit", "after_commit")[number % 2]
        hit = ground.start(doomed.land, point=point, after=2, clock=tuple(jumps)).dies()
        row.hit(hit["records"])
    row.verdict = ground.drain(clock=tuple(jumps))
    assert row.verdict.right
