"""The ground that all contenders stand on: one stack, a migrated template, addresses."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from psycopg import sql

from orchestration.stack import Stack
from orchestration.stack.postgres import SUPERUSER
from orchestration.stack.workers import platform_environment
from streaming.broker import Broker, BrokerError
from streaming.broker.registry import Registry
from streaming.cluster import Cluster
from streaming.codec import Codec
from streaming.settings import role_password
from streaming.store.database import Connection, connect
from streaming.store.days import DAY, make_days
from streaming.store.intervals import register_kafka_log
from streaming.store.landing import Table
from streaming.store.migration import migrate
from streaming.topics import TOPICS

TOPIC = "flight.events"
PARTITIONS = TOPICS[TOPIC].partitions
TABLE = Table(TOPICS[TOPIC].table)
NAME = "knockon-bench"
RECREATE_SECONDS = 30


@dataclass
class Bench:
    """One stack with what the parts of the benchmark ask of it."""

    stack: Stack
    directory: Path
    template: str

    @classmethod
    def on(cls, stack: Stack, directory: Path) -> "Bench":
        """Make the template that every contender's database is a copy of, and register schemas."""
        directory.mkdir(exist_ok=True)
        codec = Codec(Registry(str(stack.settings.schema_registry_url)))
        for topic in TOPICS:
            codec.register(topic)
        template = stack.create_database()
        migrate(template)
        today = datetime.now(UTC).date()
        with connect(template, NAME) as connection:  # a lander would, the others cannot
            make_days(connection, [TABLE.name], [today, today + DAY])
        return cls(stack, directory, template)

    @property
    def cluster(self) -> Cluster:
        return self.stack.settings.cluster()

    @property
    def bootstrap(self) -> str:
        return self.cluster.bootstrap_servers

    @property
    def registry(self) -> str:
        return str(self.stack.settings.schema_registry_url)

    @contextmanager
    def database(self) -> Iterator[str]:
        """A fresh database with the product's tables; the URL is the owner's."""
        url = self.stack.create_database(self.template.rpartition("/")[2])
        try:
            yield url
        finally:
            self.stack.drop_database(url)

    def settle(self) -> None:
        """Write out what the last one left, so that its checkpoint is not the next one's."""
        secret = self.stack.settings.role_secret
        assert secret is not None
        password = role_password(secret.get_secret_value(), SUPERUSER)
        address = self.stack.components["postgres"].address
        url = f"postgresql://{SUPERUSER}:{password}@{address}/postgres"
        with connect(url, NAME, autocommit=True) as connection:
            connection.execute("checkpoint")

    def log_id(self, connection: Connection) -> int:
        """Our topic's log in this database, made when it is not there yet."""
        found = Broker(self.cluster).identities([TOPIC])[TOPIC]
        number = register_kafka_log(connection, found.cluster_id, found.topic_id, TOPIC)
        connection.commit()
        return number

    def lander_environment(self, database_url: str) -> dict[str, str]:
        """What the stack's own lander is started with, but for the database."""
        environment = platform_environment(
            self.stack.site, ("knockon_lander", "knockon_keyring"), kafka=True, master_key=True
        )
        server = environment["DATABASE_URL"].rpartition("/")[0]
        database = database_url.rpartition("/")[2]
        return {**environment, "DATABASE_URL": f"{server}/{database}"}

    def topics_anew(self, *copies: str) -> None:
        """The product's topics, ours empty, and copies of it: made again under other ids."""
        broker = Broker(self.cluster)
        wanted = [*TOPICS.values(), *(replace(TOPICS[TOPIC], name=name) for name in copies)]
        for name in (TOPIC, *copies):
            broker.delete_topic(name)
        deadline = time.monotonic() + RECREATE_SECONDS
        while True:
            try:
                return broker.ensure_topics(wanted)
            except BrokerError:  # the old one is still being removed
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)


def columns_with_types(connection: Connection) -> tuple[list[str], list[str]]:
    """The table's columns and their types by PostgreSQL's short names, as drivers know them."""
    rows = connection.execute(
        "select attname, typname from pg_attribute a join pg_type t on t.oid = a.atttypid"
        " where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum",
        (f"landed.{TABLE.name}",),
    ).fetchall()
    types = dict(rows)
    return TABLE.columns, [types[name] for name in TABLE.columns]


def identifiers(names: list[str]) -> sql.Composed:
    """Columns for a statement."""
    return sql.SQL(", ").join(map(sql.Identifier, names))


def newest(connection: Connection, log_id: int) -> dict[int, int]:
    """Per partition the next offset after the last row that others can see; the key's index."""
    rows: list[Any] = connection.execute(
        'select p, (select max("offset") from landed.flight_events f'
        " where f.log_id = %s and f.partition = p) from generate_series(0, %s) p",
        (log_id, PARTITIONS - 1),
        prepare=True,
    ).fetchall()
    return {partition: 0 if last is None else last + 1 for partition, last in rows}
