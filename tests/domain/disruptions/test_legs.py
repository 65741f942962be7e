"""How a leg of the network picture looks to correlation."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.disruptions import observe
from domain.identity import name_uuid
from domain.network_state import FlightRecord, LegBook

SOBT = datetime(2013, 7, 1, 12, tzinfo=UTC)
SIBT = SOBT + timedelta(hours=2)


def record(offset: int, kind: str, **facts: Any) -> FlightRecord:
    return FlightRecord(
        log_id=1,
        partition=0,
        offset=offset,
        event_id=name_uuid("event", offset),
        kind=kind,
        occurred_at=SOBT + timedelta(minutes=offset),
        correlation_id=name_uuid("correlation", 1),
        leg_id=name_uuid("leg", 1),
        **facts,
    )


SCHEDULED = record(0, "leg_scheduled", sobt=SOBT, sibt=SIBT)


def late(minutes: int, after: datetime) -> datetime:
    return after + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("records", "seen"),
    [
        ([], (None, 0, False, False)),
        ([record(1, "leg_departed", aobt=late(14, SOBT))], (None, 14, True, False)),
        ([record(1, "leg_departed", aobt=late(15, SOBT))], ("delay", 15, True, False)),
        ([record(1, "leg_departed", aobt=late(-5, SOBT))], (None, 0, True, False)),
        ([record(1, "leg_estimated", eobt=late(40, SOBT))], ("delay", 40, False, False)),
        ([record(1, "leg_estimated", eibt=late(30, SIBT))], ("delay", 30, False, False)),
        (
            [
                record(1, "leg_departed", aobt=late(20, SOBT)),
                record(2, "leg_arrived", aibt=late(3, SIBT)),
            ],
            ("delay", 3, True, True),  # late off the block, nearly on time at the end
        ),
        (
            [
                record(1, "leg_estimated", eobt=late(40, SOBT)),
                record(2, "leg_departed", aobt=late(2, SOBT)),
            ],
            (None, 2, True, False),  # the actual outranks the estimate
        ),
        ([record(1, "leg_cancelled")], ("cancellation", 0, False, True)),
        ([record(1, "leg_diverted", diverted_to="BOS")], ("diversion", 0, False, False)),
    ],
)
def test_what_makes_a_leg_irregular(
    records: list[FlightRecord], seen: tuple[str | None, int, bool, bool]
) -> None:
    book = LegBook()
    for one in [SCHEDULED, *records]:
        state = book.apply(one)
    assert state is not None
    leg = observe(state)
    assert (leg.irregularity, leg.delay_minutes, leg.departed, leg.final) == seen
    assert leg.evidence[0] == "1/0/0"
    assert len(leg.evidence) == 1 + len(records)
    assert leg.known_at == (records or [SCHEDULED])[-1].occurred_at
