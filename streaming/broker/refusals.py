"""What the client library complains of, as errors that name what to mend."""

import re
import socket
import ssl
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from confluent_kafka import KafkaError
from cryptography import x509

from streaming.broker.errors import (
    AuthenticationFailed,
    BrokerError,
    CertificateRefused,
    NotAuthorised,
)
from streaming.cluster import Cluster, OAuth, Password, Tls

HANDSHAKE_SECONDS = 3.0
DOCS = "docs/operations.md, A Kafka of your own"

_RIGHTS = {
    KafkaError.TOPIC_AUTHORIZATION_FAILED: "topic",
    KafkaError.GROUP_AUTHORIZATION_FAILED: "group",
    KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED: "transactional id",
    KafkaError.CLUSTER_AUTHORIZATION_FAILED: "cluster",
}
_ALERT = re.compile(r"alert ([a-z ]+?): SSL alert number")


def lasting(error: KafkaError) -> bool:
    """Whether a complaint is about credentials or certificates, which waiting does not mend."""
    codes = (KafkaError._AUTHENTICATION, KafkaError._SSL)
    return error.code() in codes or _ALERT.search(error.str()) is not None


def refusal(cluster: Cluster, error: KafkaError) -> BrokerError | None:
    """Why the cluster does not let us in; None for a trouble that may pass by itself."""
    said = error.str()
    if error.code() == KafkaError._AUTHENTICATION:
        return AuthenticationFailed(
            f"Kafka at {cluster.bootstrap_servers} does not let us in by {cluster.mechanism}"
            f" ({_reason(said)}): check {_credentials(cluster)}"
        )
    if cluster.tls is None:
        return None
    if alert := _ALERT.search(said):
        return CertificateRefused(
            f"Kafka at {cluster.bootstrap_servers} refuses our certificate"
            f" ({_own_trouble(cluster.tls) or alert[1]}): check KNOCKON_KAFKA_TLS_CERTIFICATE"
        )
    if error.code() == KafkaError._SSL:
        return CertificateRefused(
            f"the certificate of Kafka at {cluster.bootstrap_servers} is not trusted"
            f" ({_their_trouble(cluster) or _reason(said)}): renew it there, or check"
            " KNOCKON_KAFKA_TLS_CA"
        )
    return None


def failure(cluster: Cluster, error: KafkaError, what: str, operation: str, name: str) -> Exception:
    """A call that failed at `what`; one for which we lack a right names `operation` on `name`."""
    resource = _RIGHTS.get(error.code())
    if resource is None:
        return refusal(cluster, error) or BrokerError(f"{what}: {error.str()}")
    return NotAuthorised(
        f"{what}: no right to {operation} {f'{resource} {name}'.strip()}{_as_whom(cluster)}:"
        f" add an ACL for it ({DOCS})"
    )


def _credentials(cluster: Cluster) -> str:
    if isinstance(cluster.login, OAuth):
        return (
            "KNOCKON_KAFKA_OAUTH_TOKEN_URL, KNOCKON_KAFKA_OAUTH_CLIENT_ID and"
            " KNOCKON_KAFKA_OAUTH_CLIENT_SECRET"
        )
    return "KNOCKON_KAFKA_SASL_MECHANISM, KNOCKON_KAFKA_SASL_USERNAME and ..._SASL_PASSWORD"


def _as_whom(cluster: Cluster) -> str:
    if isinstance(cluster.login, Password):
        return f" as user {cluster.login.username}"
    if isinstance(cluster.login, OAuth):
        return f" as client {cluster.login.client_id}"
    if cluster.tls is not None and cluster.tls.certificate is not None:
        return f" with certificate {cluster.tls.certificate}"
    return ""


def _reason(said: str) -> str:
    """Without the address in front and the client's state at the end."""
    return re.sub(r"^\S+/\S+: | \(after \d+ms in state \w+\)$", "", said)


def _own_trouble(tls: Tls) -> str | None:
    """What is wrong with our own certificate that can be seen from here."""
    if tls.certificate is None:
        return "it asks for one, and none is set"
    with suppress(OSError, ValueError):
        own = x509.load_pem_x509_certificates(tls.certificate.read_bytes())[0]
        if own.not_valid_after_utc < datetime.now(UTC):
            return f"{tls.certificate} has expired on {own.not_valid_after_utc:%Y-%m-%d}"
        if own.not_valid_before_utc > datetime.now(UTC):
            return f"{tls.certificate} is valid from {own.not_valid_before_utc:%Y-%m-%d}"
    return None


def _their_trouble(cluster: Cluster) -> str | None:
    """The library says only that it could not verify; a handshake of our own says why."""
    assert cluster.tls is not None
    for server in cluster.bootstrap_servers.split(","):
        host, _, port = server.strip().rpartition(":")
        host = host.strip("[]")
        try:
            context = _context(cluster.tls.ca)
            with (
                socket.create_connection((host, int(port)), HANDSHAKE_SECONDS) as stream,
                context.wrap_socket(stream, server_hostname=host),
            ):
                continue
        except ssl.SSLCertVerificationError as error:
            return f"{server.strip()}: {error.verify_message}"
        except (OSError, ValueError):
            continue
    return None


def _context(ca: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca)
    # The library is not so strict, and only its own reasons are looked for.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context
