"""What every Kafka client of ours is told, and what we hear of it beside its answers.

The library tries for ever and answers a call with "timed out", also where trying cannot help: a
password or a certificate that is refused. It says so only to whoever listens.
"""

import logging
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from streaming.broker.errors import BrokerError
from streaming.broker.refusals import failure, lasting, refusal
from streaming.cluster import Cluster, OAuth, Password

LISTEN_SECONDS = 0.25
"""How often a complaint is looked for while an answer is waited for."""

Client = TypeVar("Client")

log = logging.getLogger("knockon.kafka")
"""Gets the library's own lines: among the worker's, and nowhere in a command, which has ours."""
log.addHandler(logging.NullHandler())


class Ear:
    """Keeps the last complaint that waiting does not mend; the library calls it."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._complaint: KafkaError | None = None

    def __call__(self, error: KafkaError) -> None:
        if lasting(error):
            self._complaint = error

    def forget(self) -> None:
        """What was said before now is of another time."""
        self._complaint = None

    def raise_heard(self) -> None:
        """Raises AuthenticationFailed or CertificateRefused, once for what was heard."""
        complaint, self._complaint = self._complaint, None
        if complaint is not None and (refused := refusal(self.cluster, complaint)):
            raise refused


def make(kind: Callable[[dict[str, Any]], Client], ear: Ear, settings: dict[str, Any]) -> Client:
    """A client of the ear's cluster. Raises BrokerError for files that cannot be used."""
    try:
        return kind({**_settings(ear.cluster), "error_cb": ear, "logger": log, **settings})
    except KafkaException as error:
        raise BrokerError(
            f"no Kafka client can be made ({error.args[0].str()}): check KNOCKON_KAFKA_TLS_CA,"
            " ..._TLS_CERTIFICATE, ..._TLS_KEY and ..._TLS_KEY_PASSWORD"
        ) from error


_GIVEN_UP: list[AdminClient] = []
"""Clients that nobody has any more, until a thread of ours lets them go.

An answer that comes after its asker has left runs Python in the client's own thread. If that
thread then collects garbage, and the client is part of it (a raised error holds the frames it came
through, and they hold the client), the library ends the process: a client must not be destroyed by
its own thread.
"""


class Admin:
    """An administrator's client whose answers are results or our errors."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        _GIVEN_UP.clear()
        self.cluster = cluster
        self._ear = Ear(cluster)
        self._client = make(AdminClient, self._ear, {"client.id": name})
        weakref.finalize(self, _GIVEN_UP.append, self._client)

    def ask(self) -> AdminClient:
        """The client, for one question; complaints from before it are forgotten."""
        self._client.poll(0)
        self._ear.forget()
        return self._client

    def answer(self, future: "Future[Any]") -> Any:
        """The result. Raises KafkaException, AuthenticationFailed, CertificateRefused."""
        while True:
            try:
                return future.result(LISTEN_SECONDS)
            except TimeoutError:
                self._client.poll(0)
                self._ear.raise_heard()

    def result(
        self, future: "Future[Any]", what: str, operation: str, name: str, fine: int | None = None
    ) -> Any:
        """The result; None for an error of code `fine`.

        Raises BrokerError saying `what` failed, NotAuthorised where the right to do `operation` on
        resource `name` lacks.
        """
        try:
            return self.answer(future)
        except KafkaException as error:
            if error.args[0].code() == fine:
                return None
            raise failure(self.cluster, error.args[0], what, operation, name) from error


def _settings(cluster: Cluster) -> dict[str, Any]:
    """Where the cluster is, how we get in, and how soon it is asked again after it went away."""
    said: dict[str, Any] = {
        "bootstrap.servers": cluster.bootstrap_servers,
        "security.protocol": cluster.protocol,
        # By default the wait doubles to ten seconds, and a broker is back in three.
        "reconnect.backoff.ms": 50,
        "reconnect.backoff.max.ms": 1_000,
    }
    login, tls = cluster.login, cluster.tls
    if login is not None:
        said["sasl.mechanism"] = cluster.mechanism
    if isinstance(login, Password):
        said["sasl.username"] = login.username
        said["sasl.password"] = login.password.get_secret_value()
    if isinstance(login, OAuth):
        said["sasl.oauthbearer.method"] = "oidc"
        said["sasl.oauthbearer.token.endpoint.url"] = login.token_url
        said["sasl.oauthbearer.client.id"] = login.client_id
        said["sasl.oauthbearer.client.secret"] = login.client_secret.get_secret_value()
        if login.scope is not None:
            said["sasl.oauthbearer.scope"] = login.scope
    if tls is not None:
        if tls.ca is not None:
            said["ssl.ca.location"] = str(tls.ca)
        if tls.certificate is not None:
            said["ssl.certificate.location"] = str(tls.certificate)
            said["ssl.key.location"] = str(tls.key)
        if tls.key_password is not None:
            said["ssl.key.password"] = tls.key_password.get_secret_value()
    return said
