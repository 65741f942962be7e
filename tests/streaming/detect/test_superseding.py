"""A detector's new version: its findings take the place of the old ones, in one moment."""

from typing import Any

from assets.derivations.disruptions import DISRUPTIONS
from domain.detection import Finding
from domain.detection.registry import DETECTORS
from domain.detection.rotation import AircraftRotation, RotationState
from domain.events import DisruptionEvent
from domain.network_state import FlightRecord
from streaming.derivation import NothingPending, run
from streaming.detect import Detection
from streaming.detect.refold import compare
from streaming.store.standing import current_version
from streaming.store.summary import findings_by_status
from tests.streaming.detect.conftest import Store
from tests.streaming.detect.test_detection import TOPIC, VERSION, detect, stored


class Surer(AircraftRotation):
    """Another version that says less: it predicts nothing."""

    rules = "2"

    def step(self, state: RotationState, event: FlightRecord) -> list[Finding]:
        return [f for f in super().step(state, event) if f.status != "predicted"]


NEWER = Surer(AircraftRotation(6).partitions).version


def derive(store: Store) -> None:
    while not isinstance(run(store.owner, DISRUPTIONS), NothingPending):
        pass


def versions_behind_disruptions(store: Store) -> set[str]:
    """Of the findings that the last revision of any disruption rests on."""
    rows = store.owner.execute(
        "with latest as (select distinct on (disruption_id) finding_ids from derived.disruptions"
        " order by disruption_id, revision desc)"
        " select distinct f.detector_version from latest, unnest(finding_ids) as rests(id)"
        " join detected.findings f on f.finding_id = rests.id"
    )
    return {row[0] for row in rows}


def told(store: Store) -> list[DisruptionEvent]:
    """All but the findings, oldest first."""
    rows = store.owner.execute("select value from outbox.entries")
    events = [DisruptionEvent.model_validate_json(row[0]) for row in rows]
    said = (event for event in events if event.kind != "finding")
    return sorted(said, key=lambda event: event.occurred_at)


def test_disruptions_rest_on_the_new_version_alone(
    store: Store, airline_log: list[FlightRecord], monkeypatch: Any
) -> None:
    store.land(airline_log)
    detect(store)
    derive(store)
    assert versions_behind_disruptions(store) == {VERSION}
    old, revisions = stored(store), store.one("select count(*) from derived.disruptions")
    assert told(store) == []

    detect(store, Surer)
    derive(store)
    assert versions_behind_disruptions(store) == {NEWER}
    assert store.one("select count(*) from derived.disruptions") > revisions
    assert stored(store) == old, "superseded, not gone"
    assert set(findings_by_status(store.owner)) == {"closed", "confirmed"}
    [event] = told(store)
    assert (event.kind, event.key, event.detector_version, event.superseded_version) == (
        "version_took_over", "aircraft_rotation", NEWER, VERSION,
    )  # fmt: skip

    monkeypatch.setitem(DETECTORS, "aircraft_rotation", Surer)
    assert compare(store.owner, "aircraft_rotation", 3).equal


def test_the_old_version_stands_until_the_new_one_has_read_as_far(
    store: Store, airline_log: list[FlightRecord]
) -> None:
    store.land(airline_log)
    detect(store)
    newer = Detection(store.connect(), Surer, TOPIC)
    assert newer.step() is not None
    derive(store)
    assert store.one("select count(*) from detected.findings where detector_version = %s", NEWER)
    assert current_version(store.owner, "aircraft_rotation") == VERSION
    assert versions_behind_disruptions(store) == {VERSION}
    while newer.step():
        pass
    derive(store)
    assert versions_behind_disruptions(store) == {NEWER}


def test_back_to_the_old_version_is_a_taking_over_too(
    store: Store, airline_log: list[FlightRecord]
) -> None:
    store.land(airline_log)
    for make in (AircraftRotation, Surer, AircraftRotation):
        detect(store, make)
        derive(store)
    assert versions_behind_disruptions(store) == {VERSION}
    assert [event.detector_version for event in told(store)] == [NEWER, VERSION]
    detect(store)
    assert store.one("select count(*) from detected.versions") == 3
