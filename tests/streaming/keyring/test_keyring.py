"""Sealing, the one door, and destruction; on a real database under the keyring's own role."""

import base64
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from domain.events import PersonalData
from streaming.keyring import Destroyed, Keyring, KeyringError, MasterKey
from streaming.store.database import Connection, connect

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(range(1, 33))).decode()
ADA = PersonalData(
    given_name="Adelaide", family_name="Brambledon", email="a@passenger.example",
    special_assistance=("WCHR",),
)  # fmt: skip


@pytest.fixture
def session(migrated_url: str) -> Callable[[], Connection]:
    def as_keyring() -> Connection:
        connection = connect(migrated_url, "test")
        connection.execute("set role knockon_keyring")
        return connection

    return as_keyring


@pytest.fixture
def keyring(session: Callable[[], Connection]) -> Keyring:
    return Keyring(session, MasterKey(KEY))


def test_what_is_sealed_opens_again_and_the_opening_is_recorded(keyring, session) -> None:
    ref = uuid4()
    sealed = keyring.seal({ref: ADA})
    assert keyring.open(sealed, actor="care desk", purpose="call back") == {ref: ADA}
    with session() as connection:
        rows = connection.execute("select subject, actor, purpose, granted from keyring.accesses")
        assert rows.fetchall() == [(ref, "care desk", "call back", True)]


def test_ciphertext_shows_nothing_and_differs_each_time(keyring) -> None:
    ref = uuid4()
    first, second = keyring.seal({ref: ADA})[ref], keyring.seal({ref: ADA})[ref]
    assert first != second
    for secret in (b"Adelaide", b"Brambledon", b"passenger.example", b"WCHR"):
        assert secret not in first


def test_after_destruction_nothing_opens_and_nothing_is_sealed_again(keyring, session) -> None:
    ref = uuid4()
    sealed = keyring.seal({ref: ADA})
    assert keyring.destroy(ref)
    assert not keyring.destroy(ref)
    assert keyring.open(sealed, actor="x", purpose="y") == {ref: Destroyed(ref)}
    with pytest.raises(KeyringError, match="erased"):
        keyring.seal({ref: ADA})
    with session() as connection:
        row = connection.execute("select granted from keyring.accesses").fetchone()
        assert row == (False,)


def test_a_seal_moved_to_another_passenger_does_not_open(keyring) -> None:
    mine, other = uuid4(), uuid4()
    sealed = keyring.seal({mine: ADA, other: ADA})
    with pytest.raises(KeyringError, match="changed, or is not theirs"):
        keyring.open({other: sealed[mine]}, actor="x", purpose="y")


def test_a_changed_byte_is_noticed(keyring) -> None:
    ref = uuid4()
    sealed = bytearray(keyring.seal({ref: ADA})[ref])
    sealed[-1] ^= 1
    with pytest.raises(KeyringError, match="changed"):
        keyring.open({ref: bytes(sealed)}, actor="x", purpose="y")


def test_another_master_key_opens_nothing(keyring, session) -> None:
    ref = uuid4()
    sealed = keyring.seal({ref: ADA})
    with pytest.raises(KeyringError, match="another master key"):
        Keyring(session, MasterKey(OTHER_KEY)).open(sealed, actor="x", purpose="y")


def test_the_door_asks_who_and_why(keyring) -> None:
    with pytest.raises(KeyringError, match="actor"):
        keyring.open({}, actor="", purpose="because")


def test_a_dead_letter_opens_through_the_same_door(keyring, session) -> None:
    letter, erased = uuid4(), uuid4()
    sealed = keyring.seal_dead_letters({letter: b"Adelaide \x00\xff", erased: b"gone"})
    assert b"Adelaide" not in sealed[letter]
    keyring.destroy(erased)
    opened = keyring.open_dead_letters(sealed, actor="data desk", purpose="mend a producer")
    assert opened == {letter: b"Adelaide \x00\xff", erased: Destroyed(erased)}
    with session() as connection:
        rows = connection.execute("select subject, actor, purpose, granted from keyring.accesses")
        assert set(rows.fetchall()) == {
            (letter, "data desk", "mend a producer", True),
            (erased, "data desk", "mend a producer", False),
        }
    with pytest.raises(KeyringError, match="purpose"):
        keyring.open_dead_letters(sealed, actor="data desk", purpose="")


@pytest.mark.parametrize("bad", ["", "short", base64.b64encode(b"31 bytes").decode(), "%%%"])
def test_a_master_key_that_is_none_is_refused_without_quoting_it(bad: str) -> None:
    with pytest.raises(KeyringError, match="32 bytes") as refused:
        MasterKey(bad)
    assert not bad or bad not in str(refused.value)


def test_pseudonyms_are_stable_keyed_and_unambiguous() -> None:
    one, other = MasterKey(KEY), MasterKey(OTHER_KEY)
    assert one.pseudonym("AB", "C") == one.pseudonym("AB", "C")
    assert one.pseudonym("AB", "C") != one.pseudonym("A", "BC")
    assert one.pseudonym("AB", "C") != other.pseudonym("AB", "C")
    assert isinstance(one.pseudonym("AB", "C"), UUID)
