"""One aircraft's day, told event by event: what the rotation detector says, when, and why."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.detection import Finding
from domain.detection.rotation import AircraftRotation
from domain.identity import name_uuid
from domain.network_state import FlightRecord

MIDNIGHT = datetime(2013, 7, 1, tzinfo=UTC)


def at(clock: str) -> datetime:
    hours, minutes = clock.split(":")
    return MIDNIGHT + timedelta(hours=int(hours), minutes=int(minutes))


def leg(name: str) -> UUID:
    return name_uuid("test", name)


class Day:
    """Tells a detector one event after another and keeps what it said."""

    def __init__(self) -> None:
        self.detector = AircraftRotation(partitions=1)
        self.state = self.detector.initial()
        self.found: list[Finding] = []
        self.told = 0

    def tell(self, clock: str, kind: str, name: str | None = None, **facts: Any) -> list[Finding]:
        self.told += 1
        record = FlightRecord(
            1, 0, self.told, name_uuid("event", self.told), kind, at(clock), leg("cause"),
            None if name is None else leg(name), **facts,
        )  # fmt: skip
        new = self.detector.step(self.state, record)
        self.found += new
        return new

    def plan(self, name: str, route: str, sobt: str, sibt: str, aircraft: str = "N1") -> None:
        departure, arrival = route.split("-")
        self.tell(
            "0:00", "leg_scheduled", name, airline="B6", flight_number="1",
            departure_airport=departure, arrival_airport=arrival, origin_date=MIDNIGHT.date(),
            sobt=at(sobt), sibt=at(sibt),
        )  # fmt: skip
        self.tell("0:01", "aircraft_assigned", name, registration=aircraft)

    def depart(self, name: str, clock: str) -> list[Finding]:
        return self.tell(clock, "leg_departed", name, aobt=at(clock))

    def arrive(self, name: str, clock: str) -> list[Finding]:
        return self.tell(clock, "leg_arrived", name, aibt=at(clock))


def there_and_back() -> Day:
    """JFK-BOS 8:00-9:00, BOS-JFK 9:45-10:45, JFK-MIA 11:30-14:30; turns of 45 minutes."""
    day = Day()
    day.plan("out", "JFK-BOS", "8:00", "9:00")
    day.plan("back", "BOS-JFK", "9:45", "10:45")
    day.plan("south", "JFK-MIA", "11:30", "14:30")
    return day


def late_by_estimate(day: Day, eobt: str) -> Finding:
    return day.tell("7:50", "leg_estimated", "out", eobt=at(eobt))[0]


def said(findings: list[Finding]) -> list[tuple[UUID, str, object]]:
    return [(f.to_leg_id, f.status, f.statistics["reason"]) for f in findings]


def test_a_punctual_day_is_silent() -> None:
    day = there_and_back()
    for name, aobt, aibt in (("out", "8:00", "8:58"), ("back", "9:44", "10:50")):
        day.depart(name, aobt)
        day.arrive(name, aibt)
    day.depart("south", "11:33")
    assert day.found == []


def test_a_late_departure_is_seen_through_two_turns_with_one_root() -> None:
    day = there_and_back()
    # In at 10:20, out again at 10:51 after a minimum turn of 31: 66 minutes late for the next, and
    # 66 - 14 for the one after, whose planned turn has 14 minutes to spare.
    late = day.tell("7:50", "leg_estimated", "out", eobt=at("9:20"))
    assert [(f.to_leg_id, f.status, f.knock_on_minutes) for f in late] == [
        (leg("back"), "confirmed", 66),
        (leg("south"), "confirmed", 52),
    ]
    assert {f.root_leg_id for f in late} == {leg("out")}
    assert late[0].from_leg_id == leg("out")
    assert late[1].from_leg_id == leg("back")
    assert late[0].detected_at == at("7:50")
    assert late[0].statistics["lead_minutes"] == 115
    assert late[1].statistics["links_to_root"] == 1


def test_silence_after_schedule_is_news_before_the_departure_is() -> None:
    day = there_and_back()
    found = day.tell("9:05", "clock")
    assert found
    first = found[0]
    assert (first.to_leg_id, first.status, first.causation_id) == (leg("back"), "predicted", None)
    assert at("8:10") < first.detected_at < at("9:05")


def test_evidence_names_every_record_it_rests_on_and_the_id_hangs_on_it() -> None:
    first, second = there_and_back(), there_and_back()
    found = late_by_estimate(first, "9:20")
    assert "1/0/7" in found.evidence  # the estimate
    assert {"1/0/1", "1/0/2", "1/0/3", "1/0/4"} <= set(found.evidence)  # schedules and tails
    assert late_by_estimate(second, "9:20").finding_id == found.finding_id
    second.tell("7:51", "leg_estimated", "out", eobt=at("8:00"))
    again = second.tell("7:52", "leg_estimated", "out", eobt=at("9:20"))
    assert [f.status for f in again] == ["confirmed", "confirmed"]
    assert found.finding_id not in {f.finding_id for f in again}


def test_a_status_is_said_once_until_it_changes() -> None:
    day = there_and_back()
    day.depart("out", "9:20")
    before = len(day.found)
    assert day.tell("9:30", "leg_estimated", "out", eibt=at("10:22")) == []
    assert day.tell("9:40", "leg_estimated", "out", eibt=at("10:25")) == []
    assert len(day.found) == before


def test_time_made_up_in_the_air_takes_it_back() -> None:
    day = there_and_back()
    day.depart("out", "8:50")
    assert [status for _, status, _ in said(day.found)][-1] in ("predicted", "confirmed")
    found = day.tell("9:00", "leg_estimated", "out", eibt=at("9:12"))
    assert (leg("back"), "closed", "recovered") in said(found)


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (("aircraft_assigned", "back", {"registration": "N2"}), "swapped"),
        (("leg_cancelled", "back", {}), "cancelled"),
        (("leg_diverted", "out", {"diverted_to": "PVD"}), "diverted"),
    ],
)
def test_a_broken_link_is_closed_with_its_reason(
    event: tuple[str, str, dict[str, Any]], reason: str
) -> None:
    day = there_and_back()
    day.depart("out", "9:20")
    kind, name, facts = event
    found = day.tell("9:25", kind, name, **facts)
    assert (leg("back"), "closed", reason) in said(found)


def test_after_a_swap_the_leg_is_judged_by_its_new_aircraft() -> None:
    day = there_and_back()
    day.plan("other", "ORD-BOS", "6:00", "9:00", aircraft="N2")
    day.depart("other", "6:00")
    day.depart("out", "9:20")
    day.tell("9:25", "aircraft_assigned", "back", registration="N2")
    day.arrive("other", "10:30")
    last = [f for f in day.found if f.to_leg_id == leg("back")][-1]
    assert (last.from_leg_id, last.status, last.scope) == (leg("other"), "confirmed", "N2")


def test_the_actual_times_prove_what_the_curve_left_open() -> None:
    day = there_and_back()
    # 31 minutes of turn after 9:33 are 10:04: 19 minutes too late, 0.39 by the curve.
    day.depart("out", "8:33")
    day.arrive("out", "9:33")
    assert not [f for f in day.found if f.status == "confirmed" and f.to_leg_id == leg("back")]
    found = day.depart("back", "10:05")
    proven = [f for f in found if f.to_leg_id == leg("back")]
    assert said(proven) == [(leg("back"), "confirmed", "proven")]
    assert proven[0].probability == 1.0
    assert proven[0].knock_on_minutes == 19


def test_a_delay_that_formed_anew_is_not_blamed_on_the_inbound() -> None:
    day = there_and_back()
    day.depart("out", "8:00")
    day.arrive("out", "9:00")
    found = day.depart("back", "10:45")
    assert (leg("back"), "confirmed", "proven") not in said(found)
    south = next(f for f in day.found if f.to_leg_id == leg("south") and f.status == "confirmed")
    assert south.root_leg_id == leg("back")


def test_a_leg_that_leaves_on_time_after_all_takes_it_back() -> None:
    day = there_and_back()
    day.depart("out", "9:20")
    assert (leg("back"), "closed", "departed_on_time") in said(day.depart("back", "9:50"))


def test_when_only_departures_are_visible_the_return_leg_is_inferred() -> None:
    day = Day()
    day.plan("west", "JFK-LAX", "6:00", "12:00")
    day.plan("again", "JFK-BOS", "20:00", "21:00")
    # 9:00 to 15:00, 31 minutes at LAX, 6 hours back, 31 minutes at JFK: 22:02.
    (finding,) = day.tell("5:00", "leg_estimated", "west", eobt=at("9:00"))
    assert finding.to_leg_id == leg("again")
    assert finding.statistics["link"] == "inferred_return"
    assert finding.knock_on_minutes == 122


def test_links_that_no_aircraft_could_fly_are_dropped() -> None:
    for route, sobt, sibt in (
        ("BOS-JFK", "9:05", "10:05"),  # five minutes to turn round
        ("JFK-MIA", "10:30", "13:30"),  # back at JFK only with 30 minutes for two turns
        ("ORD-MIA", "12:00", "15:00"),  # from where it never was
    ):
        day = Day()
        day.plan("out", "JFK-BOS", "8:00", "9:00")
        day.plan("next", route, sobt, sibt)
        day.depart("out", "9:30")
        assert day.found == []


def test_a_leg_without_any_news_is_let_go_after_six_hours() -> None:
    day = there_and_back()
    day.tell("9:30", "clock")
    assert day.state.said
    for hour in range(10, 24):
        day.tell(f"{hour}:00", "clock")
    assert day.state.said == {}
    assert day.state.due == {}
    assert {f.statistics["reason"] for f in day.found if f.status == "closed"} >= {"no_news"}


def test_state_stays_bounded_over_weeks() -> None:
    day, sizes = Day(), []
    for date in range(30):
        for name, route, sobt in (("a", "JFK-BOS", 8), ("b", "BOS-JFK", 10), ("c", "JFK-MIA", 13)):
            hour = 24 * date + sobt
            day.plan(f"{name}{date}", route, f"{hour}:00", f"{hour + 1}:00")
            day.depart(f"{name}{date}", f"{hour}:50")
            if date % 3:  # every third day the arrivals are lost
                day.arrive(f"{name}{date}", f"{hour + 1}:45")
        state = day.state
        sizes.append((len(state.book), len(state.said), len(state.due), len(state.timers)))
    assert len(day.found) > 30
    for what in zip(*sizes, strict=True):
        assert max(what[20:]) <= max(what[5:20])
