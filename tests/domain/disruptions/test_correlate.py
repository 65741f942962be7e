"""Trees of irregular legs: who belongs to whom, and when a revision is due."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.disruptions import (
    Disruption,
    Leg,
    Link,
    Travellers,
    correlate,
    disruption_id,
    revisions,
)
from domain.identity import name_uuid

NOON = datetime(2013, 7, 1, 12, tzinfo=UTC)


def leg(number: int, delay: int = 0, **facts: object) -> Leg:
    """Leg `number` of a day, an hour after the one before; late by `delay` minutes."""
    made = Leg(
        leg_id=name_uuid("leg", number),
        sobt=NOON + timedelta(hours=number),
        irregularity="delay" if delay >= 15 else None,
        delay_minutes=delay,
        departed=delay > 0,
        final=False,
        cause=None,
        delay_code=None,
        correlation_id=name_uuid("correlation", number),
        known_at=NOON,
        evidence=(f"1/0/{number}",),
    )
    return replace(made, **facts)  # type: ignore[arg-type]


def link(
    first: int, second: int, sequence: int = 0, active: bool = True, minutes: int = 40
) -> Link:
    return Link(
        finding_id=name_uuid("finding", first, second, sequence),
        sequence=sequence,
        from_leg_id=name_uuid("leg", first),
        to_leg_id=name_uuid("leg", second),
        active=active,
        knock_on_minutes=minutes,
        detected_at=NOON,
        evidence=f"2/0/{sequence}",
    )


def of(*legs: Leg) -> dict[UUID, Leg]:
    return {one.leg_id: one for one in legs}


def ids(*numbers: int) -> tuple[UUID, ...]:
    return tuple(name_uuid("leg", number) for number in numbers)


def shape(legs: dict[UUID, Leg], *links: Link) -> list[tuple[UUID, ...]]:
    return sorted(tuple(one.leg_id for one in tree.legs) for tree in correlate(legs, links))


def test_a_chain_has_one_root_and_its_legs_in_order_of_departure() -> None:
    legs = of(leg(3, 30), leg(1, 90), leg(2, 60))
    assert shape(legs, link(1, 2, 1), link(2, 3, 2)) == [ids(1, 2, 3)]


def test_a_punctual_leg_without_prediction_belongs_to_nothing() -> None:
    assert shape(of(leg(1, 90), leg(2, 0))) == [ids(1)]


def test_a_leg_still_at_the_gate_belongs_while_the_link_is_active() -> None:
    legs = of(leg(1, 90), leg(2))
    assert shape(legs, link(1, 2, 1)) == [ids(1, 2)]
    assert shape(legs, link(1, 2, 2, active=False)) == [ids(1)]


def test_a_leg_that_left_on_time_breaks_the_chain_behind_it() -> None:
    legs = of(leg(1, 90), leg(2, 0, departed=True), leg(3))
    assert shape(legs, link(1, 2, 1), link(2, 3, 2)) == [ids(1)]


def test_a_prediction_through_a_leg_at_the_gate_reaches_the_root() -> None:
    legs = of(leg(1, 90), leg(2), leg(3))
    assert shape(legs, link(1, 2, 1), link(2, 3, 2)) == [ids(1, 2, 3)]


def test_an_unfounded_link_makes_no_disruption() -> None:
    assert shape(of(leg(1, 0), leg(2)), link(1, 2)) == []


def test_after_a_swap_the_last_link_holds() -> None:
    legs = of(leg(1, 90), leg(2, 80), leg(3, 30))
    assert shape(legs, link(1, 3, 1), link(2, 3, 5)) == sorted([ids(1), ids(2, 3)])


def test_a_link_against_the_schedule_is_no_chain() -> None:
    legs = of(leg(1, 90), leg(2, 60))
    assert shape(legs, link(1, 2, 1), link(2, 1, 2)) == [ids(1, 2)]


def test_identity_hangs_on_the_root_alone() -> None:
    [alone] = revisions(correlate(of(leg(1, 90)), []), {}, NOON)
    [chained] = revisions(correlate(of(leg(1, 90), leg(2, 60)), [link(1, 2)]), {}, NOON)
    assert alone.disruption_id == chained.disruption_id == disruption_id(ids(1)[0])
    assert (alone.kind, chained.kind) == ("delay", "rotation")


@pytest.mark.parametrize(
    ("change", "due"),
    [
        ({"delay_minutes": 61}, False),  # within the band of 60 to 119
        ({"delay_minutes": 119}, False),
        ({"delay_minutes": 120}, True),
        ({"delay_minutes": 59}, True),
        ({"final": True}, True),
        ({"cause": "weather"}, True),
        ({"delay_code": "71"}, True),
        ({"irregularity": "cancellation"}, True),
        ({"passengers_booked": 7}, True),
        ({"known_at": NOON + timedelta(hours=1)}, False),
        ({"evidence": ("1/0/9",)}, False),
    ],
)
def test_a_revision_is_due_only_when_something_that_matters_changed(
    change: dict[str, object], due: bool
) -> None:
    before = leg(1, 90, passengers_booked=5)
    [first] = revisions(correlate(of(before), []), {}, NOON)
    after = replace(before, **change)  # type: ignore[arg-type]
    written = revisions(correlate(of(after), []), {first.disruption_id: first}, NOON)
    assert [d.revision for d in written] == ([2] if due else [])


def test_the_minutes_of_a_final_leg_count_exactly() -> None:
    [first] = revisions(correlate(of(leg(1, 90, final=True)), []), {}, NOON)
    again = correlate(of(leg(1, 91, final=True)), [])
    assert len(revisions(again, {first.disruption_id: first}, NOON)) == 1


def test_a_disruption_that_joins_another_is_withdrawn_once() -> None:
    [own] = revisions(correlate(of(leg(2, 60)), []), {}, NOON)
    joined = correlate(of(leg(1, 90), leg(2, 60)), [link(1, 2)])
    written = {d.disruption_id: d for d in revisions(joined, {own.disruption_id: own}, NOON)}
    gone = written[own.disruption_id]
    assert (gone.leg_ids, gone.status, gone.revision) == ((), "closed", 2)
    assert written[disruption_id(ids(1)[0])].leg_ids == ids(1, 2)
    assert revisions(joined, written, NOON) == []


def test_closed_when_nothing_more_is_expected_of_any_leg() -> None:
    legs = [leg(1, 90, final=True), leg(2, 60)]
    [still] = revisions(correlate(of(*legs), [link(1, 2)]), {}, NOON)
    done = [legs[0], replace(legs[1], final=True)]
    [over] = revisions(correlate(of(*done), [link(1, 2)]), {}, NOON)
    assert (still.status, over.status) == ("open", "closed")


@pytest.mark.parametrize(
    ("made", "severity"),
    [
        (leg(1, 20, passengers_booked=49), "S1"),  # 980 passenger-minutes
        (leg(1, 20, passengers_booked=50), "S2"),  # 1,000
        (leg(1, 30), "S3"),  # 100 assumed: 3,000
        (leg(1, 99), "S3"),  # 9,900
        (leg(1, 100), "S4"),  # 10,000
        (leg(1, irregularity="cancellation", passengers_booked=3), "S1"),  # 900
        (leg(1, irregularity="cancellation", passengers_booked=34), "S4"),  # 10,200
    ],
)
def test_severity_is_passengers_times_minutes(made: Leg, severity: str) -> None:
    [found] = revisions(correlate(of(made), []), {}, NOON)
    assert found.severity == severity


def test_a_foretold_knock_on_counts_as_expected() -> None:
    tree = correlate(of(leg(1, 20, passengers_booked=0), leg(2)), [link(1, 2, minutes=40)])
    [found] = revisions(tree, {}, NOON)
    assert (found.delay_minutes, found.severity) == (60, "S3")


delays = st.lists(st.sampled_from([0, 10, 20, 70, 130, 250]), min_size=2, max_size=8)


@given(delays, st.data())
def test_every_irregular_leg_is_in_exactly_one_tree(
    minutes: list[int], data: st.DataObject
) -> None:
    legs = of(*(leg(n, delay) for n, delay in enumerate(minutes)))
    pairs = st.tuples(*[st.integers(0, len(minutes) - 1)] * 2, st.booleans())
    drawn = data.draw(st.lists(pairs, max_size=12))
    links = [link(a, b, n, active) for n, (a, b, active) in enumerate(drawn)]
    trees = correlate(legs, links)
    inside = [one.leg_id for tree in trees for one in tree.legs]
    assert len(inside) == len(set(inside))
    assert {one.leg_id for one in legs.values() if one.irregularity} <= set(inside)
    assert all(tree.root.irregularity for tree in trees)
    shuffled = data.draw(st.permutations(links))
    assert correlate(dict(reversed(legs.items())), shuffled) == trees


@given(delays, st.integers(0, 8))
def test_the_last_revision_does_not_depend_on_what_was_known_in_between(
    minutes: list[int], known: int
) -> None:
    """Whatever was written half way, the end is what a single look at the end would write."""
    legs = of(*(leg(n, delay, final=True) for n, delay in enumerate(minutes)))
    links = [link(n, n + 1, n) for n in range(len(minutes) - 1)]
    some = {k: v for n, (k, v) in enumerate(legs.items()) if n % 3 != known % 3}
    half = revisions(correlate(some, links[known % len(links) :]), {}, NOON)
    last = {d.disruption_id: d for d in half}
    last |= {d.disruption_id: d for d in revisions(correlate(legs, links), last, NOON)}
    once = revisions(correlate(legs, links), {}, NOON)
    alive = {d.disruption_id: d.content_hash for d in last.values() if d.leg_ids}
    assert alive == {d.disruption_id: d.content_hash for d in once}


def test_what_passengers_were_told_and_where_they_go_on_is_part_of_a_disruption() -> None:
    tree = correlate(of(leg(1, 90)), [])

    def due(records: dict[str, int], *companions: Leg, last: Disruption | None = None) -> list[int]:
        known = {ids(1)[0]: Travellers(records, companions)}
        before = {last.disruption_id: last} if last else {}
        return [d.revision for d in revisions(tree, before, NOON, known)]

    [first] = revisions(tree, {}, NOON, {ids(1)[0]: Travellers({"journey_booked": 2}, (leg(5),))})
    assert due({"journey_booked": 2}, leg(5), leg(1, 90), last=first) == []
    assert due({"journey_booked": 2, "passenger_informed": 1}, leg(5), last=first) == [2]
    assert due({"journey_booked": 2}, leg(5, final=True), last=first) == [2]
    assert due({"journey_booked": 2}, leg(5), leg(6), last=first) == [2]
