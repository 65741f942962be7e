"""Detectors: folds over ordered events that say what goes wrong; a file per pattern, a registry."""

from domain.detection.findings import Finding, findings_hash, statement, statements_hash
from domain.detection.fold import Detector, Fold
from domain.detection.ordering import Lane, Late, Ordering
from domain.detection.restatement import Restated, restate
from domain.detection.snapshots import freeze, thaw

__all__ = [
    "Detector",
    "Finding",
    "Fold",
    "Lane",
    "Late",
    "Ordering",
    "Restated",
    "findings_hash",
    "freeze",
    "restate",
    "statement",
    "statements_hash",
    "thaw",
]
