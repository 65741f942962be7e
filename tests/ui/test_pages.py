"""The pages people use show the whole line: Dagster's graph, MLflow's champion, dbt's docs."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.ui, pytest.mark.timeout(900)]

GROUPS = (
    "topics", "landed", "detected", "published", "disruptions", "passengers", "ledger",
    "forecasts", "staging", "intermediate", "marts",
)  # fmt: skip


def test_dagster_shows_the_graph_from_topic_to_mart(page: Page, demo: dict[str, Any]) -> None:
    page.goto(f"{demo['pages']['dagster']}/asset-groups")
    for group in GROUPS:
        expect(page.get_by_text(group, exact=True).first).to_be_visible()
    page.wait_for_timeout(2_000)  # the graph lays itself out


def test_dagster_shows_an_asset_with_owner_columns_and_checks(
    page: Page, demo: dict[str, Any]
) -> None:
    page.goto(f"{demo['pages']['dagster']}/assets/ledger/transactions?view=overview")
    for text in ("Grain: one transaction. No update, no delete.", "finance", "transaction_id"):
        expect(page.get_by_text(text, exact=True).first).to_be_visible()
    expect(page.get_by_text("respond_to_disruption").first).to_be_visible()


def test_dagster_shows_no_failed_run(page: Page, demo: dict[str, Any]) -> None:
    page.goto(f"{demo['pages']['dagster']}/runs")
    expect(page.get_by_text("respond_to_disruption").first).to_be_visible()
    expect(page.get_by_text("build_marts").first).to_be_visible()
    expect(page.get_by_text("Failure", exact=True)).to_have_count(0)


def test_both_code_locations_are_loaded(page: Page, demo: dict[str, Any]) -> None:
    page.goto(f"{demo['pages']['dagster']}/deployment/locations")
    for location in ("realtime", "batch"):
        expect(page.get_by_text(location, exact=True).first).to_be_visible()
    expect(page.get_by_text("Loaded", exact=True)).to_have_count(2)


def test_mlflow_shows_the_champion(page: Page, demo: dict[str, Any]) -> None:
    page.goto(f"{demo['pages']['mlflow']}/#/models/knockon-delay15")
    expect(page.get_by_text("Version 1", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("champion")).first).to_be_visible()
    close = page.get_by_role("button", name=re.compile("close", re.IGNORECASE))
    if close.count():
        close.first.click()


def test_dbt_documents_a_mart_with_its_columns(page: Page, demo: dict[str, Any]) -> None:
    docs = demo["pages"]["dbt docs"]
    page.goto(f"{docs}#!/model/model.knockon.compensation_by_cause")
    expect(page.get_by_text("owed_minor", exact=True).first).to_be_visible()
    expect(page.get_by_text("Enforced").first).to_be_visible()
