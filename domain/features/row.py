"""One row of features: values in the set's order, labels, and the records they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.features.names import FEATURE_SET, HORIZON_MINUTES, LABELS, NAMES
from domain.identity import content_hash
from domain.network_state.records import Reference

Value = float | None


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """Features of a leg as of `as_of` (UTC); `numbers` in the order of NAMES, `labels` of LABELS.

    Evidence is the leg's own records, those of its previous leg and the weather, then the
    frontier: per partition the last record with `occurred_at` <= `as_of`. The counts of the
    network rest on everything up to there.
    """

    leg_id: UUID
    as_of: datetime
    numbers: tuple[Value, ...]
    labels: tuple[str, ...]
    evidence: tuple[Reference, ...]

    feature_set = FEATURE_SET
    horizon_minutes = HORIZON_MINUTES

    @property
    def values(self) -> dict[str, Value | str]:
        """By name, labels first; what the table stores."""
        return dict(zip(LABELS, self.labels, strict=True)) | dict(
            zip(NAMES, self.numbers, strict=True)
        )

    @property
    def values_hash(self) -> str:
        """See the function of the same name."""
        return values_hash(self.values)


def values_hash(values: Mapping[str, Value | str]) -> str:
    """SHA-256 over set, horizon and values in canonical order; stored rows give it again.

    Raises:
        KeyError: a value of the feature set is missing.
    """
    labels = [values[name] for name in LABELS]
    numbers = [None if (v := values[name]) is None else float(v) for name in NAMES]
    return content_hash(FEATURE_SET, HORIZON_MINUTES, labels, numbers)
