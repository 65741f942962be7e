"""The marts on a real database: what they say, who may read them, what their tests catch."""

import json
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest

from assets import marts_project
from streaming.settings import Settings
from streaming.store.database import connect
from tests.dbt.conftest import PASSWORDS, Dbt

MARTS = {
    "booked_amounts", "care_spend", "finance_reconciliation", "liability_ageing",
    "liability_by_airline", "liability_by_airport", "liability_by_article",
    "liability_by_booked_day", "liability_by_cause", "liability_by_flight_day", "obligations",
    "provision_outcome",
    "compensation_by_cause", "disruptions", "forecast_calibration", "forecast_quality",
    "punctuality_by_airline", "punctuality_by_airport",
}  # fmt: skip


def analyst_url(owner_url: str) -> str:
    settings = Settings(database_url=owner_url, role_passwords=PASSWORDS)
    return settings.database_url_for("knockon_analyst")


def test_the_build_passes_and_the_marts_say_what_happened(
    built: tuple[str, subprocess.CompletedProcess[str]], owner: psycopg.Connection[Any]
) -> None:
    assert built[1].returncode == 0, built[1].stdout[-2000:]
    punctuality = owner.execute(
        "select airport, scheduled, cancelled, departed, on_time_share,"
        " mean_departure_delay_minutes from marts.punctuality_by_airport"
    ).fetchall()
    assert punctuality == [("AMS", 3, 1, 2, 0.5, 100.0)]
    # Two passengers more than three hours late over 1,296 km: EUR 250 each (Art 7(1)(a)).
    owed = owner.execute(
        "select regime, event, article, currency, obligations, owed"
        " from marts.compensation_by_cause"
    ).fetchall()
    assert [(*row[:5], str(row[5])) for row in owed] == [
        ("eu", "delay", "EU261 Art 7(1)(a)", "EUR", 2, "500.00")
    ]


def test_the_analyst_reads_the_marts_and_nothing_else(
    dbt: Dbt, owner: psycopg.Connection[Any], url: str
) -> None:
    assert dbt("run").returncode == 0  # swaps tables that the analyst could read
    tables = owner.execute(
        "select schemaname || '.' || tablename from pg_tables"
        " where schemaname not in ('pg_catalog', 'information_schema')"
        " union select schemaname || '.' || viewname from pg_views"
        " where schemaname not in ('pg_catalog', 'information_schema')"
    ).fetchall()
    readable = set()
    with connect(analyst_url(url), "test", autocommit=True) as analyst:
        for (table,) in tables:
            try:
                analyst.execute(f"select 1 from {table} limit 1")
                readable.add(table)
            except psycopg.errors.InsufficientPrivilege:
                continue
        with pytest.raises(psycopg.errors.Error):
            analyst.execute("create table marts.mine (id int)")
        with pytest.raises(psycopg.errors.Error):
            analyst.execute("delete from marts.disruptions")
    assert readable == {f"marts.{name}" for name in MARTS}


def test_dbt_itself_sees_no_sealed_column(owner: psycopg.Connection[Any], url: str) -> None:
    settings = Settings(database_url=url, role_passwords=PASSWORDS)
    with connect(settings.database_url_for("knockon_dbt"), "test", autocommit=True) as session:
        assert session.execute("select count(journey_id) from landed.passenger_events").fetchone()
        for question in (
            "select sealed from landed.passenger_events",
            "select payload from landed.dead_letters",
            "select 1 from keyring.data_keys",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(question)


PLANTED = {
    "assert_every_transaction_balances":
        "update ledger.postings set amount_minor = amount_minor + 1"
        " where (transaction_id, line) = (select transaction_id, line from ledger.postings"
        " where amount_minor > 0 order by 1, 2 limit 1)",
    "assert_no_leg_arrives_before_it_departs":
        "update landed.flight_events set aibt = aibt - interval '9 hours'"
        " where kind = 'leg_arrived'",
    "relationships_stg_derived__assessments_impact_sequence":
        "update derived.assessments set impact_sequence = 999",
    "assert_finance_marts_equal_ledger":
        "update marts.compensation_by_cause set owed_minor = owed_minor - 1",
    "assert_marts_count_every_leg": "delete from marts.punctuality_by_airline",
    "unique_disruptions_disruption_id":
        "insert into marts.disruptions select * from marts.disruptions",
    "not_null_int_legs_sobt": None,
}  # fmt: skip
"""What each sentence is there to find; the last one is not planted, so it must pass."""


def test_each_planted_error_makes_its_own_sentence_fail(
    dbt: Dbt, owner: psycopg.Connection[Any]
) -> None:
    owner.execute("alter table ledger.postings disable trigger user")
    owner.execute("alter table derived.assessments disable trigger user")
    owner.execute(
        "alter table derived.assessments drop constraint"
        " fk_assessments_impact_sequence_passenger_impacts"
    )
    for statement in filter(None, PLANTED.values()):
        owner.execute(statement)
    said = dbt("test")
    assert said.returncode == 1
    failed = [line for line in said.stdout.splitlines() if " FAIL " in line]
    found = {sentence for sentence in PLANTED if any(sentence in line for line in failed)}
    assert found == {sentence for sentence, planted in PLANTED.items() if planted}
    # One cent in a mart and one in the books, each told by name and amount.
    off = [line.partition("marts.")[2] for line in said.stdout.splitlines() if "is off by" in line]
    assert off == [
        "booked_amounts is off by -0.01 EUR: compensation is 50000 there and 50001 in the ledger"
        " (minor units, debit positive)",
        "compensation_by_cause is off by 0.01 EUR: owed is -49999 there and -50000 in the ledger"
        " (minor units, debit positive)",
    ]


def test_a_column_of_another_type_breaks_the_contract(dbt: Dbt, tmp_path: Path) -> None:
    """The contract is enforced: a copy of the project with another type does not build."""
    copy = tmp_path / "project"
    subprocess.run(["cp", "-r", str(marts_project.PROJECT), str(copy)], check=True)
    mart = copy / "models/marts/disruptions.sql"
    mart.write_text(mart.read_text().replace("d.legs::int as legs", "d.legs::text as legs"))
    said = dbt(
        "run",
        "-s",
        "disruptions",
        "--project-dir",
        str(copy),
        "--target-path",
        str(tmp_path / "target"),
    )
    assert said.returncode == 1
    assert "contract" in said.stdout


def test_the_page_is_one_file_and_the_checkout_is_left_alone(url: str, dbt_directory: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in marts_project.PROJECT.rglob("*")}
    settings = Settings(state_dir=dbt_directory, database_url=url, role_passwords=PASSWORDS)
    page = marts_project.write_docs(settings)
    assert page.is_relative_to(dbt_directory)
    assert b"punctuality_by_airport" in page.read_bytes()
    assert {path: path.stat().st_mtime_ns for path in marts_project.PROJECT.rglob("*")} == before


def test_every_mart_and_column_is_described(dbt_directory: Path) -> None:
    manifest = json.loads(marts_project.manifest(Settings(state_dir=dbt_directory)).read_text())
    nodes = manifest["nodes"].values()
    models = [node for node in nodes if node["resource_type"] == "model"]
    assert {node["name"] for node in models if node["schema"] == "marts"} == MARTS
    for model in models:
        assert model["description"].startswith("Grain: "), model["name"]
        for column in model["columns"].values():
            assert column["description"], (model["name"], column["name"])
        assert model["contract"]["enforced"] == (model["schema"] == "marts")
