"""How good probabilities were: Brier, log-loss, AUC and calibration error, with counts."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

LEAK_AUC = 0.795
"""Two hours ahead nothing honest has done better over months; leaks gave .817 to .937. A single
stormy day or fortnight may (.80 in the last two weeks of June 2013), hence LEAK_ROWS."""
LEAK_ROWS = 20_000
BINS = 10
_CLIP = 1e-6


@dataclass(frozen=True)
class Scores:
    """Of `count` resolved flights, `late` of them late. AUC is None if all ended the same way.

    `calibration_error` is the expected calibration error over ten equal bins of probability,
    weighted by count.
    """

    count: int
    late: int
    mean_probability: float
    brier: float
    log_loss: float
    auc: float | None
    calibration_error: float

    @property
    def leak_alarm(self) -> bool:
        """Too good to be true: look for a fact that was not yet known."""
        return self.auc is not None and self.auc > LEAK_AUC and self.count >= LEAK_ROWS

    def metrics(self, prefix: str = "") -> dict[str, float]:
        """By name, without what is not defined; as a tracking server takes them."""
        named = {f"{prefix}{name}": value for name, value in asdict(self).items()}
        return {name: float(value) for name, value in named.items() if value is not None}


@dataclass(frozen=True)
class Comparison:
    """A model beside climatology, on the same flights."""

    model: Scores
    climatology: Scores

    @property
    def skill(self) -> float:
        """Brier skill: the share of climatology's Brier score that the model does away with."""
        return 1 - self.model.brier / self.climatology.brier if self.climatology.brier else 0.0


def score(probabilities: ArrayLike, outcomes: ArrayLike) -> Scores | None:
    """Scores of probabilities against outcomes (late or not); None without any.

    Raises:
        ValueError: the two differ in length.
    """
    p = np.asarray(probabilities, dtype=float)
    y = np.asarray(outcomes, dtype=int)
    if p.shape != y.shape:
        raise ValueError(f"{p.size} probabilities for {y.size} outcomes")
    if not p.size:
        return None
    late = int(y.sum())
    both = 0 < late < y.size
    return Scores(
        count=int(y.size),
        late=late,
        mean_probability=float(p.mean()),
        brier=float(brier_score_loss(y, p)),
        log_loss=float(log_loss(y, np.clip(p, _CLIP, 1 - _CLIP), labels=[0, 1])),
        auc=float(roc_auc_score(y, p)) if both else None,
        calibration_error=_calibration_error(p, y),
    )


def compare(resolved: Iterable[tuple[float, float, bool]]) -> Comparison | None:
    """Scores of (probability, climatology, late) per resolved flight; None without any."""
    rows = list(resolved)
    if not rows:
        return None
    probabilities, baseline, outcomes = zip(*rows, strict=True)
    model, climatology = score(probabilities, outcomes), score(baseline, outcomes)
    return Comparison(model, climatology) if model and climatology else None


def _calibration_error(p: "np.ndarray", y: "np.ndarray") -> float:
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    return float(
        sum(
            abs(p[bins == b].mean() - y[bins == b].mean()) * (bins == b).mean()
            for b in np.unique(bins)
        )
    )
