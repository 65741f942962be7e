"""Nothing lost and nothing twice, whatever dies and whenever; on the real engines."""

import signal
import time

from tests.streaming.landing.conftest import Landing


def test_what_is_landed_is_what_was_produced(landing: Landing) -> None:
    landing.produce(3_000, unreadable=5)
    lander = landing.lander()
    landing.wait_until_landed()
    lander.send_signal(signal.SIGTERM)
    assert lander.wait(20) == 0
    landing.assert_exactly_once()
    assert sum(map(len, landing.landed().values())) == 3_005


def test_two_landers_on_one_partition_double_nothing(landing: Landing) -> None:
    landing.produce(2_000)
    first = landing.lander()
    time.sleep(1.5)
    second = landing.lander(kind="forcing")
    for _ in range(10):
        landing.produce(1_000)
    landing.wait_until_landed()
    assert first.poll() is None
    assert second.poll() is None
    landing.assert_exactly_once()


def test_a_second_lander_takes_over_when_the_first_dies(landing: Landing) -> None:
    landing.produce(500)
    first = landing.lander()
    landing.wait_until_landed()
    landing.lander()
    time.sleep(1.5)
    first.kill()
    landing.produce(500)
    landing.wait_until_landed(30)
    landing.assert_exactly_once()


def test_landers_share_the_partitions_and_one_that_dies_comes_back_to_its_own(
    landing: Landing,
) -> None:
    landing.lander(share=(1, 3))
    second = landing.lander(share=(2, 3))
    landing.lander(share=(3, 3))
    landing.produce(3_000, unreadable=20)
    landing.wait_until_landed()
    second.kill()
    second.wait()
    landing.produce(2_000)
    landing.lander(share=(2, 3))
    landing.wait_until_landed(30)
    landing.assert_exactly_once()
    owners = landing.query(
        "select mod(partition, 3), count(distinct owner) from logs.ends group by 1"
    )
    assert sorted(owners) == [(0, 1), (1, 1), (2, 1)]
    assert landing.query("select count(distinct owner) from logs.ends") == [(3,)]


def test_landers_that_start_together_do_not_wait_for_each_other(landing: Landing) -> None:
    for _ in range(3):
        landing.lander()
    landing.produce(500)
    landing.wait_until_landed(30)
    landing.assert_exactly_once()


def test_a_crash_of_postgresql_loses_and_doubles_nothing(landing: Landing) -> None:
    landing.produce(2_000)
    landing.lander()
    time.sleep(1.5)
    before = landing.stack.pid("postgres")
    # SIGQUIT is what `pg_ctl stop -m immediate` sends: no shutdown, recovery at the next start.
    landing.stack.kill("postgres", signal.SIGQUIT)
    landing.produce(3_000)
    landing.stack.wait_until_healthy_again("postgres", before)
    landing.wait_until_landed()
    landing.assert_exactly_once()


def test_a_restart_of_the_broker_loses_and_doubles_nothing(landing: Landing) -> None:
    landing.produce(2_000)
    landing.lander()
    time.sleep(1.5)
    landing.stack.restart("kafka")
    landing.produce(2_000)
    landing.wait_until_landed()
    landing.assert_exactly_once()
