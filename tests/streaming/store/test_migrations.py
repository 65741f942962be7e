"""Migrations go up and down, equal the models, and PostgreSQL guards what it is told to guard."""

from uuid import uuid4

import psycopg
import pytest
from alembic import command

from streaming.store.database import connect
from streaming.store.errors import StoreError
from streaming.store.migration import configuration, current, downgrade, migrate


def test_up_down_and_up_again(database_url: str) -> None:
    migrate(database_url)
    top = current(database_url)
    downgrade(database_url)
    assert current(database_url) is None
    with connect(database_url, "test") as connection:
        left = connection.execute(
            "select count(*) from information_schema.tables where table_schema in"
            " ('landed', 'derived', 'detected', 'ledger', 'keyring', 'outbox')"
        ).fetchone()
    assert left == (0,)
    migrate(database_url)
    assert current(database_url) == top


def test_the_migrated_schema_is_the_models(migrated_url: str) -> None:
    command.check(configuration(migrated_url))  # raises when a revision would be generated


def test_a_newer_database_is_refused(migrated_url: str) -> None:
    with connect(migrated_url, "test") as connection:
        connection.execute("update logs.alembic_version set version_num = '9999'")
    with pytest.raises(StoreError, match="9999"):
        migrate(migrated_url)


@pytest.fixture
def books(migrated_url: str):
    """A session as the assets' role, with two accounts and one assessment to book on."""
    with connect(migrated_url, "test", autocommit=True) as owner:
        owner.execute(
            "insert into ledger.accounts values ('a', 'expense', ''), ('b', 'liability', '')"
        )
        owner.execute(
            "insert into derived.passenger_impacts select (jsonb_populate_record("
            "null::derived.passenger_impacts, %s)).*",
            (
                psycopg.types.json.Jsonb(
                    {
                        "obligation_key": str(uuid4()),
                        "revision": "r",
                        "passenger_ref": str(uuid4()),
                        "journey_id": str(uuid4()),
                        "disruption_id": str(uuid4()),
                        "disruption_revision": 1,
                        "facts": {"event": "delay"},
                        "as_of": "2026-06-15T00:00:00Z",
                        "sequence": 0,
                        "obligation_event": "disruption",
                        "broken_leg_id": str(uuid4()),
                        "settled": True,
                        "evidence": ["1/0/0"],
                        "code_version": "c",
                        "written_at": "2026-06-15T00:00:00Z",
                    }
                ),
            ),
        )
        assessment = uuid4()
        owner.execute(
            "insert into derived.assessments select (jsonb_populate_record("
            "null::derived.assessments, %s)).*",
            (
                psycopg.types.json.Jsonb(
                    {
                        "assessment_id": str(assessment),
                        "obligation_key": str(uuid4()),
                        "revision": "r",
                        "impact_sequence": 0,
                        "regime": "uk",
                        "rulebook": "V-UK-2",
                        "in_scope": True,
                        "event": "delay",
                        "amount_minor": 22000,
                        "amount_min_minor": 22000,
                        "amount_max_minor": 22000,
                        "currency": "GBP",
                        "care": [],
                        "citations": ["UK261 Art 7"],
                        "rules_hit": ["CO-03"],
                        "flags": [],
                        "needs": [],
                        "certainty": "settled",
                        "explanation": "",
                        "as_of": "2026-06-15T00:00:00Z",
                        "sequence": 0,
                        "evidence": ["2/0/0"],
                        "code_version": "c",
                        "written_at": "2026-06-15T00:00:00Z",
                    }
                ),
            ),
        )
    with connect(migrated_url, "test") as connection:
        connection.execute("set role knockon_assets")
        connection.commit()
        yield connection, assessment


def _transaction(connection, assessment, amounts) -> object:
    key = uuid4()
    with connection.transaction():
        connection.execute(
            "insert into ledger.transactions (transaction_id, sequence, kind, obligation_key,"
            " revision, passenger_ref, assessment_id, occurred_at, description, rulebook,"
            " evidence, code_version) values (%s, (select coalesce(max(sequence), -1) + 1 from"
            " ledger.transactions), 'accrual', %s, 'r', %s, %s, now(), '', 'V', '{1/0/0}', 'c')",
            (key, uuid4(), uuid4(), assessment),
        )
        for line, (account, amount, currency) in enumerate(amounts):
            connection.execute(
                "insert into ledger.postings values (%s, %s, %s, %s, %s)",
                (key, line, account, amount, currency),
            )
    return key


def test_a_balanced_transaction_is_taken(books) -> None:
    connection, assessment = books
    _transaction(connection, assessment, [("a", 220, "GBP"), ("b", -220, "GBP")])


@pytest.mark.parametrize(
    "amounts",
    [
        [("a", 220, "GBP"), ("b", -219, "GBP")],
        [("a", 220, "GBP"), ("b", -220, "EUR")],
        [],
    ],
)
def test_postgresql_refuses_an_unbalanced_transaction(books, amounts) -> None:
    connection, assessment = books
    with pytest.raises(psycopg.errors.CheckViolation):
        _transaction(connection, assessment, amounts)
    assert connection.execute("select count(*) from ledger.transactions").fetchone() == (0,)


def test_a_line_added_later_is_refused(books) -> None:
    connection, assessment = books
    key = _transaction(connection, assessment, [("a", 220, "GBP"), ("b", -220, "GBP")])
    with pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
        connection.execute("insert into ledger.postings values (%s, 9, 'a', 1, 'GBP')", (key,))


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger.postings set amount_minor = amount_minor * 2",
        "delete from ledger.transactions",
        "truncate ledger.postings",
    ],
)
@pytest.mark.parametrize("role", ["knockon_assets", None])
def test_what_is_booked_stays_booked_even_for_the_owner(books, statement, role) -> None:
    connection, assessment = books
    _transaction(connection, assessment, [("a", 220, "GBP"), ("b", -220, "GBP")])
    if role is None:
        connection.execute("reset role")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


DENIED = [
    ("knockon_analyst", "select 1 from landed.flight_events"),
    ("knockon_analyst", "select 1 from ledger.postings"),
    ("knockon_dbt", "select sealed from landed.passenger_events"),
    ("knockon_dbt", "select payload from landed.dead_letters"),
    ("knockon_dbt", "select 1 from keyring.data_keys"),
    ("knockon_assets", "select 1 from keyring.data_keys"),
    ("knockon_assets", "insert into landed.dead_letters select * from landed.dead_letters"),
    ("knockon_lander", "select 1 from keyring.data_keys"),
    ("knockon_lander", "delete from landed.flight_events"),
    ("knockon_detector", "select 1 from landed.passenger_events"),
    ("knockon_relay", "select 1 from landed.flight_events"),
    ("knockon_keyring", "select 1 from landed.passenger_events"),
]


@pytest.mark.parametrize(("role", "statement"), DENIED)
def test_each_role_may_do_its_own_work_only(migrated_url: str, role: str, statement: str) -> None:
    with connect(migrated_url, "test") as connection:
        connection.execute(f"set role {role}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)
