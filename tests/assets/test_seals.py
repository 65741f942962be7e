"""Sealed books: what is changed, removed or put in is found and named, on a real database."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from assets.derivations.seals import SEALS
from domain.identity import name_uuid
from orchestration.cli.app import app
from orchestration.verify.books import books_sealed
from streaming.derivation import NothingPending, Written, run
from streaming.store.database import connect
from streaming.store.derive import insert
from streaming.store.seals import last_seal, seals

AT = datetime(2026, 6, 15, 8, tzinfo=UTC)


@pytest.fixture
def connection(migrated_url: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(migrated_url, "test", autocommit=True) as made:
        made.execute("insert into ledger.accounts values ('a', 'asset', ''), ('b', 'asset', '')")
        # Where a transaction comes from is tested elsewhere.
        made.execute(
            "alter table ledger.transactions drop constraint"
            " fk_transactions_assessment_id_assessments"
        )
        yield made


def book(connection: psycopg.Connection[Any], *numbers: int) -> None:
    """One transaction of two lines each."""
    with connection.transaction():
        rows = [
            {
                "transaction_id": name_uuid("transaction", number), "kind": "accrual",
                "obligation_key": name_uuid("obligation", number), "revision": "r",
                "passenger_ref": name_uuid("passenger", number),
                "assessment_id": name_uuid("assessment", number), "occurred_at": AT,
                "description": f"number {number}", "rulebook": "V-UK-2", "evidence": ["1/0/0"],
                "code_version": "test",
            }
            for number in numbers
        ]  # fmt: skip
        insert(connection, "ledger.transactions", rows)
        for row in rows:
            for line, (account, minor) in enumerate((("a", 22_000), ("b", -22_000)), 1):
                connection.execute(
                    "insert into ledger.postings values (%s, %s, %s, %s, 'GBP')",
                    (row["transaction_id"], line, account, minor),
                )


def sealed(connection: psycopg.Connection[Any]) -> Written:
    done = run(connection, SEALS)
    assert isinstance(done, Written)
    return done


@pytest.fixture
def books(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """Seven transactions under two seals, and one that waits for the next."""
    book(connection, 0, 1, 2, 3, 4)
    sealed(connection)
    book(connection, 5, 6)
    sealed(connection)
    book(connection, 7)
    return connection


def forge(connection: psycopg.Connection[Any], *statements: str) -> None:
    """As whoever owns the tables can, past the triggers that guard them."""
    for table in ("transactions", "postings", "seals", "seal_leaves"):
        connection.execute(f"alter table ledger.{table} disable trigger user")
    connection.execute(
        "alter table ledger.postings drop constraint if exists"
        " fk_postings_transaction_id_transactions"
    )
    for statement in statements:
        assert connection.execute(statement).rowcount == 1


def test_each_transaction_is_sealed_once_and_the_seals_are_a_chain(
    books: psycopg.Connection[Any],
) -> None:
    assert [(one.number, one.first, one.last) for one in seals(books)] == [(1, 0, 4), (2, 5, 6)]
    first, second = seals(books)
    assert second.previous == first.head
    verdict = books_sealed(books, first.head)
    assert (verdict.checked, list(verdict.broken)) == (7, [])
    assert verdict.counts == {"seals": 2, "not sealed yet": 1, "closed periods": 0}
    sealed(books)
    assert books_sealed(books).checked == 8
    assert isinstance(run(books, SEALS), NothingPending)


def test_reading_everything_again_seals_nothing_twice(books: psycopg.Connection[Any]) -> None:
    before = seals(books)
    books.execute("delete from logs.marks where reader = 'ledger.seals'")
    assert sealed(books).outcome.rows == {"ledger.seals": 1, "ledger.seal_leaves": 1}
    assert seals(books)[:2] == before
    books.execute("delete from logs.marks where reader = 'ledger.seals'")
    assert sealed(books).outcome.rows == {"ledger.seals": 0}
    assert books_sealed(books).holds


ID = "(select transaction_id from ledger.transactions where sequence = 2)"
COLUMNS = (
    "kind, obligation_key, revision, passenger_ref, assessment_id, reverses, occurred_at,"
    " booked_at, description, rulebook, evidence, code_version"
)
FORGERIES = {
    "a sum is raised, in balance": (
        "is not what was sealed at 2",
        f"update ledger.postings set amount_minor = 250 where (transaction_id, line) = ({ID}, 1)",
        f"update ledger.postings set amount_minor = -250 where (transaction_id, line) = ({ID}, 2)",
    ),
    "another account": (
        "is not what was sealed at 2",
        f"update ledger.postings set account = 'b' where line = 1 and transaction_id = {ID}",
    ),
    "another reason": (
        "is not what was sealed at 2",
        "update ledger.transactions set description = 'else' where sequence = 2",
    ),
    "another passenger": (
        "is not what was sealed at 2",
        "update ledger.transactions set passenger_ref = gen_random_uuid() where sequence = 2",
    ),
    "another day": (
        "is not what was sealed at 2",
        "update ledger.transactions set booked_at = booked_at - interval '1 day'"
        " where sequence = 2",
    ),
    "a line is gone": (
        "is not what was sealed at 2",
        f"delete from ledger.postings where line = 2 and transaction_id = {ID}",
    ),
    "a transaction is gone": (
        "was sealed at 2 and is gone",
        "delete from ledger.transactions where sequence = 2",
    ),
    "one is put in another's place": (
        "stands at 2 and was not sealed there",
        "update ledger.transactions set transaction_id = gen_random_uuid() where sequence = 2",
    ),
    "one is put between": (
        "stands at 3 and was not sealed there",
        "alter table ledger.transactions drop constraint uq_transactions_sequence",
        f"insert into ledger.transactions (transaction_id, sequence, {COLUMNS})"
        f" select gen_random_uuid(), 3, {COLUMNS} from ledger.transactions where sequence = 2",
    ),
    "one is moved out of the sealed part": (
        "was sealed at 2 and stands at 99",
        "update ledger.transactions set sequence = 99 where sequence = 2",
    ),
    "its leaf is made to fit": (
        "do not lead to its root",
        "update ledger.seal_leaves set digest = repeat('0', 64) where sequence = 2",
    ),
    "the root is made to fit": (
        "says something else than its head",
        "update ledger.seals set root = repeat('0', 64) where number = 1",
    ),
    "the newest seal is gone": (
        "no seal has the head that was kept",
        "delete from ledger.seal_leaves where sequence = 5",
        "delete from ledger.seal_leaves where sequence = 6",
        "delete from ledger.seals where number = 2",
    ),
}


@pytest.mark.parametrize("how", FORGERIES)
def test_a_forgery_is_found_and_named(books: psycopg.Connection[Any], how: str) -> None:
    said, *statements = FORGERIES[how]
    newest = last_seal(books)
    assert newest is not None
    # "alter table" counts no rows.
    for statement in (one for one in statements if one.startswith("alter")):
        books.execute(statement)
    forge(books, *(one for one in statements if not one.startswith("alter")))
    broken = books_sealed(books, newest.head).broken
    assert [words for words in broken if said in words], broken


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger.seals set root = ''",
        "delete from ledger.seals",
        "truncate ledger.seal_leaves",
    ],
)
def test_seals_are_append_only(books: psycopg.Connection[Any], statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        books.execute(statement)


def test_a_proof_can_be_done_again_with_a_hash_alone(
    books: psycopg.Connection[Any], migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", migrated_url)
    done = CliRunner().invoke(app, ["ledger", "proof", str(name_uuid("transaction", 3)), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)

    def node(left: bytes, right: bytes) -> bytes:
        return hashlib.sha256(b"\x01" + left + right).digest()

    here = hashlib.sha256(b"\x00" + told["entry"].encode()).digest()
    a, b, c = map(bytes.fromhex, told["path"])
    # Leaf 3 of five: beside it 2, then 0 and 1, then 4 alone.
    assert told["index"] == 3
    assert node(node(b, node(a, here)), c).hex() == told["seal"]["root"]
    assert "22000" in told["entry"]


def test_a_proof_says_what_is_not_sealed_or_not_the_same(
    books: psycopg.Connection[Any], migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", migrated_url)

    def say(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["ledger", *words])
        return done.exit_code, done.output

    assert "not sealed yet" in say("proof", str(name_uuid("transaction", 7)))[1]
    assert say("proof", "ffffffff-0000")[0] == 1
    assert say("proof", str(name_uuid("transaction", 2)))[0] == 0
    forge(books, "update ledger.transactions set revision = 's' where sequence = 2")
    code, text = say("proof", str(name_uuid("transaction", 2)))
    assert (code, "NOT what was sealed" in text) == (1, True)
    newest = last_seal(books)
    assert newest is not None
    assert say("head") == (
        0, f"{newest.head}  seal 2, up to sequence 6\n1 transactions wait for the next seal\n"
    )  # fmt: skip
