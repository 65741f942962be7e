"""The dbt models as assets: staging, intermediate and marts, keyed [schema, name] like all tables.

Sources carry the asset keys of the tables that we write, so one graph runs from topic to mart.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets

from assets import marts_project
from assets.catalogue import team
from streaming.settings import Settings

OWNERS = {
    "forecast_quality": "data science",
    **dict.fromkeys(
        ("booked_amounts", "care_spend", "compensation_by_cause", "finance_reconciliation",
         "liability_ageing", "liability_by_airline", "liability_by_airport",
         "liability_by_article", "liability_by_booked_day", "liability_by_cause",
         "liability_by_flight_day", "obligations", "provision_outcome"),
        "finance",
    ),
}  # fmt: skip
"""Owner of a mart, where it is not the data team."""

STALE_AFTER = timedelta(hours=2)
"""A mart of finance is made anew every hour; one build may fail before anybody is told."""


class Translator(DagsterDbtTranslator):
    """Says of a dbt model what we say of every table."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])
        return dg.AssetKey([_schema(dbt_resource_props), dbt_resource_props["name"]])

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return str(dbt_resource_props["description"])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        return _schema(dbt_resource_props)

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        return [team(OWNERS.get(dbt_resource_props["name"], "data"))]

    def get_tags(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, str]:
        return {"layer": _schema(dbt_resource_props), "personal": "none"}

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        table = f"{_schema(dbt_resource_props)}.{dbt_resource_props['name']}"
        return {**super().get_metadata(dbt_resource_props), "dagster/table_name": table}

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: Any
    ) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        if team("finance") not in spec.owners:
            return spec
        policy = dg.FreshnessPolicy.time_window(fail_window=STALE_AFTER)
        return spec.replace_attributes(freshness_policy=policy)


def _schema(dbt_resource_props: Mapping[str, Any]) -> str:
    return str(dbt_resource_props["config"].get("schema") or dbt_resource_props["schema"])


def marts(manifest: Path) -> dg.AssetsDefinition:
    """The assets of the models in this manifest; data tests are their checks."""

    @dbt_assets(
        manifest=manifest, name="dbt_models", pool="dbt", dagster_dbt_translator=Translator()
    )
    def models(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        # A directory of its own: runs side by side must not overwrite each other's results.
        with TemporaryDirectory(prefix="knockon-dbt-") as directory:
            build = dbt.cli(["build"], context=context, target_path=Path(directory))
            yield from build.stream().fetch_row_counts()

    return models


def documentation(models: dg.AssetsDefinition) -> dg.AssetsDefinition:
    """The asset of the project's static page, written after its models."""

    @dg.asset(
        key=dg.AssetKey(["docs", "marts"]),
        deps=[key for key in models.keys if key.path[0] == "marts"],
        group_name="marts",
        owners=[team("data")],
        kinds={"dbt", "html"},
        tags={"layer": "docs", "personal": "none"},
        description="The documentation of the dbt project as one static page, with its lineage.",
    )
    def marts_docs() -> dg.MaterializeResult[None]:
        page = marts_project.write_docs(Settings())
        return dg.MaterializeResult(
            metadata={"page": dg.MetadataValue.path(str(page)), "bytes": page.stat().st_size}
        )

    return marts_docs
