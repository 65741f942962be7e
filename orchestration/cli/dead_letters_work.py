"""Carries out a replay of dead letters with what the settings name, and sees what became of it."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from rich.console import Console

from orchestration.cli.progress import CountProgress
from orchestration.stack.kafka import require_answer
from streaming.broker import Broker
from streaming.dead_letters import Opening, Replaying
from streaming.errors import SettingsError
from streaming.settings import Settings
from streaming.store import dead_letters as stored

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
    address = Settings().kafka_bootstrap_servers
    if address is None:
        raise SettingsError("no Kafka is known: run `knockon up`, or set KAFKA_BOOTSTRAP_SERVERS")
    require_answer(address)
    opening = Opening(keyring(), actor=f"knockon dead-letters, {user}", purpose="replay")
    replaying = Replaying(connection, Broker(address), opening, user)
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
