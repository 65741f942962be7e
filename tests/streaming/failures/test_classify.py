"""Every error has a type: PostgreSQL's and the registry's real ones, others by their code."""

import errno
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import httpx
import psycopg
import pytest
from confluent_kafka import KafkaError, KafkaException

from orchestration.stack import Stack
from streaming.broker import BrokerError
from streaming.broker import registry as registries
from streaming.broker.registry import Registry
from streaming.failures import Kind, kind_of
from streaming.store.database import connect
from streaming.store.errors import Lost, StoreError


def kind_of_what(fails: Callable[[], Any], error: type[Exception] = Exception) -> Kind:
    with pytest.raises(error) as caught:
        fails()
    return kind_of(caught.value)


def test_sessions_that_do_not_come_about(stack: Stack, database_url: str) -> None:
    def kind(url: str) -> Kind:
        return kind_of_what(lambda: connect(url, "test"), StoreError)

    address = database_url.rpartition("@")[2]
    assert kind(f"postgresql://knockon_owner:wrong@{address}") == Kind.AUTHENTICATION
    assert kind(f"postgresql://knockon_owner@{address}") == Kind.AUTHENTICATION
    assert kind(f"postgresql://nobody_here:x@{address}") == Kind.AUTHENTICATION
    assert kind("postgresql://knockon_owner:x@127.0.0.1:1/x") == Kind.NETWORK
    with connect(database_url, "test", autocommit=True) as connection:
        name = database_url.rpartition("/")[2]
        connection.execute(f'alter database "{name}" connection limit 0')
        assert kind(database_url) == Kind.EXHAUSTION


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("set role knockon_lander; select 1 from keyring.data_keys", Kind.AUTHORISATION),
        ("set statement_timeout = 10; select pg_sleep(5)", Kind.TIMEOUT),
        ("select 1 / 0", Kind.VALIDATION),
        ("select pg_terminate_backend(pg_backend_pid())", Kind.NETWORK),
        ("selec 1", Kind.PROCESSING),
    ],
)
def test_statements_that_postgresql_refuses(migrated_url: str, statement: str, kind: Kind) -> None:
    connection = connect(migrated_url, "test", autocommit=True)
    assert kind_of_what(lambda: connection.execute(statement), psycopg.Error) == kind
    connection.close()


@pytest.fixture
def answering() -> Iterator[Callable[[int], Registry]]:
    """A registry that answers with one status."""
    servers = []

    def made(status: int) -> Registry:
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(b'{"error_code": 1, "message": "no"}')

            def log_message(self, *_: Any) -> None: ...

        server = HTTPServer(("127.0.0.1", 0), Answer)
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        return Registry(f"http://127.0.0.1:{server.server_port}")

    yield made
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, Kind.AUTHENTICATION), (403, Kind.AUTHORISATION), (422, Kind.VALIDATION)],
)
def test_a_registry_that_refuses(answering, status: int, kind: Kind) -> None:
    assert kind_of_what(lambda: answering(status).schema(1), BrokerError) == kind


@pytest.mark.parametrize(
    ("cause", "kind"), [(ConnectionRefusedError(), Kind.NETWORK), (TimeoutError(), Kind.TIMEOUT)]
)
def test_a_registry_that_is_away_is_no_end_of_the_process(monkeypatch, cause, kind) -> None:
    """httpx's errors are no OSError: the lander died of one."""

    def away(*_: Any) -> Any:
        raise httpx.ConnectError("away") from cause

    monkeypatch.setattr(registries, "_patiently", away)
    assert kind_of_what(lambda: Registry("http://127.0.0.1:1").schema(1), BrokerError) == kind


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (KafkaError._TRANSPORT, Kind.NETWORK),
        (KafkaError._ALL_BROKERS_DOWN, Kind.NETWORK),
        (KafkaError.NOT_LEADER_FOR_PARTITION, Kind.NETWORK),
        (KafkaError._TIMED_OUT, Kind.TIMEOUT),
        (KafkaError.SASL_AUTHENTICATION_FAILED, Kind.AUTHENTICATION),
        (KafkaError.TOPIC_AUTHORIZATION_FAILED, Kind.AUTHORISATION),
        (KafkaError.KAFKA_STORAGE_ERROR, Kind.EXHAUSTION),
        (KafkaError.MSG_SIZE_TOO_LARGE, Kind.VALIDATION),
        (KafkaError.UNKNOWN, Kind.PROCESSING),
    ],
)
def test_codes_of_kafka(code: int, kind: Kind) -> None:
    def refuse() -> None:
        try:
            raise KafkaException(KafkaError(code))
        except KafkaException as error:
            raise BrokerError("no") from error

    assert kind_of_what(refuse) == kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OSError(errno.ENOSPC, "no room"), Kind.EXHAUSTION),
        (OSError(errno.EMFILE, "too many files"), Kind.EXHAUSTION),
        (MemoryError(), Kind.EXHAUSTION),
        (psycopg.errors.DiskFull("no room"), Kind.EXHAUSTION),
        (psycopg.errors.DeadlockDetected("each other"), Kind.TIMEOUT),
        (PermissionError(errno.EACCES, "not yours"), Kind.AUTHORISATION),
        (ConnectionResetError(), Kind.NETWORK),
        (FileNotFoundError(), Kind.PROCESSING),
        (ValueError("a bug"), Kind.PROCESSING),
        (Lost("another"), Kind.PROCESSING),
    ],
)
def test_other_errors(error: Exception, kind: Kind) -> None:
    assert kind_of(error) == kind
