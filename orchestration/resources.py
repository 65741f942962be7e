"""Dagster resources: thin shells that build plain objects from the settings when a run starts."""

from typing import TYPE_CHECKING

import dagster as dg

from streaming.errors import SettingsError
from streaming.settings import Settings
from streaming.store.derive import Database

if TYPE_CHECKING:
    from ml.tracking import Tracking


class DatabaseResource(dg.ConfigurableResource[Database]):
    """The database under one role; the address is looked up when a run starts, not at import."""

    role: str
    application_name: str

    def create_resource(self, context: dg.InitResourceContext) -> Database:
        return Database(Settings().database_url_for(self.role), self.application_name)


class TrackingResource(dg.ConfigurableResource["Tracking"]):
    """The MLflow server that the settings name."""

    def create_resource(self, context: dg.InitResourceContext) -> "Tracking":
        # Imported here: the light code location shares this file and must not load MLflow.
        from ml.tracking import Tracking

        uri = Settings().mlflow_tracking_uri
        if uri is None:
            raise SettingsError("no MLflow is known: run `knockon up`, or set MLFLOW_TRACKING_URI")
        return Tracking(uri)
