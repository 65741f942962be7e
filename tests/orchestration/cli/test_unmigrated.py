"""A database without this version's tables is told as that, with what to do."""

from copy import copy

import psycopg
import pytest
from typer.testing import CliRunner

from orchestration.cli.app import app
from orchestration.cli.errors import is_expected
from orchestration.stack import Stack
from orchestration.stack.report import report
from streaming.store.database import connect
from streaming.store.failures import UNMIGRATED, unmigrated


@pytest.mark.parametrize("words", [["errors"], ["dead-letters", "list"], ["days"]])
def test_a_command_says_to_bring_it_up(
    words: list[str], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 1
    assert done.stderr.startswith(
        "knockon: the database lacks tables of this version: `knockon up`"
    )
    assert done.stderr.count("\n") == 1


def test_status_alerts(stack: Stack, database_url: str) -> None:
    settings = stack.settings.model_copy(update={"database_url": database_url})
    elsewhere = copy(stack)
    elsewhere.settings = settings
    told = report(elsewhere)
    assert told.alerts == [UNMIGRATED]
    assert not told.healthy


def test_another_error_of_a_statement_is_not_taken_for_it(database_url: str) -> None:
    with (
        connect(database_url, "test") as connection,
        pytest.raises(psycopg.errors.DivisionByZero) as raised,
    ):
        connection.execute("select 1 / 0")
    assert not unmigrated(raised.value)
    assert not is_expected(raised.value)
