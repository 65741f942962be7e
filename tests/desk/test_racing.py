"""Agents in processes of their own race for the same claims, and some are killed at it."""

import subprocess
import sys
from collections import Counter

from streaming.store import payments as stored
from tests.desk.conftest import PASSENGERS, Desk
from tests.domain.payments.bank import DUE, entry, notification, transaction

AGENTS = 3
POINTS = ("write_instruction", "write_batch")
"""Acts after which an agent has written and not committed."""


def test_nobody_is_paid_twice_however_many_pay_and_die(desk: Desk) -> None:
    """Agents are killed with work in hand at each point, then others race for the same claims."""
    for passenger in range(PASSENGERS):
        desk.approve(passenger)
    keys = [str(desk.key(passenger)) for passenger in range(PASSENGERS)]
    for number, point in enumerate(POINTS):
        doomed = _agent(desk, str(number), point, keys)
        heard(doomed, "ready")
        heard(doomed, "inside")
        doomed.kill()
        _ended(doomed)
    agents = [_agent(desk, f"1{number}", "-", keys) for number in range(AGENTS)]
    for agent in agents:
        heard(agent, "ready")
    for agent in agents:
        assert _ended(agent) == 0
    while stored.due(desk.connection, DUE):
        desk.export("csv")  # what was scheduled by somebody who died before the export

    rows = desk.connection.execute(
        "select obligation_key, status, count(*) from payments.instructions group by 1, 2"
    ).fetchall()
    assert Counter(status for _, status, _ in rows) == {"sent": PASSENGERS}
    assert {count for _, _, count in rows} == {1}
    booked = desk.connection.execute(
        "select t.obligation_key, sum(p.amount_minor)::int from ledger.transactions t"
        " join ledger.postings p using (transaction_id) where p.account = 'payments-in-transit'"
        " group by 1"
    ).fetchall()
    assert [minor for _, minor in booked] == [-25_000] * PASSENGERS
    for passenger in range(PASSENGERS):
        assert desk.state(passenger) == "scheduled"
        desk.balances(passenger)


def test_one_statement_read_by_several_at_once_is_read_once(desk: Desk) -> None:
    desk.approve()
    desk.schedule()
    desk.export()
    [row] = desk.connection.execute("select instruction_id from payments.instructions").fetchall()
    content = notification(entry("B1", "250.00", transaction(row[0].hex, "250.00")))
    command = [sys.executable, "-m", "tests.desk.reading_desk", desk.url]
    readers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(3)
    ]
    said = [reader.communicate(content, timeout=60)[0].strip() for reader in readers]
    assert sorted(said) == [b"again", b"again", b"executed"]
    assert desk.balances()["cash"] == -25_000
    assert desk.state() == "paid"


def _agent(desk: Desk, seed: str, point: str, keys: list[str]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.desk.doomed_desk", desk.url, seed, point, *keys]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def heard(agent: "subprocess.Popen[bytes]", word: str) -> None:
    assert agent.stdout is not None
    assert agent.stdout.readline().decode().strip() == word


def _ended(agent: "subprocess.Popen[bytes]") -> int:
    agent.wait(60)
    assert agent.stdout is not None
    agent.stdout.close()
    return agent.returncode
