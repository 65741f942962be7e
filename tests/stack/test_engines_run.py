"""The engines run for real: they answer, survive a crash, and refuse what they should refuse."""

import signal

import psycopg
import pytest
from confluent_kafka.admin import AdminClient

from orchestration.stack import Stack
from orchestration.stack.probes import http_trouble, kafka_trouble
from streaming.cluster import Cluster


def test_the_database_serves_its_owner_only_with_the_password(stack: Stack) -> None:
    url = stack.settings.owner_database_url()
    with psycopg.connect(url) as connection:
        assert connection.info.server_version >= 180000
        row = connection.execute("select current_user, current_setting('server_encoding')")
        assert row.fetchone() == ("knockon_owner", "UTF8")
    address = url.rpartition("@")[2]
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://knockon_owner:wrong@{address}")


def test_each_service_owns_its_schema_and_no_other(stack: Stack) -> None:
    with psycopg.connect(stack.settings.database_url_for("knockon_mlflow")) as connection:
        connection.execute("create table probe (id int)")
        row = connection.execute("select 'mlflow.probe'::regclass::text, current_schema()")
        assert row.fetchone() == ("probe", "mlflow")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("create table registry.intruder (id int)")


def test_the_broker_and_the_registry_answer(stack: Stack) -> None:
    settings = stack.settings
    assert settings.kafka_bootstrap_servers is not None
    metadata = AdminClient({"bootstrap.servers": settings.kafka_bootstrap_servers}).list_topics(
        timeout=10
    )
    assert len(metadata.brokers) == 1
    assert http_trouble(f"{settings.schema_registry_url}/subjects") is None


def test_everything_listens_on_the_loopback_only(stack: Stack) -> None:
    import psutil

    addresses = set()
    for name in stack.components:
        process = psutil.Process(stack.pid(name))
        for one in [process, *process.children(recursive=True)]:
            for connection in one.net_connections("inet"):
                if connection.status == psutil.CONN_LISTEN:
                    addresses.add(connection.laddr.ip)
    assert addresses <= {"127.0.0.1", "::ffff:127.0.0.1"}
    assert addresses


@pytest.mark.parametrize("name", ["postgres", "kafka"])
def test_a_killed_engine_comes_back_by_itself(stack: Stack, name: str) -> None:
    before = stack.pid(name)
    stack.kill(name, signal.SIGKILL)
    stack.wait_until_healthy_again(name, before)
    assert stack.pid(name) != before
    assert stack.components[name].trouble() is None


def test_probes_tell_a_closed_port_from_a_server(stack: Stack) -> None:
    assert kafka_trouble(Cluster("127.0.0.1:1")) is not None
    # PostgreSQL is a server, but no broker.
    assert kafka_trouble(Cluster(f"127.0.0.1:{stack.site.ports['postgres']}")) is not None
    assert http_trouble("http://127.0.0.1:1/") is not None
