"""Nothing in a sealed batch changes, goes or comes unseen."""

import hashlib
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ledger import LedgerBroken, Posting, Transaction
from domain.ledger.entry import Entry, Line
from domain.ledger.merkle import leaf_hash, path, root, root_by_path
from domain.ledger.seal import GENESIS, Leaf, Seal, prove, proven, seal
from domain.ledger.tampering import chain_examined, examined

AT = datetime(2026, 11, 20, 18, tzinfo=UTC)


def entry(sequence: int) -> Entry:
    return Entry(
        sequence=sequence,
        booked_at=AT + timedelta(seconds=sequence),
        transaction_id=UUID(int=1000 + sequence),
        kind="reversal",
        obligation_key=UUID(int=1),
        revision="r",
        passenger_ref=UUID(int=2),
        assessment_id=UUID(int=3),
        reverses=UUID(int=4),
        occurred_at=AT,
        description="a test",
        rulebook="V-UK-2",
        actor="clerk",
        reference="fact",
        evidence=("log/0/1",),
        code_version="1",
        lines=(Line("cash", 100, "EUR"), Line("payable", -100, "EUR")),
    )


def entries(first: int, count: int) -> list[Entry]:
    return [entry(sequence) for sequence in range(first, first + count)]


CHANGES = {
    "booked_at": AT - timedelta(days=1),
    "transaction_id": None,  # an insertion and a deletion
    "sequence": None,  # a move
    "kind": "accrual",
    "obligation_key": UUID(int=9),
    "revision": "other",
    "passenger_ref": UUID(int=9),
    "assessment_id": UUID(int=9),
    "reverses": None,
    "occurred_at": AT - timedelta(days=1),
    "description": "another",
    "rulebook": "V-EU-2",
    "actor": None,
    "reference": None,
    "evidence": (),
    "code_version": "2",
    "lines": (Line("cash", 101, "EUR"), Line("payable", -101, "EUR")),
}


def test_every_field_can_be_tried() -> None:
    assert set(CHANGES) == {field.name for field in fields(Entry)}


@pytest.mark.parametrize(
    "name", [name for name in CHANGES if name not in ("transaction_id", "sequence")]
)
def test_a_change_of_any_field_is_found_and_named(name: str) -> None:
    books = entries(1, 5)
    sealed, leaves = seal(books, None)
    assert examined(sealed, leaves, books) == ()
    books[2] = replace(books[2], **{name: CHANGES[name]})
    [found] = examined(sealed, leaves, books)
    assert (found.what, found.transaction_id) == ("changed", books[2].transaction_id)


@pytest.mark.parametrize("lines", [
    (Line("cash", 100, "EUR"),),
    (Line("payable", -100, "EUR"), Line("cash", 100, "EUR")),
    (Line("cash", 100, "GBP"), Line("payable", -100, "GBP")),
    (Line("cash", 100, "EUR"), Line("approved", -100, "EUR")),
])  # fmt: skip
def test_a_changed_line_is_found_even_where_nothing_balances(lines) -> None:
    books = entries(1, 3)
    sealed, leaves = seal(books, None)
    books[0] = replace(books[0], lines=lines)
    assert [found.what for found in examined(sealed, leaves, books)] == ["changed"]


def test_what_is_gone_is_named() -> None:
    books = entries(1, 5)
    sealed, leaves = seal(books, None)
    gone = books.pop(4)
    [found] = examined(sealed, leaves, books)
    assert (found.what, found.transaction_id) == ("missing", gone.transaction_id)


def test_what_came_is_named() -> None:
    books = entries(1, 5)
    sealed, leaves = seal(books, None)
    came = replace(entry(3), transaction_id=UUID(int=77))
    [found] = examined(sealed, leaves, [*books, came])
    assert (found.what, found.transaction_id) == ("inserted", UUID(int=77))
    double = replace(books[1], sequence=9)
    [found] = examined(sealed, leaves, [*books, double])
    assert (found.what, found.transaction_id) == ("inserted", books[1].transaction_id)


def test_two_that_changed_places_are_named() -> None:
    books = entries(1, 3)
    sealed, leaves = seal(books, None)
    books[0], books[1] = replace(books[0], sequence=2), replace(books[1], sequence=1)
    found = examined(sealed, leaves, books)
    assert [(one.what, one.transaction_id) for one in found] == [
        ("moved", books[0].transaction_id),
        ("moved", books[1].transaction_id),
    ]


def test_leaves_that_were_made_to_fit_do_not_lead_to_the_root() -> None:
    books = entries(1, 4)
    sealed, leaves = seal(books, None)
    forged = replace(books[0], description="forged")
    leaf = Leaf(1, forged.transaction_id, leaf_hash(forged.canonical()).hex())
    for kept in ([leaf, *leaves[1:]], leaves[1:], [*leaves, leaf]):
        [found] = examined(sealed, kept, [forged, *books[1:]])
        assert found.what == "leaves"
    renumbered = [replace(leaves[0], sequence=2), replace(leaves[1], sequence=1), *leaves[2:]]
    assert [found.what for found in examined(sealed, renumbered, books)] == ["leaves"]


def chain(count: int) -> list[Seal]:
    seals: list[Seal] = []
    for _ in range(count):
        last = seals[-1] if seals else None
        seals.append(seal(entries(last.last + 1 if last else 1, 2), last)[0])
    return seals


def test_a_chain_that_was_touched_is_broken() -> None:
    seals = chain(4)
    assert seals[0].previous == GENESIS
    assert chain_examined(seals, seals[-1].head) == ()
    assert chain_examined(seals, seals[1].head) == ()
    assert chain_examined([]) == ()
    for field, value in (("root", "00"), ("previous", "00"), ("first", 9), ("number", 9)):
        touched = [*seals[:1], replace(seals[1], **{field: value}), *seals[2:]]
        assert 2 in {found.seal for found in chain_examined(touched)} or field == "number"
        assert chain_examined(touched)
    assert chain_examined([seals[0], *seals[2:]])[0].words == "seal 3 does not follow seal 1"
    assert chain_examined(seals[1:])
    assert chain_examined(seals[::-1])


def test_seals_with_a_hole_between_them_are_no_chain() -> None:
    first, _ = seal(entries(1, 2), None)
    later, _ = seal(entries(6, 2), replace(first, last=5))
    [found] = chain_examined([first, later])
    assert found.words == "seal 2 begins at 6 instead of 3"


def test_a_head_depends_on_every_batch_before_it() -> None:
    second = entries(3, 2)
    heads = {
        seal(second, seal([entry(1), replace(entry(2), description=words)], None)[0])[0].head
        for words in ("one", "another")
    }
    assert len(heads) == 2


def test_only_a_head_kept_elsewhere_tells_that_the_end_was_made_anew() -> None:
    seals = chain(3)
    anew, _ = seal([replace(entry(5), description="forged"), entry(6)], seals[1])
    assert chain_examined([*seals[:2], anew]) == ()
    for forged in ([*seals[:2], anew], seals[:2], []):
        [found] = chain_examined(forged, seals[2].head)
        assert found.what == "chain"


def test_what_may_not_be_sealed() -> None:
    first, _ = seal(entries(1, 2), None)
    for rest in ([], entries(4, 1), entries(2, 2), [entry(4), entry(3)], [entry(3), entry(3)]):
        with pytest.raises(LedgerBroken):
            seal(rest, first)


LEAVES = st.lists(st.binary(max_size=3).map(leaf_hash), min_size=1, max_size=40)


def defined(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    both = defined(leaves[:k]) + defined(leaves[k:])
    return hashlib.sha256(b"\x01" + both).digest()


@given(LEAVES)
def test_the_root_is_the_one_of_the_rfc(leaves: list[bytes]) -> None:
    assert root(leaves) == defined(leaves)


def test_known_roots() -> None:
    # The test vectors of certificate-transparency implementations.
    assert root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    empty = leaf_hash(b"").hex()
    assert empty == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@given(LEAVES, st.data())
def test_a_path_leads_to_the_root_from_its_own_leaf_and_place_only(leaves, data) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    beside = path(leaves, index)
    top = root(leaves)
    size = len(leaves)
    assert root_by_path(leaves[index], index, size, beside) == top
    assert root_by_path(leaf_hash(b"other leaf"), index, size, beside) != top
    assert root_by_path(leaves[index], index, size, [*beside, top]) is None
    assert root_by_path(leaves[index], size, size, beside) is None
    if beside:
        assert root_by_path(leaves[index], index, size, beside[:-1]) is None


@given(st.integers(1, 20), st.data())
def test_a_proof_holds_for_the_sealed_entry_alone(count: int, data) -> None:
    before, _ = seal(entries(1, 3), None)
    books = entries(4, count)
    sealed, leaves = seal(books, before)
    index = data.draw(st.integers(0, count - 1))
    proof = prove(sealed, leaves, books[index].transaction_id)
    assert proven(proof, books[index])
    assert not proven(proof, replace(books[index], description="forged"))
    assert not proven(proof, replace(books[index], sequence=99))
    assert not proven(replace(proof, index=index + 1), books[index])
    forged = replace(sealed, first=5, last=sealed.last + 1)
    assert not proven(replace(proof, seal=forged), replace(books[index]))
    assert not proven(replace(proof, seal=replace(sealed, head="00")), books[index])
    for other in books:
        assert proven(proof, other) == (other == books[index])
    with pytest.raises(LedgerBroken, match="is not in seal 2"):
        prove(sealed, leaves, UUID(int=5))


def test_the_sealed_form_never_changes() -> None:
    # Old seals rest on it: a field more or another order needs a new form, beside this one.
    digest = hashlib.sha256(entry(1).canonical()).hexdigest()
    assert digest == "5c4e4d69456db5be5e67acb032b61e88e81257892f59e16a5dbd0ed215b6e593"


def test_an_entry_tells_all_of_a_transaction() -> None:
    lines = (Posting(account="cash", amount_minor=5, currency="EUR"),
             Posting(account="payable", amount_minor=-5, currency="EUR"))  # fmt: skip
    made = Transaction(
        transaction_id=UUID(int=5), kind="reversal", obligation_key=UUID(int=1), revision="r",
        passenger_ref=UUID(int=2), assessment_id=UUID(int=3), reverses=UUID(int=4),
        occurred_at=AT, description="a test", rulebook="V-UK-2", actor="clerk",
        reference="fact", postings=lines,
    )  # fmt: skip
    told = Entry.of(made, 7, AT, ("log/0/1",), "1")
    expected = replace(
        entry(7), transaction_id=UUID(int=5), booked_at=AT,
        lines=(Line("cash", 5, "EUR"), Line("payable", -5, "EUR")),
    )  # fmt: skip
    assert told == expected
