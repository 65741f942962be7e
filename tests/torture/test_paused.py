"""A process is stopped in the middle of its work, another takes over, and the zombie wakes."""

import signal

import psycopg
import pytest

from tests.torture import doomed, table
from tests.torture.conftest import Ground
from tests.torture.detecting import Watch
from tests.torture.outbox import Outbox

pytestmark = [pytest.mark.torture, pytest.mark.timeout(900)]
STOP = signal.SIGSTOP


def end_session(url: str, application: str) -> int:
    """What PostgreSQL does when it finds that a client is gone; says how many it found."""
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where application_name = %s and datname = current_database()",
            (application,),
        ).rowcount


@pytest.mark.parametrize(
    "point",
    ["after_poll", "before_begin", "before_fence", "after_commit", "before_acknowledgement"],
)
def test_a_lander_that_wakes_up_after_another_has_taken_over_is_fenced(
    ground: Ground, point: str
) -> None:
    """Nothing ends its session: the fence alone stands between it and the rows."""
    row = table.scenario("lander stopped, another by force, and woken")
    for _ in range(5):
        ground.produce(90)
        zombie = ground.start(doomed.land, point=point, number=STOP)
        hit = zombie.stops()
        row.hit(hit["records"])
        other = ground.start(doomed.land, kind="forcing")
        ground.produce(90, unreadable=1)
        ground.wait_until_landed()
        row.recovered.append(other.hear("committed")["committed"] - hit["at"])
        zombie.goes_on()
        ground.produce(45)  # else one that had committed has nothing to fail with
        assert zombie.hear("failed")["failed"] == "Lost"
        zombie.kill()
        ground.wait_until_landed()
        other.kill()
    row.verdict = ground.verdict()
    assert row.verdict.right


@pytest.mark.parametrize("point", ["after_begin", "after_fence", "after_copy", "before_commit"])
def test_a_lander_that_wakes_up_in_an_open_transaction_cannot_commit_it(
    ground: Ground, point: str
) -> None:
    """It holds the rows of its partitions: PostgreSQL ends it, as it ends a client that is gone."""
    row = table.scenario("lander stopped in its transaction, session ended, and woken")
    for _ in range(5):
        ground.produce(90)
        zombie = ground.start(doomed.land, point=point, number=STOP)
        hit = zombie.stops()
        assert hit["transaction"] == "INTRANS"
        row.hit(hit["records"])
        assert end_session(ground.landing.database_url, "lander") == 1
        other = ground.start(doomed.land)
        ground.wait_until_landed()
        row.recovered.append(other.hear("committed")["committed"] - hit["at"])
        zombie.goes_on()
        assert zombie.hear("failed")["failed"] in ("AdminShutdown", "OperationalError")
        zombie.kill()
        ground.produce(45)
        ground.wait_until_landed()
        other.kill()
    row.verdict = ground.verdict()
    assert row.verdict.right


@pytest.mark.parametrize("point", ["before_produce", "after_produce", "before_commit"])
def test_a_relay_that_wakes_up_after_another_has_taken_over_is_fenced(
    ground: Ground, point: str
) -> None:
    """Kafka does not let it commit: the other has its transactional id."""
    outbox = Outbox(ground)
    row = table.scenario("relay stopped, session ended, another in its place, and woken")
    for _ in range(5):
        outbox.queue(40)
        zombie = ground.start(doomed.publish, point=point, number=STOP, most_records=20)
        hit = zombie.stops()
        row.hit(hit["records"])
        assert end_session(ground.landing.database_url, "relay") == 1
        other = ground.start(doomed.publish)
        row.recovered.append(other.hear("committed")["committed"] - hit["at"])
        zombie.goes_on()
        assert zombie.hear("failed")["failed"] == "BrokerError"
        zombie.kill()
        outbox.queue(20)
        outbox.wait_until_empty()
        other.kill()
    row.verdict = outbox.verdict()
    assert row.verdict.right


def test_a_detector_that_wakes_up_after_another_has_moved_the_marks_is_refused(
    watch: Watch, migrated_url: str, undisturbed_url: str
) -> None:
    """Nobody is asked for the duty: the comparison of marks alone keeps the two apart."""
    row = table.scenario("detector stopped, another by force, and woken")
    watch.land(200)
    for _ in range(20):
        watch.land(150)
        zombie = watch.start(point="after_pending", number=STOP, kind="forcing")
        hit = zombie.stops()
        row.hit(hit["records"])
        other = watch.start(kind="forcing")
        row.recovered.append(other.hear("committed")["committed"] - hit["at"])
        zombie.goes_on()
        assert zombie.hear("failed")["failed"] == "Lost"
        zombie.kill()
        other.kill()
    watch.finish()
    row.verdict = watch.verdict(migrated_url, undisturbed_url)
    assert row.verdict.right
