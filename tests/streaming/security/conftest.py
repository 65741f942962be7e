"""The secured broker, who is known there with which rights, and landing by a given way in."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from orchestration.stack import Stack
from streaming.broker import Broker, Publisher
from streaming.cluster import Cluster
from streaming.producers import Producers
from streaming.settings import GivenSettings
from streaming.topics import TOPICS
from tests.streaming.landing.conftest import Landing, departure
from tests.streaming.security import tokens
from tests.streaming.security.certificates import KEY_PASSWORD
from tests.streaming.security.secured import PASSWORD, Secured, secured

MECHANISMS = {
    "SCRAM-SHA-256": ScramMechanism.SCRAM_SHA_256,
    "SCRAM-SHA-512": ScramMechanism.SCRAM_SHA_512,
}


@dataclass(frozen=True)
class Kafka:
    """The broker and what its administrator does."""

    broker: Secured
    token_url: str

    def user(self, name: str, password: str = PASSWORD, mechanism: str = "SCRAM-SHA-256") -> None:
        """Make a SCRAM user, or change the password."""
        credential = ScramCredentialInfo(MECHANISMS[mechanism], 4096)
        upsertion = UserScramCredentialUpsertion(name, credential, password.encode())
        for future in self.broker.admin.alter_user_scram_credentials([upsertion]).values():
            future.result(20)

    def allow(self, who: str, operation: str, name: str = "*", kind: str = "TOPIC") -> None:
        """Give a right."""
        binding = AclBinding(
            ResourceType[kind], name, ResourcePatternType.LITERAL, f"User:{who}", "*",
            AclOperation[operation], AclPermissionType.ALLOW,
        )  # fmt: skip
        for future in self.broker.admin.create_acls([binding]).values():
            future.result(20)

    def settings(self, listener: str, **given: Any) -> GivenSettings:
        """Settings that name a listener, trusting the right authority where it speaks TLS."""
        address = self.broker.addresses[listener]
        if listener not in ("OPEN", "SASL"):
            given = {"kafka_tls_ca": self.broker.authority.file, **given}
        return GivenSettings(kafka_bootstrap_servers=address, **given)

    def scram(self, user: str, password: str = PASSWORD) -> Cluster:
        """The way in of a SCRAM user without TLS."""
        return self.settings("SASL", **scram(user, password)).cluster()

    def mutual(self, certificate: Path | None, **given: Any) -> Cluster:
        """The way in by a certificate."""
        own: dict[str, Any] = {"kafka_security_protocol": "SSL"}
        if certificate is not None:
            own |= {
                "kafka_tls_certificate": certificate,
                "kafka_tls_key": certificate.with_suffix(".key"),
                "kafka_tls_key_password": KEY_PASSWORD,
            }
        return self.settings("MUTUAL", **own, **given).cluster()


def scram(user: str, password: str = PASSWORD, mechanism: str = "SCRAM-SHA-256") -> dict[str, Any]:
    """The settings of a SCRAM user."""
    return {
        "kafka_security_protocol": "SASL_PLAINTEXT",
        "kafka_sasl_mechanism": mechanism,
        "kafka_sasl_username": user,
        "kafka_sasl_password": password,
    }


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """One broker for all; users `plain`, `scram`, `oauth` and `mutual` may read and write all."""
    with secured(tmp_path_factory.mktemp("secured")) as broker, tokens.provider() as token_url:
        made = Kafka(broker, token_url)
        Broker(Cluster(broker.addresses["OPEN"])).ensure_topics(TOPICS.values())
        for mechanism in MECHANISMS:
            made.user("scram", mechanism=mechanism)
        for who in ("plain", "scram", "oauth", "mutual"):
            made.allow(who, "READ")
            made.allow(who, "WRITE")
        yield made


@dataclass
class Guarded(Landing):
    """Landing on the secured broker; what is there is read by the administrator's way."""

    kafka: Kafka | None = None

    @property
    def cluster(self) -> Cluster:
        assert self.kafka is not None
        return Cluster(self.kafka.broker.addresses["OPEN"])

    def produce_by(self, cluster: Cluster, count: int) -> None:
        """Departures by that way in."""
        with Publisher(cluster) as publisher:
            producer = Producers(publisher, self.codec())
            for number in range(count):
                producer.send(departure(number))

    @contextmanager
    def landing_by(self, cluster: Cluster) -> Iterator[None]:
        """A lander that runs by that way in meanwhile."""
        stop = Signal()
        lander = self.here()
        lander._broker = Broker(cluster)
        thread = Thread(target=lander.run, args=(stop,))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


@pytest.fixture
def guarded(stack: Stack, migrated_url: str, kafka: Kafka) -> Guarded:
    """An empty database; the topics keep what other tests have written."""
    return Guarded(stack, migrated_url, kafka=kafka)


def eventually(true: Callable[[], Any], seconds: float = 20) -> bool:
    """Whether it comes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.02)
    return False
