"""`python -m streaming.detect`: the detector as a worker; SIGTERM and SIGINT stop it gracefully."""

import signal
from threading import Event as Signal

from domain.detection.registry import DETECTORS
from domain.detection.rotation import AircraftRotation
from streaming.collecting import collect_seldom
from streaming.detect.worker import DetectWorker
from streaming.heartbeat import heartbeat
from streaming.logging import configure
from streaming.settings import Settings
from streaming.store.database import connect


def main() -> None:
    """Build everything from the settings and detect until told to stop."""
    settings = Settings()
    configure("detector", settings.log_level)
    stop = Signal()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    url = settings.database_url_for("knockon_detector")
    collect_seldom()
    DetectWorker(
        lambda: connect(url, "knockon-detector", autocommit=True),
        DETECTORS[AircraftRotation.name],
        AircraftRotation.topic,
        beat=heartbeat(settings.heartbeat_file),
    ).run(stop)


main()
