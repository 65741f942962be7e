"""Marks: read once, in commit order, whoever races."""

from streaming.store.database import connect
from streaming.store.intervals import (
    Interval,
    advance,
    append,
    ends,
    logs_named,
    marks,
    pending,
    register_kafka_log,
    register_table_log,
)


def _write(connection, log: int, rows: int) -> int:
    return append(connection, log, rows)


def test_transactions_that_commit_in_reverse_order_lose_nothing(migrated_url: str) -> None:
    """A serial number would be taken early and seen late; an offset waits for its turn."""
    with connect(migrated_url, "one") as one, connect(migrated_url, "two", autocommit=True) as two:
        log = register_table_log(one, "test.log")
        one.commit()
        first = _write(one, log, 3)  # begins first, commits last
        assert pending(two, "reader", log) is None
        two.execute("set lock_timeout = '200ms'")
        blocked = False
        try:
            _write(two, log, 2)
        except Exception as error:
            blocked = "lock timeout" in str(error)
        assert blocked, "the later writer must wait, or its rows would be read before the earlier's"
        one.commit()
        second = _write(two, log, 2)
        assert (first, second) == (0, 3)
        found = pending(two, "reader", log)
        assert found == Interval(log, "test.log", {0: (0, 5)})


def test_partitions_committed_in_reverse_order_lose_nothing(migrated_url: str) -> None:
    """Two landers on two partitions: the one that began first commits last."""
    move = "insert into logs.ends (log_id, partition, next_offset) values (%s, %s, %s)"
    with (
        connect(migrated_url, "one") as one,
        connect(migrated_url, "two") as two,
        connect(migrated_url, "reader", autocommit=True) as reader,
    ):
        log = register_kafka_log(reader, "c", "t", "flight.events")
        one.execute(move, (log, 0, 10))
        two.execute(move, (log, 1, 20))
        two.commit()
        seen = pending(reader, "r", log)
        assert seen is not None
        assert seen.spans == {1: (0, 20)}
        with reader.transaction():
            assert advance(reader, "r", seen)
        one.commit()
        rest = pending(reader, "r", log)
        assert rest is not None
        assert rest.spans == {0: (0, 10)}


def test_of_two_that_advance_the_same_interval_one_does(migrated_url: str) -> None:
    with connect(migrated_url, "a", autocommit=True) as a:
        log = register_table_log(a, "test.log")
        append(a, log, 4)
        interval = pending(a, "r", log)
        assert interval is not None
        assert advance(a, "r", interval)
        assert not advance(a, "r", interval)
        append(a, log, 4)
        following = pending(a, "r", log)
        assert following is not None
        assert following.spans == {0: (4, 8)}
        assert advance(a, "r", following)
        assert not advance(a, "r", following)
        assert marks(a, "r", log) == ends(a, log) == {0: 8}


def test_a_rolled_back_writer_gives_its_numbers_back(migrated_url: str) -> None:
    with connect(migrated_url, "a") as a:
        log = register_table_log(a, "test.log")
        a.commit()
        append(a, log, 7)
        a.rollback()
        assert append(a, log, 1) == 0


def test_a_limit_cuts_the_interval_and_the_rest_follows(migrated_url: str) -> None:
    with connect(migrated_url, "a", autocommit=True) as a:
        log = register_table_log(a, "test.log")
        append(a, log, 10)
        cut = pending(a, "r", log, limit=4)
        assert cut is not None
        assert cut.spans == {0: (0, 4)}


def test_a_recreated_topic_and_another_cluster_are_other_logs(migrated_url: str) -> None:
    with connect(migrated_url, "a", autocommit=True) as a:
        first = register_kafka_log(a, "cluster", "id-1", "flight.events")
        again = register_kafka_log(a, "cluster", "id-1", "flight.events")
        recreated = register_kafka_log(a, "cluster", "id-2", "flight.events")
        elsewhere = register_kafka_log(a, "other", "id-1", "flight.events")
        assert first == again
        assert len({first, recreated, elsewhere}) == 3
        assert logs_named(a, "flight.events") == sorted([first, recreated, elsewhere])
