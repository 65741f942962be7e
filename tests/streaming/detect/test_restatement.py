"""A record comes hours late: what it would have told is added, what rests on its lack withdrawn."""

import time
from dataclasses import replace
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest

from assets.derivations.corrections import FINDING_CORRECTIONS
from domain.detection import Finding, restate, statements_hash
from domain.detection.registry import DETECTORS
from domain.detection.rotation import AircraftRotation
from domain.events import DisruptionEvent
from domain.network_state import FlightRecord
from streaming.derivation import NothingPending, Written, run
from streaming.detect import reader_of
from streaming.detect.refold import Refolded, compare, refold
from streaming.detect.restatement import NotClosed
from streaming.detect.worker import DetectWorker
from streaming.store.detected import corrected_findings
from streaming.store.intervals import ends, marks
from tests.bts import PARTITIONS
from tests.streaming.detect.conftest import Store
from tests.streaming.detect.test_detection import TOPIC, VERSION, detect, stored
from tests.streaming.detect.test_superseding import Surer, derive

DETECTOR = AircraftRotation(PARTITIONS)
SECONDS = 60


@pytest.fixture(scope="session")
def late_log(
    airline_log: list[FlightRecord], found_in_memory: list[Finding]
) -> tuple[list[FlightRecord], FlightRecord]:
    """The log with one record moved to its end: a late departure that makes the next leg late."""
    records = {r.event_id: r for r in airline_log if r.kind == "leg_departed"}
    cause = next(
        records[f.causation_id]
        for f in found_in_memory
        if f.status != "closed"
        and f.causation_id in records
        and records[f.causation_id].leg_id == f.from_leg_id
    )
    last = max(r.offset for r in airline_log if r.partition == cause.partition)
    return [r for r in airline_log if r is not cause], cause._replace(offset=last + 1)


def work(store: Store) -> None:
    """The real worker, until it has read everything."""
    stop = Signal()
    worker = DetectWorker(store.connect, AircraftRotation, TOPIC)
    thread = Thread(target=worker.run, args=(stop,))
    thread.start()
    deadline = time.monotonic() + SECONDS
    try:
        reader = reader_of(DETECTOR.name)
        while marks(store.owner, reader, store.log_id) != ends(store.owner, store.log_id):
            assert time.monotonic() < deadline, "not detected in time"
            time.sleep(0.05)
    finally:
        stop.set()
        thread.join()


def refolded(store: Store) -> Refolded:
    with store.connect() as connection:
        return refold(connection, DETECTOR.name, 1)


def in_time(store: Store, log: list[FlightRecord]) -> list[Finding]:
    """The fold of the records in time order, up to where event time has closed."""
    ordered = sorted(log, key=lambda r: (r.occurred_at, r.partition, r.log_id, r.offset))
    named = (r._replace(log_id=store.log_id) for r in ordered)
    until = store.owner.execute("select until from detected.restatements").fetchone()
    assert until is not None
    return restate(DETECTOR, ((r, False) for r in named if r.occurred_at <= until[0])).findings


def corrected(store: Store) -> list[Finding]:
    until = store.one("select max(until) from detected.restatements")
    return corrected_findings(store.owner, DETECTOR.name, VERSION, until)


def resting(store: Store) -> set[Any]:
    """Findings that the last revisions of disruptions rest on."""
    rows = store.owner.execute(
        "select distinct on (disruption_id) finding_ids from derived.disruptions"
        " order by disruption_id, revision desc"
    )
    return {finding_id for row in rows for finding_id in row[0]}


def test_a_late_record_is_put_where_it_belongs(
    store: Store, late_log: tuple[list[FlightRecord], FlightRecord]
) -> None:
    log, late = late_log
    store.land(log)
    work(store)
    derive(store)
    before = resting(store)
    store.land([late])
    work(store)
    live = stored(store)
    derive(store)
    assert resting(store) == before, "live folds no late record"

    done = run(store.owner, FINDING_CORRECTIONS)
    assert isinstance(done, Written)
    assert done.outcome.counts["late records"] == 1
    assert done.outcome.counts["added"] >= 1
    assert done.outcome.counts["withdrawn"] >= 1
    assert stored(store) == live, "what was found live stays as it was"
    assert statements_hash(corrected(store)) == statements_hash(in_time(store, [*log, late]))
    assert statements_hash(corrected(store)) != statements_hash(live)
    assert store.one("select evidence from detected.restatements") == [
        f"{store.log_id}/{late.partition}/{late.offset}"
    ]

    derive(store)
    rows = store.owner.execute("select finding_id, action from detected.corrections").fetchall()
    added = {finding_id for finding_id, action in rows if action == "added"}
    withdrawn = {finding_id for finding_id, action in rows if action == "withdrawn"}
    assert added & resting(store), "disruptions rest on what was added"
    assert not withdrawn & resting(store), "and on nothing that was withdrawn"
    assert refolded(store).equal
    told = [
        DisruptionEvent.model_validate_json(row[0])
        for row in store.owner.execute("select value from outbox.entries")
    ]
    assert {e.finding_id for e in told if e.kind == "finding_withdrawn"} == withdrawn
    assert added <= {e.finding_id for e in told if e.kind == "finding"}


def test_a_second_restatement_books_nothing(
    store: Store, late_log: tuple[list[FlightRecord], FlightRecord]
) -> None:
    store.land([*late_log[0], late_log[1]])
    detect(store)
    assert isinstance(run(store.owner, FINDING_CORRECTIONS), Written)
    booked = store.one("select count(*) from detected.corrections")
    assert booked
    assert isinstance(run(store.owner, FINDING_CORRECTIONS), NothingPending)
    store.owner.execute("delete from logs.marks where reader = %s", (FINDING_CORRECTIONS.reader,))
    again = run(store.owner, FINDING_CORRECTIONS)
    assert isinstance(again, Written)
    assert again.outcome.rows == {"detected.corrections": 0}
    assert store.one("select count(*) from detected.corrections") == booked


def test_a_copy_that_comes_late_changes_nothing(
    store: Store, airline_log: list[FlightRecord]
) -> None:
    last = max((r for r in airline_log if r.partition == 0), key=lambda r: r.offset)
    first = next(r for r in airline_log if r.kind == "leg_departed" and r.partition == 0)
    store.land([*airline_log, first._replace(offset=last.offset + 1)])
    detect(store)
    done = run(store.owner, FINDING_CORRECTIONS)
    assert isinstance(done, Written)
    assert done.outcome.counts == {"late records": 1, "added": 0, "withdrawn": 0}
    assert store.one("select count(*) from detected.restatements") == 0


def test_it_waits_until_event_time_has_closed(
    store: Store, late_log: tuple[list[FlightRecord], FlightRecord]
) -> None:
    """A partition that lags holds the fold back; the late record keeps its place in the queue."""
    log, late = late_log
    lagging = [r for r in log if r.partition == (late.partition + 1) % PARTITIONS]
    store.land([*(r for r in log if r.partition != lagging[0].partition), late])
    for told in (lagging[:9], lagging[9:]):
        detect(store)
        with pytest.raises(NotClosed):
            run(store.owner, FINDING_CORRECTIONS)
        store.land(told)
    detect(store)
    done = run(store.owner, FINDING_CORRECTIONS)
    assert isinstance(done, Written)
    assert done.outcome.counts["added"] >= 1
    assert statements_hash(corrected(store)) == statements_hash(in_time(store, [*log, late]))


def test_a_new_version_is_restated_for_itself(
    store: Store,
    late_log: tuple[list[FlightRecord], FlightRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store.land([*late_log[0], late_log[1]])
    detect(store)
    detect(store, Surer)
    done = run(store.owner, FINDING_CORRECTIONS)
    assert isinstance(done, Written)
    assert done.outcome.rows == {"detected.corrections": 0}, "superseded, and none of ours"
    store.owner.execute("delete from logs.marks where reader = %s", (FINDING_CORRECTIONS.reader,))
    monkeypatch.setitem(DETECTORS, DETECTOR.name, Surer)
    done = run(store.owner, FINDING_CORRECTIONS)
    assert isinstance(done, Written)
    assert done.outcome.counts["late records"] == 2, "late for both"
    assert done.outcome.counts["added"] >= 1
    assert refolded(store).equal


def test_the_proof_notices_what_is_wrong_with_the_corrections(
    store: Store, late_log: tuple[list[FlightRecord], FlightRecord]
) -> None:
    store.land([*late_log[0], late_log[1]])
    detect(store)
    run(store.owner, FINDING_CORRECTIONS)
    for harm in (
        "delete from detected.corrections where action = 'withdrawn'",
        "update detected.findings set knock_on_minutes = 1 where restatement_id is not null",
        "update detected.restatements set findings_hash = '0'",
    ):
        with store.owner.transaction(force_rollback=True):
            store.owner.execute(harm)
            harmed = compare(store.owner, DETECTOR.name, 1)
            assert not harmed.equal
            assert replace(harmed, restated=None).equal, "live itself is as it was"
    assert refolded(store).equal
