"""Does a claim cost more when there are ten million postings before it? `make bench-ledger`.

At each size of the books, 10,000 passengers on 59 late flights are assessed and booked by the
derivations that the line runs, while four agents in processes of their own take claims and approve
them at the desk: several writers at once. The floor beside it is PostgreSQL alone: the same rows,
ready made, copied in one transaction. A stack of its own; PostgreSQL only.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from rich.console import Console
from rich.table import Table

from assets.derivations.assessments import ASSESSMENTS
from assets.derivations.ledger import LEDGER
from benchmarks.machine import machine
from domain.claims import ClaimEvent
from domain.identity import content_hash, name_uuid
from domain.ledger import obligation_key
from domain.passenger_rights import RightsFacts
from orchestration.stack import start
from streaming.derivation import NothingPending, run
from streaming.desk.claims import tell
from streaming.store.database import Connection, connect
from streaming.store.derive import insert
from streaming.store.derive_rights import write_impacts
from streaming.store.intervals import append, register_table_log
from streaming.store.migration import migrate

PASSENGERS, ON_A_FLIGHT, AGENTS = 10_000, 170, 4
DAY = datetime(2026, 6, 15, 8, tzinfo=UTC)
CHUNK = 250_000
FILLED = """
    insert into ledger.transactions (transaction_id, sequence, kind, obligation_key, revision,
        passenger_ref, assessment_id, occurred_at, description, rulebook, evidence, code_version)
    select md5('t' || n)::uuid, n, 'accrual', md5('o' || n)::uuid, 'bench', md5('p' || n)::uuid,
        %(assessment)s, %(at)s, 'bench', 'V-UK-2', '{}', 'bench'
    from generate_series(%(since)s::bigint, %(until)s::bigint - 1) n
"""
LINES = """
    insert into ledger.postings (transaction_id, line, account, amount_minor, currency)
    select md5('t' || n)::uuid, line, case line when 1 then 'expense-compensation-uk261'
        else 'liability-probable-uk261-art6' end, case line when 1 then 22000 else -22000 end, 'GBP'
    from generate_series(%(since)s::bigint, %(until)s::bigint - 1) n, generate_series(1, 2) line
"""


def main() -> int:
    """Fill, measure at each size, print; or be one of the agents."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--millions", default="0,1,10", help="postings to measure at")
    parser.add_argument("--quick", action="store_true", help="none and one million")
    parser.add_argument("--agent", nargs="*", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.agent:
        return agent(asked.agent[0], [UUID(key) for key in asked.agent[1:]])
    sizes = [0, 1] if asked.quick else [int(one) for one in asked.millions.split(",")]
    console = Console(stderr=True)
    directory = Path(tempfile.mkdtemp(prefix="knockon-ledger-"))
    found: list[dict[str, Any]] = []
    try:
        with start(directory, ("postgres",)) as stack:
            url = stack.settings.owner_database_url()
            migrate(url)
            with connect(url, "knockon-bench", autocommit=True) as connection:
                _disruption(connection)
                work(connection, 0)  # code is warm, and the agents have claims to take
                for number, size in enumerate(sizes, start=1):
                    began = time.monotonic()
                    fill(connection, size * 500_000)
                    console.print(f"{size} million postings ({time.monotonic() - began:.0f} s)")
                    found.append(measure(connection, url, number, size))
                    console.print(found[-1])
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    show(Console(), found)
    print(json.dumps({"benchmark": "ledger", "passengers": PASSENGERS, "agents": AGENTS,
                      "sizes": found, "machine": machine()}))  # fmt: skip
    return 0


def measure(connection: Connection, url: str, number: int, size: int) -> dict[str, Any]:
    """10,000 alone, and 10,000 more beside four agents."""
    alone = work(connection, 2 * number - 1)
    keys = _keys(0)
    share = len(keys) // (AGENTS * 8)  # each size takes claims that no other took
    agents = []
    for place in range(AGENTS * (number - 1), AGENTS * number):
        first = place * share
        command = [sys.executable, "-m", "benchmarks.ledger", "--agent", url]
        command += map(str, keys[first : first + share])
        agents.append(
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )
    for one in agents:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in agents:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    beside = work(connection, 2 * number)
    told = [json.loads(one.communicate("stop\n")[0]) for one in agents]
    latencies = np.array([latency for one in told for latency in one["seconds"]])
    return {
        "million_postings": size,
        "alone_s": alone,
        "beside_agents_s": beside,
        "microseconds_a_claim": round((alone["assess"] + alone["book"]) / PASSENGERS * 1e6, 1),
        "desk_events": len(latencies),
        "desk_p50_ms": round(float(np.quantile(latencies, 0.5)) * 1e3, 1),
        "desk_p99_ms": round(float(np.quantile(latencies, 0.99)) * 1e3, 1),
        "floor_s": floor(connection),
    }


def work(connection: Connection, batch: int) -> dict[str, float]:
    """Seconds of assessing and of booking 10,000 passengers whose facts are there."""
    with connection.transaction():
        write_impacts(connection, _impacts(batch), "bench")
    seconds = {}
    for name, derivation in (("assess", ASSESSMENTS), ("book", LEDGER)):
        began = time.monotonic()
        while not isinstance(run(connection, derivation), NothingPending):
            pass
        seconds[name] = round(time.monotonic() - began, 2)
    return {**seconds, "both": round(sum(seconds.values()), 2)}


def floor(connection: Connection) -> float:
    """Seconds in which PostgreSQL takes the rows of 10,000 bookings, made by itself."""
    began = time.monotonic()
    with connection.transaction(force_rollback=True):
        _fill(connection, PASSENGERS)
        connection.execute("set constraints all immediate")
    return round(time.monotonic() - began, 2)


def fill(connection: Connection, transactions: int) -> None:
    """Up to so many transactions of two lines; the check of their balance is off meanwhile."""
    row = connection.execute("select count(*) from ledger.transactions").fetchone()
    missing = transactions - (int(row[0]) if row else 0)
    connection.execute("alter table ledger.postings disable trigger user")
    connection.execute("alter table ledger.transactions disable trigger user")
    while missing > 0:
        with connection.transaction():
            _fill(connection, min(CHUNK, missing))
        missing -= CHUNK
    connection.execute("alter table ledger.postings enable trigger user")
    connection.execute("alter table ledger.transactions enable trigger user")
    connection.execute("vacuum analyze ledger.transactions, ledger.postings")


def _fill(connection: Connection, transactions: int) -> None:
    first = append(connection, register_table_log(connection, "ledger.transactions"), transactions)
    row = connection.execute("select assessment_id from derived.assessments limit 1").fetchone()
    assert row is not None
    span = {"since": first, "until": first + transactions, "assessment": row[0], "at": DAY}
    connection.execute(FILLED, span)
    connection.execute(LINES, span)


def agent(url: str, keys: list[UUID]) -> int:
    """Take claims and approve them until told to stop; print how long each telling took."""
    seconds: list[float] = []
    with connect(url, "knockon-bench-agent", autocommit=True) as connection:
        print("ready", flush=True)
        sys.stdin.readline()
        for key in keys:
            for kind, role, facts in (
                ("claim", "passenger", {}),
                ("approve", "agent", {"amount_minor": 22_000, "currency": "GBP"}),
            ):
                event = ClaimEvent(
                    event_id=uuid4(), obligation_key=key, kind=kind, role=role, actor="bench",
                    occurred_at=DAY + timedelta(days=30), **facts,
                )  # fmt: skip
                began = time.monotonic()
                tell(connection, event)
                seconds.append(time.monotonic() - began)
    print(json.dumps({"seconds": seconds}))
    return 0


def _keys(batch: int) -> list[UUID]:
    return [obligation_key(*_who(batch, number)) for number in range(PASSENGERS)]


def _who(batch: int, number: int) -> tuple[UUID, UUID]:
    return name_uuid("bench passenger", batch, number), name_uuid("bench journey", batch, number)


def _impacts(batch: int) -> list[dict[str, Any]]:
    """London to Amsterdam, 200 minutes late and more: GBP 220 each."""
    rows = []
    for number in range(PASSENGERS):
        flight = number // ON_A_FLIGHT
        passenger, journey = _who(batch, number)
        facts = RightsFacts(
            flight_date=DAY.date(), scheduled_departure=DAY,
            scheduled_arrival=DAY + timedelta(hours=1), operating_licence="uk",
            departure_airport="LHR", arrival_airport="AMS", event="delay",
            departure_delay_minutes=190 + flight, arrival_delay_minutes=200 + flight,
            cause="crew_illness", checked_in=True,
        )  # fmt: skip
        rows.append(
            {
                "obligation_key": obligation_key(passenger, journey),
                "revision": content_hash(facts), "passenger_ref": passenger,
                "journey_id": journey, "disruption_id": name_uuid("bench disruption"),
                "disruption_revision": 1, "obligation_event": "disruption",
                "broken_leg_id": name_uuid("bench leg", batch, flight), "settled": True,
                "facts": facts.model_dump(mode="json"), "as_of": DAY + timedelta(hours=8),
                "evidence": ["1/0/0"],
            }
        )  # fmt: skip
    return rows


def _disruption(connection: Connection) -> None:
    leg = name_uuid("bench leg", 0, 0)
    row = {
        "disruption_id": name_uuid("bench disruption"), "revision": 1,
        "correlation_id": leg, "root_leg_id": leg, "kind": "delay", "cause": "crew_illness",
        "delay_code": None, "status": "open", "severity": "S1", "leg_ids": [leg],
        "finding_ids": [], "delay_minutes": 200, "passengers_booked": PASSENGERS, "as_of": DAY,
        "content_hash": "bench", "evidence": ["1/0/0"],
    }  # fmt: skip
    with connection.transaction():
        insert(connection, "derived.disruptions", [row], code_version="bench")


def show(console: Console, found: list[dict[str, Any]]) -> None:
    """A line per size."""
    table = Table(title=f"{PASSENGERS:,} passengers assessed and booked, seconds")
    for column in ("million postings", "assess", "book", "both", "both, beside 4 agents",
                   "us a claim", "desk events", "desk p50 ms", "desk p99 ms", "floor"):  # fmt: skip
        table.add_column(column, justify="right")
    for one in found:
        alone = one["alone_s"]
        table.add_row(*map(str, (
            one["million_postings"], alone["assess"], alone["book"], alone["both"],
            one["beside_agents_s"]["both"], one["microseconds_a_claim"], one["desk_events"],
            one["desk_p50_ms"], one["desk_p99_ms"], one["floor_s"],
        )))  # fmt: skip
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
