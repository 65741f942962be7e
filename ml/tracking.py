"""The one door to MLflow: registering trained models, and loading the one that carries the alias.

A version holds the classifier, and beside it the climatology it is held against and the history
with which live features begin. Parameters, metrics and tags say on what it was trained.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, Schema
from numpy.typing import NDArray

from domain.features import FEATURE_SET, NAMES, History
from ml.climatology import Climatology
from ml.errors import ModelError, NoChampion, OtherFeatureSet
from ml.train import MODEL_NAME, TrainedModel

ALIAS = "champion"
EXPERIMENT = "knockon/delay15"
CLIMATOLOGY, HISTORY = "climatology.json", "history.json"


@dataclass(frozen=True)
class Champion:
    """A registered version, ready to score rows of its feature set."""

    name: str
    version: str
    feature_set: str
    classifier: Any
    climatology: Climatology
    history: History

    def probabilities(
        self, feature_set: str, rows: Sequence[Sequence[float | None]]
    ) -> NDArray[np.float64]:
        """P(late) of each row, values in the order of NAMES.

        Raises:
            OtherFeatureSet: the rows were made for another model.
        """
        if feature_set != self.feature_set:
            raise OtherFeatureSet(
                f"rows of {feature_set} for {self.name} {self.version}, which reads"
                f" {self.feature_set}: train a model on the rows' feature set"
            )
        found: NDArray[np.float64] = self.classifier.predict_proba(matrix(rows))[:, 1]
        return found


class Tracking:
    """The MLflow server at `uri`."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        mlflow.set_tracking_uri(uri)
        mlflow.set_registry_uri(uri)
        self._client = mlflow.MlflowClient(uri, uri)

    def register(self, model: TrainedModel, alias: str = ALIAS) -> str:
        """Log a run, register the model as a new version and give it the alias.

        Returns the version. Raises ModelError for a model too good to be true.
        """
        if model.leak_alarm:
            raise ModelError(
                f"AUC {model.validation[model.kind].auc:.3f} on {model.rows} flights is too good"
                " to be true: look for a fact that was not yet known"
            )
        mlflow.set_experiment(EXPERIMENT)
        with mlflow.start_run(run_name=f"until {model.until}"):
            mlflow.log_params(_parameters(model))
            for name, scores in model.validation.items():
                mlflow.log_metrics(scores.metrics(f"validation_{name}_"))
            mlflow.log_metric("training_seconds", model.seconds)
            for file, text in (
                (CLIMATOLOGY, model.climatology.to_json()),
                (HISTORY, model.history.to_json()),
            ):
                mlflow.log_text(text, file)
            logged = mlflow.sklearn.log_model(
                model.classifier,
                name="model",
                registered_model_name=MODEL_NAME,
                signature=_signature(),
                # Named, since finding them out takes MLflow ten seconds.
                pip_requirements=[f"scikit-learn=={version('scikit-learn')}"],
                serialization_format="cloudpickle",
            )
        registered = str(logged.registered_model_version)
        self._describe(registered, model)
        self._client.set_registered_model_alias(MODEL_NAME, alias, registered)
        return registered

    def champion_version(self) -> str | None:
        """The version that carries the alias; None when no model does."""
        found = self._with_alias()
        return None if found is None else str(found.version)

    def champion_feature_set(self) -> str | None:
        """The feature set that the champion reads; None when there is no champion."""
        found = self._with_alias()
        return None if found is None else found.tags.get("feature_set", "")

    def _with_alias(self) -> ModelVersion | None:
        try:
            return self._client.get_model_version_by_alias(MODEL_NAME, ALIAS)
        except MlflowException as error:
            if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                return None
            raise ModelError(f"MLflow at {self._uri}: {error}") from error

    def champion(self) -> Champion:
        """Load the version that carries the alias. Raises NoChampion."""
        about = self._with_alias()
        if about is None:
            raise NoChampion(
                f"no version of {MODEL_NAME} is called {ALIAS}: run job retrain_delay_model"
            )
        found = str(about.version)
        with tempfile.TemporaryDirectory() as folder:
            files = [
                Path(self._client.download_artifacts(str(about.run_id), name, folder)).read_text()
                for name in (CLIMATOLOGY, HISTORY)
            ]
        return Champion(
            MODEL_NAME,
            found,
            about.tags.get("feature_set", ""),
            mlflow.sklearn.load_model(f"models:/{MODEL_NAME}/{found}"),
            Climatology.from_json(files[0]),
            History.from_json(files[1]),
        )

    def _describe(self, registered: str, model: TrainedModel) -> None:
        self._client.update_registered_model(
            MODEL_NAME,
            "P(departure or arrival at least 15 minutes late) two hours before schedule, for"
            " flights that operate.",
        )
        self._client.update_model_version(
            MODEL_NAME,
            registered,
            f"{model.kind}, trained on {model.rows:,} flights of {model.source}"
            f" from {model.first} to before {model.until}.",
        )
        for name, value in _parameters(model).items():
            self._client.set_model_version_tag(MODEL_NAME, registered, name, str(value))


def matrix(rows: Sequence[Sequence[float | None]]) -> NDArray[np.float64]:
    """Rows as the classifier takes them: a missing value is NaN."""
    return np.array([[np.nan if v is None else v for v in row] for row in rows], dtype=float)


def _signature() -> ModelSignature:
    inputs = Schema([ColSpec(DataType.double, name, required=False) for name in NAMES])
    return ModelSignature(inputs=inputs, outputs=Schema([ColSpec(DataType.long)]))


def _parameters(model: TrainedModel) -> dict[str, Any]:
    return {
        "kind": model.kind,
        "target": model.target,
        "horizon_minutes": model.horizon_minutes,
        "feature_set": FEATURE_SET,
        "first_day": model.first.isoformat(),
        "until_day": model.until.isoformat(),
        "rows": model.rows,
        "late": model.late,
        "data_hash": model.data_hash,
        "source": model.source,
        "history": model.history.content_id(),
        "code_version": model.code_version,
    }
