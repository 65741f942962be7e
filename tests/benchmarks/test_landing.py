"""The landing benchmark measures what it says: tiny, on real engines, without looking at speed."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fastavro
import pytest

from benchmarks.landing import contenders as known
from benchmarks.landing import producing
from benchmarks.landing.backlog import produce
from benchmarks.landing.bench import TOPIC, Bench
from benchmarks.landing.drain import drain, fingerprint
from benchmarks.landing.environments import WANTED, locked
from benchmarks.landing.offered import offered, quantile
from orchestration.stack import Stack
from streaming.codec import Codec
from streaming.schemas import committed
from streaming.store.database import connect
from streaming.topics import TOPICS

pytestmark = pytest.mark.torture  # a benchmark at tiny size still takes half a minute

EVENTS = 2_000


class NoRegistry:
    """Gives every schema the id 1."""

    def register(self, subject: str, schema: str) -> int:
        return 1

    def schema(self, schema_id: int) -> str | None:
        return None


def test_a_prepared_event_travels_with_the_time_of_its_sending() -> None:
    (key, _, before, after), *_ = producing.prepared(Codec(NoRegistry()), skip=3, count=2)
    sent_at = datetime(2026, 11, 27, 4, 5, 6, 789012, tzinfo=UTC)
    since = (sent_at - producing.EPOCH) // timedelta(microseconds=1)
    value = io.BytesIO(before + producing.varint(since) + after)
    value.seek(5)
    schema = fastavro.parse_schema(committed(TOPICS[TOPIC]))
    event = TOPICS[TOPIC].model.model_validate(fastavro.schemaless_reader(value, schema, schema))
    assert (event.produced_at, event.key) == (sent_at, key.decode())
    assert value.read() == b""


def test_a_quantile_is_the_nearest_rank() -> None:
    values = [float(one) for one in range(1, 101)]
    assert [quantile(values, share) for share in (0.5, 0.99, 1.0)] == [50, 99, 100]
    assert quantile([], 0.5) is None


def test_every_peer_is_locked_with_hashes() -> None:
    found = locked()
    assert found.keys() == WANTED.keys()
    for requirements in found.values():
        pinned = [line for line in requirements.splitlines() if "==" in line]
        assert pinned
        assert requirements.count("--hash=sha256:") >= len(pinned)
        assert "://" not in requirements


@pytest.fixture
def bench(stack: Stack, tmp_path: Path) -> Bench:
    return Bench.on(stack, tmp_path)


def test_the_floor_our_lander_and_a_plain_consumer_write_what_was_produced(bench: Bench) -> None:
    with bench.database() as reference:
        lots = produce(bench, EVENTS, reference, with_json=False)
        assert lots[TOPIC].unreadable == 2
        insert = next(one for one in known.PEERS if one.name == "insert500")
        for contender in (known.floor(reference, lots[TOPIC], 2, 300), known.lander(1), insert):
            lot = lots[contender.topic]
            found = drain(bench, contender, lot, reference, limit_seconds=60)
            assert found.finding == "right"
            assert found.events == sum(lot.goals.values())
        with connect(reference, "test") as connection:
            whole = fingerprint(connection)
            connection.execute(
                "update landed.flight_events set registration = 'N1' where leg_id ="
                " (select leg_id from landed.flight_events limit 1)"
            )
            assert fingerprint(connection)[:2] == whole[:2]
            assert fingerprint(connection) != whole


def test_latency_under_load_counts_every_event(bench: Bench) -> None:
    found = offered(bench, rate=500, seconds=2, workers=1, drain_seconds=60)
    assert found["events"] == 1_000
    assert found["not_landed"] == 0
    assert 0 < found["p50"] <= found["p99"] <= found["max"]
