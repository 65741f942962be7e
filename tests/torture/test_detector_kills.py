"""The detector is killed around its commit; its findings are those of a run without a kill."""

import pytest

from tests.torture import table
from tests.torture.detecting import Watch

POINTS = ("after_marks", "after_findings", "before_commit", "after_commit")


@pytest.mark.torture
@pytest.mark.timeout(3_600)
def test_kills_around_the_commit_change_no_finding(
    watch: Watch, migrated_url: str, undisturbed_url: str
) -> None:
    watch.land(200)
    killed_at: float | None = None
    for kill in range(30 * len(POINTS)):
        point, after = POINTS[kill % len(POINTS)], 1 + kill // len(POINTS) % 2
        watch.land(45)
        hit = (child := watch.start(point=point, after=after)).dies()
        row = table.scenario(f"detector killed {point.replace('_', ' ')}")
        row.hit(hit["records"])
        if child.committed is not None and killed_at is not None:
            row.recovered.append(child.committed - killed_at)
        killed_at = hit["at"]
        assert hit["transaction"] == ("IDLE" if point == "after_commit" else "INTRANS")
        marks = watch.marks()
        for _, partition, since, until in hit["spans"]:
            expected = until if point == "after_commit" else since
            assert marks.get(partition, 0) == expected
    watch.finish()
    verdict = watch.verdict(migrated_url, undisturbed_url)
    for point in POINTS:
        table.scenario(f"detector killed {point.replace('_', ' ')}").verdict = verdict
    assert verdict.produced > 100
    assert verdict.right
