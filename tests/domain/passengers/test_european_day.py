"""The scripted European day against its declared truth: journeys, facts, law and books."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from domain.events import FlightEvent
from domain.identity import name_uuid
from domain.ledger import Transaction, book, revision
from domain.network_state import FlightRecord, LegBook, Reference
from domain.passenger_rights import assess
from domain.passengers import Unplaced, fold_journeys, impacts
from streaming.simulator.scenarios.european_day import LEGS, SEED, TRAVELLERS
from streaming.simulator.scenarios.manifest import manifest
from streaming.simulator.scenarios.telling import tell
from tests.landing_rows import SEALED

DAY = date(2026, 6, 15)


class Unsealed:
    """Stands for the keyring where nobody's name matters: pseudonyms, nothing under seal."""

    def passenger_ref(self, *parts: str) -> UUID:
        return name_uuid("test passenger", *parts)

    def seal(self, people: Mapping[UUID, object]) -> dict[UUID, bytes]:
        return dict.fromkeys(people, SEALED)


def _day() -> tuple[dict[str, Counter[tuple[str, int, str] | None]], list[Transaction]]:
    booked = manifest(TRAVELLERS, str(DAY), SEED, Unsealed())  # type: ignore[arg-type]
    events = tell(LEGS, booked, DAY)
    legs = LegBook()
    for offset, event in enumerate(e for e in events if isinstance(e, FlightEvent)):
        legs.apply(FlightRecord.of(event, Reference(1, 0, offset)))
    journeys = fold_journeys(e for e in events if not isinstance(e, FlightEvent))
    groups = {(one.passenger_ref, one.journey_id): one.group.name for one in booked}
    owed: dict[str, Counter[tuple[str, int, str] | None]] = defaultdict(Counter)
    books: list[Transaction] = []
    for key, journey in journeys.items():
        found = impacts(journey, legs.legs)
        assert not isinstance(found, Unplaced)
        sums = []
        for impact in found:
            answer = assess(impact.facts)
            if answer.accrual_minor:
                sums.append((answer.regime, answer.accrual_minor, answer.currency))
            at = legs.legs[impact.broken_leg_id].told_at
            books += book(impact.obligation, answer, revision(impact.facts, answer), at)
        assert len(sums) <= 1
        owed[groups[key]][sums[0] if sums else None] += 1
    return owed, books


def test_everybody_is_owed_what_the_script_worked_out_by_hand() -> None:
    owed, books = _day()
    assert owed == {group.name: Counter({group.owed: group.count}) for group in TRAVELLERS}
    expected: Counter[str] = Counter()
    for group in TRAVELLERS:
        if group.owed:
            regime, minor, _ = group.owed
            expected[f"expense-compensation-{regime}261"] += minor * group.count
    expensed: Counter[str] = Counter()
    for transaction in books:
        for line in transaction.postings:
            if line.amount_minor > 0:
                expensed[line.account] += line.amount_minor
    assert expensed == expected
    assert len(books) == sum(group.count for group in TRAVELLERS if group.owed)


def test_the_day_is_the_same_every_time() -> None:
    assert _day() == _day()
