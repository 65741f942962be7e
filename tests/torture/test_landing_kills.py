"""The lander is killed before and after everything it does; nothing is lost, nothing is twice."""

import random
import time

import pytest

from tests.torture import checker, doomed, table
from tests.torture.conftest import Ground

UNCOMMITTED = (
    "before_poll", "after_poll", "before_begin", "after_begin", "before_fence", "after_fence",
    "before_copy", "after_copy", "before_commit",
)  # fmt: skip
COMMITTED = ("after_commit", "before_acknowledgement", "after_acknowledgement")
POINTS = UNCOMMITTED + COMMITTED
OPEN = {"after_begin", "before_fence", "after_fence", "before_copy", "after_copy", "before_commit"}
"""Where PostgreSQL's transaction is open."""


@pytest.mark.parametrize(
    "rounds", [2, pytest.param(60, marks=[pytest.mark.torture, pytest.mark.timeout(3_600)])]
)
def test_kills_at_named_points_lose_and_double_nothing(ground: Ground, rounds: int) -> None:
    topic_id, url = ground.topic_id, ground.landing.database_url
    killed_at: float | None = None
    for kill in range(rounds * len(POINTS)):
        point = POINTS[kill % len(POINTS)]
        # The second batch too, so that a kill meets a lander in the middle of its work.
        after = 1 + kill // len(POINTS) % 2
        ground.produce(doomed.MOST_RECORDS * after, unreadable=1)
        hit = (child := ground.start(doomed.land, point=point, after=after)).dies()
        row = table.scenario(f"lander killed {point.replace('_', ' ')}")
        row.hit(hit["records"])
        if child.committed is not None and killed_at is not None:
            row.recovered.append(child.committed - killed_at)
        killed_at = hit["at"]
        assert (hit["transaction"] == "INTRANS") == (point in OPEN)
        seen = checker.visible(url, topic_id, hit["spans"])
        assert seen == (len(hit["spans"]) if point in COMMITTED else 0)
        assert checker.gaps(url, topic_id) == 0
    verdict = ground.drain(most_records=10_000)
    for point in POINTS:
        table.scenario(f"lander killed {point.replace('_', ' ')}").verdict = verdict
    assert verdict.produced == len(ground.produced) + ground.unreadable
    assert verdict.right


@pytest.mark.torture
@pytest.mark.timeout(1_200)
def test_kills_from_outside_at_any_moment_lose_and_double_nothing(ground: Ground) -> None:
    drawn = random.Random(1)
    row = table.scenario("lander killed from outside, at any moment")
    while row.hits < 60:
        ground.produce(300, unreadable=1)
        child = ground.start(doomed.land, most_records=20)
        child.hear("committed")
        time.sleep(drawn.uniform(0, 0.1))
        child.kill()
        if left := len(ground.produced) + ground.unreadable - ground.landed():
            row.hit(left)
        assert checker.gaps(ground.landing.database_url, ground.topic_id) == 0
    row.verdict = ground.drain(most_records=10_000)
    assert row.verdict.right


@pytest.mark.torture
@pytest.mark.timeout(600)
def test_a_process_that_is_killed_and_started_again_goes_on(ground: Ground) -> None:
    """As the supervisor does it, with all that a start takes."""
    row = table.scenario("lander killed, and started again as a process")
    for _ in range(10):
        process, landed = ground.landing.lander(), ground.landed()
        ground.produce(2_000, unreadable=1)
        ground.recovers(time.monotonic(), landed)
        process.kill()
        at, landed = time.monotonic(), ground.landed()
        ground.produce(2_000)
        row.hit(len(ground.produced) + ground.unreadable - landed)
        again = ground.landing.lander()
        row.recovered.append(ground.recovers(at, landed))
        ground.wait_until_landed()
        again.kill()
        again.wait()
    row.verdict = ground.verdict()
    assert row.verdict.right
