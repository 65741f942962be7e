"""The letter of a claim on a real database: one sum and one set of reasons, however it is read."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from assets.derivations.seals import SEALS
from orchestration.cli.app import app
from orchestration.stack import Stack
from tests.assets.test_response import DAY, drained, flight, respond
from tests.desk.conftest import Desk
from tests.landing_rows import land
from tests.streaming.landing.conftest import MASTER_KEY

Explain = Callable[..., Result]


@pytest.fixture
def explain(desk: Desk, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Explain:
    monkeypatch.setenv("KNOCKON_STATE_DIR", str(stack.settings.state_dir))
    monkeypatch.setenv("DATABASE_URL", desk.url)
    monkeypatch.setenv("KNOCKON_MASTER_KEY", MASTER_KEY)
    runner = CliRunner()
    return lambda *words: runner.invoke(app, ["explain", "claim", *words, "--on", "2026-07-15"])


def test_a_passenger_reads_what_happened_what_is_owed_and_why(desk: Desk, explain: Explain) -> None:
    letter = explain(str(desk.key())[:13])
    assert letter.exit_code == 0, letter.output
    for said in (
        "Your rights under EU261",
        "KL1007 from Amsterdam Airport Schiphol (AMS)",
        "doors open 15 June 2026 14:20",  # London: 13:20 UTC
        "You arrived 200 minutes after the time booked.",
        "It gives you 250.00 EUR (Art 7(1)(a)",
        "Instead, and never besides, UK261 would give 220.00 GBP",
        "Owed and not yet approved 250.00 EUR.",
        "national enforcement body",
    ):
        assert said in letter.stdout, said
    row = desk.connection.execute(
        "select assessment_id, transaction_id from ledger.transactions where obligation_key = %s",
        (desk.key(),),
    ).fetchone()
    assert row is not None
    for other in map(str, row):
        assert explain(other).stdout == letter.stdout


def test_the_letter_follows_the_money_and_the_facts(desk: Desk, explain: Explain) -> None:
    desk.approve()
    assert "Approved for payment 250.00 EUR." in explain(str(desk.key())).stdout
    at = DAY + timedelta(hours=2)
    told = flight("late", "leg_arrived", DAY + timedelta(hours=20), aibt=at, doors_open_at=at)
    land(desk.connection, "flight.events", 0, [told])
    respond(desk.connection)
    letter = explain(str(desk.key())).stdout
    assert "It gives no sum of money here" in letter
    assert "An earlier answer of 250.00 EUR (V-EU-1" in letter
    assert "is replaced, since the facts are others." in letter
    assert "not yet approved" not in letter


def test_an_auditor_sees_every_rule_booking_seal_and_offset(desk: Desk, explain: Explain) -> None:
    desk.approve()
    drained(desk.connection, SEALS)
    told = json.loads(explain(str(desk.key()), "--for", "auditor", "--json").stdout)
    sections = {one["heading"]: one["paragraphs"] for one in told["sections"]}
    rules = desk.connection.execute(
        "select rules_hit from derived.assessments where obligation_key = %s", (desk.key(),)
    ).fetchone()
    assert rules is not None
    spoke = [line.split()[0] for line in sections["Rules in the order in which they spoke"]]
    assert spoke == rules[0]
    bookings = "\n".join(sections["Bookings"])
    assert "accrual" in bookings
    assert "approval" in bookings
    assert "by agent-1" in bookings
    assert "under seal 1, head " in bookings
    assert any(
        "flight.events" in line for line in sections["Evidence on Kafka (log/partition/offset)"]
    )
    assert any("claim by p (passenger)" in line for line in sections["Life of the claim"])


def test_a_letter_that_the_books_or_the_rules_contradict_is_not_written(
    desk: Desk, explain: Explain
) -> None:
    desk.connection.execute("alter table ledger.postings disable trigger user")
    desk.connection.execute(
        "update ledger.postings set amount_minor = amount_minor * 2 where transaction_id ="
        " (select transaction_id from ledger.transactions where obligation_key = %s)",
        (desk.key(),),
    )
    done = explain(str(desk.key()))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "the books carry 50000 EUR" in done.stderr
    desk.connection.execute(
        "update derived.assessments set amount_minor = 1 where obligation_key = %s", (desk.key(),)
    )
    done = explain(str(desk.key()))
    assert "run `knockon reassess`" in done.stderr
    assert "no claim is feed" in explain("feed").stderr


def test_the_pages_and_the_pack_are_the_same_bytes_each_time(
    desk: Desk, explain: Explain, tmp_path: Path
) -> None:
    desk.claim()
    written = []
    for number in range(2):
        page, pack = tmp_path / f"{number}.pdf", tmp_path / f"{number}.zip"
        assert explain(str(desk.key()), "--out", str(page)).exit_code == 0
        done = explain(str(desk.key()), "--for", "regulator", "--out", str(pack))
        assert done.exit_code == 0, done.output
        written.append((page.read_bytes(), pack.read_bytes()))
    assert written[0] == written[1]
    assert written[0][0].startswith(b"%PDF-1.")
    packed = zipfile.ZipFile(io.BytesIO(written[0][1]))
    manifest = packed.read("MANIFEST.sha256").decode().splitlines()
    assert {line.split()[1] for line in manifest} | {"MANIFEST.sha256"} == set(packed.namelist())
    for line in manifest:
        digest, name = line.split()
        assert hashlib.sha256(packed.read(name)).hexdigest() == digest
    assert packed.read("sums.csv").count(b",250.00,250.00,EUR,") == 4
    assert explain(str(desk.key()), "--for", "regulator").exit_code == 2
