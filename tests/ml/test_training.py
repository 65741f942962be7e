"""The delay model: trained on earlier days alone, kept in MLflow, refused when too good."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import mlflow
import numpy as np
import pytest

from domain.features import NAMES
from ml.errors import ModelError, NoChampion, OtherFeatureSet, TooLittleData
from ml.scores import score
from ml.tracking import Tracking
from ml.train import TrainedModel, train

UNTIL = date(2013, 3, 5)
DAYS = 50


@pytest.fixture(scope="module")
def model() -> TrainedModel:
    return train(UNTIL, DAYS)


@pytest.fixture
def tracking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tracking]:
    """MLflow itself on a database of its own; the server adds HTTP to the same store."""
    monkeypatch.chdir(tmp_path)
    before = mlflow.get_tracking_uri()
    yield Tracking(f"sqlite:///{tmp_path}/mlflow.db")
    mlflow.set_tracking_uri(before)
    mlflow.set_registry_uri(before)


def rows(model: TrainedModel) -> list[list[float | None]]:
    seeded = np.random.default_rng(1)
    return [[float(value) for value in seeded.normal(10, 5, len(NAMES))] for _ in range(50)]


def test_it_beats_climatology_on_days_it_had_not_seen(model: TrainedModel) -> None:
    """Measured: log-loss .535 against .576, Brier .177 against .195, after 15 days of learning."""
    learned, baseline = model.validation[model.kind], model.validation["climatology"]
    assert learned.count > 15_000
    assert learned.log_loss < baseline.log_loss - 0.03
    assert learned.brier < baseline.brier - 0.01
    assert not model.leak_alarm


def test_it_has_seen_only_days_before(model: TrainedModel) -> None:
    """The history ends at the midnight before; what came after could not have been counted."""
    assert model.history.as_of.date() == UNTIL
    assert (model.first, model.until) == (date(2013, 1, 14), UNTIL)


def test_too_few_days_are_refused_with_what_to_do() -> None:
    with pytest.raises(TooLittleData, match="35 days are too few"):
        train(UNTIL, 35)
    with pytest.raises(TooLittleData, match="choose a day with flights before it"):
        train(date(2012, 6, 1), DAYS)


def test_a_model_comes_back_from_the_registry_as_it_went(
    model: TrainedModel, tracking: Tracking
) -> None:
    assert tracking.champion_version() is None
    with pytest.raises(NoChampion, match="retrain_delay_model"):
        tracking.champion()
    version = tracking.register(model)
    champion = tracking.champion()
    assert (champion.version, champion.feature_set) == (version, model.feature_set)
    assert champion.history.content_id() == model.history.content_id()
    given = rows(model)
    expected = model.classifier.predict_proba(np.array(given))[:, 1]
    assert champion.probabilities(model.feature_set, given).tolist() == expected.tolist()
    assert champion.climatology.probability("UA", 8) == model.climatology.probability("UA", 8)
    with pytest.raises(OtherFeatureSet, match="train a model on the rows' feature set"):
        champion.probabilities("another-set", given)


def test_a_newer_version_takes_the_alias_over(model: TrainedModel, tracking: Tracking) -> None:
    first, second = tracking.register(model), tracking.register(model)
    assert first != second
    assert tracking.champion_version() == second


def test_a_model_too_good_to_be_true_never_becomes_champion(
    model: TrainedModel, tracking: Tracking
) -> None:
    outcomes = np.arange(25_000) % 3 == 0
    peeked = score(np.where(outcomes, 0.9, 0.1) + np.linspace(-0.05, 0.05, 25_000), outcomes)
    assert peeked is not None
    leaking = replace(model, validation={**model.validation, model.kind: peeked})
    with pytest.raises(ModelError, match="look for a fact that was not yet known"):
        tracking.register(leaking)
    assert tracking.champion_version() is None
