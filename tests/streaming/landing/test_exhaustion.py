"""What runs out while landing: it is said, nothing is lost, and landing goes on when it is over."""

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import psutil
import pytest

from streaming.broker import Message, Publisher
from streaming.store.database import Connection, connect
from tests.streaming.landing.conftest import Landing, departure

NO_SPACE = """
    create function full_disk() returns trigger language plpgsql as $$ begin
    raise exception 'could not extend file: No space left on device' using errcode = '53100';
    end $$;
    create trigger full_disk before update on logs.ends execute function full_disk()
"""
END_OF_LANDER = (
    "select pg_terminate_backend(pid) from pg_stat_activity"
    " where application_name = 'lander' and datname = current_database()"
)


class Said:
    """What a lander's process says, read as it comes."""

    def __init__(self, landing: Landing) -> None:
        self.process = landing.lander()
        self.lines: list[bytes] = []
        Thread(target=self._read, daemon=True).start()
        self.wait(b"landing.started")

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(iter(self.process.stdout.readline, b""))

    def wait(self, words: bytes, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not any(words in line for line in list(self.lines)):
            assert self.process.poll() is None, self.lines[-5:]
            assert time.monotonic() < deadline, self.lines[-5:]
            time.sleep(0.05)


@contextmanager
def short_of(
    landing: Landing, begin: Callable[[Connection, Said], None], end: Callable[[Connection], None]
) -> Iterator[None]:
    """Land, let something run out, see it said, give it back, and hold what landed to Kafka."""
    with connect(landing.database_url, "test", autocommit=True) as connection:
        landing.produce(500)
        said = Said(landing)
        landing.wait_until_landed()
        begin(connection, said)
        landing.produce(500, unreadable=2)
        said.wait(b"exhaustion")
        assert said.process.poll() is None
        yield
        end(connection)
        landing.wait_until_landed(90)
        landing.assert_exactly_once()


def test_the_disk_of_postgresql_is_full(landing: Landing) -> None:
    """As PostgreSQL would say it."""
    with short_of(
        landing,
        lambda connection, _: connection.execute(NO_SPACE),
        lambda connection: connection.execute("drop trigger full_disk on logs.ends"),
    ):
        assert landing.accounted() == 500


@pytest.mark.torture
def test_there_are_no_connections_left(landing: Landing) -> None:
    name = landing.database_url.rpartition("/")[2]

    def none_left(connection: Connection, _: Said) -> None:
        connection.execute(f"alter database {name} connection limit 0")
        connection.execute(END_OF_LANDER)

    def again(connection: Connection) -> None:
        connection.execute(f"alter database {name} connection limit -1")

    with short_of(landing, none_left, again):
        pass


@pytest.mark.torture
def test_there_are_no_file_descriptors_left(landing: Landing) -> None:
    held: list[psutil.Process] = []

    def none_left(connection: Connection, said: Said) -> None:
        process = psutil.Process(said.process.pid)
        held.append(process)
        # Descriptors below the limit that are closed are filled again by the broker's client.
        process.rlimit(resource.RLIMIT_NOFILE, (3, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        connection.execute(END_OF_LANDER)

    def again(connection: Connection) -> None:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        held[0].rlimit(resource.RLIMIT_NOFILE, (1_024, hard))

    with short_of(landing, none_left, again):
        pass


@pytest.mark.torture
@pytest.mark.timeout(300)
def test_a_backlog_waits_on_kafka_and_not_in_memory(landing: Landing, capsys) -> None:
    """PostgreSQL is away while 100 MB come: the lander holds a batch and the client's queue."""
    said = Said(landing)
    process = psutil.Process(said.process.pid)
    count = 400_000
    value = landing.codec().encode("flight.events", departure(1))
    landing.produce(500)
    landing.wait_until_landed()
    before = process.memory_info().rss
    landing.stack.stop_component("postgres")
    try:
        with Publisher(landing.cluster) as publisher:
            for number in range(count):
                publisher.send(Message("flight.events", str(number).encode(), value, []))
                if number % 10_000 == 0:
                    most = max(before, process.memory_info().rss)
        time.sleep(5)
        most = max(most, process.memory_info().rss)
    finally:
        landing.stack.start_component("postgres")
    began = time.monotonic()
    landing.wait_until_accounted(count + 500, 200)
    took = time.monotonic() - began
    with capsys.disabled():
        print(  # noqa: T201 (what is measured)
            f"\n{count:,} records waited; memory +{(most - before) / 1e6:.0f} MB;"
            f" all landed {took:.0f} s after PostgreSQL was back"
        )
    assert landing.accounted() == count + 500
    assert most - before < 120e6
