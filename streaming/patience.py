"""What a worker needs before its work, asked for until it is there; each refusal is said."""

import random
from collections.abc import Callable
from threading import Event as Signal

import structlog

from streaming.broker import BrokerError

log = structlog.get_logger(__name__)


def patiently(work: Callable[[], None], stop: Signal) -> bool:
    """Do the work as soon as Kafka and the registry allow it; False when told to stop before."""
    failures = 0
    while not stop.is_set():
        try:
            work()
            return True
        except BrokerError as error:
            failures += 1
            pause = min(10.0, 0.1 * 2**failures) * random.uniform(0.5, 1.5)  # noqa: S311
            log.warning("start.refused", reason=str(error).strip(), retry_in_s=pause)
            stop.wait(pause)
    return False
