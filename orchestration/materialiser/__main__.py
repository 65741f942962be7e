"""`python -m orchestration.materialiser`: makes light assets until it is told to stop."""

import random
import signal
import time

import dagster as dg
import structlog

from assets.landed import LANDED_LOGS
from orchestration.materialiser.loop import Materialiser
from orchestration.materialiser.pruning import Pruner
from orchestration.materialiser.recorder import Recorder
from sensors.light import LIGHT, MATERIALISER_DUTY
from streaming.heartbeat import heartbeat
from streaming.logging import configure
from streaming.settings import Settings
from streaming.store.database import Unavailable
from streaming.store.derive import Database
from streaming.store.errors import StoreError

ROLE = "knockon_assets"
LONGEST_PAUSE_SECONDS = 10.0


def main() -> None:
    """Work until SIGTERM or SIGINT; a database that goes away is waited for."""
    settings = Settings()
    configure("materialiser", settings.log_level)
    log = structlog.get_logger()
    beat = heartbeat(settings.heartbeat_file)
    recorded = {**LANDED_LOGS, "detected.findings": "detected.findings"}
    with dg.DagsterInstance.get() as instance:
        materialiser = Materialiser(
            Database(settings.database_url_for(ROLE), "knockon-materialiser"),
            LIGHT,
            Recorder(instance, recorded, LIGHT),
            Pruner(instance),
            beat,
            MATERIALISER_DUTY,
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: materialiser.stop())
        failures = 0
        while not materialiser.stopping.is_set():
            began = time.monotonic()
            try:
                materialiser.work()
            except (Unavailable, StoreError) as error:
                failures = 1 if time.monotonic() - began > LONGEST_PAUSE_SECONDS else failures + 1
                pause = min(LONGEST_PAUSE_SECONDS, 0.2 * 2**failures) * random.uniform(0.5, 1)  # noqa: S311 (jitter)
                log.warning("database unavailable", error=str(error), again_in_seconds=pause)
                materialiser.stopping.wait(pause)
    log.info("materialiser stopped")


if __name__ == "__main__":
    main()
