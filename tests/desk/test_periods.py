"""Closed periods: PostgreSQL takes nothing into them, whoever races, and late facts go on."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from assets.derivations.seals import SEALS
from domain.ledger import LedgerBroken
from domain.ledger.periods import Period
from orchestration.verify.books import books_sealed
from streaming.derivation import Written, run
from streaming.desk.errors import StillWaiting
from streaming.desk.periods import close_period, month, next_month, open_period
from streaming.store.database import connect
from streaming.store.periods import calendar
from streaming.store.seals import entries, last_seal
from tests.assets.test_response import DAY
from tests.desk.conftest import PASSENGERS, Desk

JUNE, JULY = "2026-06", "2026-07"
REFUSED = psycopg.errors.ObjectNotInPrerequisiteState
CLOSE = "insert into ledger.closings (period, closed_by) values ('2026-06', 'controller')"
LINES = (
    "insert into ledger.postings select transaction_id, 8 + line, account, amount_minor, currency"
    " from ledger.postings join ledger.transactions using (transaction_id) where sequence = 0"
)


@pytest.fixture
def periods(desk: Desk) -> Desk:
    """June and July are open, and June is sealed."""
    open_period(desk.connection, month(JUNE))
    open_period(desk.connection, next_month(desk.connection))
    assert isinstance(run(desk.connection, SEALS), Written)
    return desk


def placed(desk: Desk) -> list[tuple[str | None, str | None]]:
    """Period and what it is late for, of every transaction; as the domain places it, too."""
    found = desk.connection.execute(
        "select period, late_for from ledger.placements order by sequence"
    ).fetchall()
    known = calendar(desk.connection)
    told = [
        known.place(one.occurred_at, one.sequence) for one in entries(desk.connection, 0, 10_000)
    ]
    assert found == [(one.period, one.late_for) for one in told]
    return found


def approve_late(desk: Desk, connection: psycopg.Connection[Any] | None = None) -> None:
    """Told of in July or later, done in June."""
    desk = Desk(desk.url, connection or desk.connection, desk.keyring)
    june = {"occurred_at": DAY + timedelta(days=3)}
    desk.tell("claim", 0, actor="p", role="passenger", **june)
    desk.tell("approve", 0, amount_minor=25_000, currency="EUR", **june)


def test_a_closed_period_takes_nothing_and_what_comes_late_goes_into_the_open_one(
    periods: Desk,
) -> None:
    connection = periods.connection
    assert placed(periods) == [(JUNE, None)] * PASSENGERS
    periods.tell("claim", 1, actor="p", role="passenger", occurred_at=DAY + timedelta(days=40))
    periods.tell("approve", 1, amount_minor=25_000, currency="EUR")
    with pytest.raises(StillWaiting, match=f"{JUNE} stays open: 1 transactions wait for their"):
        close_period(connection, JUNE, "controller")
    run(connection, SEALS)
    with pytest.raises(LedgerBroken, match="close the periods before 2026-07 first"):
        close_period(connection, JULY, "controller")
    closing = close_period(connection, JUNE, "controller")
    newest = last_seal(connection)
    assert newest is not None
    assert (closing.following, closing.head) == (PASSENGERS + 1, newest.head)
    approve_late(periods)
    assert placed(periods) == [*[(JUNE, None)] * PASSENGERS, (JULY, None), (JULY, JUNE)]
    # Whoever goes past our own code is refused by PostgreSQL.
    for statement in (
        LINES,
        "insert into ledger.transactions select gen_random_uuid(), -1, kind, obligation_key,"
        " revision, passenger_ref, assessment_id, null, occurred_at, now(), '', rulebook,"
        " evidence, code_version from ledger.transactions where sequence = 0",
    ):
        with pytest.raises(REFUSED, match="is in a closed period: nothing goes in before 5"):
            connection.execute(statement)
    for table in ("periods", "closings"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"delete from ledger.{table}")
    with pytest.raises(REFUSED, match="begin before one that is closed"):
        connection.execute("insert into ledger.periods values ('x', '2026-05-31', '2026-05-31')")
    open_period(connection, month("2026-08"))
    with pytest.raises(REFUSED, match="has an open one before it"):
        connection.execute("insert into ledger.closings values ('2026-08', now(), 'me', 0)")
    with connect(periods.url, "old") as old:
        old.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with pytest.raises(REFUSED, match="read committed"):
            old.execute(LINES)


def test_nothing_unread_is_closed_over(periods: Desk) -> None:
    set_back = "update logs.marks set next_offset = 0 where reader = %s"
    for reader in ("ledger.transactions", "derived.assessments"):
        periods.connection.execute(set_back, (reader,))
    with pytest.raises(StillWaiting) as refused:
        close_period(periods.connection, JUNE, "controller")
    assert "4 impacts wait for the law, 4 assessments wait for the books;" in str(refused.value)
    assert calendar(periods.connection).closings == {}


def test_a_closing_that_was_moved_is_found(periods: Desk) -> None:
    close_period(periods.connection, JUNE, "controller")
    verdict = books_sealed(periods.connection)
    assert (verdict.broken, verdict.counts["closed periods"]) == ([], 1)
    periods.connection.execute("alter table ledger.closings disable trigger user")
    periods.connection.execute("update ledger.closings set following = following - 1")
    [broken] = books_sealed(periods.connection).broken
    assert broken.startswith("period 2026-06 is closed before transaction 3, where the seal")


def test_periods_are_opened_in_a_row(desk: Desk) -> None:
    connection = desk.connection
    with pytest.raises(LedgerBroken, match="name the first"):
        next_month(connection)
    with pytest.raises(LedgerBroken, match="is no month"):
        month("2026-13")
    open_period(connection, month(JUNE))
    open_period(connection, month("2026-05"))  # nothing is closed: an earlier one may come
    assert [one.name for one in calendar(connection).periods] == ["2026-05", JUNE]
    with pytest.raises(LedgerBroken, match="does not begin when 2026-06 ends"):
        open_period(connection, month("2026-08"))
    with pytest.raises(psycopg.errors.ExclusionViolation):
        connection.execute("insert into ledger.periods values ('x', '2026-06-30', '2026-07-02')")
    open_period(connection, Period("half", date(2026, 7, 1), date(2026, 7, 14)))
    with pytest.raises(LedgerBroken, match="half ends within a month"):
        next_month(connection)
    run(connection, SEALS)
    close_period(connection, "2026-05", "controller")
    with pytest.raises(LedgerBroken, match="2026-04 would begin before one that is closed"):
        open_period(connection, month("2026-04"))


@contextmanager
def under_way(desk: Desk) -> Iterator[psycopg.Connection[Any]]:
    """A session within a transaction that `commit` ends."""
    with connect(desk.url, "first") as connection:
        connection.execute("select 1")
        yield connection


@contextmanager
def waits(desk: Desk, work: Callable[[psycopg.Connection[Any]], Any]) -> Iterator[Future[Any]]:
    """The work in a session of its own, which must be blocked by somebody's lock at first."""
    with connect(desk.url, "racer", autocommit=True) as racer, ThreadPoolExecutor(1) as pool:
        pid = racer.info.backend_pid
        future = pool.submit(work, racer)
        for _ in range(1_000):
            row = desk.connection.execute(
                "select cardinality(pg_blocking_pids(%s))", (pid,)
            ).fetchone()
            assert not future.done(), future.result()
            if row and row[0]:
                break
            time.sleep(0.005)
        else:
            raise AssertionError("it did not wait")
        yield future
        future.exception(timeout=30)


def test_who_posts_before_the_closing_is_in_the_period(periods: Desk) -> None:
    with under_way(periods) as writer:
        approve_late(periods, writer)
        with waits(periods, lambda racer: racer.execute(CLOSE)):
            writer.commit()
    assert placed(periods) == [(JUNE, None)] * (PASSENGERS + 1)
    [closing] = calendar(periods.connection).closings.values()
    assert closing.following == PASSENGERS + 1


def test_the_closing_sees_what_it_waited_for(periods: Desk) -> None:
    with under_way(periods) as writer:
        approve_late(periods, writer)
        with waits(periods, lambda racer: close_period(racer, JUNE, "controller")) as closing:
            writer.commit()
    with pytest.raises(StillWaiting, match="1 transactions wait"):
        closing.result()


@pytest.mark.parametrize("way", ["desk", "line"])
def test_who_posts_after_the_closing_is_late_or_refused(periods: Desk, way: str) -> None:
    def post(racer: psycopg.Connection[Any]) -> None:
        if way == "desk":
            approve_late(periods, racer)
        else:
            racer.execute(LINES)

    with under_way(periods) as closer:
        close_period(closer, JUNE, "controller")
        with waits(periods, post) as posting:
            closer.commit()
    if way == "desk":
        assert posting.result() is None
        assert placed(periods)[PASSENGERS:] == [(JULY, JUNE)]
    else:
        with pytest.raises(REFUSED, match="is in a closed period"):
            posting.result()


def test_without_periods_the_books_go_on(desk: Desk) -> None:
    approve_late(desk)
    rows = desk.connection.execute("select period, late_for from ledger.placements").fetchall()
    assert rows == [(None, None)] * (PASSENGERS + 1)
    open_period(desk.connection, month(JULY))
    # What happened before the calendar begins is its first period's.
    assert placed(desk) == [(JULY, None)] * (PASSENGERS + 1)
