"""A replayed dead letter is landed once and linked to it, whatever is killed or sent twice."""

from uuid import UUID, uuid4

import pytest

from domain.events import DeadLetter
from streaming.broker import read_to_end
from streaming.dead_letters.errors import DeadLetterError, Sealed
from streaming.headers import REPLAY_OF, packed, unpacked
from streaming.landing import Budget
from streaming.store.database import connect
from streaming.store.derive_wake import claim
from tests.streaming.dead_letters.conftest import TOPIC, TRACE, Desk
from tests.streaming.landing.conftest import departure


def test_headers_are_kept_byte_for_byte() -> None:
    given = [("a", b"text"), ("a", b"\xff\x00"), ("b", None), ("", b""), ("c", b"nul \x00")]
    assert unpacked(packed(given)) == given


def test_what_was_mended_lands_once_with_its_headers(desk: Desk) -> None:
    desk.refuse()
    desk.send_bad(3)
    desk.send(TOPIC, (b"not avro", [("correlation-id", str(UUID(int=5)).encode())]))
    desk.landing.land(4)
    hopeless, *_ = desk.letters(error_type="undecodable")
    assert (hopeless.correlation_id, hopeless.schema_id) == (UUID(int=5), None)
    refused = desk.letters(error_type="refused")
    assert {one.schema_id for one in refused} == {desk.landing.codec().register(TOPIC)}

    desk.mend()
    assert len(desk.replay(error_type="refused").sent) == 3
    assert {one.state for one in desk.letters(error_type="refused")} == {"sent"}
    desk.landing.land(7)
    assert desk.tails() == ["G-BAD0", "G-BAD1", "G-BAD2"]
    after = desk.letters(error_type="refused")
    assert {one.state for one in after} == {"replayed"}
    for one in after:
        log_id, partition, offset = map(int, str(one.landed_as).split("/"))
        assert desk.landing.query(
            "select registration from landed.flight_events"
            ' where log_id = %s and partition = %s and "offset" = %s',
            log_id, partition, offset,
        )  # fmt: skip
    sent_again = [
        record
        for record in read_to_end(desk.landing.cluster, TOPIC, *range(6))
        if REPLAY_OF in dict(record.headers)
    ]
    assert all(record.headers[0] == TRACE for record in sent_again)
    assert len({(record.partition, record.value) for record in sent_again}) == 3
    assert desk.states()[hopeless.dead_letter_id] == "open"
    desk.discard(hopeless.dead_letter_id)  # after it was chosen to be replayed
    late = desk.replay(ids=[hopeless.dead_letter_id])
    assert (late.sent, late.decided_meanwhile) == ([], 1)
    assert desk.states()[hopeless.dead_letter_id] == "discarded"
    assert desk.replay(error_type="refused").sent == []
    desk.assert_accounted()


def test_a_replay_that_fails_again_is_a_new_letter_of_the_old_one(desk: Desk) -> None:
    desk.refuse()
    desk.send_bad(1)
    desk.landing.land(1)
    [first] = desk.letters()
    desk.replay()
    desk.landing.land(2, budget=Budget(0.5, 1))  # which a replay does not count against
    [old, new] = desk.letters()
    assert (old.state, old.failed_as) == ("replayed", new.dead_letter_id)
    assert (new.state, new.replay_of) == ("open", first.dead_letter_id)
    announced = [
        DeadLetter.model_validate_json(row[0])
        for row in desk.landing.query("select value from outbox.entries order by created_at")
    ]
    assert [one.replay_of for one in announced] == [None, first.dead_letter_id]
    assert announced[0].schema_id == new.schema_id
    assert unpacked(announced[0].origin_headers or b"") == [TRACE]

    desk.mend()
    desk.replay()
    desk.landing.land(3)
    assert desk.tails() == ["G-BAD0"]
    assert list(desk.states().values()) == ["replayed"] * 2
    desk.assert_accounted()


def test_a_killed_replay_that_is_run_again_lands_nothing_twice(desk: Desk) -> None:
    """Killed after the send all are on the topic, and the command knows of none."""
    desk.refuse()
    desk.send_bad(5)
    desk.landing.land(5)
    desk.mend()
    desk.killed_replay("before_send")
    desk.killed_replay("after_send")
    assert set(desk.states().values()) == {"open"}
    assert len(desk.replay().sent) == 5
    desk.landing.land(15)
    assert desk.tails() == [f"G-BAD{n}" for n in range(5)]
    assert sorted(desk.states().values()) == ["duplicate"] * 5 + ["replayed"] * 5
    assert desk.replay().sent == []
    desk.assert_accounted()


def test_a_copy_that_comes_long_after_is_still_known(desk: Desk) -> None:
    """The killed command's copies are landed before it is run again; its windows stay open."""
    desk.refuse()
    desk.send_bad(2)
    desk.landing.land(2)
    desk.mend()
    desk.killed_replay("after_send")
    desk.landing.land(4)
    assert set(desk.states().values()) == {"replayed"}
    [letter, _] = desk.letters()
    value = desk.landing.codec().encode(TOPIC, departure(9))
    known, strange, wrong = str(letter.dead_letter_id), str(uuid4()), "no id"
    desk.send(TOPIC, *((value, [(REPLAY_OF, said.encode())]) for said in (known, strange, wrong)))
    desk.landing.land(7)
    [*_, copy] = desk.letters()
    assert (copy.state, copy.replay_of) == ("duplicate", letter.dead_letter_id)
    # Ids that nobody has asked to replay are headers like any other.
    assert desk.landing.query("select count(*) from landed.flight_events") == [(4,)]
    desk.assert_accounted()
    desk.replay()
    windows = "select count(*), count(until) from landed.replay_windows"
    assert desk.landing.query(windows) == [(6, 6)]


def test_what_is_sealed_is_replayed_unless_it_was_erased(desk: Desk) -> None:
    topic, plain = "passenger.events", b"Adelaide Brambledon"
    header = ("name", plain)
    desk.send(topic, (plain + b" 1", [header]), (plain + b" 2", [header]))
    desk.landing.land(2)
    kept = desk.landing.query("select headers, payload from landed.dead_letters")
    assert not any(plain in part for row in kept for part in row)
    with pytest.raises(Sealed, match="KNOCKON_MASTER_KEY"):
        desk.replay()
    [gone, there] = desk.letters()
    keyring = desk.landing.keyring()
    assert keyring.destroy(gone.dead_letter_id)
    done = desk.replay(keyring)
    assert (done.sent, done.erased) == ([there.dead_letter_id], 1)
    again = list(read_to_end(desk.landing.cluster, topic, *range(4)))[-1]
    assert (again.value, again.key) == (plain + b" 2", b"one key")
    assert again.headers == [header, (REPLAY_OF, str(there.dead_letter_id).encode())]


def test_two_replays_at_once_are_refused(desk: Desk) -> None:
    with connect(desk.landing.database_url, "test", autocommit=True) as other:
        assert claim(other, "replay dead letters")
        with pytest.raises(DeadLetterError, match="another replay"):
            desk.replay()
