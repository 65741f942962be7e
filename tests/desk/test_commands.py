"""An agent's day at the command line: a claim is approved, paid and read back."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from orchestration.cli.app import app
from orchestration.stack import Stack
from tests.desk.conftest import Desk
from tests.domain.payments.bank import PAYEE, entry, notification, transaction
from tests.streaming.landing.conftest import MASTER_KEY

Say = Callable[..., Result]


@pytest.fixture
def say(desk: Desk, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Say:
    monkeypatch.setenv("KNOCKON_STATE_DIR", str(stack.settings.state_dir))
    monkeypatch.setenv("DATABASE_URL", desk.url)
    monkeypatch.setenv("KNOCKON_MASTER_KEY", MASTER_KEY)
    runner = CliRunner()
    return lambda *words, **more: runner.invoke(app, list(words), **more)


@pytest.fixture
def account(tmp_path: Path) -> str:
    path = tmp_path / "account.json"
    path.write_text(json.dumps({"name": "Example Air plc", "iban": "DE89370400440532013000"}))
    return str(path)


def test_a_claim_from_its_telling_to_its_money(
    desk: Desk, say: Say, account: str, tmp_path: Path
) -> None:
    key = str(desk.key())
    agent = ("--actor", "agent-1", "--role", "agent")
    shown = say("claims", "show", key[:13])
    assert "owed" in shown.stdout
    assert "250.00 EUR" in shown.stdout
    assert "passenger may: claim" in shown.stdout
    assert say("claims", "tell", key, "claim", "--actor", "p", "--role", "passenger").exit_code == 0
    too_much = say("claims", "tell", key, "approve", *agent, "--amount", "250.01 EUR")
    assert (too_much.exit_code, "25000 EUR is owed" in too_much.stderr) == (1, True)
    told = say("claims", "tell", key, "approve", *agent, "--amount", "250.00 EUR", "--json")
    assert json.loads(told.stdout)["approved_minor"] == 25_000

    payee = PAYEE.model_dump_json()
    scheduled = say(
        "payments", "schedule", key, "--details", "-", "--actor", "agent-1", "--due", "2026-07-15",
        input=payee,
    )  # fmt: skip
    assert scheduled.exit_code == 0, scheduled.output
    assert "scheduled: attempt 1, due 2026-07-15, 250.00 EUR" in scheduled.stdout
    assert "1 payments" in say("payments", "due").stdout
    files = ("--account", account, "--actor", "agent-2", "--out", str(tmp_path / "bank"))
    exported = json.loads(say("payments", "export", *files, "--json").stdout)
    [batch] = exported["batches"]
    path = Path(batch["file"])
    assert path.stat().st_mode & 0o077 == 0
    first = path.read_bytes()
    path.unlink()
    assert say("payments", "file", batch["batch_id"][:8], *files).exit_code == 0
    assert path.read_bytes() == first

    row = desk.connection.execute("select instruction_id from payments.instructions").fetchone()
    assert row is not None
    statement = tmp_path / "camt.xml"
    statement.write_bytes(notification(entry("B1", "250.00", transaction(row[0].hex, "250.00"))))
    read = ("payments", "read", str(statement), "--actor", "agent-2")
    assert "1 executed" in say(*read).stdout
    assert "read before; nothing changed" in say(*read).stdout
    assert "nothing waits" in say("payments", "unmatched").stdout
    listed = json.loads(say("claims", "list", "--counted", "--json").stdout)
    assert listed["states"] == {"paid": 1}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("claims", "show", "ffff"), "no single obligation is ffff"),
        (("claims", "list", "--state", "lost"), "no state is called lost"),
        (("claims", "tell", "KEY", "claim", "--actor", "p", "--role", "king"), "role"),
        (("claims", "tell", "KEY", "fly", "--actor", "p", "--role", "agent"), "is called fly"),
        (("claims", "tell", "KEY", "approve", "--actor", "p", "--role", "agent"), "approve needs"),
        (("claims", "tell", "KEY", "claim", "--actor", "p", "--role", "agent"), "allowed to agent"),
        (
            (
                "claims",
                "tell",
                "KEY",
                "claim",
                "--actor",
                "p",
                "--role",
                "passenger",
                "--event-id",
                "00000000-0000-0000-0000-000000000001",
            ),
            "--event-id goes with --at",
        ),
        (("payments", "seen", "00", "--actor", "p", "--note", "x"), "no single unmatched"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_written(
    desk: Desk, say: Say, words: tuple[str, ...], says: str
) -> None:
    done = say(*(str(desk.key()) if word == "KEY" else word for word in words))
    assert done.exit_code in (1, 2)
    assert says in " ".join(done.stderr.replace("│", " ").split())
    assert desk.count("claims.events") == 0


def test_an_iban_that_is_mistyped_is_not_shown(desk: Desk, say: Say) -> None:
    desk.approve()
    wrong = json.dumps({"name": "Zoë", "iban": "FR1420041010050500013M02607"})
    done = say(
        "payments", "schedule", str(desk.key()), "--details", "-", "--actor", "a", input=wrong
    )
    assert done.exit_code == 2
    assert "check digits" in " ".join(done.stderr.replace("│", " ").split())
    assert "3M02" not in done.stderr
