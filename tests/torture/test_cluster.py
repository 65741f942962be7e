"""A cluster of three loses a broker, then two, while it is written and landed from."""

import time
from collections.abc import Iterator
from threading import Event as Signal
from threading import Thread

import pytest

from orchestration.stack import Stack
from streaming.broker import Broker, Publisher
from streaming.cluster import Cluster as Servers
from streaming.producers import Producers
from streaming.topics import TOPICS
from tests.streaming.landing.conftest import Landing
from tests.torture import doomed, table
from tests.torture.cluster import NODES, Cluster
from tests.torture.conftest import Ground

pytestmark = [pytest.mark.torture, pytest.mark.timeout(1_800)]

TOPIC = "flight.events"


class Elsewhere(Landing):
    """Landing from another cluster than the stack's."""

    servers = ""

    @property
    def cluster(self) -> Servers:
        return Servers(self.servers)


@pytest.fixture(scope="module")
def cluster(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three nodes with our topics: three replicas, two of them in step or nothing is taken."""
    one = Cluster(tmp_path_factory.mktemp("cluster"), stack.settings.engines_dir)
    Broker(Servers(one.bootstrap_servers)).ensure_topics(TOPICS.values())
    yield one
    one.close()


@pytest.fixture
def far(stack: Stack, migrated_url: str, cluster: Cluster) -> Iterator[Ground]:
    """A ground over the three."""
    landing = Elsewhere(stack, migrated_url)
    landing.servers = cluster.bootstrap_servers
    landing.make_anew(TOPIC)
    one = Ground(landing)
    yield one
    for child in one.children:
        child.kill()


class Stream:
    """Produces all the time, whatever happens to the brokers; `stop` waits for the last one."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._before = len(ground.produced)
        self._publisher = Publisher(ground.landing.cluster)
        ground.landing.producer = Producers(self._publisher, ground.landing.codec())
        self._stop = Signal()
        self._thread = Thread(target=self._run)
        self._thread.start()

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def acknowledged(self) -> int:
        """Of all that were produced on the ground."""
        return self._before + self._publisher.delivered

    def _run(self) -> None:
        while not self._stop.is_set():
            for _ in range(10):
                self._ground.send(len(self._ground.produced))
            time.sleep(0.05)
        self._publisher.flush()


def lost_and_recovered(far: Ground, at: float) -> float:
    """Seconds from `at` until what was produced by now, in all partitions, is landed."""
    return far.recovers(at, len(far.produced) - 1)


def test_losing_one_of_three_loses_and_doubles_nothing(far: Ground, cluster: Cluster) -> None:
    """Leaders of partitions first, then each node in turn; the other two go on."""
    row = table.scenario("one broker of three is killed")
    far.start(doomed.land, most_records=1_000)
    with Stream(far) as stream:
        far.recovers(time.monotonic(), 100)
        for number in range(2 * len(NODES)):
            node = cluster.leader(TOPIC, number) if number < 3 else NODES[number % len(NODES)]
            cluster.kill(node)
            at = time.monotonic()
            row.hit(len(far.produced) - stream.acknowledged)
            row.recovered.append(lost_and_recovered(far, at))
            cluster.start(node)
            cluster.wait_until_complete(TOPIC)
    far.wait_until_landed(120)
    row.verdict = far.verdict()
    assert row.verdict.right


def test_losing_two_of_three_stops_producers_and_loses_nothing(
    far: Ground, cluster: Cluster
) -> None:
    """One replica is not enough: nothing is acknowledged until a second one is back."""
    row = table.scenario("two brokers of three are killed, then come back")
    far.start(doomed.land, most_records=1_000)
    for number in range(3):
        with Stream(far) as stream:
            far.recovers(time.monotonic(), far.landed() + 100)
            away = [node for node in NODES if node != NODES[number]]
            for node in away:
                cluster.kill(node)
            row.hit(len(far.produced) - stream.acknowledged)
            time.sleep(3)  # what was on its way is through by now
            acknowledged = stream.acknowledged
            time.sleep(5)
            assert stream.acknowledged == acknowledged
            assert len(far.produced) > acknowledged
            for node in away:
                cluster.start(node)
            at = time.monotonic()
            row.recovered.append(lost_and_recovered(far, at))
            cluster.wait_until_complete(TOPIC)
        far.wait_until_landed(120)
        row.verdict = far.verdict()
        assert row.verdict.right
