"""Dagster resources: thin shells that build plain objects from the settings when a run starts."""

import dagster as dg

from streaming.settings import Settings
from streaming.store.derive import Database


class DatabaseResource(dg.ConfigurableResource[Database]):
    """The database under one role; the address is looked up when a run starts, not at import."""

    role: str
    application_name: str

    def create_resource(self, context: dg.InitResourceContext) -> Database:
        return Database(Settings().database_url_for(self.role), self.application_name)
