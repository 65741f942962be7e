"""Trains the delay model on the days before a day, and chooses the kind that earned it."""

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from domain.features import FEATURE_SET, HORIZON_MINUTES, History, Region
from domain.features.history import midnight
from domain.features.outcomes import TARGET
from ml.candidates import boosting, logistic
from ml.climatology import Climatology
from ml.dataset import Dataset, Progress, build
from ml.errors import TooLittleData
from ml.scores import Scores, score
from streaming.sources.nycflights13 import Files, bundled, days_in, records_of
from streaming.sources.nycflights13.settings import AIRPORTS, Assumptions
from streaming.version import code_version

MODEL_NAME = "knockon-delay15"
DAYS = 120
WARM_UP_DAYS = 7
"""Days whose outcomes only fill the history: their own rows would have none to look at."""
VALIDATION_DAYS = 28
MIN_GAIN = 0.01
"""Boosting ships only if its log-loss is lower by this share."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class TrainedModel:
    """A fitted classifier with all that its forecasts can be traced to.

    `validation` are the scores, by candidate and climatology, of models that had not seen the
    last VALIDATION_DAYS; the shipped one was then fitted again on the whole window.
    """

    classifier: Any
    kind: str
    climatology: Climatology
    history: History
    first: date
    until: date
    rows: int
    late: int
    data_hash: str
    source: str
    validation: dict[str, Scores]
    code_version: str
    seconds: float

    feature_set = FEATURE_SET
    horizon_minutes = HORIZON_MINUTES
    target = TARGET

    @property
    def leak_alarm(self) -> bool:
        """Validated better than anything honest: must not become champion unseen."""
        return self.validation[self.kind].leak_alarm


def train(
    until: date, days: int = DAYS, progress: Progress | None = None, files: Files | None = None
) -> TrainedModel:
    """Train on the `days` local days before `until`, with what was known at its midnight.

    `progress` is called with each day of the window as it is read.

    Raises:
        TooLittleData: too few days, or no late or no punctual flight among them.
        SourceError: the files cannot be read.
    """
    if days <= WARM_UP_DAYS + VALIDATION_DAYS:
        raise TooLittleData(
            f"{days} days are too few: {WARM_UP_DAYS} warm up and {VALIDATION_DAYS} validate"
        )
    begun = time.perf_counter()
    files, first, assumed = files or bundled(), until - days * _DAY, Assumptions()
    region = Region(assumed.zone, AIRPORTS)
    start, end = _midnight(first + WARM_UP_DAYS * _DAY, region), _midnight(until, region)
    records = records_of(files, first, until - _DAY, assumed)
    everything, history = build(records, History.empty(region, first), end, progress)
    dataset = everything.between(start, end)
    cut = _midnight(until - VALIDATION_DAYS * _DAY, region)
    earlier, later = dataset.between(start, cut), dataset.between(cut, end)
    for part in (earlier, later):
        if not 0 < part.late.sum() < len(part):
            raise TooLittleData(
                f"{len(part)} resolved flights before {until}, not late and punctual ones:"
                " choose a day with flights before it"
            )
    validation = _validate(earlier, later)
    kind = choose(validation)
    return TrainedModel(
        classifier=_fit(kind, dataset),
        kind=kind,
        climatology=Climatology.fit(dataset.flights()),
        history=history,
        first=first,
        until=until,
        rows=len(dataset),
        late=int(dataset.late.sum()),
        data_hash=dataset.content_hash(),
        source=files.source,
        validation=validation,
        code_version=code_version(),
        seconds=time.perf_counter() - begun,
    )


def last_day(files: Files | None = None) -> date:
    """The last local day with flights to train on.

    Training reads files; once it reads landed flights as well, this is the place that knows.

    Raises:
        SourceError: there is no flight, or the files cannot be read.
    """
    return days_in(files or bundled())[1]


def choose(validation: dict[str, Scores]) -> str:
    """The logistic model, unless boosting's log-loss is lower by MIN_GAIN."""
    plain, boosted = validation["logistic"].log_loss, validation["boosting"].log_loss
    return "boosting" if boosted <= plain * (1 - MIN_GAIN) else "logistic"


def _validate(earlier: Dataset, later: Dataset) -> dict[str, Scores]:
    baseline = Climatology.fit(earlier.flights())
    forecasts = {
        kind: _fit(kind, earlier).predict_proba(later.features)[:, 1] for kind in _KINDS
    } | {
        "climatology": [baseline.probability(airline, hour) for airline, hour, _ in later.flights()]
    }
    scored = {name: score(forecast, later.late) for name, forecast in forecasts.items()}
    return {name: found for name, found in scored.items() if found is not None}


_KINDS = {"logistic": logistic, "boosting": boosting}


def _fit(kind: str, dataset: Dataset) -> Any:
    return _KINDS[kind]().fit(dataset.features, dataset.late)


def _midnight(day: date, region: Region) -> datetime:
    return midnight(day, region.zone)
