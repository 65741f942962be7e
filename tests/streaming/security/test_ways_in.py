"""Every way into a cluster carries events; each refusal says what to mend, and loses nothing."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from structlog.testing import capture_logs

from streaming.broker import (
    AuthenticationFailed,
    Broker,
    CertificateRefused,
    Message,
    NotAuthorised,
    Publisher,
    TransactionalPublisher,
    read_to_end,
)
from streaming.broker.errors import BrokerError
from streaming.cluster import Cluster
from streaming.producers import Producers
from streaming.topics import LANDING
from tests.streaming.landing.conftest import departure
from tests.streaming.security import tokens
from tests.streaming.security.conftest import Guarded, Kafka, eventually, scram
from tests.streaming.security.secured import PASSWORD

WAYS: dict[str, tuple[str, dict[str, Any]]] = {
    "PLAIN": (
        "SASL", {**scram("plain"), "kafka_sasl_mechanism": "PLAIN"},
    ),
    "SCRAM-SHA-256": ("SASL", scram("scram")),
    "SCRAM-SHA-512 and TLS": (
        "SECURE",
        {**scram("scram", mechanism="SCRAM-SHA-512"), "kafka_security_protocol": "SASL_SSL"},
    ),
    "OAUTHBEARER": (
        "SASL",
        {
            "kafka_security_protocol": "SASL_PLAINTEXT",
            "kafka_sasl_mechanism": "OAUTHBEARER",
            "kafka_oauth_client_id": "oauth",
            "kafka_oauth_client_secret": tokens.SECRET,
            "kafka_oauth_scope": "kafka",
        },
    ),
}  # fmt: skip


def way(kafka: Kafka, name: str, **more: Any) -> Cluster:
    """A way in, by its settings."""
    if name == "mutual TLS":
        return kafka.mutual(kafka.broker.authority.issue("mutual"))
    listener, given = WAYS[name]
    if name == "OAUTHBEARER":
        given = {**given, "kafka_oauth_token_url": kafka.token_url}
    return kafka.settings(listener, **given, **more).cluster()


@pytest.mark.parametrize("name", [*WAYS, "mutual TLS"])
def test_what_is_produced_lands_by_each_way_in(guarded: Guarded, kafka: Kafka, name: str) -> None:
    cluster = way(kafka, name)
    guarded.produce_by(cluster, 50)
    with guarded.landing_by(cluster):
        guarded.wait_until_landed()
    guarded.assert_exactly_once()


def test_a_wrong_password_is_said_and_landing_goes_on_once_it_is_right(
    guarded: Guarded, kafka: Kafka
) -> None:
    kafka.user("late", "another")
    kafka.allow("late", "READ")
    kafka.allow("late", "WRITE")
    cluster = kafka.scram("late")
    before = sum(map(len, guarded.on_kafka().values()))
    with Publisher(cluster) as publisher, capture_logs() as logs, guarded.landing_by(cluster):
        producer = Producers(publisher, guarded.codec())
        for number in range(20):
            # What is refused was not taken, so that it can be sent again.
            assert eventually(partial(_let_in, partial(producer.send, departure(number))))
        with pytest.raises(AuthenticationFailed, match=r"by SCRAM-SHA-256 \(.*_SASL_USERNAME"):
            producer.flush()
        assert eventually(lambda: _interruptions(logs))
        assert "does not let us in by SCRAM-SHA-256" in _interruptions(logs)[0]
        assert not any(PASSWORD in str(line) for line in logs)
        assert guarded.accounted() == 0

        kafka.user("late")
        assert eventually(lambda: _let_in(producer.flush))
        assert (publisher.delivered, publisher.failed, publisher.waiting) == (20, 0, 0)
        guarded.wait_until_landed()
    guarded.assert_exactly_once()
    assert guarded.accounted() == before + 20


def _let_in(work: Callable[[], None]) -> bool:
    try:
        work()
    except AuthenticationFailed:
        return False
    return True


def _interruptions(logs: list[Any]) -> list[str]:
    return [line["reason"] for line in logs if line["event"] == "landing.interrupted"]


def test_a_missing_right_to_read_names_the_topic_and_is_mended_by_an_acl(
    guarded: Guarded, kafka: Kafka
) -> None:
    kafka.user("reader")
    for topic in LANDING:
        kafka.allow("reader", "DESCRIBE", topic.name)
    kafka.allow("reader", "READ", "external.data")
    kafka.allow("reader", "READ", "passenger.events")
    guarded.produce_by(kafka.scram("scram"), 20)
    with capture_logs() as logs, guarded.landing_by(kafka.scram("reader")):
        assert eventually(lambda: _interruptions(logs))
        said = _interruptions(logs)[0]
        assert "no right to READ topic flight.events as user reader" in said

        kafka.allow("reader", "READ", "flight.events")
        guarded.wait_until_landed()
    guarded.assert_exactly_once()


def test_a_missing_right_to_write_names_the_topic_and_the_rest_is_kept(
    guarded: Guarded, kafka: Kafka
) -> None:
    kafka.user("writer")
    kafka.allow("writer", "DESCRIBE")
    kafka.allow("writer", "WRITE", "system.metrics")
    publisher = Publisher(kafka.scram("writer"))
    producer = Producers(publisher, guarded.codec())
    producer.send(departure(0))
    with pytest.raises(NotAuthorised, match=r"1 to flight.events.*WRITE topic flight.events"):
        producer.flush()
    assert (publisher.delivered, publisher.failed) == (0, 1)

    kafka.allow("writer", "WRITE", "flight.events")
    before = sum(map(len, guarded.on_kafka().values()))
    # An ACL reaches the broker a moment after the controller.
    assert eventually(lambda: _delivered(producer))
    assert sum(map(len, guarded.on_kafka().values())) == before + 1


def _delivered(producer: Producers) -> bool:
    try:
        producer.send(departure(0))
        producer.flush()
    except NotAuthorised:
        return False
    return True


@pytest.mark.parametrize(
    ("ask", "named"),
    [
        (lambda cluster: Broker(cluster).identities(["ml.features"]), "DESCRIBE topic ml.features"),
        (lambda cluster: list(read_to_end(cluster, "notifications", 0)), "READ topic notificat"),
        (lambda cluster: _send(cluster), "IDEMPOTENT_WRITE cluster"),
        (lambda cluster: Broker(cluster).delete_topic("notifications"), "DELETE topic notificat"),
        (
            lambda cluster: TransactionalPublisher(cluster, "knockon-relay"),
            "WRITE transactional id knockon-relay",
        ),
    ],
)
def test_what_may_not_be_done_is_named(kafka: Kafka, ask: Any, named: str) -> None:
    kafka.user("nobody")
    kafka.allow("nobody", "DESCRIBE", "notifications")
    with pytest.raises(NotAuthorised, match=f"no right to {named}.* as user nobody"):
        ask(kafka.scram("nobody"))


def _send(cluster: Cluster) -> None:
    publisher = Publisher(cluster)
    publisher.send(Message("notifications", b"key", b"value", []))
    publisher.flush()


def test_topics_that_exist_need_no_right_to_make_them(kafka: Kafka) -> None:
    Broker(kafka.scram("scram")).ensure_topics(LANDING)


@pytest.mark.parametrize("name", ["PLAIN", "OAUTHBEARER"])
def test_wrong_credentials_name_mechanism_and_settings(kafka: Kafka, name: str) -> None:
    secret = "kafka_sasl_password" if name == "PLAIN" else "kafka_oauth_client_secret"
    listener, given = WAYS[name]
    given = {**given, "kafka_oauth_token_url": kafka.token_url} if name != "PLAIN" else given
    cluster = kafka.settings(listener, **{**given, secret: "wrong"}).cluster()
    with pytest.raises(AuthenticationFailed, match=f"by {name}") as raised:
        Broker(cluster).cluster_id()
    assert f"KNOCKON_{secret.upper()}".rpartition("_")[2] in str(raised.value)
    assert "wrong" not in str(raised.value)


def test_an_expired_certificate_is_named_and_a_new_one_lands_everything(
    guarded: Guarded, kafka: Kafka
) -> None:
    authority = kafka.broker.authority
    guarded.produce_by(kafka.mutual(authority.issue("mutual")), 20)
    expired = kafka.mutual(authority.issue("mutual", expired=True))
    with capture_logs() as logs, guarded.landing_by(expired):
        assert eventually(lambda: _interruptions(logs))
    assert "refuses our certificate" in _interruptions(logs)[0]
    assert "mutual.pem has expired on 20" in _interruptions(logs)[0]
    assert guarded.accounted() == 0

    with guarded.landing_by(kafka.mutual(authority.issue("mutual"))):
        guarded.wait_until_landed()
    guarded.assert_exactly_once()


@pytest.mark.parametrize(
    ("listener", "why"),
    [("EXPIRED", "certificate has expired"), ("ELSEWHERE", "IP address mismatch")],
)
def test_a_brokers_certificate_that_is_not_right_is_named(kafka, listener, why) -> None:
    cluster = kafka.settings(listener, kafka_security_protocol="SSL").cluster()
    with pytest.raises(CertificateRefused, match=f"is not trusted .*{why}"):
        Broker(cluster).cluster_id()


def test_authorities_that_do_not_know_each_other_are_named(kafka: Kafka) -> None:
    own = kafka.broker.authority.issue("mutual")
    ours = kafka.mutual(own, kafka_tls_ca=kafka.broker.stranger.file)
    with pytest.raises(CertificateRefused, match=r"is not trusted .*local issuer"):
        Broker(ours).cluster_id()
    for theirs in (None, kafka.broker.stranger.issue("stranger-client")):
        with pytest.raises(CertificateRefused, match="refuses our certificate"):
            Broker(kafka.mutual(theirs)).cluster_id()


def test_a_file_that_is_not_there_names_the_settings(kafka: Kafka) -> None:
    with pytest.raises(BrokerError, match="KNOCKON_KAFKA_TLS_CA"):
        Broker(kafka.mutual(None, kafka_tls_ca="/nowhere.pem"))
