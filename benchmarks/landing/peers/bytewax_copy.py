"""bytewax with a COPY sink of our own, as its manual has custom sinks written.

Tuned after its manual: `batch_size` of the Kafka source, and `flat_map_batch`, which handles a
batch in one call ("Performance": "Batching"). One worker: more share the interpreter's lock.
"""

import psycopg
from bytewax import operators as op
from bytewax.connectors.kafka import KafkaSource, KafkaSourceMessage
from bytewax.dataflow import Dataflow
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from bytewax.run import cli_main

from benchmarks.landing.peers import rows

SIZE = 2_000


class Copying(StatelessSinkPartition):
    """A session that COPYs each batch in a transaction."""

    def __init__(self) -> None:
        self._connection = psycopg.connect(rows.conninfo())

    def write_batch(self, items: list) -> None:
        with self._connection.cursor() as cursor, cursor.copy(rows.copy_statement()) as copying:
            copying.set_types(rows.TYPES)
            for row in items:
                copying.write_row(row)
        self._connection.commit()

    def close(self) -> None:
        self._connection.close()


class Sink(DynamicSink):
    """One session per worker."""

    def build(self, step_id: str, worker_index: int, worker_count: int) -> Copying:
        return Copying()


def decoded(batch: list[KafkaSourceMessage]) -> list:
    """The rows of a batch."""
    found = [rows.row_of(one.value, one.partition, one.offset, one.timestamp[1]) for one in batch]
    return [row for row in found if row is not None]


def main() -> None:
    """Until killed."""
    flow = Dataflow("landing")
    source = KafkaSource(
        [rows.TOLD["bootstrap"]],
        [rows.TOLD["topic"]],
        batch_size=SIZE,
        add_config={"fetch.queue.backoff.ms": "10"},
    )
    read = op.input("read", flow, source)
    op.output("copy", op.flat_map_batch("decode", read, decoded), Sink())
    cli_main(flow)


if __name__ == "__main__":
    main()
