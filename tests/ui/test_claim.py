"""One claim, followed by somebody who has never seen it: the same sum and reasons everywhere."""

import json
import re
import subprocess
from html import escape
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from streaming.settings import Settings
from streaming.store.database import connect
from tests.ui.conftest import KNOCKON

pytestmark = [pytest.mark.ui, pytest.mark.timeout(900)]

ASSESSED = """
    { assetOrError(assetKey: {path: ["derived", "assessments"]}) { ... on Asset {
        assetMaterializations(limit: 20) { metadataEntries { label ... on TableMetadataEntry {
            table { records } } } } } } }
"""


@pytest.fixture(scope="module")
def claim(demo: dict[str, Any]) -> dict[str, str]:
    """An assessed claim with a sum, as Dagster shows it by example."""
    answer = requests.post(
        f"{demo['pages']['dagster']}/graphql", json={"query": ASSESSED}, timeout=30
    ).json()
    for made in answer["data"]["assetOrError"]["assetMaterializations"]:
        for entry in made["metadataEntries"]:
            for record in entry.get("table", {}).get("records", ()):
                one: dict[str, str] = json.loads(record)
                if not one["sum"].startswith("0.00"):
                    return one
    raise AssertionError("Dagster shows no claim with a sum")


def test_dagster_shows_the_sum_and_the_reasons_of_a_claim(
    page: Page, demo: dict[str, Any], claim: dict[str, str]
) -> None:
    page.goto(f"{demo['pages']['dagster']}/assets/derived/assessments?view=events")
    page.get_by_text(re.compile("show table", re.IGNORECASE)).first.click()
    expect(page.get_by_text("why", exact=True).first).to_be_visible()


def test_dbt_has_the_same_sum_and_the_same_reasons(
    page: Page, demo: dict[str, Any], claim: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNOCKON_STATE_DIR", demo["environment"]["KNOCKON_STATE_DIR"])
    with connect(Settings().owner_database_url(), "test") as connection:
        row = connection.execute(
            "select accrued, currency, explanation from marts.obligations"
            " where obligation_key = %s and entitlement = 'compensation'",
            (claim["obligation"],),
        ).fetchone()
    assert row is not None
    assert f"{row[0]} {row[1]}" == claim["sum"]
    assert row[2].replace("\n", " ") == claim["why"]
    page.goto(f"{demo['pages']['dbt docs']}#!/model/model.knockon.obligations")
    expect(page.get_by_text("explanation", exact=True).first).to_be_visible()


def test_explain_writes_the_same_sum_and_the_same_reasons(
    page: Page, demo: dict[str, Any], claim: dict[str, str]
) -> None:
    done = subprocess.run(
        [*KNOCKON, "explain", "claim", claim["obligation"]],
        capture_output=True, text=True, timeout=60, env=demo["environment"],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert f"It gives you {claim['sum']}" in done.stdout
    reasons = done.stdout.replace("\n", " ")
    for reason in re.findall(r"[A-Z]{2}-\d+: (.*?)(?= [A-Z]{2}-\d+: | Result: )", claim["why"]):
        assert reason in reasons
    page.set_content(f"<pre style='font-size: 13px'>{escape(done.stdout)}</pre>")
