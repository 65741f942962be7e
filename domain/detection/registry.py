"""Every detector there is: the stream, the batch refold and the laws read this one list."""

from collections.abc import Callable
from typing import Any

from domain.detection.fold import Detector
from domain.detection.rotation import AircraftRotation

DETECTORS: dict[str, Callable[[int], Detector[Any]]] = {
    AircraftRotation.name: AircraftRotation,
}
"""Name to the detector for a number of partitions."""
