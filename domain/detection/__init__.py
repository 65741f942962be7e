"""Detectors: folds over ordered events that say what goes wrong; a file per pattern, a registry."""

from domain.detection.findings import Finding, findings_hash
from domain.detection.fold import Detector, Fold
from domain.detection.ordering import Lane, Late, Ordering
from domain.detection.snapshots import freeze, thaw

__all__ = [
    "Detector",
    "Finding",
    "Fold",
    "Lane",
    "Late",
    "Ordering",
    "findings_hash",
    "freeze",
    "thaw",
]
