"""One passenger is one obligation, whatever the booking calls them and wherever it moves them."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.claims import ClaimRefused, Correction, Manifest
from domain.claims.manifest import Booked

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
JOURNEY, OTHER = UUID(int=100), UUID(int=200)
ANN, BOB, EVE = UUID(int=1), UUID(int=2), UUID(int=3)
PARTY = [Booked(ANN, JOURNEY), Booked(BOB, JOURNEY)]
_ids = iter(range(1, 10**9))


def correction(kind: str, who: Booked, **told: object) -> Correction:
    return Correction.model_validate(
        {"event_id": UUID(int=next(_ids)), "kind": kind, "occurred_at": AT,
         "passenger_ref": who.passenger_ref, "journey_id": who.journey_id} | told
    )  # fmt: skip


def test_a_split_booking_and_a_mended_name_keep_the_obligation() -> None:
    split = correction("booking_split", PARTY[0], new_journey_id=OTHER)
    mended = correction("name_changed", Booked(ANN, OTHER), new_passenger_ref=EVE)
    manifest = Manifest.of(PARTY, [split, mended])
    first = Manifest.of(PARTY).obligation(ANN, JOURNEY)
    for name, journey in ((ANN, JOURNEY), (ANN, OTHER), (EVE, OTHER)):
        assert manifest.obligation(name, journey).key == first.key
    assert manifest.obligation(BOB, JOURNEY).key != first.key
    assert manifest.obligation(EVE, JOURNEY).key != first.key  # never booked: somebody else
    assert manifest.passengers == (Booked(EVE, OTHER), PARTY[1])


def test_an_infant_that_was_added_is_owed_for_itself() -> None:
    infant = correction("infant_added", PARTY[0], new_passenger_ref=EVE)
    manifest = Manifest.of(PARTY, [infant, infant])
    keys = {manifest.obligation(*one).key for one in manifest.passengers}
    assert len(keys) == 3
    assert manifest.obligation(ANN, JOURNEY) == Manifest.of(PARTY).obligation(ANN, JOURNEY)


@pytest.mark.parametrize(
    ("kind", "who", "told", "words"),
    [
        ("name_changed", PARTY[0], {"new_passenger_ref": BOB}, "is somebody else"),
        ("infant_added", PARTY[0], {"new_passenger_ref": BOB}, "booked on .* already"),
        ("booking_split", Booked(EVE, JOURNEY), {"new_journey_id": OTHER}, "is not booked"),
    ],
)
def test_what_a_manifest_refuses(kind, who, told, words) -> None:
    manifest = Manifest.of(PARTY)
    with pytest.raises(ClaimRefused, match=words):
        manifest.correct(correction(kind, who, **told))
    assert manifest.passengers == tuple(PARTY)


def test_a_name_that_was_left_takes_no_further_correction() -> None:
    mended = correction("name_changed", PARTY[0], new_passenger_ref=EVE)
    with pytest.raises(ClaimRefused, match="is not booked"):
        Manifest.of(PARTY, [mended, correction("booking_split", PARTY[0], new_journey_id=OTHER)])
    otherwise = mended.model_copy(update={"new_passenger_ref": BOB})
    with pytest.raises(ClaimRefused, match="told otherwise"):
        Manifest.of(PARTY, [mended, otherwise])
    back = correction("name_changed", Booked(EVE, JOURNEY), new_passenger_ref=ANN)
    assert Manifest.of(PARTY, [mended, back]).passengers == tuple(PARTY)


def test_a_correction_names_what_it_corrects_and_that_alone() -> None:
    for kind, told in (
        ("booking_split", {}),
        ("booking_split", {"new_passenger_ref": EVE}),
        ("infant_added", {"new_journey_id": OTHER}),
        ("name_changed", {"new_passenger_ref": EVE, "new_journey_id": OTHER}),
    ):
        with pytest.raises(ValueError, match="and that alone"):
            correction(kind, PARTY[0], **told)


STEPS = st.lists(
    st.tuples(st.sampled_from(["booking_split", "name_changed", "infant_added"]),
              st.integers(0, 5), st.integers(1, 6)), max_size=12,
)  # fmt: skip


@given(STEPS)
def test_people_and_obligations_are_as_many_whatever_is_corrected(steps) -> None:
    manifest = Manifest.of(PARTY)
    people = 2
    keys = [manifest.obligation(*one).key for one in PARTY]
    for kind, which, number in steps:
        who = manifest.passengers[which % len(manifest.passengers)]
        new = "new_journey_id" if kind == "booking_split" else "new_passenger_ref"
        value = UUID(int=100 * number if kind == "booking_split" else number)
        try:
            manifest.correct(correction(kind, who, **{new: value}))
        except ClaimRefused:
            continue
        if kind == "infant_added":
            people += 1
            keys.append(manifest.obligation(value, who.journey_id).key)
        assert [manifest.obligation(*one).key for one in manifest.passengers] == keys
        assert len(set(keys)) == len(keys) == people
