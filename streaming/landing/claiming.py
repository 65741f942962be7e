"""Claims all partitions of a share or none, standing by while another lander owns one."""

import random
from collections.abc import Callable, Sequence
from threading import Event as Signal

import structlog

from streaming.store import landing as stored
from streaming.store.database import Connection
from streaming.store.landing import Claim

STANDBY_SECONDS = 1.0
IDLE_SECONDS = 2.0

Place = tuple[str, int]

log = structlog.get_logger(__name__)


def claim_all(
    connection: Connection,
    wanted: Sequence[Place],
    claim: Callable[[str, int], Claim | None],
    beat: Callable[[], None],
    stop: Signal,
) -> dict[Place, Claim]:
    """The claims by topic and partition; none when `stop` is set before.

    What was got is given back before waiting: two that each hold a part would wait for ever.
    """
    while not stop.is_set():
        beat()
        if not wanted:  # more landers than partitions: this one has nothing to do
            stop.wait(IDLE_SECONDS)
            return {}
        claims: dict[Place, Claim] = {}
        for place in wanted:
            found = claim(*place)
            if found is None:
                break
            claims[place] = found
        else:
            connection.commit()
            return claims
        connection.rollback()
        stored.release(connection)
        log.info("landing.standby", topic=place[0], partition=place[1])
        stop.wait(STANDBY_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311
    return {}
