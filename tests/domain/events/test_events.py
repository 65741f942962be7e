"""What an event does not accept, so that nobody behind it has to."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain.events import DeadLetter, Event, ExternalEvent, FlightEvent, PassengerEvent
from streaming.topics import TOPICS
from tests.landing_rows import SEALED

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
ID = UUID(int=7)
ENVELOPE: dict[str, Any] = {
    "event_id": ID, "key": "k", "occurred_at": NOW, "produced_at": NOW, "source": "test",
    "correlation_id": ID,
}  # fmt: skip
BOOKED: dict[str, Any] = {
    **ENVELOPE, "key": str(ID), "kind": "journey_booked", "passenger_ref": ID, "journey_id": ID,
    "leg_ids": (ID,), "sealed": SEALED,
}  # fmt: skip


@pytest.mark.parametrize("model", [topic.model for topic in TOPICS.values()])
def test_every_field_of_every_event_says_what_it_means(model: type[Event]) -> None:
    assert [name for name, field in model.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("model", [topic.model for topic in TOPICS.values()])
def test_no_text_of_any_event_takes_a_nul(model: type[Event]) -> None:
    texts = {name: "a\0b" for name, field in model.model_fields.items() if _may_be_text(field)}
    with pytest.raises(ValidationError) as refused:
        model.model_validate(texts)
    named = {error["loc"][0] for error in refused.value.errors() if error["type"] != "missing"}
    assert named == set(texts)


def _may_be_text(field: Any) -> bool:
    return "str" in str(field.annotation) or "Literal" in str(field.annotation)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf"), 1e308])
def test_measurements_are_numbers_that_can_be_subtracted(number: float) -> None:
    with pytest.raises(ValidationError, match="temperature_c"):
        ExternalEvent(**ENVELOPE, kind="clock", temperature_c=number)


@pytest.mark.parametrize("field", ["schema_version", "repeat_number"])
@pytest.mark.parametrize("number", [2**31, 2**40 + 7, -(2**31) - 1])
def test_whole_numbers_fit_32_bits(field: str, number: int) -> None:
    with pytest.raises(ValidationError, match=field):
        FlightEvent(**ENVELOPE, kind="clock", **{field: number})


def test_a_time_outside_three_centuries_is_a_mistake() -> None:
    for year in (1, 1899, 2200, 9999):
        with pytest.raises(ValidationError, match="1900 to 2199"):
            FlightEvent(
                **{**ENVELOPE, "occurred_at": datetime(year, 6, 1, tzinfo=UTC)}, kind="clock"
            )
    with pytest.raises(ValidationError, match="1900 to 2199"):
        FlightEvent(**ENVELOPE, kind="clock", origin_date=date(1, 1, 1))


@pytest.mark.parametrize(
    "plain", [b"", b"\x01", b'{"given_name": "Adelaide", "family_name": "Brambledon"}', SEALED[1:]]
)
def test_what_is_not_sealed_does_not_pass_as_sealed(plain: bytes) -> None:
    with pytest.raises(ValidationError, match="not sealed") as refused:
        PassengerEvent.model_validate({**BOOKED, "sealed": plain})
    assert "Adelaide" not in str(refused.value)


def test_a_passengers_key_has_no_room_for_a_name() -> None:
    assert PassengerEvent.model_validate(BOOKED).passenger_ref == ID
    with pytest.raises(ValidationError, match="key is not passenger_ref"):
        PassengerEvent.model_validate({**BOOKED, "key": "Adelaide Brambledon"})
    assert PassengerEvent.model_validate({**ENVELOPE, "key": "clock", "kind": "clock"})
    with pytest.raises(ValidationError, match="key is not passenger_ref"):
        PassengerEvent.model_validate({**ENVELOPE, "key": "Adelaide", "kind": "clock"})


def test_a_letter_without_its_bytes_says_which_they_were() -> None:
    letter = DeadLetter(
        **ENVELOPE, kind="dead_letter", dead_letter_id=ID, origin_cluster_id="c",
        origin_topic_id="t", origin_topic="flight.events", origin_partition=0, origin_offset=2**40,
        origin_key=b"key", payload=b"abc", payload_sealed=False, error_type="oversized", reason="",
    )  # fmt: skip
    told = letter.without_bytes()
    assert (told.payload, told.origin_key, told.payload_length) == (None, None, 3)
    assert told.payload_sha256 is not None
    assert told.payload_sha256.startswith("ba7816bf")  # FIPS 180-4, example of SHA-256
    assert DeadLetter.model_validate_json(told.model_dump_json()) == told
