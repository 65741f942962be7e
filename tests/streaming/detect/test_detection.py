"""The detector on a real database: every finding once, whatever happens on the way."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from domain.detection import Finding, Fold, findings_hash
from domain.detection.rotation import AircraftRotation
from domain.events import DisruptionEvent
from domain.identity import name_uuid
from domain.network_state import FlightRecord
from streaming.detect import Detection, reader_of
from streaming.detect.refold import compare, refold
from streaming.store.detected import stored_findings
from streaming.store.errors import Lost
from streaming.store.intervals import ends, marks, register_kafka_log
from tests.bts import PARTITIONS
from tests.streaming.detect.conftest import Store

TOPIC, READER = "flight.events", reader_of("aircraft_rotation")
VERSION = AircraftRotation(PARTITIONS).version


def detect(store: Store, make: Callable[[int], Any] = AircraftRotation, **more: Any) -> Detection:
    """Load and fold to the end."""
    detection = Detection(store.connect(), make, TOPIC, **more)
    while detection.step():
        pass
    return detection


def without_cause(findings: Sequence[Finding]) -> str:
    return findings_hash(replace(finding, causation_id=None) for finding in findings)


def stored(store: Store, version: str = VERSION) -> list[Finding]:
    return stored_findings(store.owner, "aircraft_rotation", version)


def test_every_finding_is_stored_once_and_announced_once(
    store: Store, airline_log: list[FlightRecord], expected: list[Finding]
) -> None:
    store.land(airline_log)
    detect(store)
    assert len(expected) == 198
    assert without_cause(stored(store)) == without_cause(expected)
    sequences = [r[0] for r in store.owner.execute("select sequence from detected.findings")]
    assert sorted(sequences) == list(range(len(expected)))
    assert marks(store.owner, READER, store.log_id) == ends(store.owner, store.log_id)

    entries = store.owner.execute(
        "select entry_id, key, value, topic from outbox.entries"
    ).fetchall()
    events = [DisruptionEvent.model_validate_json(value) for _, _, value, _ in entries]
    assert {event.finding_id for event in events} == {f.finding_id for f in expected}
    assert {topic for *_, topic in entries} == {"disruption.events"}
    causes = {event.finding_id: event.causation_id for event in events}
    assert causes == {f.finding_id: f.causation_id for f in expected}
    assert all(record.startswith("flight.events/") for e in events for record in e.evidence)


def test_cuts_and_restarts_change_no_finding(
    store: Store, airline_log: list[FlightRecord], expected: list[Finding]
) -> None:
    """Landed in twelve uneven pieces; state is loaded anew after every one of them."""
    drawn = random.Random(1)
    cuts = sorted(drawn.sample(range(len(airline_log)), 11))
    for since, until in zip([0, *cuts], [*cuts, None], strict=True):
        store.land(airline_log[since:until])
        detection = detect(store)
        if drawn.random() < 0.5:
            detection.save_snapshot()
        detection._connection.close()
    assert without_cause(stored(store)) == without_cause(expected)


@pytest.mark.parametrize(
    "point", ["after_marks", "after_findings", "before_commit", "after_commit"]
)
def test_a_crash_at_any_point_loses_and_doubles_nothing(
    store: Store, airline_log: list[FlightRecord], expected: list[Finding], point: str
) -> None:
    class Crash(Exception):
        """Stands for a process that dies: nothing of ours may catch it."""

    def crash(at: str) -> None:
        if at == point:
            raise Crash

    for since in range(0, len(airline_log), 1_000):
        store.land(airline_log[since : since + 1_000])
        with pytest.raises(Crash):
            detect(store, at=crash)
    detect(store)
    assert without_cause(stored(store)) == without_cause(expected)
    assert store.one("select count(*) from outbox.entries") == len(expected)


def test_of_two_detectors_the_second_does_nothing(
    store: Store,
    airline_log: list[FlightRecord],
    expected: list[Finding],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    third_of_them = len(airline_log) // 3
    store.land(airline_log[:third_of_them])
    first, second = (Detection(store.connect(), AircraftRotation, TOPIC) for _ in range(2))
    seen = second._pending()
    assert first.step() is not None
    monkeypatch.setattr(second, "_pending", lambda: seen)  # looked before the first was done
    with pytest.raises(Lost, match="another process"):
        second.step()
    store.land(airline_log[third_of_them:])
    detect(store)
    assert without_cause(stored(store)) == without_cause(expected)


def test_of_two_detectors_in_turns_the_second_has_not_folded_what_the_first_has(
    store: Store, airline_log: list[FlightRecord], expected: list[Finding]
) -> None:
    """Its marks would compare, since it looks after the first is done: its fold lacks a step."""
    third_of_them = len(airline_log) // 3
    first, second = (Detection(store.connect(), AircraftRotation, TOPIC) for _ in range(2))
    store.land(airline_log[:third_of_them])
    assert first.step() is not None
    store.land(airline_log[third_of_them:])
    with pytest.raises(Lost, match="another process"):
        second.step()
    detect(store)
    assert without_cause(stored(store)) == without_cause(expected)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_batch_finds_what_live_has_found(
    store: Store, airline_log: list[FlightRecord], seed: int
) -> None:
    drawn = random.Random(seed)
    since = 0
    while since < len(airline_log):
        until = since + drawn.randint(1, 2_000)
        store.land(airline_log[since:until])
        detect(store)
        since = until
    with store.connect() as connection:
        done = refold(connection, "aircraft_rotation", seed)
    assert done.equal
    assert done.live == 198
    assert done.records == len(airline_log)


def test_batch_notices_a_finding_changed_lost_or_made_up(
    store: Store, airline_log: list[FlightRecord]
) -> None:
    store.land(airline_log)
    detect(store)
    for harm in (
        "update detected.findings set knock_on_minutes = knock_on_minutes + 1 where sequence = 7",
        "delete from detected.findings where sequence = 7",
        "update detected.findings set evidence = evidence || '{1/0/0}' where sequence = 7",
    ):
        with store.owner.transaction(force_rollback=True):
            store.owner.execute(harm)
            assert not compare(store.owner, "aircraft_rotation", 5).equal
    assert compare(store.owner, "aircraft_rotation", 5).equal


class Stricter(AircraftRotation):
    """A later version of the rules."""

    rules = "2"


def test_another_version_starts_over_beside_the_old_findings(
    store: Store, airline_log: list[FlightRecord], expected: list[Finding]
) -> None:
    store.land(airline_log[: len(airline_log) // 2])
    detect(store)
    first_half = len(stored(store))
    store.land(airline_log[len(airline_log) // 2 :])
    newer = detect(store, Stricter).fold.detector.version
    assert len(stored(store)) == first_half
    assert len(stored(store, newer)) == len(expected)
    assert marks(store.owner, READER, store.log_id) == ends(store.owner, store.log_id)


def test_a_snapshot_takes_a_twentieth_of_the_time(
    store: Store, airline_log: list[FlightRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many records come, and however long a snapshot of what is known takes."""
    clock = {"now": 0.0}
    detection = Detection(store.connect(), AircraftRotation, TOPIC, monotonic=lambda: clock["now"])
    freeze, taken = Fold.snapshot, list[float]()

    def slow(fold: Fold[Any]) -> bytes:
        taken.append(clock["now"])
        clock["now"] += 2.0
        return freeze(fold)

    monkeypatch.setattr(Fold, "snapshot", slow)
    for since in range(0, 1_000, 10):
        store.land(airline_log[since : since + 10])
        detection.step()
        clock["now"] += 1.0
    assert taken[:3] == [0.0, 42.0, 84.0]


@pytest.mark.parametrize("harm", ["state = '\\xdeadbeef'", "state = substr(state, 1, 1000)"])
def test_a_damaged_snapshot_costs_time_but_no_finding(
    store: Store, airline_log: list[FlightRecord], expected: list[Finding], harm: str
) -> None:
    store.land(airline_log[:3_000])
    detect(store).save_snapshot()
    store.owner.execute(f"update detected.snapshots set {harm}")
    store.land(airline_log[3_000:])
    detect(store)
    assert without_cause(stored(store)) == without_cause(expected)


def test_late_records_are_counted_and_not_folded(
    store: Store, airline_log: list[FlightRecord], expected: list[Finding]
) -> None:
    store.land(airline_log)
    last = max((r for r in airline_log if r.partition == 0), key=lambda r: r.offset)
    departed = next(r for r in airline_log if r.kind == "leg_departed" and r.partition == 0)
    late = departed._replace(offset=last.offset + 1, event_id=name_uuid("test", "late"))
    store.land([late])
    detect(store).save_snapshot()
    assert store.one("select late_events from detected.snapshots") == 1
    assert without_cause(stored(store)) == without_cause(expected)
    with store.connect() as connection:
        assert refold(connection, "aircraft_rotation", 1).equal


def test_a_recreated_topic_goes_on_where_the_old_one_ended(
    store: Store, airline_log: list[FlightRecord], expected: list[Finding]
) -> None:
    """The second log starts at offset 0 again; nothing of it counts as already seen."""
    half = len(airline_log) // 2
    old, new = airline_log[:half], airline_log[half:]
    again = register_kafka_log(store.owner, "test cluster", "recreated", TOPIC)
    starts = {p: min(r.offset for r in new if r.partition == p) for p in range(PARTITIONS)}
    moved = [r._replace(log_id=again, offset=r.offset - starts[r.partition]) for r in new]
    store.land(old)
    detect(store)
    store.land(moved, again)
    detect(store)
    ids = {finding.finding_id for finding in stored(store)}
    assert ids == {finding.finding_id for finding in expected}
    with store.connect() as connection:
        assert refold(connection, "aircraft_rotation", 9).equal


def test_a_further_partition_is_noticed_and_folded(
    store: Store, airline_log: list[FlightRecord]
) -> None:
    store.land(airline_log[:2_000])
    detection = detect(store)
    assert not detection.outgrown
    grown = [r._replace(partition=PARTITIONS, offset=0) for r in airline_log[-1:]]
    store.land(grown)
    assert detection.outgrown
    store.land(airline_log[2_000:])
    version = detect(store).fold.detector.version
    assert version.startswith("1+7p")
    with store.connect() as connection:
        done = refold(connection, "aircraft_rotation", 1)
    assert done.version == version
    assert done.equal
    assert done.live == 198


def test_the_detector_may_read_and_add_but_not_rewrite(store: Store) -> None:
    with store.connect() as connection:
        for statement in (
            "update detected.findings set probability = 0",
            "delete from detected.findings",
            "insert into landed.flight_events default values",
            "select * from landed.passenger_events",
        ):
            with pytest.raises(Exception, match="permission denied"):
                connection.execute(statement)


def test_the_fold_does_not_mind_partition_after_partition(
    airline_log: list[FlightRecord], found_in_memory: list[Finding]
) -> None:
    by_lane = sorted(airline_log, key=lambda r: (r.partition, r.offset))
    assert Fold(AircraftRotation(PARTITIONS)).feed(by_lane) == found_in_memory
