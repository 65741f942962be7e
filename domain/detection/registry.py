"""Every detector there is: the stream, the batch refold and the laws read this one list."""

from typing import Any

from domain.detection.fold import Detector
from domain.detection.rotation import AircraftRotation

DETECTORS: dict[str, Detector[Any]] = {
    detector.name: detector for detector in (AircraftRotation(),)
}
