"""Laws of every detector in the registry: the findings depend on the logs and on nothing else."""

import pickle
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from domain.detection import Detector, Finding, Fold, findings_hash, freeze, thaw
from domain.detection.errors import SnapshotRefused
from domain.detection.registry import DETECTORS
from domain.identity import name_uuid
from domain.network_state import FlightRecord

PARTITIONS = 3
MIDNIGHT = datetime(2013, 7, 1, tzinfo=UTC)
AIRPORTS = ("JFK", "BOS", "MIA")
Logs = list[list[FlightRecord]]

detectors = pytest.mark.parametrize(
    "detector", [make(PARTITIONS) for make in DETECTORS.values()], ids=DETECTORS
)
law = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def network_days(draw: st.DrawFn) -> Logs:
    """A few aircraft flying round trips, with delays, swaps, cancellations, copies, late news."""
    facts: list[tuple[float, str, str, dict[str, Any]]] = []
    for aircraft in range(draw(st.integers(1, 3))):
        lateness = 0
        for flight in range(draw(st.integers(2, 5))):
            name, sobt = f"{aircraft}/{flight}", 360 + 150 * flight + 7 * aircraft
            departure, arrival = AIRPORTS[flight % 2], AIRPORTS[(flight + 1) % 2]
            facts.append(
                (0, "leg_scheduled", name, {
                    "airline": "B6", "flight_number": str(flight), "departure_airport": departure,
                    "arrival_airport": arrival, "origin_date": MIDNIGHT.date(),
                    "sobt": minute(sobt), "sibt": minute(sobt + 90),
                })
            )  # fmt: skip
            facts.append((5, "aircraft_assigned", name, {"registration": f"N{aircraft}"}))
            fate = draw(
                st.sampled_from(("flown", "flown", "flown", "cancelled", "swapped", "lost"))
            )
            lateness = max(0, lateness - 20) + draw(st.sampled_from((0, 0, 10, 40, 95)))
            if fate == "cancelled":
                facts.append((sobt - 30, "leg_cancelled", name, {}))
                continue
            if fate == "swapped":
                facts.append((sobt - 45, "aircraft_assigned", name, {"registration": "N9"}))
            aobt, aibt = sobt + lateness, sobt + lateness + 85
            facts.append((aobt, "leg_departed", name, {"aobt": minute(aobt)}))
            if fate != "lost":
                facts.append((aibt, "leg_arrived", name, {"aibt": minute(aibt)}))
    facts.sort(key=lambda fact: fact[0])
    logs: Logs = [[] for _ in range(PARTITIONS)]
    events: Counter[tuple[str, str]] = Counter()
    for when, kind, name, told in facts:
        events[kind, name] += 1
        partition = name_uuid("leg", name).int % PARTITIONS
        event_id = name_uuid("event", kind, name, events[kind, name])
        for copy in range(draw(st.sampled_from((1, 1, 1, 1, 2)))):
            into = (partition + copy) % PARTITIONS
            log = logs[into]
            log.append(record(into, len(log), event_id, kind, when, name, told))
    for partition, log in enumerate(logs):
        if draw(st.booleans()) and log:  # delivered so late that it must not count
            old = log[draw(st.integers(0, len(log) - 1))]
            log.append(old._replace(offset=len(log), event_id=name_uuid("late", partition)))
        end = name_uuid("clock", partition)
        log.append(record(partition, len(log), end, "clock", 2000, None, {}))
    return logs


def minute(count: float) -> datetime:
    return MIDNIGHT + timedelta(minutes=count)


def record(
    partition: int, offset: int, event_id: Any, kind: str, when: float, name: str | None, told: Any
) -> FlightRecord:
    leg_id = None if name is None else name_uuid("leg", name)
    return FlightRecord(
        1, partition, offset, event_id, kind, minute(when), name_uuid("cause"), leg_id, **told
    )


def at_once(detector: Detector[Any], logs: Logs) -> tuple[Fold[Any], list[Finding]]:
    fold = Fold(detector)
    return fold, fold.feed(record for log in logs for record in log)


@detectors
@law
@given(logs=network_days(), data=st.data())
def test_interleaving_cuts_restarts_and_redelivery_change_no_byte(
    detector: Detector[Any], logs: Logs, data: st.DataObject
) -> None:
    whole, expected = at_once(detector, logs)
    fold: Fold[Any] = Fold(detector)
    found: list[Finding] = []
    following = [0] * PARTITIONS
    while open_logs := [p for p in range(PARTITIONS) if following[p] < len(logs[p])]:
        batch: list[FlightRecord] = []
        for partition in data.draw(st.permutations(open_logs)):
            since = max(0, following[partition] - data.draw(st.integers(0, 2)))
            following[partition] += data.draw(st.integers(1, 12))
            batch += logs[partition][since : following[partition]]
        found += fold.feed(batch)
        if data.draw(st.booleans()):
            snapshot = fold.snapshot()
            fold = Fold(detector)
            fold.restore(snapshot)
    assert found == expected  # the very order too
    assert findings_hash(found) == findings_hash(expected)
    assert fold.ordering.late == whole.ordering.late
    assert fold.ordering.duplicates == whole.ordering.duplicates


@detectors
@law
@given(logs=network_days())
def test_findings_are_distinct_and_told_in_event_time(detector: Detector[Any], logs: Logs) -> None:
    _, found = at_once(detector, logs)
    assert len({finding.finding_id for finding in found}) == len(found)
    assert [f.detected_at for f in found] == sorted(f.detected_at for f in found)
    for finding in found:
        assert finding.evidence
        assert 0 <= finding.probability <= 1


@detectors
@law
@given(logs=network_days(), data=st.data())
def test_a_finding_rests_only_on_what_was_knowable(
    detector: Detector[Any], logs: Logs, data: st.DataObject
) -> None:
    """Cut the future off: what had been found by then is found again, to the byte."""
    whole, found = at_once(detector, logs)
    assume(found)
    late = {(listed.lane.partition, listed.offset) for listed in whole.late}
    until = data.draw(st.sampled_from(found)).detected_at
    past: Logs = [
        [r for r in log if r.occurred_at <= until and (p, r.offset) not in late]
        + [
            record(p, 10_000 + end, name_uuid("end", p, end), "clock", 4000 + end * 60, None, {})
            for end in range(2)
        ]
        for p, log in enumerate(logs)
    ]
    _, known = at_once(detector, past)
    assert [f for f in known if f.detected_at <= until] == [
        f for f in found if f.detected_at <= until
    ]


@detectors
def test_a_snapshot_of_another_version_or_with_strange_types_is_refused(
    detector: Detector[Any],
) -> None:
    snapshot = Fold(detector).snapshot()
    other = DETECTORS[detector.name](PARTITIONS + 1)
    with pytest.raises(SnapshotRefused, match=r"\+3p5m.*\+4p5m"):
        Fold(other).restore(snapshot)
    with pytest.raises(SnapshotRefused, match="refold from the start"):
        Fold(detector).restore(snapshot[:-9])


class Planted:
    """What somebody who can write the table might plant."""

    def __reduce__(self) -> Any:
        return print, ("executed",)


def test_thawing_runs_no_planted_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SnapshotRefused, match=r"builtins\.print"):
        thaw(freeze(Planted()), ())
    assert capsys.readouterr().out == ""
    pickle.loads(pickle.dumps(Planted()))  # noqa: S301 (shows that the plant would have worked)
    assert capsys.readouterr().out == "executed\n"
