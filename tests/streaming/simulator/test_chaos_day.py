"""A drawn day of chaos is the same day for the same seed, and hangs together."""

import itertools
from collections import Counter
from datetime import date

import pytest

from streaming.simulator.scenarios.chaos_day import drawn, is_broken, revised
from streaming.simulator.scenarios.script import ScriptedLeg, Travellers, at

DAY = date(2026, 6, 15)
Drawn = tuple[list[ScriptedLeg], list[Travellers]]


@pytest.fixture(scope="module")
def chaos() -> Drawn:
    return drawn(7, 600, 60_000)


def test_the_same_seed_is_the_same_day(chaos: Drawn) -> None:
    assert drawn(7, 600, 60_000) == chaos
    assert drawn(8, 600, 60_000) != chaos


def test_there_are_as_many_as_asked_and_one_leg_in_five_is_broken(chaos: Drawn) -> None:
    legs, groups = chaos
    assert len({leg.flight for leg in legs}) == 600
    assert sum(group.count for group in groups) == 60_000
    assert 120 <= sum(map(is_broken, legs)) < 130  # the last that breaks drags some along
    assert len({group.name for group in groups}) == len(groups)


def test_an_aircraft_is_in_one_place_at_a_time(chaos: Drawn) -> None:
    by_aircraft: dict[str, list[ScriptedLeg]] = {}
    for leg in chaos[0]:
        by_aircraft.setdefault(leg.registration, []).append(leg)
    for rotation in by_aircraft.values():
        for one, following in itertools.pairwise(rotation):
            assert one.destination == following.origin
            assert at(DAY, one.sibt) < at(DAY, following.sobt)


def test_nobody_is_offered_or_put_on_what_does_not_go(chaos: Drawn) -> None:
    legs = {leg.flight: leg for leg in chaos[0]}
    fates = Counter[str]()
    for group in chaos[1]:
        way = [legs[flight] for flight in group.rebooked or group.flights]
        booked = [legs[flight] for flight in group.flights]
        assert (way[0].origin, way[-1].destination) == (booked[0].origin, booked[-1].destination)
        for one, following in itertools.pairwise(way):
            assert one.destination == following.origin
        if group.rebooked:
            assert all(leg.cancelled_before is None for leg in way)
            fates["rebooked"] += 1
        fates["told"] += group.told_before is not None
        fates["told and not offered"] += group.told_before is not None and group.offered is None
        fates["connecting"] += len(group.flights) > 1
    assert all(fates[one] for one in ("rebooked", "told", "told and not offered", "connecting"))


def test_what_is_found_out_is_another_cause_of_a_broken_leg(chaos: Drawn) -> None:
    legs = {leg.id_on(DAY): leg for leg in chaos[0]}
    found = revised(chaos[0], 100, DAY, 7)
    assert len({event.leg_id for event in found}) == 100
    for event in found:
        assert event.leg_id is not None
        leg = legs[event.leg_id]
        assert is_broken(leg)
        assert event.irregularity_cause not in (None, leg.cause)
