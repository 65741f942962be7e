"""Agents in processes of their own race for the same claims, and some are killed at it."""

import random
import subprocess
import sys
import time
from collections import Counter

from streaming.store import payments as stored
from tests.desk.conftest import PASSENGERS, Desk
from tests.domain.payments.bank import DUE, entry, notification, transaction

AGENTS, ROUNDS = 3, 2


def test_nobody_is_paid_twice_however_many_pay_and_die(desk: Desk) -> None:
    """Each round the agents start anew; most are killed while they work, the last are not."""
    for passenger in range(PASSENGERS):
        desk.approve(passenger)
    keys = [str(desk.key(passenger)) for passenger in range(PASSENGERS)]
    moment = random.Random(1)
    for number in range(ROUNDS):
        agents = [_agent(desk, f"{number}{agent}", keys) for agent in range(AGENTS)]
        for agent in agents:
            assert agent.stdout is not None
            assert agent.stdout.readline() == b"ready\n"
        if number < ROUNDS - 1:
            time.sleep(moment.uniform(0, 0.2))
            for agent in agents[1:]:
                agent.kill()
        for agent in agents:
            agent.wait(60)
            assert agent.stdout is not None
            agent.stdout.close()
        assert agents[0].returncode == 0
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


def _agent(desk: Desk, seed: str, keys: list[str]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.desk.doomed_desk", desk.url, seed, *keys]
    return subprocess.Popen(command, stdout=subprocess.PIPE)
