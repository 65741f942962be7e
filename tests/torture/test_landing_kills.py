"""The lander is killed before and after everything it does; nothing is lost, nothing is twice."""

import pytest

from tests.torture import checker, doomed, table
from tests.torture.conftest import Ground

UNCOMMITTED = (
    "before_poll", "after_poll", "before_begin", "after_begin", "before_fence", "after_fence",
    "before_copy", "after_copy", "before_commit",
)  # fmt: skip
COMMITTED = ("after_commit", "before_acknowledgement", "after_acknowledgement")
POINTS = UNCOMMITTED + COMMITTED
OPEN = {"after_begin", "after_fence", "before_copy", "after_copy", "before_commit"}
"""Where PostgreSQL's transaction is open."""


@pytest.mark.parametrize(
    "rounds", [2, pytest.param(65, marks=[pytest.mark.torture, pytest.mark.timeout(3_600)])]
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
