"""What the leg book knows, in which order it chains an aircraft's legs, and that it forgets."""

import pickle
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from domain.network_state import FlightRecord, LegBook

MIDNIGHT = datetime(2013, 7, 1, tzinfo=UTC)


def at(hour: float) -> datetime:
    return MIDNIGHT + timedelta(hours=hour)


def leg(name: str) -> UUID:
    return uuid5(NAMESPACE_OID, name)


class Log:
    """Numbers the records of one test."""

    def __init__(self) -> None:
        self.offset = 0

    def __call__(self, kind: str, occurred: float, name: str | None, **facts: Any) -> FlightRecord:
        self.offset += 1
        return FlightRecord(
            1, 0, self.offset, uuid5(NAMESPACE_OID, f"event {self.offset}"), kind, at(occurred),
            uuid5(NAMESPACE_OID, "one cause"), leg(name) if name else None, **facts,
        )  # fmt: skip


def scheduled(
    log: Log, name: str, sobt: float, sibt: float, route: str = "JFK-BOS"
) -> FlightRecord:
    departure, arrival = route.split("-")
    return log(
        "leg_scheduled", -12, name, airline="B6", flight_number="1", departure_airport=departure,
        arrival_airport=arrival, origin_date=MIDNIGHT.date(), sobt=at(sobt), sibt=at(sibt),
    )  # fmt: skip


def day_of_one_aircraft() -> LegBook:
    log, book = Log(), LegBook()
    for name, sobt in (("noon", 12), ("morning", 6), ("evening", 18)):
        book.apply(scheduled(log, name, sobt, sobt + 2))
        book.apply(log("aircraft_assigned", -10, name, registration="N1"))
    book.apply(log("leg_departed", 6.5, "morning", aobt=at(6.5)))
    book.apply(log("leg_arrived", 8.75, "morning", aibt=at(8.75)))
    return book


def test_legs_of_an_aircraft_are_chained_by_schedule_not_by_arrival_of_the_news() -> None:
    book = day_of_one_aircraft()
    assert [one.leg_id for one in book.chain("N1")] == [leg("morning"), leg("noon"), leg("evening")]
    noon = book.legs[leg("noon")]
    assert [one.leg_id for one in book.before(noon)] == [leg("morning")]
    assert [one.leg_id for one in book.after(noon)] == [leg("evening")]


def test_each_fact_names_the_record_that_told_it() -> None:
    morning = day_of_one_aircraft().legs[leg("morning")]
    assert morning.departure_delay_minutes == 30
    assert morning.arrival_delay_minutes == 45
    assert morning.arrived is not None
    assert morning.arrived.at == at(8.75)
    assert str(morning.arrived.ref) == "1/0/8"
    assert morning.cancelled is None


def test_a_retimed_leg_moves_in_its_chain_and_keeps_its_first_schedule() -> None:
    book = day_of_one_aircraft()
    book.apply(scheduled(Log(), "morning", 13, 15))
    assert [one.leg_id for one in book.chain("N1")] == [leg("noon"), leg("morning"), leg("evening")]
    assert book.legs[leg("morning")].first_sobt == at(6)


def test_a_swap_moves_the_leg_to_the_other_aircraft() -> None:
    book = day_of_one_aircraft()
    book.apply(Log()("aircraft_assigned", 9, "noon", registration="N2"))
    assert [one.leg_id for one in book.chain("N1")] == [leg("morning"), leg("evening")]
    assert [one.leg_id for one in book.chain("N2")] == [leg("noon")]
    assert list(book.before(book.legs[leg("noon")])) == []


def test_a_long_ended_leg_is_forgotten_and_a_running_one_is_not() -> None:
    book = day_of_one_aircraft()
    book.apply(Log()("clock", 20 + 36, None))
    assert set(book.legs) == {leg("evening")}
    assert [one.leg_id for one in book.chain("N1")] == [leg("evening")]
    book.apply(Log()("clock", 20 + 37, None))
    assert len(book) == 0
    assert book.chain("N1") == ()


def test_it_survives_pickling_with_chains_and_legs_still_the_same_objects() -> None:
    book: LegBook = pickle.loads(pickle.dumps(day_of_one_aircraft()))  # noqa: S301 (own bytes)
    noon = book.legs[leg("noon")]
    assert book.chain("N1")[1] is noon
    book.apply(Log()("leg_departed", 12, "noon", aobt=at(12)))
    assert book.chain("N1")[1].aobt == at(12)
