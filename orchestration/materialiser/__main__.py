"""`python -m orchestration.materialiser`: makes light assets until it is told to stop."""

import signal

import dagster as dg
import structlog

from assets.landed import LANDED_LOGS
from orchestration.materialiser.loop import Materialiser
from orchestration.materialiser.pruning import Pruner
from orchestration.materialiser.recorder import Recorder
from sensors.light import LIGHT, MATERIALISER_DUTY
from streaming.failures import Retrying
from streaming.heartbeat import heartbeat
from streaming.logging import configure
from streaming.settings import Settings
from streaming.store.derive import Database
from streaming.store.errors import StoreError

ROLE = "knockon_assets"


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
        retrying = Retrying("materialiser")
        while not materialiser.stopping.is_set():
            try:
                materialiser.work()
            except Exception as error:
                passing = isinstance(error, StoreError)
                retrying.after(error, materialiser.stopping, passing=passing)
    log.info("materialiser stopped")


if __name__ == "__main__":
    main()
