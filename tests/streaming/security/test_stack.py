"""A stack on a secured cluster of yours: who gets the password, and what commands say of it."""

from collections.abc import Iterator

import psutil
import pytest

from orchestration.stack import Stack, attach, start
from orchestration.stack.report import report
from tests.stack.test_stack_life import knockon
from tests.streaming.security.conftest import Guarded, Kafka, eventually, scram
from tests.streaming.security.secured import PASSWORD

PARTS = ("kafka", "registry", "postgres", "lander", "relay", "detector")


@pytest.fixture(scope="module")
def database(stack: Stack, migrated_template: str) -> Iterator[str]:
    """The database of the workers; the URL is the owner's."""
    url = stack.create_database(template=migrated_template.rpartition("/")[2])
    yield url
    stack.drop_database(url)


@pytest.fixture(scope="module")
def given(stack: Stack, kafka: Kafka, database: str) -> dict[str, str]:
    """The environment of a person who has all three servers."""
    said = {"database_url": database, "kafka_bootstrap_servers": kafka.broker.addresses["SASL"]}
    secret = stack.settings.role_secret
    assert secret is not None
    said |= {
        "schema_registry_url": str(stack.settings.schema_registry_url),
        "role_secret": secret.get_secret_value(),
        **scram("worker"),
    }
    return {f"KNOCKON_{name.upper()}": value for name, value in said.items()}


@pytest.fixture(scope="module")
def running(
    kafka: Kafka, given: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """Workers alone, on those servers; whoever asks afterwards has none of the settings."""
    kafka.user("worker")
    kafka.allow("worker", "READ")
    kafka.allow("worker", "WRITE")
    kafka.allow("worker", "WRITE", "knockon-relay", "TRANSACTIONAL_ID")
    with pytest.MonkeyPatch.context() as shell:
        for name, value in given.items():
            shell.setenv(name, value)
        stack = start(tmp_path_factory.mktemp("workers") / "state", PARTS)
    with stack:
        yield stack


def test_workers_land_and_nobody_else_sees_the_password(
    running: Stack, database: str, kafka: Kafka
) -> None:
    guarded = Guarded(running, database, kafka=kafka)
    guarded.produce_by(kafka.scram("scram"), 20)
    guarded.wait_until_landed()
    guarded.assert_exactly_once()

    holding = set()
    for name in running.components:
        if running.components[name].embedded:
            process = psutil.Process(running.pid(name))
            assert not any(PASSWORD in word for word in process.cmdline())
            if PASSWORD in process.environ().values():
                holding.add(name)
    assert holding == {"lander", "relay"}
    assert not any(PASSWORD in log.read_text() for log in running.site.state.logs.iterdir())
    assert running.site.state.endpoints_file.stat().st_mode & 0o077 == 0

    told = report(attach(running.site.state.path))
    assert [one.name for one in told.components if one.trouble] == []
    assert {lag.rows for lag in told.lags if lag.reader == "lander"} == {0}
    checked = knockon(running.site.state.path, "topics", "check")
    assert "no right to DESCRIBE_CONFIGS topic flight.events as user worker" in checked.stderr


def test_a_lander_whose_password_is_wrong_waits_and_says_so(running: Stack, kafka: Kafka) -> None:
    kafka.user("worker", "another")
    before = running.pid("lander")
    running.kill("lander")
    log = running.site.log("lander")
    assert eventually(lambda: '"error_type": "authentication"' in log.read_text())
    assert "does not let us in by SCRAM-SHA-256" in log.read_text()
    trouble = report(running).components[1].trouble
    assert trouble is not None
    assert "does not let us in by SCRAM-SHA-256" in trouble

    kafka.user("worker")
    running.wait_until_healthy_again("lander", before)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"KNOCKON_KAFKA_SASL_PASSWORD": "wrong"}, "does not let us in by SCRAM-SHA-256"),
        ({"KNOCKON_KAFKA_SASL_MECHANISM": "PLAIN"}, "does not let us in by PLAIN"),
        ({"KNOCKON_KAFKA_SECURITY_PROTOCOL": "PLAINTEXT"}, "needs KNOCKON_KAFKA_SECURITY_PROTOCOL"),
    ],
)
def test_commands_say_in_one_line_what_is_wrong(kafka, given, tmp_path, wrong, told) -> None:
    said = knockon(tmp_path / "state", "up", "--only", "kafka", **{**given, **wrong})
    assert said.returncode == 1
    assert told in said.stderr.splitlines()[-1]
    assert "Traceback" not in said.stderr
    checked = knockon(tmp_path / "state", "doctor", "--offline", "--json", **{**given, **wrong})
    assert told in checked.stdout
