"""Point-in-time features of a leg, by one fold for the live log and for training.

The values at T rest on facts with `occurred_at` <= T alone. Training and forecasting are in
`ml`; which model uses which feature is decided there, what must not be used here.
"""

from domain.features.fold import FeatureFold
from domain.features.history import History, Region
from domain.features.names import FEATURE_SET, HORIZON_MINUTES, LABELS, NAMES, UNUSABLE
from domain.features.row import FeatureRow, values_hash

__all__ = [
    "FEATURE_SET",
    "HORIZON_MINUTES",
    "LABELS",
    "NAMES",
    "UNUSABLE",
    "FeatureFold",
    "FeatureRow",
    "History",
    "Region",
    "values_hash",
]
