"""Each guard is taken out once, and the checker turns red: it is the guards that keep us right."""

import signal

from streaming.detect import Detection
from tests.torture import doomed
from tests.torture.conftest import Ground
from tests.torture.detecting import Watch
from tests.torture.outbox import Outbox


def test_without_the_fence_rows_are_landed_twice(ground: Ground) -> None:
    ground.landing.drop_the_primary_key()  # it would still refuse a doubled row
    ground.produce(90)
    zombie = ground.start(doomed.land, kind="unfenced", point="after_poll", number=signal.SIGSTOP)
    zombie.stops()
    ground.start(doomed.land, kind="unfenced")
    ground.wait_until_landed()
    zombie.goes_on()
    zombie.hear("committed")
    assert ground.verdict().duplicated


def test_without_kafkas_position_entries_are_published_twice(ground: Ground) -> None:
    outbox = Outbox(ground)
    outbox.queue(20)
    ground.start(doomed.publish, point="after_commit").dies()
    assert outbox.verdict().right
    ground.start(doomed.publish, kind="unplaced")
    outbox.wait_until_empty()
    assert outbox.verdict().duplicated


def test_without_the_comparison_of_marks_findings_are_lost(
    watch: Watch, migrated_url: str, undisturbed_url: str
) -> None:
    """Two detectors take turns, and each folds half of the log."""

    class Unmarked(Detection):
        def _take(self, interval):
            for partition, (_, until) in interval.spans.items():
                self._connection.execute(
                    "insert into logs.marks values (%s, %s, %s, %s) on conflict"
                    " (reader, log_id, partition) do update set next_offset = excluded.next_offset",
                    (self.reader, interval.log_id, partition, until),
                )
            return True

    two = [watch.detection(Unmarked) for _ in range(2)]
    watch.land()
    while two[0].step():
        two.reverse()
    verdict = watch.verdict(migrated_url, undisturbed_url)
    assert verdict.lost
