"""The relay is killed around Kafka's transaction; each entry is on Kafka once and in order."""

import pytest

from tests.torture import doomed, table
from tests.torture.conftest import Ground
from tests.torture.outbox import Outbox

POINTS = ("before_produce", "after_produce", "before_commit", "after_commit")


@pytest.mark.torture
@pytest.mark.timeout(3_600)
def test_kills_around_kafkas_transaction_lose_and_double_nothing(ground: Ground) -> None:
    outbox = Outbox(ground)
    killed_at: float | None = None
    for kill in range(25 * len(POINTS)):
        point, after = POINTS[kill % len(POINTS)], 1 + kill // len(POINTS) % 2
        outbox.queue(10 * after)
        child = ground.start(doomed.publish, point=point, after=after, most_records=10)
        hit = child.dies()
        row = table.scenario(f"relay killed {point.replace('_', ' ')}")
        row.hit(hit["records"])
        if child.committed is not None and killed_at is not None:
            row.recovered.append(child.committed - killed_at)
        killed_at = hit["at"]
        assert outbox.visible(hit["spans"]) == (hit["records"] if point == "after_commit" else 0)
    ground.start(doomed.publish)
    outbox.wait_until_empty()
    verdict = outbox.verdict()
    for point in POINTS:
        table.scenario(f"relay killed {point.replace('_', ' ')}").verdict = verdict
    assert verdict.right
    assert verdict.produced == len(outbox.queued)
