"""Carries out what `knockon dead-letters` needs Kafka for, on the stack that the settings name."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from rich.console import Console

from orchestration.cli.progress import CountProgress
from orchestration.stack.kafka import require_answer
from streaming.broker import Broker
from streaming.dead_letters import Opening, Replaying
from streaming.dead_letters.errors import DeadLetterError
from streaming.settings import Settings
from streaming.store import dead_letters as stored
from streaming.store import halts
from streaming.store.intervals import register_kafka_log

if TYPE_CHECKING:
    from streaming.keyring import Keyring
    from streaming.store.database import Connection

LOOK_SECONDS = 0.1


def replayed(
    connection: "Connection",
    ids: Sequence[UUID],
    keyring: "Callable[[], Keyring | None]",
    user: str,
    seconds: float,
) -> dict[str, int]:
    """Send these letters and wait for the lander, `seconds` at most; counts by what became."""
    broker = _broker()
    opening = Opening(keyring(), actor=f"knockon dead-letters, {user}", purpose="replay")
    replaying = Replaying(connection, broker, opening, user)
    with CountProgress(Console(stderr=True), "sending", len(ids)) as progress:
        done = replaying(ids, progress.hear)
    deadline = time.monotonic() + seconds
    landed, failed = stored.outcomes(connection, done.sent)
    while landed + failed < len(done.sent) and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
        landed, failed = stored.outcomes(connection, done.sent)
    return {
        "sent": len(done.sent),
        "landed": landed,
        "failed_again": failed,
        "not_landed_yet": len(done.sent) - landed - failed,
        "erased": done.erased,
        "too_large": done.too_large,
        "decided_meanwhile": done.decided_meanwhile,
    }


def accepted(connection: "Connection", topic: str, user: str) -> int:
    """Let a halted topic go on over what lies on it now; how many of its partitions do."""
    broker = _broker()
    [found] = broker.identities([topic]).values()
    log_id = register_kafka_log(connection, found.cluster_id, found.topic_id, topic)
    ends = {partition: end for (_, partition), end in broker.ends([found]).items()}
    done = halts.accept(connection, log_id, ends, user)
    if not done:
        raise DeadLetterError(f"{topic} is not halted: there is nothing to accept")
    return done


def _broker() -> Broker:
    cluster = Settings().cluster()
    require_answer(cluster)
    return Broker(cluster)
