"""`knockon errors` reads logs and dead letters, and says so when the database is away."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from orchestration.cli.app import app
from orchestration.cli.tables import show_status
from orchestration.stack.report import StackReport
from streaming.store.database import connect
from streaming.store.intervals import register_kafka_log

HALT = (
    "insert into landed.halts (log_id, partition, halted_at, reason)"
    " values (%s, 0, now(), '900 of its last 1,000 records would be dead letters')"
)


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "logs").mkdir()
    monkeypatch.setenv("KNOCKON_STATE_DIR", str(tmp_path))
    return tmp_path


def say(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["errors", *words])
    return done.exit_code, done.output


def log(state: Path, component: str, *minutes: int) -> None:
    with (state / "logs" / f"{component}.log").open("a") as file:
        for one in minutes:
            at = datetime.now(UTC) - timedelta(minutes=one)
            line = {"error_type": "network", "timestamp": at.isoformat(), "reason": "refused"}
            file.write(json.dumps(line) + "\n")


def test_logs_and_dead_letters_are_counted_together(
    state: Path, migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", migrated_url)
    assert say() == (0, "no errors since 1h, nor as long before\n")
    log(state, "relay", 1, 2, 90)
    with connect(migrated_url, "test") as connection:
        log_id = register_kafka_log(connection, "c", "t", "flight.events")
        for number, kind in enumerate(["invalid", "undecodable", "refused", "replayed_already"]):
            connection.execute(
                'insert into landed.dead_letters (log_id, partition, "offset", dead_letter_id,'
                " recorded_at, landed_at, payload_sealed, error_type, reason)"
                " values (%s, 0, %s, gen_random_uuid(), now(), now(), false, %s, 'why')",
                (log_id, number, kind),
            )
    code, text = say("--json")
    told: dict[str, Any] = json.loads(text)
    counted = {(one["component"], one["kind"]): one for one in told["rates"]}
    assert {place: (one["now"], one["before"]) for place, one in counted.items()} == {
        ("relay", "network"): (2, 1),
        ("dead letters", "validation"): (2, 0),
        ("dead letters", "processing"): (1, 0),
    }
    assert counted["relay", "network"]["trend"] == "rising"
    assert (code, told["alerts"], told["unknown"]) == (0, [], None)
    with connect(migrated_url, "test") as connection:
        connection.execute(HALT, (log_id,))
    code, text = say()
    assert code == 1
    assert "knockon dead-letters accept flight.events" in text
    assert "relay, network" in text


def test_logs_are_counted_while_postgresql_is_away(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://knockon_owner:x@127.0.0.1:1/x")
    log(state, "lander", 1, 20)
    code, text = say("--json", "--since", "10m")
    told = json.loads(text)
    assert code == 0
    assert [(one["now"], one["before"]) for one in told["rates"]] == [(1, 0)]
    assert "dead letters and alerts are not known" in told["unknown"]
    assert say("--since", "tomorrow")[0] == 2


def test_status_counts_open_letters_and_alerts(capsys: pytest.CaptureFixture[str]) -> None:
    told = StackReport("/state", [], [], None, 3, ["[flight.events] is not landed"])
    assert not told.healthy
    assert StackReport("/state", [], [], None, 3, []).healthy
    show_status(told)
    shown = capsys.readouterr().out
    assert "dead letters  3 open" in shown
    assert "alert  [flight.events] is not landed" in shown
