"""Identity: the same facts meet themselves, different ones never do."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.identity import canonical_json, content_hash, name_uuid
from domain.network import Leg, leg_id

TEXTS = st.lists(st.text(max_size=5), min_size=1, max_size=4)


def test_ids_are_pinned() -> None:
    """Stored ids hang on these values: a change here orphans every row ever written."""
    day = date(2026, 6, 15)
    assert leg_id("BA", "432", None, "LHR", "AMS", day) == UUID(
        "40f1416a-125b-5b4a-9086-cf2c8c7cece5"
    )
    assert content_hash({"a": 1}) == (
        "b713f6d2a989e907c58516a7c8bb487792c8785ddbf367b80dc774bf33b85a85"
    )


@given(TEXTS, TEXTS)
def test_parts_never_run_together(one: list[str], other: list[str]) -> None:
    parts = [[part.replace("\x1f", "") for part in parts] for parts in (one, other)]
    assert (name_uuid("x", *parts[0]) == name_uuid("x", *parts[1])) == (parts[0] == parts[1])


def test_nothing_and_an_empty_text_are_different() -> None:
    assert name_uuid("x", None) != name_uuid("x", "")
    assert name_uuid("x", "a") != name_uuid("y", "a")


@given(st.dictionaries(st.text(max_size=3), st.integers() | st.none() | st.booleans()))
def test_the_order_of_keys_means_nothing(value: dict[str, Any]) -> None:
    assert canonical_json(dict(reversed(value.items()))) == canonical_json(value)


def test_times_are_told_in_utc() -> None:
    noon = datetime(2026, 6, 15, 12, tzinfo=UTC)
    assert content_hash(noon) == content_hash(noon.astimezone(timezone(timedelta(hours=2))))
    with pytest.raises(TypeError, match="without its zone"):
        canonical_json(datetime(2026, 6, 15, 12))  # noqa: DTZ001 - the point of the test
    with pytest.raises(TypeError, match="no canonical form"):
        canonical_json(object())
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical_json(float("nan"))


def test_sets_have_one_form_and_sequences_keep_their_order() -> None:
    assert content_hash({"b", "a"}) == content_hash(["a", "b"])
    assert content_hash(["b", "a"]) != content_hash(["a", "b"])


def test_padding_and_defaults_are_the_same_leg() -> None:
    day = date(2026, 6, 15)
    plain = leg_id("BA", "432", None, "LHR", "AMS", day)
    assert leg_id("BA", "0432", "", "LHR", "AMS", day, 1) == plain
    others = {
        leg_id("BA", "433", None, "LHR", "AMS", day),
        leg_id("BA", "432", "A", "LHR", "AMS", day),
        leg_id("BA", "432", None, "AMS", "LHR", day),
        leg_id("BA", "432", None, "LHR", "AMS", date(2026, 6, 16)),
        leg_id("BA", "432", None, "LHR", "AMS", day, 2),
        plain,
    }
    assert len(others) == 6


def test_a_leg_flies_forward() -> None:
    sobt = datetime(2026, 6, 15, 8, tzinfo=UTC)
    made: dict[str, Any] = {
        "airline": "BA", "flight_number": "432", "departure_airport": "LHR",
        "arrival_airport": "AMS", "origin_date": sobt.date(), "sobt": sobt,
    }  # fmt: skip
    leg = Leg(**made, sibt=sobt + timedelta(minutes=80))
    assert leg.block_minutes == 80
    assert leg.leg_id == leg_id("BA", "432", None, "LHR", "AMS", sobt.date())
    with pytest.raises(ValueError, match="sibt is not after sobt"):
        Leg(**made, sibt=sobt)
